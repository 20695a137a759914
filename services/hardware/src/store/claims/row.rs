//! A claim as the statements of [`super`] bring it.

use serde::Deserialize;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

/// Its members are in the order of the columns: SQLite gives an array.
#[derive(Debug, Deserialize)]
pub(super) struct ClaimRow {
    pub(super) id: i64,
    pub(super) hardware_id: i64,
    pub(super) starts_at: i64,
    pub(super) blocked_until: i64,
    pub(super) qty: i64,
    pub(super) part: i64,
}

/// By position, as all statements here name their columns: a page has hundreds of these rows, and to look up six names in
/// each takes longer than to work out what is free.
impl<'r, R> FromRow<'r, R> for ClaimRow
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            hardware_id: row.try_get(1)?,
            starts_at: row.try_get(2)?,
            blocked_until: row.try_get(3)?,
            qty: row.try_get(4)?,
            part: row.try_get(5)?,
        })
    }
}
