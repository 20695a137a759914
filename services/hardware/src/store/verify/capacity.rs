//! I1: at no time do claims that are not forced take more units than there are; and what is archived has none that
//! reach beyond its end.
//!
//! A hardware's claims are read from the last end to the first, in pages: behind the end of the last one read, all
//! claims are known; before it, those that reach over it are carried on. So memory holds one page and what overlaps
//! at one instant, whatever the length of the history.

use sqlx::FromRow;

use super::{Findings, Invariant, PAGE, counted, is_last, times};
use crate::{
    db::{Conn, DbError, Statement, on_conn},
    domain::{
        moment::rfc3339,
        peak::{self, Claim, Level},
        window::Window,
    },
};

const HARDWARE: Statement = Statement::both(
    "verify_hardware",
    "SELECT id, capacity, CASE WHEN archived_id <> 0 THEN updated_at END AS archived_at FROM hardware
     WHERE id > ? ORDER BY id LIMIT ?",
);
/// Archiving is the last change of a row, and is refused while anything is booked from then on.
const AFTER_THE_END: Statement = Statement::both(
    "verify_claims_after_the_end",
    "SELECT id, starts_at, blocked_until, qty FROM claim WHERE hardware_id = ? AND blocked_until > ?
     ORDER BY blocked_until, starts_at, qty, id LIMIT ?",
);
/// In the order of the index `claim_overlap`, backwards.
const CLAIMS: Statement = Statement::both(
    "verify_claims_of_hardware",
    "SELECT id, starts_at, blocked_until, qty FROM claim WHERE hardware_id = ? AND forced = 0 AND blocked_until <= ?
     AND (blocked_until, starts_at, qty, id) < (?, ?, ?, ?)
     ORDER BY blocked_until DESC, starts_at DESC, qty DESC, id DESC LIMIT ?",
);

pub(super) const STATEMENTS: &[&Statement] = &[&HARDWARE, &AFTER_THE_END, &CLAIMS];

/// Claims named in one violation at most.
const NAMED: usize = 10;
/// Units of one claim that are counted at most, so that even absurd rows add up without an overflow.
const MOST: i64 = 1 << 40;

#[derive(Debug, FromRow)]
struct HardwareRow {
    id: i64,
    capacity: i64,
    archived_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, FromRow)]
struct ClaimRow {
    id: i64,
    starts_at: i64,
    blocked_until: i64,
    qty: i64,
}

impl ClaimRow {
    /// Later than every row there is.
    const BEHIND: Self = Self { id: i64::MAX, starts_at: i64::MAX, blocked_until: i64::MAX, qty: i64::MAX };

    fn claim(&self) -> Claim {
        let Self { starts_at, blocked_until, qty, .. } = *self;
        Claim { starts_at, blocked_until, qty: qty.clamp(0, MOST) }
    }
}

pub(super) async fn check(conn: &mut Conn<'_>, findings: &mut Findings<'_>) -> Result<(), DbError> {
    let mut after = i64::MIN;
    loop {
        let page = on_conn!(&mut *conn, HARDWARE, |sql, c| {
            sqlx::query_as::<_, HardwareRow>(sql).bind(after).bind(PAGE).fetch_all(&mut **c)
        })?;
        findings.counts.hardware += counted(&page);
        for hardware in &page {
            check_one(conn, hardware, findings).await?;
            check_the_end(conn, hardware, findings).await?;
            after = hardware.id;
        }
        if is_last(&page, PAGE) {
            return Ok(());
        }
    }
}

async fn check_one(
    conn: &mut Conn<'_>,
    hardware: &HardwareRow,
    findings: &mut Findings<'_>,
) -> Result<(), DbError> {
    let mut known = Vec::new();
    let mut open = Window { from: i64::MIN, to: i64::MAX };
    let mut before = ClaimRow::BEHIND;
    loop {
        let page = claims_before(conn, hardware.id, before).await?;
        let next = page.last().copied().filter(|_| !is_last(&page, PAGE));
        known.extend(page);
        open.from = next.map_or(i64::MIN, |last| last.blocked_until);
        if open.from < open.to {
            tell_excess(hardware, &known, open, findings);
            known.retain(|claim| claim.starts_at < open.from);
            open.to = open.from;
        }
        match next {
            Some(last) => before = last,
            None => return Ok(()),
        }
    }
}

async fn check_the_end(
    conn: &mut Conn<'_>,
    hardware: &HardwareRow,
    findings: &mut Findings<'_>,
) -> Result<(), DbError> {
    let Some(archived_at) = hardware.archived_at else { return Ok(()) };
    let later: Vec<ClaimRow> = on_conn!(conn, AFTER_THE_END, |sql, c| {
        sqlx::query_as(sql).bind(hardware.id).bind(archived_at).bind(PAGE).fetch_all(&mut **c)
    })?;
    for claim in later {
        let (when, end) = (times(claim.starts_at, claim.blocked_until), rfc3339(archived_at));
        let text = format!(
            "hardware {} was archived at {end}: claim {} {when} reaches beyond it",
            hardware.id, claim.id
        );
        findings.add(Invariant::I1, text);
    }
    Ok(())
}

async fn claims_before(
    conn: &mut Conn<'_>,
    hardware: i64,
    before: ClaimRow,
) -> Result<Vec<ClaimRow>, DbError> {
    let ClaimRow { id, starts_at, blocked_until, qty } = before;
    on_conn!(conn, CLAIMS, |sql, c| {
        let query = sqlx::query_as(sql).bind(hardware).bind(blocked_until);
        let query = query.bind(blocked_until).bind(starts_at).bind(qty).bind(id);
        query.bind(PAGE).fetch_all(&mut **c)
    })
}

fn tell_excess(hardware: &HardwareRow, known: &[ClaimRow], window: Window, findings: &mut Findings<'_>) {
    let claims: Vec<_> = known.iter().map(ClaimRow::claim).collect();
    let levels = peak::levels(&claims, window);
    for level in levels.iter().rev().filter(|level| level.in_use > hardware.capacity) {
        let (id, in_use, capacity) = (hardware.id, level.in_use, hardware.capacity);
        let (when, who) = (times(level.from, level.to), named(known, *level));
        let text = format!(
            "hardware {id} {when}: {in_use} units are taken by claims that are not forced, its capacity is {capacity}: {who}"
        );
        findings.add(Invariant::I1, text);
    }
}

/// The claims that make up a level, by id.
fn named(known: &[ClaimRow], level: Level) -> String {
    let overlaps = |claim: &&ClaimRow| claim.starts_at < level.to && claim.blocked_until > level.from;
    let mut ids: Vec<_> = known.iter().filter(overlaps).map(|claim| claim.id).collect();
    ids.sort_unstable();
    let more = ids.len().saturating_sub(NAMED);
    let listed = ids.iter().take(NAMED).map(|id| format!("claim {id}")).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{listed} and {more} more") } else { listed }
}
