//! The series that a booking belongs to, and what was just done with it.

use poem::http::HeaderMap;
use serde::Serialize;

use crate::{
    hardware_client::{BookingsQuery, Reservation, instant},
    report::Report,
    search::{Moment, read_moment},
    state::App,
    view::{
        LinkView,
        booking_row::BookingRow,
        times::{TimeView, Writer},
        words,
    },
};

/// Bookings that are shown, this one included.
const MAX_SHOWN: u32 = 10;

/// The bookings of a booking's series from it on, cancelled ones too. Without them the page lacks a part; it
/// waits for them no longer than for the booking.
pub(super) async fn ask(app: &App, booking: &Reservation, headers: HeaderMap) -> Vec<Reservation> {
    let Some(series) = booking.series_id else { return Vec::new() };
    let query = BookingsQuery {
        series: Some(series),
        from: instant(booking.starts_at),
        limit: MAX_SHOWN,
        ..BookingsQuery::default()
    };
    match app.client.bookings(&query, headers).await {
        // A service that does not know series yet lists everything.
        Ok(found) => found.rows.into_iter().filter(|row| row.series_id == Some(series)).collect(),
        Err(error) => {
            tracing::warn!(%error, "a booking's page lacks its series");
            Vec::new()
        }
    }
}

/// The series as a part of the page.
#[derive(Debug, Serialize)]
pub(super) struct Siblings {
    rows: Vec<BookingRow>,
    all: LinkView,
}

impl Siblings {
    /// `None` for a booking that stands alone.
    pub(super) fn new(booking: &Reservation, found: &[Reservation], times: &Writer) -> Option<Self> {
        let series = booking.series_id?;
        let later = found.iter().filter(|row| row.id != booking.id).take(MAX_SHOWN as usize);
        let href = format!("/reservations?series={series}&state=any");
        let all = LinkView { href, text: "All bookings of the series".to_owned() };
        Some(Self { rows: later.map(|row| BookingRow::new(row, None, times)).collect(), all })
    }
}

/// What became of a series that was just booked or changed.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    /// `10 bookings were made`
    text: String,
    heading: String,
    left: Vec<Left>,
    more: Option<String>,
}

#[derive(Debug, Serialize)]
struct Left {
    /// When it would have begun, where it is an instant.
    time: Option<TimeView>,
    /// Which one, where it is not.
    which: String,
    href: Option<String>,
    /// Either of them is told before the reason.
    named: bool,
    why: String,
}

impl Told {
    /// In words.
    pub(super) fn new(report: &Report, times: &Writer) -> Self {
        let bookings = words::count(report.count as u64, "booking");
        let were = if report.count == 1 { "was" } else { "were" };
        let booked = report.done == "booked";
        let (verb, left) = match report.done.as_str() {
            "booked" => ("made", "left out"),
            "cancel" => ("cancelled", "left as they are"),
            _ => ("changed", "left as they are"),
        };
        let n = report.left.len() + report.more;
        Self {
            text: format!("{bookings} {were} {verb}"),
            heading: format!("{} {left}", words::count(n as u64, "booking")),
            left: report.left.iter().map(|(which, why)| Left::new(which, why, booked, times)).collect(),
            more: (report.more > 0).then(|| format!("and {} more", words::number(report.more as u64))),
        }
    }
}

impl Left {
    fn new(which: &str, why: &str, booked: bool, times: &Writer) -> Self {
        let left = Self { time: None, which: String::new(), href: None, named: true, why: why.to_owned() };
        if !booked {
            let href = which.parse::<i64>().ok().map(|id| format!("/reservations/{id}"));
            return Self { which: format!("Booking {which}"), href, ..left };
        }
        match read_moment(which, times.tz()) {
            Moment::At(at) => Self { time: Some(times.date_time(at)), ..left },
            // A time that the clocks leave out: to be read as it was written, where the reason does not say it.
            Moment::Skipped | Moment::Unreadable => {
                let which = which.replace('T', " ");
                let named = !why.starts_with(&which);
                Self { which: if named { which } else { String::new() }, named, ..left }
            }
        }
    }
}
