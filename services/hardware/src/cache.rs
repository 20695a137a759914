//! Answers about availability, kept for a moment.
//!
//! What is free is asked far more often than it changes. An answer is kept for the published bound (`HARDWARE_CACHE_TTL`,
//! told in `Cache-Control` and `Age`), and sooner forgotten where the database says that something changed: a change by
//! this process at once, one by others when the head of the audit log is looked at next. Whoever asks while the answer is
//! being computed waits for it and gets the same one. A request with `Cache-Control: no-cache` is answered afresh, and a
//! booking never looks here.

mod directives;
mod entry;
mod key;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chassis::{Problem, health::Readiness};
use futures_util::FutureExt;
use poem::{
    Endpoint, IntoResponse, Request, Response, Result,
    http::{HeaderValue, StatusCode},
};
use tokio::sync::{OnceCell, watch};

use self::{
    directives::Directives,
    entry::{Age, Entry},
    key::Key,
};
use crate::{
    db::{Db, DbError},
    store::events::{self, Head},
};

/// Bytes of all kept answers at most.
const MAX_BYTES: u64 = 8 * 1_024 * 1_024;
/// What an entry costs besides its text.
const ENTRY_BYTES: usize = 2 * 1_024;
/// The head of the audit log is looked at this often, while answers are asked for.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// For how long answers may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// As if they were new.
    pub ttl: Duration,
    /// Marked as stale, while the database is away; zero: never.
    pub stale: Duration,
}

/// The kept answers.
pub struct AnswerCache {
    bounds: Bounds,
    /// What `Cache-Control` says of an answer that is kept.
    max_age: HeaderValue,
    db: Db,
    readiness: watch::Receiver<Readiness>,
    /// By what was asked, and after how many changes.
    fresh: moka::future::Cache<(u64, Key), Arc<Entry>>,
    last: moka::sync::Cache<Key, Arc<Entry>>,
    /// The head of the audit log before anything was kept.
    first_head: OnceCell<Head>,
    asked: AtomicBool,
}

impl AnswerCache {
    /// An empty cache in front of `db`; `None` where answers are kept for no time at all.
    #[must_use]
    pub fn new(bounds: Bounds, db: Db, readiness: watch::Receiver<Readiness>) -> Option<Arc<Self>> {
        if bounds.ttl.is_zero() && bounds.stale.is_zero() {
            return None;
        }
        let weight = |entry: &Arc<Entry>| u32::try_from(entry.bytes() + ENTRY_BYTES).unwrap_or(u32::MAX);
        let fresh = moka::future::Cache::builder()
            .max_capacity(MAX_BYTES)
            .weigher(move |_, entry| weight(entry))
            .time_to_live(bounds.ttl)
            .build();
        let last = moka::sync::Cache::builder()
            .max_capacity(if bounds.stale.is_zero() { 0 } else { MAX_BYTES })
            .weigher(move |_, entry| weight(entry))
            .time_to_live(bounds.stale)
            .build();
        Some(Arc::new(Self {
            bounds,
            max_age: entry::max_age(bounds.ttl),
            db,
            readiness,
            fresh,
            last,
            first_head: OnceCell::new(),
            asked: AtomicBool::new(false),
        }))
    }

    /// The answer, if it can be given at once.
    #[must_use]
    pub fn at_hand(&self, request: &Request) -> Option<Response> {
        let key = Key::of(request)?;
        let directives = Directives::of(request.headers());
        if directives.afresh || !self.is_ready() {
            return None;
        }
        let entry = self.fresh.get(&(self.db.changes(), key)).now_or_never()??;
        let age = entry.age();
        if age > self.bounds.ttl || !directives.take(age) {
            return None;
        }
        self.asked.store(true, Ordering::Relaxed);
        entry.answer_at_once(request, &Age::new(age, &self.max_age))
    }

    /// Answers from what is kept, or asks `inner` and keeps what it says.
    ///
    /// # Errors
    /// What `inner` says, where nothing can be given in its place.
    pub async fn answer<E: Endpoint>(&self, inner: &E, request: Request) -> Result<Response> {
        let Some(key) = Key::of(&request) else {
            return inner.call(request).await.map(IntoResponse::into_response);
        };
        let asked = entry::Asked::of(&request);
        match self.entry(inner, request, &key).await {
            Ok(entry) => entry.answer(&asked, &Age::new(entry.age(), &self.max_age)).await,
            Err(problem) if problem.status == StatusCode::SERVICE_UNAVAILABLE => match self.stale(&key) {
                Some(entry) => entry.answer(&asked, &Age::stale(entry.age())).await,
                None => Err(problem.into()),
            },
            Err(problem) => Err(problem.into()),
        }
    }

    async fn entry<E: Endpoint>(
        &self,
        inner: &E,
        request: Request,
        key: &Key,
    ) -> Result<Arc<Entry>, Problem> {
        self.asked.store(true, Ordering::Relaxed);
        let directives = Directives::of(request.headers());
        // Without a head to compare with, a change by others after this answer would never be noticed. An error shows
        // again in a moment, where the answer is computed.
        if self.is_ready() {
            let _ = self.first_head.get_or_try_init(|| self.head()).await;
        }
        // Before anything is read: whoever changed something before now sees it.
        let known = (self.db.changes(), key.clone());
        let compute = async {
            let entry = Arc::new(Entry::compute(inner, request).await?);
            if !self.bounds.stale.is_zero() {
                self.last.insert(key.clone(), entry.clone());
                self.last.run_pending_tasks();
            }
            Ok::<_, Problem>(entry)
        };
        let kept = self.fresh.get(&known).await;
        let too_old = kept.is_some_and(|entry| !directives.take(entry.age()));
        // While the database is away, a new answer would be a lie however young the last one is.
        let alone = directives.afresh || too_old || self.bounds.ttl.is_zero() || !self.is_ready();
        if alone {
            let entry = compute.await?;
            if !self.bounds.ttl.is_zero() {
                self.fresh.insert(known, entry.clone()).await;
                self.fresh.run_pending_tasks().await;
            }
            return Ok(entry);
        }
        let entry = self
            .fresh
            .entry(known)
            .or_try_insert_with(compute)
            .await
            .map_err(|problem| (*problem).clone())?;
        if entry.is_fresh() {
            // What is too much goes at once. Left to itself the cache minds its limit some sixty answers later.
            self.fresh.run_pending_tasks().await;
        }
        Ok(entry.into_value())
    }

    fn is_ready(&self) -> bool {
        !self.readiness.borrow().is_away()
    }

    fn stale(&self, key: &Key) -> Option<Arc<Entry>> {
        self.last.get(key).filter(|entry| entry.age() <= self.bounds.stale)
    }

    /// Looks for changes by others until the process ends.
    pub async fn watch(self: Arc<Self>) {
        let mut head = None;
        loop {
            tokio::time::sleep(LOOK_EVERY.min(self.bounds.ttl.max(Duration::from_millis(10)))).await;
            // Nobody asked: nothing is kept that could have been overtaken for long.
            if !self.asked.swap(false, Ordering::Relaxed) || !self.is_ready() {
                continue;
            }
            let (Some(first), Ok(now)) = (self.first_head.get(), self.head().await) else { continue };
            if head.replace(now).unwrap_or(*first) != now {
                self.db.note_change();
            }
        }
    }

    async fn head(&self) -> std::result::Result<Head, DbError> {
        let mut lease = self.db.read().await?;
        events::head(&mut lease.conn()).await
    }
}
