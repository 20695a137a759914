//! Connections, apart by what they are for.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use deadpool::managed::{self, PoolConfig, PoolError, QueueMode, WeakPool};
use futures_util::future::join_all;
use tokio::{
    runtime::Handle,
    time::{sleep, timeout},
};

use super::{
    DbError,
    held::Held,
    manager::{Kind, Manager, Purpose},
    statement::LIMIT,
};

/// A connection that rested may take so long to say that it lives; half of the wait for one, if that is less.
const MAX_PATIENCE: Duration = Duration::from_secs(1);
/// How often those that rest are looked through.
const TIDY_EVERY: Duration = Duration::from_secs(30);
/// How long a pool that is closed waits for who is still at work.
const CLOSING: Duration = Duration::from_secs(5);
const CLOSING_LOOK: Duration = Duration::from_millis(5);

/// Connections to one database for one purpose, made when they are needed.
#[derive(Debug)]
pub struct Pool<C: Kind> {
    inner: managed::Pool<Manager<C>>,
    acquire_timeout: Duration,
}

// Not derived: that would ask the connection to be cloned.
impl<C: Kind> Clone for Pool<C> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), acquire_timeout: self.acquire_timeout }
    }
}

impl<C: Kind> Pool<C> {
    pub(super) fn new(
        login: C::Login,
        purpose: Purpose,
        max: u32,
        acquire_timeout: Duration,
    ) -> Result<Self, sqlx::Error> {
        let manager = Manager::new(login, purpose, MAX_PATIENCE.min(acquire_timeout / 2));
        let mut config = PoolConfig::new(usize::try_from(max).unwrap_or(usize::MAX));
        // The same few are used while that is enough, and the others come to their end.
        config.queue_mode = QueueMode::Lifo;
        let built = managed::Pool::builder(manager).config(config).build();
        let inner = built.map_err(|error| sqlx::Error::Configuration(error.into()))?;
        if let (false, Ok(runtime)) = (C::EMBEDDED, Handle::try_current()) {
            runtime.spawn(tidy(inner.weak()));
        }
        Ok(Self { inner, acquire_timeout })
    }

    /// A connection; one that rested too long to be trusted is asked first, and replaced where it does not answer.
    pub(super) async fn get(&self) -> Result<Held<C>, sqlx::Error> {
        match timeout(self.acquire_timeout, self.inner.get()).await {
            Ok(Ok(object)) => Ok(Held::new(object).await),
            Ok(Err(PoolError::Backend(error))) => Err(error),
            Ok(Err(PoolError::Closed)) => Err(sqlx::Error::PoolClosed),
            Ok(Err(_)) | Err(_) => Err(sqlx::Error::PoolTimedOut),
        }
    }

    /// A connection beside the pool, to hear why it has none to give.
    pub(super) async fn attempt(&self) -> Result<C, sqlx::Error> {
        C::establish(self.inner.manager().login(), Arc::default()).await
    }

    async fn close(&self) {
        let resting = self.inner.retain(|_, _| false).removed;
        self.inner.close();
        join_all(resting.into_iter().map(super::link::Link::close)).await;
        let at_work = async {
            while self.inner.manager().alive() > 0 {
                sleep(CLOSING_LOOK).await;
            }
        };
        let _ = timeout(CLOSING, at_work).await;
    }
}

/// Closes what nobody needs, as long as there is a pool.
async fn tidy<C: Kind>(pool: WeakPool<Manager<C>>) {
    loop {
        sleep(TIDY_EVERY).await;
        let Some(pool) = pool.upgrade() else { return };
        let due = pool.retain(|link, _| !pool.manager().is_due(link)).removed;
        join_all(due.into_iter().map(super::link::Link::close)).await;
    }
}

/// Writers wait for each other's locks; readers, and whoever asks whether the database is there, must not wait
/// behind them for a connection.
#[derive(Debug)]
pub struct Pools<C: Kind> {
    pub(super) writers: Pool<C>,
    pub(super) readers: Pool<C>,
    /// How often something changed, as far as this process knows.
    pub(super) changes: Arc<AtomicU64>,
}

impl<C: Kind> Clone for Pools<C> {
    fn clone(&self) -> Self {
        Self { writers: self.writers.clone(), readers: self.readers.clone(), changes: self.changes.clone() }
    }
}

impl<C: Kind> Pools<C> {
    pub(super) fn new(writers: Pool<C>, readers: Pool<C>) -> Self {
        Self { writers, readers, changes: Arc::default() }
    }

    /// A write transaction. That all connections are at work is no sign of trouble: then it is worth another try.
    pub(super) async fn begin(&self, how: &'static str) -> Result<Held<C>, DbError> {
        let got = self.writers.get().await;
        let status = self.writers.inner.status();
        let mut held = match got {
            Err(sqlx::Error::PoolTimedOut) if status.size >= status.max_size && status.available == 0 => {
                return Err(DbError::Busy);
            }
            other => other?,
        };
        held.say(how, LIMIT).await?;
        held.parts().1.set_in_transaction(true);
        Ok(held)
    }

    /// How many connections there are, and how many of them rest.
    pub(super) fn gauges(&self) -> (usize, usize) {
        let (writers, readers) = (self.writers.inner.status(), self.readers.inner.status());
        (writers.size + readers.size, writers.available + readers.available)
    }

    pub(super) async fn close(&self) {
        tokio::join!(self.readers.close(), self.writers.close());
    }
}
