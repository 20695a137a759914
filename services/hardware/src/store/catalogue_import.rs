//! Importing a chunk of the catalogue: at most [`MAX_CHUNK`] rows in one transaction, each row created, updated,
//! left alone or refused for itself.
//!
//! A chunk travels as one JSON parameter, so the statements' texts are fixed and their number does not grow with
//! the rows. Existing rows are read (and locked) first and then inserted or updated: an upsert could not tell an
//! unchanged row from a created one, and would burn an id for each.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    Expected, StoreError,
    hardware::{HardwareRow, Item},
    hardware_change::{Edit, apply, booked_above, described, tags_column},
    retrying,
};
use crate::{
    db::{Conn, Db, DbError, Statement, on_conn},
    domain::{
        Invalid,
        hardware::{Changes, Hardware},
        present::Present,
    },
};

/// Rows of one chunk at most.
pub const MAX_CHUNK: usize = 500;

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
const EVENTS: Statement = Statement::per_dialect(
    "import_events",
    "INSERT INTO event (at, kind, actor, subject, data)
         SELECT ?, 'hardware.created', ?, CONCAT('hardware/', h.id), given.data
         FROM JSON_TABLE(?, '$[*]' COLUMNS (
            provider VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin PATH '$.provider',
            name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin PATH '$.name',
            data JSON PATH '$.event')) AS given
         STRAIGHT_JOIN hardware h ON h.provider = given.provider AND h.name = given.name AND h.archived_id = 0",
    "INSERT INTO event (at, kind, actor, subject, data)
     SELECT ?, 'hardware.created', ?, 'hardware/' || h.id, given.value -> 'event'
     FROM json_each(?) AS given CROSS JOIN hardware h
     ON h.provider = given.value ->> 'provider' AND h.name = given.value ->> 'name' AND h.archived_id = 0",
);

pub(super) const STATEMENTS: &[&Statement] = &[&LOOK_UP, &LOCK, &INSERT, &EVENTS];

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was new.
    Created,
    /// It was there, and is different now.
    Updated,
    /// It was there, exactly so.
    Unchanged,
    /// It was refused: why.
    Failed(Vec<Invalid>),
}

/// How an import goes about it.
#[derive(Clone, Copy, Debug)]
pub struct Mode<'m> {
    /// Only say what would happen.
    pub dry_run: bool,
    /// When.
    pub present: Present,
    /// Who imports.
    pub actor: &'m str,
}

/// Imports `rows` (at most [`MAX_CHUNK`], each provider and name once): one outcome a row, in order.
///
/// # Errors
/// The database cannot be reached; then nothing of the chunk was written.
pub async fn import_chunk(db: &Db, rows: &[Changes], mode: Mode<'_>) -> Result<Vec<Outcome>, StoreError> {
    debug_assert!(rows.len() <= MAX_CHUNK);
    if mode.dry_run {
        return rehearse(db, rows, mode).await;
    }
    retrying(|| try_import(db, rows, mode)).await
}

async fn rehearse(db: &Db, rows: &[Changes], mode: Mode<'_>) -> Result<Vec<Outcome>, StoreError> {
    let mut lease = db.read().await?;
    let there = look_up(&mut lease.conn(), rows).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    for row in rows {
        let plan = plan(row, &there);
        outcomes.push(match plan {
            Plan::Update { item, new } => would_update(&mut lease.conn(), item, &new, mode).await?,
            plan => plan.outcome(),
        });
    }
    Ok(outcomes)
}

async fn would_update(
    conn: &mut Conn<'_>,
    item: &Item,
    new: &Hardware,
    mode: Mode<'_>,
) -> Result<Outcome, StoreError> {
    let cut = new.capacity < item.hardware.capacity;
    let over = if cut { booked_above(conn, item.id, new.capacity, mode.present).await? } else { None };
    over.map_or(Ok(Outcome::Updated), refused)
}

