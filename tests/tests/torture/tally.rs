//! What happened, counted by all clients of a run.

use std::{
    fmt::{self, Display, Formatter},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

/// The first faults tell the story; the next thousand are the same.
const FAULTS_KEPT: usize = 10;

#[derive(Default)]
pub struct Tally {
    pub requests: Counter,
    pub accepted: Counter,
    pub refused: Counter,
    pub retried: Counter,
    pub kills: Counter,
    faults: Mutex<Vec<String>>,
}

#[derive(Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub fn up(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Tally {
    /// Something that must not happen, such as a 5xx while nobody kills anything.
    pub fn fault(&self, what: String) {
        let mut faults = self.faults.lock().unwrap();
        if faults.len() < FAULTS_KEPT {
            faults.push(what);
        }
    }

    pub fn faults(&self) -> Vec<String> {
        self.faults.lock().unwrap().clone()
    }
}

impl Display for Tally {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let [requests, accepted, refused, retried, kills] =
            [&self.requests, &self.accepted, &self.refused, &self.retried, &self.kills].map(Counter::get);
        write!(
            f,
            "{requests} requests, {accepted} accepted, {refused} refused, {retried} retried, {kills} kills"
        )
    }
}
