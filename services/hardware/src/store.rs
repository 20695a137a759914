//! All SQL: constants on top of each file, functions below. Functions take a [`crate::db::Conn`], know the
//! domain's types, and fail with [`StoreError`] alone.

use std::{future::Future, time::Duration};

use crate::{
    db::{Statement, mysql_error},
    domain::Invalid,
};

pub mod catalogue;
pub mod catalogue_import;
pub mod claims;
pub mod events;
pub mod facets;
pub mod hardware;
pub mod hardware_change;

/// Every statement there is, for the test that prepares each of them on both databases.
#[must_use]
pub fn statements() -> Vec<&'static Statement> {
    [
        hardware::STATEMENTS,
        facets::STATEMENTS,
        hardware_change::STATEMENTS,
        claims::STATEMENTS,
        events::STATEMENTS,
        catalogue_import::STATEMENTS,
    ]
    .concat()
}

/// What can go wrong below the API. [`crate::api::error`] turns it into an answer, in one place.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such row.
    #[error("not found")]
    NotFound,
    /// A live hardware has this provider and name already.
    #[error("hardware {id} has this provider and name already")]
    Duplicate {
        /// Which one; 0 when it is gone again.
        id: i64,
    },
    /// The change would make an impossible hardware.
    #[error("impossible values")]
    Impossible(Vec<Invalid>),
    /// The caller knows another version than the current one.
    #[error("the version is {current}")]
    VersionMismatch {
        /// The version there is.
        current: i64,
    },
    /// A capacity below what is booked already.
    #[error("{peak} units are booked, from {from} on")]
    BelowBooked {
        /// The largest number of units booked at one time from now on.
        peak: i64,
        /// Since when that many are; UTC epoch seconds.
        from: i64,
    },
    /// Somebody else held a lock, or was the victim chosen before us: worth another try.
    #[error("the database is busy")]
    Busy,
    /// The database cannot be reached or cannot work now.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// A statement of ours is wrong.
    #[error("a statement failed")]
    Broken(#[source] sqlx::Error),
}

/// MySQL's error numbers, and SQLite's extended codes, for "try again".
const BUSY: [&str; 6] = ["1205", "1213", "5", "261", "517", "6"];
/// MySQL's error numbers for a server that is going, read-only, full or not ours: shutdown, read-only (three
/// kinds), too many connections (two kinds), access denied (two kinds), unknown database.
const GONE: [&str; 9] = ["1053", "1290", "1792", "1836", "1040", "1203", "1045", "1044", "1049"];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let Some(code) = code(&error) else { return Self::without_code(error) };
        if BUSY.contains(&code.as_str()) {
            Self::Busy
        } else if GONE.contains(&code.as_str()) {
            Self::Unavailable(error.to_string())
        } else {
            Self::Broken(error)
        }
    }
}

impl StoreError {
    fn without_code(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_) => Self::Unavailable(error.to_string()),
            other => Self::Broken(other),
        }
    }

    /// Whether the row was refused because a live one has the same provider and name.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Broken(error) if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation))
    }
}

fn code(error: &sqlx::Error) -> Option<String> {
    match mysql_error(error) {
        Some(mysql) => Some(mysql.number().to_string()),
        None => error.as_database_error()?.code().map(std::borrow::Cow::into_owned),
    }
}

const ATTEMPTS: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// Does `work` again, a few times with growing pauses, while the database says that it is busy: deadlock
/// victims and lock waits are the database's business, not the caller's.
///
/// # Errors
/// The last attempt's.
pub async fn retrying<T, F: Future<Output = Result<T, StoreError>>>(
    mut work: impl FnMut() -> F,
) -> Result<T, StoreError> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..ATTEMPTS {
        match work().await {
            Err(StoreError::Busy) => tokio::time::sleep(jittered(pause)).await,
            other => return other,
        }
        pause *= 2;
    }
    work().await
}

/// Between half and all of `pause`, so that two who collided do not collide again.
fn jittered(pause: Duration) -> Duration {
    use std::hash::{BuildHasher, RandomState};
    let part = u32::try_from(RandomState::new().hash_one(pause) % 512).unwrap_or(0);
    pause / 2 + pause * part / 1_024
}
