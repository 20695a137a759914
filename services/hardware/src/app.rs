//! Routes and middleware on one screen.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use chassis::{
    Problem, health,
    health::Readiness,
    metrics,
    rate_limit::Limiter,
    stack::{Asked, AtHand, Stack, WriteProblem},
};
use poem::{
    Endpoint, EndpointExt, IntoResponse, Request, Response, Result, Route,
    endpoint::{BoxEndpoint, make_sync},
    get,
    http::{HeaderValue, StatusCode, header},
};
use tokio::sync::watch;

use crate::{
    api::{Context, Shared},
    cache::AnswerCache,
    config::Config,
    openapi::{self, Methods},
};

/// Answers are for machines: nothing may be loaded from them.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// Swagger UI is one page of inline script and style, all of it embedded in the binary.
const DOCS_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; font-src data:; frame-ancestors 'none'",
);
/// The database is looked at every second.
const RETRY_AFTER_S: u32 = 1;
/// A stored answer must be asked about again before it is used.
const CACHE: HeaderValue = HeaderValue::from_static("no-cache");

/// The whole service as one endpoint.
///
/// # Errors
/// What [`Config::validate`] would have found.
pub fn build(
    config: &Config,
    context: Context,
    readiness: &watch::Receiver<Readiness>,
) -> Result<BoxEndpoint<'static, Response>, chassis::config::ConfigError> {
    let context: Shared = Arc::new(context);
    let api = openapi::service(context.clone());
    let gate = readiness.clone();
    let api = Route::new().nest("/", api).around(move |api, request| ready_first(gate.clone(), api, request));
    let cache = AnswerCache::new(config.cache.bounds()?, context.db.clone(), readiness.clone());
    let api = kept(cache.clone(), api);

    let mut routes = health::routes(readiness.clone())
        .at("/docs", get(docs()))
        .at("/openapi.json", get(document()))
        .nest("/", api);
    if config.metrics_bind.is_empty() {
        routes = routes.at("/metrics", get(metrics_endpoint(&context)));
    }
    let proxies = config.proxies()?;
    let stack = Stack {
        write_problem: write_problem(),
        at_hand: cache.map(at_hand),
        limiter: Limiter::new(config.rate_limit, proxies.clone()).map(Arc::new),
        proxies,
        content_security_policy: POLICY,
        cache_control: CACHE,
    };
    Ok(stack.around(without_trailing_slash(routes)))
}

/// `GET /metrics`.
pub fn metrics_endpoint(context: &Context) -> impl Endpoint<Output = Response> + use<> {
    let db = context.db.clone();
    metrics::endpoint(Arc::new(move || db.record_gauges()))
}

/// `api` behind the answers that are kept, if any are.
fn kept<E>(cache: Option<Arc<AnswerCache>>, api: E) -> BoxEndpoint<'static, Response>
where
    E: Endpoint<Output = Response> + 'static,
{
    match cache {
        None => api.boxed(),
        Some(cache) => {
            tokio::spawn(cache.clone().watch());
            api.around(move |api, request| {
                let cache = cache.clone();
                async move { cache.answer(api.as_ref(), request).await }
            })
            .boxed()
        }
    }
}

fn at_hand(cache: Arc<AnswerCache>) -> AtHand {
    Arc::new(move |request| cache.at_hand(request))
}

/// Addresses that answer without the database.
const NEED_NO_DATABASE: [&str; 4] = ["/", "/api/health", "/api/mirror", "/api/upload-random"];

/// While the database is away or its schema behind, every data route says so at once. Why exactly is for
/// operators, on `/readyz` and in the log: it names hosts and users.
async fn ready_first<E: Endpoint>(
    gate: watch::Receiver<Readiness>,
    api: Arc<E>,
    request: Request,
) -> Result<Response> {
    let away = gate.borrow().is_away();
    if away && !NEED_NO_DATABASE.contains(&request.uri().path()) {
        return Err(
            Problem::unavailable("The database is not ready; /readyz says why.", RETRY_AFTER_S).into()
        );
    }
    api.call(request).await.map(IntoResponse::into_response)
}

/// `/hardware/` is `/hardware`. Only the routing sees the difference: links keep the path that was asked.
fn without_trailing_slash(routes: Route) -> impl Endpoint<Output = Response> {
    routes.map_to_response().before(|mut request: Request| async move {
        let uri = request.uri();
        let trimmed = uri.path().trim_end_matches('/');
        if trimmed.len() < uri.path().len() && !trimmed.is_empty() {
            let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
            *request.uri_mut() = format!("{trimmed}{query}").parse().map_err(poem::error::BadRequest)?;
        }
        Ok(request)
    })
}

fn write_problem() -> WriteProblem {
    let write = Stack::problem_json();
    // Few callers ever need it, and reading the document takes a while.
    let methods = LazyLock::new(|| Methods::of(openapi::DOCUMENT));
    Arc::new(move |asked: &Asked, mut problem: Problem| {
        if problem.status == StatusCode::METHOD_NOT_ALLOWED {
            let allow = methods.allowed(asked.uri.path()).unwrap_or("GET, HEAD");
            problem.detail = format!("This address takes {allow}, not {}.", asked.method);
            problem.headers.extend(HeaderValue::from_str(allow).ok().map(|allow| (header::ALLOW, allow)));
        }
        write(asked, problem)
    })
}

fn docs() -> impl Endpoint<Output = Response> {
    // A page of more than a megabyte, made for the first who asks.
    let page = LazyLock::new(|| Bytes::from(openapi::page()));
    make_sync(move |_| {
        Response::builder()
            .content_type("text/html; charset=utf-8")
            .header(header::CONTENT_SECURITY_POLICY, DOCS_POLICY)
            .body(page.clone())
    })
    .map_to_response()
}

fn document() -> impl Endpoint<Output = Response> {
    make_sync(|_| Response::builder().content_type("application/json").body(openapi::DOCUMENT))
        .map_to_response()
}
