//! A reservation: who, why, when, and what. All of its lines or none.

use std::fmt;

use super::window::Window;

/// Where a reservation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
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

impl State {
    /// Every state, in the order of a reservation's life.
    pub const ALL: [Self; 5] = [Self::Confirmed, Self::Out, Self::Returned, Self::Cancelled, Self::NoShow];

    /// As the API and the database write it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Out => "out",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
        }
    }

    /// The state that is written so.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether units are promised or away, so that what is promised can still be broken.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Confirmed | Self::Out)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Units of one hardware in a reservation. `out + returned <= qty`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which hardware.
    pub hardware: i64,
    /// Who has it.
    pub provider: String,
    /// What it is called there.
    pub name: String,
    /// Units booked, at least 1.
    pub qty: i64,
    /// Units that are with somebody now.
    pub out: i64,
    /// Units that came back.
    pub returned: i64,
}

/// A reservation as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// Given by the database.
    pub id: i64,
    /// Where it stands.
    pub state: State,
    /// First second booked, UTC epoch seconds.
    pub starts_at: i64,
    /// First second after it, without the buffer.
    pub ends_at: i64,
    /// Who; may be empty.
    pub user: String,
    /// Why; may be empty.
    pub purpose: String,
    /// By hardware id, each hardware once.
    pub lines: Vec<Line>,
    /// The series that it belongs to.
    pub series: Option<i64>,
    /// Counts changes, from 1.
    pub version: i64,
    /// UTC epoch seconds.
    pub created_at: i64,
    /// UTC epoch seconds.
    pub updated_at: i64,
}

impl Reservation {
    /// The time that was booked.
    #[must_use]
    pub fn window(&self) -> Window {
        Window { from: self.starts_at, to: self.ends_at }
    }

    /// Whether units are away although their time is over.
    #[must_use]
    pub fn is_overdue(&self, now_s: i64) -> bool {
        self.state == State::Out && self.ends_at <= now_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_written_and_read() {
        for state in State::ALL {
            assert_eq!(State::of_word(state.word()), Some(state));
        }
        assert_eq!(State::of_word("gone"), None);
    }
}
