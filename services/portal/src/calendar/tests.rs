//! Days of 23 to 25 hours, months of 28 to 31 days, and every zone there is.

use chrono_tz::TZ_VARIANTS;
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn berlin(span: Span, date: &str) -> Calendar {
    Calendar::new(span, day(date), Tz::Europe__Berlin).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn a_day_has_as_many_hours_as_the_clocks_give_it() {
    let hours = |date| berlin(Span::Day, date).columns().count();
    assert_eq!([hours("2026-06-11"), hours("2026-03-29"), hours("2026-10-25")], [24, 23, 25]);
    let longest = berlin(Span::Day, "2026-10-25");
    assert_eq!(longest.window(), (at("2026-10-24T22:00:00Z"), at("2026-10-25T23:00:00Z")));
}

#[test]
fn a_week_begins_on_monday_and_a_month_on_its_first() {
    let week = berlin(Span::Week, "2026-06-11");
    assert_eq!((week.first, week.columns().count(), week.parts().len()), (day("2026-06-08"), 7, 169));
    assert_eq!((week.earlier(), week.later()), (Some(day("2026-06-01")), Some(day("2026-06-15"))));
    let sunday = berlin(Span::Week, "2026-06-14");
    assert_eq!(sunday.first, day("2026-06-08"));
    let month = berlin(Span::Month, "2024-02-29");
    assert_eq!((month.first, month.columns().count()), (day("2024-02-01"), 29));
    assert_eq!((month.earlier(), month.later()), (Some(day("2024-01-01")), Some(day("2024-03-01"))));
}

#[test]
fn a_day_of_another_length_is_as_wide_as_its_neighbours() {
    // Berlin's clocks go back on Sunday 25 October 2026.
    let week = berlin(Span::Week, "2026-10-25");
    assert_eq!(week.width(), 7 * COLUMN);
    assert_eq!(week.x(at("2026-10-24T22:00:00Z")), 6 * COLUMN);
    assert_eq!(week.x(at("2026-10-25T10:30:00Z")), 6 * COLUMN + COLUMN / 2);
    assert_eq!([week.x(DateTime::UNIX_EPOCH), week.x(at("2030-01-01T00:00:00Z"))], [0, 7 * COLUMN]);
}

#[test]
fn a_midnight_that_the_clocks_skip_is_the_first_hour_of_its_day() {
    // Beirut went from 23:59:59 on Saturday 28 March 2026 to 01:00 on Sunday.
    let skipped = Calendar::new(Span::Day, day("2026-03-29"), Tz::Asia__Beirut).unwrap();
    assert_eq!((skipped.window().0, skipped.columns().count()), (at("2026-03-28T22:00:00Z"), 23));
}

#[test]
fn a_day_that_a_zone_left_out_is_none_and_its_week_has_six() {
    // Samoa crossed the date line, and had no 30 December 2011.
    assert!(Calendar::new(Span::Day, day("2011-12-30"), Tz::Pacific__Apia).is_none());
    let week = Calendar::new(Span::Week, day("2011-12-30"), Tz::Pacific__Apia).unwrap();
    assert_eq!(week.columns().count(), 6);
}

#[test]
fn where_the_clocks_move_by_half_an_hour_one_hour_is_cut() {
    let long = Calendar::new(Span::Day, day("2026-04-05"), Tz::Australia__Lord_Howe).unwrap();
    let (from, to) = long.window();
    assert_eq!((to - from).num_minutes(), 24 * 60 + 30);
    let cut: Vec<_> =
        long.columns().map(|(from, to)| (to - from).num_minutes()).filter(|n| *n < 60).collect();
    assert_eq!(cut, [30]);
}

#[test]
fn the_calendar_ends_somewhere() {
    for date in [NaiveDate::MIN, NaiveDate::MAX] {
        for span in Span::ALL {
            // Whether there is one is chrono's matter; nothing may panic.
            let _ = Calendar::new(span, date, Tz::Asia__Tokyo).map(|it| (it.earlier(), it.later()));
        }
    }
}

proptest! {
    #[test]
    fn columns_and_parts_cover_the_window_without_gaps_in_any_zone(
        zone in 0..TZ_VARIANTS.len(), days in -40_000_i64..40_000, which in 0..3_usize,
    ) {
        let date = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap() + TimeDelta::days(days);
        let Some(it) = Calendar::new(Span::ALL[which], date, TZ_VARIANTS[zone]) else { return Ok(()) };
        let columns: Vec<_> = it.columns().collect();
        prop_assert!(columns.iter().all(|(from, to)| from < to));
        prop_assert!(columns.windows(2).all(|pair| pair[0].1 == pair[1].0));
        prop_assert!(columns.len() <= 50);
        let parts = it.parts();
        prop_assert_eq!((parts.first(), parts.last()), (Some(&it.window().0), Some(&it.window().1)));
        prop_assert!(parts.windows(2).all(|pair| pair[0] < pair[1]));
        // Each column begins where a part does, and a place never goes back.
        for (from, _) in &columns {
            prop_assert!(parts.contains(from));
        }
        let places: Vec<_> = parts.iter().map(|at| it.x(*at)).collect();
        prop_assert!(places.windows(2).all(|pair| pair[0] <= pair[1]));
        prop_assert_eq!((places.first(), places.last()), (Some(&0), Some(&it.width())));
    }

    #[test]
    fn earlier_and_later_lead_to_neighbours_that_adjoin(days in -4_000_i64..20_000, which in 0..3_usize) {
        let date = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap() + TimeDelta::days(days);
        let it = Calendar::new(Span::ALL[which], date, Tz::America__New_York).unwrap();
        let of = |date: Option<NaiveDate>| Calendar::new(it.span, date.unwrap(), it.tz()).unwrap();
        prop_assert_eq!(of(it.later()).window().0, it.window().1);
        prop_assert_eq!(of(it.earlier()).window().1, it.window().0);
    }
}
