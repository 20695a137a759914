//! A connection out of its pool.

use std::{sync::Arc, time::Duration};

use deadpool::managed::Object;
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard},
    task::yield_now,
};

use super::{
    link::{Link, Mark},
    manager::{Kind, Manager},
};

/// How long a transaction that nobody committed may take to be undone.
const ROLLBACK: Duration = Duration::from_secs(5);

/// A connection in use. It goes back to its pool when dropped, if it can be used again.
#[derive(Debug)]
pub struct Held<C: Kind> {
    // What is dropped cannot be moved: who puts it in order afterwards shares it until this guard is gone.
    guard: OwnedMutexGuard<Object<Manager<C>>>,
}

impl<C: Kind> Held<C> {
    pub(super) async fn new(object: Object<Manager<C>>) -> Self {
        Self { guard: Arc::new(Mutex::new(object)).lock_owned().await }
    }

    pub(super) fn parts(&mut self) -> (&mut C, &mut Mark) {
        let link: &mut Link<C> = &mut self.guard;
        (&mut link.conn, &mut link.mark)
    }

    /// Runs a statement that gives nothing back.
    pub(super) async fn say(&mut self, sql: &'static str, limit: Duration) -> Result<(), sqlx::Error> {
        let (conn, mark) = self.parts();
        mark.guarded(limit, conn.say(sql)).await
    }
}

impl<C: Kind> Drop for Held<C> {
    fn drop(&mut self) {
        let pool = Object::pool(&self.guard);
        if let (Some(pool), true) = (&pool, self.guard.mark.is_lost()) {
            pool.manager().distrust_resting();
        }
        self.guard.rests();
        if self.guard.is_clean() && !self.guard.is_old() && pool.is_some_and(|pool| !pool.is_closed()) {
            return;
        }
        // Without a runtime it goes back as it is, and the pool gives it to nobody.
        let Ok(runtime) = Handle::try_current() else { return };
        let shared = OwnedMutexGuard::mutex(&self.guard).clone();
        runtime.spawn(async move { put_in_order(sole(shared).await).await });
    }
}

/// What is shared with nobody any more, as soon as the guard that is being dropped is gone.
async fn sole<T>(mut shared: Arc<Mutex<T>>) -> T {
    loop {
        match Arc::try_unwrap(shared) {
            Ok(alone) => return alone.into_inner(),
            Err(still) => shared = still,
        }
        yield_now().await;
    }
}

/// Ends what was begun on it, and gives it back or closes it.
async fn put_in_order<C: Kind>(mut object: Object<Manager<C>>) {
    let closed = Object::pool(&object).is_none_or(|pool| pool.is_closed());
    let link: &mut Link<C> = &mut object;
    if link.mark.in_transaction() && link.mark.guarded(ROLLBACK, link.conn.say("ROLLBACK")).await.is_ok() {
        link.mark.set_in_transaction(false);
    }
    link.rests();
    let (clean, old) = (link.is_clean(), link.is_old());
    if clean && !old && !closed {
        return;
    }
    let link = Object::take(object);
    // To one that is in doubt there is nothing to be said.
    if clean {
        link.close().await;
    }
}
