//! One connection, and what is known of it.

use std::{
    future::Future,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::Connection;
use tokio::time::timeout;

use super::error::keeps_connection;

/// How long a server may take to hear that nobody will call again.
const GOODBYE: Duration = Duration::from_secs(2);

/// Whether a connection can be used again. Who talks to the database does it through [`Mark::guarded`].
#[derive(Debug)]
pub struct Mark {
    whole: bool,
    lost: bool,
    in_transaction: bool,
}

impl Mark {
    /// Does `work` on the marked connection, within `limit`. Whatever leaves it in doubt what the next answer on this
    /// connection belongs to (no answer in time, a broken way, `work` dropped in the middle) is the end of it.
    ///
    /// # Errors
    /// Those of `work`; that it took too long; that the connection had come to its end before.
    pub async fn guarded<T>(
        &mut self,
        limit: Duration,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        if !self.whole {
            return Err(io::Error::new(io::ErrorKind::NotConnected, "the connection was given up").into());
        }
        // Whoever drops this future leaves it so.
        self.whole = false;
        let late = || Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time").into());
        let done = timeout(limit, work).await.unwrap_or_else(|_| late());
        self.whole = done.as_ref().err().is_none_or(keeps_connection);
        self.lost = !self.whole;
        done
    }

    /// The connection is not to be used again, unless it comes through what is done with it now.
    pub(super) fn give_up(&mut self) {
        self.whole = false;
    }

    /// It came through.
    pub(super) fn renew(&mut self) {
        self.whole = true;
    }

    /// A transaction was begun, or has come to its end.
    pub(super) fn set_in_transaction(&mut self, in_transaction: bool) {
        self.in_transaction = in_transaction;
    }

    /// Whether it was the server, or the way to it, that ended it.
    pub(super) fn is_lost(&self) -> bool {
        self.lost
    }

    pub(super) fn in_transaction(&self) -> bool {
        self.in_transaction
    }
}

/// Set when nobody waits for a connection's answers any more.
#[derive(Debug, Default)]
pub(super) struct Abandoned(Arc<AtomicBool>);

impl Abandoned {
    pub(super) fn flag(&self) -> Arc<AtomicBool> {
        self.0.clone()
    }
}

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A connection as it lies in its pool.
#[derive(Debug)]
pub struct Link<C> {
    pub(super) conn: C,
    pub(super) mark: Mark,
    dies_at: Option<Instant>,
    rests_since: Instant,
    abandoned: Abandoned,
    /// As long as it lives; who closes a pool waits for all of them.
    alive: Arc<()>,
}

impl<C: Connection> Link<C> {
    pub(super) fn new(conn: C, abandoned: Abandoned, dies_at: Option<Instant>, alive: Arc<()>) -> Self {
        let mark = Mark { whole: true, lost: false, in_transaction: false };
        Self { conn, mark, dies_at, rests_since: Instant::now(), abandoned, alive }
    }

    /// Whether it can be given to somebody else as it is.
    pub(super) fn is_clean(&self) -> bool {
        self.mark.whole && !self.mark.in_transaction
    }

    /// Whether it has served long enough.
    pub(super) fn is_old(&self) -> bool {
        self.dies_at.is_some_and(|end| end <= Instant::now())
    }

    pub(super) fn rests(&mut self) {
        self.rests_since = Instant::now();
    }

    pub(super) fn rests_since(&self) -> Instant {
        self.rests_since
    }

    /// Closes it, and tells the server.
    pub(super) async fn close(self) {
        let Self { conn, abandoned, alive, .. } = self;
        let _ = timeout(GOODBYE, conn.close()).await;
        drop((abandoned, alive));
    }
}
