//! I2, and every claim by itself: it has one owner, who is there and wants it.

use sqlx::FromRow;

use super::{Findings, Invariant, PAGE, counted, is_last, times};
use crate::{
    db::{Conn, DbError, Statement, on_conn},
    domain::{moment::rfc3339, reservation::State, span},
};

const CLAIMS: Statement = Statement::both(
    "verify_claims",
    "SELECT c.id, c.hardware_id, c.reservation_id, c.task_id, c.starts_at, c.ends_at, c.blocked_until, c.span, c.qty,
     c.is_out,     h.id AS found_hardware, r.id AS found_reservation, r.state, l.hardware_id AS found_line, t.id AS found_task
     FROM claim c
     LEFT JOIN hardware h ON h.id = c.hardware_id
     LEFT JOIN reservation r ON r.id = c.reservation_id
     LEFT JOIN reservation_line l ON l.reservation_id = c.reservation_id AND l.hardware_id = c.hardware_id
     LEFT JOIN task t ON t.id = c.task_id
     WHERE c.id > ? ORDER BY c.id LIMIT ?",
);

pub(super) const STATEMENTS: &[&Statement] = &[&CLAIMS];

#[derive(Debug, FromRow)]
struct ClaimRow {
    id: i64,
    hardware_id: i64,
    reservation_id: Option<i64>,
    task_id: Option<i64>,
    starts_at: i64,
    ends_at: i64,
    blocked_until: i64,
    span: i64,
    qty: i64,
    is_out: i64,
    found_hardware: Option<i64>,
    found_reservation: Option<i64>,
    state: Option<String>,
    found_line: Option<i64>,
    found_task: Option<i64>,
}

pub(super) async fn check(conn: &mut Conn<'_>, findings: &mut Findings<'_>) -> Result<(), DbError> {
    let mut after = i64::MIN;
    loop {
        let page = on_conn!(&mut *conn, CLAIMS, |sql, c| {
            sqlx::query_as::<_, ClaimRow>(sql).bind(after).bind(PAGE).fetch_all(&mut **c)
        })?;
        findings.counts.claims += counted(&page);
        for row in &page {
            let (id, hardware, when) = (row.id, row.hardware_id, times(row.starts_at, row.blocked_until));
            let mut tell = |invariant, why: String| {
                findings.add(invariant, format!("claim {id} of hardware {hardware} {when}: {why}"));
            };
            row.impossible().into_iter().for_each(|why| tell(Invariant::I2, why));
            row.misplaced().into_iter().for_each(|why| tell(Invariant::I3, why));
            after = id;
        }
        if is_last(&page, PAGE) {
            return Ok(());
        }
    }
}

impl ClaimRow {
    fn impossible(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.starts_at >= self.ends_at {
            wrong.push(format!("it ends at {}, which is not after its start", rfc3339(self.ends_at)));
        }
        if self.ends_at > self.blocked_until {
            wrong.push(format!("it ends at {}, which is after its block", rfc3339(self.ends_at)));
        }
        if self.qty < 1 {
            wrong.push(format!("it takes {} units", self.qty));
        }
        // The list of what is free finds a claim by its class: in a class that is too short it would be overlooked.
        let longest_s =
            u32::try_from(self.span).ok().filter(|span| *span <= span::MAX_SPAN).map(span::longest_s);
        if longest_s.is_none_or(|longest_s| self.blocked_until.saturating_sub(self.starts_at) > longest_s) {
            wrong.push(format!("it is longer than its class, span {}, allows", self.span));
        }
        wrong
    }

    fn misplaced(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.found_hardware.is_none() {
            wrong.push("the hardware does not exist".to_owned());
        }
        match (self.reservation_id, self.task_id) {
            (None, None) => wrong.push("it belongs to no reservation and to no task".to_owned()),
            (Some(reservation), Some(task)) => {
                wrong.push(format!("it belongs to reservation {reservation} and to task {task}"));
            }
            (Some(reservation), None) => wrong.extend(self.misplaced_in(reservation)),
            (None, Some(task)) if self.found_task.is_none() => {
                wrong.push(format!("task {task} does not exist"));
            }
            (None, Some(task)) if self.is_out != 0 => {
                wrong.push(format!("task {task} holds it as handed out"))
            }
            (None, Some(_)) => {}
        }
        wrong
    }

    fn misplaced_in(&self, reservation: i64) -> Option<String> {
        let state = self.state.as_deref().unwrap_or_default();
        if self.found_reservation.is_none() {
            Some(format!("reservation {reservation} does not exist"))
        } else if self.found_line.is_none() {
            Some(format!("reservation {reservation} has no line of this hardware"))
        } else if self.is_out != 0 && state != State::Out.word() {
            Some(format!("it is handed out, but reservation {reservation} is {state}"))
        } else {
            None
        }
    }
}
