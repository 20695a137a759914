//! The windows people ask for most, as links beside the form.

use chrono::{
    DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Utc,
    Weekday,
};
use chrono_tz::Tz;

use crate::search::{Moment, to_instant};

const MORNING: u32 = 8;
const AFTERNOON: u32 = 14;
const EVENING: u32 = 18;
/// A window that has begun starts at the next full quarter: that is what a person would type.
const QUARTER_MINUTES: u32 = 15;
/// A gap in the wall clock is an hour or two long; a whole day was skipped only by zones that crossed the
/// date line.
const MAX_GAP_HOURS: u32 = 25;

/// A named window in wall clock; without times it is the hour from now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommonTime {
    /// What it is called.
    pub name: &'static str,
    /// `from` and `to` as a form would send them: `2026-06-11T14:00`.
    pub window: Option<(String, String)>,
}

/// The windows to offer at `now` to a customer in `tz`. What is over for today is left out.
#[must_use]
pub fn common_times(now: DateTime<Utc>, tz: Tz) -> Vec<CommonTime> {
    let wall = tz.from_utc_datetime(&now.naive_utc()).naive_local();
    let today = wall.date();
    let soon = next_quarter(wall);
    let saturday = weekend_of(today);
    let monday = next(today, Weekday::Mon);
    let spans = [
        ("This afternoon", hour(today, AFTERNOON).max(soon), hour(today, EVENING)),
        ("Tomorrow", hour(days_after(today, 1), MORNING), hour(days_after(today, 1), EVENING)),
        ("This weekend", hour(saturday, 0).max(soon), hour(next(saturday, Weekday::Mon), 0)),
        ("Next week", hour(monday, MORNING), hour(days_after(monday, 4), EVENING)),
    ];
    let spans = spans
        .into_iter()
        .filter(|(_, from, to)| from < to)
        .map(|(name, from, to)| CommonTime { name, window: Some((shown(from, tz), shown(to, tz))) });
    std::iter::once(CommonTime { name: "Next hour", window: None }).chain(spans).collect()
}

/// The Saturday of the weekend that is on, or else of the one to come.
fn weekend_of(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sun => day.pred_opt().unwrap_or(day),
        Weekday::Sat => day,
        _ => next(day, Weekday::Sat),
    }
}

/// The first `weekday` after `day`.
fn next(day: NaiveDate, weekday: Weekday) -> NaiveDate {
    let ahead = (weekday.num_days_from_monday() + 7 - day.weekday().num_days_from_monday()) % 7;
    days_after(day, if ahead == 0 { 7 } else { ahead })
}

fn days_after(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_add_days(Days::new(days.into())).unwrap_or(day)
}

fn hour(day: NaiveDate, hour: u32) -> NaiveDateTime {
    day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default())
}

fn next_quarter(wall: NaiveDateTime) -> NaiveDateTime {
    let past = i64::from(wall.minute() % QUARTER_MINUTES) * 60 + i64::from(wall.second());
    let wait = if past == 0 { 0 } else { i64::from(QUARTER_MINUTES) * 60 - past };
    let whole = wall.with_nanosecond(0).unwrap_or(wall);
    whole + TimeDelta::seconds(wait)
}

/// A wall time that the clocks skip is moved to the next one that exists: a link must not lead to an error.
fn shown(wall: NaiveDateTime, tz: Tz) -> String {
    let exists = |wall: &NaiveDateTime| matches!(to_instant(*wall, tz), Moment::At(_));
    let later = (0..=MAX_GAP_HOURS).map(|h| wall + TimeDelta::hours(h.into()));
    later.into_iter().find(exists).unwrap_or(wall).format("%Y-%m-%dT%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(now: &str, tz: Tz) -> Vec<(&'static str, String)> {
        let all = common_times(now.parse().unwrap(), tz).into_iter();
        all.map(|t| (t.name, t.window.map_or_else(String::new, |(from, to)| format!("{from} {to}"))))
            .collect()
    }

    fn one(name: &str, now: &str) -> Option<String> {
        offered(now, Tz::Europe__Berlin).into_iter().find(|(n, _)| *n == name).map(|(_, window)| window)
    }

    #[test]
    fn a_thursday_noon_offers_all_five() {
        let meant = [
            ("Next hour", String::new()),
            ("This afternoon", "2026-06-11T14:00 2026-06-11T18:00".to_owned()),
            ("Tomorrow", "2026-06-12T08:00 2026-06-12T18:00".to_owned()),
            ("This weekend", "2026-06-13T00:00 2026-06-15T00:00".to_owned()),
            ("Next week", "2026-06-15T08:00 2026-06-19T18:00".to_owned()),
        ];
        assert_eq!(offered("2026-06-11T11:42:07Z", Tz::Europe__Berlin), meant);
    }

    #[test]
    fn an_afternoon_that_has_begun_starts_at_the_next_quarter_and_one_that_is_over_is_not_offered() {
        assert_eq!(
            one("This afternoon", "2026-06-11T13:31:00Z").unwrap(),
            "2026-06-11T15:45 2026-06-11T18:00"
        );
        assert_eq!(
            one("This afternoon", "2026-06-11T15:45:00Z").unwrap(),
            "2026-06-11T17:45 2026-06-11T18:00"
        );
        assert_eq!(one("This afternoon", "2026-06-11T15:45:01Z"), None);
        assert_eq!(one("This afternoon", "2026-06-11T20:00:00Z"), None);
    }

    #[test]
    fn on_a_sunday_the_weekend_is_what_is_left_of_it_and_next_week_is_tomorrow() {
        assert_eq!(one("This weekend", "2026-06-14T10:01:00Z").unwrap(), "2026-06-14T12:15 2026-06-15T00:00");
        assert_eq!(one("Next week", "2026-06-14T10:01:00Z").unwrap(), "2026-06-15T08:00 2026-06-19T18:00");
        assert_eq!(one("This weekend", "2026-06-14T21:55:00Z"), None);
    }

    #[test]
    fn on_a_monday_next_week_is_not_this_one() {
        assert_eq!(one("Next week", "2026-06-15T07:00:00Z").unwrap(), "2026-06-22T08:00 2026-06-26T18:00");
    }

    #[test]
    fn a_midnight_that_the_clocks_skip_moves_to_the_first_hour_of_the_day() {
        // Beirut went from 23:59:59 on Saturday 28 March 2026 to 01:00 on Sunday.
        let offered = offered("2026-03-26T10:00:00Z", Tz::Asia__Beirut);
        let weekend = offered.iter().find(|(name, _)| *name == "This weekend").unwrap();
        assert_eq!(weekend.1, "2026-03-28T00:00 2026-03-30T00:00");
        assert_eq!(shown("2026-03-29T00:00:00".parse().unwrap(), Tz::Asia__Beirut), "2026-03-29T01:00");
    }
}
