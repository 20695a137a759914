//! Bodies: slow, long and deep ones, and answers that nobody takes.

use std::time::Duration;

use reqwest::Method;
use tokio::time::sleep;

use super::{hardware, wire::Wire};
use crate::harness::{Answer, Toolcrib, wait::until};

fn post(length: usize, body: &str) -> String {
    format!(
        "POST /hardware HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn a_body_that_stops_coming_is_408() {
    let (hardware, _folder) = hardware(&[("SERVER__STALL_TIMEOUT_S", "1")]).await;
    let mut slow = Wire::to(&hardware).await;
    slow.send(post(100, "{\"provider\": \"Lab")).await;
    let told = slow.answer().await;
    assert!(told.starts_with("HTTP/1.1 408") && told.contains("application/problem+json"), "{told}");
    assert!(told.contains("the body came too slowly"), "{told}");
    hardware.get("/hardware").await.is(200).has("[]");
}

#[tokio::test]
async fn a_body_that_comes_slowly_but_does_come_is_taken() {
    let (hardware, _folder) = hardware(&[("SERVER__STALL_TIMEOUT_S", "5")]).await;
    let body = r#"{"provider": "Lab B2", "name": "HIL rig 3"}"#;
    let mut slow = Wire::to(&hardware).await;
    slow.send(post(body.len(), "")).await;
    for byte in body.as_bytes() {
        slow.send([*byte]).await;
        sleep(Duration::from_millis(10)).await;
    }
    assert!(slow.answer().await.starts_with("HTTP/1.1 201"));
}

#[tokio::test]
async fn a_body_that_is_too_long_is_413_with_or_without_a_length() {
    let (hardware, _folder) = hardware(&[]).await;
    let long = format!("{{\"name\": \"{}\"}}", "a".repeat(300_000));
    let request = hardware.request(Method::POST, "/hardware").header("content-type", "application/json");
    Answer::of(request.body(long)).await.unwrap().is(413);

    let mut chunked = Wire::to(&hardware).await;
    let head = "POST /hardware HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    chunked.send(format!("{head}{}", chunk.repeat(5))).await;
    assert!(chunked.answer().await.starts_with("HTTP/1.1 413"));
    hardware.get("/hardware").await.is(200).has("[]");
}

#[tokio::test]
async fn bottomless_json_is_400() {
    let (hardware, _folder) = hardware(&[]).await;
    for deep in ["[".repeat(200_000), "{\"a\":".repeat(40_000), format!("{{\"tags\":{}", "[".repeat(100_000))]
    {
        let request = hardware.request(Method::POST, "/hardware").header("content-type", "application/json");
        let told = Answer::of(request.body(deep)).await.unwrap().is(400);
        assert_eq!(told.media_type(), "application/problem+json");
    }
}

#[tokio::test]
async fn too_many_large_bodies_at_once_are_told_to_come_again() {
    let (hardware, _folder) = hardware(&[]).await;
    let part = " ".repeat(200_000);
    let mut senders = Vec::new();
    for _ in 0..60 {
        let mut wire = Wire::to(&hardware).await;
        // Some are refused while they still send.
        let _ = tokio::io::AsyncWriteExt::write_all(&mut wire.0, post(250_000, &part).as_bytes()).await;
        senders.push(wire);
    }
    let refused = until("one of them to be refused", async || {
        for wire in &mut senders {
            let mut seen = [0; 4_096];
            if let Ok(read) = wire.0.try_read(&mut seen) {
                return Some(String::from_utf8_lossy(&seen[..read]).into_owned());
            }
        }
        None
    });
    let refused = refused.await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after: 1"), "{refused}");
    // A small one needs no part of what they share.
    let small = r#"{"provider": "Lab B2", "name": "HIL rig 3"}"#;
    let mut other = Wire::to(&hardware).await;
    other.send(post(small.len(), small)).await;
    assert!(other.answer().await.starts_with("HTTP/1.1 201"));
}

#[tokio::test]
async fn whoever_takes_no_answers_is_left() {
    let toolcrib = Toolcrib::with_catalogue().await;
    let settings = toolcrib.hardware.settings.clone().with("SERVER__STALL_TIMEOUT_S", 1);
    let slow = crate::harness::Service::ready("hardware", settings).await;
    let mut wire = Wire::narrow(&slow).await;
    for _ in 0..100 {
        wire.get("/hardware?limit=1000").await;
    }
    until("the connection to be given up", async || {
        let told = slow.get("/metrics").await.body;
        told.contains("http_connections_closed_total{reason=\"stalled\"} 1").then_some(())
    })
    .await;
}
