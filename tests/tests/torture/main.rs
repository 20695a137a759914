//! "Bookings that can never collide": two processes on one database, many clients that want the same, and processes
//! and servers that are killed under them. Whatever was answered is held against what is there in the end, by a
//! checker that shares no code with the product; and a build that books carelessly must be caught by the same checker.
//!
//! `TORTURE_SEED` repeats a run's choices, `TORTURE_SECONDS` says how long each scenario goes on.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod actor;
mod audit;
mod baskets;
mod booking;
mod checker;
mod clerk;
mod client;
mod database;
mod dice;
mod history;
mod imports;
mod kill;
mod killer;
mod ledger;
mod life;
mod naive;
mod one_key;
mod run;
mod series;
mod stage;
mod tally;
mod time;
mod tries;
mod windows;

/// Each scenario once on SQLite and once on MySQL: "mysql" as a whole segment of a test's path marks those that need
/// Docker.
macro_rules! on_both {
    ($(async fn $name:ident($kind:ident) $body:block)+) => {
        $(async fn $name($kind: crate::database::Kind) $body)+

        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::database::Kind::Sqlite).await;
            })+
        }

        mod mysql {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::database::Kind::MySql).await;
            })+
        }
    };
}
use on_both;
