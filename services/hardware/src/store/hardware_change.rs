//! The catalogue, changed: one hardware at a time, each change with its row of the audit log.

use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::{
    Expected, StoreError, claim_change, claims,
    events::{self, Event},
    hardware::{Item, columns, find, find_by_name, one},
    retrying,
};
use crate::{
    db::{Conn, Db, DbError, Statement, on_conn},
    domain::{
        hardware::{Changes, Hardware},
        peak,
        present::Present,
        tags::Tags,
    },
};

const LOCK: Statement = Statement::per_dialect(
    "hardware_lock",
    concat!("SELECT ", columns!(), " FROM hardware WHERE id = ? AND archived_id = 0 FOR UPDATE"),
    concat!("SELECT ", columns!(), " FROM hardware WHERE id = ? AND archived_id = 0"),
);
const INSERT: Statement = Statement::both(
    "hardware_insert",
    "INSERT INTO hardware (provider, name, capacity, buffer_s, tz, category, location, description, tags, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
);
const UPDATE: Statement = Statement::both(
    "hardware_update",
    "UPDATE hardware SET provider = ?, name = ?, capacity = ?, buffer_s = ?, tz = ?, category = ?, location = ?,
     description = ?, tags = ?, updated_at = ?, version = version + 1 WHERE id = ?",
);
const ARCHIVE: Statement = Statement::both(
    "hardware_archive",
    "UPDATE hardware SET archived_id = id, updated_at = ?, version = version + 1 WHERE id = ?",
);
const WAS_THERE: Statement =
    Statement::both("hardware_was_there", "SELECT COUNT(*) FROM hardware WHERE provider = ? AND name = ?");

pub(super) const STATEMENTS: &[&Statement] = &[&LOCK, &INSERT, &UPDATE, &ARCHIVE, &WAS_THERE];

/// Binds what INSERT and UPDATE share, in the columns' order.
macro_rules! bind_fields {
    ($query:expr, $hardware:expr, $tags:expr) => {
        $query
            .bind(&$hardware.provider)
            .bind(&$hardware.name)
            .bind($hardware.capacity)
            .bind($hardware.buffer_s)
            .bind($hardware.tz.map(Tz::name))
            .bind(&$hardware.category)
            .bind(&$hardware.location)
            .bind(&$hardware.description)
            .bind($tags)
    };
}

/// Adds `hardware` to the catalogue.
///
/// # Errors
/// [`StoreError::Duplicate`] when a live one has its provider and name.
pub async fn create(db: &Db, hardware: &Hardware, now_s: i64, actor: &str) -> Result<Item, StoreError> {
    retrying(|| try_create(db, hardware, now_s, actor)).await
}

async fn try_create(db: &Db, hardware: &Hardware, now_s: i64, actor: &str) -> Result<Item, StoreError> {
    let mut tx = db.begin().await?;
    if let Err(error) = insert(&mut tx.conn(), hardware, now_s).await {
        return Err(explained(&mut tx.conn(), error, hardware).await);
    }
    let item = find_by_name(&mut tx.conn(), &hardware.provider, &hardware.name).await?;
    let data = Value::Object(described(hardware));
    let subject = format!("hardware/{}", item.id);
    events::insert(&mut tx.conn(), &Event { at: now_s, kind: "hardware.created", actor, subject, data })
        .await?;
    tx.commit().await?;
    Ok(item)
}

/// A refused row, told by the name that is taken.
async fn explained(conn: &mut Conn<'_>, error: DbError, hardware: &Hardware) -> StoreError {
    if !error.is_unique_violation() {
        return error.into();
    }
    let there = find_by_name(conn, &hardware.provider, &hardware.name).await;
    StoreError::Duplicate { id: there.map_or(0, |item| item.id) }
}

async fn insert(conn: &mut Conn<'_>, hardware: &Hardware, now_s: i64) -> Result<(), DbError> {
    let tags = tags_column(&hardware.tags);
    on_conn!(conn, INSERT, |sql, c| async {
        let query = bind_fields!(sqlx::query(sql), hardware, &tags).bind(now_s).bind(now_s);
        query.execute(&mut **c).await.map(|_| ())
    })
}

/// A change to one hardware.
#[derive(Clone, Debug)]
pub struct Edit<'e> {
    /// The new values.
    pub changes: &'e Changes,
    /// Only if this still holds.
    pub expected: &'e Expected,
    /// Cut the capacity even below what is booked.
    pub force: bool,
    /// When.
    pub present: Present,
    /// Who changes it.
    pub actor: &'e str,
}

/// Changes a hardware; a change that changes nothing leaves version and audit log alone.
///
/// # Errors
/// Not found, another version, impossible values, a name that is taken, or a cut below what is booked.
pub async fn update(db: &Db, id: i64, edit: &Edit<'_>) -> Result<Item, StoreError> {
    retrying(|| try_update(db, id, edit)).await
}

async fn try_update(db: &Db, id: i64, edit: &Edit<'_>) -> Result<Item, StoreError> {
    let mut tx = db.begin().await?;
    let item = one(&mut tx.conn(), &LOCK, id).await?;
    edit.expected.check(item.version)?;
    let new = item.hardware.changed(edit.changes).map_err(StoreError::Impossible)?;
    if new == item.hardware {
        return Ok(item);
    }
    apply(&mut tx.conn(), &item, &new, edit).await?;
    let item = find(&mut tx.conn(), id).await?;
    tx.commit().await?;
    Ok(item)
}

