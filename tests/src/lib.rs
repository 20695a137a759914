//! Whole-system tests: the real binaries on a real database. `tests/system` looks at them over HTTP and with a real
//! browser, `tests/torture` sets many clients and crashes on them; this is what both stand on: binaries, started
//! and stopped, and ways to look at them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

pub mod command;
pub mod mysql;
pub mod ports;
pub mod round_robin;
pub mod service;
pub mod tcp_proxy;
pub mod toolcrib;
pub mod wait;
pub mod web;

pub use self::{
    command::{Settings, run},
    service::Service,
    toolcrib::Toolcrib,
    web::Answer,
};
