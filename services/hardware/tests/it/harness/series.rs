//! Series as tests write them.

use serde_json::{Value, json};

use super::{Answer, TestApp};

/// The body of a booking that repeats, in wall clock or with an offset.
pub fn series(hardware: i64, from: &str, to: &str, repeat: Value) -> Value {
    let mut body = json!({ "starts_at": from, "ends_at": to, "lines": [{ "hardware": hardware }] });
    body["repeat"] = repeat;
    body
}

/// `{"every": "day", "count": N}`.
pub fn days(count: i64) -> Value {
    json!({ "every": "day", "count": count })
}

/// The same, leaving out what cannot be had.
pub fn days_or_skip(count: i64) -> Value {
    json!({ "every": "day", "count": count, "on_conflict": "skip" })
}

/// The ids of a member of an answer.
pub fn ids(list: &Value) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|id| id.as_i64().unwrap()).collect()
}

impl TestApp {
    /// Adds a rig in this zone; its id.
    pub async fn rig_in(&self, zone: &str, capacity: i64) -> i64 {
        self.add(json!({ "provider": "Lab", "name": zone, "capacity": capacity, "tz": zone })).await
    }

    /// Books a series that must be possible; its answer.
    pub async fn repeated(&self, hardware: i64, from: &str, to: &str, repeat: Value) -> Value {
        self.post("/reservations", series(hardware, from, to, repeat)).await.expect(201).json()
    }

    /// `(start, end)` of each member of a series, in order.
    pub async fn times_of(&self, series: &Value) -> Vec<(String, String)> {
        let list = self.get(&format!("/reservations?series={series}&limit=1000")).await.expect(200).json();
        let text = |row: &Value, member: &str| row[member].as_str().unwrap().to_owned();
        let rows = list.as_array().unwrap().iter();
        rows.map(|row| (text(row, "starts_at"), text(row, "ends_at"))).collect()
    }

    /// `PATCH /reservations/{id}?scope=rest`.
    pub async fn change_rest(&self, id: i64, body: Value) -> Answer {
        self.patch(&format!("/reservations/{id}?scope=rest"), body).await
    }
}
