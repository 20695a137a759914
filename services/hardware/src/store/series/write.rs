//! The rows of many reservations, written in few statements.

use serde_json::{Value, json};

use super::rows;
use crate::{
    db::{Conn, DbError},
    domain::reservation::Reservation,
    store::{
        claim_change::OwnClaim,
        events,
        reservation_create::described,
        reservation_import::{INSERT_CLAIMS, INSERT_LINES, claim_row},
    },
};

/// One of a series, with the claims that it has or will have.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub reservation: Reservation,
    pub claims: Vec<OwnClaim>,
}

/// What comes with reservations that were just inserted: lines, claims, events.
pub(super) async fn created(
    conn: &mut Conn<'_>,
    members: &[Member],
    actor: &str,
    now_s: i64,
) -> Result<(), DbError> {
    let rows = members.iter().flat_map(|m| m.claims.iter().map(|claim| claim_row(m.reservation.id, claim)));
    let rows = Value::Array(rows.collect()).to_string();
    rows::run(conn, &INSERT_LINES, &rows).await?;
    rows::run(conn, &INSERT_CLAIMS, &rows).await?;
    let told: Vec<_> = members.iter().map(|m| (m.reservation.id, described(&m.reservation))).collect();
    events::insert_all(conn, ("reservation.created", "reservation"), actor, &told, now_s).await
}

/// What becomes of the claims of many reservations.
#[derive(Debug, Default)]
pub(super) struct ClaimRows {
    /// Those that are new, for [`claim_row`].
    pub new: Vec<Value>,
    /// Those that keep their row.
    pub kept: Vec<OwnClaim>,
    /// The rows of those given up.
    pub given_up: Vec<i64>,
}

/// Writes claims; what there is none of costs nothing.
pub(super) async fn claims(conn: &mut Conn<'_>, rows: ClaimRows) -> Result<(), DbError> {
    if !rows.given_up.is_empty() {
        rows::run(conn, &rows::DELETE_CLAIMS, &json!(rows.given_up).to_string()).await?;
    }
    if !rows.kept.is_empty() {
        let kept = rows.kept.iter().map(|claim| claim_row(claim.id, claim));
        rows::run(conn, &rows::UPDATE_CLAIMS, &Value::Array(kept.collect()).to_string()).await?;
    }
    if !rows.new.is_empty() {
        rows::run(conn, &INSERT_CLAIMS, &Value::Array(rows.new).to_string()).await?;
    }
    Ok(())
}

/// Writes reservations that are confirmed, or were until now, over their rows; each version goes up by one.
pub(super) async fn reservations(
    conn: &mut Conn<'_>,
    all: &[Reservation],
    now_s: i64,
) -> Result<(), DbError> {
    let row = |r: &Reservation| {
        json!({
            "id": r.id, "state": r.state.word(), "starts_at": r.starts_at, "ends_at": r.ends_at, "user": r.user,
            "purpose": r.purpose,
        })
    };
    let rows = Value::Array(all.iter().map(row).collect()).to_string();
    rows::update_reservations(conn, &rows, now_s).await
}

/// Writes the lines of confirmed reservations anew.
pub(super) async fn lines<'r>(
    conn: &mut Conn<'_>,
    reservations: impl Iterator<Item = &'r Reservation>,
) -> Result<(), DbError> {
    let (mut ids, mut rows) = (Vec::new(), Vec::new());
    for r in reservations {
        ids.push(r.id);
        rows.extend(r.lines.iter().map(|line| {
            json!({
                "id": r.id, "hardware": line.hardware, "qty": line.qty, "starts_at": r.starts_at, "ends_at": r.ends_at,
            })
        }));
    }
    if ids.is_empty() {
        return Ok(());
    }
    rows::run(conn, &rows::DELETE_LINES, &json!(ids).to_string()).await?;
    rows::run(conn, &INSERT_LINES, &Value::Array(rows).to_string()).await
}
