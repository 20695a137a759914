//! The middleware that every request passes, outermost first:
//!
//! 1. [`observe`]: request context, span, access log, metrics
//! 2. [`harden`]: security headers on every answer
//! 3. compression (tower-http: it minds `q=0`, sets `Vary`, and leaves small bodies alone)
//! 4. [`admit`]: the rate limit
//! 5. [`answer`]: runs the routes where a caller that hangs up cannot cancel them, and turns every error
//!    into the service's own kind of error answer

use std::{sync::Arc, time::Instant};

use http_body_util::BodyExt;
use poem::{
    Endpoint, EndpointExt, IntoEndpoint, PathPattern, Request, Response, ResponseParts, Result,
    endpoint::BoxEndpoint,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
};
use tower::{ServiceExt, service_fn};
use tower_http::compression::{Compression, predicate::SizeAbove};
use tracing::Instrument;

use crate::{
    Problem, RequestContext, client_ip::TrustedProxies, health::is_probe, rate_limit::Limiter,
    request_context::X_REQUEST_ID,
};

/// Bodies below this many bytes travel as they are: compressing them costs more than it saves.
const MIN_COMPRESSED_BYTES: u64 = 860;

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

/// What differs between two services' stacks.
#[derive(Clone)]
pub struct Stack {
    /// Writes every error answer.
    pub write_problem: WriteProblem,
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
        let stack = Arc::new(self);
        let (observing, hardening, admitting, answering) =
            (stack.clone(), stack.clone(), stack.clone(), stack);
        let routes: Arc<BoxEndpoint<'static, Response>> =
            Arc::new(routes.into_endpoint().map_to_response().boxed());
        routes
            .around(move |routes, request| answer(answering.clone(), routes, request))
            .around(move |inner, request| admit(admitting.clone(), inner, request))
            .around(compress)
            .around(move |inner, request| harden(hardening.clone(), inner, request))
            .around(move |inner, request| observe(observing.clone(), inner, request))
            .boxed()
    }
}

/// Gives the request its identity, and tells logs and metrics what became of it.
async fn observe<E: Endpoint<Output = Response>>(
    stack: Arc<Stack>,
    inner: Arc<E>,
    mut request: Request,
) -> Result<Response> {
    let context = RequestContext::from_headers(request.headers());
    let (method, path) = (known_method(request.method()), request.uri().path().to_owned());
    let client = stack.proxies.client_ip(crate::client_ip::peer_ip(&request), request.headers());
    request.extensions_mut().insert(context.clone());
    let span = tracing::info_span!("request", request_id = %context.request_id, trace_id = %context.trace_id);
    let started = Instant::now();
    let mut response =
        inner.call(request).instrument(span.clone()).await.unwrap_or_else(poem::Error::into_response);
    let took = started.elapsed();
    if let Ok(id) = HeaderValue::from_str(&context.request_id) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    let status = response.status().as_u16();
    let route = response.data::<PathPattern>().map_or_else(|| "unmatched".to_owned(), route_label);
    metrics::counter!("http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("http_request_duration_seconds", "method" => method, "route" => route.clone())
        .record(took);
    let ms = took.as_micros() as f64 / 1_000.0;
    span.in_scope(|| {
        if is_probe(&path) {
            tracing::debug!(method, path, status, ms, "answered");
        } else {
            tracing::info!(method, path, route, status, ms, %client, "answered");
        }
    });
    Ok(response)
}

/// `/hardware/:param0` as the documentation writes it; a pattern that matches everything says nothing.
fn route_label(pattern: &PathPattern) -> String {
    let segments =
        pattern.0.split('/').map(|segment| if segment.starts_with(':') { "{id}" } else { segment });
    let label = segments.collect::<Vec<_>>().join("/");
    if label.is_empty() || label.contains('*') { "unmatched".to_owned() } else { label }
}

/// A metric label must not be the caller's to choose.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
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

/// poem's own compression ignores `q=0` and sends no `Vary`, and its bridge to tower queues every request in
/// one buffer; so tower-http's service is given one finished answer at a time.
async fn compress<E: Endpoint<Output = Response>>(inner: Arc<E>, request: Request) -> Result<Response> {
    let accepted = request.headers().get(header::ACCEPT_ENCODING).cloned();
    let response = inner.call(request).await?;
    let mut question = poem::http::Request::new(());
    question.headers_mut().extend(accepted.map(|value| (header::ACCEPT_ENCODING, value)));
    let mut answer = Some(poem::http::Response::from(response));
    let finished = service_fn(move |_| std::future::ready(answer.take().ok_or(Taken)));
    let compression = Compression::new(finished).compress_when(SizeAbove::new(MIN_COMPRESSED_BYTES));
    let compressed = compression.oneshot(question).await.map_err(poem::error::InternalServerError)?;
    let (parts, body) = compressed.into_parts();
    // Put together by hand: poem's own conversion forgets how long a body is, and so would HTTP.
    let parts = ResponseParts {
        status: parts.status,
        version: parts.version,
        headers: parts.headers,
        extensions: parts.extensions,
    };
    Ok(Response::from_parts(parts, body.map_err(std::io::Error::other).boxed().into()))
}

#[derive(Debug, thiserror::Error)]
#[error("an answer was asked for twice")]
struct Taken;

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
    let asked = asked(&request);
    let head = asked.method == Method::HEAD;
    let work = async move { routes.call(request).await }.in_current_span();
    let mut response = match tokio::spawn(work).await {
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
    };
    if head {
        response.set_body(());
    }
    Ok(response)
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
