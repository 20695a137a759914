//! How long a connection lasts, and who gets a place.

use std::time::Duration;

use tokio::time::sleep;

use super::{hardware, wire::Wire};
use crate::harness::wait::until;

#[tokio::test]
async fn a_connection_at_rest_is_closed_after_its_time() {
    let (hardware, _folder) = hardware(&[("SERVER__IDLE_TIMEOUT_S", "1")]).await;
    let mut wire = Wire::to(&hardware).await;
    for _ in 0..3 {
        wire.get("/livez").await;
        let told = wire.answer().await.to_lowercase();
        assert!(told.starts_with("http/1.1 200") && !told.contains("connection: close"), "{told}");
    }
    assert_eq!(wire.rest().await, "");
}

#[tokio::test]
async fn an_old_connection_is_asked_to_begin_anew() {
    let (hardware, _folder) = hardware(&[("SERVER__MAX_AGE_S", "1")]).await;
    let mut wire = Wire::to(&hardware).await;
    let last = until("an answer that is the last", async || {
        wire.get("/livez").await;
        let told = wire.answer().await;
        told.contains("connection: close").then_some(told)
    });
    assert!(last.await.starts_with("HTTP/1.1 200"));
    assert_eq!(wire.rest().await, "", "and then it is closed");
}

#[tokio::test]
async fn those_at_rest_make_place_for_those_who_ask() {
    let (hardware, _folder) = hardware(&[("SERVER__MAX_CONNECTIONS", "4")]).await;
    let mut resting = Vec::new();
    for _ in 0..4 {
        let mut wire = Wire::to(&hardware).await;
        wire.get("/livez").await;
        wire.answer().await;
        resting.push(wire);
    }
    let mut fifth = Wire::to(&hardware).await;
    fifth.get("/livez").await;
    let told = fifth.answer().await;
    assert!(told.starts_with("HTTP/1.1 200"), "{told}");
    let closed = resting.iter().filter(|wire| wire.0.try_read(&mut [0; 1]).is_ok_and(|read| read == 0));
    assert!((1..=4).contains(&closed.count()), "somebody made place");
}

#[tokio::test]
async fn many_more_callers_than_places_are_all_served() {
    let (hardware, _folder) = hardware(&[("SERVER__MAX_CONNECTIONS", "4")]).await;
    let mut wires = Vec::new();
    for _ in 0..40 {
        let mut wire = Wire::to(&hardware).await;
        wire.get("/hardware").await;
        wires.push(wire);
    }
    for wire in &mut wires {
        assert!(wire.answer().await.starts_with("HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let (hardware, _folder) = hardware(&[]).await;
    let mut wire = Wire::to(&hardware).await;
    let ask = |word: &str| format!("GET /api/mirror?word={word} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    wire.send(format!("{}{}{}", ask("a"), ask("b"), ask("c"))).await;
    sleep(Duration::from_millis(200)).await;
    wire.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
    let told = wire.rest().await;
    let places: Vec<_> =
        ["\"A\"", "\"B\"", "\"C\"", "\"ok\""].iter().map(|word| told.find(word).unwrap()).collect();
    assert!(places.is_sorted(), "{told}");
}
