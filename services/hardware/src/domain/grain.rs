//! A window cut into the hours or days of a zone, for whoever draws it: each cell is told by its worst moment.

use chrono::{DateTime, Days, LocalResult, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

use super::{Invalid, peak::Level, window::Window};

/// Cells of one window at most.
pub const MAX_CELLS: usize = 1_000;
const HOUR_S: i64 = 3_600;
/// Clocks are moved by multiples of this: where the first second after a skipped midnight is looked for.
const MOVES_S: i64 = 900;
/// A zone once skipped a whole day.
const MOST_MOVES: i64 = 2 * 86_400 / MOVES_S;

/// How coarse the cells are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// From full hour to full hour on the zone's clocks.
    Hour,
    /// From midnight to midnight: 23 or 25 hours where the clocks are moved.
    Day,
}

impl Grain {
    /// The cells of `window` in `zone`, by their ends; the first one begins with the window, the last one ends with it.
    ///
    /// # Errors
    /// There are more than [`MAX_CELLS`].
    pub fn cells(self, window: Window, zone: Tz) -> Result<Vec<i64>, Invalid> {
        let mut ends = Vec::new();
        let mut at = window.from;
        while at < window.to {
            if ends.len() == MAX_CELLS {
                let why = format!("cuts the window into more than {MAX_CELLS} cells; ask for less at once");
                return Err(Invalid::new("grain", why));
            }
            at = self.next(at, zone).clamp(at + 1, window.to);
            ends.push(at);
        }
        Ok(ends)
    }

    /// The first boundary after `at_s`.
    fn next(self, at_s: i64, zone: Tz) -> i64 {
        let Some(local) = wall(at_s, zone) else { return i64::MAX };
        match self {
            Self::Hour => at_s + HOUR_S - local.and_utc().timestamp().rem_euclid(HOUR_S),
            Self::Day => match local.date().checked_add_days(Days::new(1)) {
                Some(date) => first_at(date.and_time(NaiveTime::MIN), zone),
                None => i64::MAX,
            },
        }
    }
}

fn wall(at_s: i64, zone: Tz) -> Option<NaiveDateTime> {
    let utc = DateTime::from_timestamp(at_s, 0)?.naive_utc();
    utc.checked_add_offset(zone.offset_from_utc_datetime(&utc).fix())
}

/// The first second that shows `wall`, or what the clocks were put forward to.
fn first_at(wall: NaiveDateTime, zone: Tz) -> i64 {
    let shown = (0..MOST_MOVES).find_map(|moves| {
        let later = wall.checked_add_signed(TimeDelta::seconds(moves * MOVES_S))?;
        match zone.from_local_datetime(&later) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.timestamp()),
            LocalResult::None => None,
        }
    });
    shown.unwrap_or(i64::MAX)
}

/// The step function by its worst moment in each cell: maximal stretches that cover the same window. `ends` are those
/// of the cells.
#[must_use]
pub fn coarse(levels: &[Level], ends: &[i64]) -> Vec<Level> {
    let mut steps: Vec<Level> = Vec::new();
    let mut rest = levels;
    let Some(mut from) = levels.first().map(|level| level.from) else { return steps };
    for &to in ends {
        let within = rest.partition_point(|level| level.from < to);
        let in_use = rest.iter().take(within).map(|level| level.in_use).max().unwrap_or(0);
        // The last one may reach into the next cell.
        rest = rest.get(rest.partition_point(|level| level.to <= to)..).unwrap_or_default();
        match steps.last_mut() {
            Some(last) if last.in_use == in_use => last.to = to,
            _ => steps.push(Level { from, to, in_use }),
        }
        from = to;
    }
    steps
}

#[cfg(test)]
mod tests {
    use chrono::Timelike;
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::domain::{
        moment::{Moment, rfc3339},
        peak::{Claim, levels},
    };

    const NEW_YORK: Tz = Tz::America__New_York;

    fn window(from: &str, to: &str) -> Window {
        let at = |text: &str| text.parse::<Moment>().unwrap().resolve(Tz::UTC).unwrap();
        Window { from: at(from), to: at(to) }
    }

