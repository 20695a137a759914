//! What is behind `healthcheck`: asks a running service whether it is ready. Images have no shell and no curl.

use std::{net::SocketAddr, time::Duration};

use crate::serve::local_url;

const TIMEOUT: Duration = Duration::from_secs(3);

/// Asks `url`, or this machine at the first of `addresses`, for `/readyz`.
///
/// # Errors
/// One line that says whether it does not answer or is not ready, and why.
pub async fn readyz(url: Option<&str>, addresses: &[SocketAddr]) -> Result<(), String> {
    let here = addresses.first().copied().map(local_url);
    let base = url.map(str::to_owned).or(here).ok_or("BIND names no address")?;
    // A proxy that the environment names knows nothing of this machine's own ports.
    let client = reqwest::Client::builder().timeout(TIMEOUT).no_proxy().build().map_err(|e| e.to_string())?;
    let asked = client.get(format!("{}/readyz", base.trim_end_matches('/'))).send().await;
    let answer = asked.map_err(|error| format!("{base} does not answer: {error}"))?;
    if answer.status().is_success() {
        return Ok(());
    }
    let (status, why) = (answer.status(), answer.text().await.unwrap_or_default());
    Err(format!("{base} is not ready: {status} {why}"))
}
