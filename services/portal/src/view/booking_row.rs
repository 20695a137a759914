//! One booking in a table.

use serde::Serialize;

use super::{
    times::{TimeView, Writer},
    words::number,
};
use crate::hardware_client::Reservation;

/// Names of hardware that a row tells.
const MAX_NAMES: usize = 3;

/// One booking, in words.
#[derive(Debug, Serialize)]
pub struct BookingRow {
    href: String,
    /// Who, or the booking's number.
    who: String,
    purpose: String,
    /// What is booked, where the page does not say it.
    items: Option<String>,
    from: TimeView,
    to: TimeView,
    units: String,
    state: &'static str,
    overdue: bool,
    at_risk: bool,
}

impl BookingRow {
    /// The row for `booking`; the units of `hardware` alone where one is named.
    #[must_use]
    pub fn new(booking: &Reservation, hardware: Option<i64>, times: &Writer) -> Self {
        let lines = booking.lines.iter().filter(|line| hardware.is_none_or(|id| id == line.hardware));
        Self {
            href: format!("/reservations/{}", booking.id),
            who: who(booking),
            purpose: booking.purpose.clone().unwrap_or_default(),
            items: None,
            from: times.date_time(booking.starts_at),
            to: times.end(booking.starts_at, booking.ends_at),
            units: number(lines.map(|line| line.qty).sum()),
            state: booking.state.said(),
            overdue: booking.overdue,
            at_risk: booking.at_risk,
        }
    }

    /// The same row with the names of what is booked.
    #[must_use]
    pub fn with_items(self, booking: &Reservation) -> Self {
        let mut names: Vec<&str> =
            booking.lines.iter().take(MAX_NAMES).map(|line| line.name.as_str()).collect();
        let more = booking.lines.len().saturating_sub(MAX_NAMES);
        let rest = format!("{more} more");
        if more > 0 {
            names.push(&rest);
        }
        Self { items: Some(names.join(", ")), ..self }
    }
}

fn who(booking: &Reservation) -> String {
    let named = booking.user.clone().filter(|user| !user.is_empty());
    named.unwrap_or_else(|| format!("Booking {}", booking.id))
}
