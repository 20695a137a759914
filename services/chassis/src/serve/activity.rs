//! What one connection is doing, and when that is too long.
//!
//! The connection's own task writes it with a few atomics, at no price worth naming; once in a while the sweep reads it.
//! Times are milliseconds of the sweep's own clock, so nobody asks the system for the time on the way.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering},
};

use tokio::sync::Notify;

use super::config::ServerConfig;

/// The slowest rate at which a body or an answer may go on for ever: 16 KiB a second.
pub(super) const BYTES_PER_MS: u64 = 16;
/// A connection is idle enough to make place for somebody after this long without a request.
const MAKES_PLACE_MS: u64 = 1_000;
/// At the end, requests that are on their way on a resting connection get this long to arrive.
pub(super) const LAST_CALL_MS: u64 = 500;

/// Milliseconds since the server began, as the sweep last saw them.
#[derive(Debug, Default)]
pub(super) struct CoarseClock(AtomicU64);

impl CoarseClock {
    pub(super) fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn set(&self, now_ms: u64) {
        self.0.store(now_ms, Ordering::Relaxed);
    }
}

/// What a connection is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Stay,
    /// The next answer is the last one.
    Finish,
    /// Close now, for this reason.
    Leave(&'static str),
}

/// What holds for all connections at the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) now_ms: u64,
    /// Somebody waits for a place.
    pub(super) crowded: bool,
    /// Milliseconds since the end began.
    pub(super) ending_for_ms: Option<u64>,
}

#[derive(Debug)]
pub(super) struct Activity {
    clock: Arc<CoarseClock>,
    opened_ms: u64,
    /// HTTP/2: bytes that arrive are no head, and there is a polite way to say goodbye.
    multiplexed: bool,
    /// Requests whose answers are not written.
    in_flight: AtomicU32,
    /// Since when there has been none.
    rests_since_ms: AtomicU64,
    /// Since when a head has been arriving, plus 1; 0: none is.
    head_since_ms: AtomicU64,
    /// Since when the caller has taken nothing, plus 1; 0: he takes what he is given.
    blocked_since_ms: AtomicU64,
    blocked_ms: AtomicU64,
    /// Bytes that the caller took since he was blocked first.
    written_since: AtomicU64,
    last_answer: AtomicBool,
    order: AtomicU8,
    told: Notify,
}

const STAY: u8 = 0;
const FINISH: u8 = 1;
const LEAVE: u8 = 2;

impl Activity {
    /// A connection on which the first head has arrived, at least in part.
    pub(super) fn new(clock: Arc<CoarseClock>, multiplexed: bool) -> Self {
        let now_ms = clock.now_ms();
        Self {
            clock,
            opened_ms: now_ms,
            multiplexed,
            in_flight: AtomicU32::new(0),
            rests_since_ms: AtomicU64::new(now_ms),
            head_since_ms: AtomicU64::new(now_ms + 1),
            blocked_since_ms: AtomicU64::new(0),
            blocked_ms: AtomicU64::new(0),
            written_since: AtomicU64::new(0),
            last_answer: AtomicBool::new(false),
            order: AtomicU8::new(STAY),
            told: Notify::new(),
        }
    }

    /// A request has arrived.
    pub(super) fn begins(&self) {
        self.in_flight.fetch_add(1, Ordering::AcqRel);
        self.head_since_ms.store(0, Ordering::Relaxed);
    }

    /// Its answer has been written.
    pub(super) fn ends(&self) {
        self.rests_since_ms.store(self.clock.now_ms(), Ordering::Relaxed);
        self.in_flight.fetch_sub(1, Ordering::AcqRel);
    }

    /// Bytes have arrived.
    pub(super) fn reads(&self) {
        let new_head = !self.multiplexed
            && self.in_flight.load(Ordering::Relaxed) == 0
            && self.head_since_ms.load(Ordering::Relaxed) == 0;
        if new_head {
            self.head_since_ms.store(self.clock.now_ms() + 1, Ordering::Relaxed);
        }
    }

