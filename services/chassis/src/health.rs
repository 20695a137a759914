//! `/livez` (the process answers), `/readyz` (it can do its work) and `/health` (liveness under its usual name).

use poem::{Endpoint, EndpointExt, IntoResponse, Response, Route, endpoint::make_sync, get, web::Json};
use serde_json::json;
use tokio::sync::watch;

use crate::{Problem, RequestContext};

const RETRY_AFTER_S: u32 = 1;

/// Whether the service can do its work now, and if not, why: one sentence for operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It can.
    Ready,
    /// It cannot, for this reason.
    NotReady(String),
    /// It is about to stop, and asks to be sent nothing more.
    Stopping,
}

impl Readiness {
    /// Whether what the service needs is missing. One that is about to stop still answers.
    #[must_use]
    pub fn is_away(&self) -> bool {
        matches!(self, Self::NotReady(_))
    }

    /// # Errors
    /// 503 with the reason while the service is not ready.
    pub fn check(&self) -> Result<(), Problem> {
        match self {
            Self::Ready => Ok(()),
            Self::NotReady(reason) => Err(Problem::unavailable(reason.clone(), RETRY_AFTER_S)),
            Self::Stopping => Err(Problem::unavailable("The service is stopping.", RETRY_AFTER_S)),
        }
    }
}

/// The three routes; readiness follows `state`.
#[must_use]
pub fn routes(state: watch::Receiver<Readiness>) -> Route {
    let readyz = make_sync(move |request| match state.borrow().check() {
        Ok(()) => Json(json!({ "status": "ready" })).into_response(),
        Err(problem) => {
            let context = request.extensions().get::<RequestContext>();
            problem.to_response(context.map(|context| context.request_id.as_ref()))
        }
    });
    Route::new()
        .at("/livez", get(alive()))
        .at("/health", get(alive()))
        .at("/readyz", get(readyz.map_to_response()))
}

fn alive() -> impl Endpoint<Output = Response> {
    make_sync(|_| Json(json!({ "status": "ok" })).into_response()).map_to_response()
}

/// Probes are no news: neither rate-limited nor logged above debug.
#[must_use]
pub fn is_probe(path: &str) -> bool {
    matches!(path, "/livez" | "/readyz" | "/health" | "/api/health" | "/metrics")
}
