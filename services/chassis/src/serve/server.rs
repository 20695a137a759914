//! What all connections of a service share, and the sweep that keeps them in bounds.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use poem::{Response, endpoint::BoxEndpoint};
use tokio::sync::{Notify, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    activity::{Activity, CoarseClock, Order, Times},
    budget::Budget,
    config::ServerConfig,
};

/// How often all connections are looked at.
const SWEEP_EVERY: Duration = Duration::from_millis(250);
/// Bytes of all requests' bodies in memory at most.
const REQUEST_BYTES: usize = 6 * 1_024 * 1_024;
/// Bytes of all answers that callers have not taken yet at most.
const ANSWER_BYTES: usize = 8 * 1_024 * 1_024;

pub(super) struct Server {
    pub(super) app: BoxEndpoint<'static, Response>,
    pub(super) config: ServerConfig,
    pub(super) clock: Arc<CoarseClock>,
    /// Connections in all.
    pub(super) open: Arc<Semaphore>,
    /// Connections that are served.
    pub(super) served: Arc<Semaphore>,
    /// Requests that are worked on, also those whose caller has gone.
    pub(super) requests: Arc<Semaphore>,
    pub(super) request_bytes: Budget,
    pub(super) answer_bytes: Budget,
    pub(super) tasks: TaskTracker,
    /// No more connections are taken.
    pub(super) closed: CancellationToken,
    /// Whoever is left is cut off.
    pub(super) cut: CancellationToken,
    is_measured: bool,
    ending: AtomicBool,
    queue: AtomicUsize,
    next_id: AtomicU64,
    active: Mutex<BTreeMap<u64, Arc<Activity>>>,
    waiting: Mutex<BTreeMap<u64, Arc<Notify>>>,
}

impl Server {
    pub(super) fn new(app: BoxEndpoint<'static, Response>, config: ServerConfig) -> Self {
        let places = |number: usize| Arc::new(Semaphore::new(number));
        Self {
            app,
            config,
            clock: Arc::new(CoarseClock::default()),
            open: places(config.open_within(raise_descriptor_limit())),
            served: places(config.max_connections),
            requests: places(config.max_connections),
            request_bytes: Budget::new(REQUEST_BYTES),
            answer_bytes: Budget::new(ANSWER_BYTES),
            tasks: TaskTracker::new(),
            closed: CancellationToken::new(),
            cut: CancellationToken::new(),
            is_measured: true,
            ending: AtomicBool::new(false),
            queue: AtomicUsize::new(0),
            next_id: AtomicU64::new(0),
            active: Mutex::default(),
            waiting: Mutex::default(),
        }
    }

    /// The same beside another server: its connections are not counted in the metrics.
    pub(super) fn unmeasured(self) -> Self {
        Self { is_measured: false, ..self }
    }

    /// From now on every answer is its connection's last one.
    pub(super) fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }

    /// Somebody waits to be served, until the guard is dropped.
    pub(super) fn queue(self: &Arc<Self>) -> Queued {
        self.queue.fetch_add(1, Ordering::Relaxed);
        Queued(self.clone())
    }

    pub(super) fn is_crowded(&self) -> bool {
        self.queue.load(Ordering::Relaxed) > 0
    }

    /// A connection in HTTP's hands, until the guard is dropped.
    pub(super) fn enter(self: &Arc<Self>, activity: Arc<Activity>) -> Entered {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        locked(&self.active).insert(id, activity);
        Entered { server: self.clone(), id }
    }

    /// A connection without a request, until the guard is dropped; the notice asks it to leave.
    pub(super) fn wait(self: &Arc<Self>) -> Waiting {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let notice = Arc::new(Notify::new());
        locked(&self.waiting).insert(id, notice.clone());
        Waiting { server: self.clone(), id, notice }
    }

    /// Asks whoever has waited longest for his own request to leave.
    pub(super) fn make_room(&self) {
        if let Some((_, notice)) = locked(&self.waiting).pop_first() {
            self.count_closed("crowded");
            notice.notify_one();
        }
    }

    /// Looks after the connections until the last one is gone.
    pub(super) async fn sweep(self: Arc<Self>) {
        let began = Instant::now();
        let mut ending_since = None;
        loop {
            tokio::select! {
                () = tokio::time::sleep(SWEEP_EVERY) => {}
                () = self.cut.cancelled() => return,
            }
            let now_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.clock.set(now_ms);
            if self.closed.is_cancelled() {
                ending_since.get_or_insert(now_ms);
            }
            let ending_for_ms = ending_since.map(|since: u64| now_ms.saturating_sub(since));
            self.look(Times { now_ms, crowded: self.is_crowded(), ending_for_ms });
        }
    }

    fn look(&self, times: Times) {
        let active = locked(&self.active);
        for activity in active.values() {
            let order = activity.judged(times, &self.config);
            if let (true, Order::Leave(reason)) = (activity.tell(order), order) {
                self.count_closed(reason);
            }
        }
        let served = active.len();
        drop(active);
        if self.is_measured {
            metrics::gauge!("http_connections", "state" => "served").set(count(served));
            metrics::gauge!("http_connections", "state" => "waiting").set(count(locked(&self.waiting).len()));
        }
    }

    /// A connection was closed before its owner closed it.
    pub(super) fn count_closed(&self, reason: &'static str) {
        if self.is_measured {
            metrics::counter!("http_connections_closed_total", "reason" => reason).increment(1);
        }
    }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// The maps are whole after every single step, so a panic elsewhere leaves nothing half-done in them.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shells give a process fewer descriptors than it may have; how many it may have now.
fn raise_descriptor_limit() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    let now = if raised.is_ok() { limit.maximum } else { limit.current };
    now.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

pub(super) struct Queued(Arc<Server>);

impl Drop for Queued {
    fn drop(&mut self) {
        self.0.queue.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(super) struct Entered {
    server: Arc<Server>,
    id: u64,
}

impl Drop for Entered {
    fn drop(&mut self) {
        locked(&self.server.active).remove(&self.id);
    }
}

pub(super) struct Waiting {
    server: Arc<Server>,
    id: u64,
    pub(super) notice: Arc<Notify>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        locked(&self.server.waiting).remove(&self.id);
    }
}
