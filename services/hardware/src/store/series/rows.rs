//! The statements of series. Many rows travel as one JSON parameter, so that the text is fixed; MySQL is told by which
//! index to find the rows of each, because it would rather read a whole small table, and wait for others' locks in it.

use chrono_tz::Tz;
use serde_json::json;
use sqlx::FromRow;

use crate::{
    db::{Conn, DbError, Inserted, Statement, on_conn},
    domain::{series::Every, window::Window},
    store::claim_change::{OwnClaim, OwnClaimRow},
};

const INSERT: Statement = Statement::both(
    "series_insert",
    "INSERT INTO series (zone, every, wanted, created_at) VALUES (?, ?, ?, ?)",
);
const ZONE: Statement = Statement::both("series_zone", "SELECT zone FROM series WHERE id = ?");
/// Ids ascend with the starts.
const INSERT_RESERVATIONS: Statement = Statement::per_dialect(
    "series_insert_reservations",
    "INSERT INTO reservation (starts_at, ends_at, user_name, purpose, series_id, created_at, updated_at)
     SELECT starts_at, ends_at, ?, ?, ?, ?, ? FROM JSON_TABLE(?, '$[*]' COLUMNS (
        starts_at BIGINT PATH '$[0]', ends_at BIGINT PATH '$[1]')) AS given ORDER BY starts_at",
    "INSERT INTO reservation (starts_at, ends_at, user_name, purpose, series_id, created_at, updated_at)
     SELECT value ->> 0, value ->> 1, ?, ?, ?, ?, ? FROM json_each(?) ORDER BY value ->> 0",
);
const IDS: Statement =
    Statement::both("series_ids", "SELECT id FROM reservation WHERE series_id = ? ORDER BY starts_at, id");
const UPDATE_RESERVATIONS: Statement = Statement::per_dialect(
    "series_update_reservations",
    "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$.id', state VARCHAR(16) PATH '$.state',
        starts_at BIGINT PATH '$.starts_at', ends_at BIGINT PATH '$.ends_at', user_name VARCHAR(200) PATH '$.user',
        purpose VARCHAR(1000) PATH '$.purpose')) AS given
     STRAIGHT_JOIN reservation r FORCE INDEX (PRIMARY) ON r.id = given.id
     SET r.state = given.state, r.starts_at = given.starts_at, r.ends_at = given.ends_at,
        r.user_name = given.user_name, r.purpose = given.purpose, r.version = r.version + 1, r.updated_at = ?",
    "WITH given AS (SELECT value FROM json_each(?))
     UPDATE reservation SET state = given.value ->> 'state', starts_at = given.value ->> 'starts_at',
        ends_at = given.value ->> 'ends_at', user_name = given.value ->> 'user', purpose = given.value ->> 'purpose',
        version = version + 1, updated_at = ?
     FROM given WHERE reservation.id = given.value ->> 'id'",
);
pub(super) const DELETE_LINES: Statement = Statement::per_dialect(
    "series_delete_lines",
    "DELETE l FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) AS given
     STRAIGHT_JOIN reservation_line l FORCE INDEX (PRIMARY) ON l.reservation_id = given.id",
    "DELETE FROM reservation_line WHERE reservation_id IN (SELECT value FROM json_each(?))",
);
pub(super) const UPDATE_CLAIMS: Statement = Statement::per_dialect(
    "series_update_claims",
    "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$.id', starts_at BIGINT PATH '$.starts_at',
        ends_at BIGINT PATH '$.ends_at', blocked_until BIGINT PATH '$.blocked_until', span BIGINT PATH '$.span',
        qty BIGINT PATH '$.qty')) AS given
     STRAIGHT_JOIN claim c FORCE INDEX (PRIMARY) ON c.id = given.id
     SET c.starts_at = given.starts_at, c.ends_at = given.ends_at, c.blocked_until = given.blocked_until,
        c.span = given.span, c.qty = given.qty",
    "UPDATE claim SET starts_at = given.value ->> 'starts_at', ends_at = given.value ->> 'ends_at',
        blocked_until = given.value ->> 'blocked_until', span = given.value ->> 'span', qty = given.value ->> 'qty'
     FROM json_each(?) AS given WHERE claim.id = given.value ->> 'id'",
);
pub(super) const DELETE_CLAIMS: Statement = Statement::per_dialect(
    "series_delete_claims",
    "DELETE c FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) AS given
     STRAIGHT_JOIN claim c FORCE INDEX (PRIMARY) ON c.id = given.id",
    "DELETE FROM claim WHERE id IN (SELECT value FROM json_each(?))",
);
const CLAIMS: Statement = Statement::per_dialect(
    "series_claims",
    "SELECT c.reservation_id, c.id, c.hardware_id, c.starts_at, c.ends_at, c.blocked_until, c.qty, c.is_out, c.forced
     FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) AS given
     STRAIGHT_JOIN claim c FORCE INDEX (claim_of_reservation) ON c.reservation_id = given.id ORDER BY c.hardware_id, c.id",
    "SELECT c.reservation_id, c.id, c.hardware_id, c.starts_at, c.ends_at, c.blocked_until, c.qty, c.is_out, c.forced
     FROM json_each(?) AS given
     CROSS JOIN claim c ON c.reservation_id = given.value ORDER BY c.hardware_id, c.id",
);

