//! How connections are made, and what every one of them is told first.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection, Executor, MySqlConnection, SqliteConnection,
    mysql::{MySqlConnectOptions, MySqlSslMode},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{
    login::Login,
    manager::{Kind, Purpose},
};
use crate::config::MySqlConfig;

/// Checked and locked rows must be the newest ones; and a lock is worth 3 s of waiting, not 50.
const MYSQL_SESSION: &str =
    "SET SESSION transaction_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = 3";
/// A primary that was made a replica still answers.
const MYSQL_MAY_WRITE: &str = "SELECT @@global.innodb_read_only, @@global.read_only";

/// Prepared statements kept per connection: pods x connections x this must stay below MySQL's
/// `max_prepared_stmt_count` (16,382).
const STATEMENT_CACHE: usize = 40;
/// So much of a file is read where the system keeps it, which all connections share: each one's own cache holds 2 MB, and of
/// a million claims every page that is asked for finds others in there.
const SQLITE_MAPPED: &str = "1073741824";
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How many steps of a statement are done between two looks whether anybody still waits for it: some 0.1 ms.
const SQLITE_STEPS: i32 = 10_000;

/// The parts of `[mysql]`, with their defaults.
pub(super) fn mysql_options(config: &MySqlConfig) -> Result<MySqlConnectOptions, sqlx::Error> {
    Ok(mysql_server(config)?.database(or(&config.database, "hardware")))
}

/// The same, on no schema yet.
pub(super) fn mysql_server(config: &MySqlConfig) -> Result<MySqlConnectOptions, sqlx::Error> {
    let mode: MySqlSslMode = config.ssl_mode.parse()?;
    let mut options = MySqlConnectOptions::new()
        .host(or(&config.host, "mysql"))
        .port(config.port)
        .username(or(&config.user, "mysql"))
        .password(or(config.password.reveal(), "mysql"))
        .ssl_mode(mode);
    if !config.ssl_ca.is_empty() {
        options = options.ssl_ca(&config.ssl_ca);
    }
    Ok(options)
}

fn or<'t>(text: &'t str, default: &'t str) -> &'t str {
    if text.is_empty() { default } else { text }
}

/// What every connection to MySQL has, whichever way its address was given.
pub(super) fn mysql_common(options: MySqlConnectOptions) -> MySqlConnectOptions {
    options.charset("utf8mb4").statement_cache_capacity(STATEMENT_CACHE)
}

/// A file in WAL mode: readers do not wait for the writer, and what is committed is on the disk.
pub(super) fn sqlite_options(path: &std::path::Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("mmap_size", SQLITE_MAPPED)
        // SQLite's own LOWER knows ASCII alone; a search must find an École by its école.
        .with_regexp()
        .busy_timeout(SQLITE_BUSY_TIMEOUT)
        .statement_cache_capacity(STATEMENT_CACHE)
}

impl Kind for MySqlConnection {
    const EMBEDDED: bool = false;
    type Login = Login;

    async fn establish(login: &Login, _: Arc<AtomicBool>) -> Result<Self, sqlx::Error> {
        let mut conn = login.connect().await?;
        conn.execute(MYSQL_SESSION).await?;
        Ok(conn)
    }

    async fn serves(&mut self, purpose: Purpose) -> Result<bool, sqlx::Error> {
        match purpose {
            Purpose::Read => self.ping().await.map(|()| true),
            Purpose::Write => {
                let state: (bool, bool) = sqlx::query_as(MYSQL_MAY_WRITE).fetch_one(self).await?;
                Ok(state == (false, false))
            }
        }
    }

    async fn say(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        self.execute(sql).await.map(|_| ())
    }
}

impl Kind for SqliteConnection {
    const EMBEDDED: bool = true;
    type Login = SqliteConnectOptions;

    async fn establish(
        options: &SqliteConnectOptions,
        abandoned: Arc<AtomicBool>,
    ) -> Result<Self, sqlx::Error> {
        let mut conn = options.connect().await?;
        // A statement runs on a thread that knows nothing of who waits for it: it would end, and hold its locks, when
        // it is done.
        let goes_on = move || !abandoned.load(Ordering::Relaxed);
        conn.lock_handle().await?.set_progress_handler(SQLITE_STEPS, goes_on);
        Ok(conn)
    }

    async fn serves(&mut self, _: Purpose) -> Result<bool, sqlx::Error> {
        self.ping().await.map(|()| true)
    }

    async fn say(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        self.execute(sql).await.map(|_| ())
    }
}
