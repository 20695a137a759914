//! What travels in: the bodies of requests.

use poem_openapi::{Enum, Object, types::MaybeUndefined};
use serde::{Deserialize, Serialize};

use crate::{
    api::{
        bodies::cleared_by_null,
        params::{Last, Time},
    },
    domain::{
        series::{Every, OnConflict, RawRepeat},
        wish::{Raw, RawChanges},
    },
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
    /// Book it every day or every week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<RepeatBody>,
}

/// How a booking repeats: start and end each on the wall clock of `tz`, else of the hardware's zone, also where the times
/// came with an offset. Either `count` or `until`.
#[derive(Clone, Debug, Object, Deserialize, Serialize)]
#[oai(rename = "Repeat", deny_unknown_fields)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct RepeatBody {
    /// How far one is from the next.
    pub every: EveryBody,
    /// Occurrences, the first and those that are skipped included: 1 to 366.
    #[oai(validator(minimum(value = "1"), maximum(value = "366")))]
    pub count: Option<i64>,
    /// The last day, or time, on which one may start, itself included; it makes at most 366.
    pub until: Option<Last>,
    /// What happens where something is not free, or there is no such time: nothing is booked, or the rest is.
    #[oai(default)]
    #[serde(default)]
    pub on_conflict: OnConflictBody,
}

/// How far one occurrence is from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Deserialize, Serialize)]
#[oai(rename = "Every", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum EveryBody {
    /// A day later on the calendar.
    Day,
    /// A week later.
    Week,
}

/// What a conflict means for the rest of a series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum, Deserialize, Serialize)]
#[oai(rename = "OnConflict", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum OnConflictBody {
    /// Nothing is booked.
    #[default]
    Fail,
    /// The rest is booked, and what was left out is told.
    Skip,
}

impl From<RepeatBody> for RawRepeat {
    fn from(body: RepeatBody) -> Self {
        let every = match body.every {
            EveryBody::Day => Every::Day,
            EveryBody::Week => Every::Week,
        };
        let on_conflict = match body.on_conflict {
            OnConflictBody::Fail => OnConflict::Fail,
            OnConflictBody::Skip => OnConflict::Skip,
        };
        Self { every, count: body.count, until: body.until.map(|until| until.0), on_conflict }
    }
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
        let NewReservation { starts_at, ends_at, tz, user, purpose, repeat, .. } = new;
        let repeat = repeat.map(RawRepeat::from);
        Self { starts_at: starts_at.0, ends_at: ends_at.0, tz, user, purpose, lines, repeat }
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
