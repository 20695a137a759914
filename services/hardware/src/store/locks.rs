//! The lock that every claim is written under: the rows of the hardware, in ascending order, before anything else
//! is read. Whoever holds them is alone with these hardware's claims until the transaction ends.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use sqlx::FromRow;

use crate::db::{Conn, DbError, Statement, on_conn};

/// Archived hardware is locked too: what is booked of it can still come back.
const LOCK: Statement = Statement::per_dialect(
    "stock_lock",
    "SELECT id, archived_id, provider, name, capacity, buffer_s, tz FROM hardware WHERE id = ? FOR UPDATE",
    "SELECT id, archived_id, provider, name, capacity, buffer_s, tz FROM hardware WHERE id = ?",
);
/// The same without the lock, for looking only.
const READ: Statement = Statement::both(
    "stock_read",
    "SELECT id, archived_id, provider, name, capacity, buffer_s, tz FROM hardware WHERE id = ?",
);

pub(super) const STATEMENTS: &[&Statement] = &[&LOCK, &READ];

#[derive(Debug, FromRow)]
struct StockRow {
    id: i64,
    archived_id: i64,
    provider: String,
    name: String,
    capacity: i64,
    buffer_s: i64,
    tz: Option<String>,
}

/// What booking needs to know of a hardware.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stock {
    /// Its id.
    pub id: i64,
    /// Whether it is in the catalogue: what is archived takes no new bookings.
    pub is_live: bool,
    /// Who has it.
    pub provider: String,
    /// What it is called there.
    pub name: String,
    /// Units in all.
    pub capacity: i64,
    /// Seconds that a unit stays blocked after a booking.
    pub buffer_s: i64,
    /// The zone of its wall-clock times.
    pub tz: Option<Tz>,
}

impl From<StockRow> for Stock {
    fn from(row: StockRow) -> Self {
        let tz = row.tz.and_then(|name| name.parse().ok());
        let StockRow { id, archived_id, provider, name, capacity, buffer_s, .. } = row;
        Self { id, is_live: archived_id == 0, provider, name, capacity, buffer_s, tz }
    }
}

/// What is locked, by hardware id; an id that does not exist is left out.
pub type Stocks = BTreeMap<i64, Stock>;

/// Locks hardware until the transaction ends. `ids` must ascend: two baskets that share hardware then wait for
/// each other instead of for ever.
///
/// # Errors
/// The database cannot be reached, or a lock was not given in time.
pub async fn lock(conn: &mut Conn<'_>, ids: impl IntoIterator<Item = i64>) -> Result<Stocks, DbError> {
    each(conn, &LOCK, ids).await
}

/// Reads the same without a lock.
///
/// # Errors
/// The database cannot be reached.
pub async fn read(conn: &mut Conn<'_>, ids: impl IntoIterator<Item = i64>) -> Result<Stocks, DbError> {
    each(conn, &READ, ids).await
}

async fn each(
    conn: &mut Conn<'_>,
    statement: &Statement,
    ids: impl IntoIterator<Item = i64>,
) -> Result<Stocks, DbError> {
    let mut stocks = Stocks::new();
    let mut before = None;
    for id in ids {
        debug_assert!(before < Some(id), "locks are taken in ascending order");
        before = Some(id);
        let row = on_conn!(&mut *conn, *statement, |sql, c| {
            sqlx::query_as::<_, StockRow>(sql).bind(id).fetch_optional(&mut **c)
        })?;
        stocks.extend(row.map(|row| (id, Stock::from(row))));
    }
    Ok(stocks)
}
