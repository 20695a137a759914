//! The audit log. Every change writes its row in its own transaction.

use serde_json::Value;

use crate::db::{Conn, DbError, Statement, on_conn};

const INSERT: Statement = Statement::both(
    "event_insert",
    "INSERT INTO event (at, kind, actor, subject, data) VALUES (?, ?, ?, ?, ?)",
);

pub(super) const STATEMENTS: &[&Statement] = &[&INSERT];

/// One change, told.
#[derive(Debug)]
pub struct Event<'e> {
    /// When: UTC epoch seconds.
    pub at: i64,
    /// What: `hardware.updated` and the like.
    pub kind: &'e str,
    /// Who.
    pub actor: &'e str,
    /// To what: `hardware/7`.
    pub subject: String,
    /// The change itself.
    pub data: Value,
}

/// Writes one event.
///
/// # Errors
/// The database cannot be reached.
pub async fn insert(conn: &mut Conn<'_>, event: &Event<'_>) -> Result<(), DbError> {
    let data = event.data.to_string();
    on_conn!(conn, INSERT, |sql, c| async {
        let query = sqlx::query(sql)
            .bind(event.at)
            .bind(event.kind)
            .bind(event.actor)
            .bind(&event.subject)
            .bind(&data);
        query.execute(&mut **c).await.map(|_| ())
    })
}
