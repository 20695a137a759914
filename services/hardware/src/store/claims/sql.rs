//! The texts of [`super`]: fixed, however many hardware they are about.

/// All rows of SQLite in one: see [`crate::db::Rows`].
macro_rules! as_json {
    ($rows:expr) => {
        concat!(
            "SELECT json_group_array(json_array(id, hardware_id, starts_at, blocked_until, qty, part)) FROM (",
            $rows,
            ")"
        )
    };
}

/// Placeholders of an IN list.
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

mod beyond;
mod page;
mod spans;

use crate::db::Statement;

pub(super) use self::{
    beyond::{EARLIER, LATER, STARTING},
    page::{MAX_PAGE, PAGES},
    spans::{OF_FLEET, OF_ONE},
};
use self::{
    beyond::{EARLIER_1, EARLIER_10, LATER_1, LATER_10, STARTING_10, STARTING_50},
    page::{OF_20, OF_20_AND_NOW, OF_50, OF_50_AND_NOW, OF_200, OF_200_AND_NOW, OF_1000, OF_1000_AND_NOW},
};

/// Hardware that may be over-committed now or later: nothing else can be.
pub(super) const SUSPECTS: Statement = Statement::both(
    "claims_suspects",
    "SELECT hardware_id FROM claim WHERE forced = 1 AND blocked_until > ?
     UNION
     SELECT hardware_id FROM claim WHERE is_out = 1 AND ends_at <= ?",
);

pub(in crate::store) const STATEMENTS: &[&Statement] = &[
    &OF_20,
    &OF_50,
    &OF_200,
    &OF_1000,
    &OF_20_AND_NOW,
    &OF_50_AND_NOW,
    &OF_200_AND_NOW,
    &OF_1000_AND_NOW,
    &OF_FLEET,
    &OF_ONE,
    &LATER_1,
    &LATER_10,
    &STARTING_10,
    &STARTING_50,
    &EARLIER_1,
    &EARLIER_10,
    &SUSPECTS,
];
