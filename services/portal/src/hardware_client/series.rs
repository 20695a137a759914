//! Bookings that repeat: what is asked, and what became of each of them.

use serde::{Deserialize, Serialize};

use super::Reservation;

/// How a booking repeats. Either `count` or `until` is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repeat {
    /// `day` or `week`.
    pub every: &'static str,
    /// How often, the first one included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The last day on which one may begin, `2026-06-11`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// `fail`: all or none; `skip`: leave out what does not fit.
    pub on_conflict: &'static str,
}

/// 409: how much of a series does not fit.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Occurrences {
    /// Bookings of the series.
    pub wanted: u64,
    /// How many of them do not fit.
    pub refused: u64,
    /// Some of these lie over others of the series.
    #[serde(default)]
    pub overlaps_itself: bool,
}

/// Which bookings of a series a change is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The one alone.
    #[default]
    One,
    /// The one and all later ones.
    Rest,
}

impl Scope {
    /// The scope of a form's word; of any other it is the one alone.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        if word == "rest" { Self::Rest } else { Self::One }
    }
}

/// A booking that was made, the first one of a series.
#[derive(Clone, Debug, Deserialize)]
pub struct Booked {
    /// The booking.
    #[serde(flatten)]
    pub reservation: Reservation,
    /// All of the series.
    #[serde(default)]
    pub created: Vec<i64>,
    /// What was left out.
    #[serde(default)]
    pub skipped: Vec<Skipped>,
}

/// One that was left out of a series.
#[derive(Clone, Debug, Deserialize)]
pub struct Skipped {
    /// When it would have begun: an instant, or wall clock that does not exist.
    pub starts_at: String,
    /// Why it was left out.
    #[serde(default)]
    pub reason: String,
}

/// A booking that was changed, with others of its series.
#[derive(Clone, Debug, Deserialize)]
pub struct Changed {
    /// The booking.
    #[serde(flatten)]
    pub reservation: Reservation,
    /// All that were changed.
    #[serde(default)]
    pub changed: Vec<i64>,
    /// Those that were to be changed and were not.
    #[serde(default)]
    pub unchanged: Vec<Unchanged>,
}

/// One that was left as it was.
#[derive(Clone, Debug, Deserialize)]
pub struct Unchanged {
    /// Its number.
    pub id: i64,
    /// Why it was left.
    #[serde(default)]
    pub reason: String,
}
