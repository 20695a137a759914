//! What the tests stand on: the real binaries, started and stopped, and ways to look at them.

pub mod browser;
pub mod command;
pub mod mysql;
pub mod ports;
pub mod service;
pub mod toolcrib;
pub mod wait;
pub mod web;

pub use self::{
    command::{Settings, run},
    service::Service,
    toolcrib::Toolcrib,
    web::Answer,
};

/// What somebody may call their hardware, and what it must never become.
pub const EVIL: &str = "\"><script>alert(document.title='pwned')</script>";
