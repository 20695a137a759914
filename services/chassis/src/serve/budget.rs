//! How much of all callers' bodies may be in memory at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes that every request may have without asking.
pub(super) const FREE_BYTES: usize = 8 * 1_024;
const UNIT_BYTES: usize = 1_024;

/// A number of bytes that all requests share.
#[derive(Clone, Debug)]
pub(super) struct Budget(Arc<Semaphore>);

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes / UNIT_BYTES)))
    }

    /// Takes `bytes`, given back when the permit is dropped; `None`: others have them all.
    pub(super) fn take(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let units = u32::try_from(bytes.div_ceil(UNIT_BYTES)).ok()?;
        self.0.clone().try_acquire_many_owned(units).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_gone_until_it_is_given_back() {
        let budget = Budget::new(4 * 1_024);
        let held = budget.take(3 * 1_024 - 1).unwrap();
        assert!(budget.take(1_025).is_none());
        assert!(budget.take(1).is_some());
        drop(held);
        assert!(budget.take(4 * 1_024).is_some());
        assert!(budget.take(usize::MAX).is_none());
    }
}
