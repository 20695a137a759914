//! Claims, read: who occupies what, and when.
//!
//! Every question has a second part that brings what is overdue: units that are out past their end occupy longer
//! than their row says ([`Present::overdue`]), and are found by an index of their own.

mod onwards;
mod row;
mod sql;

use std::{
    collections::{HashMap, HashSet},
    ops::RangeInclusive,
};

use self::{
    row::ClaimRow,
    sql::{MAX_PAGE, OF_FLEET, OF_ONE, PAGES, SUSPECTS},
};
use crate::{
    db::{Conn, DbError, Rows, on_conn},
    domain::{peak::Claim, present::Present, span, window::Window},
};

pub use self::onwards::{Asked, Side, Told, beyond, starting};
pub(super) use self::sql::STATEMENTS;

/// In which part of a question a claim was found.
const OVER_NOW: i64 = 1;
const OVERDUE: i64 = 2;
/// Claims between now and a window that are read for nothing cost less than to ask twice: up to a week of them.
const NEAR_S: i64 = 7 * 86_400;
/// The length classes that a page looks for by class. No booking, and no maintenance with an end, comes to a longer one.
const LASTING: RangeInclusive<u32> = 11..=17;

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
    /// Those that overlap now.
    pub at_now: Vec<Claim>,
    /// The rows of those that are overdue: they are in both.
    pub overdue: Vec<i64>,
}

/// Claims of the hardware `ids` over `window` and over now, by hardware id: a statement for every [`MAX_PAGE`]. Where the
/// window is near, it is asked about together with now and what lies in between.
///
/// # Errors
/// The database cannot be reached.
pub async fn over(
    conn: &mut Conn<'_>,
    ids: &[i64],
    window: Window,
    present: Present,
) -> Result<HashMap<i64, ClaimsOf>, DbError> {
    let instant = present.instant();
    let both = Window { from: window.from.min(instant.from), to: window.to.max(instant.to) };
    let is_near = both.length_s() <= window.length_s() + NEAR_S;
    let (over, now) = if is_near { (both, None) } else { (window, Some(instant)) };
    let mut rows = Vec::new();
    for ids in ids.chunks(MAX_PAGE) {
        let page = PAGES.iter().find(|page| ids.len() <= page.size);
        let Some((page, last)) = page.zip(ids.last()) else { continue };
        let statement = if now.is_none() { page.over } else { page.over_and_now };
        let padded = || ids.iter().chain(std::iter::repeat(last)).take(page.size);
        rows.append(&mut on_conn!(&mut *conn, *statement, |sql, c| {
            let mut query = sqlx::query_as::<_, Rows<ClaimRow>>(sql);
            for part in [over].into_iter().chain(now) {
                let recent = part.from.saturating_sub(span::longest_s(LASTING.start() - 1));
                query = padded().fold(query, sqlx::query::QueryAs::bind);
                query = query.bind(recent).bind(part.to).bind(part.from);
                for class in LASTING {
                    let earliest = part.from.saturating_sub(span::longest_s(class));
                    query = query.bind(earliest).bind(recent).bind(part.from);
                }
                // Around the classes, and for those that are longer.
                query = padded().chain(padded()).fold(query, sqlx::query::QueryAs::bind);
                query = query.bind(recent).bind(part.from);
            }
            padded().fold(query, sqlx::query::QueryAs::bind).bind(present.now_s).fetch_all(&mut **c)
        })?);
    }
    Ok(grouped(&Rows::flat(rows), window, present, now.is_some()))
}

/// Claims of all hardware over `window`, by hardware id. Those over now are told only where now is in it.
///
/// # Errors
/// The database cannot be reached.
pub async fn of_fleet(
    conn: &mut Conn<'_>,
    window: Window,
    present: Present,
) -> Result<HashMap<i64, ClaimsOf>, DbError> {
    let rows = on_conn!(conn, OF_FLEET, |sql, c| {
        let mut query = sqlx::query_as::<_, Rows<ClaimRow>>(sql);
        for class in 0..=span::MAX_SPAN {
            let earliest = window.from.saturating_sub(span::longest_s(class));
            query = query.bind(earliest).bind(window.to).bind(window.from);
        }
        query.bind(present.now_s).fetch_all(&mut **c)
    })?;
    Ok(grouped(&Rows::flat(rows), window, present, false))
}

/// What is overdue is found by its row too, perhaps: then only the longer one counts. Where now is `apart`, it was asked about
/// by itself, and a claim that overlaps both came twice.
fn grouped(rows: &[ClaimRow], window: Window, present: Present, apart: bool) -> HashMap<i64, ClaimsOf> {
    let overdue = overdue_ids(rows);
    let mut by_hardware: HashMap<i64, ClaimsOf> = HashMap::new();
    for row in rows.iter().filter(|row| row.part == OVERDUE || !overdue.contains(&row.id)) {
        let of = by_hardware.entry(row.hardware_id).or_default();
        let claim = row.held(present).claim;
        let (in_window, at_now) = match row.part {
            OVERDUE => (true, true),
            part if apart => (part != OVER_NOW, part == OVER_NOW),
            _ => (claim.overlaps(window), claim.overlaps(present.instant())),
        };
        if in_window {
            of.in_window.push(claim);
        }
        if at_now {
            of.at_now.push(claim);
        }
        if row.part == OVERDUE {
            of.overdue.push(row.id);
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
        let mut query = sqlx::query_as::<_, Rows<ClaimRow>>(sql);
        for class in 0..=span::MAX_SPAN {
            let earliest = window.from.saturating_sub(span::longest_s(class));
            query = query.bind(hardware).bind(earliest).bind(window.to).bind(window.from);
        }
        query.bind(hardware).bind(present.now_s).fetch_all(&mut **c)
    })?;
    let rows = Rows::flat(rows);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hardware::MAX_BUFFER_S;

    #[test]
    fn the_longest_booking_has_the_last_class_that_a_page_looks_for() {
        assert_eq!(span::of_length(Window::LONGEST_S + MAX_BUFFER_S), *LASTING.end());
        assert_eq!(span::longest_s(LASTING.start() - 1), 1_024 * 3_600);
    }
}
