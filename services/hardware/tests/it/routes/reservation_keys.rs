//! `POST /reservations` with an `Idempotency-Key`.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use crate::harness::{Answer, TestApp, at_once, booking::wish, on_both};

async fn post(app: &TestApp, key: &str, body: Value) -> Answer {
    Answer::of(app.request(Method::POST, "/reservations").header("Idempotency-Key", key).json(&body)).await
}

on_both! {
    async fn a_request_sent_again_is_answered_again_and_not_done_again(app) {
        let id = app.rig("rig", 5, 0).await;
        let first = post(&app, "k1", wish(id, "13:00", "14:00", 1)).await.expect(201);
        assert_eq!(first.header("idempotent-replayed"), None);
        app.act(first.json()["id"].as_i64().unwrap(), "cancel").await.expect(200);
        let again = post(&app, "k1", wish(id, "13:00", "14:00", 1)).await.expect(201);
        assert_eq!((&again.body, again.header("idempotent-replayed")), (&first.body, Some("true")));
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!(app.number("SELECT COUNT(*) FROM reservation").await, 1);
        post(&app, "k2", wish(id, "13:00", "14:00", 1)).await.expect(201);
        assert_eq!(app.number("SELECT COUNT(*) FROM reservation").await, 2);
    }

    async fn a_key_stands_for_one_body(app) {
        let id = app.rig("rig", 5, 0).await;
        post(&app, "k", wish(id, "13:00", "14:00", 1)).await.expect(201);
        let other = post(&app, "k", wish(id, "13:00", "14:00", 2)).await;
        assert_eq!(other.wrong_fields(422), ["Idempotency-Key"]);
        assert_eq!(post(&app, &"x".repeat(201), wish(id, "13:00", "14:00", 1)).await.wrong_fields(422), ["Idempotency-Key"]);
        // Blanks and the order of members do not make another body.
        let text = format!(r#"{{ "lines" : [{{"qty":1,"hardware":{id}}}], "ends_at":"2026-06-11T14:00:00Z","starts_at":"2026-06-11T13:00:00Z" }}"#);
        let request = app.request(Method::POST, "/reservations").header("Idempotency-Key", "k");
        Answer::of(request.header("Content-Type", "application/json").body(text)).await.expect(201);
    }

    async fn a_refusal_is_not_kept(app) {
        let id = app.rig("rig", 1, 0).await;
        let blocker = app.booked(id, "13:00", "14:00", 1).await;
        post(&app, "k", wish(id, "13:00", "14:00", 1)).await.problem(409);
        app.act(blocker, "cancel").await.expect(200);
        post(&app, "k", wish(id, "13:00", "14:00", 1)).await.expect(201);
    }

    async fn a_replay_needs_no_hardware_any_more(app) {
        let id = app.rig("rig", 1, 0).await;
        let first = post(&app, "k", wish(id, "13:00", "14:00", 1)).await.expect(201);
        app.act(first.json()["id"].as_i64().unwrap(), "cancel").await.expect(200);
        app.delete(&format!("/hardware/{id}")).await.expect(204);
        assert_eq!(post(&app, "k", wish(id, "13:00", "14:00", 1)).await.expect(201).body, first.body);
    }

    async fn twenty_at_once_with_one_key_make_one_reservation_and_one_answer(app) {
        let id = app.rig("rig", 20, 0).await;
        let answers = at_once(app, 20, move |app, _| async move { post(&app, "k", wish(id, "13:00", "14:00", 1)).await.expect(201).body }).await;
        assert_eq!(answers.iter().collect::<BTreeSet<_>>().len(), 1);
    }

    async fn keys_are_removed_when_they_have_expired(app) {
        let id = app.rig("rig", 5, 0).await;
        post(&app, "k", wish(id, "13:00", "14:00", 1)).await.expect(201);
        let now_s = app.clock.now_s();
        assert_eq!(hardware::store::idempotency::purge(&app.db, now_s + 86_400).await.unwrap(), 0);
        assert_eq!(hardware::store::idempotency::purge(&app.db, now_s + 3 * 86_400).await.unwrap(), 1);
    }
}
