//! Reservations, read.

use sqlx::FromRow;

use super::StoreError;
use crate::{
    db::{Conn, DbError, Statement, on_conn},
    domain::{
        reservation::{Line, Reservation, State},
        window::Window,
    },
};

macro_rules! columns {
    ($of:literal) => {
        concat!(
            $of,
            ".id, ",
            $of,
            ".state, ",
            $of,
            ".starts_at, ",
            $of,
            ".ends_at, ",
            $of,
            ".user_name, ",
            $of,
            ".purpose, ",
            $of,
            ".version, ",
            $of,
            ".created_at, ",
            $of,
            ".updated_at"
        )
    };
}

/// Reservations and their lines in one statement: two would show the one before a change and the others after it.
macro_rules! with_lines {
    ($reservations:expr) => {
        concat!(
            "SELECT ",
            columns!("page"),
            ", l.hardware_id, h.provider, h.name, l.qty, l.out_qty, l.returned_qty FROM (",
            $reservations,
            ") page CROSS JOIN reservation_line l ON l.reservation_id = page.id CROSS JOIN hardware h ON h.id = l.hardware_id
             ORDER BY page.starts_at, page.id, l.hardware_id"
        )
    };
}

/// Every condition is always there and passes when nothing is asked of it, so the text is fixed.
macro_rules! matching {
    () => {
        "(? IS NULL OR r.user_name = ?) AND (? = '' OR INSTR(?, CONCAT(',', r.state, ',')) > 0)"
    };
}

/// In order of their starts. The index `reservation_start` has that order.
macro_rules! all {
    ($what:expr, $rest:literal) => {
        concat!("SELECT ", $what, " FROM reservation r WHERE ", matching!(), $rest)
    };
}
/// Those over a window: what has ended is not read. `$hint` keeps MySQL from reading it for the order's sake.
macro_rules! in_window {
    ($what:expr, $hint:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM reservation r ",
            $hint,
            " WHERE r.ends_at > ? AND r.starts_at < ? AND ",
            matching!(),
            $rest
        )
    };
}
/// Those of one hardware over a window, by the lines' copy of the times.
macro_rules! of_hardware {
    ($what:expr, $rest:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM reservation_line l CROSS JOIN reservation r ON r.id = l.reservation_id
             WHERE l.hardware_id = ? AND l.ends_at > ? AND l.starts_at < ? AND ",
            matching!(),
            $rest
        )
    };
}

const LIST: Statement = Statement::both(
    "reservations_list",
    with_lines!(all!(
        columns!("r"),
        " AND r.starts_at >= ? AND (r.starts_at > ? OR r.id > ?) ORDER BY r.starts_at, r.id LIMIT ?"
    )),
);
const LIST_IN_WINDOW: Statement = Statement::per_dialect(
    "reservations_list_in_window",
    with_lines!(in_window!(
        columns!("r"),
        "FORCE INDEX (reservation_end)",
        " AND r.starts_at >= ? AND (r.starts_at > ? OR r.id > ?) ORDER BY r.starts_at, r.id LIMIT ?"
    )),
    with_lines!(in_window!(
        columns!("r"),
        "INDEXED BY reservation_end",
        " AND r.starts_at >= ? AND (r.starts_at > ? OR r.id > ?) ORDER BY r.starts_at, r.id LIMIT ?"
    )),
);
const LIST_OF_HARDWARE: Statement = Statement::both(
    "reservations_list_of_hardware",
    with_lines!(of_hardware!(
        columns!("r"),
        " AND r.starts_at >= ? AND (r.starts_at > ? OR r.id > ?) ORDER BY r.starts_at, r.id LIMIT ?"
    )),
);
const COUNT: Statement = Statement::both("reservations_count", all!("COUNT(*)", ""));
const COUNT_IN_WINDOW: Statement = Statement::per_dialect(
    "reservations_count_in_window",
    in_window!("COUNT(*)", "FORCE INDEX (reservation_end)", ""),
    in_window!("COUNT(*)", "INDEXED BY reservation_end", ""),
);
const COUNT_OF_HARDWARE: Statement =
    Statement::both("reservations_count_of_hardware", of_hardware!("COUNT(*)", ""));
const FIND: Statement = Statement::both(
    "reservation_find",
    with_lines!(concat!("SELECT ", columns!("r"), " FROM reservation r WHERE r.id = ?")),
)
.quick();

pub(super) const STATEMENTS: &[&Statement] =
    &[&LIST, &LIST_IN_WINDOW, &LIST_OF_HARDWARE, &COUNT, &COUNT_IN_WINDOW, &COUNT_OF_HARDWARE, &FIND];

/// One line, with its reservation.
#[derive(Debug, FromRow)]
struct LineRow {
    id: i64,
    state: String,
    starts_at: i64,
    ends_at: i64,
    user_name: String,
    purpose: String,
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
        if let Some(hardware) = filter.hardware {
            query = query.bind(hardware);
        }
        if filter.hardware.is_some() || filter.window.is_some() {
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
    let statement = match (filter.hardware, filter.window) {
        (Some(_), _) => &LIST_OF_HARDWARE,
        (None, Some(_)) => &LIST_IN_WINDOW,
        (None, None) => &LIST,
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
    let statement = match (filter.hardware, filter.window) {
        (Some(_), _) => &COUNT_OF_HARDWARE,
        (None, Some(_)) => &COUNT_IN_WINDOW,
        (None, None) => &COUNT,
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
