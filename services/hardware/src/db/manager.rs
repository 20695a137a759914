//! How a pool makes connections, and when it trusts one again.

use std::{
    fmt::Debug,
    future::Future,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
    time::{Duration, Instant},
};

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use sqlx::Connection;

use super::link::{Abandoned, Link};

/// A connection that rested longer than this is asked whether it still lives before it is used.
const TRUSTED_REST: Duration = Duration::from_secs(1);
/// What a connection is asked for, at most.
const LIFETIME: Duration = Duration::from_secs(30 * 60);
/// Connections made together do not end together: up to so many seconds earlier.
const LIFETIME_JITTER_S: u64 = 3 * 60;
/// A connection that nobody needed for so long is closed.
const MAX_REST: Duration = Duration::from_secs(10 * 60);

/// What the connections of a pool are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To look.
    Read,
    /// To change something.
    Write,
}

/// What differs between the two databases.
pub trait Kind: Connection + Sized + Sync + 'static {
    /// Whether it is a file beside us: it neither goes away nor forgets us.
    const EMBEDDED: bool;
    /// What it takes to make one.
    type Login: Debug + Send + Sync;

    /// A new connection, told all that every one of them is told first. It stops working once `abandoned` is set.
    fn establish(
        login: &Self::Login,
        abandoned: Arc<AtomicBool>,
    ) -> impl Future<Output = Result<Self, sqlx::Error>> + Send;

    /// Whether it is still of use.
    fn serves(&mut self, purpose: Purpose) -> impl Future<Output = Result<bool, sqlx::Error>> + Send;

    /// Runs a statement that gives nothing back.
    fn say(&mut self, sql: &'static str) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
}

/// What a pool knows of its connections.
#[derive(Debug)]
pub struct Manager<C: Kind> {
    login: C::Login,
    purpose: Purpose,
    /// How long a connection may take to say that it lives.
    patience: Duration,
    /// When one was last found to be of no use; those that rested then are no better.
    distrust: Mutex<Option<Instant>>,
    alive: Arc<()>,
}

impl<C: Kind> Manager<C> {
    pub(super) fn new(login: C::Login, purpose: Purpose, patience: Duration) -> Self {
        Self { login, purpose, patience, distrust: Mutex::default(), alive: Arc::default() }
    }

    pub(super) fn login(&self) -> &C::Login {
        &self.login
    }

    /// Those that rest now are not used again: what ended one has ended them too, or is about to.
    pub(super) fn distrust_resting(&self) {
        *self.distrust.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn distrusts(&self, link: &Link<C>) -> bool {
        let since = *self.distrust.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| link.rests_since() <= since)
    }

    /// Whether one that rests is to be closed: nobody needs it, or it can no longer be used.
    pub(super) fn is_due(&self, link: &Link<C>) -> bool {
        !C::EMBEDDED && (link.is_old() || link.rests_since().elapsed() > MAX_REST || self.distrusts(link))
    }

    /// How many connections are not closed yet.
    pub(super) fn alive(&self) -> usize {
        Arc::strong_count(&self.alive) - 1
    }
}

impl<C: Kind> managed::Manager for Manager<C> {
    type Type = Link<C>;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Link<C>, sqlx::Error> {
        let abandoned = Abandoned::default();
        let conn = C::establish(&self.login, abandoned.flag()).await?;
        let lifetime = LIFETIME - Duration::from_secs(rand::random_range(0..=LIFETIME_JITTER_S));
        let dies_at = (!C::EMBEDDED).then(|| Instant::now() + lifetime);
        Ok(Link::new(conn, abandoned, dies_at, self.alive.clone()))
    }

    async fn recycle(&self, link: &mut Link<C>, _: &Metrics) -> RecycleResult<sqlx::Error> {
        if !link.is_clean() || self.distrusts(link) {
            return Err(RecycleError::message("given up"));
        }
        if C::EMBEDDED || link.rests_since().elapsed() < TRUSTED_REST {
            return Ok(());
        }
        let asked = link.mark.guarded(self.patience, link.conn.serves(self.purpose)).await;
        if asked.as_ref().is_ok_and(|serves| *serves) {
            return Ok(());
        }
        self.distrust_resting();
        Err(RecycleError::message("of no use"))
    }
}
