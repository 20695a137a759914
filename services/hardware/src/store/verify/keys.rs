//! Every idempotency key stands for a reservation that is there.

use sqlx::FromRow;

use super::{Findings, Invariant, PAGE, is_last};
use crate::db::{Conn, DbError, Statement, on_conn};

/// Two spellings of one comparison: each database finds its place in the primary key by its own.
const KEYS: Statement = Statement::per_dialect(
    "verify_keys",
    "SELECT k.principal, k.idempotency_key, k.reservation_id, r.id AS found FROM idempotency_key k
     LEFT JOIN reservation r ON r.id = k.reservation_id
     WHERE (k.principal = ? AND k.idempotency_key > ?) OR k.principal > ?
     ORDER BY k.principal, k.idempotency_key LIMIT ?",
    "SELECT k.principal, k.idempotency_key, k.reservation_id, r.id AS found FROM idempotency_key k
     LEFT JOIN reservation r ON r.id = k.reservation_id
     WHERE (k.principal, k.idempotency_key) > (?1, ?2) AND k.principal >= ?3
     ORDER BY k.principal, k.idempotency_key LIMIT ?4",
);

pub(super) const STATEMENTS: &[&Statement] = &[&KEYS];

#[derive(Debug, FromRow)]
struct KeyRow {
    principal: String,
    idempotency_key: String,
    reservation_id: i64,
    found: Option<i64>,
}

pub(super) async fn check(conn: &mut Conn<'_>, findings: &mut Findings<'_>) -> Result<(), DbError> {
    let (mut principal, mut key) = (String::new(), String::new());
    loop {
        let mut page = on_conn!(&mut *conn, KEYS, |sql, c| {
            let query = sqlx::query_as::<_, KeyRow>(sql).bind(&principal).bind(&key).bind(&principal);
            query.bind(PAGE).fetch_all(&mut **c)
        })?;
        for row in page.iter().filter(|row| row.found.is_none()) {
            let KeyRow { principal, idempotency_key, reservation_id, .. } = row;
            let text =
                format!("{idempotency_key:?} of {principal:?}: reservation {reservation_id} does not exist");
            findings.add(Invariant::Key, text);
        }
        let is_last = is_last(&page, PAGE);
        match page.pop() {
            Some(last) if !is_last => (principal, key) = (last.principal, last.idempotency_key),
            _ => return Ok(()),
        }
    }
}
