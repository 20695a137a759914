//! Instants in the customer's wall clock: `Thu 11 Jun, 14:00`.

use chrono::{DateTime, Datelike, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::words;

/// A time as `<time datetime="...">` wants it and as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimeView {
    /// `2026-06-11T14:00+02:00`.
    pub iso: String,
    /// `Thu 11 Jun, 14:00`.
    pub text: String,
}

/// Writes times for a reader in `tz` at `now`.
#[derive(Clone, Copy, Debug)]
pub struct Writer {
    tz: Tz,
    now: DateTime<Utc>,
}

impl Writer {
    /// Times will be wall clock in `tz`; a year is named when it is not `now`'s.
    #[must_use]
    pub fn new(tz: Tz, now: DateTime<Utc>) -> Self {
        Self { tz, now }
    }

    /// The zone of the wall clock.
    #[must_use]
    pub fn tz(&self) -> Tz {
        self.tz
    }

    /// When it is.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// `Thu 11 Jun, 14:00`, and the year where it is not this one.
    #[must_use]
    pub fn date_time(&self, at: DateTime<Utc>) -> TimeView {
        let same_year = self.local(at).year() == self.local(self.now).year();
        self.view(at, if same_year { "%a %-d %b, %H:%M" } else { "%a %-d %b %Y, %H:%M" })
    }

    /// `Thu 11 Jun 2026, 14:00`, the year always named: for headings.
    #[must_use]
    pub fn full(&self, at: DateTime<Utc>) -> TimeView {
        self.view(at, "%a %-d %b %Y, %H:%M")
    }

    /// `14:00`.
    #[must_use]
    pub fn hour(&self, at: DateTime<Utc>) -> TimeView {
        self.view(at, "%H:%M")
    }

    /// `Thu 11 Jun`, and the year where it is not this one.
    #[must_use]
    pub fn day(&self, at: DateTime<Utc>) -> TimeView {
        let local = self.local(at);
        let same_year = local.year() == self.local(self.now).year();
        let text = local.format(if same_year { "%a %-d %b" } else { "%a %-d %b %Y" }).to_string();
        TimeView { iso: local.format("%Y-%m-%d").to_string(), text }
    }

    /// `Thu 11 Jun 2026`, the year always named: for headings.
    #[must_use]
    pub fn full_day(&self, at: DateTime<Utc>) -> TimeView {
        let local = self.local(at);
        let [iso, text] = ["%Y-%m-%d", "%a %-d %b %Y"].map(|form| local.format(form).to_string());
        TimeView { iso, text }
    }

    /// `10 Jun 2026, 16:04 UTC`, whatever the reader's zone: for what is kept on record.
    #[must_use]
    pub fn utc(&self, at: DateTime<Utc>) -> TimeView {
        let [iso, text] = ["%Y-%m-%dT%H:%MZ", "%-d %b %Y, %H:%M UTC"].map(|form| at.format(form).to_string());
        TimeView { iso, text }
    }

    /// `14:00:07`, for a moment that somebody will look up in a log.
    #[must_use]
    pub fn second(&self, at: DateTime<Utc>) -> TimeView {
        let iso = self.local(at).format("%Y-%m-%dT%H:%M:%S%:z").to_string();
        TimeView { iso, text: self.local(at).format("%H:%M:%S").to_string() }
    }

    /// The end of a span that began at `from`: without its date where that is the same day.
    #[must_use]
    pub fn end(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeView {
        let same_day = self.local(from).date_naive() == self.local(to).date_naive();
        if same_day { self.hour(to) } else { self.date_time(to) }
    }

    /// As `<input type="datetime-local">` takes it: `2026-06-11T14:00`.
    #[must_use]
    pub fn input(&self, at: DateTime<Utc>) -> String {
        self.local(at).format("%Y-%m-%dT%H:%M").to_string()
    }

    /// `Europe/Berlin (UTC+02:00)`, the offset as it is now.
    #[must_use]
    pub fn zone(&self) -> String {
        let offset = self.local(self.now).offset().fix();
        if self.tz == Tz::UTC { "UTC".to_owned() } else { format!("{} (UTC{offset})", self.tz.name()) }
    }

    /// `4 minutes old`; a clock that was set back reads as `just now`.
    #[must_use]
    pub fn age(&self, at: DateTime<Utc>) -> String {
        match u64::try_from((self.now - at).num_seconds()) {
            Ok(seconds) if seconds > 0 => {
                // "4 minutes", not "4 minutes 7 seconds": the largest part alone says how stale it is.
                let coarse = [86_400, 3_600, 60, 1].into_iter().find(|unit| seconds >= *unit).unwrap_or(1);
                format!("{} old", words::duration(seconds / coarse * coarse))
            }
            _ => "just now".to_owned(),
        }
    }

    fn local(&self, at: DateTime<Utc>) -> DateTime<Tz> {
        self.tz.from_utc_datetime(&at.naive_utc())
    }

    fn view(&self, at: DateTime<Utc>, text: &str) -> TimeView {
        let local = self.local(at);
        TimeView { iso: local.format("%Y-%m-%dT%H:%M%:z").to_string(), text: local.format(text).to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn berlin() -> Writer {
        Writer::new(Tz::Europe__Berlin, at("2026-06-11T11:42:07Z"))
    }

    #[test]
    fn a_time_is_wall_clock_with_its_offset_for_machines() {
        let seen = berlin().date_time(at("2026-06-11T12:00:00Z"));
        assert_eq!(seen, TimeView { iso: "2026-06-11T14:00+02:00".into(), text: "Thu 11 Jun, 14:00".into() });
    }

    #[test]
    fn another_year_is_named() {
        assert_eq!(berlin().date_time(at("2027-01-15T07:00:00Z")).text, "Fri 15 Jan 2027, 08:00");
        // Still 2026 in UTC, already 2027 on the wall.
        assert_eq!(berlin().date_time(at("2026-12-31T23:30:00Z")).text, "Fri 1 Jan 2027, 00:30");
    }

    #[test]
    fn an_end_on_the_same_day_drops_its_date_and_midnight_is_the_next_day() {
        let from = at("2026-06-11T12:00:00Z");
        assert_eq!(berlin().end(from, at("2026-06-11T16:00:00Z")).text, "18:00");
        assert_eq!(berlin().end(from, at("2026-06-11T22:00:00Z")).text, "Fri 12 Jun, 00:00");
    }

    #[test]
    fn the_zone_carries_its_offset_of_today() {
        assert_eq!(berlin().zone(), "Europe/Berlin (UTC+02:00)");
        let winter = Writer::new(Tz::Europe__Berlin, at("2026-01-11T11:42:07Z"));
        assert_eq!(winter.zone(), "Europe/Berlin (UTC+01:00)");
        assert_eq!(Writer::new(Tz::UTC, at("2026-01-11T11:42:07Z")).zone(), "UTC");
    }

    #[test]
    fn an_age_is_told_by_its_largest_part() {
        let ages = [0, 12, 247, 3_600, 9_000, 200_000]
            .map(|s| berlin().age(at("2026-06-11T11:42:07Z") - chrono::TimeDelta::seconds(s)));
        let told = ["just now", "12 seconds old", "4 minutes old", "1 hour old", "2 hours old", "2 days old"];
        assert_eq!(ages, told);
    }
}
