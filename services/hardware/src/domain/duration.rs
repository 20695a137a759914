//! How long: ISO 8601 durations of weeks, days, hours, minutes and seconds. A day is 24 hours.

use std::str::FromStr;

use super::{Invalid, window::Window};

/// What is said of a duration that cannot be read.
pub const EXPECTED: &str = "is not a duration such as PT4H, PT90M, P1D, P1DT30M or P2W";
/// Longer numbers are no durations of anything.
const MAX_DIGITS: usize = 12;

/// A duration as a caller wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration {
    seconds: i64,
    /// Whether years or months were named, which have no fixed length.
    by_calendar: bool,
}

impl Duration {
    /// Seconds, 1 up to what a booking may last.
    ///
    /// # Errors
    /// `field` is nothing, too much, or names years or months.
    pub fn seconds(self, field: &'static str) -> Result<i64, Invalid> {
        if self.by_calendar {
            let why = "names years or months, which are not always of one length; say it in weeks or days";
            return Err(Invalid::new(field, why));
        }
        if self.seconds < 1 {
            return Err(Invalid::new(field, "is nothing; it must be a second or more"));
        }
        let most = Window::LONGEST_S;
        if self.seconds > most {
            return Err(Invalid::new(field, format!("is more than {} days", most / 86_400)));
        }
        Ok(self.seconds)
    }
}

impl FromStr for Duration {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or(EXPECTED)
    }
}

/// `P[n]Y[n]M[n]W[n]DT[n]H[n]M[n]S`, in this order, each at most once, and at least one of them.
fn parse(text: &str) -> Option<Duration> {
    let rest = text.trim().to_ascii_uppercase();
    let rest = rest.strip_prefix('P')?;
    let (date, time) = rest.split_once('T').map_or((rest, None), |(date, time)| (date, Some(time)));
    if time.is_some_and(str::is_empty) || (date.is_empty() && time.is_none()) {
        return None;
    }
    let (years, date) = leading(date, 'Y')?;
    let (months, date) = leading(date, 'M')?;
    let (weeks, date) = leading(date, 'W')?;
    let (days, date) = leading(date, 'D')?;
    let (hours, time) = leading(time.unwrap_or_default(), 'H')?;
    let (minutes, time) = leading(time, 'M')?;
    let (seconds, time) = leading(time, 'S')?;
    if !date.is_empty() || !time.is_empty() {
        return None;
    }
    let parts = [(weeks, 604_800), (days, 86_400), (hours, 3_600), (minutes, 60), (seconds, 1)];
    let seconds = parts.into_iter().map(|(count, unit)| count.unwrap_or(0).saturating_mul(unit));
    Some(Duration {
        seconds: seconds.fold(0, i64::saturating_add),
        by_calendar: years.is_some() || months.is_some(),
    })
}

/// The number before `unit`, if the text begins with one, and what comes behind. `None` for an impossible number.
fn leading(text: &str, unit: char) -> Option<(Option<i64>, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    let Some(behind) = rest.strip_prefix(unit) else { return Some((None, text)) };
    let number = Some(number).filter(|number| number.len() <= MAX_DIGITS)?;
    Some((Some(number.parse().ok()?), behind))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("PT4H", 14_400)]
    #[case("pt90m", 5_400)]
    #[case("P1D", 86_400)]
    #[case("P1DT30M", 88_200)]
    #[case("P2W", 1_209_600)]
    #[case("P1W1DT1H1M1S", 694_861)]
    #[case("PT0H1S", 1)]
    fn a_duration_is_read_as_written(#[case] text: &str, #[case] seconds: i64) {
        assert_eq!(text.parse::<Duration>().unwrap().seconds("duration"), Ok(seconds));
    }

    #[rstest]
    fn what_is_no_duration_cannot_be_read(
        #[values(
            "",
            "P",
            "PT",
            "P1DT",
            "4H",
            "PT4",
            "P4H",
            "PT1M1H",
            "PT-1H",
            "PT1.5H",
            "P1D2D",
            "PT1H ago",
            "P9999999999999D"
        )]
        text: &str,
    ) {
        assert_eq!(text.parse::<Duration>(), Err(EXPECTED), "{text}");
    }

    #[rstest]
    fn what_has_no_fixed_length_or_an_impossible_one_is_refused(
        #[values("P1M", "P1Y", "P0Y1D", "PT0S", "P3661D", "P999999999999W")] text: &str,
    ) {
        assert_eq!(
            text.parse::<Duration>().unwrap().seconds("duration").unwrap_err().field,
            "duration",
            "{text}"
        );
    }
}