    /// The caller took `bytes`.
    pub(super) fn writes(&self, bytes: usize) {
        let since = self.blocked_since_ms.load(Ordering::Relaxed);
        if since > 0 {
            let blocked = (self.clock.now_ms() + 1).saturating_sub(since);
            self.blocked_ms.fetch_add(blocked, Ordering::Relaxed);
            self.blocked_since_ms.store(0, Ordering::Relaxed);
        }
        // What the system's own buffer took at first, the caller need not have taken.
        if self.blocked_ms.load(Ordering::Relaxed) > 0 {
            self.written_since.fetch_add(bytes as u64, Ordering::Relaxed);
        }
    }

    /// The caller takes nothing.
    pub(super) fn is_blocked(&self) {
        let now = self.clock.now_ms() + 1;
        let _ = self.blocked_since_ms.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Whether the next answer is the last one.
    pub(super) fn is_last_answer(&self) -> bool {
        self.last_answer.load(Ordering::Relaxed)
    }

    /// Whether it speaks HTTP/2.
    pub(super) fn is_multiplexed(&self) -> bool {
        self.multiplexed
    }

    /// Gives an order; whether it is a new one.
    pub(super) fn tell(&self, order: Order) -> bool {
        let word = match order {
            Order::Stay => return false,
            Order::Finish => {
                self.last_answer.store(true, Ordering::Relaxed);
                FINISH
            }
            Order::Leave(_) => LEAVE,
        };
        let is_new = self.order.fetch_max(word, Ordering::AcqRel) < word;
        if is_new {
            self.told.notify_one();
        }
        is_new
    }

    /// Waits for an order; `true`: leave, `false`: finish.
    pub(super) async fn must_leave(&self) -> bool {
        self.told.notified().await;
        self.order.load(Ordering::Acquire) == LEAVE
    }

    /// What to tell it.
    pub(super) fn judged(&self, times: Times, config: &ServerConfig) -> Order {
        let Times { now_ms, crowded, ending_for_ms } = times;
        let since = |at_ms: u64| now_ms.saturating_sub(at_ms);
        let bought_ms = self.written_since.load(Ordering::Relaxed) / BYTES_PER_MS;
        if self.stood_still_ms(now_ms) > config.stall_timeout_s * 1_000 + bought_ms {
            return Order::Leave("stalled");
        }
        let aged = config.max_age_s > 0 && since(self.opened_ms) > config.max_age_s * 1_000;
        if self.in_flight.load(Ordering::Acquire) > 0 {
            return if aged || crowded || ending_for_ms.is_some() { Order::Finish } else { Order::Stay };
        }
        let head_since = self.head_since_ms.load(Ordering::Relaxed);
        if head_since > 0 && since(head_since - 1) > config.header_timeout_s * 1_000 {
            return Order::Leave("header_timeout");
        }
        let rested_ms = since(self.rests_since_ms.load(Ordering::Relaxed));
        match (head_since > 0, ending_for_ms) {
            (_, Some(_)) if self.multiplexed => Order::Finish,
            (false, Some(ending)) if rested_ms.min(ending) >= LAST_CALL_MS => Order::Leave("shutdown"),
            _ if crowded && rested_ms >= MAKES_PLACE_MS => Order::Leave("crowded"),
            (false, _) if rested_ms > config.idle_timeout_s * 1_000 => Order::Leave("idle"),
            _ if aged || crowded || ending_for_ms.is_some() => Order::Finish,
            _ => Order::Stay,
        }
    }

    fn stood_still_ms(&self, now_ms: u64) -> u64 {
        let since = self.blocked_since_ms.load(Ordering::Relaxed);
        let now_blocked = if since > 0 { (now_ms + 1).saturating_sub(since) } else { 0 };
        self.blocked_ms.load(Ordering::Relaxed) + now_blocked
    }
}

#[cfg(test)]
mod tests;
