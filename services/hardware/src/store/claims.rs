//! Claims: who occupies what, and when.

use std::collections::HashMap;

use sqlx::FromRow;

use crate::{
    db::{Conn, DbError, Statement, on_conn},
    domain::{peak::Claim, window::Window},
};

/// Hardware that one [`OF_PAGE`] asks about; shorter pages repeat their last id.
pub const PAGE_IDS: usize = 50;

/// Ids in an IN list plan a range scan of `claim_overlap` on MySQL, where a join would read each hardware's
/// whole history. The second arm brings the claims that cover now.
const OF_PAGE: Statement = Statement::both(
    "claims_of_page",
    "SELECT hardware_id, starts_at, blocked_until, qty, 0 AS at_now FROM claim
     WHERE hardware_id IN (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
       AND blocked_until > ? AND starts_at < ?
     UNION ALL
     SELECT hardware_id, starts_at, blocked_until, qty, 1 FROM claim
     WHERE hardware_id IN (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
       AND blocked_until > ? AND starts_at < ?",
);

/// The same for a long page: all hardware between its first and its last.
const BETWEEN: Statement = Statement::both(
    "claims_between",
    "SELECT hardware_id, starts_at, blocked_until, qty, 0 AS at_now FROM claim
     WHERE hardware_id BETWEEN ? AND ? AND blocked_until > ? AND starts_at < ?
     UNION ALL
     SELECT hardware_id, starts_at, blocked_until, qty, 1 FROM claim
     WHERE hardware_id BETWEEN ? AND ? AND blocked_until > ? AND starts_at < ?",
);

/// What is still to come, or going on, of one hardware.
const FROM_NOW: Statement = Statement::both(
    "claims_from_now",
    "SELECT hardware_id, starts_at, blocked_until, qty, 0 AS at_now FROM claim
     WHERE hardware_id = ? AND blocked_until > ?",
);

pub(super) const STATEMENTS: &[&Statement] = &[&OF_PAGE, &BETWEEN, &FROM_NOW];

#[derive(Debug, FromRow)]
struct ClaimRow {
    hardware_id: i64,
    starts_at: i64,
    blocked_until: i64,
    qty: i64,
    at_now: i64,
}

impl ClaimRow {
    fn claim(&self) -> Claim {
        Claim { starts_at: self.starts_at, blocked_until: self.blocked_until, qty: self.qty }
    }
}

/// The claims of one hardware that a question needs.
#[derive(Clone, Debug, Default)]
pub struct ClaimsOf {
    /// Those that overlap the window asked about.
    pub in_window: Vec<Claim>,
    /// Those that overlap the instant asked about.
    pub at_now: Vec<Claim>,
}

/// Claims of the hardware `ids` (ascending) over `window` and over `instant`, by hardware id.
///
/// # Errors
/// The database cannot be reached.
pub async fn over(
    conn: &mut Conn<'_>,
    ids: &[i64],
    window: Window,
    instant: Window,
) -> Result<HashMap<i64, ClaimsOf>, DbError> {
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(HashMap::new()) };
    let rows = if ids.len() <= PAGE_IDS {
        let padded = || ids.iter().chain(std::iter::repeat(last)).take(PAGE_IDS);
        on_conn!(conn, OF_PAGE, |sql, c| {
            let mut query = sqlx::query_as::<_, ClaimRow>(sql);
            for part in [window, instant] {
                query = padded().fold(query, sqlx::query::QueryAs::bind).bind(part.from).bind(part.to);
            }
            query.fetch_all(&mut **c)
        })?
    } else {
        on_conn!(conn, BETWEEN, |sql, c| {
            let mut query = sqlx::query_as::<_, ClaimRow>(sql);
            for part in [window, instant] {
                query = query.bind(first).bind(last).bind(part.from).bind(part.to);
            }
            query.fetch_all(&mut **c)
        })?
    };
    Ok(grouped(rows))
}

fn grouped(rows: Vec<ClaimRow>) -> HashMap<i64, ClaimsOf> {
    let mut by_hardware: HashMap<i64, ClaimsOf> = HashMap::new();
    for row in rows {
        let of = by_hardware.entry(row.hardware_id).or_default();
        let list = if row.at_now == 0 { &mut of.in_window } else { &mut of.at_now };
        list.push(row.claim());
    }
    by_hardware
}

/// Claims of one hardware that end after `now_s`.
///
/// # Errors
/// The database cannot be reached.
pub async fn from_now(conn: &mut Conn<'_>, hardware_id: i64, now_s: i64) -> Result<Vec<Claim>, DbError> {
    let rows = on_conn!(conn, FROM_NOW, |sql, c| {
        sqlx::query_as::<_, ClaimRow>(sql).bind(hardware_id).bind(now_s).fetch_all(&mut **c)
    })?;
    Ok(rows.iter().map(ClaimRow::claim).collect())
}
