//! The texts of [`super`]: fixed, however many hardware they are about.

use crate::db::Statement;

macro_rules! ids_10 {
    () => {
        "?,?,?,?,?,?,?,?,?,?"
    };
}
macro_rules! ids_50 {
    () => {
        concat!(ids_10!(), ",", ids_10!(), ",", ids_10!(), ",", ids_10!(), ",", ids_10!())
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

/// Some hardware, three times: over the window, over now, overdue. Ids in an IN list plan a range scan of
/// `claim_overlap` on MySQL, where a join would read each hardware's whole history. Left to choose, MySQL walks through the
/// whole fleet as soon as one of them has very many claims to come, and SQLite through each one's history by `claim_start`.
macro_rules! of_page {
    ($claim:literal, $ids:expr) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 0 AS part FROM ",
            $claim,
            " WHERE hardware_id IN (",
            $ids,
            ") AND blocked_until > ? AND starts_at < ?
     UNION ALL
     SELECT id, hardware_id, starts_at, blocked_until, qty, 1 FROM ",
            $claim,
            " WHERE hardware_id IN (",
            $ids,
            ") AND blocked_until > ? AND starts_at < ?
     UNION ALL
     SELECT id, hardware_id, starts_at, blocked_until, qty, 2 FROM claim
     WHERE hardware_id IN (",
            $ids,
            ") AND is_out = 1 AND ends_at <= ?"
        )
    };
}
pub(super) const OF_50: Statement = Statement::per_dialect(
    "claims_of_50",
    of_page!("claim FORCE INDEX (claim_overlap)", ids_50!()),
    of_page!("claim INDEXED BY claim_overlap", ids_50!()),
);
pub(super) const OF_200: Statement = Statement::per_dialect(
    "claims_of_200",
    of_page!("claim FORCE INDEX (claim_overlap)", ids_200!()),
    of_page!("claim INDEXED BY claim_overlap", ids_200!()),
);
pub(super) const OF_1000: Statement = Statement::per_dialect(
    "claims_of_1000",
    of_page!("claim FORCE INDEX (claim_overlap)", ids_1000!()),
    of_page!("claim INDEXED BY claim_overlap", ids_1000!()),
);

/// Hardware on a page at most.
pub(in crate::store) const MAX_PAGE: usize = 1_000;
/// A page repeats its last id until the next of these sizes.
pub(super) const PAGES: [(usize, &Statement); 3] = [(50, &OF_50), (200, &OF_200), (MAX_PAGE, &OF_1000)];

/// An arm for each length class. See [`span`].
macro_rules! of_every_span {
    ($arm:ident, $claim:literal) => {
        concat!(
            $arm!($claim, 0),
            $arm!($claim, 1),
            $arm!($claim, 2),
            $arm!($claim, 3),
            $arm!($claim, 4),
            $arm!($claim, 5),
            $arm!($claim, 6),
            $arm!($claim, 7),
            $arm!($claim, 8),
            $arm!($claim, 9),
            $arm!($claim, 10),
            $arm!($claim, 11),
            $arm!($claim, 12),
            $arm!($claim, 13),
            $arm!($claim, 14),
            $arm!($claim, 15),
            $arm!($claim, 16),
            $arm!($claim, 17),
            $arm!($claim, 18),
            $arm!($claim, 19),
            $arm!($claim, 20),
            $arm!($claim, 21),
            $arm!($claim, 22),
            $arm!($claim, 23),
            $arm!($claim, 24),
            $arm!($claim, 25),
            $arm!($claim, 26),
            $arm!($claim, 27)
        )
    };
}
macro_rules! of_fleet_span {
    ($claim:literal, $span:literal) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 0 AS part FROM ",
            $claim,
            " WHERE span = ",
            $span,
            " AND starts_at > ? AND starts_at < ? AND blocked_until > ?
     UNION ALL
     "
        )
    };
}
/// The same for the instant called now.
macro_rules! now_of_fleet_span {
    ($claim:literal, $span:literal) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 1 AS part FROM ",
            $claim,
            " WHERE span = ",
            $span,
            " AND starts_at > ? AND starts_at < ? AND blocked_until > ?
     UNION ALL
     "
        )
    };
}
macro_rules! of_one_span {
    ($claim:literal, $span:literal) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 0 AS part FROM ",
            $claim,
            " WHERE hardware_id = ? AND span = ",
            $span,
            " AND starts_at > ? AND starts_at < ? AND blocked_until > ?
     UNION ALL
     "
        )
    };
}
/// The whole fleet over a window: a short range of the index for each length class, then what is overdue.
pub(super) const OF_FLEET: Statement = Statement::both(
    "claims_of_fleet",
    concat!(
        of_every_span!(of_fleet_span, "claim"),
        "SELECT id, hardware_id, starts_at, blocked_until, qty, 2 FROM claim WHERE is_out = 1 AND ends_at <= ?"
    ),
);
/// Over a window and over now, where now is not in it.
pub(super) const OF_FLEET_AND_NOW: Statement = Statement::both(
    "claims_of_fleet_and_now",
    concat!(
        of_every_span!(of_fleet_span, "claim"),
        of_every_span!(now_of_fleet_span, "claim"),
        "SELECT id, hardware_id, starts_at, blocked_until, qty, 2 FROM claim WHERE is_out = 1 AND ends_at <= ?"
    ),
);
macro_rules! of_one {
    ($claim:literal) => {
        concat!(
            of_every_span!(of_one_span, $claim),
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 2 FROM claim
     WHERE hardware_id = ? AND is_out = 1 AND ends_at <= ?"
        )
    };
}
/// The same for one hardware, where now is not asked about.
pub(super) const OF_ONE: Statement = Statement::per_dialect(
    "claims_of_one",
    of_one!("claim FORCE INDEX (claim_item)"),
    of_one!("claim INDEXED BY claim_item"),
);
macro_rules! ten {
    ($arm:ident, $claim:literal) => {
        concat!(
            $arm!($claim),
            " UNION ALL ",
            $arm!($claim),
            " UNION ALL ",
            $arm!($claim),
            " UNION ALL ",
            $arm!($claim),
            " UNION ALL ",
            $arm!($claim),
            " UNION ALL ",
            $arm!($claim),
            " UNION ALL ",
            $arm!($claim),
            " UNION ALL ",
            $arm!($claim),
            " UNION ALL ",
            $arm!($claim),
            " UNION ALL ",
            $arm!($claim)
        )
    };
}
/// An arm for each hardware: for a time out of another table MySQL finds no range, and reads the history.
macro_rules! later_1 {
    ($claim:literal) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 0 AS part FROM (
        SELECT id, hardware_id, starts_at, blocked_until, qty FROM ",
            $claim,
            " WHERE hardware_id = ? AND starts_at >= ? ORDER BY starts_at LIMIT ?) AS next"
        )
    };
}
macro_rules! later_10 {
    ($claim:literal) => {
        ten!(later_1, $claim)
    };
}
macro_rules! later_20 {
    ($claim:literal) => {
        concat!(later_10!($claim), " UNION ALL ", later_10!($claim))
    };
}
macro_rules! later_50 {
    ($claim:literal) => {
        concat!(later_10!($claim), " UNION ALL ", later_20!($claim), " UNION ALL ", later_20!($claim))
    };
}
macro_rules! earlier_1 {
    ($claim:literal) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 0 AS part FROM (
        SELECT id, hardware_id, starts_at, blocked_until, qty FROM ",
            $claim,
            " WHERE hardware_id = ? AND blocked_until <= ? ORDER BY blocked_until DESC LIMIT ?) AS next"
        )
    };
}
macro_rules! earlier_10 {
    ($claim:literal) => {
        ten!(earlier_1, $claim)
    };
}

