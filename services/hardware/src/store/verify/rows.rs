//! Rows of reservations, as the checks read them.

use sqlx::FromRow;

/// A reservation.
#[derive(Debug, FromRow)]
pub(super) struct ReservationRow {
    pub id: i64,
    pub state: String,
    pub starts_at: i64,
    pub ends_at: i64,
    pub version: i64,
    pub series_id: Option<i64>,
    pub found_series: Option<i64>,
}

/// One of its lines.
#[derive(Debug, FromRow)]
pub(super) struct LineRow {
    pub reservation_id: i64,
    pub hardware_id: i64,
    pub qty: i64,
    pub out_qty: i64,
    pub returned_qty: i64,
    pub starts_at: i64,
    pub ends_at: i64,
}

/// One of its claims.
#[derive(Debug, FromRow)]
pub(super) struct ClaimRow {
    pub id: i64,
    pub reservation_id: i64,
    pub hardware_id: i64,
    pub starts_at: i64,
    pub ends_at: i64,
    pub qty: i64,
    pub is_out: i64,
}
