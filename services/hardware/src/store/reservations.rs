//! Reservations, read.

mod sql;

use sqlx::FromRow;

pub(super) use self::sql::STATEMENTS;
use self::sql::{
    COUNT, COUNT_IN_WINDOW, COUNT_OF_HARDWARE, COUNT_OF_SERIES, FIND, LIST, LIST_IN_WINDOW, LIST_OF_HARDWARE,
    LIST_OF_SERIES,
};
use super::StoreError;
use crate::{
    db::{Conn, DbError, on_conn},
    domain::{
        reservation::{Line, Reservation, State},
        window::Window,
    },
};

/// One line, with its reservation.
#[derive(Debug, FromRow)]
struct LineRow {
    id: i64,
    state: String,
    starts_at: i64,
    ends_at: i64,
    user_name: String,
    purpose: String,
    series_id: Option<i64>,
    version: i64,
    created_at: i64,
    updated_at: i64,
    hardware_id: i64,
    provider: String,
    name: String,
    qty: i64,
    out_qty: i64,
    returned_qty: i64,
}

impl LineRow {
    fn line(&mut self) -> Line {
        Line {
            hardware: self.hardware_id,
            provider: std::mem::take(&mut self.provider),
            name: std::mem::take(&mut self.name),
            qty: self.qty,
            out: self.out_qty,
            returned: self.returned_qty,
        }
    }

    /// The column's CHECK lets no other state in.
    fn reservation(self, lines: Vec<Line>) -> Reservation {
        Reservation {
            id: self.id,
            state: State::of_word(&self.state).unwrap_or(State::Cancelled),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            user: self.user_name,
            purpose: self.purpose,
            lines,
            series: self.series_id,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// Rows of one reservation stand together.
fn grouped(rows: Vec<LineRow>) -> Vec<Reservation> {
    let mut reservations: Vec<Reservation> = Vec::new();
    for mut row in rows {
        let line = row.line();
        match reservations.last_mut() {
            Some(last) if last.id == row.id => last.lines.push(line),
            _ => reservations.push(row.reservation(vec![line])),
        }
    }
    reservations
}

/// Which reservations to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReservationFilter {
    /// Those that have a line of this hardware.
    pub hardware: Option<i64>,
    /// Those of this series.
    pub series: Option<i64>,
    /// Those of exactly this user.
    pub user: Option<String>,
    /// Those in one of these states; empty: in any.
    pub states: Vec<State>,
    /// Those whose time overlaps this window.
    pub window: Option<Window>,
}

impl ReservationFilter {
    fn states_text(&self) -> String {
        if self.states.is_empty() {
            return String::new();
        }
        format!(",{},", self.states.iter().map(|state| state.word()).collect::<Vec<_>>().join(","))
    }

    fn window(&self) -> Window {
        self.window.unwrap_or(Window { from: i64::MIN, to: i64::MAX })
    }
}

/// Where a list goes on: after this start and id.
pub type Position = (i64, i64);
/// Before everything.
pub const BEGINNING: Position = (i64::MIN, 0);

/// Binds what a list and its count share, in the order of their placeholders.
macro_rules! bind_filter {
    ($query:expr, $filter:expr, $states:expr) => {{
        let (filter, states): (&ReservationFilter, &str) = ($filter, $states);
        let mut query = $query;
        if let Some(series) = filter.series {
            query = query.bind(series).bind(filter.hardware);
        }
        if filter.series.or(filter.hardware).is_some() {
            query = query.bind(filter.hardware);
        }
        if filter.series.or(filter.hardware).is_some() || filter.window.is_some() {
            query = query.bind(filter.window().from).bind(filter.window().to);
        }
        query.bind(filter.user.as_deref()).bind(filter.user.as_deref()).bind(states).bind(states)
    }};
}

/// Up to `limit` reservations that match, by start and id, the first after `after`.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(
    conn: &mut Conn<'_>,
    filter: &ReservationFilter,
    after: Position,
    limit: i64,
) -> Result<Vec<Reservation>, DbError> {
    let statement = match (filter.series, filter.hardware, filter.window) {
        (Some(_), ..) => &LIST_OF_SERIES,
        (None, Some(_), _) => &LIST_OF_HARDWARE,
        (None, None, Some(_)) => &LIST_IN_WINDOW,
        (None, None, None) => &LIST,
    };
    let states = filter.states_text();
    let rows = on_conn!(conn, *statement, |sql, c| async {
        let query = bind_filter!(sqlx::query_as::<_, LineRow>(sql), filter, &states);
        query.bind(after.0).bind(after.0).bind(after.1).bind(limit).fetch_all(&mut **c).await
    })?;
    Ok(grouped(rows))
}

/// How many reservations match.
///
/// # Errors
/// The database cannot be reached.
pub async fn count(conn: &mut Conn<'_>, filter: &ReservationFilter) -> Result<i64, DbError> {
    let statement = match (filter.series, filter.hardware, filter.window) {
        (Some(_), ..) => &COUNT_OF_SERIES,
        (None, Some(_), _) => &COUNT_OF_HARDWARE,
        (None, None, Some(_)) => &COUNT_IN_WINDOW,
        (None, None, None) => &COUNT,
    };
    let states = filter.states_text();
    on_conn!(conn, *statement, |sql, c| async {
        bind_filter!(sqlx::query_scalar::<_, i64>(sql), filter, &states).fetch_one(&mut **c).await
    })
}

/// The reservation with this id.
///
/// # Errors
/// [`StoreError::NotFound`], or the database cannot be reached.
pub async fn find(conn: &mut Conn<'_>, id: i64) -> Result<Reservation, StoreError> {
    let rows = on_conn!(conn, FIND, |sql, c| sqlx::query_as::<_, LineRow>(sql).bind(id).fetch_all(&mut **c))?;
    grouped(rows).pop().ok_or(StoreError::NotFound("reservation"))
}
