//! I4: what became of a reservation or a task is told in the audit log, change by change.

use std::collections::HashMap;

use sqlx::FromRow;

use super::{Findings, Invariant};
use crate::db::{Conn, DbError, Statement, on_conn};

/// The subjects travel as one JSON parameter, so that the text is fixed.
const TOLD: Statement = Statement::per_dialect(
    "verify_told",
    "SELECT e.subject, e.kind, COUNT(*) AS times, MAX(e.seq) AS last_seq
     FROM JSON_TABLE(?, '$[*]' COLUMNS (
        subject VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin PATH '$')) AS given
     STRAIGHT_JOIN event e ON e.subject = given.subject GROUP BY e.subject, e.kind",
    "SELECT e.subject, e.kind, COUNT(*) AS times, MAX(e.seq) AS last_seq
     FROM json_each(?) AS given CROSS JOIN event e ON e.subject = given.value GROUP BY e.subject, e.kind",
);

pub(super) const STATEMENTS: &[&Statement] = &[&TOLD];

#[derive(Debug, FromRow)]
struct ToldRow {
    subject: String,
    kind: String,
    times: i64,
    last_seq: i64,
}

/// What the audit log tells of one subject: how often each kind of change, and where last.
#[derive(Debug, Default)]
pub(super) struct Told(HashMap<String, (i64, i64)>);

/// What the audit log tells of each of these subjects; one that it does not know is left out.
pub(super) async fn of(conn: &mut Conn<'_>, subjects: &[String]) -> Result<HashMap<String, Told>, DbError> {
    let subjects = serde_json::json!(subjects).to_string();
    let rows = on_conn!(conn, TOLD, |sql, c| {
        sqlx::query_as::<_, ToldRow>(sql).bind(&subjects).fetch_all(&mut **c)
    })?;
    let mut told: HashMap<String, Told> = HashMap::new();
    for ToldRow { subject, kind, times, last_seq } in rows {
        told.entry(subject).or_default().0.insert(kind, (times, last_seq));
    }
    Ok(told)
}

impl Told {
    /// How often `kind` was told.
    fn times(&self, kind: &str) -> i64 {
        self.0.get(kind).map_or(0, |(times, _)| *times)
    }

    /// Which of `kinds` was told last.
    pub(super) fn last_of<'k>(&self, kinds: &[&'k str]) -> Option<&'k str> {
        let last_seq = |kind: &&str| self.0.get(*kind).map(|(_, seq)| *seq);
        kinds.iter().copied().filter(|kind| last_seq(kind).is_some()).max_by_key(last_seq)
    }

    /// Everything begins with `created`, once, and every other event is one version more.
    pub(super) fn check(&self, subject: &str, created: &str, version: i64, findings: &mut Findings<'_>) {
        let (begun, all) = (self.times(created), self.0.values().map(|(times, _)| times).sum::<i64>());
        if begun != 1 {
            let text = format!("{subject}: the audit log has {begun} events {created}, not one");
            findings.add(Invariant::I4, text);
        }
        let changes = all - begun;
        if version != changes + 1 {
            let text = format!(
                "{subject}: its version is {version}, but the audit log tells of {changes} changes since it was created"
            );
            findings.add(Invariant::I4, text);
        }
    }
}