pub(in crate::store) const STATEMENTS: &[&Statement] = &[
    &INSERT,
    &ZONE,
    &INSERT_RESERVATIONS,
    &IDS,
    &UPDATE_RESERVATIONS,
    &DELETE_LINES,
    &UPDATE_CLAIMS,
    &DELETE_CLAIMS,
    &CLAIMS,
];

/// Writes a series; its id.
pub(super) async fn insert_series(
    conn: &mut Conn<'_>,
    zone: Tz,
    every: Every,
    wanted: usize,
    now_s: i64,
) -> Result<i64, DbError> {
    let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
    on_conn!(conn, INSERT, |sql, c| async {
        let query = sqlx::query(sql).bind(zone.name()).bind(every.word()).bind(wanted).bind(now_s);
        query.execute(&mut **c).await.map(|done| done.inserted_id())
    })
}

/// The zone of a series; `None` for one that is not there, or has none that is known.
pub(super) async fn zone(conn: &mut Conn<'_>, series: i64) -> Result<Option<Tz>, DbError> {
    let name: Option<String> =
        on_conn!(conn, ZONE, |sql, c| sqlx::query_scalar(sql).bind(series).fetch_optional(&mut **c))?;
    Ok(name.and_then(|name| name.parse().ok()))
}

/// Writes the reservations of a new series, without their lines; their ids, in the order of `windows`, which ascend by
/// their starts.
pub(super) async fn insert_reservations(
    conn: &mut Conn<'_>,
    series: i64,
    windows: &[Window],
    texts: (&str, &str),
    now_s: i64,
) -> Result<Vec<i64>, DbError> {
    let windows: Vec<_> = windows.iter().map(|window| [window.from, window.to]).collect();
    let windows = json!(windows).to_string();
    on_conn!(&mut *conn, INSERT_RESERVATIONS, |sql, c| async {
        let query = sqlx::query(sql).bind(texts.0).bind(texts.1).bind(series).bind(now_s).bind(now_s);
        query.bind(&windows).execute(&mut **c).await.map(|_| ())
    })?;
    on_conn!(conn, IDS, |sql, c| sqlx::query_scalar(sql).bind(series).fetch_all(&mut **c))
}

pub(super) async fn update_reservations(conn: &mut Conn<'_>, rows: &str, now_s: i64) -> Result<(), DbError> {
    on_conn!(conn, UPDATE_RESERVATIONS, |sql, c| async {
        sqlx::query(sql).bind(rows).bind(now_s).execute(&mut **c).await.map(|_| ())
    })
}

/// Runs a statement whose one parameter holds its rows.
pub(super) async fn run(conn: &mut Conn<'_>, statement: &Statement, rows: &str) -> Result<(), DbError> {
    on_conn!(conn, *statement, |sql, c| async {
        sqlx::query(sql).bind(rows).execute(&mut **c).await.map(|_| ())
    })
}

#[derive(Debug, FromRow)]
struct ClaimOf {
    reservation_id: i64,
    #[sqlx(flatten)]
    claim: OwnClaimRow,
}

/// The claims of these reservations: `(reservation, claim)`, by hardware and id.
pub(super) async fn claims(conn: &mut Conn<'_>, ids: &[i64]) -> Result<Vec<(i64, OwnClaim)>, DbError> {
    let ids = json!(ids).to_string();
    let rows =
        on_conn!(conn, CLAIMS, |sql, c| sqlx::query_as::<_, ClaimOf>(sql).bind(&ids).fetch_all(&mut **c))?;
    Ok(rows.into_iter().map(|row| (row.reservation_id, row.claim.into())).collect())
}
