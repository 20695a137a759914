//! The timeline in front of the real service: found, read, booked, over hours that the clocks change, with a lot of
//! hardware and bookings, and with the service away.

mod clocks;
mod large;
mod person;
mod sight;

use serde_json::{Value, json};

use crate::harness::Toolcrib;

/// Adds hardware of so many units; its id.
async fn rig(toolcrib: &Toolcrib, name: &str, capacity: i64) -> i64 {
    let body = json!({ "provider": "Lab B2", "name": name, "capacity": capacity });
    toolcrib.hardware.post("/hardware", &body).await.is(201).json()["id"].as_i64().unwrap()
}

async fn book(toolcrib: &Toolcrib, hardware: i64, from: &str, to: &str, qty: i64) -> Value {
    let line = json!({ "hardware": hardware, "qty": qty });
    let body = json!({ "starts_at": from, "ends_at": to, "user": "eve", "lines": [line] });
    toolcrib.hardware.post("/reservations", &body).await.is(201).json()
}
