//! All of the database as it is at one instant, while others go on writing: what belongs together is read by several
//! statements, and must not be taken for broken because somebody changed it in between.

use sqlx::{Connection, MySql, Sqlite, Transaction};

use crate::db::{Conn, DbError, Lease, Statement, on_conn, timed};

/// For the next transaction alone: READ COMMITTED, which every connection has, would see every statement's own now.
/// SQLite's readers see one instant as long as their transaction lasts.
const ISOLATION: Statement =
    Statement::per_dialect("verify_isolation", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT 1");

pub(super) const STATEMENTS: &[&Statement] = &[&ISOLATION];

/// A transaction that reads, and that others' changes do not reach. Ends when dropped.
pub(super) enum Snapshot<'c> {
    MySql(Transaction<'c, MySql>),
    Sqlite(Transaction<'c, Sqlite>),
}

impl<'c> Snapshot<'c> {
    /// Begins now.
    pub(super) async fn take(lease: &'c mut Lease) -> Result<Self, DbError> {
        on_conn!(lease.conn(), ISOLATION, |sql, c| async { sqlx::query(sql).execute(c).await.map(|_| ()) })?;
        Ok(match lease.conn() {
            Conn::MySql(c) => {
                let begin = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";
                Self::MySql(timed(c.begin_with(begin)).await?)
            }
            Conn::Sqlite(c) => Self::Sqlite(timed(c.begin()).await?),
        })
    }

    /// The connection.
    pub(super) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::MySql(transaction) => Conn::MySql(transaction),
            Self::Sqlite(transaction) => Conn::Sqlite(transaction),
        }
    }
}
