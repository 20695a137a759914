//! Integration tests: the real app over HTTP on a loopback port, on a real database. Each test of the contract
//! runs on SQLite and on MySQL; its name ends in the database's.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod cache;
mod cli;
mod contract;
mod database;
mod examples;
mod harness;
mod nasa;
mod oracle;
mod place;
mod plans;
mod pool;
mod reservation_import;
mod routes;
mod script;
mod store;
mod verify;
