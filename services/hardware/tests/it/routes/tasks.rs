//! `/tasks`: to-dos, and maintenance that takes units out of service.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, TestApp, booking::clock, on_both};

fn maintenance(hardware: i64, from: &str, to: Option<&str>, qty: i64) -> Value {
    json!({ "title": "Fan", "text": "It rattles.", "hardware": hardware, "starts_at": clock(from), "ends_at": to.map(clock), "qty": qty })
}

async fn added(app: &TestApp, body: Value) -> i64 {
    app.post("/tasks", body).await.expect(201).json()["id"].as_i64().unwrap()
}

on_both! {
    async fn a_to_do_is_added_changed_and_removed(app) {
        let answer = app.post("/tasks", json!({ "title": " Order cables ", "text": "Two of\nfive metres" })).await.expect(201);
        let task = answer.json();
        assert_eq!((&task["title"], &task["done"], &task["hardware"], &task["forced"]), (&json!("Order cables"), &json!(false), &json!(null), &json!(false)));
        let path = answer.header("location").unwrap().to_owned();
        assert_eq!(app.get(&path).await.expect(200).json(), task);
        let done = app.patch(&path, json!({ "done": true })).await.expect(200);
        assert_eq!((&done.json()["done"], done.header("etag")), (&json!(true), Some("\"2\"")));
        let stale = app.request(Method::PATCH, &path).header("If-Match", "\"1\"").json(&json!({ "done": false }));
        Answer::of(stale).await.problem(412);
        app.delete(&path).await.expect(204);
        app.get(&path).await.problem(404);
        let kinds = app.get("/events").await.expect(200).json();
        assert_eq!(kinds.as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect::<Vec<_>>(), ["task.created", "task.updated", "task.deleted"]);
    }

    async fn tasks_are_listed_newest_first(app) {
        let id = app.rig("rig", 1, 0).await;
        let mut all = Vec::new();
        for i in 0..5 {
            let mut body = json!({ "title": format!("t{i}"), "text": "x", "done": i % 2 == 0 });
            if i > 2 {
                body["hardware"] = json!(id);
            }
            all.insert(0, added(&app, body).await);
        }
        let listed = |answer: &Answer| -> Vec<i64> { answer.json().as_array().unwrap().iter().map(|t| t["id"].as_i64().unwrap()).collect() };
        let first = app.get("/tasks?limit=3").await.expect(200);
        assert_eq!((listed(&first), first.header("x-total-count")), (all[..3].to_vec(), Some("5")));
        assert_eq!(listed(&app.get(&first.next().unwrap()).await.expect(200)), all[3..]);
        assert_eq!(listed(&app.get(&format!("/tasks?hardware={id}&done=true")).await.expect(200)), all[..1]);
        assert_eq!(listed(&app.get("/tasks?done=false").await.expect(200)).len(), 2);
    }

    async fn maintenance_takes_units_out_of_service_while_it_is_open(app) {
        let id = app.rig("rig", 3, 0).await;
        let task = added(&app, maintenance(id, "13:00", Some("15:00"), 2)).await;
        assert_eq!(app.free(id, "13:00", "15:00").await, 1);
        let refused = app.book(id, "14:00", "16:00", 2).await.problem(409);
        assert_eq!((&refused["lines"][0]["claims"][0]["task"], &refused["lines"][0]["claims"][0]["reservation"]), (&json!(task), &json!(null)));
        app.patch(&format!("/tasks/{task}"), json!({ "done": true })).await.expect(200);
        let booked = app.booked(id, "14:00", "16:00", 2).await;
        let reopened = app.patch(&format!("/tasks/{task}"), json!({ "done": false })).await.problem(409);
        assert_eq!(reopened["lines"][0]["claims"][0]["reservation"], booked);
        app.patch(&format!("/tasks/{task}"), json!({ "done": false, "qty": 1 })).await.expect(200);
        assert_eq!(app.free(id, "14:00", "15:00").await, 0);
        app.delete(&format!("/tasks/{task}")).await.expect(204);
        assert_eq!(app.free(id, "14:00", "15:00").await, 1);
    }

    async fn maintenance_without_an_end_stays_until_it_is_done(app) {
        let id = app.rig("rig", 1, 600).await;
        let task = added(&app, maintenance(id, "13:00", None, 1)).await;
        let row = &app.get("/hardware?from=2036-01-01T00:00Z").await.expect(200).json()[0];
        assert_eq!((&row["free"], &row["next_free_at"]), (&json!(0), &json!(null)));
        let refused = app.book(id, "14:00", "16:00", 1).await.problem(409);
        assert_eq!(refused["lines"][0]["claims"][0]["to"], "9999-12-31T00:00:00Z");
        app.patch(&format!("/tasks/{task}"), json!({ "ends_at": clock("14:00") })).await.expect(200);
        app.book(id, "14:09", "16:00", 1).await.problem(409);
        app.booked(id, "14:10", "16:00", 1).await;
    }

    async fn maintenance_over_a_booking_names_it_and_can_be_forced(app) {
        let id = app.rig("rig", 2, 0).await;
        let booked = app.booked(id, "13:00", "15:00", 2).await;
        let refused = app.post("/tasks", maintenance(id, "14:00", Some("16:00"), 1)).await.problem(409);
        assert_eq!(refused["lines"][0]["claims"][0]["reservation"], booked);
        assert_eq!(app.number("SELECT COUNT(*) FROM task").await, 0);
        let forced = app.post("/tasks?force=true", maintenance(id, "14:00", Some("16:00"), 1)).await.expect(201).json();
        assert_eq!(forced["forced"], true);
        assert_eq!(app.reservation(booked).await["at_risk"], true);
        let row = &app.get(&format!("/hardware?from={}&to={}", clock("14:00"), clock("15:00"))).await.expect(200).json()[0];
        assert_eq!((&row["free"], &row["overcommitted"]), (&json!(0), &json!(1)));
        // What is there already can still be shortened, and called off.
        app.patch(&format!("/reservations/{booked}"), json!({ "ends_at": clock("14:00") })).await.expect(200);
        assert_eq!(app.reservation(booked).await["at_risk"], false);
        let fitting = app.post("/tasks?force=true", maintenance(id, "17:00", Some("18:00"), 1)).await.expect(201).json();
        assert_eq!(fitting["forced"], false);
    }

    async fn a_forced_cut_shows_what_it_breaks(app) {
        let id = app.rig("rig", 2, 0).await;
        let booked = app.booked(id, "13:00", "15:00", 2).await;
        app.patch(&format!("/hardware/{id}"), json!({ "capacity": 1 })).await.problem(409);
        app.patch(&format!("/hardware/{id}?force=true"), json!({ "capacity": 1 })).await.expect(200);
        assert_eq!(app.reservation(booked).await["at_risk"], true);
        assert_eq!(app.number("SELECT CAST(SUM(forced) AS SIGNED) FROM claim").await, 1);
        let row = &app.get(&format!("/hardware?from={}&to={}", clock("14:00"), clock("15:00"))).await.expect(200).json()[0];
        assert_eq!((&row["free"], &row["overcommitted"]), (&json!(0), &json!(1)));
    }

    async fn maintenance_of_archived_hardware_is_not_taken_up_again(app) {
        let id = app.rig("rig", 1, 0).await;
        let task = added(&app, maintenance(id, "13:00", Some("14:00"), 1)).await;
        app.delete(&format!("/hardware/{id}")).await.problem(409);
        app.patch(&format!("/tasks/{task}"), json!({ "done": true })).await.expect(200);
        app.delete(&format!("/hardware/{id}")).await.expect(204);
        assert_eq!(app.patch(&format!("/tasks/{task}"), json!({ "done": false })).await.wrong_fields(422), ["hardware"]);
        app.patch(&format!("/tasks/{task}"), json!({ "title": "Was here" })).await.expect(200);
    }

    async fn impossible_tasks_are_refused_field_by_field(app) {
        let id = app.rig("rig", 1, 0).await;
        let with = |member: &str, value: Value| {
            let mut body = maintenance(id, "13:00", Some("14:00"), 1);
            body[member] = value;
            body
        };
        for (body, fields) in [
            (json!({}), vec!["title", "text"]),
            (json!({ "title": "x".repeat(61), "text": "x" }), vec!["title"]),
            (json!({ "title": "x", "text": "x", "qty": 1 }), vec!["hardware", "starts_at"]),
            (with("hardware", json!(id + 1)), vec!["hardware"]),
            (with("qty", json!(0)), vec!["qty"]),
            (with("ends_at", json!(clock("13:00"))), vec!["ends_at"]),
            (with("tz", json!("Mars")), vec!["tz"]),
        ] {
            assert_eq!(app.post("/tasks", body.clone()).await.wrong_fields(422), fields, "{body}");
        }
        assert_eq!(app.post("/tasks", with("starts_at", json!("x"))).await.wrong_fields(400), ["starts_at"]);
        assert_eq!(app.post("/tasks", with("typo", json!(1))).await.wrong_fields(400), ["typo"]);
        app.patch("/tasks/1", json!({})).await.problem(404);
        app.delete("/tasks/1").await.problem(404);
    }
}
