//! Known answers, and brute force over zones with odd rules.

use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone};
use proptest::prelude::*;
use rstest::rstest;

use super::{end::EXPECTED, *};
use crate::domain::moment::rfc3339;

const NEW_YORK: Tz = Tz::America__New_York;
/// 2026-01-01.
const NOW_S: i64 = 1_767_225_600;

fn count(count: usize) -> Repeat {
    Repeat { every: Every::Day, end: End::Count(count), on_conflict: OnConflict::Fail }
}

fn until(text: &str) -> Repeat {
    Repeat { end: End::Until(text.parse().unwrap()), ..count(1) }
}

fn occurrences(repeat: Repeat, from: &str, to: &str, zone: Tz) -> Result<Vec<Occurrence>, Invalid> {
    repeat.occurrences(from.parse().unwrap(), to.parse().unwrap(), zone, NOW_S)
}

/// `(start, hours)` of each.
fn told(repeat: Repeat, from: &str, to: &str, zone: Tz) -> Vec<(String, i64)> {
    let all = occurrences(repeat, from, to, zone).unwrap();
    let one = |o: &Occurrence| {
        let window = o.window.unwrap();
        (rfc3339(window.from), window.length_s() / 3_600)
    };
    all.iter().map(one).collect()
}

#[test]
fn a_night_is_an_hour_shorter_in_spring_and_longer_in_autumn() {
    let spring = told(count(3), "2026-03-07T01:00", "2026-03-07T09:00", NEW_YORK);
    assert_eq!(spring.iter().map(|(_, hours)| *hours).collect::<Vec<_>>(), [8, 7, 8]);
    let autumn = told(count(3), "2026-10-31T01:00", "2026-10-31T09:00", NEW_YORK);
    assert_eq!(autumn.iter().map(|(_, hours)| *hours).collect::<Vec<_>>(), [8, 9, 8]);
    assert_eq!(autumn[1].0, "2026-11-01T05:00:00Z", "the earlier of two");
}

// Also where the times came with an offset.
#[rstest]
#[case("2026-03-07T09:00", "2026-03-07T10:00")]
#[case("2026-03-07T14:00:00Z", "2026-03-07T15:00:00Z")]
#[case("2026-03-07T15:00+01:00", "2026-03-07T10:00")]
fn nine_in_the_morning_stays_nine_in_the_morning(#[case] from: &str, #[case] to: &str) {
    let got = told(count(2), from, to, NEW_YORK);
    assert_eq!(got, [("2026-03-07T14:00:00Z".to_owned(), 1), ("2026-03-08T13:00:00Z".to_owned(), 1)]);
}

#[test]
fn a_time_that_the_clocks_skip_is_told_with_its_occurrence_and_field() {
    let all = occurrences(count(3), "2026-03-07T02:30", "2026-03-07T04:00", NEW_YORK).unwrap();
    assert_eq!(all.iter().map(|o| o.window.is_ok()).collect::<Vec<_>>(), [true, false, true]);
    let wrong = refused(&all);
    assert_eq!((wrong.len(), &*wrong[0].field), (1, "starts_at"));
    for part in ["occurrence 2", "2026-03-08 02:30:00", "America/New_York", "\"skip\""] {
        assert!(wrong[0].detail.contains(part), "{}", wrong[0].detail);
    }
    let ends = occurrences(count(2), "2026-03-07T01:00", "2026-03-07T02:30", NEW_YORK).unwrap();
    assert_eq!(
        (&*refused(&ends)[0].field, ends[1].window.unwrap_err().starts_at),
        ("ends_at", Some(1_772_949_600))
    );
}

/// The second 01:30 of the night was named by its offset: it is booked, and only the others are the first of two.
#[test]
fn the_first_is_at_the_very_times_that_were_given() {
    let got = told(count(2), "2026-11-01T01:30-05:00", "2026-11-01T03:30-05:00", NEW_YORK);
    assert_eq!(got, [("2026-11-01T06:30:00Z".to_owned(), 2), ("2026-11-02T06:30:00Z".to_owned(), 2)]);
    let week = Repeat { every: Every::Week, ..count(2) };
    let got = told(week, "2026-10-25T01:30", "2026-10-25T03:30", NEW_YORK);
    assert_eq!(got[1], ("2026-11-01T05:30:00Z".to_owned(), 3));
}

