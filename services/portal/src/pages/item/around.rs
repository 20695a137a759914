//! What stands around an item's own words: its next days and its bookings. The page is there without them.

use chrono::{DateTime, Days, Utc};
use chrono_tz::Tz;
use poem::http::HeaderMap;
use serde::Serialize;

use crate::{
    calendar::midnight,
    hardware_client::{Bookings, BookingsQuery, Failure, Reservation, Span, Steps, instant},
    overdue,
    state::App,
    view::{LinkView, booking_row::BookingRow, times::Writer, words},
};

/// Days that the chart shows.
pub(super) const DAYS: u64 = 14;
/// Bookings that are shown; the others are a link away.
const MAX_BOOKINGS: u32 = 10;

/// What the service said, as far as it said anything.
#[derive(Debug, Default)]
pub(crate) struct Around {
    /// The starts of the days that the chart shows, and the end of the last one.
    pub(crate) days: Vec<DateTime<Utc>>,
    /// What is taken in them.
    pub(crate) steps: Option<Steps>,
    /// The coming bookings.
    pub(crate) bookings: Option<Bookings>,
    /// What is out and should be back.
    pub(crate) late: Vec<Reservation>,
    /// When the wish fits, where it does not in its own time.
    pub(crate) next: Vec<Span>,
}

impl Around {
    /// Asks for everything at once.
    pub(super) async fn ask(app: &App, id: i64, now: DateTime<Utc>, headers: HeaderMap) -> Self {
        let days = days(now, app.tz);
        let window = (days.first().copied().unwrap_or(now), days.last().copied().unwrap_or(now));
        let coming = BookingsQuery {
            hardware: Some(id),
            state: "confirmed,out".to_owned(),
            from: instant(now),
            limit: MAX_BOOKINGS,
            ..BookingsQuery::default()
        };
        let (steps, bookings, late) = tokio::join!(
            app.client.steps(id, window, headers.clone()),
            app.client.bookings(&coming, headers.clone()),
            overdue::ask(app, &coming, now, headers)
        );
        Self { days, steps: or_none(steps), bookings: or_none(bookings), late, next: Vec::new() }
    }
}

fn or_none<T>(answer: Result<T, Failure>) -> Option<T> {
    let missed = answer.inspect_err(|error| match error {
        // There is no such item, which its page says.
        Failure::NotFound => {}
        error => tracing::warn!(%error, "an item's page lacks a part"),
    });
    missed.ok()
}

/// The midnights in `tz` from the one before `now`, one more than there are days.
fn days(now: DateTime<Utc>, tz: Tz) -> Vec<DateTime<Utc>> {
    let today = now.with_timezone(&tz).date_naive();
    (0..=DAYS).filter_map(|n| midnight(today.checked_add_days(Days::new(n))?, tz)).collect()
}

/// The coming bookings of one hardware.
#[derive(Debug, Serialize)]
pub(super) struct Upcoming {
    rows: Vec<BookingRow>,
    more: Option<LinkView>,
}

impl Upcoming {
    pub(super) fn new(id: i64, bookings: &Bookings, late: &[Reservation], times: &Writer) -> Self {
        let shown = late.iter().chain(&bookings.rows).take(MAX_BOOKINGS as usize);
        let all = bookings.total.map_or_else(String::new, |n| format!(" {}", words::number(n)));
        let more = LinkView {
            href: format!("/reservations?hardware={id}"),
            text: format!("All{all} coming bookings"),
        };
        Self {
            rows: shown.map(|booking| BookingRow::new(booking, Some(id), times)).collect(),
            more: bookings.next.is_some().then_some(more),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fourteen_days_have_fifteen_midnights_also_where_the_clocks_change() {
        // Berlin's clocks go back on Sunday 25 October 2026, and that day has 25 hours.
        let days = days("2026-10-20T22:30:00Z".parse().unwrap(), Tz::Europe__Berlin);
        assert_eq!(days.len(), 15);
        assert_eq!(instant(days[0]), "2026-10-20T22:00:00Z");
        assert_eq!(instant(days[14]), "2026-11-03T23:00:00Z");
        let longest = days.windows(2).map(|day| (day[1] - day[0]).num_hours()).max();
        assert_eq!(longest, Some(25));
    }
}
