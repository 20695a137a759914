//! The catalogue, read. What changes it is in [`super::hardware_change`].

mod sql;

use serde::Deserialize;
use sqlx::FromRow;

use self::sql::{BY_IDS, COUNT, COUNT_ALL, FIND, FIND_BY_NAME, LIST, LIST_ALL, LIST_COUNTED, STOCK};
use super::StoreError;
use crate::{
    db::{Conn, DbError, Rows, Statement, on_conn},
    domain::{
        filter::{Filter, MAX_TAGS, MAX_WORDS},
        hardware::Hardware,
        tags::Tags,
    },
};

pub(super) use self::sql::{STATEMENTS, columns};

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

/// Its members are in the order of `columns!`.
#[derive(Debug, FromRow, Deserialize)]
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

#[derive(Debug, FromRow, Deserialize)]
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
        let query = bind_filter!(sqlx::query_as::<_, Rows<HardwareRow>>(sql), bound);
        query.bind(limit).fetch_all(&mut **c).await
    })?;
    Ok(Rows::flat(rows).into_iter().map(Item::from).collect())
}

/// The same, with how many match in all; `None` where there is no row.
///
/// # Errors
/// The database cannot be reached.
pub async fn list_counted(
    conn: &mut Conn<'_>,
    filter: &Filter,
    after_id: i64,
    limit: i64,
) -> Result<(Vec<Item>, Option<i64>), DbError> {
    let rows = if *filter == Filter::default() {
        on_conn!(conn, LIST_ALL, |sql, c| {
            sqlx::query_as::<_, Rows<CountedRow>>(sql).bind(after_id).bind(limit).fetch_all(&mut **c)
        })?
    } else {
        let bound = Bound::new(filter, 0, conn);
        on_conn!(conn, LIST_COUNTED, |sql, c| async {
            let query = bind_filter!(sqlx::query_as::<_, Rows<CountedRow>>(sql), bound);
            query.bind(after_id).bind(limit).fetch_all(&mut **c).await
        })?
    };
    let rows = Rows::flat(rows);
    let total = rows.first().map(|row| row.total);
    Ok((rows.into_iter().map(|counted| Item::from(counted.row)).collect(), total))
}

/// What decides whether a hardware fits. Its members are in the order of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow, Deserialize)]
pub struct Stock {
    /// Given by the database.
    pub id: i64,
    /// Units in all.
    pub capacity: i64,
    /// Seconds that a unit stays blocked after a booking.
    pub buffer_s: i64,
}

/// The same hardware as [`list`], but only what decides whether they fit.
///
/// # Errors
/// The database cannot be reached.
pub async fn stock(
    conn: &mut Conn<'_>,
    filter: &Filter,
    after_id: i64,
    limit: i64,
) -> Result<Vec<Stock>, DbError> {
    let bound = Bound::new(filter, after_id, conn);
    let rows = on_conn!(conn, STOCK, |sql, c| async {
        bind_filter!(sqlx::query_as::<_, Rows<Stock>>(sql), bound).bind(limit).fetch_all(&mut **c).await
    })?;
    Ok(Rows::flat(rows))
}

/// The hardware with these ids, by id; what is not in the catalogue is left out.
///
/// # Errors
/// The database cannot be reached.
pub async fn by_ids(conn: &mut Conn<'_>, ids: &[i64]) -> Result<Vec<Item>, DbError> {
    let json = serde_json::to_string(ids).unwrap_or_default();
    let rows = on_conn!(conn, BY_IDS, |sql, c| {
        sqlx::query_as::<_, Rows<HardwareRow>>(sql).bind(json).fetch_all(&mut **c)
    })?;
    Ok(Rows::flat(rows).into_iter().map(Item::from).collect())
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
