//! How connections are made, and what every one of them is told first.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use sqlx::{
    ConnectOptions, Connection, Executor, MySqlConnection, SqliteConnection, sqlite::SqliteConnectOptions,
};

use super::{
    login::Login,
    manager::{Kind, Purpose},
};

/// Checked and locked rows must be the newest ones; and a lock is worth 3 s of waiting, not 50.
const MYSQL_SESSION: &str =
    "SET SESSION transaction_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = 3";
/// A primary that was made a replica still answers.
const MYSQL_MAY_WRITE: &str = "SELECT @@global.innodb_read_only, @@global.read_only";

/// How many steps of a statement are done between two looks whether anybody still waits for it: some 0.1 ms.
const SQLITE_STEPS: i32 = 10_000;

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
