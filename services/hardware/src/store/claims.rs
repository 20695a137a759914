//! Claims, read: who occupies what, and when.
//!
//! Every question has a second part that brings what is overdue: units that are out past their end occupy longer
//! than their row says ([`Present::overdue`]), and are found by an index of their own.

mod row;

use std::collections::{HashMap, HashSet};

use self::row::ClaimRow;
use crate::{
    db::{Conn, DbError, Statement, on_conn},
    domain::{peak::Claim, present::Present, span, window::Window},
};

macro_rules! ids_10 {
    () => {
        "?,?,?,?,?,?,?,?,?,?"
    };
}
macro_rules! ids_50 {
    () => {
        concat!(ids_10!(), ",", ids_10!(), ",", ids_10!(), ",", ids_10!(), ",", ids_10!())
    };
}
macro_rules! ids_200 {
    () => {
        concat!(ids_50!(), ",", ids_50!(), ",", ids_50!(), ",", ids_50!())
    };
}
macro_rules! ids_1000 {
    () => {
        concat!(ids_200!(), ",", ids_200!(), ",", ids_200!(), ",", ids_200!(), ",", ids_200!())
    };
}

/// Some hardware, three times: over the window, over now, overdue. Ids in an IN list plan a range scan of
/// `claim_overlap` on MySQL, where a join would read each hardware's whole history.
macro_rules! of_page {
    ($ids:expr) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 0 AS part FROM claim
     WHERE hardware_id IN (",
            $ids,
            ") AND blocked_until > ? AND starts_at < ?
     UNION ALL
     SELECT id, hardware_id, starts_at, blocked_until, qty, 1 FROM claim
     WHERE hardware_id IN (",
            $ids,
            ") AND blocked_until > ? AND starts_at < ?
     UNION ALL
     SELECT id, hardware_id, starts_at, blocked_until, qty, 2 FROM claim
     WHERE hardware_id IN (",
            $ids,
            ") AND is_out = 1 AND ends_at <= ?"
        )
    };
}

const OF_50: Statement = Statement::both("claims_of_50", of_page!(ids_50!()));
const OF_200: Statement = Statement::both("claims_of_200", of_page!(ids_200!()));
const OF_1000: Statement = Statement::both("claims_of_1000", of_page!(ids_1000!()));

/// Hardware on a page at most.
pub const MAX_PAGE: usize = 1_000;
/// A page repeats its last id until the next of these sizes.
const PAGES: [(usize, &Statement); 3] = [(50, &OF_50), (200, &OF_200), (MAX_PAGE, &OF_1000)];

/// One length class of the whole fleet, over a window. See [`span`].
macro_rules! of_span {
    ($span:literal) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 0 AS part FROM claim
     WHERE span = ",
            $span,
            " AND starts_at > ? AND starts_at < ? AND blocked_until > ?
     UNION ALL
     "
        )
    };
}
/// The whole fleet over a window: a short range of the index for each length class, then what is overdue.
const OF_FLEET: Statement = Statement::both(
    "claims_of_fleet",
    concat!(
        of_span!(0),
        of_span!(1),
        of_span!(2),
        of_span!(3),
        of_span!(4),
        of_span!(5),
        of_span!(6),
        of_span!(7),
        of_span!(8),
        of_span!(9),
        of_span!(10),
        of_span!(11),
        of_span!(12),
        of_span!(13),
        of_span!(14),
        of_span!(15),
        of_span!(16),
        of_span!(17),
        of_span!(18),
        of_span!(19),
        of_span!(20),
        of_span!(21),
        of_span!(22),
        of_span!(23),
        of_span!(24),
        of_span!(25),
        of_span!(26),
        of_span!(27),
        "SELECT id, hardware_id, starts_at, blocked_until, qty, 2 FROM claim WHERE is_out = 1 AND ends_at <= ?"
    ),
);
/// The same for one hardware, where now is not asked about.
const OF_ONE: Statement = Statement::both(
    "claims_of_one",
    "SELECT id, hardware_id, starts_at, blocked_until, qty, 0 AS part FROM claim
     WHERE hardware_id = ? AND blocked_until > ? AND starts_at < ?
     UNION ALL
     SELECT id, hardware_id, starts_at, blocked_until, qty, 2 FROM claim
     WHERE hardware_id = ? AND is_out = 1 AND ends_at <= ?",
);
/// Hardware that may be over-committed now or later: nothing else can be.
const SUSPECTS: Statement = Statement::both(
    "claims_suspects",
    "SELECT hardware_id FROM claim WHERE forced = 1 AND blocked_until > ?
     UNION
     SELECT hardware_id FROM claim WHERE is_out = 1 AND ends_at <= ?",
);

pub(super) const STATEMENTS: &[&Statement] = &[&OF_50, &OF_200, &OF_1000, &OF_FLEET, &OF_ONE, &SUSPECTS];

/// In which part of a question a claim was found.
const OVER_NOW: i64 = 1;
const OVERDUE: i64 = 2;

/// One claim, with its row's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The row.
    pub id: i64,
    /// What it occupies; an overdue one longer than its row says.
    pub claim: Claim,
}

