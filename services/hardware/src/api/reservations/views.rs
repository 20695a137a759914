//! What travels back: the bodies of answers.

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object};
use serde::Serialize;

use crate::{
    api::{
        series::SkippedView,
        views::{time, unless_empty},
    },
    domain::reservation::{Line, Reservation, State},
    store::series::{SeriesMade, Unchanged},
};

/// Where a reservation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "ReservationState", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum StateView {
    /// Booked, not fetched yet.
    Confirmed,
    /// With somebody, at least in part.
    Out,
    /// All of it is back.
    Returned,
    /// Called off.
    Cancelled,
    /// Nobody came for it.
    NoShow,
}

impl From<State> for StateView {
    fn from(state: State) -> Self {
        match state {
            State::Confirmed => Self::Confirmed,
            State::Out => Self::Out,
            State::Returned => Self::Returned,
            State::Cancelled => Self::Cancelled,
            State::NoShow => Self::NoShow,
        }
    }
}

/// Units of one hardware in a reservation.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "ReservationLine")]
pub struct LineView {
    /// The hardware's id.
    pub hardware: i64,
    /// Who has it.
    pub provider: String,
    /// What it is called there.
    pub name: String,
    /// Units booked.
    pub qty: i64,
    /// Units that are with somebody now.
    pub out: i64,
    /// Units that came back.
    pub returned: i64,
}

impl From<Line> for LineView {
    fn from(line: Line) -> Self {
        let Line { hardware, provider, name, qty, out, returned } = line;
        Self { hardware, provider, name, qty, out, returned }
    }
}

/// A reservation.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Reservation")]
pub struct ReservationView {
    /// Given by the database; 0 for a dry run.
    pub id: i64,
    /// Where it stands.
    pub state: StateView,
    /// First second booked.
    pub starts_at: DateTime<Utc>,
    /// First second after it, without the buffer.
    pub ends_at: DateTime<Utc>,
    /// Who.
    #[oai(nullable)]
    pub user: Option<String>,
    /// Why.
    #[oai(nullable)]
    pub purpose: Option<String>,
    /// Whether more is promised than there is, at some time of it that is still to come.
    pub at_risk: bool,
    /// Whether units are away although its time is over.
    pub overdue: bool,
    /// By hardware id, each hardware once.
    pub lines: Vec<LineView>,
    /// The series that it belongs to; null for one that stands alone.
    #[oai(nullable)]
    pub series_id: Option<i64>,
    /// Counts changes, from 1; the ETag.
    pub version: i64,
    /// When it was booked.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
}

impl ReservationView {
    /// `reservation` as it looks at `now_s`.
    #[must_use]
    pub fn new(reservation: Reservation, at_risk: bool, now_s: i64) -> Self {
        let overdue = reservation.is_overdue(now_s);
        Self {
            id: reservation.id,
            state: reservation.state.into(),
            starts_at: time(reservation.starts_at),
            ends_at: time(reservation.ends_at),
            user: unless_empty(reservation.user),
            purpose: unless_empty(reservation.purpose),
            at_risk,
            overdue,
            lines: reservation.lines.into_iter().map(LineView::from).collect(),
            series_id: reservation.series,
            version: reservation.version,
            created_at: time(reservation.created_at),
            updated_at: time(reservation.updated_at),
        }
    }
}

/// A reservation that was just made; of a series, the first one.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "BookedReservation")]
pub struct BookedView {
    /// The reservation.
    #[oai(flatten)]
    #[serde(flatten)]
    pub reservation: ReservationView,
    /// With `repeat`: the ids of all that were made, in order of time; each 0 for a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Vec<i64>>,
    /// With `repeat`: what was left out, in order of time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<Vec<SkippedView>>,
}

/// A reservation after a change; of a series, the one that was named.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "ChangedReservation")]
pub struct ChangedView {
    /// The reservation.
    #[oai(flatten)]
    #[serde(flatten)]
    pub reservation: ReservationView,
    /// With `scope=rest`: the ids of those that are another than before, in order of time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<Vec<i64>>,
    /// With `scope=rest`: those that were left alone, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unchanged: Option<Vec<UnchangedView>>,
}

/// One of a series that was left alone.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Unchanged")]
pub struct UnchangedView {
    /// The reservation's id.
    pub id: i64,
    /// Why.
    pub reason: String,
}

impl From<Unchanged> for UnchangedView {
    fn from(unchanged: Unchanged) -> Self {
        let Unchanged { id, reason } = unchanged;
        Self { id, reason }
    }
}

/// The answer to a booking that was just accepted, as it is kept under its key: nothing accepted is at risk, and
/// nothing confirmed is overdue.
#[must_use]
pub fn accepted(reservation: &Reservation) -> String {
    let view = ReservationView::new(reservation.clone(), false, reservation.created_at);
    serde_json::to_string(&view).unwrap_or_default()
}

/// The answer to a series that was just accepted, as it is kept under its key.
#[must_use]
pub fn accepted_series(made: &SeriesMade) -> String {
    let view = BookedView {
        reservation: ReservationView::new(made.first.clone(), false, made.first.created_at),
        created: Some(made.created.clone()),
        skipped: Some(made.skipped.iter().map(SkippedView::from).collect()),
    };
    serde_json::to_string(&view).unwrap_or_default()
}
