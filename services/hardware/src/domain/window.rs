//! The half-open interval `[from, to)` that a question is about.

use chrono_tz::Tz;

use super::{Invalid, moment::Moment};

/// What "now" means to a caller who names no window.
pub const DEFAULT_LENGTH_S: i64 = 3_600;
/// How far ahead a window may reach, and how long it may be.
pub const MAX_YEARS: i64 = 10;
const YEAR_S: i64 = 366 * 86_400;
/// The years 0 to 9999, which RFC 3339 can write; and nothing in them overflows when it is added up.
const EPOCH: std::ops::Range<i64> = -62_167_219_200..253_402_300_800;

/// `[from, to)` in UTC epoch seconds, `from < to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First second inside.
    pub from: i64,
    /// First second outside.
    pub to: i64,
}

impl Window {
    /// Seconds that a window is long at most.
    pub const LONGEST_S: i64 = MAX_YEARS * YEAR_S;

    /// A window that ends after it begins, is at most ten years long and ends at most ten years from `now_s`.
    ///
    /// # Errors
    /// Which of `from` and `to` is impossible, and why.
    pub fn new(from: i64, to: i64, now_s: i64) -> Result<Self, Invalid> {
        if !EPOCH.contains(&from) || !EPOCH.contains(&to) {
            return Err(Invalid::new("from", "is not between the years 0 and 9999"));
        }
        if to <= from {
            return Err(Invalid::new("to", "is not after `from`"));
        }
        if to > Self::latest_end(now_s) {
            return Err(Invalid::new("to", format!("is more than {MAX_YEARS} years ahead")));
        }
        if to - from > Self::LONGEST_S {
            return Err(Invalid::new("from", format!("is more than {MAX_YEARS} years before `to`")));
        }
        Ok(Self { from, to })
    }

    /// The window that a caller means: what is missing is `[now, now + 1 h)`, or one hour after `from`.
    ///
    /// # Errors
    /// As [`Window::new`]; and a wall-clock time that does not exist in `zone`.
    pub fn asked(from: Option<Moment>, to: Option<Moment>, zone: Tz, now_s: i64) -> Result<Self, Invalid> {
        let resolve =
            |field, moment: Moment| moment.resolve(zone).map_err(|e| Invalid::new(field, e.to_string()));
        let from = from.map(|m| resolve("from", m)).transpose()?.unwrap_or(now_s);
        let to = to.map(|m| resolve("to", m)).transpose()?.unwrap_or(from + DEFAULT_LENGTH_S);
        Self::new(from, to, now_s)
    }

    /// The end that no window may pass: ten years from `now_s`.
    #[must_use]
    pub fn latest_end(now_s: i64) -> i64 {
        now_s + MAX_YEARS * YEAR_S
    }

    /// Seconds from `from` to `to`.
    #[must_use]
    pub fn length_s(self) -> i64 {
        self.to - self.from
    }

    /// The same window, `buffer_s` longer: what must be free for a booking of it.
    #[must_use]
    pub fn with_buffer(self, buffer_s: i64) -> Self {
        Self { to: self.to + buffer_s, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_or_backward_window_is_impossible() {
        assert_eq!(Window::new(5, 5, 0).unwrap_err().field, "to");
        assert_eq!(Window::new(5, 4, 0).unwrap_err().field, "to");
    }

    #[test]
    fn windows_may_lie_in_the_past_but_not_beyond_ten_years() {
        let limit = MAX_YEARS * YEAR_S;
        assert!(Window::new(-1_000, -900, 0).is_ok());
        assert!(Window::new(limit - 1, limit, 0).is_ok());
        assert_eq!(Window::new(limit, limit + 1, 0).unwrap_err().field, "to");
        assert_eq!(Window::new(-limit, 1, 0).unwrap_err().field, "from");
    }

    #[test]
    fn times_beyond_the_calendar_are_refused_and_do_not_overflow() {
        for (from, to) in [(i64::MIN, 0), (0, i64::MAX), (i64::MIN, i64::MAX)] {
            assert_eq!(Window::new(from, to, 0).unwrap_err().field, "from");
        }
    }

    #[test]
    fn what_is_missing_is_the_hour_from_now() {
        let asked = |from, to| Window::asked(from, to, Tz::UTC, 10);
        assert_eq!(asked(None, None).unwrap(), Window { from: 10, to: 3_610 });
        assert_eq!(asked(Some(Moment::Instant(50)), None).unwrap(), Window { from: 50, to: 3_650 });
        assert_eq!(asked(None, Some(Moment::Instant(50))).unwrap(), Window { from: 10, to: 50 });
        assert_eq!(asked(None, Some(Moment::Instant(9))).unwrap_err().field, "to");
    }
}
