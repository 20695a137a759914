//! The catalogue: reading, and changing one hardware at a time.

use serde_json::{Map, Value, json};
use sqlx::FromRow;

use super::{
    StoreError, claims,
    events::{self, Event},
    retrying,
};
use crate::{
    db::{Conn, Db, Statement, on_conn},
    domain::{
        filter::{Filter, MAX_TAGS, MAX_WORDS},
        hardware::{Changes, Hardware},
        peak,
        tags::Tags,
        window::Window,
    },
};

macro_rules! columns {
    () => {
        "id, provider, name, capacity, buffer_s, tz, category, location, description, tags, version, created_at, updated_at"
    };
}

/// Every condition is always there and passes when nothing is asked of it, so the text is fixed.
/// INSTR('', '') is 1 on both databases: an empty word or tag is found everywhere.
macro_rules! matching {
    () => {
        " FROM hardware WHERE archived_id = 0 AND id > ? AND id <= ?
          AND (? IS NULL OR provider = ?) AND (? IS NULL OR category = ?) AND (? IS NULL OR location = ?)
          AND (? IS NULL OR INSTR(?, CONCAT(',', id, ',')) > 0)
          AND INSTR(tags, ?) > 0 AND INSTR(tags, ?) > 0 AND INSTR(tags, ?) > 0 AND INSTR(tags, ?) > 0
          AND (? = '' OR INSTR(LOWER(CONCAT_WS(' ', provider, name, category, location, description, tags)), ?) > 0)
          AND (? = '' OR INSTR(LOWER(CONCAT_WS(' ', provider, name, category, location, description, tags)), ?) > 0)
          AND (? = '' OR INSTR(LOWER(CONCAT_WS(' ', provider, name, category, location, description, tags)), ?) > 0)
          AND (? = '' OR INSTR(LOWER(CONCAT_WS(' ', provider, name, category, location, description, tags)), ?) > 0)"
    };
}

const LIST: Statement =
    Statement::both("hardware_list", concat!("SELECT ", columns!(), matching!(), " ORDER BY id LIMIT ?"));
const COUNT: Statement = Statement::both("hardware_count", concat!("SELECT COUNT(*)", matching!()));
const FIND: Statement = Statement::both(
    "hardware_find",
    concat!("SELECT ", columns!(), " FROM hardware WHERE id = ? AND archived_id = 0"),
);
const FIND_BY_NAME: Statement = Statement::both(
    "hardware_find_by_name",
    concat!("SELECT ", columns!(), " FROM hardware WHERE provider = ? AND name = ? AND archived_id = 0"),
);
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
const PROVIDERS: Statement = Statement::both(
    "hardware_providers",
    "SELECT provider AS value, COUNT(*) AS matches FROM hardware WHERE archived_id = 0 GROUP BY provider ORDER BY provider LIMIT ?",
);
const CATEGORIES: Statement = Statement::both(
    "hardware_categories",
    "SELECT category AS value, COUNT(*) AS matches FROM hardware WHERE archived_id = 0 AND category <> '' GROUP BY category ORDER BY category LIMIT ?",
);
const LOCATIONS: Statement = Statement::both(
    "hardware_locations",
    "SELECT location AS value, COUNT(*) AS matches FROM hardware WHERE archived_id = 0 AND location <> '' GROUP BY location ORDER BY location LIMIT ?",
);

pub(super) const STATEMENTS: &[&Statement] = &[
    &LIST,
    &COUNT,
    &FIND,
    &FIND_BY_NAME,
    &LOCK,
    &INSERT,
    &UPDATE,
    &ARCHIVE,
    &WAS_THERE,
    &PROVIDERS,
    &CATEGORIES,
    &LOCATIONS,
];

