//! A page: 20, 50, 200 or 1,000 hardware.

use crate::db::Statement;

macro_rules! ids_10 {
    () => {
        "?,?,?,?,?,?,?,?,?,?"
    };
}
macro_rules! ids_20 {
    () => {
        concat!(ids_10!(), ",", ids_10!())
    };
}
macro_rules! ids_50 {
    () => {
        concat!(ids_10!(), ",", ids_20!(), ",", ids_20!())
    };
}
macro_rules! ids_200 {
    () => {
        concat!(ids_50!(), ",", ids_50!(), ",", ids_50!(), ",", ids_50!())
    };
}
macro_rules! ids_1000 {
    () => {
        concat!(ids_200!(), ",", ids_200!(), ",", ids_200!(), ",", ids_200!(), ",", ids_200!())
    };
}

/// Longer than 1,024 hours, and already under way 1,024 hours before the window.
macro_rules! long_span {
    ($fleet:literal, $part:literal, $span:literal) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, ",
            $part,
            " AS part FROM ",
            $fleet,
            " WHERE span = ",
            $span,
            " AND starts_at > ? AND starts_at <= ? AND blocked_until > ?"
        )
    };
}
macro_rules! long_spans {
    ($fleet:literal, $part:literal $(, $span:literal)+) => {
        concat!(
            long_span!($fleet, $part, 11),
            $(" UNION ALL ", long_span!($fleet, $part, $span)),+
        )
    };
}
/// What overlaps a window, without walking through what comes behind it: claims that start within 1,024 hours before it
/// or in it, by hardware; and those that started earlier and still run. These are longer than 1,024 hours, so there are
/// few of them in the whole fleet, and each belongs to one of the classes from 11 on. Class 27, which rows written by hand
/// have, short and past ones too, is asked by hardware. An IN list of ids in each of these arms
/// costs MySQL more than it saves, so there is one list around them all.
macro_rules! over_part {
    ($start:literal, $fleet:literal, $item:literal, $ids:expr, $part:literal) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, ",
            $part,
            " AS part FROM ",
            $start,
            " WHERE hardware_id IN (",
            $ids,
            ") AND starts_at > ? AND starts_at < ? AND blocked_until > ?
     UNION ALL
     SELECT id, hardware_id, starts_at, blocked_until, qty, part FROM (",
            long_spans!($fleet, $part, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26),
            ") AS lasting WHERE hardware_id IN (",
            $ids,
            ")
     UNION ALL
     SELECT id, hardware_id, starts_at, blocked_until, qty, ",
            $part,
            " FROM ",
            $item,
            " WHERE hardware_id IN (",
            $ids,
            ") AND span = 27 AND starts_at > ? AND starts_at <= ? AND blocked_until > ?
     UNION ALL
     "
        )
    };
}
macro_rules! overdue_part {
    ($ids:expr) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 2 AS part FROM claim WHERE hardware_id IN (",
            $ids,
            ") AND is_out = 1 AND ends_at <= ?"
        )
    };
}
macro_rules! of_page {
    ($start:literal, $fleet:literal, $item:literal, $ids:expr) => {
        concat!(over_part!($start, $fleet, $item, $ids, 0), overdue_part!($ids))
    };
}
macro_rules! of_page_and_now {
    ($start:literal, $fleet:literal, $item:literal, $ids:expr) => {
        concat!(
            over_part!($start, $fleet, $item, $ids, 0),
            over_part!($start, $fleet, $item, $ids, 1),
            overdue_part!($ids)
        )
    };
}
/// Left to choose, MySQL walks through the whole fleet as soon as one hardware has very many claims to come, and SQLite
/// through each one's history.
macro_rules! mysql {
    ($text:ident, $ids:expr) => {
        $text!(
            "claim FORCE INDEX (claim_start)",
            "claim FORCE INDEX (claim_fleet)",
            "claim FORCE INDEX (claim_item)",
            $ids
        )
    };
}
macro_rules! sqlite {
    ($text:ident, $ids:expr) => {
        as_json!($text!(
            "claim INDEXED BY claim_start",
            "claim INDEXED BY claim_fleet",
            "claim INDEXED BY claim_item",
            $ids
        ))
    };
}
pub(super) const OF_20: Statement =
    Statement::per_dialect("claims_of_20", mysql!(of_page, ids_20!()), sqlite!(of_page, ids_20!()));
pub(super) const OF_50: Statement =
    Statement::per_dialect("claims_of_50", mysql!(of_page, ids_50!()), sqlite!(of_page, ids_50!()));
pub(super) const OF_200: Statement =
    Statement::per_dialect("claims_of_200", mysql!(of_page, ids_200!()), sqlite!(of_page, ids_200!()));
pub(super) const OF_1000: Statement =
    Statement::per_dialect("claims_of_1000", mysql!(of_page, ids_1000!()), sqlite!(of_page, ids_1000!()));
pub(super) const OF_20_AND_NOW: Statement = Statement::per_dialect(
    "claims_of_20_and_now",
    mysql!(of_page_and_now, ids_20!()),
    sqlite!(of_page_and_now, ids_20!()),
);
pub(super) const OF_50_AND_NOW: Statement = Statement::per_dialect(
    "claims_of_50_and_now",
    mysql!(of_page_and_now, ids_50!()),
    sqlite!(of_page_and_now, ids_50!()),
);
pub(super) const OF_200_AND_NOW: Statement = Statement::per_dialect(
    "claims_of_200_and_now",
    mysql!(of_page_and_now, ids_200!()),
    sqlite!(of_page_and_now, ids_200!()),
);
pub(super) const OF_1000_AND_NOW: Statement = Statement::per_dialect(
    "claims_of_1000_and_now",
    mysql!(of_page_and_now, ids_1000!()),
    sqlite!(of_page_and_now, ids_1000!()),
);

/// Hardware in one statement at most.
pub(in super::super) const MAX_PAGE: usize = 1_000;

/// A page of up to so many hardware: it repeats its last id until then.
#[derive(Debug)]
pub(in super::super) struct PageOf {
    pub(in super::super) size: usize,
    /// Over a window; and over now, where now is not in it.
    pub(in super::super) over: &'static Statement,
    pub(in super::super) over_and_now: &'static Statement,
}

pub(in super::super) const PAGES: [PageOf; 4] = [
    PageOf { size: 20, over: &OF_20, over_and_now: &OF_20_AND_NOW },
    PageOf { size: 50, over: &OF_50, over_and_now: &OF_50_AND_NOW },
    PageOf { size: 200, over: &OF_200, over_and_now: &OF_200_AND_NOW },
    PageOf { size: MAX_PAGE, over: &OF_1000, over_and_now: &OF_1000_AND_NOW },
];
