//! What every request passes, outermost first:
//!
//! 1. [`Seen`]: request context, access log, metrics
//! 2. [`Stack::harden`]: security headers on every answer
//! 3. compression (tower-http: it minds `q=0`, sets `Vary`, and leaves small bodies alone)
//! 4. [`Stack::admitted`]: the rate limit
//! 5. [`Stacked::answer`]: gives what is at hand, or runs the routes where a caller that hangs up cannot cancel them, and turns
//!    every error into the service's own kind of error answer
//!
//! One endpoint and not five around each other: each of those would move the request once more, and make a future of its own.

mod compression;
mod meters;

use std::{net::IpAddr, sync::Arc, time::Instant};

use poem::{
    Endpoint, EndpointExt, IntoEndpoint, PathPattern, Request, Response, Result,
    endpoint::BoxEndpoint,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
};
use tracing::Instrument;

pub use self::compression::{MIN_COMPRESSED_BYTES, compressed};
use self::{
    compression::compress,
    meters::{Meters, known_method},
};
use crate::{
    Problem, RequestContext,
    client_ip::{TrustedProxies, peer_ip},
    health::is_probe,
    rate_limit::Limiter,
    request_context::X_REQUEST_ID,
};

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

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
        let routes = Arc::new(routes.into_endpoint().map_to_response().boxed());
        Stacked { routes, stack: self, meters: Meters::default() }.boxed()
    }

    /// The request as the rate limit lets it through, with what is left of its client's share; or the refusal.
    fn admitted(&self, request: &Request) -> Result<Option<u32>, Problem> {
        let limiter = self.limiter.as_ref().filter(|_| !is_probe(request.uri().path()));
        limiter.map(|limiter| limiter.take(request)).transpose()
    }

    /// Tells the client what is left of its share; `None`: it has none to mind.
    fn tell_share(&self, response: &mut Response, remaining: Option<u32>) {
        if let Some((limiter, remaining)) = self.limiter.as_ref().zip(remaining) {
            limiter.describe(response, remaining);
        }
    }

    fn harden(&self, headers: &mut HeaderMap) {
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert_with(|| self.content_security_policy.clone());
        headers.entry(header::CACHE_CONTROL).or_insert_with(|| self.cache_control.clone());
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    }
}

struct Stacked {
    routes: Arc<BoxEndpoint<'static, Response>>,
    stack: Stack,
    meters: Meters,
}

impl Endpoint for Stacked {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let seen = Seen::new(&mut request, &self.stack.proxies);
        let accepted = request.headers().get(header::ACCEPT_ENCODING).cloned();
        let (mut response, remaining) = match self.stack.admitted(&request) {
            Ok(remaining) => (self.answer(request).await, remaining),
            Err(problem) => ((self.stack.write_problem)(&asked(&request), problem), Some(0)),
        };
        self.stack.tell_share(&mut response, remaining);
        let mut response = compress(response, accepted).await.unwrap_or_else(poem::Error::into_response);
        self.stack.harden(response.headers_mut());
        seen.tell(&mut response, &self.meters);
        Ok(response)
    }
}

impl Stacked {
    /// A write that a caller's disconnect cut in half, or a database connection dropped in mid-sentence, is worse
    /// than finishing work that nobody waits for: the routes run in a task of their own.
    async fn answer(&self, request: Request) -> Response {
        let head = *request.method() == Method::HEAD;
        let at_hand = self.stack.at_hand.as_ref().and_then(|at_hand| at_hand(&request));
        let mut response = match at_hand {
            Some(response) => response,
            // Boxed, as all that few requests need: what is not boxed makes every request's future larger.
            None => Box::pin(self.in_own_task(request)).await,
        };
        if head {
            response.set_body(());
        }
        response
    }

    async fn in_own_task(&self, request: Request) -> Response {
        let asked = asked(&request);
        let (request_id, trace_id) = (asked.context.request_id.as_ref(), asked.context.trace_id());
        let span = tracing::info_span!("request", request_id, %trace_id);
        let routes = self.routes.clone();
        let work = async move { routes.call(request).await }.instrument(span);
        match tokio::spawn(work).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let route = error.data::<PathPattern>().cloned();
                let mut response = (self.stack.write_problem)(&asked, Problem::from_error(error));
                if let Some(route) = route {
                    response.set_data(route);
                }
                response
            }
            Err(panic) => {
                tracing::error!(%panic, "a handler panicked");
                (self.stack.write_problem)(&asked, Problem::new(StatusCode::INTERNAL_SERVER_ERROR))
            }
        }
    }
}

/// A request's identity, and what logs and metrics are told of it.
struct Seen {
    context: RequestContext,
    method: &'static str,
    uri: Uri,
    client: IpAddr,
    started: Instant,
}

impl Seen {
    /// Gives the request its identity.
    fn new(request: &mut Request, proxies: &TrustedProxies) -> Self {
        let context = RequestContext::from_headers(request.headers());
        let client = proxies.client_ip(peer_ip(request), request.headers());
        request.extensions_mut().insert(context.clone());
        let (method, uri) = (known_method(request.method()), request.uri().clone());
        Self { context, method, uri, client, started: Instant::now() }
    }

    /// Tells what became of it.
    fn tell(self, response: &mut Response, meters: &Meters) {
        let Self { context, method, uri, client, started } = self;
        let took = started.elapsed();
        if let Ok(id) = HeaderValue::from_str(&context.request_id) {
            response.headers_mut().insert(X_REQUEST_ID, id);
        }
        let status = response.status().as_u16();
        let meter = meters.of(response.data::<PathPattern>(), method, status);
        meter.count(took);
        let (path, route) = (uri.path(), meter.route.as_ref());
        let ms = took.as_micros() as f64 / 1_000.0;
        let (request_id, trace_id) = (context.request_id.as_ref(), context.trace_id());
        if is_probe(path) {
            tracing::debug!(method, path, status, ms, request_id, %trace_id, "answered");
        } else {
            tracing::info!(method, path, route, status, ms, %client, request_id, %trace_id, "answered");
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
