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
/// The next claims of some hardware in the order of their starts, so many of each.
pub(super) const LATER: Statement = Statement::per_dialect(
    "claims_later",
    "SELECT c.id, c.hardware_id, c.starts_at, c.blocked_until, c.qty, 0 AS part
     FROM JSON_TABLE(?, '$[*]' COLUMNS (hardware BIGINT PATH '$[0]', at BIGINT PATH '$[1]')) AS asked
     STRAIGHT_JOIN LATERAL (
        SELECT id, hardware_id, starts_at, blocked_until, qty FROM claim FORCE INDEX (claim_start)
        WHERE hardware_id = asked.hardware AND starts_at >= asked.at ORDER BY starts_at LIMIT ?) AS c",
    "SELECT c.id, c.hardware_id, c.starts_at, c.blocked_until, c.qty, 0 AS part
     FROM json_each(?) AS asked CROSS JOIN claim AS c ON c.id IN (
        SELECT id FROM claim WHERE hardware_id = (asked.value ->> 0) AND starts_at >= (asked.value ->> 1)
        ORDER BY starts_at LIMIT ?)",
);
/// The claims before, in the order of their ends, the last first.
pub(super) const EARLIER: Statement = Statement::per_dialect(
    "claims_earlier",
    "SELECT c.id, c.hardware_id, c.starts_at, c.blocked_until, c.qty, 0 AS part
     FROM JSON_TABLE(?, '$[*]' COLUMNS (hardware BIGINT PATH '$[0]', at BIGINT PATH '$[1]')) AS asked
     STRAIGHT_JOIN LATERAL (
        SELECT id, hardware_id, starts_at, blocked_until, qty FROM claim FORCE INDEX (claim_overlap)
        WHERE hardware_id = asked.hardware AND blocked_until <= asked.at ORDER BY blocked_until DESC LIMIT ?) AS c",
    "SELECT c.id, c.hardware_id, c.starts_at, c.blocked_until, c.qty, 0 AS part
     FROM json_each(?) AS asked CROSS JOIN claim AS c ON c.id IN (
        SELECT id FROM claim WHERE hardware_id = (asked.value ->> 0) AND blocked_until <= (asked.value ->> 1)
        ORDER BY blocked_until DESC LIMIT ?)",
);
/// Hardware that may be over-committed now or later: nothing else can be.
pub(super) const SUSPECTS: Statement = Statement::both(
    "claims_suspects",
    "SELECT hardware_id FROM claim WHERE forced = 1 AND blocked_until > ?
     UNION
     SELECT hardware_id FROM claim WHERE is_out = 1 AND ends_at <= ?",
);

pub(in crate::store) const STATEMENTS: &[&Statement] =
    &[&OF_50, &OF_200, &OF_1000, &OF_FLEET, &OF_FLEET_AND_NOW, &OF_ONE, &LATER, &EARLIER, &SUSPECTS];
