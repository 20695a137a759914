//! Bookings as the hardware service says them, as far as the portal reads them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Occurrences, Repeat};

/// How far a booking has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its units are held.
    Confirmed,
    /// Its units were handed out, some of them may be back.
    Out,
    /// All of them are back.
    Returned,
    /// It was called off, and holds nothing.
    Cancelled,
    /// Nobody came, and it holds nothing.
    NoShow,
}

impl State {
    /// All of them, in the order of a booking's life.
    pub const ALL: [Self; 5] = [Self::Confirmed, Self::Out, Self::Returned, Self::Cancelled, Self::NoShow];

    /// The API's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Out => "out",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
        }
    }

    /// The word as a page prints it.
    #[must_use]
    pub fn said(self) -> &'static str {
        if self == Self::NoShow { "no-show" } else { self.word() }
    }
}

/// One booking: `GET /reservations/{id}`.
#[derive(Clone, Debug, Deserialize)]
pub struct Reservation {
    /// Its number.
    pub id: i64,
    /// How far it has come.
    pub state: State,
    /// Its first instant.
    pub starts_at: DateTime<Utc>,
    /// The instant at which it is over.
    pub ends_at: DateTime<Utc>,
    /// For whom.
    pub user: Option<String>,
    /// What for.
    pub purpose: Option<String>,
    /// More units are promised than there are, at some moment of it.
    #[serde(default)]
    pub at_risk: bool,
    /// It is out, and should have been back.
    #[serde(default)]
    pub overdue: bool,
    /// What is booked.
    pub lines: Vec<Line>,
    /// Rises with each change: what a page that was shown for a while is compared with.
    pub version: i64,
    /// The series it belongs to.
    #[serde(default)]
    pub series_id: Option<i64>,
    /// When it was booked.
    pub created_at: Option<DateTime<Utc>>,
}

impl Reservation {
    /// Units that are out.
    #[must_use]
    pub fn units_out(&self) -> u64 {
        self.lines.iter().map(|line| line.out).sum()
    }
}

/// One hardware of a booking.
#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    /// The catalogue's id.
    pub hardware: i64,
    /// Who has it.
    #[serde(default)]
    pub provider: String,
    /// What it is called there.
    #[serde(default)]
    pub name: String,
    /// Units booked.
    pub qty: u64,
    /// Units handed out and not back.
    #[serde(default)]
    pub out: u64,
    /// Units that are back.
    #[serde(default)]
    pub returned: u64,
}

/// What to book: `POST /reservations`. Times as typed: wall clock is read in `tz` by the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewReservation {
    /// Its first instant.
    pub starts_at: String,
    /// The instant at which it is over.
    pub ends_at: String,
    /// IANA name of the zone of times without an offset.
    pub tz: String,
    /// For whom.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// What for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub purpose: String,
    /// What.
    pub lines: Vec<Units>,
    /// How it repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

/// Units of one hardware, to book or to return.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Units {
    /// The catalogue's id.
    pub hardware: i64,
    /// How many.
    pub qty: u64,
}

/// 409: why a booking does not fit, and what would.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct NotFree {
    /// The lines that do not fit.
    #[serde(default)]
    pub lines: Vec<ShortLine>,
    /// Up to three other times of the same length at which all lines fit, the nearest first.
    #[serde(default)]
    pub alternatives: Vec<Span>,
    /// Of a series: how much of it does not fit.
    pub occurrences: Option<Occurrences>,
}

/// One line that does not fit.
#[derive(Clone, Debug, Deserialize)]
pub struct ShortLine {
    /// The catalogue's id.
    pub hardware: i64,
    /// Who has it.
    #[serde(default)]
    pub provider: String,
    /// What it is called there.
    #[serde(default)]
    pub name: String,
    /// Units asked for.
    pub requested: u64,
    /// Units free at the busiest moment.
    pub free: u64,
    /// Units in all.
    pub capacity: u64,
    /// When there are too few.
    #[serde(default)]
    pub blocked: Vec<Stretch>,
    /// Who has the others.
    #[serde(default)]
    pub claims: Vec<Claim>,
}

/// A stretch of time with the units free in it.
#[derive(Clone, Debug, Deserialize)]
pub struct Stretch {
    /// Its first instant.
    pub from: DateTime<Utc>,
    /// The instant at which it is over.
    pub to: DateTime<Utc>,
    /// Units free in it.
    pub free: u64,
    /// Units promised beyond the capacity in it.
    #[serde(default)]
    pub overcommitted: u64,
}

/// Units that somebody else has.
#[derive(Clone, Debug, Deserialize)]
pub struct Claim {
    /// The booking it belongs to.
    pub reservation: Option<i64>,
    /// The maintenance it belongs to.
    pub task: Option<i64>,
    /// Its first instant.
    pub from: DateTime<Utc>,
    /// The instant from which the units can be had again, the buffer included.
    pub to: DateTime<Utc>,
    /// How many.
    pub qty: u64,
    /// For whom.
    pub user: Option<String>,
}

/// A start and an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Span {
    /// The first instant.
    pub starts_at: DateTime<Utc>,
    /// The instant at which it is over.
    pub ends_at: DateTime<Utc>,
}

/// `GET /hardware/{id}/availability`: what is free, step by step.
#[derive(Clone, Debug, Deserialize)]
pub struct Steps {
    /// Units in all.
    pub capacity: u64,
    /// Steps that adjoin and cover the window.
    pub steps: Vec<Stretch>,
}

/// The part of a 409 that says why a booking's state does not allow something.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct WrongState {
    /// Which state it is in, and what would do, in a sentence.
    #[serde(default)]
    pub detail: String,
}
