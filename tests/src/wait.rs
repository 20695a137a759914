//! Waiting for something to become true, never for time to pass.

use std::time::{Duration, Instant};

/// Far more than anything here takes on a slow machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(45);
const EVERY: Duration = Duration::from_millis(25);

/// Looks again and again until there is something to see. `what` says in the failure what was missing.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(started.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}");
        tokio::time::sleep(EVERY).await;
    }
}
