//! A reader that follows the audit log while others write it: it must see every event once, in order.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use serde_json::Value;
use system_tests::{Service, wait::until};

use crate::database::Database;

const EVENTS: &str = "SELECT seq, subject FROM event ORDER BY seq";

/// Numbers and subjects, in the order in which they were told.
#[derive(Default)]
pub struct Audit(Vec<(i64, String)>);

impl Audit {
    /// Asks for what comes after the last it knows, again and again.
    pub async fn follow(&mut self, service: &Service, end: Instant) {
        while Instant::now() < end {
            self.ask(service).await;
        }
    }

    async fn ask(&mut self, service: &Service) {
        let after = self.0.last().map_or(0, |(seq, _)| *seq);
        let page = service.get(&format!("/events?limit=500&after={after}")).await.is(200).json();
        let event =
            |event: &Value| (event["seq"].as_i64().unwrap(), event["subject"].as_str().unwrap().to_owned());
        self.0.extend(page.as_array().unwrap().iter().map(event));
    }

    /// Reads on to the end and compares with what the database has: a late event must not have been passed over.
    pub async fn differences(&mut self, service: &Service, database: &Database) -> Vec<String> {
        let there: Vec<(i64, String)> = database.rows(EVENTS).await;
        let last = there.last().map_or(0, |(seq, _)| *seq);
        until("the end of the audit log", async || {
            self.ask(service).await;
            self.0.last().is_some_and(|(seq, _)| *seq >= last).then_some(())
        })
        .await;
        if self.0 == there {
            return Vec::new();
        }
        let seen: BTreeSet<_> = self.0.iter().collect();
        let missed = there.iter().filter(|event| !seen.contains(event)).count();
        vec![format!(
            "a reader of the audit log saw {} of {} events, {missed} never",
            self.0.len(),
            there.len()
        )]
    }

    /// Every version of a reservation has its line.
    pub fn missing(&self, reservations: &[Value]) -> Vec<String> {
        let mut written: BTreeMap<&str, i64> = BTreeMap::new();
        for (_, subject) in &self.0 {
            *written.entry(subject).or_default() += 1;
        }
        let count =
            |row: &Value| written.get(&*format!("reservation/{}", row["id"])).copied().unwrap_or_default();
        let wrong = reservations.iter().filter(|row| row["version"].as_i64() != Some(count(row)));
        wrong.map(|row| format!("{} events of {row}", count(row))).collect()
    }
}
