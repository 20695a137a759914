//! A connection in use, pooled or in a transaction.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{MySqlConnection, SqliteConnection, mysql::MySqlQueryResult, sqlite::SqliteQueryResult};

use super::{DbError, held::Held, link::Mark, statement::LIMIT};

/// What every store function works on.
#[derive(Debug)]
pub enum Conn<'c> {
    /// To MySQL.
    MySql(&'c mut MySqlConnection, &'c mut Mark),
    /// To SQLite.
    Sqlite(&'c mut SqliteConnection, &'c mut Mark),
}

/// A connection of either pool.
#[derive(Debug)]
pub(super) enum Either {
    MySql(Held<MySqlConnection>),
    Sqlite(Held<SqliteConnection>),
}

impl Either {
    pub(super) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::MySql(held) => {
                let (conn, mark) = held.parts();
                Conn::MySql(conn, mark)
            }
            Self::Sqlite(held) => {
                let (conn, mark) = held.parts();
                Conn::Sqlite(conn, mark)
            }
        }
    }

    pub(super) async fn say(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        match self {
            Self::MySql(held) => held.say(sql, LIMIT).await,
            Self::Sqlite(held) => held.say(sql, LIMIT).await,
        }
    }

    pub(super) fn mark(&mut self) -> &mut Mark {
        match self {
            Self::MySql(held) => held.parts().1,
            Self::Sqlite(held) => held.parts().1,
        }
    }
}

/// A pooled connection for reading, returned when dropped.
#[derive(Debug)]
pub struct Lease(pub(super) Either);

impl Lease {
    /// The connection.
    pub fn conn(&mut self) -> Conn<'_> {
        self.0.conn()
    }
}

/// The id that the database gave to a row just inserted.
pub(crate) trait Inserted {
    /// The id.
    fn inserted_id(&self) -> i64;
}

impl Inserted for MySqlQueryResult {
    fn inserted_id(&self) -> i64 {
        self.last_insert_id().cast_signed()
    }
}

impl Inserted for SqliteQueryResult {
    fn inserted_id(&self) -> i64 {
        self.last_insert_rowid()
    }
}

/// A transaction older than this is not committed: readers of the audit log wait [`GAP_S`] for a late one, not longer.
const MAX_TX_AGE: Duration = Duration::from_secs(8);
/// How long a number missing from the audit log may still turn up, in seconds.
pub const GAP_S: i64 = 10;

/// A write transaction. Unless committed it is rolled back as soon as it is dropped, or its connection is closed.
#[derive(Debug)]
pub struct Tx {
    held: Either,
    began: Instant,
    changes: Arc<AtomicU64>,
}

impl Tx {
    pub(super) fn new(held: Either, changes: Arc<AtomicU64>) -> Self {
        Self { held, began: Instant::now(), changes }
    }

    /// The connection.
    pub fn conn(&mut self) -> Conn<'_> {
        self.held.conn()
    }

    /// Makes it last.
    ///
    /// # Errors
    /// The database went away; nothing is said of whether the commit arrived. [`DbError::Busy`] when it took too
    /// long to get here: nothing was written.
    pub async fn commit(mut self) -> Result<(), DbError> {
        if self.began.elapsed() > MAX_TX_AGE {
            return Err(DbError::Busy);
        }
        // Also where it fails, or nobody waits for it any more: it may have arrived.
        let _changed = OnDrop(self.changes.clone());
        self.held.say("COMMIT").await?;
        self.held.mark().set_in_transaction(false);
        Ok(())
    }
}

/// Counts when dropped.
struct OnDrop(Arc<AtomicU64>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}
