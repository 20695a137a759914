//! What is out and should have been back: it is over, so no list of what is coming names it.

use chrono::{DateTime, Utc};
use poem::http::HeaderMap;

use crate::{
    hardware_client::{BookingsQuery, Reservation, State, instant},
    state::App,
};

/// Bookings that are looked at: those that began first are the ones that are overdue.
const MAX_LOOKED_AT: u32 = 100;

/// The overdue bookings that `query` is otherwise about, some at least. None where the service does not say.
pub async fn ask(
    app: &App,
    query: &BookingsQuery,
    now: DateTime<Utc>,
    headers: HeaderMap,
) -> Vec<Reservation> {
    let out = BookingsQuery {
        state: State::Out.word().to_owned(),
        from: String::new(),
        to: instant(now),
        limit: MAX_LOOKED_AT,
        cursor: String::new(),
        ..query.clone()
    };
    match app.client.bookings(&out, headers).await {
        Ok(bookings) => bookings.rows.into_iter().filter(|booking| booking.overdue).collect(),
        Err(error) => {
            tracing::warn!(%error, "a list of bookings lacks what is overdue");
            Vec::new()
        }
    }
}
