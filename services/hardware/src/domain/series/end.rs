//! Where a series ends.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::{End, on_wall};
use crate::domain::{
    Invalid,
    moment::{Moment, parse_date},
};

/// What is said of an `until` that cannot be read.
pub(super) const EXPECTED: &str = "is neither a day such as 2026-12-24 nor a time such as 2026-12-24T17:00";

/// The last day, or time, on which an occurrence may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// All of this day, in the zone of the series.
    Date(NaiveDate),
    /// This time, itself included.
    Moment(Moment),
}

/// As it is read.
impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{date}"),
            Self::Moment(moment) => moment.fmt(f),
        }
    }
}

/// `DATE` alone, or as a time is read elsewhere.
impl FromStr for Until {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let date = if text.len() == 10 { parse_date(text).map(Self::Date) } else { None };
        date.or_else(|| text.parse().ok().map(Self::Moment)).ok_or(EXPECTED)
    }
}

/// [`End`], with its times in UTC.
#[derive(Clone, Copy, Debug)]
pub(super) enum Last {
    Count(usize),
    Date(NaiveDate),
    At(i64),
}

impl Last {
    /// Where a series with this end ends.
    pub(super) fn of(end: End, zone: Tz) -> Result<Self, Invalid> {
        Ok(match end {
            End::Count(count) => Self::Count(count),
            End::Until(Until::Date(date)) => Self::Date(date),
            End::Until(Until::Moment(moment)) => {
                let at_s = moment.resolve(zone).map_err(|e| Invalid::new("repeat.until", e.to_string()))?;
                Self::At(at_s)
            }
        })
    }

    /// Whether an occurrence at `start` behind `before` others is no part of the series any more.
    pub(super) fn is_passed(self, before: usize, start: Moment, zone: Tz) -> bool {
        match self {
            Self::Count(count) => before >= count,
            Self::Date(date) => on_wall(start, zone).date() > date,
            Self::At(at_s) => match start.resolve(zone) {
                Ok(start) => start > at_s,
                Err(_) => on_wall(start, zone) > on_wall(Moment::Instant(at_s), zone),
            },
        }
    }
}
