//! What overlaps a window, by length class: a short range of an index for each. See [`crate::domain::span`].

use crate::db::Statement;

/// An arm for each length class.
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
macro_rules! of_fleet {
    () => {
        concat!(
            of_every_span!(of_fleet_span, "claim"),
            "SELECT id, hardware_id, starts_at, blocked_until, qty, 2 FROM claim WHERE is_out = 1 AND ends_at <= ?"
        )
    };
}
/// The whole fleet over a window: a short range of the index for each length class, then what is overdue.
pub(in super::super) const OF_FLEET: Statement =
    Statement::per_dialect("claims_of_fleet", of_fleet!(), as_json!(of_fleet!()));
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
pub(in super::super) const OF_ONE: Statement = Statement::per_dialect(
    "claims_of_one",
    of_one!("claim FORCE INDEX (claim_item)"),
    as_json!(of_one!("claim INDEXED BY claim_item")),
);
