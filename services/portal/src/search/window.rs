//! Wall clock and instants: what a visitor types is wall clock in the customer's zone.

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc, offset::LocalResult};
use chrono_tz::Tz;

use super::Mistake;

/// What a date and time that somebody typed can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// This instant. Of an hour that the clocks show twice it is the first.
    At(DateTime<Utc>),
    /// The clocks skip it: they go forward over it.
    Skipped,
    /// It is no date and time.
    Unreadable,
}

/// Reads `2026-06-11T14:00`, with seconds or without, as wall clock in `tz`; or any RFC 3339 time with its
/// own offset.
#[must_use]
pub fn read_moment(text: &str, tz: Tz) -> Moment {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Moment::At(at.to_utc());
    }
    let wall = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    wall.map_or(Moment::Unreadable, |wall| to_instant(wall, tz))
}

/// The instant at which the clocks in `tz` show `wall`.
#[must_use]
pub fn to_instant(wall: NaiveDateTime, tz: Tz) -> Moment {
    match tz.from_local_datetime(&wall) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Moment::At(at.to_utc()),
        LocalResult::None => Moment::Skipped,
    }
}

/// The instant that `text` means, or what is wrong with it, told of the field `field` whose label is `label`.
///
/// # Errors
/// It is missing, unreadable, or skipped by the clocks.
pub fn check_moment(field: &str, label: &str, text: &str, tz: Tz) -> Result<DateTime<Utc>, Mistake> {
    if text.is_empty() {
        return Err(Mistake::impossible(field, format!("{label} is required")));
    }
    match read_moment(text, tz) {
        Moment::At(at) => Ok(at),
        Moment::Skipped => {
            let zone = tz.name();
            Err(Mistake::impossible(
                field,
                format!("{label} does not exist in {zone}: the clocks go forward over it"),
            ))
        }
        Moment::Unreadable => Err(Mistake::unreadable(
            field,
            format!("{label} must be a date and a time, such as 2026-06-11 14:00"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin(text: &str) -> Moment {
        read_moment(text, Tz::Europe__Berlin)
    }

    fn at(text: &str) -> Moment {
        Moment::At(text.parse().unwrap())
    }

    #[test]
    fn wall_clock_and_instants_are_both_read() {
        assert_eq!(berlin("2026-06-11T14:00"), at("2026-06-11T12:00:00Z"));
        assert_eq!(berlin("2026-06-11T14:00:30"), at("2026-06-11T12:00:30Z"));
        assert_eq!(berlin("2026-01-11 14:00"), at("2026-01-11T13:00:00Z"));
        assert_eq!(berlin("2026-06-11T14:00:00-05:00"), at("2026-06-11T19:00:00Z"));
    }

    #[test]
    fn an_hour_that_is_skipped_does_not_exist_and_one_that_comes_twice_is_the_first() {
        assert_eq!(berlin("2026-03-29T02:30"), Moment::Skipped);
        assert_eq!(berlin("2026-10-25T02:30"), at("2026-10-25T00:30:00Z"));
    }

    #[test]
    fn anything_else_is_no_time() {
        for text in ["now", "14:00", "2026-06-11", "2026-13-11T14:00", "2026-06-11T25:00", "<script>"] {
            assert_eq!(berlin(text), Moment::Unreadable, "{text}");
        }
    }
}
