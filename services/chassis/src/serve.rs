//! Listening on every address of `BIND`, and stopping so that nobody's request is lost.

use std::{
    future::Future,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use futures_util::future::try_join_all;
use poem::{
    Endpoint, EndpointExt, Response, Route, Server, endpoint::BoxEndpoint, get, listener::TcpAcceptor,
};
use serde::{Deserialize, Serialize};
use tokio::{net::TcpListener, sync::watch};

use crate::{config::ConfigError, health::Readiness};

/// A keep-alive connection without a request is closed after this long.
const IDLE_TIMEOUT: Duration = Duration::from_secs(75);

/// The `[shutdown]` section of both services.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ShutdownConfig {
    /// Seconds between failing `/readyz` and refusing connections, for load balancers to notice.
    pub delay_s: u64,
    /// Seconds that requests under way may still take.
    pub drain_s: u64,
}

/// Reads addresses such as `127.0.0.1:5001` or `[::1]:5001`; `localhost` stands for 127.0.0.1.
///
/// # Errors
/// The entry of `key` that is not an address with a port, or that there is none at all.
pub fn parse_addresses(key: &str, entries: &[String]) -> Result<Vec<SocketAddr>, ConfigError> {
    if entries.is_empty() {
        return Err(ConfigError::key(key, "needs at least one address, such as 127.0.0.1:5001"));
    }
    let read = |entry: &String| {
        entry.replace("localhost:", "127.0.0.1:").parse().map_err(|_| {
            ConfigError::key(key, format!("`{entry}` is not an address with a port, such as 127.0.0.1:5001"))
        })
    };
    entries.iter().map(read).collect()
}

/// Where this machine reaches an address that is listened on: `0.0.0.0` and `::` are not places to go to.
#[must_use]
pub fn local_url(address: SocketAddr) -> String {
    let mut address = address;
    if address.ip().is_unspecified() {
        let loopback: IpAddr =
            if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        address.set_ip(loopback);
    }
    format!("http://{address}")
}

/// Takes all addresses at once, so that a taken port is known before anything is served.
///
/// # Errors
/// The address that could not be had, in the error's text.
pub async fn bind(addresses: &[SocketAddr]) -> io::Result<Vec<TcpListener>> {
    try_join_all(addresses.iter().map(|address| async move {
        let taken = |e: io::Error| io::Error::new(e.kind(), format!("cannot listen on {address}: {e}"));
        TcpListener::bind(address).await.map_err(taken)
    }))
    .await
}

/// Serves `app` on every listener until `stop` resolves; then [`Readiness`] fails first, connections are
/// still taken for `delay_s`, and requests under way get `drain_s` to finish.
///
/// # Errors
/// A listener that broke.
pub async fn run(
    app: BoxEndpoint<'static, Response>,
    listeners: Vec<TcpListener>,
    readiness: watch::Sender<Readiness>,
    shutdown: ShutdownConfig,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopped, stopping) = watch::channel(false);
    tokio::spawn(async move {
        stop.await;
        readiness.send_replace(Readiness::Stopping);
        tracing::info!(delay_s = shutdown.delay_s, "stopping: no longer ready");
        tokio::time::sleep(Duration::from_secs(shutdown.delay_s)).await;
        stopped.send_replace(true);
    });
    let app = Arc::new(app);
    let drain = Duration::from_secs(shutdown.drain_s);
    try_join_all(listeners.into_iter().map(|listener| {
        let mut stopping = stopping.clone();
        let signal = async move {
            // An error means that the sender is gone, which is a stop as well.
            let _ = stopping.wait_for(|stopped| *stopped).await;
        };
        serve_one(app.clone(), listener, signal, drain)
    }))
    .await?;
    tracing::info!("stopped");
    Ok(())
}

/// Serves `metrics` on addresses of its own, beside the service and until the process ends. No listeners: nothing.
pub fn spawn_metrics<E>(metrics: E, listeners: Vec<TcpListener>, shutdown: ShutdownConfig)
where
    E: Endpoint<Output = Response> + 'static,
{
    if listeners.is_empty() {
        return;
    }
    let app = Route::new().at("/metrics", get(metrics)).map_to_response().boxed();
    let (unwatched, _) = watch::channel(Readiness::Ready);
    tokio::spawn(run(app, listeners, unwatched, shutdown, std::future::pending()));
}

async fn serve_one(
    app: Arc<BoxEndpoint<'static, Response>>,
    listener: TcpListener,
    signal: impl Future<Output = ()>,
    drain: Duration,
) -> io::Result<()> {
    let acceptor = TcpAcceptor::from_tokio(listener)?;
    Server::new_with_acceptor(acceptor)
        .idle_timeout(IDLE_TIMEOUT)
        .run_with_graceful_shutdown(Shared(app), signal, Some(drain))
        .await
}

struct Shared(Arc<BoxEndpoint<'static, Response>>);

impl Endpoint for Shared {
    type Output = Response;

    async fn call(&self, request: poem::Request) -> poem::Result<Response> {
        self.0.call(request).await
    }
}

/// Resolves on SIGTERM or Ctrl-C.
pub async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} },
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be heard; Ctrl-C can");
                let _ = interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_port_is_named() {
        let error = parse_addresses("BIND", &["127.0.0.1".into()]).unwrap_err().to_string();
        assert!(error.contains("BIND: `127.0.0.1` is not an address with a port"), "{error}");
        assert_eq!(parse_addresses("BIND", &["localhost:1".into(), "[::]:2".into()]).unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_taken_port_is_named() {
        let first = bind(&["127.0.0.1:0".parse().unwrap()]).await.unwrap();
        let address = first[0].local_addr().unwrap();
        let error = bind(&[address]).await.unwrap_err().to_string();
        assert!(error.contains(&format!("cannot listen on {address}")), "{error}");
    }
}
