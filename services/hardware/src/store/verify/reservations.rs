//! Reservations with their lines, claims and events, page by page.

use std::collections::HashMap;

use super::{
    Findings, Invariant, PAGE, counted, is_last, lines,
    log::{self, Told},
    rows::{ClaimRow, LineRow, ReservationRow},
    times,
};
use crate::{
    db::{Conn, DbError, Statement, on_conn},
    domain::{reservation::State, window::Window},
};

const RESERVATIONS: Statement = Statement::both(
    "verify_reservations",
    "SELECT r.id, r.state, r.starts_at, r.ends_at, r.version, r.series_id, s.id AS found_series
     FROM reservation r LEFT JOIN series s ON s.id = r.series_id WHERE r.id > ? ORDER BY r.id LIMIT ?",
);
const LINES: Statement = Statement::both(
    "verify_lines",
    "SELECT reservation_id, hardware_id, qty, out_qty, returned_qty, starts_at, ends_at FROM reservation_line
     WHERE reservation_id > ? AND reservation_id <= ? ORDER BY reservation_id, hardware_id",
);
const CLAIMS: Statement = Statement::both(
    "verify_claims_of_reservations",
    "SELECT id, reservation_id, hardware_id, starts_at, ends_at, qty, is_out FROM claim
     WHERE reservation_id > ? AND reservation_id <= ? ORDER BY reservation_id, hardware_id, id",
);

pub(super) const STATEMENTS: &[&Statement] = &[&RESERVATIONS, &LINES, &CLAIMS];

pub(super) async fn check(conn: &mut Conn<'_>, findings: &mut Findings<'_>) -> Result<(), DbError> {
    let mut after = i64::MIN;
    loop {
        let page = on_conn!(&mut *conn, RESERVATIONS, |sql, c| {
            sqlx::query_as::<_, ReservationRow>(sql).bind(after).bind(PAGE).fetch_all(&mut **c)
        })?;
        findings.counts.reservations += counted(&page);
        let next = page.last().map(|last| last.id).filter(|_| !is_last(&page, PAGE));
        // Lines between two reservations belong to none; the last page takes all that are left.
        let ids = Window { from: after, to: next.unwrap_or(i64::MAX) };
        check_page(conn, &page, ids, findings).await?;
        match next {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// `ids`: the page's are behind its `from`, and up to and with its `to`.
async fn check_page(
    conn: &mut Conn<'_>,
    page: &[ReservationRow],
    ids: Window,
    findings: &mut Findings<'_>,
) -> Result<(), DbError> {
    let lines = on_conn!(&mut *conn, LINES, |sql, c| {
        sqlx::query_as::<_, LineRow>(sql).bind(ids.from).bind(ids.to).fetch_all(&mut **c)
    })?;
    let claims = on_conn!(&mut *conn, CLAIMS, |sql, c| {
        sqlx::query_as::<_, ClaimRow>(sql).bind(ids.from).bind(ids.to).fetch_all(&mut **c)
    })?;
    let subjects: Vec<_> = page.iter().map(subject).collect();
    let mut told = log::of(conn, &subjects).await?;
    let mut claims = grouped(claims, |claim| claim.reservation_id);
    let known: Vec<_> = page.iter().map(|row| row.id).collect();
    for line in lines.iter().filter(|line| known.binary_search(&line.reservation_id).is_err()) {
        let LineRow { reservation_id, hardware_id, .. } = line;
        let text =
            format!("reservation {reservation_id} does not exist, but has a line of hardware {hardware_id}");
        findings.add(Invariant::I3, text);
    }
    let mut lines = grouped(lines, |line| line.reservation_id);
    for row in page {
        let of_row = lines.remove(&row.id).unwrap_or_default();
        check_one(row, &of_row, &claims.remove(&row.id).unwrap_or_default(), findings);
        check_told(row, &told.remove(&subject(row)).unwrap_or_default(), findings);
    }
    Ok(())
}

fn subject(row: &ReservationRow) -> String {
    format!("reservation/{}", row.id)
}

fn grouped<T>(rows: Vec<T>, id: impl Fn(&T) -> i64) -> HashMap<i64, Vec<T>> {
    let mut groups: HashMap<i64, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(id(&row)).or_default().push(row);
    }
    groups
}

fn check_one(row: &ReservationRow, of_row: &[LineRow], claims: &[ClaimRow], findings: &mut Findings<'_>) {
    let ReservationRow { id, state, starts_at, ends_at, .. } = row;
    if starts_at >= ends_at {
        findings.add(
            Invariant::I2,
            format!("reservation {id} {}: it ends before it begins", times(*starts_at, *ends_at)),
        );
    }
    if let (Some(series), None) = (row.series_id, row.found_series) {
        let text = format!("reservation {id} is in series {series}, which does not exist");
        findings.add(Invariant::Series, text);
    }
    if of_row.is_empty() {
        findings.add(Invariant::I3, format!("reservation {id} is {state}: it has no line"));
    }
    let Some(state) = State::of_word(state) else {
        return findings.add(Invariant::I3, format!("reservation {id}: {state:?} is no state"));
    };
    if state == State::Out && !of_row.is_empty() && of_row.iter().all(|line| line.out_qty == 0) {
        findings.add(Invariant::I3, format!("reservation {id} is out: nothing of it is"));
    }
    for line in of_row {
        let own: Vec<_> = claims.iter().filter(|claim| claim.hardware_id == line.hardware_id).collect();
        for why in lines::wrong(row, state, line, &own) {
            let text = format!("reservation {id} is {state}, hardware {}: {why}", line.hardware_id);
            findings.add(Invariant::I3, text);
        }
    }
}

/// The last event that led to a state led to this one.
fn check_told(row: &ReservationRow, told: &Told, findings: &mut Findings<'_>) {
    const CREATED: &str = "reservation.created";
    const CHECKED_OUT: &str = "reservation.checked_out";
    const RETURNED: &str = "reservation.returned";
    const CANCELLED: &str = "reservation.cancelled";
    const NO_SHOW: &str = "reservation.no_show";
    let subject = subject(row);
    told.check(&subject, CREATED, row.version, findings);
    let last = told.last_of(&[CREATED, CHECKED_OUT, RETURNED, CANCELLED, NO_SHOW]).unwrap_or("none");
    let leads_here = match State::of_word(&row.state) {
        Some(State::Confirmed) => last == CREATED,
        // Part of it may be back.
        Some(State::Out) => last == CHECKED_OUT || last == RETURNED,
        Some(State::Returned) => last == RETURNED,
        Some(State::Cancelled) => last == CANCELLED,
        Some(State::NoShow) => last == NO_SHOW,
        None => true,
    };
    if !leads_here {
        let text = format!(
            "{subject} is {}, but the last event of the audit log that changed its state is {last}",
            row.state
        );
        findings.add(Invariant::I4, text);
    }
}
