//! What a client asks for, and whether a reservation is that.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    checker::{Claim, Stock},
    time,
};

/// Hardware and units, in the order in which they are asked for.
pub type Line = (i64, i64);

#[derive(Clone, Debug)]
pub struct Booking {
    pub lines: Vec<Line>,
    pub from: i64,
    pub to: i64,
    /// Marks the booking, so that its rows are found again whatever the answers said.
    pub purpose: String,
}

impl Booking {
    pub fn body(&self) -> Value {
        let line = |&(hardware, qty): &Line| json!({ "hardware": hardware, "qty": qty });
        json!({
            "starts_at": time::text(self.from),
            "ends_at": time::text(self.to),
            "user": "torture",
            "purpose": self.purpose,
            "lines": self.lines.iter().map(line).collect::<Vec<_>>(),
        })
    }

    /// What it occupies when it is accepted.
    pub fn claims(&self, stock: &Stock) -> Vec<Claim> {
        let claim = |&(hardware, qty): &Line| {
            let until = self.to + stock[&hardware].buffer;
            Claim { hardware, from: self.from, until, qty }
        };
        self.lines.iter().map(claim).collect()
    }

    /// Whether `reservation` holds what was asked for, and nothing else.
    pub fn is(&self, reservation: &Value) -> bool {
        let asked: BTreeMap<i64, i64> = self.lines.iter().copied().collect();
        reservation["starts_at"] == *time::text(self.from)
            && reservation["ends_at"] == *time::text(self.to)
            && reservation["user"] == "torture"
            && reservation["purpose"] == *self.purpose
            && lines(reservation) == asked
    }
}

/// Units of each hardware in a reservation as the API writes it.
pub fn lines(reservation: &Value) -> BTreeMap<i64, i64> {
    let number = |line: &Value, member: &str| line[member].as_i64().unwrap();
    let lines = reservation["lines"].as_array().unwrap();
    lines.iter().map(|line| (number(line, "hardware"), number(line, "qty"))).collect()
}
