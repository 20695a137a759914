//! Claims behind a time, or before it, in order: what a search for a free time reads.

use std::collections::HashMap;

use super::{
    Held,
    row::ClaimRow,
    sql::{EARLIER, LATER, STARTING},
};
use crate::{
    db::{Conn, DbError, Rows, Statement, on_conn},
    domain::peak::Claim,
};

/// On which side of a time claims are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Those that start at it or later, the first start first.
    Later,
    /// Those that end at it or earlier, the last end first.
    Earlier,
}

/// A hardware, and the time from which on (or back) its claims are to be known.
pub type Asked = (i64, i64);

/// Claims of one hardware, as their rows have them, in order.
#[derive(Clone, Debug)]
pub struct Told {
    /// Those there are on this side of the time asked for, up to `until`; and perhaps some at it.
    pub held: Vec<Held>,
    /// How far all are told: the start of the first that may be missing, or (looking back) its end. `None`: there are no others.
    pub until: Option<i64>,
}

/// Up to `limit` claims of each of the hardware in `asked`, on this side of its time.
///
/// # Errors
/// The database cannot be reached.
pub async fn beyond(
    conn: &mut Conn<'_>,
    side: Side,
    asked: &[Asked],
    limit: i64,
) -> Result<HashMap<i64, Told>, DbError> {
    let sizes = if side == Side::Later { &LATER } else { &EARLIER };
    let mut rows = Vec::new();
    for (size, statement, part) in parts(sizes, asked) {
        // There is no hardware 0: it fills what is left of the text.
        let padded = part.iter().chain(std::iter::repeat(&(0, 0))).take(size);
        rows.append(&mut on_conn!(&mut *conn, *statement, |sql, c| {
            let query = sqlx::query_as::<_, Rows<ClaimRow>>(sql);
            let query = padded.fold(query, |query, (id, at)| query.bind(*id).bind(*at).bind(limit));
            query.fetch_all(&mut **c)
        })?);
    }
    let mut by_hardware = grouped(&Rows::flat(rows));
    let told = |(id, _): &Asked| {
        let mut held = by_hardware.remove(id).unwrap_or_default();
        let boundary = |held: &Held| match side {
            Side::Later => held.claim.starts_at,
            Side::Earlier => held.claim.blocked_until,
        };
        held.sort_unstable_by_key(|held| if side == Side::Later { boundary(held) } else { -boundary(held) });
        // Of those that share the last one's boundary there may be more.
        let is_full = i64::try_from(held.len()).is_ok_and(|count| count >= limit);
        let until = held.last().map(boundary).filter(|_| is_full);
        (*id, Told { held, until })
    };
    Ok(asked.iter().map(told).collect())
}

/// Claims of the hardware in `asked` that start before `until`, in one statement for 50 of them, which brings up to
/// `limit` claims a hardware, on average: where there are more, hardware is missing in the answer.
///
/// # Errors
/// The database cannot be reached.
pub async fn starting(
    conn: &mut Conn<'_>,
    asked: &[Asked],
    until: i64,
    limit: i64,
) -> Result<HashMap<i64, Told>, DbError> {
    let mut told = HashMap::with_capacity(asked.len());
    for (size, statement, part) in parts(&STARTING, asked) {
        let most = limit.saturating_mul(i64::try_from(part.len()).unwrap_or(i64::MAX));
        let first = part.iter().map(|(_, at)| *at).min().unwrap_or(until);
        let padded = part.iter().map(|(id, _)| *id).chain(std::iter::repeat(0)).take(size);
        let rows = on_conn!(&mut *conn, *statement, |sql, c| {
            let query = padded.fold(sqlx::query_as::<_, Rows<ClaimRow>>(sql), sqlx::query::QueryAs::bind);
            query.bind(first).bind(until).bind(most).fetch_all(&mut **c)
        })?;
        let rows = Rows::flat(rows);
        let is_full = i64::try_from(rows.len()).is_ok_and(|count| count >= most);
        let last = rows.iter().map(|row| row.hardware_id).max().filter(|_| is_full).unwrap_or(i64::MAX);
        let mut by_hardware = grouped(&rows);
        told.extend(part.iter().filter(|(id, _)| *id < last).map(|(id, at)| {
            let mut held = by_hardware.remove(id).unwrap_or_default();
            held.retain(|held| held.claim.starts_at >= *at);
            (*id, Told { held, until: Some(until) })
        }));
    }
    Ok(told)
}

/// `asked` in parts, each with the statement that takes it and how many that one is about.
fn parts<'a>(
    sizes: &'a [(usize, &'static Statement)],
    asked: &'a [Asked],
) -> impl Iterator<Item = (usize, &'static Statement, &'a [Asked])> {
    let most = sizes.iter().map(|(size, _)| *size).max().unwrap_or(1);
    asked.chunks(most).filter_map(move |part| {
        let (size, statement) = sizes.iter().find(|(size, _)| part.len() <= *size)?;
        Some((*size, *statement, part))
    })
}

fn grouped(rows: &[ClaimRow]) -> HashMap<i64, Vec<Held>> {
    let mut by_hardware: HashMap<i64, Vec<Held>> = HashMap::new();
    for &ClaimRow { id, hardware_id, starts_at, blocked_until, qty, .. } in rows {
        let claim = Claim { starts_at, blocked_until, qty };
        by_hardware.entry(hardware_id).or_default().push(Held { id, claim });
    }
    by_hardware
}
