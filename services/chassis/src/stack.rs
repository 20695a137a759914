//! The middleware that every request passes, outermost first:
//!
//! 1. [`observe`]: request context, access log, metrics
//! 2. [`harden`]: security headers on every answer
//! 3. compression (tower-http: it minds `q=0`, sets `Vary`, and leaves small bodies alone)
//! 4. [`admit`]: the rate limit
//! 5. [`answer`]: gives what is at hand, or runs the routes where a caller that hangs up cannot cancel them, and turns every error
//!    into the service's own kind of error answer

mod compression;
mod meters;

use std::{sync::Arc, time::Instant};

use poem::{
    Endpoint, EndpointExt, IntoEndpoint, PathPattern, Request, Response, Result,
    endpoint::BoxEndpoint,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
};
use tracing::Instrument;

pub use self::compression::{MIN_COMPRESSED_BYTES, compressed};
use self::{
    compression::compress,
    meters::{Meters, known_method},
};
use crate::{
    Problem, RequestContext, client_ip::TrustedProxies, health::is_probe, rate_limit::Limiter,
    request_context::X_REQUEST_ID,
};

/// What was asked, for whoever writes the error answer.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The request's method.
    pub method: Method,
    /// Path and query as asked.
    pub uri: Uri,
    /// The request's headers.
    pub headers: HeaderMap,
    /// The request's identity.
    pub context: RequestContext,
}

/// Writes an error answer: problem+json for an API, a page for people.
pub type WriteProblem = Arc<dyn Fn(&Asked, Problem) -> Response + Send + Sync>;

/// Gives an answer that needs no work, so no task either.
pub type AtHand = Arc<dyn Fn(&Request) -> Option<Response> + Send + Sync>;

/// What differs between two services' stacks.
#[derive(Clone)]
pub struct Stack {
    /// Writes every error answer.
    pub write_problem: WriteProblem,
    /// Asked before the routes; `None`: they are asked for everything.
    pub at_hand: Option<AtHand>,
    /// `None`: no rate limit.
    pub limiter: Option<Arc<Limiter>>,
    /// Who may say where a request comes from.
    pub proxies: TrustedProxies,
    /// `Content-Security-Policy` where an answer sets none.
    pub content_security_policy: HeaderValue,
    /// `Cache-Control` where an answer sets none.
    pub cache_control: HeaderValue,
}

impl Stack {
    /// An API's stack: errors as problem+json.
    #[must_use]
    pub fn problem_json() -> WriteProblem {
        Arc::new(|asked, problem| problem.to_response(Some(&asked.context.request_id)))
    }

    /// Puts the whole stack around `routes`.
    pub fn around<E>(self, routes: E) -> BoxEndpoint<'static, Response>
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        let observer = Arc::new(Observer { proxies: self.proxies.clone(), meters: Meters::default() });
        let stack = Arc::new(self);
        let (hardening, admitting, answering) = (stack.clone(), stack.clone(), stack);
        let routes: Arc<BoxEndpoint<'static, Response>> =
            Arc::new(routes.into_endpoint().map_to_response().boxed());
        routes
            .around(move |routes, request| answer(answering.clone(), routes, request))
            .around(move |inner, request| admit(admitting.clone(), inner, request))
            .around(compress)
            .around(move |inner, request| harden(hardening.clone(), inner, request))
            .around(move |inner, request| observe(observer.clone(), inner, request))
            .boxed()
    }
}

/// What [`observe`] works with.
struct Observer {
    proxies: TrustedProxies,
    meters: Meters,
}

