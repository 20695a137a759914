//! The catalogue, read. What changes it is in [`super::hardware_change`].

use sqlx::FromRow;

use super::StoreError;
use crate::{
    db::{Conn, DbError, Statement, on_conn},
    domain::{
        filter::{Filter, MAX_TAGS, MAX_WORDS},
        hardware::Hardware,
        tags::Tags,
    },
};

macro_rules! columns {
    () => {
        "id, provider, name, capacity, buffer_s, tz, category, location, description, tags, version, created_at, updated_at"
    };
}
pub(super) use columns;

/// Every condition is always there and passes when nothing is asked of it, so the text is fixed.
/// INSTR('', '') is 1 on both databases: an empty tag is found everywhere. `$found` tells whether a text holds
/// a word in any case: MySQL lowers all letters, SQLite matches a pattern.
macro_rules! matching {
    ($before:literal, $after:literal) => {
        concat!(
            " FROM hardware WHERE archived_id = 0 AND id > ? AND id <= ?
          AND (? IS NULL OR provider = ?) AND (? IS NULL OR category = ?) AND (? IS NULL OR location = ?)
          AND (? IS NULL OR INSTR(?, CONCAT(',', id, ',')) > 0)
          AND INSTR(tags, ?) > 0 AND INSTR(tags, ?) > 0 AND INSTR(tags, ?) > 0 AND INSTR(tags, ?) > 0
          AND (? = '' OR ",
            $before,
            "CONCAT_WS(' ', provider, name, category, location, description, tags)",
            $after,
            ")
          AND (? = '' OR ",
            $before,
            "CONCAT_WS(' ', provider, name, category, location, description, tags)",
            $after,
            ")
          AND (? = '' OR ",
            $before,
            "CONCAT_WS(' ', provider, name, category, location, description, tags)",
            $after,
            ")
          AND (? = '' OR ",
            $before,
            "CONCAT_WS(' ', provider, name, category, location, description, tags)",
            $after,
            ")"
        )
    };
}
macro_rules! mysql_matching {
    () => {
        matching!("INSTR(LOWER(", "), ?) > 0")
    };
}
macro_rules! sqlite_matching {
    () => {
        matching!("", " REGEXP ?")
    };
}

const LIST: Statement = Statement::per_dialect(
    "hardware_list",
    concat!("SELECT ", columns!(), mysql_matching!(), " ORDER BY id LIMIT ?"),
    concat!("SELECT ", columns!(), sqlite_matching!(), " ORDER BY id LIMIT ?"),
);
/// The list that most ask for, with how many there are in all: one statement in place of two.
const LIST_ALL: Statement = Statement::both(
    "hardware_list_all",
    concat!(
        "SELECT ",
        columns!(),
        ", (SELECT COUNT(*) FROM hardware WHERE archived_id = 0) AS total
     FROM hardware WHERE archived_id = 0 AND id > ? ORDER BY id LIMIT ?"
    ),
);
const COUNT: Statement = Statement::per_dialect(
    "hardware_count",
    concat!("SELECT COUNT(*)", mysql_matching!()),
    concat!("SELECT COUNT(*)", sqlite_matching!()),
);
const COUNT_ALL: Statement =
    Statement::both("hardware_count_all", "SELECT COUNT(*) FROM hardware WHERE archived_id = 0");
const FIND: Statement = Statement::both(
    "hardware_find",
    concat!("SELECT ", columns!(), " FROM hardware WHERE id = ? AND archived_id = 0"),
)
.quick();
const FIND_BY_NAME: Statement = Statement::both(
    "hardware_find_by_name",
    concat!("SELECT ", columns!(), " FROM hardware WHERE provider = ? AND name = ? AND archived_id = 0"),
);

pub(super) const STATEMENTS: &[&Statement] = &[&LIST, &LIST_ALL, &COUNT, &COUNT_ALL, &FIND, &FIND_BY_NAME];

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

#[derive(Debug, FromRow)]
struct CountedRow {
    #[sqlx(flatten)]
    row: HardwareRow,
    total: i64,
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

/// Up to `limit` hardware that match `filter`, by id, the first after `after_id`.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(
    conn: &mut Conn<'_>,
    filter: &Filter,
    after_id: i64,
    limit: i64,
) -> Result<Vec<Item>, DbError> {
    let bound = Bound::new(filter, after_id, conn);
    let rows = on_conn!(conn, LIST, |sql, c| async {
        let query = bind_filter!(sqlx::query_as::<_, HardwareRow>(sql), bound);
        query.bind(limit).fetch_all(&mut **c).await
    })?;
    Ok(rows.into_iter().map(Item::from).collect())
}

/// The same, with how many match in all where that came along.
///
/// # Errors
/// The database cannot be reached.
pub async fn list_counted(
    conn: &mut Conn<'_>,
    filter: &Filter,
    after_id: i64,
    limit: i64,
) -> Result<(Vec<Item>, Option<i64>), DbError> {
    if *filter != Filter::default() {
        return Ok((list(conn, filter, after_id, limit).await?, None));
    }
    let rows = on_conn!(conn, LIST_ALL, |sql, c| {
        sqlx::query_as::<_, CountedRow>(sql).bind(after_id).bind(limit).fetch_all(&mut **c)
    })?;
    let total = rows.first().map(|row| row.total);
    Ok((rows.into_iter().map(|counted| Item::from(counted.row)).collect(), total))
}

/// How many hardware match `filter`.
///
/// # Errors
/// The database cannot be reached.
pub async fn count(conn: &mut Conn<'_>, filter: &Filter) -> Result<i64, DbError> {
    if *filter == Filter::default() {
        return on_conn!(conn, COUNT_ALL, |sql, c| sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut **c));
    }
    let bound = Bound::new(filter, 0, conn);
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
    fn new(filter: &'f Filter, after_id: i64, conn: &Conn<'_>) -> Self {
        let sought = |word: &String| match conn {
            Conn::MySql(..) => word.clone(),
            Conn::Sqlite(..) => format!("(?i){}", regex::escape(word)),
        };
        let ids = filter.ids.as_deref();
        // The ids' own range keeps the scan short; the text decides within it.
        let range = ids
            .map(|ids| (ids.first().map_or(0, |id| id.saturating_sub(1)), ids.last().copied().unwrap_or(0)));
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
            words: std::array::from_fn(|i| filter.words.get(i).map(sought).unwrap_or_default()),
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

/// The one row that `statement` finds by id.
pub(super) async fn one(conn: &mut Conn<'_>, statement: &Statement, id: i64) -> Result<Item, StoreError> {
    let row = on_conn!(conn, *statement, |sql, c| {
        sqlx::query_as::<_, HardwareRow>(sql).bind(id).fetch_optional(&mut **c)
    })?;
    row.map(Item::from).ok_or(StoreError::NotFound("hardware"))
}

pub(super) async fn find_by_name(
    conn: &mut Conn<'_>,
    provider: &str,
    name: &str,
) -> Result<Item, StoreError> {
    let row = on_conn!(conn, FIND_BY_NAME, |sql, c| {
        sqlx::query_as::<_, HardwareRow>(sql).bind(provider).bind(name).fetch_optional(&mut **c)
    })?;
    row.map(Item::from).ok_or(StoreError::NotFound("hardware"))
}
