//! HTTP: handlers and wire types, one file a noun. A handler reads its parameters into domain types, asks the
//! store, and turns what it gets into a view.

pub mod availability;
pub mod bodies;
pub mod cursor;
pub mod customer;
pub mod diagnostics;
pub mod error;
pub mod etag;
pub mod events;
pub mod hardware;
pub mod idempotency;
pub mod import_views;
pub mod params;
pub mod reading;
pub mod refusal;
pub mod reservations;
pub mod series;
pub mod tasks;
pub mod views;

use std::sync::Arc;

use chassis::Clock;
use chrono_tz::Tz;

use crate::{db::Db, domain::present::Present, storage::Storage};

/// Who changes things, while there is no sign-in.
pub const ANONYMOUS: &str = "anonymous";

/// What every handler may use.
#[derive(Clone, Debug)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The zone of wall-clock times for which nobody names one.
    pub tz: Tz,
    /// Bytes of one CSV upload at most.
    pub max_import_bytes: u64,
    /// How the customer is greeted, if it is known.
    pub salutation: Option<String>,
    /// Where the diagnostic upload goes.
    pub storage: Storage,
    /// For how long overdue units are taken to stay away, in seconds.
    pub overdue_grace_s: i64,
}

impl Context {
    /// Now, as every question about occupancy needs it.
    #[must_use]
    pub fn present(&self) -> Present {
        Present { now_s: self.clock.now_s(), grace_s: self.overdue_grace_s }
    }
}

/// The context, as handlers hold it.
pub type Shared = Arc<Context>;
