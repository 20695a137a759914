//! The database: MySQL in production, SQLite embedded. Only this module names a driver.
//!
//! One text for both: a [`Statement`] holds the SQL of each dialect (mostly the same), and [`on_conn!`] compiles
//! one body per driver. What the compiler cannot check, tests do: every statement is prepared on both.

mod admin;
mod conn;
mod connect;
mod error;
mod held;
mod link;
mod login;
mod manager;
mod names;
mod options;
mod pools;
mod rights;
mod rows;
mod schema;
mod snapshot;
mod statement;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::{Connection, MySqlConnection, SqliteConnection, mysql::MySqlConnectOptions};

pub use self::{
    admin::{Admin, PasswordSet, SchemaFound, is_missing_user},
    conn::{Conn, GAP_S, Lease, Tx},
    error::{DbError, describe, is_away},
    link::Mark,
    manager::Kind,
    names::{SchemaName, UserName},
    pools::Pools,
    rights::{Rights, WANTED},
    rows::Rows,
    snapshot::Snapshot,
    statement::Statement,
};
use self::{conn::Either, login::Login, manager::Purpose, options::sqlite_options, pools::Pool};
pub(crate) use self::{conn::Inserted, statement::on_conn};
use crate::config::{Database, DatabaseConfig};

/// How long one connection is tried to find out what is wrong.
const DIAGNOSIS_TIMEOUT: Duration = Duration::from_secs(3);
const SQLITE_MAX_READERS: u32 = 8;
/// How long a writer waits for its turn.
const SQLITE_TURN: Duration = Duration::from_secs(12);

/// Connections to one of the two databases.
#[derive(Clone, Debug)]
pub enum Db {
    /// MySQL 8.4 or later.
    MySql(Pools<MySqlConnection>),
    /// An embedded SQLite file: one writer, and readers that do not wait for it (WAL) and cannot write.
    Sqlite(Pools<SqliteConnection>),
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
                Self::mysql(&Login::fixed(url.reveal().parse::<MySqlConnectOptions>()?), config)
            }
            Database::MySql(mysql) => Self::mysql(&Login::of(mysql)?, config),
            Database::Sqlite(path) => {
                if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                    std::fs::create_dir_all(folder)?;
                }
                let options = sqlite_options(path);
                let readers = config.max_connections.clamp(1, SQLITE_MAX_READERS);
                let turn = acquire_timeout.max(SQLITE_TURN);
                let writers = Pool::new(options.clone(), Purpose::Write, 1, turn)?;
                let options = options.pragma("query_only", "1");
                let readers = Pool::new(options, Purpose::Read, readers, acquire_timeout)?;
                Ok(Self::Sqlite(Pools::new(writers, readers)))
            }
        }
    }

    fn mysql(login: &Login, config: &DatabaseConfig) -> Result<Self, sqlx::Error> {
        let acquire_timeout = Duration::from_millis(config.acquire_timeout_ms);
        let pool = |purpose| Pool::new(login.clone(), purpose, config.max_connections, acquire_timeout);
        Ok(Self::MySql(Pools::new(pool(Purpose::Write)?, pool(Purpose::Read)?)))
    }

    /// A connection for reading. At most one a request.
    ///
    /// # Errors
    /// The database cannot be reached, or all connections stay busy.
    pub async fn read(&self) -> Result<Lease, DbError> {
        Ok(Lease(self.reader().await?))
    }

    async fn reader(&self) -> Result<Either, sqlx::Error> {
        Ok(match self {
            Self::MySql(pools) => Either::MySql(pools.readers.get().await?),
            Self::Sqlite(pools) => Either::Sqlite(pools.readers.get().await?),
        })
    }

    /// A write transaction: READ COMMITTED on MySQL; on SQLite it holds the only write lock from its beginning,
    /// because a lock taken halfway fails when somebody else wrote in between.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn begin(&self) -> Result<Tx, DbError> {
        let held = match self {
            Self::MySql(pools) => Either::MySql(pools.begin("BEGIN").await?),
            Self::Sqlite(pools) => Either::Sqlite(pools.begin("BEGIN IMMEDIATE").await?),
        };
        Ok(Tx::new(held, self.counter().clone()))
    }

    /// How often something changed: by this process, or as [`Db::note_change`] was told. Read it before reading rows, and
    /// they are at least as new.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.counter().load(Ordering::SeqCst)
    }

    /// Somebody else changed something.
    pub fn note_change(&self) {
        self.counter().fetch_add(1, Ordering::SeqCst);
    }

    fn counter(&self) -> &Arc<AtomicU64> {
        match self {
            Self::MySql(pools) => &pools.changes,
            Self::Sqlite(pools) => &pools.changes,
        }
    }

    /// What is wrong, in one line. A pool that gave up waiting does not say why, so one connection is tried
    /// without it.
    pub async fn diagnose(&self, error: &sqlx::Error, place: &str) -> String {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            let tried = match self {
                Self::MySql(pools) => tokio::time::timeout(DIAGNOSIS_TIMEOUT, pools.readers.attempt()).await,
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
        let (open, idle) = match self {
            Self::MySql(pools) => pools.gauges(),
            Self::Sqlite(pools) => pools.gauges(),
        };
        let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        metrics::gauge!("db_pool_connections", "state" => "open").set(number(open));
        metrics::gauge!("db_pool_connections", "state" => "idle").set(number(idle));
    }

    /// Says goodbye to the database.
    pub async fn close(&self) {
        match self {
            Self::MySql(pools) => pools.close().await,
            Self::Sqlite(pools) => pools.close().await,
        }
    }
}
