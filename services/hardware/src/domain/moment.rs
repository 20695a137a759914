//! Times at the edge: RFC 3339, or wall-clock time that needs a zone.

use std::{fmt, str::FromStr};

use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;

/// What is said of a time that cannot be read.
pub const EXPECTED: &str =
    "is not a time such as 2026-06-11T14:00:00Z, 2026-06-11T14:00+02:00 or 2026-06-11T14:00";

/// A time as a caller wrote it. Fractions of a second are cut off: everything here counts in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// With an offset: UTC epoch seconds.
    Instant(i64),
    /// Without one: the clock on somebody's wall.
    Wall(NaiveDateTime),
}

/// A wall-clock time that the zone's clocks skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{wall} does not exist in {zone}: the clocks were put forward over it")]
pub struct Skipped {
    wall: NaiveDateTime,
    zone: Tz,
}

impl Moment {
    /// UTC epoch seconds; `zone` counts only where the text had no offset. In a fold (clocks put back) the
    /// earlier instant.
    ///
    /// # Errors
    /// The time falls into a gap (clocks put forward).
    pub fn resolve(self, zone: Tz) -> Result<i64, Skipped> {
        match self {
            Self::Instant(at_s) => Ok(at_s),
            Self::Wall(wall) => match zone.from_local_datetime(&wall) {
                LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Ok(at.timestamp()),
                LocalResult::None => Err(Skipped { wall, zone }),
            },
        }
    }
}

/// As [`FromStr`] reads it.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instant(at_s) => f.write_str(&rfc3339(*at_s)),
            Self::Wall(wall) => write!(f, "{}", wall.format("%Y-%m-%dT%H:%M:%S")),
        }
    }
}

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or(EXPECTED)
    }
}

/// `DATE(T| )TIME[OFFSET]`. A `+` that a query string turned into a blank is read as the `+` it was.
fn parse(text: &str) -> Option<Moment> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let offset_at = rest.find(['Z', 'z', '+', '-', ' ']).unwrap_or(rest.len());
    let (time, offset) = rest.split_at_checked(offset_at)?;
    let wall = parse_date(date)?.and_time(parse_time(time)?);
    if offset.is_empty() {
        return Some(Moment::Wall(wall));
    }
    Some(Moment::Instant(wall.and_utc().timestamp() - parse_offset(offset)?))
}

/// A day such as `2026-06-11`.
pub(in crate::domain) fn parse_date(text: &str) -> Option<NaiveDate> {
    let digits =
        text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    digits.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

fn parse_time(text: &str) -> Option<NaiveTime> {
    let (whole, fraction) =
        text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let shaped = match whole.len() {
        5 => fraction.is_none(),
        8 => fraction.is_none_or(|f| !f.is_empty() && f.bytes().all(|b| b.is_ascii_digit())),
        _ => false,
    };
    let digits =
        whole.bytes().enumerate().all(|(i, b)| if i % 3 == 2 { b == b':' } else { b.is_ascii_digit() });
    let number = |at: usize| whole.get(at..at + 2).and_then(|two| two.parse::<u32>().ok());
    (shaped && digits)
        .then(|| NaiveTime::from_hms_opt(number(0)?, number(3)?, number(6).unwrap_or(0)))
        .flatten()
}

/// Seconds east of UTC.
fn parse_offset(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text.strip_prefix(['+', '-', ' '])?.split_once(':')?;
    Some(sign * (two_digits(hours, 23)? * 3_600 + two_digits(minutes, 59)? * 60))
}

fn two_digits(text: &str, max: i64) -> Option<i64> {
    let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|number| *number <= max)
}

