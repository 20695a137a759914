//! `GET`, `PATCH` and `DELETE /hardware/{id}`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, TestApp, at_once, on_both};

async fn rig(app: &TestApp) -> String {
    let id = app
        .add(json!({ "provider": "Lab", "name": "rig", "capacity": 4, "category": "x", "tags": ["a=1"] }))
        .await;
    format!("/hardware/{id}")
}

async fn patch_if(app: &TestApp, path: &str, if_match: &str, body: Value) -> Answer {
    Answer::of(app.request(Method::PATCH, path).header("if-match", if_match).json(&body)).await
}

on_both! {
    async fn a_patch_changes_what_it_names_and_null_takes_away(app) {
        let path = rig(&app).await;
        let answer = app.patch(&path, json!({ "capacity": 6, "category": null, "tags": null, "location": "Room 4" })).await.expect(200);
        let got = answer.json();
        assert_eq!((&got["capacity"], &got["category"], &got["tags"], &got["location"]), (&json!(6), &json!(null), &json!([]), &json!("Room 4")));
        assert_eq!((&got["name"], &got["version"], answer.header("etag")), (&json!("rig"), &json!(2), Some("\"2\"")));
    }

    async fn a_patch_that_changes_nothing_leaves_the_version_and_the_audit_log_alone(app) {
        let path = rig(&app).await;
        let got = app.patch(&path, json!({ "capacity": 4, "name": " rig " })).await.expect(200).json();
        assert_eq!(got["version"], 1);
        assert_eq!(app.number("SELECT COUNT(*) FROM event").await, 1);
    }

    async fn a_change_is_in_the_audit_log_with_both_values(app) {
        let path = rig(&app).await;
        app.patch(&path, json!({ "capacity": 6 })).await.expect(200);
        let data: Value = serde_json::from_str(&app.text("SELECT data FROM event ORDER BY seq DESC LIMIT 1").await).unwrap();
        assert_eq!(data, json!({ "capacity": { "from": 4, "to": 6 } }));
    }

    async fn a_change_of_a_version_that_is_past_is_refused(app) {
        let path = rig(&app).await;
        patch_if(&app, &path, "\"1\"", json!({ "capacity": 5 })).await.expect(200);
        let problem = patch_if(&app, &path, "\"1\"", json!({ "capacity": 6 })).await.problem(412);
        assert_eq!(problem["version"], 2);
        patch_if(&app, &path, "W/\"2\"", json!({ "capacity": 6 })).await.problem(412);
        patch_if(&app, &path, "\"9\", \"2\"", json!({ "capacity": 6 })).await.expect(200);
        patch_if(&app, &path, "*", json!({ "capacity": 7 })).await.expect(200);
        assert_eq!(patch_if(&app, &path, "3", json!({ "capacity": 8 })).await.wrong_fields(400), ["If-Match"]);
        assert_eq!(app.get(&path).await.json()["capacity"], 7);
    }

    async fn of_many_who_change_one_version_at_once_one_succeeds(app) {
        let path = rig(&app).await;
        let statuses = at_once(app, 12, move |app, i| {
            let path = path.clone();
            async move { patch_if(&app, &path, "\"1\"", json!({ "capacity": 10 + i })).await.status.as_u16() }
        }).await;
        assert_eq!(statuses.iter().filter(|s| **s == 200).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|s| **s == 412).count(), 11, "{statuses:?}");
    }

    async fn a_version_that_is_known_is_not_sent_again(app) {
        let path = rig(&app).await;
        let known = |etag: &'static str| app.request(Method::GET, &path).header("if-none-match", etag);
        Answer::of(known("\"1\"")).await.expect(304);
        Answer::of(known("\"2\"")).await.expect(200);
        app.claim(1, "2026-06-11T12:00:00Z", "2026-06-11T13:00:00Z", 1).await;
        Answer::of(known("\"1\"")).await.expect(304);
    }

    async fn impossible_and_unreadable_changes_are_refused(app) {
        let path = rig(&app).await;
        assert_eq!(app.patch(&path, json!({ "name": "", "capacity": -1 })).await.wrong_fields(422), ["capacity", "name"]);
        assert_eq!(app.patch(&path, json!({ "version": 2 })).await.wrong_fields(400), ["version"]);
        app.add(json!({ "provider": "Lab", "name": "other" })).await;
        app.patch(&path, json!({ "name": "other" })).await.problem(409);
        assert_eq!(app.get(&path).await.json()["version"], 1);
    }

    async fn a_cut_below_what_is_booked_needs_force(app) {
        let path = rig(&app).await;
        app.claim(1, "2026-06-10T12:00:00Z", "2026-06-10T13:00:00Z", 4).await;
        app.claim(1, "2026-06-12T12:00:00Z", "2026-06-12T13:00:00Z", 3).await;
        let problem = app.patch(&path, json!({ "capacity": 2 })).await.problem(409);
        assert_eq!((&problem["peak"], &problem["from"]), (&json!(3), &json!("2026-06-12T12:00:00Z")));
        app.patch(&path, json!({ "capacity": 3 })).await.expect(200);
        app.patch(&format!("{path}?force=true"), json!({ "capacity": 2 })).await.expect(200);
        let got = app.get("/hardware?from=2026-06-12T12:00:00Z").await.json();
        assert_eq!((&got[0]["free"], &got[0]["overcommitted"]), (&json!(0), &json!(1)));
        app.patch(&path, json!({ "capacity": 2, "location": "moved" })).await.expect(200);
    }

    async fn an_archived_hardware_is_gone_and_its_name_is_free(app) {
        let path = rig(&app).await;
        app.delete(&path).await.expect(204);
        app.get(&path).await.problem(404);
        app.patch(&path, json!({ "capacity": 1 })).await.problem(404);
        app.delete(&path).await.problem(404);
        let again = rig(&app).await;
        assert_ne!(again, path);
        app.delete(&again).await.expect(204);
        assert_eq!(app.text("SELECT kind FROM event ORDER BY seq DESC LIMIT 1").await, "hardware.archived");
    }

    async fn hardware_with_bookings_ahead_is_not_archived(app) {
        let path = rig(&app).await;
        app.claim(1, "2026-06-12T12:00:00Z", "2026-06-12T13:00:00Z", 1).await;
        let problem = app.delete(&path).await.problem(409);
        assert_eq!(problem["type"], "urn:toolcrib:problem:still-booked");
        app.clock.set(crate::harness::at("2026-06-12T13:00:00Z"));
        Answer::of(app.request(Method::DELETE, &path).header("if-match", "\"7\"")).await.problem(412);
        app.delete(&path).await.expect(204);
    }

    async fn ids_that_are_none_are_told_apart(app) {
        assert_eq!(app.get("/hardware/abc").await.wrong_fields(400), ["id"]);
        app.get("/hardware/0").await.problem(404);
        app.get("/hardware/-1").await.problem(404);
        app.get("/hardware/9223372036854775807").await.problem(404);
        assert_eq!(app.get("/hardware/9223372036854775808").await.wrong_fields(400), ["id"]);
    }
}
