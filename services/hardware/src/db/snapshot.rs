//! All of the database as it is at one instant, while others go on writing: what belongs together is read by several
//! statements, and must not be taken for broken because somebody changed it in between.

use sqlx::{Connection, MySql, Sqlite, Transaction};

use super::{Conn, DbError, Lease, timed};

/// For the next transaction alone: READ COMMITTED, which every connection has, would see each statement's own now.
const MYSQL_ISOLATION: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
const MYSQL_BEGIN: &str = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

/// A transaction that only reads, and that others' changes do not reach. Ends when dropped.
#[derive(Debug)]
pub struct Snapshot<'c>(Of<'c>);

#[derive(Debug)]
enum Of<'c> {
    MySql(Transaction<'c, MySql>),
    Sqlite(Transaction<'c, Sqlite>),
}

impl Lease {
    /// The database as it is now. SQLite's readers see one instant as long as their transaction lasts.
    ///
    /// # Errors
    /// As [`super::Db::read`].
    pub async fn snapshot(&mut self) -> Result<Snapshot<'_>, DbError> {
        Ok(Snapshot(match self.conn() {
            Conn::MySql(c) => {
                timed(sqlx::query(MYSQL_ISOLATION).execute(&mut *c)).await?;
                Of::MySql(timed(c.begin_with(MYSQL_BEGIN)).await?)
            }
            Conn::Sqlite(c) => Of::Sqlite(timed(c.begin()).await?),
        }))
    }
}

impl Snapshot<'_> {
    /// The connection.
    pub fn conn(&mut self) -> Conn<'_> {
        match &mut self.0 {
            Of::MySql(transaction) => Conn::MySql(transaction),
            Of::Sqlite(transaction) => Conn::Sqlite(transaction),
        }
    }
}
