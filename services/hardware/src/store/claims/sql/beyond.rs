//! What comes behind a time, or before it, in order.

use crate::db::Statement;

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
macro_rules! starting {
    ($claim:literal, $ids:expr) => {
        concat!(
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 0 AS part FROM ",
            $claim,
            " WHERE hardware_id IN (",
            $ids,
            ") AND starts_at >= ? AND starts_at < ? ORDER BY hardware_id, starts_at LIMIT ?"
        )
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
    as_json!(later_1!("claim INDEXED BY claim_start")),
);
pub(super) const LATER_10: Statement = Statement::per_dialect(
    "claims_later_10",
    later_10!("claim FORCE INDEX (claim_start)"),
    as_json!(later_10!("claim INDEXED BY claim_start")),
);
pub(super) const STARTING_10: Statement = Statement::per_dialect(
    "claims_starting_of_10",
    starting!("claim FORCE INDEX (claim_start)", ids_10!()),
    as_json!(starting!("claim INDEXED BY claim_start", ids_10!())),
);
pub(super) const STARTING_50: Statement = Statement::per_dialect(
    "claims_starting_of_50",
    starting!("claim FORCE INDEX (claim_start)", ids_50!()),
    as_json!(starting!("claim INDEXED BY claim_start", ids_50!())),
);
pub(super) const EARLIER_1: Statement = Statement::per_dialect(
    "claims_earlier_1",
    earlier_1!("claim FORCE INDEX (claim_overlap)"),
    as_json!(earlier_1!("claim INDEXED BY claim_overlap")),
);
pub(super) const EARLIER_10: Statement = Statement::per_dialect(
    "claims_earlier_10",
    earlier_10!("claim FORCE INDEX (claim_overlap)"),
    as_json!(earlier_10!("claim INDEXED BY claim_overlap")),
);
/// The next claims of some hardware in the order of their starts, so many of each.
pub(in super::super) const LATER: [(usize, &Statement); 2] = [(1, &LATER_1), (10, &LATER_10)];
/// The claims before, in the order of their ends, the last first.
pub(in super::super) const EARLIER: [(usize, &Statement); 2] = [(1, &EARLIER_1), (10, &EARLIER_10)];
/// What starts from one time to another, for MySQL at a quarter of the price: so many of all.
pub(in super::super) const STARTING: [(usize, &Statement); 2] = [(10, &STARTING_10), (50, &STARTING_50)];
