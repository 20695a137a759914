//! The real binaries on real MySQL.

mod accounts;
mod away;
mod schema;
mod secrets;
mod trouble;
