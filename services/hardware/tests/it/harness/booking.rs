//! Bookings as tests write them: hours of 11 June 2026, the day of [`super::NOW`].

use serde_json::{Value, json};

use super::{Answer, TestApp};

/// `"09:30"` of that day, in UTC.
pub fn clock(time: &str) -> String {
    format!("2026-06-11T{time}:00Z")
}

/// The body of a booking of one hardware.
pub fn wish(hardware: i64, from: &str, to: &str, qty: i64) -> Value {
    basket(&[(hardware, qty)], from, to)
}

/// The body of a booking of several.
pub fn basket(lines: &[(i64, i64)], from: &str, to: &str) -> Value {
    let lines: Vec<_> = lines.iter().map(|(id, qty)| json!({ "hardware": id, "qty": qty })).collect();
    json!({ "starts_at": clock(from), "ends_at": clock(to), "lines": lines })
}

impl TestApp {
    /// Adds a hardware of this capacity and buffer; its id.
    pub async fn rig(&self, name: &str, capacity: i64, buffer_s: i64) -> i64 {
        self.add(json!({ "provider": "Lab", "name": name, "capacity": capacity, "buffer_s": buffer_s })).await
    }

    /// Asks for a booking.
    pub async fn book(&self, hardware: i64, from: &str, to: &str, qty: i64) -> Answer {
        self.post("/reservations", wish(hardware, from, to, qty)).await
    }

    /// Books what must be free; the reservation's id.
    #[track_caller]
    pub fn booked(
        &self,
        hardware: i64,
        from: &str,
        to: &str,
        qty: i64,
    ) -> impl Future<Output = i64> + use<'_> {
        let body = wish(hardware, from, to, qty);
        async move { self.post("/reservations", body).await.expect(201).json()["id"].as_i64().unwrap() }
    }

    /// `POST /reservations/{id}/{action}` without a body.
    pub async fn act(&self, id: i64, action: &str) -> Answer {
        Answer::of(self.request(reqwest::Method::POST, &format!("/reservations/{id}/{action}"))).await
    }

    /// Units free of a hardware over a time of that day.
    pub async fn free(&self, hardware: i64, from: &str, to: &str) -> i64 {
        let (from, to) = (clock(from), clock(to));
        let got = self.get(&format!("/hardware/{hardware}/availability?from={from}&to={to}")).await;
        got.expect(200).json()["min_free"].as_i64().unwrap()
    }

    /// What `hardware` says of one reservation.
    pub async fn reservation(&self, id: i64) -> Value {
        self.get(&format!("/reservations/{id}")).await.expect(200).json()
    }
}
