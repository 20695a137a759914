//! Numbers and units in words.

/// A number with a comma between thousands: `1,363`.
#[must_use]
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 unit`, `2 units`: `n` of something whose plural takes an s.
#[must_use]
pub fn count(n: u64, one: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {one}{s}", number(n))
}

/// A stretch of time in its two largest parts: `4 hours`, `1 day 2 hours`, `30 minutes`, `12 seconds`.
/// Seconds are named only below one minute.
#[must_use]
pub fn duration(seconds: u64) -> String {
    let parts = [
        (seconds / 86_400, "day"),
        (seconds / 3_600 % 24, "hour"),
        (seconds / 60 % 60, "minute"),
        (if seconds < 60 { seconds } else { 0 }, "second"),
    ];
    let Some(first) = parts.iter().position(|(n, _)| *n > 0) else {
        return "no time".to_owned();
    };
    let said = parts.iter().skip(first).take(2).filter(|(n, _)| *n > 0);
    said.map(|(n, one)| count(*n, one)).collect::<Vec<_>>().join(" ")
}

/// `25 hours`, `24 hours 30 minutes`: how long a day is that the clocks change in.
#[must_use]
pub fn hours(minutes: u64) -> String {
    let parts = [(minutes / 60, "hour"), (minutes % 60, "minute")];
    let said = parts.into_iter().filter(|(n, _)| *n > 0);
    said.map(|(n, one)| count(n, one)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let said = [0, 12, 999, 1_000, 1_363, 1_000_000].map(number);
        assert_eq!(said, ["0", "12", "999", "1,000", "1,363", "1,000,000"]);
    }

    #[test]
    fn one_is_singular_and_the_rest_is_not() {
        assert_eq!([0, 1, 2].map(|n| count(n, "unit")), ["0 units", "1 unit", "2 units"]);
    }

    #[test]
    fn a_long_day_is_told_in_hours() {
        assert_eq!([1_380, 1_500, 1_470].map(hours), ["23 hours", "25 hours", "24 hours 30 minutes"]);
    }

    #[test]
    fn a_duration_names_its_two_largest_parts() {
        let said = [0, 59, 60, 1_800, 3_600, 5_400, 86_400, 93_600, 90_061, 864_000].map(duration);
        let meant = [
            "no time",
            "59 seconds",
            "1 minute",
            "30 minutes",
            "1 hour",
            "1 hour 30 minutes",
            "1 day",
            "1 day 2 hours",
            "1 day 1 hour",
            "10 days",
        ];
        assert_eq!(said, meant);
    }
}
