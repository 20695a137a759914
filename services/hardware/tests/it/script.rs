//! One life, lived twice: two thousand requests at random, the same on both databases, answer by answer.

use hardware::{domain::moment::rfc3339, store::verify};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, NOW, TestApp, at, random::Random};

const STEPS: usize = 2_000;
const HARDWARE: i64 = 6;
const HOUR_S: i64 = 3_600;

/// One request.
struct Step {
    method: Method,
    path: String,
    body: Option<Value>,
    key: Option<String>,
}

impl Step {
    fn new(method: Method, path: String, body: Option<Value>) -> Self {
        Self { method, path, body, key: None }
    }

    async fn on(&self, app: &TestApp) -> Answer {
        let mut request = app.request(self.method.clone(), &self.path);
        if let Some(body) = &self.body {
            request = request.json(body);
        }
        if let Some(key) = &self.key {
            request = request.header("Idempotency-Key", key);
        }
        Answer::of(request).await
    }
}

/// What is asked next; ids may not exist, states may not allow it, and times may be taken: that is the point.
struct Script {
    random: Random,
    now_s: i64,
    reservations: i64,
    tasks: i64,
}

impl Script {
    fn time(&mut self) -> i64 {
        self.now_s + (self.random.below(120) - 8) * 1_800
    }

    fn window(&mut self) -> (String, String) {
        let from = self.time();
        let length = self.random.one_of(&[
            600,
            1_800,
            HOUR_S,
            HOUR_S,
            3 * HOUR_S,
            3 * HOUR_S,
            6 * HOUR_S,
            10 * HOUR_S,
            30 * HOUR_S,
            0,
        ]);
        (rfc3339(from), rfc3339(from + length))
    }

    /// Now and then one that is not there.
    fn hardware(&mut self) -> i64 {
        if self.random.below(40) == 0 { 99 } else { 1 + self.random.below(HARDWARE) }
    }

    fn lines(&mut self) -> Value {
        let count = 1 + self.random.below(3);
        (0..count)
            .map(|_| json!({ "hardware": self.hardware(), "qty": self.random.one_of(&[1, 1, 1, 2, 2, 3, 3, 0]) }))
            .collect()
    }

    fn reservation(&mut self) -> i64 {
        (self.reservations - self.random.below(25)).max(1)
    }

    fn booking(&mut self) -> Value {
        let (from, to) = self.window();
        let mut body = json!({ "starts_at": from, "ends_at": to, "lines": self.lines() });
        if self.random.below(2) == 0 {
            body["user"] = json!(format!("user {}", self.random.below(5)));
        }
        body
    }

    fn changes(&mut self) -> Value {
        let (from, to) = self.window();
        match self.random.below(5) {
            0 => json!({ "ends_at": to }),
            1 => json!({ "starts_at": from, "ends_at": to }),
            2 => json!({ "lines": self.lines() }),
            3 => json!({ "user": null, "purpose": "changed" }),
            _ => json!({ "ends_at": rfc3339(self.now_s + HOUR_S) }),
        }
    }

    fn maintenance(&mut self) -> Value {
        let (from, to) = self.window();
        let mut body =
            json!({ "title": "Fan", "text": "It rattles.", "hardware": 1 + self.random.below(HARDWARE) });
        if self.random.below(4) > 0 {
            body["starts_at"] = json!(from);
            body["qty"] = json!(1 + self.random.below(2));
        }
        if self.random.below(5) > 0 && body["starts_at"].is_string() {
            body["ends_at"] = json!(to);
        }
        body
    }

    fn step(&mut self) -> Step {
        let id = self.reservation();
        let force = self.random.one_of(&["", "", "?force=true"]);
        match self.random.below(30) {
            0..=8 => {
                let mut step = Step::new(Method::POST, "/reservations".to_owned(), Some(self.booking()));
                step.key = (self.random.below(3) == 0).then(|| format!("key {}", self.random.below(60)));
                step
            }
            9 => Step::new(Method::POST, "/reservations?dry_run=true".to_owned(), Some(self.booking())),
            10..=12 => Step::new(Method::PATCH, format!("/reservations/{id}"), Some(self.changes())),
            13 => Step::new(Method::POST, format!("/reservations/{id}/cancel"), None),
            14..=17 => Step::new(Method::POST, format!("/reservations/{id}/checkout"), None),
            18 => Step::new(Method::POST, format!("/reservations/{id}/return"), None),
            19 | 20 => {
                let lines = json!({ "lines": self.lines() });
                Step::new(Method::POST, format!("/reservations/{id}/return"), Some(lines))
            }
            21 => Step::new(Method::POST, format!("/reservations/{id}/no-show"), None),
            22 => Step::new(Method::POST, format!("/tasks{force}"), Some(self.maintenance())),
            23 => {
                let task = (self.tasks - self.random.below(6)).max(1);
                let change = self.random.one_of(&["done", "open", "end"]);
                let body = match change {
                    "done" => json!({ "done": true }),
                    "open" => json!({ "done": false }),
                    _ => json!({ "ends_at": rfc3339(self.now_s + HOUR_S) }),
                };
                Step::new(Method::PATCH, format!("/tasks/{task}{force}"), Some(body))
            }
            24 => {
                let body = json!({ "capacity": self.random.below(9), "buffer_s": self.random.one_of(&[0, 600, 1_800]) });
                Step::new(
                    Method::PATCH,
                    format!("/hardware/{}{force}", 1 + self.random.below(HARDWARE)),
                    Some(body),
                )
            }
            _ => Step::new(Method::GET, self.question(id), None),
        }
    }