async fn try_import(db: &Db, rows: &[Changes], mode: Mode<'_>) -> Result<Vec<Outcome>, StoreError> {
    let mut tx = db.begin().await?;
    let there = look_up(&mut tx.conn(), rows).await?;
    let there = lock(&mut tx.conn(), there).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut created = Vec::new();
    for row in rows {
        let plan = plan(row, &there);
        outcomes.push(match plan {
            Plan::Create(new) => {
                created.push(new);
                Outcome::Created
            }
            Plan::Update { item, new } => update(&mut tx.conn(), item, &new, mode).await?,
            plan => plan.outcome(),
        });
    }
    insert(&mut tx.conn(), &created, mode).await?;
    tx.commit().await?;
    Ok(outcomes)
}

type ByName = HashMap<(String, String), Item>;

async fn look_up(conn: &mut Conn<'_>, rows: &[Changes]) -> Result<ByName, StoreError> {
    let names: Vec<_> = rows.iter().map(|row| [trimmed(&row.provider), trimmed(&row.name)]).collect();
    let names = json!(names).to_string();
    let found = on_conn!(conn, LOOK_UP, |sql, c| {
        sqlx::query_as::<_, HardwareRow>(sql).bind(&names).fetch_all(&mut **c)
    })?;
    Ok(by_name(found))
}

/// What is there, locked and read again: only that counts. A name that came or went in between shows when its row is
/// inserted, and the chunk starts over.
async fn lock(conn: &mut Conn<'_>, there: ByName) -> Result<ByName, StoreError> {
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

fn trimmed(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default().trim()
}

/// What is to be done with one row.
enum Plan<'i> {
    Create(Hardware),
    Update { item: &'i Item, new: Hardware },
    Keep,
    Refuse(Vec<Invalid>),
}

impl Plan<'_> {
    fn outcome(self) -> Outcome {
        match self {
            Self::Create(_) => Outcome::Created,
            Self::Update { .. } => Outcome::Updated,
            Self::Keep => Outcome::Unchanged,
            Self::Refuse(why) => Outcome::Failed(why),
        }
    }
}

fn plan<'i>(row: &Changes, there: &'i ByName) -> Plan<'i> {
    let name = (trimmed(&row.provider).to_owned(), trimmed(&row.name).to_owned());
    let item = there.get(&name);
    let new = item.map_or_else(|| Hardware::new(row), |item| item.hardware.changed(row));
    match (new, item) {
        (Err(why), _) => Plan::Refuse(why),
        (Ok(new), None) => Plan::Create(new),
        (Ok(new), Some(item)) if new == item.hardware => Plan::Keep,
        (Ok(new), Some(item)) => Plan::Update { item, new },
    }
}

async fn update(
    conn: &mut Conn<'_>,
    item: &Item,
    new: &Hardware,
    mode: Mode<'_>,
) -> Result<Outcome, StoreError> {
    let (changes, expected) = (&Changes::default(), &Expected::Anything);
    let edit = Edit { changes, expected, force: false, present: mode.present, actor: mode.actor };
    match apply(conn, item, new, &edit).await {
        Ok(()) => Ok(Outcome::Updated),
        Err(error) => refused(error),
    }
}

/// A cut below what is booked refuses its row; everything else ends the chunk.
fn refused(error: StoreError) -> Result<Outcome, StoreError> {
    match error {
        StoreError::BelowBooked { peak, from } => {
            let since = crate::domain::moment::rfc3339(from);
            let detail = format!("is less than the {peak} units that are booked from {since} on");
            Ok(Outcome::Failed(vec![Invalid::new("capacity", detail)]))
        }
        other => Err(other),
    }
}

async fn insert(conn: &mut Conn<'_>, created: &[Hardware], mode: Mode<'_>) -> Result<(), DbError> {
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
    on_conn!(conn, EVENTS, |sql, c| async {
        sqlx::query(sql)
            .bind(mode.present.now_s)
            .bind(mode.actor)
            .bind(&rows)
            .execute(&mut **c)
            .await
            .map(|_| ())
    })
}

fn insert_row(hardware: &Hardware, now_s: i64) -> Value {
    let event = described(hardware);
    let mut row = event.clone();
    row.insert("tags".into(), tags_column(&hardware.tags).into());
    row.insert("at".into(), now_s.into());
    row.insert("event".into(), event.into());
    Value::Object(row)
}