pub(super) const LATER_1: Statement = Statement::per_dialect(
    "claims_later_1",
    later_1!("claim FORCE INDEX (claim_start)"),
    later_1!("claim INDEXED BY claim_start"),
);
pub(super) const LATER_10: Statement = Statement::per_dialect(
    "claims_later_10",
    later_10!("claim FORCE INDEX (claim_start)"),
    later_10!("claim INDEXED BY claim_start"),
);
pub(super) const LATER_50: Statement = Statement::per_dialect(
    "claims_later_50",
    later_50!("claim FORCE INDEX (claim_start)"),
    later_50!("claim INDEXED BY claim_start"),
);
pub(super) const EARLIER_1: Statement = Statement::per_dialect(
    "claims_earlier_1",
    earlier_1!("claim FORCE INDEX (claim_overlap)"),
    earlier_1!("claim INDEXED BY claim_overlap"),
);
pub(super) const EARLIER_10: Statement = Statement::per_dialect(
    "claims_earlier_10",
    earlier_10!("claim FORCE INDEX (claim_overlap)"),
    earlier_10!("claim INDEXED BY claim_overlap"),
);
/// The next claims of some hardware in the order of their starts, so many of each.
pub(super) const LATER: [(usize, &Statement); 3] = [(1, &LATER_1), (10, &LATER_10), (50, &LATER_50)];
/// The claims before, in the order of their ends, the last first.
pub(super) const EARLIER: [(usize, &Statement); 2] = [(1, &EARLIER_1), (10, &EARLIER_10)];

/// Hardware that may be over-committed now or later: nothing else can be.
pub(super) const SUSPECTS: Statement = Statement::both(
    "claims_suspects",
    "SELECT hardware_id FROM claim WHERE forced = 1 AND blocked_until > ?
     UNION
     SELECT hardware_id FROM claim WHERE is_out = 1 AND ends_at <= ?",
);

pub(in crate::store) const STATEMENTS: &[&Statement] = &[
    &OF_50,
    &OF_200,
    &OF_1000,
    &OF_FLEET,
    &OF_FLEET_AND_NOW,
    &OF_ONE,
    &LATER_1,
    &LATER_10,
    &LATER_50,
    &EARLIER_1,
    &EARLIER_10,
    &SUSPECTS,
];
