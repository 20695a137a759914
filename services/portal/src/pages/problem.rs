//! Every error answer: a page for people, problem+json for whoever asks for JSON.

use chassis::{Problem, stack::Asked};
use poem::{
    Response,
    http::{HeaderValue, StatusCode, header},
};
use serde::Serialize;

use crate::{
    state::App,
    view::{
        LinkView,
        layout::{Here, Layout},
        times::{TimeView, Writer},
        words,
    },
    visit::{Visit, wants_json},
};

/// The page for a problem without one of its own.
#[derive(Debug, Serialize)]
struct ProblemPage {
    layout: Layout,
    heading: &'static str,
    paragraphs: Vec<String>,
    action: LinkView,
    quote: Quote,
}

/// What to say to whoever is asked for help.
#[derive(Debug, Serialize)]
pub(super) struct Quote {
    status: u16,
    at: TimeView,
    request_id: String,
}

impl Quote {
    pub(super) fn new(status: StatusCode, visit: &Visit, times: &Writer) -> Self {
        Self {
            status: status.as_u16(),
            at: times.second(visit.now),
            request_id: visit.context.request_id.to_string(),
        }
    }
}

/// Writes the answer for `problem`. What cannot be printed as a page leaves as problem+json.
#[must_use]
pub fn answer(app: &App, asked: &Asked, mut problem: Problem) -> Response {
    if problem.status == StatusCode::METHOD_NOT_ALLOWED {
        problem.headers.push((header::ALLOW, allowed(asked.uri.path())));
    }
    if wants_json(&asked.headers) {
        return problem.to_response(Some(&asked.context.request_id));
    }
    let visit = Visit::of_asked(asked, app.clock.now());
    let printed = if problem.status == StatusCode::SERVICE_UNAVAILABLE {
        super::unavailable::page(app, asked, &visit, &problem)
    } else {
        super::page(app, problem.status, "problem", &ProblemPage::new(app, &visit, &problem))
    };
    match printed {
        Ok(mut page) => {
            page.headers_mut().extend(problem.headers);
            page
        }
        Err(error) => {
            tracing::error!(%error, "an error page could not be printed");
            problem.to_response(Some(&asked.context.request_id))
        }
    }
}

fn allowed(path: &str) -> HeaderValue {
    HeaderValue::from_static(match path {
        "/theme" => "POST",
        "/tasks/new" | "/tasks/update" => "GET, HEAD, POST",
        path if path == "/reservations" || is_form_of_booking(path) => "GET, HEAD, POST",
        _ => "GET, HEAD",
    })
}

/// `/reservations/7/cancel`
fn is_form_of_booking(path: &str) -> bool {
    path.strip_prefix("/reservations/").is_some_and(|rest| rest.contains('/'))
}

impl ProblemPage {
    fn new(app: &App, visit: &Visit, problem: &Problem) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let (heading, said) = words_for(problem);
        let paragraphs = [said, told(problem)].into_iter().filter(|p| !p.is_empty()).collect();
        Self {
            layout: Layout::new(heading, Here::Apart, visit, app, &times),
            heading,
            paragraphs,
            action: LinkView { href: "/".to_owned(), text: "See what is free".to_owned() },
            quote: Quote::new(problem.status, visit, &times),
        }
    }
}

/// What a page says of a status, before what the problem itself says.
fn words_for(problem: &Problem) -> (&'static str, String) {
    let (heading, said) = match problem.status {
        StatusCode::NOT_FOUND => ("There is no such page", ""),
        StatusCode::METHOD_NOT_ALLOWED => ("This page cannot be used like that", ""),
        StatusCode::FORBIDDEN => ("This was not sent from our own page", ""),
        StatusCode::PAYLOAD_TOO_LARGE => ("That was too much to read", ""),
        StatusCode::TOO_MANY_REQUESTS => ("Too many requests at once", ""),
        StatusCode::BAD_GATEWAY => (
            "We could not read the answer",
            "The hardware service behind the portal gave an answer that does not make sense here. It is in the \
             portal's log, and whoever runs it should know.",
        ),
        status if status.is_server_error() => (
            "Something went wrong on our side",
            "It is in the portal's log. Trying again may help; nothing was changed.",
        ),
        _ => ("This could not be understood", ""),
    };
    (heading, said.to_owned())
}

/// The problem's own sentence, and how long to wait where it says so.
fn told(problem: &Problem) -> String {
    if problem.status == StatusCode::TOO_MANY_REQUESTS {
        let wait = problem.headers.iter().find(|(name, _)| *name == header::RETRY_AFTER);
        let wait_s = wait.and_then(|(_, value)| value.to_str().ok()?.parse().ok()).unwrap_or(1);
        return format!(
            "Somebody at your address asked for more pages than we can give. Try again in {}.",
            words::duration(wait_s)
        );
    }
    if problem.status.is_server_error() { String::new() } else { problem.detail.clone() }
}
