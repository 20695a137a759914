//! `hardware verify`: a rich life is clean, and each kind of violation that is planted is found and named.

mod command;
mod much;
mod planted;
mod scene;

use hardware::store::verify::{self, Counts};
use serde_json::json;

use crate::harness::{
    TestApp, at, at_once,
    booking::{basket, clock},
    on_both,
};

impl TestApp {
    /// What `verify` counts, and the lines that it lists.
    pub async fn verified(&self) -> (Counts, Vec<String>) {
        let mut lines = Vec::new();
        let mut tell = |violation: verify::Violation| lines.push(violation.to_string());
        let counts = verify::run(&self.db, &mut tell).await.unwrap();
        assert_eq!(counts.violations, lines.len() as u64);
        (counts, lines)
    }

    pub async fn violations(&self) -> Vec<String> {
        self.verified().await.1
    }
}

const NONE: [&str; 0] = [];

/// Bookings in every state, partly returned ones, maintenance in every state; nothing wrong with any of it.
async fn rich_life(app: &TestApp) -> (i64, i64) {
    let (rig, pool) = (app.rig("rig", 1, 600).await, app.rig("pool", 8, 0).await);
    app.booked(rig, "13:00", "14:00", 1).await;
    app.book(rig, "13:30", "15:00", 1).await.expect(409);
    let both =
        app.post("/reservations", basket(&[(rig, 1), (pool, 3)], "15:00", "16:00")).await.expect(201).json();
    let both = both["id"].as_i64().unwrap();
    app.patch(&format!("/reservations/{both}"), json!({ "ends_at": clock("16:30"), "purpose": "demo" }))
        .await
        .expect(200);
    app.patch(&format!("/reservations/{both}"), json!({ "lines": [{ "hardware": pool, "qty": 2 }] }))
        .await
        .expect(200);
    for (action, from) in [("cancel", "17:00"), ("no-show", "18:00")] {
        let id = app.booked(rig, from, "18:30", 1).await;
        app.act(id, action).await.expect(200);
    }
    let out = app.post("/reservations", basket(&[(pool, 4)], "12:30", "14:00")).await.expect(201).json();
    let out = out["id"].as_i64().unwrap();
    app.act(out, "checkout").await.expect(200);
    app.clock.set(at(&clock("12:45")));
    let part = json!({ "lines": [{ "hardware": pool, "qty": 1 }] });
    app.post(&format!("/reservations/{out}/return"), part).await.expect(200);
    app.patch(&format!("/reservations/{out}"), json!({ "ends_at": clock("15:30") })).await.expect(200);
    let back = app.booked(pool, "12:30", "13:00", 1).await;
    app.act(back, "checkout").await.expect(200);
    app.act(back, "return").await.expect(200);
    tasks(app, pool).await;
    (rig, pool)
}

async fn tasks(app: &TestApp, pool: i64) {
    let add = |body: serde_json::Value| async {
        app.post("/tasks", body).await.expect(201).json()["id"].as_i64().unwrap()
    };
    add(json!({ "title": "to-do", "text": "x" })).await;
    let open =
        json!({ "title": "open", "text": "x", "hardware": pool, "qty": 1, "starts_at": clock("20:00") });
    add(open.clone()).await;
    let done = add(open.clone()).await;
    app.patch(&format!("/tasks/{done}"), json!({ "done": true })).await.expect(200);
    let gone = add(open).await;
    app.delete(&format!("/tasks/{gone}")).await.expect(204);
    let closed = json!({ "title": "x", "text": "x", "hardware": pool, "qty": 2, "starts_at": clock("21:00"), "ends_at": clock("22:00") });
    add(closed).await;
}

on_both! {
    async fn a_rich_life_is_clean(app) {
        rich_life(&app).await;
        let (counts, lines) = app.verified().await;
        assert_eq!(lines, NONE);
        let expected = Counts { hardware: 2, reservations: 6, claims: 7, tasks: 4, violations: 0 };
        assert_eq!(counts, expected);
    }

    async fn an_empty_database_is_clean(app) {
        assert_eq!(app.verified().await, (Counts::default(), Vec::new()));
    }

    async fn what_is_overdue_is_clean_before_and_after_its_late_return(app) {
        let id = app.rig("rig", 1, 600).await;
        let late = app.booked(id, "11:00", "13:00", 1).await;
        app.booked(id, "14:00", "16:00", 1).await;
        app.act(late, "checkout").await.expect(200);
        app.clock.set(at(&clock("15:00")));
        assert_eq!(app.violations().await, NONE);
        app.act(late, "return").await.expect(200);
        assert_eq!(app.violations().await, NONE);
    }

    async fn what_is_forced_is_clean(app) {
        let id = app.rig("rig", 4, 0).await;
        app.booked(id, "13:00", "15:00", 3).await;
        let maintenance = json!({ "title": "x", "text": "x", "hardware": id, "qty": 2, "starts_at": clock("14:00") });
        app.post("/tasks?force=true", maintenance).await.expect(201);
        app.patch(&format!("/hardware/{id}?force=true"), json!({ "capacity": 1 })).await.expect(200);
        assert_eq!(app.violations().await, NONE);
    }

    async fn more_than_there_is_is_found(app) {
        let id = app.rig("rig", 4, 0).await;
        let one = app.booked(id, "13:00", "15:00", 3).await;
        app.booked(id, "14:00", "16:00", 1).await;
        assert_eq!(app.violations().await, NONE);
        app.execute(format!("UPDATE hardware SET capacity = 3 WHERE id = {id}")).await;
        let expected = "I1: hardware 1 from 2026-06-11T14:00:00Z to 2026-06-11T15:00:00Z: 4 units are taken by claims that are not forced, its capacity is 3: claim 1, claim 2";
        assert_eq!(app.violations().await, [expected]);
        app.execute(format!("UPDATE claim SET forced = 1 WHERE reservation_id = {one}")).await;
        assert_eq!(app.violations().await, NONE);
    }
}

on_both! {
    async fn hardware_added_by_hand_is_clean(app) {
        app.execute("INSERT INTO hardware (provider, name) VALUES ('by', 'hand')".to_owned()).await;
        assert_eq!(app.verified().await, (Counts { hardware: 1, ..Counts::default() }, Vec::new()));
    }

    async fn what_changes_meanwhile_is_not_taken_for_broken(app) {
        let id = app.rig("rig", 1, 0).await;
        let work = at_once(app, 4, move |app, i| async move {
            for round in 0..12 {
                if i == 0 {
                    assert_eq!(app.violations().await, NONE);
                } else if app.book(id, "13:00", "14:00", 1).await.status == 201 {
                    let last = app.number("SELECT MAX(id) FROM reservation").await;
                    // What is fetched or brought back by somebody else meanwhile is refused; that is not the question here.
                    for action in [["cancel", "no-show", "checkout"][round % 3], "return"] {
                        app.act(last, action).await;
                    }
                }
            }
        });
        work.await;
    }
}
