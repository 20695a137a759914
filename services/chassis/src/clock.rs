//! The one source of "now". `main` makes a [`Clock`] and hands it down; nothing else asks the system.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Utc};

/// Tells the time in UTC epoch seconds. Cheap to clone; clones share a stopped clock's hands.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// The system's time, shifted by a fixed number of seconds.
    Running { offset_s: i64 },
    /// Stands still until somebody moves it.
    Stopped(Arc<AtomicI64>),
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Kind::Running { offset_s: 0 })
    }

    /// A clock that shows `start_s` (UTC epoch seconds) now and runs on from there.
    #[must_use]
    pub fn starting_at(start_s: i64) -> Self {
        Self(Kind::Running { offset_s: start_s - system_now_s() })
    }

    /// A clock that stands still at `at_s` (UTC epoch seconds) until [`Clock::set`] moves it.
    #[must_use]
    pub fn stopped_at(at_s: i64) -> Self {
        Self(Kind::Stopped(Arc::new(AtomicI64::new(at_s))))
    }

    /// Now, in UTC epoch seconds.
    #[must_use]
    pub fn now_s(&self) -> i64 {
        match &self.0 {
            Kind::Running { offset_s } => system_now_s() + offset_s,
            Kind::Stopped(at_s) => at_s.load(Ordering::Relaxed),
        }
    }

    /// Now, as a date and time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.now_s(), 0).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Moves a stopped clock to `at_s`; a running clock takes no notice.
    pub fn set(&self, at_s: i64) {
        if let Kind::Stopped(hands) = &self.0 {
            hands.store(at_s, Ordering::Relaxed);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that the ban points to")]
fn system_now_s() -> i64 {
    Utc::now().timestamp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_started_elsewhere_runs_on_from_there() {
        let clock = Clock::starting_at(1_000);
        assert!((1_000..1_100).contains(&clock.now_s()));
    }

    #[test]
    fn a_stopped_clock_moves_only_when_set_and_its_clones_move_with_it() {
        let clock = Clock::stopped_at(5);
        let twin = clock.clone();
        clock.set(7);
        assert_eq!(twin.now_s(), 7);
    }
}
