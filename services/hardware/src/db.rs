//! The database: MySQL in production, SQLite embedded. Only this module names a driver.
//!
//! One text for both: a [`Statement`] holds the SQL of each dialect (mostly the same), and [`on_conn!`] compiles
//! one body per driver. What the compiler cannot check, tests do: every statement is prepared on both.

mod connect;
mod error;
mod pools;
mod snapshot;
mod statement;

use std::time::{Duration, Instant};

use sqlx::{
    ConnectOptions, Connection, MySql, MySqlConnection, Sqlite, SqliteConnection, Transaction,
    migrate::Migrator,
    mysql::{MySqlConnectOptions, MySqlQueryResult},
    pool::PoolConnection,
    sqlite::SqliteQueryResult,
};

pub(crate) use self::statement::{on_conn, timed};
use self::{
    connect::{mysql_options, mysql_pool, sqlite_options, sqlite_pool},
    error::{describe, is_missing_table},
};
pub use self::{error::DbError, pools::Pools, snapshot::Snapshot, statement::Statement};
use crate::config::{Database, DatabaseConfig};

static MYSQL_MIGRATIONS: Migrator = sqlx::migrate!("./migrations/mysql");
static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

/// How long one connection is tried to find out what is wrong.
const DIAGNOSIS_TIMEOUT: Duration = Duration::from_secs(3);
const SQLITE_MAX_READERS: u32 = 8;
/// How long a writer waits for its turn.
const SQLITE_TURN: Duration = Duration::from_secs(12);

/// Connections to one of the two databases.
#[derive(Clone, Debug)]
pub enum Db {
    /// MySQL 8.4 or later.
    MySql(Pools<MySql>),
    /// An embedded SQLite file: one writer, and readers that do not wait for it (WAL) and cannot write.
    Sqlite(Pools<Sqlite>),
}

