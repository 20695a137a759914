//! Connections, apart by what they are for.

use sqlx::{Database, Pool, Transaction};

use super::{DbError, timed};

/// Writers wait for each other's locks; readers, and whoever asks whether the database is there, must not wait
/// behind them for a connection.
#[derive(Debug)]
pub struct Pools<D: Database> {
    pub(super) writers: Pool<D>,
    pub(super) readers: Pool<D>,
}

// Not derived: that would ask the database's marker type to be cloned.
impl<D: Database> Clone for Pools<D> {
    fn clone(&self) -> Self {
        Self { writers: self.writers.clone(), readers: self.readers.clone() }
    }
}

impl<D: Database> Pools<D> {
    /// A write transaction. That all connections are at work is no sign of trouble: then it is worth another try.
    pub(super) async fn begin(&self, how: &'static str) -> Result<Transaction<'static, D>, DbError> {
        let begun = timed(self.writers.begin_with(how)).await;
        let all_at_work = self.writers.size() >= self.writers.options().get_max_connections()
            && self.writers.num_idle() == 0;
        match begun {
            Err(DbError::Unavailable(_)) if all_at_work => Err(DbError::Busy),
            other => other,
        }
    }

    /// How many connections there are, and how many of them rest.
    pub(super) fn gauges(&self) -> (u32, usize) {
        let (writers, readers) = (&self.writers, &self.readers);
        (writers.size() + readers.size(), writers.num_idle() + readers.num_idle())
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}
