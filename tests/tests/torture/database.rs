//! The database under the two processes, and a look into it past the API.

use sqlx::{
    Connection, FromRow, MySqlConnection, SqliteConnection,
    mysql::{MySqlConnectOptions, MySqlRow},
    sqlite::{SqliteConnectOptions, SqliteRow},
};
use system_tests::{
    Settings,
    mysql::{Account, Server, shared},
};
use tempfile::TempDir;

use crate::checker::{Claim, Hardware, Stock};

/// Of what is archived there is nothing to be had.
const STOCK: &str =
    "SELECT id, CASE WHEN archived_id = 0 THEN capacity ELSE 0 END AS capacity, buffer_s FROM hardware";
const CLAIMS: &str = "SELECT hardware_id, starts_at, blocked_until, qty FROM claim";

#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Sqlite,
    MySql,
}

pub enum Database {
    /// One file in a folder, which both processes open.
    Sqlite(TempDir),
    /// A schema of our own, on the server that all tests share or on one that may be killed.
    MySql(Account),
}

impl Database {
    pub async fn new(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => Self::Sqlite(tempfile::tempdir().unwrap()),
            Kind::MySql => Self::at(shared().await).await,
        }
    }

    pub async fn at(server: &Server) -> Self {
        Self::MySql(server.account("12345").await)
    }

    pub fn settings(&self) -> Settings {
        match self {
            Self::Sqlite(folder) => Settings::sqlite(folder.path()),
            Self::MySql(account) => account.settings(),
        }
    }

    /// All rows of a question that both databases understand.
    pub async fn rows<T>(&self, sql: &'static str) -> Vec<T>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, MySqlRow> + Send + Unpin,
    {
        match self {
            Self::Sqlite(folder) => {
                let file = SqliteConnectOptions::new().filename(folder.path().join("hardware.db"));
                let mut connection = SqliteConnection::connect_with(&file).await.unwrap();
                sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap()
            }
            Self::MySql(Account { host, port, name, password }) => {
                let options = MySqlConnectOptions::new().host(host).port(*port).username(name);
                let options = options.password(password).database(name);
                let mut connection = MySqlConnection::connect_with(&options).await.unwrap();
                sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap()
            }
        }
    }

    /// What there is, as the database has it.
    pub async fn stock(&self) -> Stock {
        let hardware = |(id, capacity, buffer)| (id, Hardware { capacity, buffer });
        self.rows(STOCK).await.into_iter().map(hardware).collect()
    }

    /// What is taken, as the database has it.
    pub async fn claims(&self) -> Vec<Claim> {
        let claim = |(hardware, from, until, qty)| Claim { hardware, from, until, qty };
        self.rows(CLAIMS).await.into_iter().map(claim).collect()
    }
}
