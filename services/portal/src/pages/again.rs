//! A write that nobody answered: what is known about it, and the same form to send once more.

use poem::{
    Response,
    http::{HeaderValue, StatusCode, header},
};
use serde::Serialize;

use super::problem::Quote;
use crate::{
    failure::{self, RETRY_AFTER_S},
    hardware_client::Failure,
    state::App,
    view::{
        Hidden, LinkView,
        layout::{Here, Layout},
        times::Writer,
    },
    visit::Visit,
};

/// What was tried, in words, and how to try it again.
#[derive(Debug)]
pub(super) struct Attempt {
    /// `was booked`, behind "It is not known whether this".
    pub(super) done: &'static str,
    /// `Nothing was booked`.
    pub(super) not_done: &'static str,
    /// Why sending it again does no harm.
    pub(super) harmless: &'static str,
    /// Where the form leads.
    pub(super) action: String,
    /// All of the form.
    pub(super) hidden: Vec<Hidden>,
    /// What was typed, to be read.
    pub(super) facts: Vec<Fact>,
    /// Where to look how things stand.
    pub(super) look: LinkView,
    /// It was sent before, and nobody knows what became of that.
    pub(super) repeated: bool,
}

/// The field of a form that was sent before.
pub(super) const AGAIN: &str = "again";

/// `Who`: `ada`
#[derive(Debug, Serialize)]
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) text: String,
}

#[derive(Debug, Serialize)]
struct AgainPage {
    layout: Layout,
    heading: String,
    paragraphs: Vec<String>,
    action: String,
    hidden: Vec<Hidden>,
    facts: Vec<Fact>,
    look: LinkView,
    quote: Quote,
}

/// The page for `failure`, 503, or 429 where the service asks for patience.
///
/// # Errors
/// A failure that trying again does not mend, as [`failure::problem`] says it.
pub(super) fn page(app: &App, visit: &Visit, attempt: Attempt, failure: &Failure) -> poem::Result<Response> {
    let (status, wait_s, known, said) = match failure {
        Failure::Unknown(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            None,
            false,
            "The hardware service did not say what became of it.",
        ),
        Failure::Unreachable(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            None,
            true,
            "The portal runs, but the hardware service behind it does not answer.",
        ),
        Failure::TooMany { retry_after_s } => {
            (StatusCode::TOO_MANY_REQUESTS, *retry_after_s, true, "The hardware service has too much to do.")
        }
        other => return Err(failure::problem(other, "write").into()),
    };
    let known = known && !attempt.repeated;
    tracing::warn!(error = %failure, "a write has no answer");
    let view = AgainPage::new(app, visit, attempt, status, known, said);
    let mut answer = super::page(app, status, "again", &view)?;
    let wait = HeaderValue::from(wait_s.unwrap_or(RETRY_AFTER_S));
    answer.headers_mut().insert(header::RETRY_AFTER, wait);
    Ok(answer)
}

impl AgainPage {
    fn new(app: &App, visit: &Visit, attempt: Attempt, status: StatusCode, known: bool, said: &str) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let marked = (!known).then(|| Hidden::new(AGAIN, "1"));
        let (heading, advice) = if known {
            let advice = "What you sent is kept on this page: send it again in a moment.";
            (attempt.not_done.to_owned(), advice.to_owned())
        } else {
            let advice =
                format!("It may have been done, and it may not. Send it again: {}.", attempt.harmless);
            (format!("It is not known whether this {}", attempt.done), advice)
        };
        Self {
            layout: Layout::new(&heading, Here::Apart, visit, app, &times),
            heading,
            paragraphs: vec![said.to_owned(), advice],
            action: attempt.action,
            hidden: attempt.hidden.into_iter().chain(marked).collect(),
            facts: attempt.facts,
            look: attempt.look,
            quote: Quote::new(status, visit, &times),
        }
    }
}
