//! Listening on every address of `BIND`, serving without being anybody's hostage, and stopping so that nobody's request
//! is lost.
//!
//! poem's own server (as axum's, and hyper's where no timer is installed) waits for ever for a head, spins when descriptors
//! run out, and stops taking connections at once on SIGTERM; so the accept loop is ours, on hyper, and hands requests to
//! poem. A connection goes through [`accept`] and [`head`] (waits for its first request, holding no buffer) to
//! [`connection`] (is served), while the sweep of [`server`] looks at what its [`activity`] tells.

mod accept;
mod activity;
mod body;
mod budget;
mod config;
mod connection;
mod head;
mod server;
mod watched;

use std::{
    future::Future,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use futures_util::future::try_join_all;
use poem::{Endpoint, EndpointExt, Response, Route, endpoint::BoxEndpoint, get};
use tokio::{net::TcpListener, sync::watch};

pub use self::config::{ServerConfig, ShutdownConfig};
use self::{accept::accept, server::Server};
use crate::{config::ConfigError, health::Readiness};

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

/// Serves `app` on every listener until `stop` resolves. Then [`Readiness`] fails first, and every answer is its
/// connection's last; connections are still taken for `delay_s`; and what is under way gets `drain_s` to finish.
pub async fn run(
    app: BoxEndpoint<'static, Response>,
    listeners: Vec<TcpListener>,
    readiness: watch::Sender<Readiness>,
    config: ServerConfig,
    shutdown: ShutdownConfig,
    stop: impl Future<Output = ()>,
) {
    run_server(Server::new(app, config), listeners, readiness, shutdown, stop).await;
}

async fn run_server(
    server: Server,
    listeners: Vec<TcpListener>,
    readiness: watch::Sender<Readiness>,
    shutdown: ShutdownConfig,
    stop: impl Future<Output = ()>,
) {
    let server = Arc::new(server);
    let sweep = tokio::spawn(server.clone().sweep());
    for listener in listeners {
        server.tasks.spawn(accept(server.clone(), listener));
    }
    stop.await;
    readiness.send_replace(Readiness::Stopping);
    server.end();
    tracing::info!(delay_s = shutdown.delay_s, "stopping: no longer ready");
    tokio::time::sleep(shutdown.delay()).await;
    server.closed.cancel();
    server.tasks.close();
    if tokio::time::timeout(shutdown.drain(), server.tasks.wait()).await.is_err() {
        tracing::warn!(
            drain_s = shutdown.drain_s,
            connections = server.tasks.len(),
            "cut off: they took too long"
        );
    }
    server.cut.cancel();
    sweep.abort();
    tracing::info!("stopped");
}

/// Serves `metrics` on addresses of its own, beside the service and until the process ends. No listeners: nothing.
pub fn spawn_metrics<E>(
    metrics: E,
    listeners: Vec<TcpListener>,
    config: ServerConfig,
    shutdown: ShutdownConfig,
) where
    E: Endpoint<Output = Response> + 'static,
{
    if listeners.is_empty() {
        return;
    }
    let app = Route::new().at("/metrics", get(metrics)).map_to_response().boxed();
    let (unwatched, _) = watch::channel(Readiness::Ready);
    let server = Server::new(app, config).unmeasured();
    tokio::spawn(run_server(server, listeners, unwatched, shutdown, std::future::pending()));
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
