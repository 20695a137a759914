//! The schema: what of it is there, and how it is brought up to date.

use std::time::Duration;

use sqlx::migrate::{Migrate, MigrateError, Migrator};

use super::{Conn, Db, Lease, error::is_missing_table, manager::Kind, pools::Pool};

static MYSQL_MIGRATIONS: Migrator = sqlx::migrate!("./migrations/mysql");
static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

/// How long the database may take to say which migrations it has.
const LOOK: Duration = Duration::from_secs(4);
const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success";

impl Db {
    /// Brings the schema up to date. Harmless when it is, and when two processes do it at once.
    ///
    /// # Errors
    /// The database cannot be reached, or a migration failed.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        match self {
            Self::MySql(pools) => run(&MYSQL_MIGRATIONS, &pools.writers).await,
            Self::Sqlite(pools) => run(&SQLITE_MIGRATIONS, &pools.writers).await,
        }
    }

    /// How many known migrations have not been applied; migrations that only a newer binary knows do not count.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn pending_migrations(&self) -> Result<usize, sqlx::Error> {
        let known = match self {
            Self::MySql(_) => &MYSQL_MIGRATIONS,
            Self::Sqlite(_) => &SQLITE_MIGRATIONS,
        };
        let applied = self.applied_migrations().await?;
        Ok(known.iter().filter(|migration| !applied.contains(&migration.version)).count())
    }

    async fn applied_migrations(&self) -> Result<Vec<i64>, sqlx::Error> {
        let mut lease = Lease(self.reader().await?);
        let found = match lease.conn() {
            Conn::MySql(c, mark) => mark.guarded(LOOK, sqlx::query_scalar(APPLIED).fetch_all(c)).await,
            Conn::Sqlite(c, mark) => mark.guarded(LOOK, sqlx::query_scalar(APPLIED).fetch_all(c)).await,
        };
        match found {
            Err(error) if is_missing_table(&error) => Ok(Vec::new()),
            other => other,
        }
    }
}

/// As long as it takes: a large table may need minutes, and who begins anew would wait behind the first one's lock.
async fn run<C: Kind + Migrate>(migrator: &Migrator, pool: &Pool<C>) -> Result<(), MigrateError> {
    let mut held = pool.get().await?;
    let (conn, mark) = held.parts();
    // Only one that came through goes back: where a migration fails, the migrator's lock stays with its connection.
    mark.give_up();
    tolerant(migrator).run_direct(None, conn, false).await?;
    mark.renew();
    Ok(())
}

/// A rolled-back binary must accept the schema of a newer one.
fn tolerant(migrator: &Migrator) -> Migrator {
    let mut migrator = Migrator { migrations: migrator.migrations.clone(), ..Migrator::DEFAULT };
    migrator.set_ignore_missing(true);
    migrator
}
