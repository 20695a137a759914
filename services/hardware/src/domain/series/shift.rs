//! How the rest of a series follows the one that was moved.

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;

use super::on_wall;
use crate::domain::{Invalid, moment::Moment, window::Window, wish};

/// How one end of a window moved on the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Move {
    /// Days later on the calendar.
    days: TimeDelta,
    /// The new time of day.
    time: NaiveTime,
}

/// How one of a series was moved, for the others to follow: so many days, and to this time of day. What was not moved
/// stays where each of them has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    zone: Tz,
    start: Option<Move>,
    end: Option<Move>,
}

impl Shift {
    /// What moved `old` to `new`, on the clocks of `zone`.
    #[must_use]
    pub fn between(old: Window, new: Window, zone: Tz) -> Self {
        let moved = |old: i64, new: i64| {
            let (from, to) = (on_wall(Moment::Instant(old), zone), on_wall(Moment::Instant(new), zone));
            (old != new).then(|| Move { days: to.date() - from.date(), time: to.time() })
        };
        Self { zone, start: moved(old.from, new.from), end: moved(old.to, new.to) }
    }

    /// Where another of the series comes to stand.
    ///
    /// # Errors
    /// `starts_at` or `ends_at` falls where there is no such time, or the window is impossible.
    pub fn apply(&self, window: Window, now_s: i64) -> Result<Window, Invalid> {
        let start = self.moved(self.start, window.from);
        let end = self.moved(self.end, window.to);
        wish::window(start, end, self.zone, now_s)
    }

    fn moved(&self, by: Option<Move>, at_s: i64) -> Moment {
        let Some(Move { days, time }) = by else { return Moment::Instant(at_s) };
        let date = on_wall(Moment::Instant(at_s), self.zone).date();
        let moved = date.checked_add_signed(days).map(|date| NaiveDateTime::new(date, time));
        // Beyond the calendar is beyond what can be booked, and refused for that.
        moved.map_or(Moment::Instant(i64::MAX), Moment::Wall)
    }
}
