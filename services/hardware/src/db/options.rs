//! What a connection is opened with: addresses, passwords, and how a file is kept.

use std::time::Duration;

use sqlx::{
    mysql::{MySqlConnectOptions, MySqlSslMode},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::config::MySqlConfig;

/// Prepared statements kept per connection: pods x connections x this must stay below MySQL's
/// `max_prepared_stmt_count` (16,382).
const STATEMENT_CACHE: usize = 40;
/// So much of a file is read where the system keeps it, which all connections share: each one's own cache holds 2 MB, and of
/// a million claims every page that is asked for finds others in there.
const SQLITE_MAPPED: &str = "1073741824";
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);

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
