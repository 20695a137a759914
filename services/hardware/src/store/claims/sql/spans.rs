//! What overlaps a window, by length class: a short range of an index for each. See [`crate::domain::span`].

use crate::db::Statement;

/// `$of` for every length class, with `$or` between them.
macro_rules! every_span {
    ($of:ident, $or:expr) => {
        concat!(
            $of!(0),
            $or,
            $of!(1),
            $or,
            $of!(2),
            $or,
            $of!(3),
            $or,
            $of!(4),
            $or,
            $of!(5),
            $or,
            $of!(6),
            $or,
            $of!(7),
            $or,
            $of!(8),
            $or,
            $of!(9),
            $or,
            $of!(10),
            $or,
            $of!(11),
            $or,
            $of!(12),
            $or,
            $of!(13),
            $or,
            $of!(14),
            $or,
            $of!(15),
            $or,
            $of!(16),
            $or,
            $of!(17),
            $or,
            $of!(18),
            $or,
            $of!(19),
            $or,
            $of!(20),
            $or,
            $of!(21),
            $or,
            $of!(22),
            $or,
            $of!(23),
            $or,
            $of!(24),
            $or,
            $of!(25),
            $or,
            $of!(26),
            $or,
            $of!(27)
        )
    };
}
macro_rules! in_fleet {
    ($span:literal) => {
        concat!("(span = ", $span, " AND starts_at > ? AND starts_at < ? AND blocked_until > ?)")
    };
}
macro_rules! in_one {
    ($span:literal) => {
        concat!(
            "(hardware_id = ? AND span = ",
            $span,
            " AND starts_at > ? AND starts_at < ? AND blocked_until > ?)"
        )
    };
}
/// MySQL finds the ranges of all classes in one go; SQLite has one range for each arm of a UNION only, whose arms cost
/// MySQL more than what they find.
macro_rules! mysql {
    ($of:ident, $index:literal, $overdue:literal) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 0 AS part FROM claim FORCE INDEX (",
            $index,
            ") WHERE ",
            every_span!($of, " OR "),
            " UNION ALL ",
            $overdue
        )
    };
}
macro_rules! sqlite {
    ($of:ident, $index:literal, $overdue:literal) => {
        as_json!(concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 0 AS part FROM claim INDEXED BY ",
            $index,
            " WHERE ",
            every_span!(
                $of,
                concat!(
                    " UNION ALL
     SELECT id, hardware_id, starts_at, blocked_until, qty, 0 FROM claim INDEXED BY ",
                    $index,
                    " WHERE "
                )
            ),
            " UNION ALL ",
            $overdue
        ))
    };
}
macro_rules! of_fleet {
    ($dialect:ident) => {
        $dialect!(
            in_fleet,
            "claim_fleet",
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 2 FROM claim WHERE is_out = 1 AND ends_at <= ?"
        )
    };
}
macro_rules! of_one {
    ($dialect:ident) => {
        $dialect!(
            in_one,
            "claim_item",
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 2 FROM claim
     WHERE hardware_id = ? AND is_out = 1 AND ends_at <= ?"
        )
    };
}

/// The whole fleet over a window, then what is overdue.
pub(in super::super) const OF_FLEET: Statement =
    Statement::per_dialect("claims_of_fleet", of_fleet!(mysql), of_fleet!(sqlite));
/// The same for one hardware, where now is not asked about.
pub(in super::super) const OF_ONE: Statement =
    Statement::per_dialect("claims_of_one", of_one!(mysql), of_one!(sqlite));
