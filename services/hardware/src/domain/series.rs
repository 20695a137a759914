//! A series: one booking, repeated every day or every week on the clocks of one zone.

use chrono::{DateTime, Days, NaiveDateTime};
use chrono_tz::Tz;

use super::{
    Invalid,
    moment::{Moment, Skipped},
    window::Window,
    wish,
};

mod end;
mod shift;
#[cfg(test)]
mod tests;

use self::end::Last;
pub use self::{end::Until, shift::Shift};

/// Occurrences of one series at most: a year of days.
pub const MAX_OCCURRENCES: usize = 366;
/// Claims of one series at most: its lines times its occurrences.
pub const MAX_CLAIMS: usize = 5_000;
/// Occurrences that do not exist, told in one answer at most.
const MAX_TOLD: usize = 10;

/// How far one occurrence is from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// A day later on the calendar.
    Day,
    /// A week later.
    Week,
}

impl Every {
    /// As the API and the database write it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    const fn days(self) -> u64 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
        }
    }
}

/// Where a series ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// After so many occurrences, 1 to [`MAX_OCCURRENCES`].
    Count(usize),
    /// With the last one that starts by then.
    Until(Until),
}

/// What becomes of a series of which something cannot be booked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConflict {
    /// Nothing is booked.
    #[default]
    Fail,
    /// The rest is booked.
    Skip,
}

/// How a booking repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// How far one is from the next.
    pub every: Every,
    /// Where it ends.
    pub end: End,
    /// What a conflict means.
    pub on_conflict: OnConflict,
}

/// A [`Repeat`] as it came.
#[derive(Clone, Copy, Debug)]
pub struct RawRepeat {
    /// See [`Repeat::every`].
    pub every: Every,
    /// Occurrences wanted.
    pub count: Option<i64>,
    /// The last day or time.
    pub until: Option<Until>,
    /// See [`Repeat::on_conflict`].
    pub on_conflict: OnConflict,
}

/// One of a series, as the wall clock has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Which, from 1.
    pub number: usize,
    /// Its start on the wall.
    pub starts_at: NaiveDateTime,
    /// Its time, or why there is none.
    pub window: Result<Window, Missing>,
}

/// An occurrence that cannot be, because the clocks skip one of its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Which of its times: `starts_at` or `ends_at`.
    pub field: &'static str,
    /// The time that is skipped.
    pub skipped: Skipped,
    /// When it would have started, if that exists. UTC epoch seconds.
    pub starts_at: Option<i64>,
}

impl Repeat {
    /// Reads what came.
    ///
    /// # Errors
    /// Neither or both of `count` and `until`, or an impossible count.
    pub fn new(raw: &RawRepeat) -> Result<Self, Invalid> {
        let RawRepeat { every, on_conflict, .. } = *raw;
        let end = match (raw.count, raw.until) {
            (Some(count), None) => End::Count(counted(count)?),
            (None, Some(until)) => End::Until(until),
            (None, None) => return Err(Invalid::new("repeat", "needs `count` or `until`")),
            (Some(_), Some(_)) => {
                return Err(Invalid::new("repeat", "has both `count` and `until`; it needs one of them"));
            }
        };
        Ok(Self { every, end, on_conflict })
    }

    /// Every occurrence, in order. Start and end are each repeated on the wall clock of `zone`; the first is at the very
    /// times that were given, also where a time with an offset names the later of two equal ones.
    ///
    /// # Errors
    /// A time that is impossible for another reason than clocks that skip it; more than [`MAX_OCCURRENCES`]; none.
    pub fn occurrences(
        &self,
        starts_at: Moment,
        ends_at: Moment,
        zone: Tz,
        now_s: i64,
    ) -> Result<Vec<Occurrence>, Invalid> {
        let last = Last::of(self.end, zone)?;
        let mut all = Vec::new();
        for at in 0..=MAX_OCCURRENCES {
            let given = |moment| if at == 0 { Some(moment) } else { self.later(moment, at, zone) };
            // Beyond the calendar is beyond every end that is not one of these.
            let (Some(start), Some(end)) = (given(starts_at), given(ends_at)) else { break };
            if last.is_passed(all.len(), start, zone) {
                break;
            }
            all.push(occurrence(at + 1, start, end, zone, now_s)?);
        }
        match all.len() {
            0 => Err(Invalid::new("repeat.until", "is before `starts_at`")),
            1..=MAX_OCCURRENCES => Ok(all),
            _ => {
                let why = format!("makes more than {MAX_OCCURRENCES} occurrences");
                Err(Invalid::new("repeat.until", why))
            }
        }
    }

