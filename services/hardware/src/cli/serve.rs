//! `hardware serve`, and the probe behind `hardware healthcheck`.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context as _;
use chassis::{health::Readiness, metrics, serve};
use tokio::sync::watch;

use super::Exit;
use crate::{
    api::Context,
    app,
    config::{Config, Database},
    db::Db,
    readiness,
};

const HEALTHCHECK_TIMEOUT: Duration = Duration::from_secs(3);

/// Serves until SIGTERM or Ctrl-C. A database that is away keeps it unready, not down.
///
/// # Errors
/// An address is taken, or a setting is wrong.
pub async fn serve(config: Config) -> anyhow::Result<Exit> {
    metrics::install();
    let database = config.database()?;
    let db = Db::open(&database, &config.database).with_context(|| readiness::place(&database))?;
    let context = Context {
        db: db.clone(),
        clock: config.clock()?,
        tz: config.customer.tz,
        max_import_bytes: config.import.max_bytes,
    };
    let listeners = serve::bind(&config.addresses()?).await?;
    let metrics_listeners = serve::bind(&config.metrics_addresses()?).await?;
    let (state, ready) =
        watch::channel(Readiness::NotReady("the database has not been looked at yet".to_owned()));
    announce(&config, &database);
    let metrics_app = app::metrics_app(&context);
    let app = app::build(&config, context, &ready)?;
    tokio::spawn(readiness::watch(db.clone(), database, config.database.migrate, state.clone()));
    if !metrics_listeners.is_empty() {
        let (metrics_state, _) = watch::channel(Readiness::Ready);
        let forever = std::future::pending();
        tokio::spawn(serve::run(metrics_app, metrics_listeners, metrics_state, config.shutdown, forever));
    }
    serve::run(app, listeners, state, config.shutdown, serve::stop_signal()).await?;
    db.close().await;
    Ok(Exit::Ok)
}

fn announce(config: &Config, database: &Database) {
    let version = env!("CARGO_PKG_VERSION");
    tracing::info!(version, bind = ?config.bind, database = readiness::place(database), "hardware starts");
    if !config.clock.is_empty() {
        tracing::warn!(clock = config.clock, "the clock is not the system's: CLOCK is set");
    }
}

/// Asks `url`, or the first address of `BIND`, for `/readyz`.
///
/// # Errors
/// A setting is wrong.
pub async fn healthcheck(url: Option<String>, addresses: &[SocketAddr]) -> anyhow::Result<Exit> {
    let base = match (url, addresses.first()) {
        (Some(url), _) => url,
        (None, Some(address)) => serve::local_url(*address),
        (None, None) => anyhow::bail!("BIND names no address"),
    };
    let client = reqwest::Client::builder().timeout(HEALTHCHECK_TIMEOUT).build()?;
    match client.get(format!("{}/readyz", base.trim_end_matches('/'))).send().await {
        Ok(answer) if answer.status().is_success() => Ok(Exit::Ok),
        Ok(answer) => {
            eprintln!("{base} is not ready: {}", answer.text().await.unwrap_or_default());
            Ok(Exit::Failed)
        }
        Err(error) => {
            eprintln!("{base} does not answer: {error}");
            Ok(Exit::Failed)
        }
    }
}
