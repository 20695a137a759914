//! One of many who change everybody's bookings, tasks and hardware at random.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Instant,
};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    booking::Booking,
    client::{Call, Client, Reply},
    history::History,
    time::{DAY, HOUR, now, read, text},
};

/// What actors share: they act on each other's bookings.
#[derive(Default)]
pub struct World {
    hardware: Mutex<Vec<i64>>,
    pub history: History,
    /// The newest that anybody was told of reservations that may still change.
    reservations: Mutex<BTreeMap<i64, Value>>,
    tasks: Mutex<Vec<i64>>,
}

pub struct Actor {
    pub client: Client,
    pub world: Arc<World>,
}

impl World {
    pub fn new(hardware: Vec<i64>) -> Arc<Self> {
        Arc::new(Self { hardware: Mutex::new(hardware), ..Self::default() })
    }
}

impl Actor {
    pub async fn live(mut self, until: Instant) {
        while Instant::now() < until {
            match self.client.dice.below(44) {
                0..=12 => self.book().await,
                13..=17 => self.reshape().await,
                18..=21 => self.act("cancel").await,
                22..=27 => self.act("checkout").await,
                28..=30 => self.act("return").await,
                31..=32 => self.return_one().await,
                33 => self.act("no-show").await,
                34 => self.plan_maintenance().await,
                35..=36 => self.change_task().await,
                37 => self.change_hardware().await,
                38 => self.replace_hardware().await,
                _ => self.look().await,
            }
        }
    }

    /// A time from a little in the past to two days ahead that is not over before the test is.
    fn some_time(&mut self) -> (i64, i64) {
        let from = now() + self.client.dice.between(-HOUR / 2, 2 * DAY);
        (from, from.max(now()) + self.client.dice.between(2 * HOUR, 5 * HOUR))
    }

    fn some_lines(&mut self) -> Vec<(i64, i64)> {
        let mut wanted = self.world.hardware.lock().unwrap().clone();
        self.client.dice.shuffle(&mut wanted);
        wanted.truncate(1 + self.client.dice.below(3));
        wanted.into_iter().map(|id| (id, self.client.dice.between(1, 2))).collect()
    }

    fn some_hardware(&mut self) -> i64 {
        self.client.dice.pick(&self.world.hardware.lock().unwrap())
    }

    fn some_reservation(&mut self) -> Option<Value> {
        let reservations = self.world.reservations.lock().unwrap();
        let place = self.client.dice.below(reservations.len().max(1));
        reservations.values().nth(place).cloned()
    }

    async fn book(&mut self) {
        let (from, to) = self.some_time();
        let purpose = format!("client {}", self.client.number);
        let booking = Booking { lines: self.some_lines(), from, to, purpose };
        // 422: somebody archived what we want.
        self.change(Call::book(&booking, None), &[409, 422]).await;
    }

    /// New times, new lines, or both, of somebody's reservation; now and then only if it is still as it was.
    async fn reshape(&mut self) {
        let Some(old) = self.some_reservation() else { return };
        let (from, to) = self.some_time();
        let lines = Booking { lines: self.some_lines(), from, to, purpose: String::new() }.body();
        let body = match self.client.dice.below(4) {
            0 => json!({ "starts_at": text(from), "ends_at": text(to) }),
            1 => json!({ "lines": lines["lines"] }),
            2 => json!({ "starts_at": text(from), "ends_at": text(to), "lines": lines["lines"] }),
            _ => json!({ "ends_at": text(read(old["starts_at"].as_str().unwrap()).max(now()) + 3 * HOUR) }),
        };
        let mut call = Call::new(Method::PATCH, format!("/reservations/{}", old["id"]), body);
        if self.client.dice.one_in(2) {
            call.version = old["version"].as_i64();
        }
        // 422: as above, or somebody moved its start behind the end that we want.
        self.change(call, &[409, 412, 422]).await;
    }

    async fn act(&mut self, action: &str) {
        let Some(old) = self.some_reservation() else { return };
        self.change(Call::post(format!("/reservations/{}/{action}", old["id"])), &[409]).await;
    }

    /// One unit of one line: more than is out, if others returned it first.
    async fn return_one(&mut self) {
        let Some(old) = self.some_reservation() else { return };
        let line = self.client.dice.below(old["lines"].as_array().unwrap().len());
        let body = json!({ "lines": [{ "hardware": old["lines"][line]["hardware"], "qty": 1 }] });
        let path = format!("/reservations/{}/return", old["id"]);
        self.change(Call::new(Method::POST, path, body), &[409, 422]).await;
    }