/// UTC epoch seconds as RFC 3339 in UTC, such as `2026-06-11T12:00:00Z`.
#[must_use]
pub fn rfc3339(at_s: i64) -> String {
    let at: DateTime<Utc> = DateTime::from_timestamp(at_s, 0).unwrap_or(DateTime::UNIX_EPOCH);
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const NEW_YORK: Tz = chrono_tz::America::New_York;

    fn utc(text: &str, zone: Tz) -> String {
        rfc3339(text.parse::<Moment>().unwrap().resolve(zone).unwrap())
    }

    #[rstest]
    #[case("2026-06-11T14:00:00Z", "2026-06-11T14:00:00Z")]
    #[case("2026-06-11t14:00:00.999z", "2026-06-11T14:00:00Z")]
    #[case("2026-06-11T14:00+02:00", "2026-06-11T12:00:00Z")]
    #[case("2026-06-11T14:00:00 02:00", "2026-06-11T12:00:00Z")] // the blank was a plus in the URL
    #[case("2026-06-11 14:00:00-05:30", "2026-06-11T19:30:00Z")]
    #[case("2026-06-11T14:00", "2026-06-11T18:00:00Z")] // New York in summer
    #[case("2026-12-11T14:00:05", "2026-12-11T19:00:05Z")]
    #[case("2026-11-01T01:30", "2026-11-01T05:30:00Z")] // a fold: the earlier instant
    #[case("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z")]
    fn a_time_is_read_as_written(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(utc(text, NEW_YORK), expected);
    }

    #[test]
    fn a_time_in_a_gap_is_refused_and_says_why() {
        let skipped = "2026-03-08T02:30".parse::<Moment>().unwrap().resolve(NEW_YORK).unwrap_err();
        assert!(skipped.to_string().contains("does not exist in America/New_York"), "{skipped}");
    }

    #[rstest]
    fn what_is_no_time_is_refused(
        #[values(
            "",
            "now",
            "2026-06-11",
            "2026-06-11T",
            "2026-06-11T14",
            "2026-06-11T14:60",
            "2026-13-01T00:00",
            "2026-02-30T00:00",
            "2026-06-11T24:00",
            "2026-06-11T14:00:60Z",
            "2026-06-11T14:00Z ",
            "2026-06-11T14:00+2",
            "2026-06-11T14:00+24:00",
            "2026-06-11T14:00.5Z",
            "+026-06-11T14:00",
            "2026\u{2010}06-11T14:00",
            "1781186400"
        )]
        text: &str,
    ) {
        assert_eq!(text.parse::<Moment>(), Err(EXPECTED), "{text}");
    }

    /// Looks at every minute around: which of them shows this time on the wall, the earliest first?
    fn shown_at(wall: NaiveDateTime, zone: Tz) -> Option<i64> {
        let about = wall.and_utc().timestamp();
        (about - 15 * 3_600..=about + 15 * 3_600).step_by(60).find(|at_s| {
            let local = zone.from_utc_datetime(&DateTime::from_timestamp(*at_s, 0).unwrap().naive_utc());
            local.naive_local() == wall
        })
    }

    proptest! {
        /// Lord Howe moves by half an hour, Kathmandu is off by 45 minutes, Apia once skipped a day.
        #[test]
        fn wall_clocks_agree_with_looking_at_every_minute(
            zone in prop::sample::select(vec![
                Tz::Europe__Berlin, Tz::America__New_York, Tz::Australia__Lord_Howe, Tz::Asia__Kathmandu, Tz::Pacific__Apia,
                Tz::America__Sao_Paulo, Tz::Africa__Casablanca, Tz::UTC,
            ]),
            year in 2010_i32..2030,
            // Around the turns of most zones, and anywhere.
            day in prop_oneof![58_u32..95, 270_u32..315, 1_u32..366],
            minute in prop_oneof![0_i64..240, 0_i64..1_440],
        ) {
            let midnight = NaiveDate::from_yo_opt(year, day).unwrap().and_time(NaiveTime::MIN);
            let wall = midnight + chrono::TimeDelta::minutes(minute);
            prop_assert_eq!(Moment::Wall(wall).resolve(zone).ok(), shown_at(wall, zone));
        }

        #[test]
        fn any_text_is_read_or_refused_but_never_panics(text in "\\PC{0,40}") {
            let _ = text.parse::<Moment>();
        }

        #[test]
        fn what_we_print_we_read_back(at_s in -62_135_596_800_i64..253_402_300_799) {
            prop_assert_eq!(rfc3339(at_s).parse::<Moment>(), Ok(Moment::Instant(at_s)));
        }
    }
}
