//! `GET /availability`: what is free of a page of hardware, step by step; and when a wish fits next.

use chrono::{DateTime, Utc};
use poem::http::HeaderMap;
use serde::Deserialize;
use tokio::time::Instant;

use super::{Failure, HardwareClient, Span, Stretch, Units, instant, read_json};
use crate::links;

/// What is free of one hardware, step by step.
#[derive(Clone, Debug, Deserialize)]
pub struct Outline {
    /// The catalogue's id.
    pub hardware: i64,
    /// Units in all.
    pub capacity: u64,
    /// Steps that adjoin and cover the window.
    pub steps: Vec<Stretch>,
}

/// Over which time, in which zone, and how finely.
#[derive(Clone, Copy, Debug)]
pub struct OutlineQuery {
    /// Its first instant and the one at which it is over.
    pub window: (DateTime<Utc>, DateTime<Utc>),
    /// IANA name of the zone whose hours and days are meant.
    pub tz: &'static str,
    /// `hour` or `day`.
    pub grain: &'static str,
}

/// When to begin, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct NextQuery {
    /// What, and how much of it.
    pub units: Units,
    /// Seconds.
    pub length_s: u64,
    /// Not before.
    pub after: DateTime<Utc>,
    /// Starts at most.
    pub count: usize,
    /// IANA name of the customer's zone.
    pub tz: &'static str,
}

#[derive(Debug, Deserialize)]
struct Starts {
    starts: Vec<Span>,
}

impl OutlineQuery {
    fn to_query(self, ids: &[i64]) -> String {
        let ids = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let (from, to) = self.window;
        links::query_string(&[
            ("ids", &ids),
            ("from", &instant(from)),
            ("to", &instant(to)),
            ("tz", self.tz),
            ("grain", self.grain),
        ])
    }
}

impl NextQuery {
    fn to_query(self) -> String {
        links::query_string(&[
            ("hardware", &format!("{}:{}", self.units.hardware, self.units.qty)),
            ("duration", &format!("PT{}S", self.length_s)),
            ("after", &instant(self.after)),
            ("count", &self.count.to_string()),
            ("tz", self.tz),
        ])
    }
}

impl HardwareClient {
    /// What is free of each of `ids`, by id; what the catalogue does not have is left out. Nobody is asked about
    /// nothing.
    ///
    /// # Errors
    /// As [`Failure`] sorts them.
    pub async fn outlines(
        &self,
        ids: &[i64],
        query: OutlineQuery,
        headers: HeaderMap,
    ) -> Result<Vec<Outline>, Failure> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        read_json(self.get("availability", &query.to_query(ids), headers).await?).await
    }

    /// The next times at which a wish fits.
    ///
    /// # Errors
    /// As [`Failure`] sorts them.
    pub async fn next_starts(&self, query: NextQuery, headers: HeaderMap) -> Result<Vec<Span>, Failure> {
        let found: Starts =
            read_json(self.get("availability/next", &query.to_query(), headers).await?).await?;
        Ok(found.starts.into_iter().take(query.count).collect())
    }

    /// Lets calls that follow upon each other take no longer than one: a page waits once, not twice.
    ///
    /// # Errors
    /// That of `work`, or [`Failure::Unreachable`] where it takes longer than one call may.
    pub async fn in_time<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        self.in_time_since(Instant::now(), work).await
    }

    /// The same for calls of which the first began at `started`.
    ///
    /// # Errors
    /// As [`Self::in_time`].
    pub async fn in_time_since<T>(
        &self,
        started: Instant,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::time::timeout_at(started + self.read_timeout, work)
            .await
            .unwrap_or_else(|_| Err(Failure::Unreachable("no answer in time".to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_written_as_the_contract_has_them() {
        let at = |text: &str| text.parse().unwrap();
        let window = (at("2026-06-10T22:00:00Z"), at("2026-06-11T22:00:00Z"));
        let outline = OutlineQuery { window, tz: "Europe/Berlin", grain: "hour" };
        let meant = "ids=1,7&from=2026-06-10T22:00:00Z&to=2026-06-11T22:00:00Z&tz=Europe/Berlin&grain=hour";
        assert_eq!(outline.to_query(&[1, 7]), meant);
        let units = Units { hardware: 7, qty: 2 };
        let next = NextQuery { units, length_s: 14_400, after: window.0, count: 3, tz: "UTC" };
        let meant = "hardware=7:2&duration=PT14400S&after=2026-06-10T22:00:00Z&count=3&tz=UTC";
        assert_eq!(next.to_query(), meant);
    }
}
