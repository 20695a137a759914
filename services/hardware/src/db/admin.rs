//! Schemas and users, as an administrator of MySQL makes them. Whatever is there already stays: every step can be done
//! again, by several at once.

use std::{io, time::Duration};

use chassis::config::Secret;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, MySqlConnection, mysql::MySqlConnectOptions,
};
use tokio::time::timeout;

use super::{
    error::{mysql_number, refuses_password},
    names::{SchemaName, UserName, text},
    options::{mysql_common, mysql_server},
};
use crate::config::MySqlConfig;

/// How long a server may take to let somebody in.
const CONNECT: Duration = Duration::from_secs(5);
/// How long another one who works on the same user is waited for, in seconds.
const TURN_S: u32 = 60;
/// As every table of the migrations has it: what differs in case or accents is not the same.
const COLLATION: &str = "utf8mb4_0900_bin";
/// Names and passwords are quoted by us, so nothing may change what a backslash means.
const SESSION: &str = "SET SESSION sql_mode = ''";
const SCHEMA_EXISTS: u16 = 1007;
const USER_EXISTS: u16 = 1396;
const NO_SUCH_USER: u16 = 1396;
/// The former password is empty, or of another plugin.
const CANNOT_RETAIN: [u16; 3] = [3878, 3894, 3895];

/// A connection that may make schemas and users.
#[derive(Debug)]
pub struct Admin {
    conn: MySqlConnection,
    server: Server,
    /// Whether `_` stands for any character in a GRANT.
    wildcards: bool,
}

/// Where the server is, and how to get there.
struct Server(MySqlConnectOptions);

// Not derived: the driver's options would print the password.
impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.get_host())
    }
}

/// What was done about a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaFound {
    /// It is new.
    Created,
    /// It was there.
    There,
    /// It was there, and tables made without a collation got this one.
    Collated(String),
}

/// What was done about a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordSet {
    /// It is good already.
    Good,
    /// It is new; the former one is good as well, until it is discarded.
    Changed,
    /// It is new, and the former one could not be kept: it was empty, or of another kind.
    Replaced,
}

impl Admin {
    /// Connects, with no schema.
    ///
    /// # Errors
    /// The server cannot be reached, or refuses the administrator.
    pub async fn connect(config: &MySqlConfig) -> Result<Self, sqlx::Error> {
        // A statement holds a password now and then: none is logged, however slow.
        let server = Server(mysql_common(mysql_server(config)?).disable_statement_logging());
        let mut conn = open(&server.0).await?;
        conn.execute(SESSION).await?;
        let partial_revokes: bool =
            sqlx::query_scalar("SELECT @@global.partial_revokes").fetch_one(&mut conn).await?;
        Ok(Self { conn, server, wildcards: !partial_revokes })
    }

    /// Says goodbye.
    pub async fn close(self) {
        let _ = timeout(CONNECT, self.conn.close()).await;
    }

    pub(super) fn conn(&mut self) -> &mut MySqlConnection {
        &mut self.conn
    }

    /// The schema as a GRANT has to name it here.
    pub(super) fn pattern(&self, schema: &SchemaName) -> String {
        schema.pattern(self.wildcards)
    }

    pub(super) async fn execute(&mut self, sql: String) -> Result<(), sqlx::Error> {
        self.conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map(|_| ())
    }

    /// Makes the schema.
    ///
    /// # Errors
    /// The administrator lacks the right to.
    pub async fn ensure_schema(&mut self, schema: &SchemaName) -> Result<SchemaFound, sqlx::Error> {
        let sets = format!("{} CHARACTER SET utf8mb4 COLLATE {COLLATION}", schema.quoted());
        match self.execute(format!("CREATE DATABASE {sets}")).await {
            Ok(()) => return Ok(SchemaFound::Created),
            Err(error) if mysql_number(&error) == Some(SCHEMA_EXISTS) => {}
            Err(error) => return Err(error),
        }
        let sql = "SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?";
        let found: String = sqlx::query_scalar(sql).bind(schema.as_str()).fetch_one(&mut self.conn).await?;
        if found == COLLATION {
            return Ok(SchemaFound::There);
        }
        self.execute(format!("ALTER DATABASE {sets}")).await?;
        Ok(SchemaFound::Collated(found))
    }

