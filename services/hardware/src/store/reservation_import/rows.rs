//! What an import of bookings reads and writes, one JSON parameter a chunk.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    super::{
        claim_change::OwnClaim,
        events,
        idempotency::NEVER,
        reservation_create::{described, drafted},
        reservation_rows,
    },
    Mode, Plan,
};
use crate::db::{Conn, DbError, Statement, on_conn};

const KEYS: Statement = Statement::per_dialect(
    "import_keys",
    "SELECT k.idempotency_key, k.body_hash FROM JSON_TABLE(?, '$[*]' COLUMNS (
        name VARCHAR(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin PATH '$')) AS given
     STRAIGHT_JOIN idempotency_key k ON k.principal = ? AND k.idempotency_key = given.name",
    "SELECT k.idempotency_key, k.body_hash FROM json_each(?) AS given
     CROSS JOIN idempotency_key k ON k.principal = ? AND k.idempotency_key = given.value",
);
pub(in crate::store) const INSERT_LINES: Statement = Statement::per_dialect(
    "import_lines",
    "INSERT INTO reservation_line (reservation_id, hardware_id, qty, starts_at, ends_at)
     SELECT id, hardware, qty, starts_at, ends_at FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$.id',
        hardware BIGINT PATH '$.hardware', qty BIGINT PATH '$.qty', starts_at BIGINT PATH '$.starts_at',
        ends_at BIGINT PATH '$.ends_at')) AS given",
    "INSERT INTO reservation_line (reservation_id, hardware_id, qty, starts_at, ends_at)
     SELECT value ->> 'id', value ->> 'hardware', value ->> 'qty', value ->> 'starts_at', value ->> 'ends_at'
     FROM json_each(?)",
);
pub(in crate::store) const INSERT_CLAIMS: Statement = Statement::per_dialect(
    "import_claims",
    "INSERT INTO claim (hardware_id, reservation_id, starts_at, ends_at, blocked_until, span, qty)
     SELECT hardware, id, starts_at, ends_at, blocked_until, span, qty
     FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$.id', hardware BIGINT PATH '$.hardware',
        starts_at BIGINT PATH '$.starts_at', ends_at BIGINT PATH '$.ends_at',
        blocked_until BIGINT PATH '$.blocked_until', span BIGINT PATH '$.span', qty BIGINT PATH '$.qty')) AS given",
    "INSERT INTO claim (hardware_id, reservation_id, starts_at, ends_at, blocked_until, span, qty)
     SELECT value ->> 'hardware', value ->> 'id', value ->> 'starts_at', value ->> 'ends_at',
        value ->> 'blocked_until', value ->> 'span', value ->> 'qty' FROM json_each(?)",
);
const INSERT_KEYS: Statement = Statement::per_dialect(
    "import_insert_keys",
    "INSERT INTO idempotency_key (principal, idempotency_key, body_hash, reservation_id, answer, created_at, expires_at)
     SELECT ?, name, hash, id, '', ?, ? FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$.id',
        name VARCHAR(300) PATH '$.key', hash VARCHAR(64) PATH '$.hash')) AS given",
    "INSERT INTO idempotency_key (principal, idempotency_key, body_hash, reservation_id, answer, created_at, expires_at)
     SELECT ?, value ->> 'key', value ->> 'hash', value ->> 'id', '', ?, ? FROM json_each(?)",
);

pub(in crate::store) const STATEMENTS: &[&Statement] = &[&KEYS, &INSERT_LINES, &INSERT_CLAIMS, &INSERT_KEYS];

/// The hash under each key that was imported before.
pub(super) async fn keys<'k>(
    conn: &mut Conn<'_>,
    keys: impl Iterator<Item = &'k str>,
    mode: Mode<'_>,
) -> Result<HashMap<String, String>, DbError> {
    let keys = json!(keys.collect::<Vec<_>>()).to_string();
    let rows: Vec<(String, String)> = on_conn!(conn, KEYS, |sql, c| {
        sqlx::query_as(sql).bind(&keys).bind(mode.actor).fetch_all(&mut **c)
    })?;
    Ok(rows.into_iter().collect())
}

/// Writes what was accepted, with its lines, claims, events and keys.
pub(super) async fn write(conn: &mut Conn<'_>, accepted: &[Plan<'_>], mode: Mode<'_>) -> Result<(), DbError> {
    if accepted.is_empty() {
        return Ok(());
    }
    let now_s = mode.present.now_s;
    let (mut rows, mut told) = (Vec::with_capacity(accepted.len()), Vec::with_capacity(accepted.len()));
    for plan in accepted {
        let texts = (plan.wish.user.as_str(), plan.wish.purpose.as_str());
        let id = reservation_rows::insert(conn, plan.window, texts, [], now_s).await?;
        rows.push(plan.row(id));
        let intents = std::slice::from_ref(&plan.intent);
        told.push((id, described(&drafted(id, plan.wish, intents, plan.window, now_s))));
    }
    let rows = Value::Array(rows).to_string();
    for statement in [&INSERT_LINES, &INSERT_CLAIMS] {
        on_conn!(&mut *conn, *statement, |sql, c| async {
            sqlx::query(sql).bind(&rows).execute(&mut **c).await.map(|_| ())
        })?;
    }
    events::insert_all(conn, ("reservation.created", "reservation"), mode.actor, &told, now_s).await?;
    let kept = on_conn!(conn, INSERT_KEYS, |sql, c| async {
        let query = sqlx::query(sql).bind(mode.actor).bind(now_s).bind(NEVER).bind(&rows);
        query.execute(&mut **c).await.map(|_| ())
    });
    match kept {
        // Somebody imported the same for this hardware just now: start over, and it will be found.
        Err(error) if error.is_unique_violation() => Err(DbError::Busy),
        other => other,
    }
}

/// A claim for [`INSERT_CLAIMS`], and its line for [`INSERT_LINES`], where `id` is the reservation's; or for
/// the statement that changes claims, where it is its own.
pub(in crate::store) fn claim_row(id: i64, claim: &OwnClaim) -> Value {
    json!({
        "id": id,
        "hardware": claim.hardware,
        "qty": claim.qty,
        "starts_at": claim.starts_at,
        "ends_at": claim.ends_at,
        "blocked_until": claim.blocked_until,
        "span": claim.span(),
    })
}

impl Plan<'_> {
    /// What comes with reservation `id`, for the JSON parameter: its claim and its line, and the key.
    fn row(&self, id: i64) -> Value {
        let mut row = claim_row(id, &self.intent.new);
        row["key"] = self.key.clone().into();
        row["hash"] = self.hash.clone().into();
        row
    }
}
