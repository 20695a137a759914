//! The statements that read reservations.

use crate::db::Statement;

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
            ".series_id, ",
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

/// Those of one series over a window. A hardware is looked for among the few that are found.
macro_rules! of_series {
    ($what:expr, $rest:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM reservation r WHERE r.series_id = ? AND (? IS NULL OR EXISTS (
               SELECT 1 FROM reservation_line l WHERE l.reservation_id = r.id AND l.hardware_id = ?))
             AND r.ends_at > ? AND r.starts_at < ? AND ",
            matching!(),
            $rest
        )
    };
}

pub(super) const LIST: Statement = Statement::both(
    "reservations_list",
    with_lines!(all!(
        columns!("r"),
        " AND r.starts_at >= ? AND (r.starts_at > ? OR r.id > ?) ORDER BY r.starts_at, r.id LIMIT ?"
    )),
);
pub(super) const LIST_IN_WINDOW: Statement = Statement::per_dialect(
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
pub(super) const LIST_OF_HARDWARE: Statement = Statement::both(
    "reservations_list_of_hardware",
    with_lines!(of_hardware!(
        columns!("r"),
        " AND r.starts_at >= ? AND (r.starts_at > ? OR r.id > ?) ORDER BY r.starts_at, r.id LIMIT ?"
    )),
);
pub(super) const LIST_OF_SERIES: Statement = Statement::both(
    "reservations_list_of_series",
    with_lines!(of_series!(
        columns!("r"),
        " AND r.starts_at >= ? AND (r.starts_at > ? OR r.id > ?) ORDER BY r.starts_at, r.id LIMIT ?"
    )),
);
pub(super) const COUNT: Statement = Statement::both("reservations_count", all!("COUNT(*)", ""));
pub(super) const COUNT_IN_WINDOW: Statement = Statement::per_dialect(
    "reservations_count_in_window",
    in_window!("COUNT(*)", "FORCE INDEX (reservation_end)", ""),
    in_window!("COUNT(*)", "INDEXED BY reservation_end", ""),
);
pub(super) const COUNT_OF_HARDWARE: Statement =
    Statement::both("reservations_count_of_hardware", of_hardware!("COUNT(*)", ""));
pub(super) const COUNT_OF_SERIES: Statement =
    Statement::both("reservations_count_of_series", of_series!("COUNT(*)", ""));
pub(super) const FIND: Statement = Statement::both(
    "reservation_find",
    with_lines!(concat!("SELECT ", columns!("r"), " FROM reservation r WHERE r.id = ?")),
)
.quick();

pub(in crate::store) const STATEMENTS: &[&Statement] = &[
    &LIST,
    &LIST_IN_WINDOW,
    &LIST_OF_HARDWARE,
    &LIST_OF_SERIES,
    &COUNT,
    &COUNT_IN_WINDOW,
    &COUNT_OF_HARDWARE,
    &COUNT_OF_SERIES,
    &FIND,
];
