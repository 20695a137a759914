//! A page: 20, 50, 200 or 1,000 hardware.

use crate::db::Statement;

/// Longer than 1,024 hours, and already under way 1,024 hours before the window: this class of them.
macro_rules! lasting {
    ($span:literal) => {
        concat!("(span = ", $span, " AND starts_at > ? AND starts_at <= ? AND blocked_until > ?)")
    };
}
/// The same of every class that bookings and maintenance of a known end come to.
macro_rules! every_lasting {
    ($or:expr) => {
        concat!(
            lasting!(11),
            $or,
            lasting!(12),
            $or,
            lasting!(13),
            $or,
            lasting!(14),
            $or,
            lasting!(15),
            $or,
            lasting!(16),
            $or,
            lasting!(17)
        )
    };
}
/// What overlaps a window, without walking through what comes behind it: claims that start within 1,024 hours before it
/// or in it, by hardware; and those that started earlier and still run. These are longer than 1,024 hours, so there are
/// few of them in the whole fleet, and each belongs to one of the classes from 11 on. Those from 18 on are asked by
/// hardware: maintenance without an end, and what was written by hand, short and past ones too.
macro_rules! over_part {
    ($recent:expr, $lasting:expr, $endless:expr, $ids:expr, $part:literal) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, ",
            $part,
            " AS part FROM ",
            $recent,
            " WHERE hardware_id IN (",
            $ids,
            ") AND starts_at > ? AND starts_at < ? AND blocked_until > ?
     UNION ALL
     SELECT id, hardware_id, starts_at, blocked_until, qty, ",
            $part,
            " FROM ",
            $lasting,
            " hardware_id IN (",
            $ids,
            ")
     UNION ALL
     SELECT id, hardware_id, starts_at, blocked_until, qty, ",
            $part,
            " FROM ",
            $endless,
            " WHERE hardware_id IN (",
            $ids,
            ") AND span >= 18 AND starts_at <= ? AND blocked_until > ?
     UNION ALL
     "
        )
    };
}
macro_rules! overdue_part {
    ($overdue:expr, $ids:expr) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 2 AS part FROM ",
            $overdue,
            " WHERE hardware_id IN (",
            $ids,
            ") AND is_out = 1 AND ends_at <= ?"
        )
    };
}
macro_rules! of_page {
    ($recent:expr, $lasting:expr, $endless:expr, $overdue:expr, $ids:expr) => {
        concat!(over_part!($recent, $lasting, $endless, $ids, 0), overdue_part!($overdue, $ids))
    };
}
macro_rules! of_page_and_now {
    ($recent:expr, $lasting:expr, $endless:expr, $overdue:expr, $ids:expr) => {
        concat!(
            over_part!($recent, $lasting, $endless, $ids, 0),
            over_part!($recent, $lasting, $endless, $ids, 1),
            overdue_part!($overdue, $ids)
        )
    };
}
/// Left to choose, MySQL walks through the whole fleet as soon as one hardware has very many claims to come, and SQLite
/// through each one's history. MySQL finds the classes in one go: an arm of a UNION costs it 30 us, a range 5. To choose costs it
/// as much again: what is overdue has one range in its own index, and one for each hardware in three others, all of which MySQL
/// looks at first.
macro_rules! mysql {
    ($text:ident, $ids:expr) => {
        $text!(
            "claim FORCE INDEX (claim_start)",
            concat!("claim FORCE INDEX (claim_fleet) WHERE (", every_lasting!(" OR "), ") AND"),
            "claim FORCE INDEX (claim_item)",
            "claim FORCE INDEX (claim_overdue)",
            $ids
        )
    };
}
/// SQLite has a range for each arm only.
macro_rules! sqlite {
    ($text:ident, $ids:expr) => {
        as_json!($text!(
            "claim INDEXED BY claim_start",
            concat!(
                "(SELECT id, hardware_id, starts_at, blocked_until, qty FROM claim INDEXED BY claim_fleet WHERE ",
                every_lasting!(" UNION ALL SELECT id, hardware_id, starts_at, blocked_until, qty FROM claim INDEXED BY claim_fleet WHERE "),
                ") AS lasting WHERE"
            ),
            "claim INDEXED BY claim_item",
            "claim",
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
