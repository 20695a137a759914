//! What the tests stand on: the crate's own part, and a browser.

pub mod browser;

pub use system_tests::{
    Answer, Service, Settings, Toolcrib, command, mysql, ports, run, toolcrib, wait, web,
};

/// What somebody may call their hardware, and what it must never become.
pub const EVIL: &str = "\"><script>alert(document.title='pwned')</script>";