/// Binds every placeholder of `matching!`, in order. A macro, because the drivers' query types differ.
macro_rules! bind_filter {
    ($query:expr, $bound:expr) => {{
        let bound = &$bound;
        let filter = bound.filter;
        let mut query = $query.bind(bound.after_id).bind(bound.up_to_id);
        for exact in [&filter.provider, &filter.category, &filter.location, &bound.ids] {
            query = query.bind(exact.as_deref()).bind(exact.as_deref());
        }
        for tag in &bound.tags {
            query = query.bind(tag);
        }
        for word in &bound.words {
            query = query.bind(word).bind(word);
        }
        query
    }};
}

/// Binds what INSERT and UPDATE share, in the columns' order.
macro_rules! bind_fields {
    ($query:expr, $hardware:expr, $tags:expr) => {
        $query
            .bind(&$hardware.provider)
            .bind(&$hardware.name)
            .bind($hardware.capacity)
            .bind($hardware.buffer_s)
            .bind($hardware.tz.map(|tz| tz.name()))
            .bind(&$hardware.category)
            .bind(&$hardware.location)
            .bind(&$hardware.description)
            .bind($tags)
    };
}

/// Different values that one facet lists at most.
const MAX_FACET_VALUES: i64 = 500;

/// A hardware as it stands in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Given by the database.
    pub id: i64,
    /// What it is.
    pub hardware: Hardware,
    /// Counts changes, from 1.
    pub version: i64,
    /// UTC epoch seconds.
    pub created_at: i64,
    /// UTC epoch seconds.
    pub updated_at: i64,
}

