//! What the drivers' errors mean: to a statement, and to an operator.

use sqlx::mysql::MySqlDatabaseError;

/// What can go wrong between us and the database.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Somebody else held a lock, or was the victim chosen before us: worth another try.
    #[error("the database is busy")]
    Busy,
    /// The database cannot be reached or cannot work now.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// A statement of ours is wrong, or a row was refused.
    #[error("a statement failed")]
    Broken(#[source] sqlx::Error),
}

/// A deadlock's victim, a lock not given in time.
const MYSQL_BUSY: [u16; 2] = [1205, 1213];
/// A server that is full or not ours: too many connections (two), a full disk (two), access denied (two), unknown
/// database.
const MYSQL_GONE: [u16; 7] = [1040, 1203, 1021, 1114, 1045, 1044, 1049];
/// A server that is going or may not write any more: shutdown, read-only (three kinds), offline, and one that has hung
/// up. The next connection may lead to another one.
const MYSQL_LEAVING: [u16; 6] = [1053, 1290, 1792, 1836, 3032, 4031];
/// Too many connections, a shutdown, offline.
const MYSQL_STARTING: [u16; 3] = [1040, 1053, 3032];
/// BUSY and LOCKED.
const SQLITE_BUSY: [u32; 2] = [5, 6];
/// READONLY, IOERR, FULL and CANTOPEN.
const SQLITE_GONE: [u32; 4] = [8, 10, 13, 14];

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        let (busy, gone) = match (mysql_error(&error).map(MySqlDatabaseError::number), sqlite_code(&error)) {
            (Some(number), _) => {
                let gone = MYSQL_GONE.contains(&number) || MYSQL_LEAVING.contains(&number);
                (MYSQL_BUSY.contains(&number), gone)
            }
            (None, Some(code)) => (SQLITE_BUSY.contains(&code), SQLITE_GONE.contains(&code)),
            (None, None) => (false, is_lost(&error)),
        };
        match (busy, gone) {
            (true, _) => Self::Busy,
            (_, true) => Self::Unavailable(error.to_string()),
            _ => Self::Broken(error),
        }
    }
}

impl DbError {
    /// Whether a row was refused because another has the same key.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        let Self::Broken(error) = self else { return false };
        error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
    }
}

/// Errors that no server sent: the way to it is broken.
fn is_lost(error: &sqlx::Error) -> bool {
    use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
    matches!(error, PoolTimedOut | PoolClosed | WorkerCrashed | Io(_) | Tls(_) | Protocol(_))
}

/// Whether the connection that gave this error is as good as before: the database has answered, and only said no.
pub(super) fn keeps_connection(error: &sqlx::Error) -> bool {
    use sqlx::Error::{ColumnDecode, Database, Decode, Encode, RowNotFound};
    match error {
        Database(_) => match (mysql_error(error).map(MySqlDatabaseError::number), sqlite_code(error)) {
            (Some(number), _) => !MYSQL_LEAVING.contains(&number),
            // A file that was exchanged or could not be read may do better when it is opened anew.
            (None, code) => code.is_none_or(|code| !SQLITE_GONE.contains(&code)),
        },
        RowNotFound | ColumnDecode { .. } | Decode(_) | Encode(_) => true,
        _ => false,
    }
}

fn mysql_error(error: &sqlx::Error) -> Option<&MySqlDatabaseError> {
    error.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>()
}

/// SQLite's primary result code; its extended codes carry it in their lowest byte.
fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let extended: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}

/// The number of MySQL's own error.
pub(super) fn mysql_number(error: &sqlx::Error) -> Option<u16> {
    mysql_error(error).map(MySqlDatabaseError::number)
}

/// Whether it was the password, or the user, that did not suit.
pub(super) fn refuses_password(error: &sqlx::Error) -> bool {
    mysql_number(error) == Some(1045)
}

/// Whether nobody is there to ask, or not yet: a server that starts may come to take connections.
#[must_use]
pub fn is_away(error: &sqlx::Error) -> bool {
    match mysql_number(error) {
        Some(number) => MYSQL_STARTING.contains(&number),
        None => matches!(error, sqlx::Error::Io(io) if io.kind() != std::io::ErrorKind::InvalidData),
    }
}

pub(super) fn is_missing_table(error: &sqlx::Error) -> bool {
    let Some(error) = error.as_database_error() else { return false };
    error.code().as_deref() == Some("42S02") || error.message().starts_with("no such table")
}

/// What is wrong with the database, in one line for an operator.
#[must_use]
pub fn describe(error: &sqlx::Error, place: &str) -> String {
    if let Some(mysql) = mysql_error(error) {
        return match mysql.number() {
            1045 => format!("{place} refuses the password: {}", mysql.message()),
            1044 | 1142 | 1227 => format!("{place}: the user lacks rights: {}", mysql.message()),
            1049 => format!("{place} has no such database: {}", mysql.message()),
            _ => format!("{place}: {}", mysql.message()),
        };
    }
    match error {
        sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::ConnectionRefused => {
            format!("{place} refuses connections: is it running?")
        }
        sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::TimedOut => {
            format!("{place} does not answer")
        }
        sqlx::Error::Io(io) if is_unknown_host(io) => format!("{place}: unknown host: {io}"),
        sqlx::Error::PoolTimedOut => format!("{place} does not answer, or all connections are busy"),
        other => format!("{place}: {other}{}", hint(&other.to_string())),
    }
}

/// What to do about a certificate that is not accepted.
fn hint(told: &str) -> &'static str {
    if told.contains("UnknownIssuer") {
        return "; MYSQL_SSL_CA must hold the authority that signed the server's certificate";
    }
    if told.contains("not valid for name") || told.contains("NotValidForName") {
        return "; MYSQL_HOST must be a name that the server's certificate is made out to";
    }
    ""
}

fn is_unknown_host(error: &std::io::Error) -> bool {
    let text = error.to_string();
    text.contains("lookup address") || text.contains("Name or service not known") || text.contains("resolve")
}