    /// Waits until nobody else works on this user: two who retain the former password one after the other would both
    /// retain the new one.
    ///
    /// # Errors
    /// Somebody else takes longer than a minute.
    pub async fn take_turn(&mut self, user: &UserName) -> Result<(), sqlx::Error> {
        let name = format!("toolcrib_user_{}", user.as_str());
        let sql = "SELECT GET_LOCK(?, ?)";
        let got: Option<i64> =
            sqlx::query_scalar(sql).bind(name).bind(TURN_S).fetch_one(&mut self.conn).await?;
        if got == Some(1) {
            return Ok(());
        }
        Err(io::Error::other(format!("another process works on user {}", user.as_str())).into())
    }

    /// Makes the user, who may do nothing yet. Whether it is new.
    ///
    /// # Errors
    /// The administrator lacks the right to, or the server finds the password too weak.
    pub async fn create_user(&mut self, user: &UserName, password: &Secret) -> Result<bool, sqlx::Error> {
        match self.execute(format!("CREATE USER {}", identified(user, password))).await {
            Err(error) if mysql_number(&error) == Some(USER_EXISTS) => Ok(false),
            other => other.map(|()| true),
        }
    }

    /// Gives the user this password unless it is good already. Who runs with the former one goes on.
    ///
    /// # Errors
    /// There is no such user, or the administrator lacks the right to.
    pub async fn set_password(
        &mut self,
        user: &UserName,
        password: &Secret,
    ) -> Result<PasswordSet, sqlx::Error> {
        if self.logs_in(user, password).await? {
            return Ok(PasswordSet::Good);
        }
        let alter = format!("ALTER USER {}", identified(user, password));
        match self.execute(format!("{alter} RETAIN CURRENT PASSWORD")).await {
            Err(error) if mysql_number(&error).is_some_and(|number| CANNOT_RETAIN.contains(&number)) => {
                self.execute(alter).await?;
                Ok(PasswordSet::Replaced)
            }
            other => other.map(|()| PasswordSet::Changed),
        }
    }

    /// Whether the user gets in with this password, be it the newer or the older of two.
    ///
    /// # Errors
    /// It is neither yes nor no: an account that is locked, a server that went away.
    pub async fn logs_in(&self, user: &UserName, password: &Secret) -> Result<bool, sqlx::Error> {
        let options = self.server.0.clone().username(user.as_str()).password(password.reveal());
        match open(&options).await {
            Ok(conn) => {
                let _ = timeout(CONNECT, conn.close()).await;
                Ok(true)
            }
            Err(error) if refuses_password(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes the other one of two passwords worthless; harmless when there is one only. `kept`, which has to be good, is
    /// the one that stays, also where it is the older.
    ///
    /// # Errors
    /// There is no such user, or the administrator lacks the right to.
    pub async fn discard(&mut self, user: &UserName, kept: Option<&Secret>) -> Result<(), sqlx::Error> {
        if let Some(kept) = kept {
            // First the newer one becomes it, and only then the older one goes: it is good all the time.
            self.execute(format!("ALTER USER {}", identified(user, kept))).await?;
        }
        self.execute(format!("ALTER USER {} DISCARD OLD PASSWORD", user.quoted())).await
    }
}

/// Whether the user that a statement names does not exist.
#[must_use]
pub fn is_missing_user(error: &sqlx::Error) -> bool {
    mysql_number(error) == Some(NO_SUCH_USER)
}

fn identified(user: &UserName, password: &Secret) -> String {
    format!("{} IDENTIFIED WITH caching_sha2_password BY {}", user.quoted(), text(password.reveal()))
}

async fn open(options: &MySqlConnectOptions) -> Result<MySqlConnection, sqlx::Error> {
    let late = || Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time").into());
    timeout(CONNECT, options.connect()).await.unwrap_or_else(|_| late())
}
