//! When a wish that does not fit fits next: up to three links that fill the booking form.

use chrono::{DateTime, Utc};
use poem::http::HeaderMap;
use serde::Serialize;
use tokio::time::Instant;

use crate::{
    hardware_client::{Failure, NextQuery, Span, Units, instant},
    search::Search,
    state::App,
    view::times::{TimeView, Writer},
};

/// Times that are offered.
const MAX_TIMES: usize = 3;

/// A time that fits.
#[derive(Debug, Serialize)]
pub(super) struct NextTime {
    /// The booking form, filled.
    href: String,
    start: TimeView,
    end: TimeView,
}

/// The next times for `units` for as long as `window`, and not before it. None where the service does not say in
/// time: the call began at `started` with others before it.
pub(super) async fn ask(
    app: &App,
    units: Units,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    started: Instant,
    headers: HeaderMap,
) -> Vec<Span> {
    let now = app.clock.now();
    let length_s = u64::try_from((to - from).num_seconds()).unwrap_or(0);
    let query = NextQuery { units, length_s, after: from.max(now), count: MAX_TIMES, tz: app.tz.name() };
    match app.client.in_time_since(started, app.client.next_starts(query, headers)).await {
        Ok(found) => found,
        // A service that does not know the question yet.
        Err(Failure::NotFound) => Vec::new(),
        Err(error) => {
            tracing::warn!(%error, "a page lacks the next times that fit");
            Vec::new()
        }
    }
}

impl NextTime {
    /// The links for hardware `id` and the units of `search`.
    pub(super) fn of(id: i64, search: &Search, found: &[Span], times: &Writer) -> Vec<Self> {
        let link = |span: &Span| {
            // Instants, whatever the clocks do: the form shows them as wall clock.
            let [from, to] = [span.starts_at, span.ends_at].map(instant);
            let window = Search { from, to, ..search.window_only() };
            Self {
                href: format!("{}#book", window.link(&format!("/hardware/{id}"))),
                start: times.date_time(span.starts_at),
                end: times.end(span.starts_at, span.ends_at),
            }
        };
        found.iter().take(MAX_TIMES).map(link).collect()
    }
}
