//! Ports of our own.

use std::{
    net::TcpListener,
    process,
    sync::atomic::{AtomicU16, Ordering},
};

/// Below the ports that the system gives to outgoing connections: a port that is free now stays free until the
/// service that it was chosen for takes it, and again while that service is away.
const FIRST: u16 = 12_000;
const SPAN: u16 = 20_000;

static TAKEN: AtomicU16 = AtomicU16::new(0);

/// A loopback port where nobody listens, handed out once.
pub fn free() -> u16 {
    let start = u16::try_from(process::id() % 200).unwrap() * 100;
    for _ in 0..SPAN {
        let number = start.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed)) % SPAN;
        let port = FIRST + number;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() && TcpListener::bind(("0.0.0.0", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free");
}