/// Gives the request its identity, and tells logs and metrics what became of it.
async fn observe<E: Endpoint<Output = Response>>(
    observer: Arc<Observer>,
    inner: Arc<E>,
    mut request: Request,
) -> Result<Response> {
    let context = RequestContext::from_headers(request.headers());
    let (method, path) = (known_method(request.method()), request.uri().path().to_owned());
    let client = observer.proxies.client_ip(crate::client_ip::peer_ip(&request), request.headers());
    request.extensions_mut().insert(context.clone());
    let started = Instant::now();
    let mut response = inner.call(request).await.unwrap_or_else(poem::Error::into_response);
    let took = started.elapsed();
    if let Ok(id) = HeaderValue::from_str(&context.request_id) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    let status = response.status().as_u16();
    let meter = observer.meters.of(response.data::<PathPattern>(), method, status);
    meter.count(took);
    let route = meter.route.as_ref();
    let ms = took.as_micros() as f64 / 1_000.0;
    let (request_id, trace_id) = (context.request_id.as_ref(), context.trace_id());
    if is_probe(&path) {
        tracing::debug!(method, path, status, ms, request_id, %trace_id, "answered");
    } else {
        tracing::info!(method, path, route, status, ms, %client, request_id, %trace_id, "answered");
    }
    Ok(response)
}

async fn harden<E: Endpoint<Output = Response>>(
    stack: Arc<Stack>,
    inner: Arc<E>,
    request: Request,
) -> Result<Response> {
    let mut response = inner.call(request).await?;
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| stack.content_security_policy.clone());
    headers.entry(header::CACHE_CONTROL).or_insert_with(|| stack.cache_control.clone());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    Ok(response)
}

async fn admit<E: Endpoint<Output = Response>>(
    stack: Arc<Stack>,
    inner: Arc<E>,
    request: Request,
) -> Result<Response> {
    let Some(limiter) = stack.limiter.as_ref().filter(|_| !is_probe(request.uri().path())) else {
        return inner.call(request).await;
    };
    match limiter.take(&request) {
        Ok(remaining) => {
            let mut response = inner.call(request).await?;
            limiter.describe(&mut response, remaining);
            Ok(response)
        }
        Err(problem) => {
            let mut response = (stack.write_problem)(&asked(&request), problem);
            limiter.describe(&mut response, 0);
            Ok(response)
        }
    }
}

/// A write that a caller's disconnect cut in half, or a database connection dropped in mid-sentence, is worse
/// than finishing work that nobody waits for: the routes run in a task of their own.
async fn answer<E: Endpoint<Output = Response> + 'static>(
    stack: Arc<Stack>,
    routes: Arc<E>,
    request: Request,
) -> Result<Response> {
    let head = *request.method() == Method::HEAD;
    let at_hand = stack.at_hand.as_ref().and_then(|at_hand| at_hand(&request));
    let mut response = match at_hand {
        Some(response) => response,
        None => Box::pin(in_own_task(stack, routes, request)).await,
    };
    if head {
        response.set_body(());
    }
    Ok(response)
}

async fn in_own_task<E: Endpoint<Output = Response> + 'static>(
    stack: Arc<Stack>,
    routes: Arc<E>,
    request: Request,
) -> Response {
    let asked = asked(&request);
    let (request_id, trace_id) = (asked.context.request_id.as_ref(), asked.context.trace_id());
    let span = tracing::info_span!("request", request_id, %trace_id);
    let work = async move { routes.call(request).await }.instrument(span);
    match tokio::spawn(work).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            let route = error.data::<PathPattern>().cloned();
            let mut response = (stack.write_problem)(&asked, Problem::from_error(error));
            if let Some(route) = route {
                response.set_data(route);
            }
            response
        }
        Err(panic) => {
            tracing::error!(%panic, "a handler panicked");
            (stack.write_problem)(&asked, Problem::new(StatusCode::INTERNAL_SERVER_ERROR))
        }
    }
}

fn asked(request: &Request) -> Asked {
    Asked {
        method: request.method().clone(),
        uri: request.original_uri().clone(),
        headers: request.headers().clone(),
        context: request
            .extensions()
            .get::<RequestContext>()
            .cloned()
            .unwrap_or_else(|| RequestContext::from_headers(request.headers())),
    }
}