    /// The occurrence `at` after the one at `moment`.
    fn later(&self, moment: Moment, at: usize, zone: Tz) -> Option<Moment> {
        let days = self.every.days() * at as u64;
        on_wall(moment, zone).checked_add_days(Days::new(days)).map(Moment::Wall)
    }
}

fn counted(count: i64) -> Result<usize, Invalid> {
    let fits = usize::try_from(count).ok().filter(|count| (1..=MAX_OCCURRENCES).contains(count));
    fits.ok_or_else(|| Invalid::new("repeat.count", format!("is {count}; it must be 1 to {MAX_OCCURRENCES}")))
}

/// What the clocks of `zone` show.
fn on_wall(moment: Moment, zone: Tz) -> NaiveDateTime {
    match moment {
        Moment::Wall(wall) => wall,
        Moment::Instant(at_s) => {
            let at = DateTime::from_timestamp(at_s, 0).unwrap_or(DateTime::UNIX_EPOCH);
            at.with_timezone(&zone).naive_local()
        }
    }
}

fn occurrence(
    number: usize,
    start: Moment,
    end: Moment,
    zone: Tz,
    now_s: i64,
) -> Result<Occurrence, Invalid> {
    let starts_at = on_wall(start, zone);
    let (from, to) = (start.resolve(zone), end.resolve(zone));
    let window = match (from, to) {
        (Err(skipped), _) => Err(Missing { field: "starts_at", skipped, starts_at: None }),
        (Ok(from), Err(skipped)) => Err(Missing { field: "ends_at", skipped, starts_at: Some(from) }),
        (Ok(from), Ok(to)) => {
            let window = wish::window(Moment::Instant(from), Moment::Instant(to), zone, now_s);
            Ok(window.map_err(|wrong| of_occurrence(wrong, number, starts_at))?)
        }
    };
    Ok(Occurrence { number, starts_at, window })
}

/// The first one's times are those that were given: they need no name.
fn of_occurrence(wrong: Invalid, number: usize, starts_at: NaiveDateTime) -> Invalid {
    if number == 1 {
        return wrong;
    }
    let which = Moment::Wall(starts_at);
    Invalid::new(wrong.field, format!("{} for occurrence {number}, which starts {which}", wrong.detail))
}

impl Occurrence {
    /// What is wrong with it, if its time does not exist and it must.
    #[must_use]
    pub fn refused(&self) -> Option<Invalid> {
        let missing = self.window.err()?;
        let Missing { field, skipped, .. } = missing;
        let why = format!("of occurrence {}: {skipped}; `on_conflict`: \"skip\" leaves it out", self.number);
        Some(Invalid { missing: Some(Box::new(*self)), ..Invalid::new(field, why) })
    }
}

/// Every occurrence whose time does not exist, as far as one answer tells of them.
#[must_use]
pub fn refused(occurrences: &[Occurrence]) -> Vec<Invalid> {
    occurrences.iter().filter_map(Occurrence::refused).take(MAX_TOLD).collect()
}

/// Whether so many lines and occurrences are not too many claims.
///
/// # Errors
/// They are more than [`MAX_CLAIMS`].
pub fn bounded(lines: usize, occurrences: usize) -> Result<(), Invalid> {
    let claims = lines.saturating_mul(occurrences);
    if claims <= MAX_CLAIMS {
        return Ok(());
    }
    let why = format!(
        "makes {claims} claims, {lines} lines in each of {occurrences} occurrences; at most {MAX_CLAIMS} are made at once"
    );
    Err(Invalid::new("repeat", why))
}
