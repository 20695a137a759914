//! SQL text, and the way to run it on either database.

use std::{future::Future, time::Duration};

use super::DbError;

/// No statement of ours takes this long; one that does has lost its server.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(15);

/// SQL text in both dialects, with the name it has in `db_statements_total`.
#[derive(Debug)]
pub struct Statement {
    /// The constant's name in lower case.
    pub name: &'static str,
    /// MySQL's text.
    pub mysql: &'static str,
    /// SQLite's text.
    pub sqlite: &'static str,
}

impl Statement {
    /// One text that both databases understand.
    #[must_use]
    pub const fn both(name: &'static str, sql: &'static str) -> Self {
        Self { name, mysql: sql, sqlite: sql }
    }

    /// Two texts, where the dialects differ.
    #[must_use]
    pub const fn per_dialect(name: &'static str, mysql: &'static str, sqlite: &'static str) -> Self {
        Self { name, mysql, sqlite }
    }

    /// Counts one execution.
    pub fn count(&self) {
        metrics::counter!("db_statements_total", "name" => self.name).increment(1);
    }
}

/// Runs one statement on whichever database `$conn` is connected to, counted and within a time limit.
/// `$sql` is the dialect's text, `$c` the driver's connection.
macro_rules! on_conn {
    ($conn:expr, $statement:expr, |$sql:ident, $c:ident| $body:expr) => {{
        let statement: &$crate::db::Statement = &$statement;
        statement.count();
        match $conn {
            $crate::db::Conn::MySql($c) => {
                let $sql = statement.mysql;
                $crate::db::timed($body).await
            }
            $crate::db::Conn::Sqlite($c) => {
                let $sql = statement.sqlite;
                $crate::db::timed($body).await
            }
        }
    }};
}
pub(crate) use on_conn;

/// Ends a statement that has lost its server.
pub(crate) async fn timed<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, DbError> {
    match tokio::time::timeout(STATEMENT_TIMEOUT, work).await {
        Ok(result) => Ok(result?),
        Err(_) => Err(DbError::Unavailable("the database did not answer in time".to_owned())),
    }
}
