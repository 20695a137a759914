//! What an import of the catalogue reads and writes, one JSON parameter a chunk.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    super::{
        StoreError, events,
        hardware::{HardwareRow, Item},
        hardware_change::{described, tags_column},
    },
    Mode,
};
use crate::{
    db::{Conn, DbError, Statement, on_conn},
    domain::hardware::{Changes, Hardware},
};

macro_rules! mysql_names {
    () => {
        "JSON_TABLE(?, '$[*]' COLUMNS (
            provider VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin PATH '$[0]',
            name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin PATH '$[1]')) AS given"
    };
}

macro_rules! columns {
    () => {
        "h.id, h.provider, h.name, h.capacity, h.buffer_s, h.tz, h.category, h.location, h.description, h.tags,
         h.version, h.created_at, h.updated_at"
    };
}

/// STRAIGHT_JOIN and CROSS JOIN make both databases walk the given names and look each up in the unique index.
const LOOK_UP: Statement = Statement::per_dialect(
    "import_look_up",
    concat!(
        "SELECT ",
        columns!(),
        " FROM ",
        mysql_names!(),
        " STRAIGHT_JOIN hardware h
         ON h.provider = given.provider AND h.name = given.name AND h.archived_id = 0"
    ),
    concat!(
        "SELECT ",
        columns!(),
        " FROM json_each(?) AS given CROSS JOIN hardware h
         ON h.provider = given.value ->> '$[0]' AND h.name = given.value ->> '$[1]' AND h.archived_id = 0"
    ),
);
/// The ids travel in ascending order, and are walked in it: bookings lock the same rows in the same order, and whoever
/// locks otherwise makes deadlocks.
const LOCK: Statement = Statement::per_dialect(
    "import_lock",
    concat!(
        "SELECT ",
        columns!(),
        " FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) AS given
         STRAIGHT_JOIN hardware h ON h.id = given.id WHERE h.archived_id = 0 FOR UPDATE OF h"
    ),
    concat!(
        "SELECT ",
        columns!(),
        " FROM json_each(?) AS given CROSS JOIN hardware h ON h.id = given.value WHERE h.archived_id = 0"
    ),
);
const INSERT: Statement = Statement::per_dialect(
    "import_insert",
    "INSERT INTO hardware (provider, name, capacity, buffer_s, tz, category, location, description, tags, created_at, updated_at)
     SELECT provider, name, capacity, buffer_s, tz, category, location, description, tags, at, at
     FROM JSON_TABLE(?, '$[*]' COLUMNS (
        provider VARCHAR(100) PATH '$.provider', name VARCHAR(200) PATH '$.name', capacity BIGINT PATH '$.capacity',
        buffer_s BIGINT PATH '$.buffer_s', tz VARCHAR(64) PATH '$.tz', category VARCHAR(100) PATH '$.category',
        location VARCHAR(200) PATH '$.location', description VARCHAR(2000) PATH '$.description',
        tags VARCHAR(4002) PATH '$.tags', at BIGINT PATH '$.at')) AS given",
    "INSERT INTO hardware (provider, name, capacity, buffer_s, tz, category, location, description, tags, created_at, updated_at)
     SELECT value ->> 'provider', value ->> 'name', value ->> 'capacity', value ->> 'buffer_s', value ->> 'tz', value ->> 'category',
        value ->> 'location', value ->> 'description', value ->> 'tags', value ->> 'at', value ->> 'at'
     FROM json_each(?) WHERE true",
);
pub(in crate::store) const STATEMENTS: &[&Statement] = &[&LOOK_UP, &LOCK, &INSERT];

/// What is there, by provider and name.
pub(super) type ByName = HashMap<(String, String), Item>;

/// What is there of the names that `rows` give.
pub(super) async fn look_up(conn: &mut Conn<'_>, rows: &[Changes]) -> Result<ByName, StoreError> {
    let names = rows.iter().map(|row| [trimmed(&row.provider), trimmed(&row.name)]);
    Ok(by_name(named(conn, names).await?))
}

async fn named<'n>(
    conn: &mut Conn<'_>,
    names: impl Iterator<Item = [&'n str; 2]>,
) -> Result<Vec<HardwareRow>, DbError> {
    let names = json!(names.collect::<Vec<_>>()).to_string();
    on_conn!(conn, LOOK_UP, |sql, c| sqlx::query_as(sql).bind(&names).fetch_all(&mut **c))
}

/// What is there, locked and read again: only that counts. A name that came or went in between shows when its row is
/// inserted, and the chunk starts over.
pub(super) async fn lock(conn: &mut Conn<'_>, there: ByName) -> Result<ByName, StoreError> {
    let mut ids: Vec<_> = there.into_values().map(|item| item.id).collect();
    ids.sort_unstable();
    let ids = json!(ids).to_string();
    let found = on_conn!(conn, LOCK, |sql, c| {
        sqlx::query_as::<_, HardwareRow>(sql).bind(&ids).fetch_all(&mut **c)
    })?;
    Ok(by_name(found))
}

fn by_name(rows: Vec<HardwareRow>) -> ByName {
    let named = |item: Item| ((item.hardware.provider.clone(), item.hardware.name.clone()), item);
    rows.into_iter().map(Item::from).map(named).collect()
}

/// As a name is looked up.
pub(super) fn trimmed(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default().trim()
}

/// Writes what is new, with its events.
pub(super) async fn insert(conn: &mut Conn<'_>, created: &[Hardware], mode: Mode<'_>) -> Result<(), DbError> {
    if created.is_empty() {
        return Ok(());
    }
    let rows =
        Value::Array(created.iter().map(|hardware| insert_row(hardware, mode.present.now_s)).collect())
            .to_string();
    let inserted = on_conn!(&mut *conn, INSERT, |sql, c| async {
        sqlx::query(sql).bind(&rows).execute(&mut **c).await.map(|_| ())
    });
    match inserted {
        // Somebody created one of them since we looked: look again.
        Err(error) if error.is_unique_violation() => return Err(DbError::Busy),
        other => other?,
    }
    let names = created.iter().map(|hardware| [&*hardware.provider, &*hardware.name]);
    let items = named(conn, names).await?.into_iter().map(Item::from);
    let mut told: Vec<_> = items.map(|item| (item.id, described(&item.hardware).into())).collect();
    told.sort_unstable_by_key(|(id, _)| *id);
    events::insert_all(conn, ("hardware.created", "hardware"), mode.actor, &told, mode.present.now_s).await
}

fn insert_row(hardware: &Hardware, now_s: i64) -> Value {
    let mut row = described(hardware);
    row.insert("tags".into(), tags_column(&hardware.tags).into());
    row.insert("at".into(), now_s.into());
    Value::Object(row)
}
