//! `hardware serve` and `hardware healthcheck`.

use std::time::Duration;

use anyhow::Context as _;
use chassis::{Clock, health::Readiness, metrics, probe, serve};
use tokio::sync::watch;

use super::Exit;
use crate::{
    api::Context,
    app,
    config::{Config, Database},
    db::Db,
    readiness,
    store::idempotency,
};

/// How often expired idempotency keys are removed.
const PURGE_EVERY: Duration = Duration::from_secs(3_600);
/// How long the database may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

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
        salutation: config.customer.salutation(),
        storage: config.storage()?,
        max_import_bytes: config.import.max_bytes,
        overdue_grace_s: config.reservations.overdue_grace_s.into(),
    };
    let listeners = serve::bind(&config.addresses()?).await?;
    let metrics_listeners = serve::bind(&config.metrics_addresses()?).await?;
    let (state, ready) =
        watch::channel(Readiness::NotReady("the database has not been looked at yet".to_owned()));
    announce(&config, &database);
    let metrics_page = app::metrics_endpoint(&context);
    tokio::spawn(purge_keys(db.clone(), context.clock.clone(), ready.clone()));
    let app = app::build(&config, context, &ready)?;
    tokio::spawn(readiness::watch(db.clone(), database, config.database.migrate, state.clone()));
    serve::spawn_metrics(metrics_page, metrics_listeners, config.server, config.shutdown);
    serve::run(app, listeners, state, config.server, config.shutdown, serve::stop_signal()).await;
    // A database that does not answer must not keep a service from ending.
    let _ = tokio::time::timeout(GOODBYE, db.close()).await;
    Ok(Exit::Ok)
}

/// Removes expired idempotency keys, every hour while the database is there.
async fn purge_keys(db: Db, clock: Clock, ready: watch::Receiver<Readiness>) {
    loop {
        tokio::time::sleep(PURGE_EVERY).await;
        if *ready.borrow() != Readiness::Ready {
            continue;
        }
        match idempotency::purge(&db, clock.now_s()).await {
            Ok(purged) => tracing::info!(purged, "expired idempotency keys removed"),
            Err(error) => tracing::warn!(%error, "expired idempotency keys could not be removed"),
        }
    }
}

fn announce(config: &Config, database: &Database) {
    let version = env!("CARGO_PKG_VERSION");
    tracing::info!(version, bind = ?config.bind, database = readiness::place(database), "hardware starts");
    if !config.clock.is_empty() {
        tracing::warn!(clock = config.clock, "the clock is not the system's: CLOCK is set");
    }
}

/// Asks a running service whether it is ready.
///
/// # Errors
/// A setting is wrong.
pub async fn healthcheck(url: Option<&str>, config: &Config) -> anyhow::Result<Exit> {
    match probe::readyz(url, &config.addresses()?).await {
        Ok(()) => Ok(Exit::Ok),
        Err(why) => {
            eprintln!("hardware: {why}");
            Ok(Exit::Failed)
        }
    }
}
