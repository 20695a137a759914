//! How connections are made, and what every one of them is told first.

use std::time::Duration;

use sqlx::{
    Connection, MySqlPool, SqlitePool,
    mysql::{MySqlConnectOptions, MySqlPoolOptions, MySqlSslMode},
    pool::PoolConnectionMetadata,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::config::MySqlConfig;

/// Prepared statements kept per connection: pods x connections x this must stay below MySQL's
/// `max_prepared_stmt_count` (16,382).
const STATEMENT_CACHE: usize = 40;
/// A connection that rested longer than this is asked whether it still lives before it is used.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The parts of `[mysql]`, with their defaults.
pub(super) fn mysql_options(config: &MySqlConfig) -> Result<MySqlConnectOptions, sqlx::Error> {
    let or = |text: &str, default: &str| if text.is_empty() { default.to_owned() } else { text.to_owned() };
    let mode: MySqlSslMode = config.ssl_mode.parse()?;
    let mut options = MySqlConnectOptions::new()
        .host(&or(&config.host, "mysql"))
        .port(config.port)
        .username(&or(&config.user, "mysql"))
        .password(&or(config.password.reveal(), "mysql"))
        .database(&or(&config.database, "hardware"))
        .ssl_mode(mode);
    if !config.ssl_ca.is_empty() {
        options = options.ssl_ca(&config.ssl_ca);
    }
    Ok(options)
}

/// A pool that connects when it is first used.
pub(super) fn mysql_pool(options: MySqlConnectOptions, max: u32, acquire_timeout: Duration) -> MySqlPool {
    let options = options.charset("utf8mb4").statement_cache_capacity(STATEMENT_CACHE);
    MySqlPoolOptions::new()
        .max_connections(max)
        .acquire_timeout(acquire_timeout)
        // By default each acquire costs a round trip; a busy pool needs none.
        .test_before_acquire(false)
        .before_acquire(|conn, meta| Box::pin(still_lives(conn, meta)))
        .after_connect(|conn, _| {
            Box::pin(async move {
                // Checked and locked rows must be the newest ones; and a lock is worth 3 s of waiting, not 50.
                const SESSION: &str =
                    "SET SESSION transaction_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = 3";
                sqlx::query(SESSION).execute(conn).await.map(|_| ())
            })
        })
        .connect_lazy_with(options)
}

async fn still_lives<C: Connection<Database = D>, D: sqlx::Database<Connection = C>>(
    conn: &mut C,
    meta: PoolConnectionMetadata,
) -> Result<bool, sqlx::Error> {
    Ok(meta.idle_for < TRUSTED_IDLE || conn.ping().await.is_ok())
}

/// A file in WAL mode: readers do not wait for the writer, and what is committed is on the disk.
pub(super) fn sqlite_options(path: &std::path::Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // SQLite's own LOWER knows ASCII alone; a search must find an École by its école.
        .with_regexp()
        .busy_timeout(SQLITE_BUSY_TIMEOUT)
        .statement_cache_capacity(STATEMENT_CACHE)
}

/// A pool that connects when it is first used.
pub(super) fn sqlite_pool(options: SqliteConnectOptions, max: u32, acquire_timeout: Duration) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(max)
        .acquire_timeout(acquire_timeout)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(options)
}