#[derive(Debug, FromRow)]
pub(super) struct HardwareRow {
    id: i64,
    provider: String,
    name: String,
    capacity: i64,
    buffer_s: i64,
    tz: Option<String>,
    category: String,
    location: String,
    description: String,
    tags: String,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

impl From<HardwareRow> for Item {
    /// A row may have been written by hand: a zone or a tag that nobody can read is left out, not fatal.
    fn from(row: HardwareRow) -> Self {
        let readable = |tag: &&str| Tags::new([tag]).is_ok();
        let tags = row.tags.split('\n').filter(|tag| !tag.is_empty()).filter(readable);
        let hardware = Hardware {
            provider: row.provider,
            name: row.name,
            capacity: row.capacity,
            buffer_s: row.buffer_s,
            tz: row.tz.and_then(|name| name.parse().ok()),
            category: row.category,
            location: row.location,
            description: row.description,
            tags: Tags::new(tags).unwrap_or_default(),
        };
        Self {
            id: row.id,
            hardware,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Tags as the column holds them: one a line, a line break at both ends.
pub(super) fn tags_column(tags: &Tags) -> String {
    if tags.as_slice().is_empty() { String::new() } else { format!("\n{}\n", tags.as_slice().join("\n")) }
}

/// Up to `limit` hardware that match `filter`, by id, the first after `after_id`.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(
    conn: &mut Conn<'_>,
    filter: &Filter,
    after_id: i64,
    limit: i64,
) -> Result<Vec<Item>, StoreError> {
    let bound = Bound::new(filter, after_id);
    let rows = on_conn!(conn, LIST, |sql, c| async {
        let query = bind_filter!(sqlx::query_as::<_, HardwareRow>(sql), bound);
        query.bind(limit).fetch_all(&mut **c).await
    })?;
    Ok(rows.into_iter().map(Item::from).collect())
}

/// How many hardware match `filter`.
///
/// # Errors
/// The database cannot be reached.
pub async fn count(conn: &mut Conn<'_>, filter: &Filter) -> Result<i64, StoreError> {
    let bound = Bound::new(filter, 0);
    on_conn!(conn, COUNT, |sql, c| async {
        bind_filter!(sqlx::query_scalar::<_, i64>(sql), bound).fetch_one(&mut **c).await
    })
}

/// A filter as the statements want it: a value for every placeholder.
struct Bound<'f> {
    filter: &'f Filter,
    after_id: i64,
    up_to_id: i64,
    ids: Option<String>,
    tags: [String; MAX_TAGS],
    words: [String; MAX_WORDS],
}

impl<'f> Bound<'f> {
    fn new(filter: &'f Filter, after_id: i64) -> Self {
        let ids = filter.ids.as_deref();
        // The ids' own range keeps the scan short; the text decides within it.
        let range = ids.map(|ids| (ids.first().map_or(0, |id| id - 1), ids.last().copied().unwrap_or(0)));
        let (before, up_to_id) = range.unwrap_or((0, i64::MAX));
        let listed =
            |ids: &[i64]| format!(",{},", ids.iter().map(i64::to_string).collect::<Vec<_>>().join(","));
        Self {
            filter,
            after_id: after_id.max(before),
            up_to_id,
            ids: ids.map(listed),
            tags: std::array::from_fn(|i| {
                filter.tags.get(i).map_or_else(String::new, |tag| format!("\n{tag}\n"))
            }),
            words: std::array::from_fn(|i| filter.words.get(i).cloned().unwrap_or_default()),
        }
    }
}

/// The hardware with this id, unless it is archived.
///
/// # Errors
/// [`StoreError::NotFound`], or the database cannot be reached.
pub async fn find(conn: &mut Conn<'_>, id: i64) -> Result<Item, StoreError> {
    one(conn, &FIND, id).await
}

async fn one(conn: &mut Conn<'_>, statement: &Statement, id: i64) -> Result<Item, StoreError> {
    let row = on_conn!(conn, *statement, |sql, c| {
        sqlx::query_as::<_, HardwareRow>(sql).bind(id).fetch_optional(&mut **c)
    })?;
    row.map(Item::from).ok_or(StoreError::NotFound)
}

async fn find_by_name(conn: &mut Conn<'_>, provider: &str, name: &str) -> Result<Item, StoreError> {
    let row = on_conn!(conn, FIND_BY_NAME, |sql, c| {
        sqlx::query_as::<_, HardwareRow>(sql).bind(provider).bind(name).fetch_optional(&mut **c)
    })?;
    row.map(Item::from).ok_or(StoreError::NotFound)
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
    match insert(&mut tx.conn(), hardware, now_s).await {
        Err(error) if error.is_unique_violation() => {
            let there = find_by_name(&mut tx.conn(), &hardware.provider, &hardware.name).await;
            return Err(StoreError::Duplicate { id: there.map_or(0, |item| item.id) });
        }
        other => other?,
    }
    let item = find_by_name(&mut tx.conn(), &hardware.provider, &hardware.name).await?;
    let data = Value::Object(described(hardware));
    let subject = format!("hardware/{}", item.id);
    events::insert(&mut tx.conn(), &Event { at: now_s, kind: "hardware.created", actor, subject, data })
        .await?;
    tx.commit().await?;
    Ok(item)
}

async fn insert(conn: &mut Conn<'_>, hardware: &Hardware, now_s: i64) -> Result<(), StoreError> {
    let tags = tags_column(&hardware.tags);
    on_conn!(conn, INSERT, |sql, c| async {
        let query = bind_fields!(sqlx::query(sql), hardware, &tags).bind(now_s).bind(now_s);
        query.execute(&mut **c).await.map(|_| ())
    })
}

/// What a caller must know of a hardware to be allowed to change it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    #[default]
    Anything,
    /// One of these versions.
    Versions(Vec<i64>),
}

impl Expected {
    fn check(&self, item: &Item) -> Result<(), StoreError> {
        match self {
            Self::Versions(versions) if !versions.contains(&item.version) => {
                Err(StoreError::VersionMismatch { current: item.version })
            }
            _ => Ok(()),
        }
    }
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
    /// UTC epoch seconds.
    pub now_s: i64,
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
    edit.expected.check(&item)?;
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
        booked_above(conn, item.id, new.capacity, edit.now_s).await?
    } else {
        None
    };
    if let (Some(error), false) = (over, edit.force) {
        return Err(error);
    }
    if let Err(error) = overwrite(conn, item.id, new, edit.now_s).await {
        let taken = error.is_unique_violation();
        let there =
            if taken { find_by_name(conn, &new.provider, &new.name).await.map_or(0, |i| i.id) } else { 0 };
        return Err(if taken { StoreError::Duplicate { id: there } } else { error });
    }
    let mut data = changed_fields(&item.hardware, new);
    if edit.force {
        data.insert("forced".into(), true.into());
    }
    let (subject, data) = (format!("hardware/{}", item.id), Value::Object(data));
    events::insert(
        conn,
        &Event { at: edit.now_s, kind: "hardware.updated", actor: edit.actor, subject, data },
    )
    .await
}