    /// Sends what changes a reservation, and takes down the answer.
    async fn change(&mut self, call: Call, refusals: &[u16]) {
        let Reply::Accepted(answer) = self.client.send_allowing(&call, refusals).await else { return };
        let new = answer.json();
        self.world.history.saw(&new);
        let mut reservations = self.world.reservations.lock().unwrap();
        let id = new["id"].as_i64().unwrap();
        let over = ["cancelled", "returned", "no_show"].iter().any(|state| new["state"] == **state);
        // Some of what is over is kept, to see it refused.
        if over && !self.client.dice.one_in(8) {
            reservations.remove(&id);
        } else if reservations.get(&id).is_none_or(|old| old["version"].as_i64() < new["version"].as_i64()) {
            reservations.insert(id, new);
        }
    }

    async fn plan_maintenance(&mut self) {
        let (from, to) = self.some_time();
        let ends_at = if self.client.dice.one_in(4) { Value::Null } else { json!(text(to)) };
        let hardware = self.some_hardware();
        let mut body = json!({ "title": "clean", "text": "it", "hardware": hardware, "starts_at": text(from), "qty": 1 });
        if !ends_at.is_null() {
            body["ends_at"] = ends_at;
        }
        let call = Call::new(Method::POST, "/tasks".to_owned(), body);
        if let Reply::Accepted(answer) = self.client.send_allowing(&call, &[409, 422]).await {
            self.world.tasks.lock().unwrap().push(answer.json()["id"].as_i64().unwrap());
        }
    }

    /// Done, open again, or gone; others may have deleted it before.
    async fn change_task(&mut self) {
        let tasks = self.world.tasks.lock().unwrap().clone();
        let Some(id) = tasks.get(self.client.dice.below(tasks.len().max(1))) else { return };
        let path = format!("/tasks/{id}");
        let call = match self.client.dice.below(6) {
            0 => Call::new(Method::PATCH, path, json!({ "done": false })),
            1..=3 => Call::new(Method::PATCH, path, json!({ "done": true })),
            _ => Call::new(Method::DELETE, path, Value::Null),
        };
        let reply = self.client.send_allowing(&call, &[404, 409, 422]).await;
        if call.method == Method::DELETE && matches!(reply, Reply::Accepted(_)) {
            self.world.tasks.lock().unwrap().retain(|other| other != id);
        }
    }

    async fn change_hardware(&mut self) {
        let body = if self.client.dice.one_in(3) {
            json!({ "buffer_s": self.client.dice.pick(&[0, 60, 600]) })
        } else {
            json!({ "capacity": self.client.dice.between(2, 6) })
        };
        let path = format!("/hardware/{}", self.some_hardware());
        self.client.send_allowing(&Call::new(Method::PATCH, path, body), &[404, 409]).await;
    }

    /// A new one, and away with an old one that nobody has booked.
    async fn replace_hardware(&mut self) {
        let name =
            format!("new rig {} of client {}", self.client.dice.between(0, 1 << 40), self.client.number);
        let body = json!({ "provider": "Lab", "name": name, "capacity": 4, "buffer_s": 60 });
        let call = Call::new(Method::POST, "/hardware".to_owned(), body);
        if let Reply::Accepted(answer) = self.client.send(&call).await {
            self.world.hardware.lock().unwrap().push(answer.json()["id"].as_i64().unwrap());
        }
        let id = self.some_hardware();
        let call = Call::new(Method::DELETE, format!("/hardware/{id}"), Value::Null);
        if let Reply::Accepted(_) = self.client.send_allowing(&call, &[404, 409]).await {
            self.world.hardware.lock().unwrap().retain(|other| *other != id);
        }
    }

    /// Readers in between. What they are told of a reservation is one version of it, and never half of two.
    async fn look(&mut self) {
        let hardware = self.some_hardware();
        let some = self.some_reservation().map_or(Value::Null, |reservation| reservation["id"].clone());
        let path = match self.client.dice.below(6) {
            0 => "/hardware".to_owned(),
            1 => format!("/hardware/{hardware}/availability"),
            2 => "/tasks?limit=20".to_owned(),
            3 => format!("/reservations?limit=20&hardware={hardware}"),
            _ if some.is_null() => return,
            _ => format!("/reservations/{some}"),
        };
        let reply =
            self.client.send_allowing(&Call::new(Method::GET, path.clone(), Value::Null), &[404]).await;
        let Reply::Accepted(answer) = reply else { return };
        match answer.json() {
            Value::Array(reservations) if path.starts_with("/reservations") => {
                reservations.iter().for_each(|reservation| self.world.history.saw(reservation));
            }
            reservation if path.starts_with("/reservations") => self.world.history.saw(&reservation),
            _ => {}
        }
    }
}
