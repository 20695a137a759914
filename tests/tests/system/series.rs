//! Bookings that repeat, by people with the form and through the real service.

mod form;
mod later;

use serde_json::{Value, json};

use crate::harness::Toolcrib;

/// Adds a rig of one unit; its id.
async fn rig(toolcrib: &Toolcrib) -> i64 {
    toolcrib.add("Lab B2", "HIL rig 3").await
}

/// Books it, one day or a few in a row.
async fn book(
    toolcrib: &Toolcrib,
    hardware: i64,
    user: &str,
    (from, to): (&str, &str),
    repeat: Value,
) -> Value {
    let mut body =
        json!({ "starts_at": from, "ends_at": to, "user": user, "lines": [{ "hardware": hardware }] });
    body["repeat"] = repeat;
    toolcrib.hardware.post("/reservations", &body).await.is(201).json()
}

/// When each of somebody's bookings begins and ends, and its state.
async fn bookings(toolcrib: &Toolcrib, user: &str) -> Vec<String> {
    let listed = toolcrib.hardware.get(&format!("/reservations?user={user}")).await.is(200).json();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let one = |row: &Value| {
        let (from, to) = (text(row, "starts_at"), text(row, "ends_at"));
        format!("{} to {} {}", &from[..16], &to[11..16], text(row, "state"))
    };
    let mut told: Vec<_> = listed.as_array().unwrap().iter().map(one).collect();
    told.sort();
    told
}