impl ClaimRow {
    fn held(&self, present: Present) -> Held {
        let claim = Claim { starts_at: self.starts_at, blocked_until: self.blocked_until, qty: self.qty };
        Held { id: self.id, claim: if self.part == OVERDUE { present.overdue(claim) } else { claim } }
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

/// Claims of the hardware `ids` (at most [`MAX_PAGE`]) over `window` and over now, by hardware id.
///
/// # Errors
/// The database cannot be reached.
pub async fn over(
    conn: &mut Conn<'_>,
    ids: &[i64],
    window: Window,
    present: Present,
) -> Result<HashMap<i64, ClaimsOf>, DbError> {
    let Some(last) = ids.last() else { return Ok(HashMap::new()) };
    let fitting = PAGES.iter().find(|(size, _)| ids.len() <= *size);
    let (size, statement) = *fitting.unwrap_or(&(MAX_PAGE, &OF_1000));
    let padded = || ids.iter().chain(std::iter::repeat(last)).take(size);
    let rows = on_conn!(conn, *statement, |sql, c| {
        let mut query = sqlx::query_as::<_, ClaimRow>(sql);
        for part in [window, present.instant()] {
            query = padded().fold(query, sqlx::query::QueryAs::bind).bind(part.from).bind(part.to);
        }
        padded().fold(query, sqlx::query::QueryAs::bind).bind(present.now_s).fetch_all(&mut **c)
    })?;
    Ok(grouped(&rows, present))
}

/// Claims of all hardware over `window`, by hardware id; nothing is said of now.
///
/// # Errors
/// The database cannot be reached.
pub async fn of_fleet(
    conn: &mut Conn<'_>,
    window: Window,
    present: Present,
) -> Result<HashMap<i64, ClaimsOf>, DbError> {
    let rows = on_conn!(conn, OF_FLEET, |sql, c| {
        let mut query = sqlx::query_as::<_, ClaimRow>(sql);
        for class in 0..=span::MAX_SPAN {
            let earliest = window.from.saturating_sub(span::longest_s(class));
            query = query.bind(earliest).bind(window.to).bind(window.from);
        }
        query.bind(present.now_s).fetch_all(&mut **c)
    })?;
    Ok(grouped(&rows, present))
}

/// What is overdue is found by its row too, perhaps: then only the longer one counts.
fn grouped(rows: &[ClaimRow], present: Present) -> HashMap<i64, ClaimsOf> {
    let overdue = overdue_ids(rows);
    let mut by_hardware: HashMap<i64, ClaimsOf> = HashMap::new();
    for row in rows.iter().filter(|row| row.part == OVERDUE || !overdue.contains(&row.id)) {
        let of = by_hardware.entry(row.hardware_id).or_default();
        let claim = row.held(present).claim;
        if row.part != OVER_NOW {
            of.in_window.push(claim);
        }
        if row.part != 0 {
            of.at_now.push(claim);
        }
    }
    by_hardware
}

fn overdue_ids(rows: &[ClaimRow]) -> HashSet<i64> {
    rows.iter().filter(|row| row.part == OVERDUE).map(|row| row.id).collect()
}

/// Claims of one hardware that overlap `window`, or may: what is overdue is always among them.
///
/// # Errors
/// The database cannot be reached.
pub async fn of_one(
    conn: &mut Conn<'_>,
    hardware: i64,
    window: Window,
    present: Present,
) -> Result<Vec<Held>, DbError> {
    let rows = on_conn!(conn, OF_ONE, |sql, c| {
        sqlx::query_as::<_, ClaimRow>(sql)
            .bind(hardware)
            .bind(window.from)
            .bind(window.to)
            .bind(hardware)
            .bind(present.now_s)
            .fetch_all(&mut **c)
    })?;
    let overdue = overdue_ids(&rows);
    let counts = |row: &&ClaimRow| row.part == OVERDUE || !overdue.contains(&row.id);
    Ok(rows.iter().filter(counts).map(|row| row.held(present)).collect())
}

/// Hardware of which more may be promised than there is, now or later. Over-commitment comes from forced claims
/// and from what is overdue, and from nothing else.
///
/// # Errors
/// The database cannot be reached.
pub async fn suspects(conn: &mut Conn<'_>, now_s: i64) -> Result<HashSet<i64>, DbError> {
    let ids: Vec<i64> = on_conn!(conn, SUSPECTS, |sql, c| {
        sqlx::query_scalar(sql).bind(now_s).bind(now_s).fetch_all(&mut **c)
    })?;
    Ok(ids.into_iter().collect())
}

/// What others than `own` occupy of one hardware over `window`, or may.
///
/// # Errors
/// The database cannot be reached.
pub async fn of_others(
    conn: &mut Conn<'_>,
    hardware: i64,
    window: Window,
    own: &[i64],
    present: Present,
) -> Result<Vec<Claim>, DbError> {
    let held = of_one(conn, hardware, window, present).await?;
    Ok(held.iter().filter(|held| !own.contains(&held.id)).map(|held| held.claim).collect())
}

/// The occupancy alone.
#[must_use]
pub fn occupancy(held: &[Held]) -> Vec<Claim> {
    held.iter().map(|held| held.claim).collect()
}