/// A connection in use, pooled or in a transaction: what every store function works on.
#[derive(Debug)]
pub enum Conn<'c> {
    /// To MySQL.
    MySql(&'c mut MySqlConnection),
    /// To SQLite.
    Sqlite(&'c mut SqliteConnection),
}

/// A pooled connection for reading, returned when dropped.
#[derive(Debug)]
pub struct Lease(LeaseOf);

#[derive(Debug)]
enum LeaseOf {
    MySql(PoolConnection<MySql>),
    Sqlite(PoolConnection<Sqlite>),
}

impl Lease {
    /// The connection.
    pub fn conn(&mut self) -> Conn<'_> {
        match &mut self.0 {
            LeaseOf::MySql(c) => Conn::MySql(c),
            LeaseOf::Sqlite(c) => Conn::Sqlite(c),
        }
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

/// A write transaction, rolled back unless committed.
#[derive(Debug)]
pub struct Tx {
    tx: TxOf,
    began: Instant,
}

#[derive(Debug)]
enum TxOf {
    MySql(Transaction<'static, MySql>),
    Sqlite(Transaction<'static, Sqlite>),
}

impl Tx {
    /// The connection.
    pub fn conn(&mut self) -> Conn<'_> {
        match &mut self.tx {
            TxOf::MySql(t) => Conn::MySql(t),
            TxOf::Sqlite(t) => Conn::Sqlite(t),
        }
    }

    /// Makes it last.
    ///
    /// # Errors
    /// The database went away; nothing is said of whether the commit arrived. [`DbError::Busy`] when it took too
    /// long to get here: nothing was written.
    pub async fn commit(self) -> Result<(), DbError> {
        if self.began.elapsed() > MAX_TX_AGE {
            return Err(DbError::Busy);
        }
        match self.tx {
            TxOf::MySql(t) => timed(t.commit()).await,
            TxOf::Sqlite(t) => timed(t.commit()).await,
        }
    }
}

impl Db {
    /// A pool for `config`. Nothing is connected yet, so a database that is down does not keep a service down.
    ///
    /// # Errors
    /// An address or a certificate file that cannot be read, or a data directory that cannot be made.
    pub fn open(database: &Database, config: &DatabaseConfig) -> Result<Self, sqlx::Error> {
        let acquire_timeout = Duration::from_millis(config.acquire_timeout_ms);
        match database {
            Database::MySqlUrl(url) => {
                let options = url.reveal().parse::<MySqlConnectOptions>()?;
                Ok(Self::mysql(&options, config))
            }
            Database::MySql(mysql) => Ok(Self::mysql(&mysql_options(mysql)?, config)),
            Database::Sqlite(path) => {
                if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                    std::fs::create_dir_all(folder)?;
                }
                let options = sqlite_options(path);
                let readers = config.max_connections.clamp(1, SQLITE_MAX_READERS);
                Ok(Self::Sqlite(Pools {
                    writers: sqlite_pool(options.clone(), 1, acquire_timeout.max(SQLITE_TURN)),
                    readers: sqlite_pool(options.pragma("query_only", "1"), readers, acquire_timeout),
                }))
            }
        }
    }

    fn mysql(options: &MySqlConnectOptions, config: &DatabaseConfig) -> Self {
        let acquire_timeout = Duration::from_millis(config.acquire_timeout_ms);
        let pool = || mysql_pool(options.clone(), config.max_connections, acquire_timeout);
        Self::MySql(Pools { writers: pool(), readers: pool() })
    }

    /// A connection for reading. At most one a request.
    ///
    /// # Errors
    /// The database cannot be reached, or all connections stay busy.
    pub async fn read(&self) -> Result<Lease, DbError> {
        Ok(Lease(match self {
            Self::MySql(pools) => LeaseOf::MySql(pools.readers.acquire().await?),
            Self::Sqlite(pools) => LeaseOf::Sqlite(pools.readers.acquire().await?),
        }))
    }

    /// A write transaction: READ COMMITTED on MySQL; on SQLite it holds the only write lock from its beginning,
    /// because a lock taken halfway fails when somebody else wrote in between.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn begin(&self) -> Result<Tx, DbError> {
        let tx = match self {
            Self::MySql(pools) => TxOf::MySql(pools.begin("BEGIN").await?),
            Self::Sqlite(pools) => TxOf::Sqlite(pools.begin("BEGIN IMMEDIATE").await?),
        };
        Ok(Tx { tx, began: Instant::now() })
    }

    /// Brings the schema up to date. Harmless when it is, and when two processes do it at once.
    ///
    /// # Errors
    /// The database cannot be reached, or a migration failed.
    pub async fn migrate(&self) -> Result<(), sqlx::migrate::MigrateError> {
        match self {
            Self::MySql(pools) => tolerant(&MYSQL_MIGRATIONS).run(&pools.writers).await,
            Self::Sqlite(pools) => tolerant(&SQLITE_MIGRATIONS).run(&pools.writers).await,
        }
    }

    /// How many known migrations have not been applied; migrations that only a newer binary knows do not count.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn pending_migrations(&self) -> Result<usize, sqlx::Error> {
        let known = match self {
            Self::MySql(_) => &MYSQL_MIGRATIONS,
            Self::Sqlite(_) => &SQLITE_MIGRATIONS,
        };
        let applied = self.applied_migrations().await?;
        Ok(known.iter().filter(|migration| !applied.contains(&migration.version)).count())
    }

    async fn applied_migrations(&self) -> Result<Vec<i64>, sqlx::Error> {
        const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success";
        let found = match self {
            Self::MySql(pools) => sqlx::query_scalar(APPLIED).fetch_all(&pools.readers).await,
            Self::Sqlite(pools) => sqlx::query_scalar(APPLIED).fetch_all(&pools.readers).await,
        };
        match found {
            Err(error) if is_missing_table(&error) => Ok(Vec::new()),
            other => other,
        }
    }

    /// What is wrong, in one line. A pool that gave up waiting does not say why, so one connection is tried
    /// without it.
    pub async fn diagnose(&self, error: &sqlx::Error, place: &str) -> String {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            let tried = match self {
                Self::MySql(pools) => {
                    tokio::time::timeout(DIAGNOSIS_TIMEOUT, pools.readers.connect_options().connect()).await
                }
                Self::Sqlite(_) => return describe(error, place),
            };
            return match tried {
                Ok(Err(error)) => describe(&error, place),
                Ok(Ok(connection)) => {
                    // It is there after all; the pool will find it.
                    let _ = connection.close().await;
                    format!("{place}: all connections are busy")
                }
                Err(_) => format!("{place} does not answer"),
            };
        }
        describe(error, place)
    }

    /// Sets the pool gauges.
    pub fn record_gauges(&self) {
        let (size, idle) = match self {
            Self::MySql(pools) => pools.gauges(),
            Self::Sqlite(pools) => pools.gauges(),
        };
        metrics::gauge!("db_pool_connections", "state" => "open").set(f64::from(size));
        metrics::gauge!("db_pool_connections", "state" => "idle")
            .set(f64::from(u32::try_from(idle).unwrap_or(u32::MAX)));
    }

    /// Says goodbye to the database.
    pub async fn close(&self) {
        match self {
            Self::MySql(pools) => pools.close().await,
            Self::Sqlite(pools) => pools.close().await,
        }
    }
}

/// A rolled-back binary must accept the schema of a newer one.
fn tolerant(migrator: &Migrator) -> Migrator {
    let mut migrator = Migrator { migrations: migrator.migrations.clone(), ..Migrator::DEFAULT };
    migrator.set_ignore_missing(true);
    migrator
}
