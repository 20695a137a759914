//! A random world, lived through the API: bookings, buffers, maintenance, what is overdue, and forced cuts.

use hardware::domain::{moment::rfc3339, span};
use serde_json::{Value, json};

use super::brute::SLOT_S;
use crate::harness::{NOW, TestApp, at, random::Random};

const HARDWARE: i64 = 5;
const DAY_S: i64 = 86_400;

pub struct World {
    /// For messages: which seed.
    pub name: String,
    pub random: Random,
    pub now_s: i64,
    round: i64,
}

impl World {
    /// The worlds of one app follow each other on the same hardware, a month apart.
    pub fn new(seed: u64, round: usize) -> Self {
        let round = i64::try_from(round).unwrap();
        let now_s = at(NOW) + round * 30 * DAY_S;
        Self { name: format!("seed {seed}"), random: Random(seed), now_s, round }
    }

    /// Claims of length classes that the API seldom makes, also longer than 42 days; every third of class 27, as a row
    /// written by hand is.
    async fn write_by_hand(&mut self, app: &TestApp) {
        let mut rows = Vec::new();
        for class in (0..13).chain(0..13).chain([span::MAX_SPAN]) {
            let longest = span::longest_s(class).min(20 * 365 * DAY_S);
            let length = (longest - self.random.below(longest / 2 / SLOT_S) * SLOT_S).max(SLOT_S);
            let ago = self.random.below((length + 10 * DAY_S) / SLOT_S) * SLOT_S;
            let (from, hardware) = (self.now_s - ago, 1 + self.random.below(HARDWARE));
            let kept = if self.random.below(3) == 0 { span::MAX_SPAN } else { class };
            rows.push(format!("({hardware}, {from}, {to}, {to}, 1, {kept})", to = from + length));
        }
        let columns = "hardware_id, starts_at, ends_at, blocked_until, qty, span";
        app.execute(format!("INSERT INTO claim ({columns}) VALUES {}", rows.join(","))).await;
        // There is still room beside them.
        app.execute("UPDATE hardware SET capacity = capacity + 2 WHERE capacity > 1".to_owned()).await;
    }

    /// A start and an end around now; bare minutes and seconds are left to the length of the window.
    pub fn window(&mut self) -> (i64, i64) {
        let from = self.now_s + (self.random.below(6 * DAY_S / SLOT_S) - 2 * DAY_S / SLOT_S) * SLOT_S;
        let length = self.random.one_of(&[SLOT_S, 1_800, 3_600, 7_200, 21_600, 36_000, DAY_S, 3 * DAY_S]);
        (from, from + length)
    }

    /// The same, now and then weeks away: where long claims alone are under way.
    pub fn any_window(&mut self) -> (i64, i64) {
        let away = self.random.one_of(&[0, 0, 0, -50, -44, -20, 30, 44, 60]);
        let (from, to) = self.window();
        (from + away * DAY_S, to + away * DAY_S)
    }

    /// A basket, each hardware once, ascending.
    pub fn lines(&mut self) -> Vec<(i64, i64)> {
        let first = 1 + self.random.below(HARDWARE);
        let mut lines = vec![(first, 1 + self.random.below(3))];
        if first < HARDWARE && self.random.below(2) == 0 {
            lines.push((first + 1 + self.random.below(HARDWARE - first), 1));
        }
        lines
    }

    pub async fn live(&mut self, app: &TestApp) {
        app.clock.set(self.now_s);
        if self.round == 0 {
            for i in 0..HARDWARE {
                app.rig(&format!("rig {i}"), 2 + i % 3, i % 4 * 2 * SLOT_S).await;
            }
        }
        let mut booked = Vec::new();
        for _ in 0..90 {
            let (from, to) = self.window();
            let lines: Value =
                self.lines().iter().map(|(id, qty)| json!({ "hardware": id, "qty": qty })).collect();
            let body = json!({ "starts_at": rfc3339(from), "ends_at": rfc3339(to), "lines": lines });
            let answer = app.post("/reservations", body).await;
            if answer.status == 201 {
                booked.push((answer.json()["id"].as_i64().unwrap(), from, to));
            }
        }
        self.take_out_of_service(app).await;
        // Some are handed out, and not all of them come back in time.
        for (id, ..) in booked.iter().filter(|(_, from, to)| *from <= self.now_s && self.now_s < *to) {
            let status = app.act(*id, "checkout").await.status.as_u16();
            assert!(status == 200 || status == 409, "{status}");
        }
        self.now_s += 4 * 3_600;
        app.clock.set(self.now_s);
        for (id, ..) in booked {
            if self.random.below(6) == 0 {
                app.act(id, "return").await;
            }
        }
        let cut = 1 + self.random.below(HARDWARE);
        app.patch(&format!("/hardware/{cut}?force=true"), json!({ "capacity": 1 })).await.expect(200);
        self.write_by_hand(app).await;
    }

    async fn take_out_of_service(&mut self, app: &TestApp) {
        for number in 0..6 {
            let (from, to) = self.window();
            let mut body = json!({
                "title": "Fan", "text": "It rattles.", "hardware": 1 + self.random.below(HARDWARE),
                "starts_at": rfc3339(from), "ends_at": rfc3339(to), "qty": 1
            });
            // One of them has no end.
            if number == 0 && self.round == 0 {
                body["ends_at"] = Value::Null;
            }
            let status = app.post("/tasks?force=true", body).await.status.as_u16();
            assert!(status == 201, "{status}");
        }
    }
}