#[rstest]
#[case("2026-06-12", Some(2))]
#[case("2026-06-11", Some(1))]
#[case("2026-06-10", None)]
#[case("2026-06-12T23:00", Some(2))]
#[case("2026-06-12T22:59:59", Some(1))]
#[case("2026-06-13T03:00:00Z", Some(2))]
#[case("2026-06-13T02:59:59Z", Some(1))]
#[case("2027-06-11", Some(366))]
#[case("2027-06-12", None)]
#[case("9999-12-31", None)]
#[case("2027-03-14T02:30", None)]
fn the_last_day_and_the_last_time_are_inside(#[case] last: &str, #[case] expected: Option<usize>) {
    // 23:00 in New York is tomorrow in UTC.
    let got = occurrences(until(last), "2026-06-11T23:00", "2026-06-11T23:30", NEW_YORK);
    match expected {
        Some(expected) => assert_eq!(got.unwrap().len(), expected),
        None => assert_eq!(got.unwrap_err().field, "repeat.until"),
    }
}

#[test]
fn exactly_one_end_and_1_to_366_occurrences() {
    let raw = |count, until: Option<&str>| RawRepeat {
        every: Every::Day,
        count,
        until: until.map(|text| text.parse().unwrap()),
        on_conflict: OnConflict::Fail,
    };
    assert_eq!(Repeat::new(&raw(Some(366), None)), Ok(count(366)));
    assert_eq!(Repeat::new(&raw(None, Some("2026-12-24"))), Ok(until("2026-12-24")));
    for wrong in [0, -1, 367, 1_000_000_000, i64::MIN, i64::MAX] {
        assert_eq!(Repeat::new(&raw(Some(wrong), None)).unwrap_err().field, "repeat.count");
    }
    for wrong in [raw(None, None), raw(Some(1), Some("2026-12-24"))] {
        assert_eq!(Repeat::new(&wrong).unwrap_err().field, "repeat");
    }
}

#[test]
fn an_impossible_time_is_told_as_for_one_booking_and_names_a_later_occurrence() {
    let backward = occurrences(count(2), "2026-06-11T10:00", "2026-06-11T09:00", NEW_YORK).unwrap_err();
    assert_eq!((&*backward.field, backward.detail.as_str()), ("ends_at", "is not after `starts_at`"));
    let far = occurrences(count(366), "2035-10-01T10:00", "2035-10-01T11:00", NEW_YORK).unwrap_err();
    assert!(far.field == "ends_at" && far.detail.contains("for occurrence"), "{}", far.detail);
}

#[test]
fn claims_are_lines_times_occurrences() {
    assert!(bounded(13, 366).is_ok() && bounded(50, 100).is_ok());
    assert_eq!(bounded(100, 51).unwrap_err().field, "repeat");
}

#[rstest]
fn what_is_no_day_and_no_time_is_refused(
    #[values(
        "",
        "2026-13-01",
        "2026-02-30",
        "24.12.2026",
        "2026-12-24T",
        "+026-12-24",
        "2026-12-2\u{2010}",
        "never"
    )]
    text: &str,
) {
    assert_eq!(text.parse::<Until>(), Err(EXPECTED), "{text}");
}

fn window(from: &str, to: &str) -> Window {
    let at = |text: &str| text.parse::<Moment>().unwrap().resolve(NEW_YORK).unwrap();
    Window { from: at(from), to: at(to) }
}

#[test]
fn the_rest_moves_by_days_and_to_the_new_time_of_day() {
    let (old, new) =
        (window("2026-03-06T09:00", "2026-03-06T10:00"), window("2026-03-07T11:00", "2026-03-07T12:00"));
    let shift = Shift::between(old, new, NEW_YORK);
    let moved = |from: &str, to: &str| shift.apply(window(from, to), NOW_S).unwrap();
    assert_eq!(moved("2026-03-07T09:00", "2026-03-07T10:00"), window("2026-03-08T11:00", "2026-03-08T12:00"));
    // One that was moved by itself follows, to the same time of day.
    assert_eq!(moved("2026-03-20T14:00", "2026-03-20T15:00"), window("2026-03-21T11:00", "2026-03-21T12:00"));
}

