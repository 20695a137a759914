//! Callers who are slow, many, greedy or gone: they cost themselves, and nobody else.

mod bodies;
mod connections;
mod heads;
mod http2;
mod wire;

use tempfile::TempDir;

use crate::harness::{Service, Settings, run};

/// `hardware` on SQLite with further settings, migrated and ready.
async fn hardware(settings: &[(&str, &str)]) -> (Service, TempDir) {
    let (settings, folder) = settings_of(settings).await;
    (Service::ready("hardware", settings).await, folder)
}

/// A migrated database and what else is set.
async fn settings_of(further: &[(&str, &str)]) -> (Settings, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::sqlite(folder.path());
    for (name, value) in further {
        settings = settings.with(name, value);
    }
    run(&["migrate"], &settings).await.ok();
    (settings, folder)
}
