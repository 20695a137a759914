//! Heads of requests: late ones, long ones, and what is none.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{io::AsyncWriteExt, task::JoinSet, time::sleep};

use super::{
    hardware,
    wire::{Wire, address},
};
use crate::harness::{Service, web::client_without_keep_alive};

const SLOW_CALLERS: u64 = 10_000;
/// What this process needs besides, and the calls of the others.
const OTHER_DESCRIPTORS: u64 = 500;

/// As many connections as this machine lets a process have, up to 10,000.
fn slow_callers() -> u64 {
    let most = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: most, maximum: most }).unwrap();
    most.map_or(SLOW_CALLERS, |most| SLOW_CALLERS.min(most - OTHER_DESCRIPTORS))
}

/// Sends another header every second, and never the last; ends when the service has enough.
async fn drip(mut wire: Wire) {
    let dripped = async {
        wire.send("GET /hardware HTTP/1.1\r\nHost: localhost\r\n").await;
        loop {
            sleep(Duration::from_secs(1)).await;
            if wire.0.write_all(b"X-More: a\r\n").await.is_err() {
                return;
            }
        }
    };
    dripped.await;
}

async fn asks_until(enough: Arc<AtomicBool>, url: String) -> (usize, Vec<String>) {
    let (mut served, mut refused) = (0, Vec::new());
    let client = client_without_keep_alive();
    while !enough.load(Ordering::SeqCst) {
        match client.get(&url).send().await {
            Ok(answer) if answer.status() == 200 => served += 1,
            other => refused.push(format!("{other:?}")),
        }
        sleep(Duration::from_millis(50)).await;
    }
    (served, refused)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_slow_heads_are_closed_while_others_are_served() {
    let (hardware, _folder) = hardware(&[]).await;
    let enough = Arc::new(AtomicBool::new(false));
    let others = tokio::spawn(asks_until(enough.clone(), format!("{}/hardware", hardware.url)));
    let mut slow = JoinSet::new();
    for _ in 0..slow_callers() {
        slow.spawn(drip(Wire::to(&hardware).await));
    }
    // Every one of them ends: none is forgotten. (`make bench` has the times and the memory.)
    slow.join_all().await;
    enough.store(true, Ordering::SeqCst);
    let (served, refused) = others.await.unwrap();
    assert!(refused.is_empty(), "{refused:?}");
    assert!(served > 10, "only {served} others were served");
    let metrics = hardware.get("/metrics").await.is(200).body;
    assert!(metrics.contains("http_connections_closed_total{reason=\"header_timeout\"}"), "{metrics}");
}

#[tokio::test]
async fn a_caller_who_never_says_anything_is_not_waited_for() {
    let (hardware, _folder) = hardware(&[("SERVER__HEADER_TIMEOUT_S", "1")]).await;
    let mut silent = Wire::to(&hardware).await;
    assert_eq!(silent.rest().await, "");
    let mut second = Wire::to(&hardware).await;
    second.get("/livez").await;
    assert!(second.answer().await.starts_with("HTTP/1.1 200"));
    second.send("GET /livez HTT").await;
    assert_eq!(second.rest().await, "", "a second head has no more time than the first");
}

#[tokio::test]
async fn a_caller_who_leaves_in_the_middle_of_a_head_costs_nothing_more() {
    let (hardware, _folder) = hardware(&[]).await;
    let mut half = Vec::new();
    for text in ["G", "GET /livez HTT", "GET /livez HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n"] {
        let mut wire = Wire::to(&hardware).await;
        wire.send(text).await;
        wire.0.shutdown().await.unwrap();
        half.push(wire);
    }
    for wire in &mut half {
        assert_eq!(wire.rest().await, "");
    }
    let before = hardware.cpu_s();
    sleep(Duration::from_secs(2)).await;
    assert!(hardware.cpu_s() - before < 0.5, "it is still busy with them");
}

#[tokio::test]
async fn who_has_asked_and_says_no_more_is_answered() {
    let (hardware, _folder) = hardware(&[]).await;
    // An answer that takes a moment: the caller's end of the connection is closed long before.
    for path in ["/hardware.csv", "/docs", "/hardware?limit=1000", "/livez"].repeat(8) {
        let mut wire = Wire::to(&hardware).await;
        wire.get(path).await;
        wire.0.shutdown().await.unwrap();
        let told = wire.rest().await;
        assert!(told.starts_with("HTTP/1.1 200"), "{path}: {told:.300}");
    }
}

/// What the service says to these bytes.
async fn said(hardware: &Service, bytes: impl AsRef<[u8]>) -> String {
    let mut wire = Wire::to(hardware).await;
    wire.send(bytes).await;
    wire.answer().await
}

#[tokio::test]
async fn what_is_no_request_is_told_so_at_once() {
    let (hardware, _folder) = hardware(&[]).await;
    for bytes in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b"\0\0\0\0\r\n\r\n", b"GET\r\n\r\n"] {
        let told = said(&hardware, bytes).await;
        assert!(told.starts_with("HTTP/1.1 400"), "{told}");
    }
}

#[tokio::test]
async fn a_long_head_is_taken_and_a_longer_one_refused() {
    let (hardware, _folder) = hardware(&[]).await;
    let asked = |path: &str, header: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Long: {header}\r\nConnection: close\r\n\r\n")
    };
    let word = "%C3%A4".repeat(8 * 1_024);
    let told = said(&hardware, asked(&format!("/api/mirror?word={word}"), "a")).await;
    assert!(told.starts_with("HTTP/1.1 200"), "a word of 16 KiB, 48 KiB when escaped: {told:.300}");
    let told = said(&hardware, asked("/livez", &"a".repeat(60_000))).await;
    assert!(told.starts_with("HTTP/1.1 200"), "{told:.300}");
    let told = said(&hardware, asked("/livez", &"a".repeat(70_000))).await;
    assert!(told.starts_with("HTTP/1.1 431"), "{told:.300}");
    let many = (0..200).map(|n| format!("X-{n}: a\r\n")).collect::<String>();
    let told = said(&hardware, format!("GET /livez HTTP/1.1\r\nHost: localhost\r\n{many}\r\n")).await;
    assert!(told.starts_with("HTTP/1.1 431"), "{told:.300}");
}

#[tokio::test]
async fn without_descriptors_nothing_spins_and_service_resumes() {
    let (settings, _folder) = super::settings_of(&[]).await;
    let mut hardware = Service::start_limited("hardware", settings, 64);
    hardware.becomes_ready().await;
    let mut held = Vec::new();
    for _ in 0..200 {
        held.push(tokio::net::TcpStream::connect(address(&hardware)).await.unwrap());
    }
    let before = hardware.cpu_s();
    sleep(Duration::from_secs(3)).await;
    let used = hardware.cpu_s() - before;
    assert!(used < 1.0, "{used} s of processor time in 3 s of nothing to do");
    hardware.get("/hardware").await.is(200);
    drop(held);
    hardware.get("/hardware").await.is(200);
}
