//! Watches the database: is it there, and is its schema the one this binary knows? Whatever is wrong is told
//! once, in one line that says which, and the service turns ready by itself.

use std::time::Duration;

use chassis::health::Readiness;
use tokio::sync::watch;

use crate::{
    config::{Database, Migrate},
    db::Db,
};

const EVERY: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks at the database every second until the process ends or the state says that it is stopping.
pub async fn watch(db: Db, database: Database, migrate: Migrate, state: watch::Sender<Readiness>) {
    let migrates = match migrate {
        Migrate::Always => true,
        Migrate::Auto => matches!(database, Database::Sqlite(_)),
        Migrate::Never => false,
    };
    let place = place(&database);
    loop {
        let seen = look(&db, migrates, &place).await;
        let stopping = *state.borrow() == Readiness::Stopping;
        if stopping {
            return;
        }
        state.send_if_modified(|state| {
            let changed = *state != seen && *state != Readiness::Stopping;
            if changed {
                tell(&seen);
                *state = seen;
            }
            changed
        });
        tokio::time::sleep(EVERY).await;
    }
}

fn tell(seen: &Readiness) {
    match seen {
        Readiness::NotReady(reason) => tracing::warn!("not ready: {reason}"),
        other => tracing::info!("database: {other:?}"),
    }
}

async fn look(db: &Db, migrates: bool, place: &str) -> Readiness {
    let pending = match tokio::time::timeout(PATIENCE, db.pending_migrations()).await {
        Ok(Ok(pending)) => pending,
        Ok(Err(error)) => return Readiness::NotReady(db.diagnose(&error, place).await),
        Err(_) => return Readiness::NotReady(format!("{place} does not answer")),
    };
    if pending == 0 {
        return Readiness::Ready;
    }
    if !migrates {
        return Readiness::NotReady(format!("schema behind by {pending}: run `hardware migrate`"));
    }
    match db.migrate().await {
        Ok(()) => Readiness::Ready,
        Err(error) => Readiness::NotReady(format!("a migration failed: {error}")),
    }
}

/// The database in words, without its password.
#[must_use]
pub fn place(database: &Database) -> String {
    match database {
        Database::Sqlite(path) => format!("SQLite file {}", path.display()),
        Database::MySql(mysql) => {
            let host = if mysql.host.is_empty() { "mysql" } else { &mysql.host };
            format!("MySQL at {host}:{}", mysql.port)
        }
        Database::MySqlUrl(url) => {
            let address = url.reveal().rsplit('@').next().unwrap_or_default();
            format!(
                "MySQL at {}",
                address.trim_start_matches("mysql://").split(['/', '?']).next().unwrap_or_default()
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use chassis::config::Secret;

    use super::*;

    #[test]
    fn a_place_is_told_without_its_password() {
        let url = Database::MySqlUrl(Secret::new(
            "mysql://root:hunter2@db.example:3307/hardware?ssl-mode=REQUIRED",
        ));
        assert_eq!(place(&url), "MySQL at db.example:3307");
    }
}
