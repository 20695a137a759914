//! I3 and I4 for tasks: maintenance has one claim while it is open, and nothing else has any.

use std::collections::HashMap;

use sqlx::FromRow;

use super::{Findings, Invariant, PAGE, counted, is_last, log, times};
use crate::{
    db::{Conn, DbError, Statement, on_conn},
    domain::{
        moment::rfc3339,
        task::{Maintenance, OPEN_END_S, Task},
    },
};

const TASKS: Statement = Statement::both(
    "verify_tasks",
    "SELECT id, done, hardware_id, starts_at, ends_at, qty, version FROM task WHERE id > ? ORDER BY id LIMIT ?",
);
const CLAIMS: Statement = Statement::both(
    "verify_claims_of_tasks",
    "SELECT id, task_id, hardware_id, starts_at, ends_at, blocked_until, qty FROM claim
     WHERE task_id >= ? AND task_id <= ? ORDER BY task_id, id",
);

pub(super) const STATEMENTS: &[&Statement] = &[&TASKS, &CLAIMS];

pub(super) const CREATED: &str = "task.created";
pub(super) const DELETED: &str = "task.deleted";

#[derive(Debug, FromRow)]
struct TaskRow {
    id: i64,
    done: i64,
    hardware_id: Option<i64>,
    starts_at: Option<i64>,
    ends_at: Option<i64>,
    qty: Option<i64>,
    version: i64,
}

#[derive(Debug, FromRow)]
struct ClaimRow {
    id: i64,
    task_id: i64,
    hardware_id: i64,
    starts_at: i64,
    ends_at: i64,
    blocked_until: i64,
    qty: i64,
}

pub(super) async fn check(conn: &mut Conn<'_>, findings: &mut Findings<'_>) -> Result<(), DbError> {
    let mut after = i64::MIN;
    loop {
        let page = on_conn!(&mut *conn, TASKS, |sql, c| {
            sqlx::query_as::<_, TaskRow>(sql).bind(after).bind(PAGE).fetch_all(&mut **c)
        })?;
        findings.counts.tasks += counted(&page);
        check_page(conn, &page, findings).await?;
        match page.last().filter(|_| !is_last(&page, PAGE)) {
            Some(last) => after = last.id,
            None => return Ok(()),
        }
    }
}

async fn check_page(
    conn: &mut Conn<'_>,
    page: &[TaskRow],
    findings: &mut Findings<'_>,
) -> Result<(), DbError> {
    let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(()) };
    let rows = on_conn!(&mut *conn, CLAIMS, |sql, c| {
        sqlx::query_as::<_, ClaimRow>(sql).bind(first.id).bind(last.id).fetch_all(&mut **c)
    })?;
    let mut claims: HashMap<i64, Vec<ClaimRow>> = HashMap::new();
    for row in rows {
        claims.entry(row.task_id).or_default().push(row);
    }
    let subject = |row: &TaskRow| format!("task/{}", row.id);
    let subjects: Vec<_> = page.iter().map(subject).collect();
    let mut told = log::of(conn, &subjects).await?;
    for row in page {
        let own = claims.remove(&row.id).unwrap_or_default();
        if let Some(why) = row.wrong(&own) {
            findings.add(Invariant::I3, format!("task {}: {why}", row.id));
        }
        let subject = subject(row);
        let told = told.remove(&subject).unwrap_or_default();
        told.check(&subject, CREATED, row.version, findings);
        if told.last_of(&[CREATED, DELETED]) == Some(DELETED) {
            findings.add(
                Invariant::I4,
                format!("{subject} is there, but the audit log tells that it was deleted"),
            );
        }
    }
    Ok(())
}

impl TaskRow {
    fn maintenance(&self) -> Option<Maintenance> {
        let TaskRow { hardware_id: hardware, starts_at, ends_at, qty, .. } = *self;
        Task { done: self.done != 0, hardware, starts_at, ends_at, qty, ..Task::blank() }.maintenance()
    }

    fn wrong(&self, claims: &[ClaimRow]) -> Option<String> {
        let ids = || claims.iter().map(|claim| format!("claim {}", claim.id)).collect::<Vec<_>>().join(", ");
        match (self.maintenance(), claims) {
            (None, []) => None,
            (None, _) => Some(format!("it takes nothing out of service, and has {}", ids())),
            (Some(maintenance), [claim]) => claim.wrong(maintenance),
            (Some(_), []) => Some("it is open maintenance, and has no claim".to_owned()),
            (Some(_), _) => Some(format!("it is open maintenance, and has {}", ids())),
        }
    }
}

impl ClaimRow {
    fn wrong(&self, maintenance: Maintenance) -> Option<String> {
        let Maintenance { hardware, window, qty } = maintenance;
        let (own, its) = (times(self.starts_at, self.ends_at), times(window.from, window.to));
        if (self.hardware_id, self.starts_at, self.ends_at, self.qty)
            != (hardware, window.from, window.to, qty)
        {
            return Some(format!(
                "claim {} is of {} units of hardware {} {own}, the maintenance of {qty} units of hardware {hardware} {its}",
                self.id, self.qty, self.hardware_id
            ));
        }
        // What stays open has no buffer behind it: nothing is later.
        let closed = window.to == OPEN_END_S && self.blocked_until != OPEN_END_S;
        closed
            .then(|| format!("claim {} is open, and blocked until {}", self.id, rfc3339(self.blocked_until)))
    }
}
