//! The real binaries on real MySQL.

mod accounts;
mod away;
mod black_hole;
mod cost;
mod disconnects;
mod kills;
mod read_only;
mod rotation;
mod scene;
mod schema;
mod secrets;
mod tls;
mod trouble;