    #[test]
    fn a_day_in_new_york_has_23_24_or_25_hours() {
        for (from, to, hours) in
            [("2026-03-07T12:00", "2026-03-10T12:00", 23), ("2026-10-31T12:00", "2026-11-03T12:00", 25)]
        {
            let ends = Grain::Day.cells(window(from, to), NEW_YORK).unwrap();
            let lengths: Vec<_> = ends.windows(2).map(|pair| (pair[1] - pair[0]) / HOUR_S).collect();
            assert_eq!(lengths[..2], [hours, 24], "{from}");
        }
        let ends = Grain::Day.cells(window("2026-03-08T00:00", "2026-03-10T00:00"), NEW_YORK).unwrap();
        let texts: Vec<_> = ends.into_iter().map(rfc3339).collect();
        assert_eq!(texts, ["2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", "2026-03-10T00:00:00Z"]);
    }

    #[test]
    fn too_many_cells_are_refused() {
        let long = window("2026-01-01T00:00", "2026-02-11T16:00");
        assert_eq!(Grain::Hour.cells(long, Tz::UTC).unwrap().len(), MAX_CELLS);
        assert_eq!(
            Grain::Hour.cells(Window { to: long.to + 1, ..long }, Tz::UTC).unwrap_err().field,
            "grain"
        );
        assert!(Grain::Day.cells(long, Tz::UTC).is_ok());
    }

    proptest! {
        /// Lord Howe moves by half an hour, Kathmandu is off by 45 minutes, Sao Paulo skipped midnights, Apia a day.
        #[test]
        fn cells_end_where_the_wall_clock_says(
            zone in prop::sample::select(vec![
                NEW_YORK, Tz::Europe__Berlin, Tz::Australia__Lord_Howe, Tz::Asia__Kathmandu, Tz::Pacific__Apia,
                Tz::America__Sao_Paulo, Tz::UTC,
            ]),
            year in 2010_i64..2030, day in prop_oneof![58_i64..95, 270_i64..315, 1_i64..366], minutes in 1_i64..6_000,
        ) {
            let from = (year - 1970) * 31_556_952 / 60 * 60 + day * 86_400;
            let range = Window { from, to: from + minutes * 60 };
            let local = |t: i64| wall(t, zone).unwrap();
            let days = (range.from + 60..range.to).step_by(60).filter(|t| local(*t).date() > local(*t - 60).date());
            let expected: Vec<_> = days.chain([range.to]).collect();
            prop_assert_eq!(Grain::Day.cells(range, zone).unwrap(), expected);
            // What the clock shows, and how far it is from UTC: an hour that comes twice is two.
            let hour = |t: i64| (local(t).date(), local(t).hour(), local(t).and_utc().timestamp() - t);
            let hours = (range.from + 60..range.to).step_by(60).filter(|t| hour(*t) != hour(*t - 60));
            let expected: Vec<_> = hours.chain([range.to]).collect();
            prop_assert_eq!(Grain::Hour.cells(range, zone).unwrap(), expected);
        }

        #[test]
        fn a_cell_is_told_by_its_worst_second(
            list in vec((0_i64..60, 1_i64..20, 1_i64..4), 0..12), from in 0_i64..30,
            cells in vec(1_i64..9, 1..12),
        ) {
            let claims: Vec<_> = list.into_iter()
                .map(|(starts_at, length, qty)| Claim { starts_at, blocked_until: starts_at + length, qty }).collect();
            let ends: Vec<_> = cells.iter().scan(from, |at, length| { *at += length; Some(*at) }).collect();
            let range = Window { from, to: *ends.last().unwrap() };
            let steps = coarse(&levels(&claims, range), &ends);
            let in_use = |t: i64| claims.iter().filter(|c| c.starts_at <= t && t < c.blocked_until).map(|c| c.qty).sum::<i64>();
            let mut cell_from = from;
            for end in &ends {
                let worst = (cell_from..*end).map(in_use).max().unwrap();
                let over = steps.iter().find(|step| step.from <= cell_from && *end <= step.to);
                prop_assert_eq!(over.map(|step| step.in_use), Some(worst));
                cell_from = *end;
            }
            prop_assert!(steps.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].in_use != pair[1].in_use));
            prop_assert_eq!((steps[0].from, steps.last().unwrap().to), (range.from, range.to));
        }
    }
}
