//! Whole-system tests: the binaries as they are shipped, each in a clean environment, on SQLite and on real
//! MySQL, looked at over HTTP and with a real browser. They need `cargo build --workspace`, Docker, and
//! chromium with chromedriver.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod browser;
mod cache;
mod contract;
mod customers;
mod diagnostics;
mod docs;
mod faults;
mod harness;
mod hostile;
mod main_job;
mod mysql;
mod next_times;
mod series;
mod serving;
mod statements;
mod stopping;
mod tasks_api;
mod tasks_pages;
mod timeline;
