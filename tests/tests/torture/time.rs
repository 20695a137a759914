//! UTC epoch seconds, and how the API writes them.

use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::types::chrono::DateTime;

pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 24 * HOUR;

pub fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// A full hour, more than a day ahead: nothing there is under way or overdue while the test runs.
pub fn later() -> i64 {
    (now() / HOUR + 25) * HOUR
}

pub fn text(at_s: i64) -> String {
    DateTime::from_timestamp(at_s, 0).unwrap().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[track_caller]
pub fn read(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).unwrap_or_else(|error| panic!("{text}: {error}")).timestamp()
}
