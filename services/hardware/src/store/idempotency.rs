//! Idempotency keys: a request sent again is answered again, and not done again.

use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::FromRow;

use super::StoreError;
use crate::db::{Conn, Db, DbError, Statement, on_conn};

/// How long a key is kept: two days, in seconds.
pub const KEPT_S: i64 = 2 * 86_400;
/// When a key expires that never does: the year 9999.
pub const NEVER: i64 = 253_402_214_400;
/// Keys removed in one statement at most.
const PURGED_AT_ONCE: i64 = 1_000;

const FIND: Statement = Statement::both(
    "key_find",
    "SELECT body_hash, reservation_id, task_id, answer FROM idempotency_key WHERE principal = ? AND idempotency_key = ?",
);
const INSERT: Statement = Statement::both(
    "key_insert",
    "INSERT INTO idempotency_key
     (principal, idempotency_key, body_hash, reservation_id, task_id, answer, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
);
const PURGE: Statement = Statement::per_dialect(
    "key_purge",
    "DELETE FROM idempotency_key WHERE expires_at <= ? ORDER BY expires_at LIMIT ?",
    "DELETE FROM idempotency_key WHERE rowid IN
     (SELECT rowid FROM idempotency_key WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)",
);

pub(super) const STATEMENTS: &[&Statement] = &[&FIND, &INSERT, &PURGE];

/// A key as a caller gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Whose keys it is among.
    pub principal: String,
    /// The key, up to 300 characters.
    pub text: String,
    /// SHA-256 of what is asked, in hexadecimal.
    pub body_hash: String,
    /// Until when it is kept; UTC epoch seconds.
    pub expires_at: i64,
}

/// What was made under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// This reservation.
    Reservation(i64),
    /// This task.
    Task(i64),
}

/// What a key stands for: a reservation or a task.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Kept {
    body_hash: String,
    /// The reservation that was made, if it was one.
    pub reservation_id: Option<i64>,
    /// The task that was made, if it was one.
    pub task_id: Option<i64>,
    /// What was answered then.
    pub answer: String,
}

/// SHA-256, in hexadecimal, of what was understood of a request, so that blanks and the order of members do not count.
#[must_use]
pub fn hash_of(body: &impl Serialize) -> String {
    let text = serde_json::to_vec(body).unwrap_or_default();
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What was done under `key`, if anything was.
///
/// # Errors
/// [`StoreError::KeyReused`] when it was something else.
pub async fn find(conn: &mut Conn<'_>, key: &Key) -> Result<Option<Kept>, StoreError> {
    let kept = on_conn!(conn, FIND, |sql, c| {
        sqlx::query_as::<_, Kept>(sql).bind(&key.principal).bind(&key.text).fetch_optional(&mut **c)
    })?;
    match kept {
        Some(kept) if kept.body_hash != key.body_hash => Err(StoreError::KeyReused),
        kept => Ok(kept),
    }
}

/// Keeps what was done under `key`.
///
/// # Errors
/// [`DbError::Busy`] when somebody else did something under it at this moment: start over, and it will be found.
pub async fn insert(
    conn: &mut Conn<'_>,
    key: &Key,
    made: Made,
    answer: &str,
    now_s: i64,
) -> Result<(), DbError> {
    let (reservation, task) = match made {
        Made::Reservation(id) => (Some(id), None),
        Made::Task(id) => (None, Some(id)),
    };
    let inserted = on_conn!(conn, INSERT, |sql, c| async {
        let query = sqlx::query(sql).bind(&key.principal).bind(&key.text).bind(&key.body_hash);
        let query = query.bind(reservation).bind(task).bind(answer).bind(now_s).bind(key.expires_at);
        query.execute(&mut **c).await.map(|_| ())
    });
    match inserted {
        Err(error) if error.is_unique_violation() => Err(DbError::Busy),
        other => other,
    }
}

/// Removes what has expired, in small steps; how much it was.
///
/// # Errors
/// The database cannot be reached.
pub async fn purge(db: &Db, now_s: i64) -> Result<u64, DbError> {
    let mut purged = 0;
    loop {
        let mut tx = db.begin().await?;
        let step = on_conn!(&mut tx.conn(), PURGE, |sql, c| async {
            let query = sqlx::query(sql).bind(now_s).bind(PURGED_AT_ONCE);
            query.execute(&mut **c).await.map(|done| done.rows_affected())
        })?;
        tx.commit().await?;
        purged += step;
        if step < PURGED_AT_ONCE.unsigned_abs() {
            return Ok(purged);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_body_has_another_hash() {
        assert_ne!(hash_of(&"a"), hash_of(&"b"));
        assert_eq!(hash_of(&"a").len(), 64);
    }
}
