//! SQL text, and the way to run it on either database.

use std::time::Duration;

/// No statement of ours takes this long; one that does has lost its server.
pub(super) const LIMIT: Duration = Duration::from_secs(15);
/// The same for one that finds a row or two by their key and waits for nobody's lock.
const QUICK_LIMIT: Duration = Duration::from_secs(5);

/// SQL text in both dialects, with the name it has in `db_statements_total`.
#[derive(Debug)]
pub struct Statement {
    /// The constant's name in lower case.
    pub name: &'static str,
    /// MySQL's text.
    pub mysql: &'static str,
    /// SQLite's text.
    pub sqlite: &'static str,
    /// How long it may take.
    pub limit: Duration,
}

impl Statement {
    /// One text that both databases understand.
    #[must_use]
    pub const fn both(name: &'static str, sql: &'static str) -> Self {
        Self { name, mysql: sql, sqlite: sql, limit: LIMIT }
    }

    /// Two texts, where the dialects differ.
    #[must_use]
    pub const fn per_dialect(name: &'static str, mysql: &'static str, sqlite: &'static str) -> Self {
        Self { name, mysql, sqlite, limit: LIMIT }
    }

    /// One that finds by a key, and reads without a lock: whoever waits for it is told sooner that the database is away.
    #[must_use]
    pub const fn quick(self) -> Self {
        Self { limit: QUICK_LIMIT, ..self }
    }

    /// Counts one execution.
    pub fn count(&self) {
        metrics::counter!("db_statements_total", "name" => self.name).increment(1);
    }
}

/// Runs one statement on whichever database `$conn` is connected to, counted and within its time limit.
/// `$sql` is the dialect's text, `$c` the driver's connection.
macro_rules! on_conn {
    ($conn:expr, $statement:expr, |$sql:ident, $c:ident| $body:expr) => {{
        let statement: &$crate::db::Statement = &$statement;
        statement.count();
        let done = match $conn {
            $crate::db::Conn::MySql($c, mark) => {
                let $sql = statement.mysql;
                mark.guarded(statement.limit, $body).await
            }
            $crate::db::Conn::Sqlite($c, mark) => {
                let $sql = statement.sqlite;
                mark.guarded(statement.limit, $body).await
            }
        };
        done.map_err($crate::db::DbError::from)
    }};
}
pub(crate) use on_conn;
