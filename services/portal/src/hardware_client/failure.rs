//! Why the hardware service gave no usable answer, sorted by what the portal does about it.

use poem::http::StatusCode;

use super::{
    reservation::{NotFree, WrongState},
    wire::Refusal,
};

/// A call that brought no answer to show.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nobody answered in time, or nobody at all.
    #[error("the hardware service does not answer: {0}")]
    Unreachable(String),
    /// It answers, and says that it cannot work at the moment.
    #[error("the hardware service says it is unavailable")]
    Unavailable {
        /// Its own `Retry-After`.
        retry_after_s: Option<u32>,
    },
    /// It has had too many requests from this client.
    #[error("the hardware service asks for fewer requests")]
    TooMany {
        /// Its own `Retry-After`.
        retry_after_s: Option<u32>,
    },
    /// It did not accept what was asked.
    #[error("the hardware service refused the request with {status}: {}", refusal.detail)]
    Refused {
        /// 400 or 422.
        status: StatusCode,
        /// Which parameter, and why.
        refusal: Refusal,
    },
    /// Not as many units are free as were asked for. Nothing was changed.
    #[error("the hardware service has not as much free")]
    NotFree(Box<NotFree>),
    /// The booking is in a state that does not allow this. Nothing was changed.
    #[error("the hardware service says that the booking's state does not allow it: {}", .0.detail)]
    WrongState(WrongState),
    /// The booking is no longer as it was shown. Nothing was changed.
    #[error("the hardware service says that the booking was changed")]
    Changed,
    /// A write was sent, and nobody said whether it was done.
    #[error("the hardware service did not say whether it was done: {0}")]
    Unknown(String),
    /// There is no such thing.
    #[error("the hardware service knows no such thing")]
    NotFound,
    /// It answered, but not what the contract says.
    #[error("the hardware service gave an answer that cannot be used: {0}")]
    Unusable(String),
}

impl Failure {
    /// Whether the service is gone for the moment, so that older answers are better than none.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Unavailable { .. })
    }
}

/// The whole chain of a transport error: reqwest's own text names the URL and hides the reason.
pub(super) fn transport(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::Unreachable("no answer in time".to_owned());
    }
    let mut said = Vec::new();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        said.push(inner.to_string());
        source = inner.source();
    }
    Failure::Unreachable(said.pop().unwrap_or_else(|| error.to_string()))
}