/// Writes `new` over the locked `item`, with its event.
pub(super) async fn apply(
    conn: &mut Conn<'_>,
    item: &Item,
    new: &Hardware,
    edit: &Edit<'_>,
) -> Result<(), StoreError> {
    let over = if new.capacity < item.hardware.capacity {
        booked_above(conn, item.id, new.capacity, edit.present).await?
    } else {
        None
    };
    if let (Some(error), false) = (over, edit.force) {
        return Err(error);
    }
    if let Err(error) = overwrite(conn, item.id, new, edit.present.now_s).await {
        return Err(explained(conn, error, new).await);
    }
    if new.capacity < item.hardware.capacity {
        claim_change::force_above(conn, item.id, new.capacity, edit.present).await?;
    }
    let mut data = events::changed(&described(&item.hardware).into(), &described(new).into());
    if edit.force {
        data["forced"] = true.into();
    }
    let subject = format!("hardware/{}", item.id);
    let event = Event { at: edit.present.now_s, kind: "hardware.updated", actor: edit.actor, subject, data };
    Ok(events::insert(conn, &event).await?)
}

async fn overwrite(conn: &mut Conn<'_>, id: i64, new: &Hardware, now_s: i64) -> Result<(), DbError> {
    let tags = tags_column(&new.tags);
    on_conn!(conn, UPDATE, |sql, c| async {
        let query = bind_fields!(sqlx::query(sql), new, &tags).bind(now_s).bind(id);
        query.execute(&mut **c).await.map(|_| ())
    })
}

/// The refusal of a capacity that is less than what is booked at some time from now on.
pub(super) async fn booked_above(
    conn: &mut Conn<'_>,
    id: i64,
    capacity: i64,
    present: Present,
) -> Result<Option<StoreError>, StoreError> {
    let held = claims::of_one(conn, id, present.onwards(), present).await?;
    let levels = peak::levels(&claims::occupancy(&held), present.onwards());
    let peak = levels.iter().map(|level| level.in_use).max().unwrap_or(0);
    let first = levels.iter().find(|level| level.in_use == peak);
    Ok(first.filter(|_| peak > capacity).map(|level| StoreError::BelowBooked { peak, from: level.from }))
}

/// Archives a hardware: it leaves the list, its history stays, its name is free again.
///
/// # Errors
/// Not found, another version, or units of it are still booked.
pub async fn archive(
    db: &Db,
    id: i64,
    expected: &Expected,
    present: Present,
    actor: &str,
) -> Result<(), StoreError> {
    retrying(|| try_archive(db, id, expected, present, actor)).await
}

async fn try_archive(
    db: &Db,
    id: i64,
    expected: &Expected,
    present: Present,
    actor: &str,
) -> Result<(), StoreError> {
    let now_s = present.now_s;
    let mut tx = db.begin().await?;
    let item = one(&mut tx.conn(), &LOCK, id).await?;
    expected.check(item.version)?;
    if let Some(error) = booked_above(&mut tx.conn(), id, 0, present).await? {
        return Err(error);
    }
    on_conn!(&mut tx.conn(), ARCHIVE, |sql, c| async {
        sqlx::query(sql).bind(now_s).bind(id).execute(&mut **c).await.map(|_| ())
    })?;
    let (subject, data) = (format!("hardware/{id}"), Value::Object(described(&item.hardware)));
    events::insert(&mut tx.conn(), &Event { at: now_s, kind: "hardware.archived", actor, subject, data })
        .await?;
    Ok(tx.commit().await?)
}

/// Adds `hardware` unless something of its provider and name is or ever was there. True if it was added.
///
/// # Errors
/// The database cannot be reached.
pub async fn seed(db: &Db, hardware: &Hardware, now_s: i64) -> Result<bool, StoreError> {
    let mut lease = db.read().await?;
    let there: i64 = on_conn!(&mut lease.conn(), WAS_THERE, |sql, c| {
        sqlx::query_scalar(sql).bind(&hardware.provider).bind(&hardware.name).fetch_one(&mut **c)
    })?;
    drop(lease);
    if there > 0 {
        return Ok(false);
    }
    match create(db, hardware, now_s, "seed").await {
        Ok(_) => Ok(true),
        // Somebody else seeded at the same moment.
        Err(StoreError::Duplicate { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Tags as the column holds them: one a line, a line break at both ends.
pub(super) fn tags_column(tags: &Tags) -> String {
    if tags.as_slice().is_empty() { String::new() } else { format!("\n{}\n", tags.as_slice().join("\n")) }
}

/// A hardware as the audit log tells it.
pub(super) fn described(hardware: &Hardware) -> Map<String, Value> {
    let fields = json!({
        "provider": hardware.provider,
        "name": hardware.name,
        "capacity": hardware.capacity,
        "buffer_s": hardware.buffer_s,
        "tz": hardware.tz.map(Tz::name),
        "category": hardware.category,
        "location": hardware.location,
        "description": hardware.description,
        "tags": hardware.tags.as_slice(),
    });
    match fields {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
