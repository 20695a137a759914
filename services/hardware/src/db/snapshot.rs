//! All of the database as it is at one instant, while others go on writing: what belongs together is read by several
//! statements, and must not be taken for broken because somebody changed it in between.

use super::{Conn, DbError, Lease, conn::Either};

/// For the next transaction alone: READ COMMITTED, which every connection has, would see each statement's own now.
const MYSQL_ISOLATION: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
const MYSQL_BEGIN: &str = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

/// A transaction that only reads, and that others' changes do not reach. Ends when dropped.
#[derive(Debug)]
pub struct Snapshot(Either);

impl Lease {
    /// The database as it is now. SQLite's readers see one instant as long as their transaction lasts.
    ///
    /// # Errors
    /// As [`super::Db::read`].
    pub async fn snapshot(self) -> Result<Snapshot, DbError> {
        let Self(mut held) = self;
        if matches!(held, Either::MySql(_)) {
            held.say(MYSQL_ISOLATION).await?;
            held.say(MYSQL_BEGIN).await?;
        } else {
            held.say("BEGIN").await?;
        }
        held.mark().set_in_transaction(true);
        Ok(Snapshot(held))
    }
}

impl Snapshot {
    /// The connection.
    pub fn conn(&mut self) -> Conn<'_> {
        self.0.conn()
    }
}
