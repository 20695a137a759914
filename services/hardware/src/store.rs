//! All SQL: constants on top of each file, functions below. Functions take a [`crate::db::Conn`], know the
//! domain's types, and fail with [`StoreError`] alone.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use crate::{
    db::{DbError, Statement},
    domain::Invalid,
};

pub mod act;
pub mod booking;
pub mod catalogue;
pub mod catalogue_import;
pub mod claim_change;
pub mod claims;
pub mod events;
pub mod facets;
pub mod hardware;
pub mod hardware_change;
pub mod idempotency;
pub mod locks;
pub mod next;
pub mod refusals;
pub mod reservation_actions;
pub mod reservation_change;
pub mod reservation_create;
pub mod reservation_import;
pub mod reservation_rows;
pub mod reservations;
pub mod risks;
pub mod search;
pub mod series;
pub mod task_change;
pub mod task_create;
pub mod tasks;
pub mod verify;

pub use self::act::Expected;
use self::refusals::{Refusal, Shortfall};

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
        claim_change::STATEMENTS,
        idempotency::STATEMENTS,
        locks::STATEMENTS,
        refusals::STATEMENTS,
        reservation_import::STATEMENTS,
        reservation_rows::STATEMENTS,
        reservations::STATEMENTS,
        series::STATEMENTS,
        task_change::STATEMENTS,
        task_create::STATEMENTS,
        tasks::STATEMENTS,
        &verify::statements(),
    ]
    .concat()
}

/// What can go wrong below the API. [`crate::api::error`] turns it into an answer, in one place.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such row.
    #[error("there is no such {0}")]
    NotFound(&'static str),
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
    /// Something wanted is not free; not explained yet.
    #[error("not free")]
    Short(Box<Shortfall>),
    /// Something wanted is not free, and why.
    #[error("not free")]
    Refused(Box<Refusal>),
    /// The state does not allow it.
    #[error("it is {state}: {why}")]
    WrongState {
        /// The state there is.
        state: &'static str,
        /// Why it does not, and what would be right.
        why: String,
    },
    /// An idempotency key that was used for something else.
    #[error("the key was used for something else")]
    KeyReused,
    /// The database itself.
    #[error(transparent)]
    Db(#[from] DbError),
}

const ATTEMPTS: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(10);
/// After this long nothing is tried again: somebody is waiting for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Does `work` again, a few times with growing pauses, while the database says that it is busy: deadlock
/// victims and lock waits are the database's business, not the caller's.
///
/// # Errors
/// The last attempt's.
pub async fn retrying<T, F: Future<Output = Result<T, StoreError>>>(
    mut work: impl FnMut() -> F,
) -> Result<T, StoreError> {
    let began = Instant::now();
    let mut pause = FIRST_PAUSE;
    for _ in 1..ATTEMPTS {
        match work().await {
            Err(StoreError::Db(DbError::Busy)) if began.elapsed() < PATIENCE => {
                tokio::time::sleep(jittered(pause)).await
            }
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
