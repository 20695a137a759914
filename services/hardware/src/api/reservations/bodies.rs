//! What travels in: the bodies of requests.

use poem_openapi::{Object, types::MaybeUndefined};
use serde::{Deserialize, Serialize};

use crate::{
    api::{bodies::cleared_by_null, params::Time},
    domain::wish::{Raw, RawChanges},
};

/// A booking: all of its lines, or none.
#[derive(Clone, Debug, Object, Deserialize, Serialize)]
#[oai(rename = "NewReservation", deny_unknown_fields)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct NewReservation {
    /// From when: RFC 3339, or without an offset wall clock in `tz`.
    pub starts_at: Time,
    /// Until when, itself outside.
    pub ends_at: Time,
    /// The zone of times without an offset; the hardware's, if not given.
    pub tz: Option<String>,
    /// Who: up to 200 characters.
    #[oai(validator(max_length = 200))]
    pub user: Option<String>,
    /// Why: up to 1,000 characters.
    #[oai(validator(max_length = 1000))]
    pub purpose: Option<String>,
    /// What: 1 to 100 lines. The same hardware twice counts together.
    #[oai(validator(min_items = 1, max_items = 100))]
    #[serde(default)]
    pub lines: Vec<NewLine>,
}

/// Units of one hardware.
#[derive(Clone, Copy, Debug, Object, Deserialize, Serialize)]
#[oai(rename = "NewLine", deny_unknown_fields)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct NewLine {
    /// The hardware's id.
    pub hardware: i64,
    /// Units, 1 to 1,000,000; 1 if not given.
    #[oai(default = "one", validator(minimum(value = "1"), maximum(value = "1000000")))]
    #[serde(default = "one")]
    pub qty: i64,
}

fn one() -> i64 {
    1
}

/// `(hardware, units)`.
pub fn pairs(lines: &[NewLine]) -> Vec<(i64, i64)> {
    lines.iter().map(|line| (line.hardware, line.qty)).collect()
}

impl From<NewReservation> for Raw {
    fn from(new: NewReservation) -> Self {
        let lines = pairs(&new.lines);
        let NewReservation { starts_at, ends_at, tz, user, purpose, .. } = new;
        Self { starts_at: starts_at.0, ends_at: ends_at.0, tz, user, purpose, lines }
    }
}

/// New values for some fields (RFC 7396): what is not named stays, `null` takes an optional value away.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(rename = "ReservationChanges", deny_unknown_fields)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct ReservationChanges {
    /// From when.
    pub starts_at: Option<Time>,
    /// Until when: what is out can be extended and shortened too.
    pub ends_at: Option<Time>,
    /// The zone of times without an offset; the hardware's, if not given.
    pub tz: Option<String>,
    /// Who.
    #[oai(nullable)]
    #[serde(default)]
    pub user: MaybeUndefined<String>,
    /// Why.
    #[oai(nullable)]
    #[serde(default)]
    pub purpose: MaybeUndefined<String>,
    /// All lines anew.
    #[oai(validator(min_items = 1, max_items = 100))]
    pub lines: Option<Vec<NewLine>>,
}

impl From<ReservationChanges> for RawChanges {
    fn from(changes: ReservationChanges) -> Self {
        let ReservationChanges { starts_at, ends_at, tz, user, purpose, lines } = changes;
        Self {
            starts_at: starts_at.map(|time| time.0),
            ends_at: ends_at.map(|time| time.0),
            tz,
            user: cleared_by_null(user),
            purpose: cleared_by_null(purpose),
            lines: lines.as_deref().map(pairs),
        }
    }
}

/// What comes back; all that is out, if nothing is said.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(rename = "Return", deny_unknown_fields)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct ReturnBody {
    /// Units by hardware.
    #[oai(validator(min_items = 1, max_items = 100))]
    pub lines: Option<Vec<NewLine>>,
}
