//! 503: the hardware service does not answer. What happened, and the last answer with its age.

use chassis::{Problem, stack::Asked};
use poem::Response;
use serde::Serialize;

use super::problem::Quote;
use crate::{
    last_answers::{LastAnswer, LastRow},
    search::Search,
    state::App,
    view::{
        layout::{Here, Layout},
        times::{TimeView, Writer},
    },
    visit::Visit,
};

#[derive(Debug, Serialize)]
struct UnavailablePage {
    layout: Layout,
    reason: String,
    again: String,
    quote: Quote,
    last: Option<Last>,
}

/// The last answer, as it is shown.
#[derive(Debug, Serialize)]
struct Last {
    age: String,
    at: TimeView,
    /// What it was an answer to, after "From Thu 11 Jun, 13:38, ".
    scope: Scope,
    groups: Vec<LastGroup>,
}

#[derive(Debug, Serialize)]
struct Scope {
    /// `for the hour that began then`; else the window is named.
    this_hour: bool,
    from: TimeView,
    to: TimeView,
    /// `search: gpu, provider: Azure`; empty for the whole catalogue.
    filters: String,
}

#[derive(Debug, Serialize)]
struct LastGroup {
    provider: String,
    rows: Vec<LastRow>,
}

/// The page.
///
/// # Errors
/// When it cannot be printed.
pub(super) fn page(app: &App, asked: &Asked, visit: &Visit, problem: &Problem) -> poem::Result<Response> {
    let times = Writer::new(app.tz, visit.now);
    let search = if asked.uri.path() == "/" {
        Search::read(asked.uri.query().unwrap_or_default())
    } else {
        Search::default()
    };
    let wanted = Search { seen: String::new(), ..search };
    let here = match asked.uri.path().split('/').nth(1) {
        Some("timeline") => Here::BelowTimeline,
        Some("reservations") => Here::BelowBookings,
        Some("tasks") => Here::BelowTasks,
        _ => Here::BelowFree,
    };
    let view = UnavailablePage {
        layout: Layout::new("Not reachable right now", here, visit, app, &times),
        reason: problem.detail.clone(),
        again: visit.address.clone(),
        quote: Quote::new(problem.status, visit, &times),
        last: app.last_answers.best(&wanted, visit.now).map(|answer| Last::new(answer, &times)),
    };
    super::page(app, problem.status, "unavailable", &view)
}

impl Last {
    fn new(answer: LastAnswer, times: &Writer) -> Self {
        let (from, to) = answer.window;
        let filters = super::free::filter_words(&answer.search);
        let scope = Scope {
            this_hour: answer.search.from.is_empty(),
            from: times.date_time(from),
            to: times.end(from, to),
            filters: filters.join(", "),
        };
        Self {
            age: times.age(answer.at),
            at: times.date_time(answer.at),
            scope,
            groups: grouped(answer.rows),
        }
    }
}

fn grouped(rows: Vec<LastRow>) -> Vec<LastGroup> {
    let mut groups: Vec<LastGroup> = Vec::new();
    for row in rows {
        match groups.iter_mut().find(|group| group.provider == row.provider) {
            Some(group) => group.rows.push(row),
            None => groups.push(LastGroup { provider: row.provider.clone(), rows: vec![row] }),
        }
    }
    groups
}
