//! Every idempotency key stands for a reservation that is there, or for a task that is there or was deleted.

use sqlx::FromRow;

use super::{
    Findings, Invariant, PAGE, is_last, log,
    tasks::{CREATED, DELETED},
};
use crate::db::{Conn, DbError, Statement, on_conn};

/// Two spellings of one comparison: each database finds its place in the primary key by its own.
const KEYS: Statement = Statement::per_dialect(
    "verify_keys",
    "SELECT k.principal, k.idempotency_key, k.reservation_id, k.task_id, COALESCE(r.id, t.id) AS found
     FROM idempotency_key k
     LEFT JOIN reservation r ON r.id = k.reservation_id LEFT JOIN task t ON t.id = k.task_id
     WHERE (k.principal = ? AND k.idempotency_key > ?) OR k.principal > ?
     ORDER BY k.principal, k.idempotency_key LIMIT ?",
    "SELECT k.principal, k.idempotency_key, k.reservation_id, k.task_id, COALESCE(r.id, t.id) AS found
     FROM idempotency_key k
     LEFT JOIN reservation r ON r.id = k.reservation_id LEFT JOIN task t ON t.id = k.task_id
     WHERE (k.principal, k.idempotency_key) > (?1, ?2) AND k.principal >= ?3
     ORDER BY k.principal, k.idempotency_key LIMIT ?4",
);

pub(super) const STATEMENTS: &[&Statement] = &[&KEYS];

#[derive(Debug, FromRow)]
struct KeyRow {
    principal: String,
    idempotency_key: String,
    reservation_id: Option<i64>,
    task_id: Option<i64>,
    found: Option<i64>,
}

pub(super) async fn check(conn: &mut Conn<'_>, findings: &mut Findings<'_>) -> Result<(), DbError> {
    let (mut principal, mut key) = (String::new(), String::new());
    loop {
        let mut page = on_conn!(&mut *conn, KEYS, |sql, c| {
            let query = sqlx::query_as::<_, KeyRow>(sql).bind(&principal).bind(&key).bind(&principal);
            query.bind(PAGE).fetch_all(&mut **c)
        })?;
        check_page(conn, &page, findings).await?;
        let is_last = is_last(&page, PAGE);
        match page.pop() {
            Some(last) if !is_last => (principal, key) = (last.principal, last.idempotency_key),
            _ => return Ok(()),
        }
    }
}

async fn check_page(
    conn: &mut Conn<'_>,
    page: &[KeyRow],
    findings: &mut Findings<'_>,
) -> Result<(), DbError> {
    let lost: Vec<_> = page.iter().filter(|row| row.found.is_none()).collect();
    if lost.is_empty() {
        return Ok(());
    }
    let subject = |task: i64| format!("task/{task}");
    let subjects: Vec<_> = lost.iter().filter_map(|row| row.task_id).map(subject).collect();
    let told = log::of(conn, &subjects).await?;
    let was_deleted = |task: i64| {
        told.get(&subject(task)).is_some_and(|told| told.last_of(&[CREATED, DELETED]) == Some(DELETED))
    };
    for row in lost {
        let what = match (row.reservation_id, row.task_id) {
            (Some(id), _) => format!("reservation {id} does not exist"),
            // A key outlives its task: who asks again is told what was done, and it is not done again.
            (None, Some(id)) if was_deleted(id) => continue,
            (None, Some(id)) => format!("task {id} does not exist, and was not deleted"),
            (None, None) => "it stands for nothing".to_owned(),
        };
        let text = format!("{:?} of {:?}: {what}", row.idempotency_key, row.principal);
        findings.add(Invariant::Key, text);
    }
    Ok(())
}