async fn overwrite(conn: &mut Conn<'_>, id: i64, new: &Hardware, now_s: i64) -> Result<(), StoreError> {
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
    now_s: i64,
) -> Result<Option<StoreError>, StoreError> {
    let claims = claims::from_now(conn, id, now_s).await?;
    let levels = peak::levels(&claims, Window { from: now_s, to: i64::MAX });
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
    now_s: i64,
    actor: &str,
) -> Result<(), StoreError> {
    retrying(|| try_archive(db, id, expected, now_s, actor)).await
}

async fn try_archive(
    db: &Db,
    id: i64,
    expected: &Expected,
    now_s: i64,
    actor: &str,
) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    let item = one(&mut tx.conn(), &LOCK, id).await?;
    expected.check(&item)?;
    if let Some(error) = booked_above(&mut tx.conn(), id, 0, now_s).await? {
        return Err(error);
    }
    on_conn!(&mut tx.conn(), ARCHIVE, |sql, c| async {
        sqlx::query(sql).bind(now_s).bind(id).execute(&mut **c).await.map(|_| ())
    })?;
    let (subject, data) = (format!("hardware/{id}"), Value::Object(described(&item.hardware)));
    events::insert(&mut tx.conn(), &Event { at: now_s, kind: "hardware.archived", actor, subject, data })
        .await?;
    tx.commit().await
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

/// One value of a facet, and how many hardware have it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// Hardware that have it.
    pub matches: i64,
}

/// What there is to filter by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facets {
    /// All providers, by name.
    pub providers: Vec<FacetValue>,
    /// All categories.
    pub categories: Vec<FacetValue>,
    /// All locations.
    pub locations: Vec<FacetValue>,
}

/// The values to filter by, at most [`MAX_FACET_VALUES`] each.
///
/// # Errors
/// The database cannot be reached.
pub async fn facets(conn: &mut Conn<'_>) -> Result<Facets, StoreError> {
    Ok(Facets {
        providers: facet(conn, &PROVIDERS).await?,
        categories: facet(conn, &CATEGORIES).await?,
        locations: facet(conn, &LOCATIONS).await?,
    })
}

async fn facet(conn: &mut Conn<'_>, statement: &Statement) -> Result<Vec<FacetValue>, StoreError> {
    on_conn!(conn, *statement, |sql, c| {
        sqlx::query_as::<_, FacetValue>(sql).bind(MAX_FACET_VALUES).fetch_all(&mut **c)
    })
}

/// A hardware as the audit log tells it.
pub(super) fn described(hardware: &Hardware) -> Map<String, Value> {
    let fields = json!({
        "provider": hardware.provider,
        "name": hardware.name,
        "capacity": hardware.capacity,
        "buffer_s": hardware.buffer_s,
        "tz": hardware.tz.map(|tz| tz.name()),
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

/// `{"capacity": {"from": 4, "to": 2}}` for every field that differs.
fn changed_fields(old: &Hardware, new: &Hardware) -> Map<String, Value> {
    let new = described(new);
    let differing = described(old).into_iter().filter(|(field, value)| new.get(field) != Some(value));
    differing.map(|(field, value)| (field.clone(), json!({ "from": value, "to": new.get(&field) }))).collect()
}