#[test]
fn an_end_alone_moves_ends_alone_and_what_does_not_exist_is_refused() {
    let old = window("2026-03-06T01:00", "2026-03-06T03:30");
    let shift = Shift::between(old, window("2026-03-06T01:00", "2026-03-06T04:00"), NEW_YORK);
    let other = shift.apply(window("2026-03-09T02:00", "2026-03-09T03:30"), NOW_S).unwrap();
    assert_eq!(other, window("2026-03-09T02:00", "2026-03-09T04:00"));
    let shift = Shift::between(old, window("2026-03-06T02:30", "2026-03-06T03:30"), NEW_YORK);
    let gap = shift.apply(window("2026-03-08T01:00", "2026-03-08T03:30"), NOW_S).unwrap_err();
    assert_eq!(gap.field, "starts_at");
    let late = shift.apply(window("2026-03-09T01:00", "2026-03-09T02:00"), NOW_S).unwrap_err();
    assert_eq!(late.field, "ends_at");
}

/// Looks at every minute of three days: which of them shows this time on the wall, the earliest first?
fn shown_at(wall: NaiveDateTime, zone: Tz) -> Option<i64> {
    let about = wall.and_utc().timestamp();
    (about - 26 * 3_600..=about + 26 * 3_600).step_by(60).find(|at_s| {
        let at = DateTime::from_timestamp(*at_s, 0).unwrap().naive_utc();
        zone.from_utc_datetime(&at).naive_local() == wall
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Lord Howe moves by half an hour, Casablanca for each Ramadan; Apia skipped 30 December 2011.
    #[test]
    fn every_occurrence_has_the_wall_clock_asked_for_or_is_reported(
        zone in prop::sample::select(vec![
            Tz::America__New_York, Tz::Europe__Berlin, Tz::Australia__Lord_Howe, Tz::Africa__Casablanca, Tz::Pacific__Apia, Tz::UTC,
        ]),
        (year, day) in prop_oneof![
            (2010_i32..2030, prop_oneof![50_u32..92, 268_u32..306]), Just((2011, 361)), (2010_i32..2030, 1_u32..365),
        ],
        minute in prop_oneof![0_i64..240, 0_i64..1_440],
        length in 1_i64..2_000,
        every in prop::sample::select(vec![Every::Day, Every::Week]),
        wanted in 1_usize..9,
    ) {
        let midnight = NaiveDate::from_yo_opt(year, day).unwrap().and_time(NaiveTime::MIN);
        let start = midnight + TimeDelta::minutes(minute);
        let end = start + TimeDelta::minutes(length);
        let repeat = Repeat { every, end: End::Count(wanted), on_conflict: OnConflict::Skip };
        let got = repeat.occurrences(Moment::Wall(start), Moment::Wall(end), zone, NOW_S).unwrap();
        prop_assert_eq!(got.len(), wanted);
        let days = if every == Every::Day { 1 } else { 7 };
        for (at, occurrence) in got.iter().enumerate() {
            let later = TimeDelta::days(days * i64::try_from(at).unwrap());
            prop_assert_eq!((occurrence.number, occurrence.starts_at), (at + 1, start + later));
            let expected = (shown_at(start + later, zone), shown_at(end + later, zone));
            match (occurrence.window, expected) {
                (Ok(window), (Some(from), Some(to))) => prop_assert_eq!(window, Window { from, to }),
                (Err(missing), (None, _)) => prop_assert_eq!((missing.field, missing.starts_at), ("starts_at", None)),
                (Err(missing), (from, None)) => prop_assert_eq!((missing.field, missing.starts_at), ("ends_at", from)),
                other => prop_assert!(false, "{other:?}"),
            }
        }
        for pair in got.windows(2) {
            if let (Ok(one), Ok(two)) = (pair[0].window, pair[1].window) {
                prop_assert!(one.from < two.from);
            }
        }
    }

    #[test]
    fn any_text_is_an_end_or_refused_but_never_panics(text in "\\PC{0,40}") {
        let _ = text.parse::<Until>();
    }
}