    fn question(&mut self, id: i64) -> String {
        let (from, to) = self.window();
        let hardware = 1 + self.random.below(HARDWARE);
        match self.random.below(7) {
            0 => format!("/hardware?from={from}&to={to}&qty={}", 1 + self.random.below(3)),
            1 => format!("/hardware?from={from}&to={to}&free_only=true"),
            2 => format!("/hardware/{hardware}/availability?from={from}&to={to}"),
            3 => format!("/reservations?hardware={hardware}&from={from}&limit=5"),
            4 => format!("/reservations?state=out,confirmed&user=user%20{}&limit=5", self.random.below(5)),
            5 => format!("/events?after={}&limit=20", self.random.below(2_000)),
            _ => format!("/reservations/{id}"),
        }
    }
}

/// An answer without what differs by nature.
fn comparable(answer: &Answer) -> (u16, Value) {
    let mut body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    if let Some(problem) = body.as_object_mut() {
        problem.remove("request_id");
    }
    (answer.status.as_u16(), body)
}

async fn prepare(app: &TestApp) {
    for i in 0..HARDWARE {
        app.rig(&format!("rig {i}"), 3 + i % 4, i % 3 * 600).await;
    }
}

async fn lived_twice(seed: u64, one: &TestApp, two: &TestApp) {
    prepare(one).await;
    prepare(two).await;
    let mut script = Script { random: Random(seed), now_s: at(NOW), reservations: 0, tasks: 0 };
    let mut met = std::collections::BTreeMap::<u16, usize>::new();
    for number in 0..STEPS {
        script.now_s += script.random.below(900);
        one.clock.set(script.now_s);
        two.clock.set(script.now_s);
        let step = script.step();
        let (a, b) = tokio::join!(step.on(one), step.on(two));
        let (a, b) = (comparable(&a), comparable(&b));
        assert_eq!(a, b, "seed {seed}, step {number}: {} {} {:?}", step.method, step.path, step.body);
        *met.entry(a.0).or_default() += 1;
        if a.0 == 201 {
            let last =
                if step.path.starts_with("/tasks") { &mut script.tasks } else { &mut script.reservations };
            *last = (*last).max(a.1["id"].as_i64().unwrap());
        }
    }
    eprintln!("seed {seed}: {met:?}");
    assert!(met.keys().all(|status| *status < 500), "{met:?}");
    assert!(
        met[&201] > 100 && met[&200] > 400 && met[&409] > 100 && met[&422] > 20,
        "a script that does too little: {met:?}"
    );
    same_rows(one, two).await;
    let (a, b) = (verified(one).await, verified(two).await);
    assert_eq!(a, b);
    assert_eq!(a.1, [] as [String; 0]);
}

/// Every row of what was written, not only what was asked about.
async fn same_rows(one: &TestApp, two: &TestApp) {
    for (path, least) in
        [("/reservations?limit=1000", 100), ("/tasks?limit=1000", 10), ("/hardware?limit=1000", 6)]
    {
        let (a, b) = (one.get(path).await.expect(200).json(), two.get(path).await.expect(200).json());
        assert_eq!(a, b, "{path}");
        assert!(a.as_array().unwrap().len() >= least, "{path}");
    }
    for sql in [
        "SELECT COUNT(*) FROM claim",
        "SELECT CAST(SUM(starts_at + ends_at * 3 + blocked_until * 7 + qty * 11 + is_out * 13 + forced * 17 + span) AS SIGNED) FROM claim",
        "SELECT COUNT(*) FROM event",
        "SELECT COUNT(*) FROM idempotency_key",
    ] {
        assert_eq!(one.number(sql).await, two.number(sql).await, "{sql}");
    }
}

/// What `hardware verify` counts and finds.
async fn verified(app: &TestApp) -> (verify::Counts, Vec<String>) {
    let mut found = Vec::new();
    let mut tell = |violation: verify::Violation| found.push(violation.to_string());
    let counts = verify::run(&app.db, &mut tell).await.unwrap();
    (counts, found)
}

mod two_thousand_requests_are_answered_alike_by_both_databases {
    use crate::harness::TestApp;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn mysql() {
        let (one, two) = (TestApp::sqlite().await, TestApp::mysql().await);
        super::lived_twice(20_260_611, &one, &two).await;
    }
}
