//! What the pages about bookings are printed with: everything there can be, and next to nothing.

use serde_json::{Value, json};

use crate::{
    booking::{Booking, Series},
    hardware_client::{Bookings, NotFree, Reservation, Task},
    pages::item::Around,
};

pub(super) const EVIL: &str = "\"><script>alert(1)</script>";

pub(super) fn full_around() -> Around {
    let steps = json!({ "capacity": 4, "steps": [
        { "from": "2026-06-10T22:00:00Z", "to": "2026-06-12T00:00:00Z", "free": 0, "overcommitted": 2 },
        { "from": "2026-06-12T00:00:00Z", "to": "2026-06-13T00:00:00Z", "free": 0 },
        { "from": "2026-06-13T00:00:00Z", "to": "2026-06-24T22:00:00Z", "free": 3 },
    ]});
    let midnight: chrono::DateTime<chrono::Utc> = "2026-06-10T22:00:00Z".parse().unwrap();
    Around {
        days: (0..15).map(|n| midnight + chrono::TimeDelta::days(n)).collect(),
        steps: Some(serde_json::from_value(steps).unwrap()),
        bookings: Some(some_bookings(true)),
        late: vec![full_reservation("out")],
        next: full_not_free().alternatives,
    }
}

fn reservation(value: Value) -> Reservation {
    serde_json::from_value(value).unwrap()
}

pub(super) fn full_reservation(state: &str) -> Reservation {
    let line = |id: i64| json!({ "hardware": id, "provider": EVIL, "name": EVIL, "qty": 5, "out": 3, "returned": 2 });
    reservation(json!({
        "id": 9, "state": state, "starts_at": "2026-06-11T10:00:00Z", "ends_at": "2026-06-11T16:00:00Z", "user": EVIL,
        "purpose": EVIL, "at_risk": true, "overdue": true, "lines": [line(7), line(8)], "version": 3, "series_id": 5,
        "created_at": "2026-06-10T10:00:00Z",
    }))
}

pub(super) fn bare_reservation(state: &str) -> Reservation {
    reservation(json!({
        "id": 9, "state": state, "starts_at": "2026-06-12T10:00:00Z", "ends_at": "2026-06-12T16:00:00Z", "lines": [], "version": 1,
    }))
}

pub(super) fn some_bookings(more: bool) -> Bookings {
    let rows = vec![full_reservation("out"), bare_reservation("confirmed")];
    Bookings { rows, total: more.then_some(99), next: more.then(|| EVIL.to_owned()) }
}

pub(super) fn full_not_free() -> NotFree {
    let claim = |reservation: Value, task: Value, user: Value, to: &str| json!({ "reservation": reservation, "task": task, "from": "2026-06-11T10:00:00Z", "to": to, "qty": 1, "user": user });
    let stretch = json!({ "from": "2026-06-11T10:00:00Z", "to": "2026-06-11T12:00:00Z", "free": 1 });
    let time = json!({ "starts_at": "2026-06-12T10:00:00Z", "ends_at": "2026-06-12T16:00:00Z" });
    let claims = json!([
        claim(json!(4), json!(null), json!(EVIL), "2026-06-11T16:00:00Z"),
        claim(json!(5), json!(null), json!(null), "2026-06-11T16:00:00Z"),
        claim(json!(null), json!(3), json!(null), "9999-12-31T00:00:00Z"),
        claim(json!(null), json!(null), json!(null), "2026-06-11T16:00:00Z"),
    ]);
    let line = json!({
        "hardware": 7, "provider": EVIL, "name": EVIL, "requested": 4, "free": 1, "capacity": 4,
        "blocked": [stretch, stretch, stretch, stretch, stretch], "claims": claims,
    });
    serde_json::from_value(json!({
        "lines": [line, line], "alternatives": [time, time, time],
        "occurrences": { "wanted": 4, "refused": 2, "overlaps_itself": true },
    }))
    .unwrap()
}

pub(super) fn full_task() -> Task {
    let task = json!({
        "id": 3, "title": EVIL, "text": EVIL, "done": true, "hardware": 7, "starts_at": "2026-06-11T10:00:00Z",
        "ends_at": "2026-06-11T16:00:00Z", "qty": 2, "forced": true, "version": 1, "created_at": "2026-06-10T10:00:00Z",
    });
    serde_json::from_value(task).unwrap()
}

pub(super) fn bare_task() -> Task {
    let task =
        json!({ "id": 4, "title": "t", "text": "u", "done": false, "created_at": "2026-06-10T10:00:00Z" });
    serde_json::from_value(task).unwrap()
}

/// Every field filled with something evil.
pub(super) fn full_booking() -> Booking {
    let text = || EVIL.to_owned();
    Booking {
        key: text(),
        hardware: text(),
        starts_at: text(),
        ends_at: text(),
        qty: text(),
        user: text(),
        purpose: text(),
        series: Series { repeat: text(), count: text(), until: text(), on_conflict: text() },
    }
}
