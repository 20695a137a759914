//! `POST /hardware`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, at_once, on_both};

on_both! {
    async fn a_new_hardware_has_an_address_a_version_and_defaults(app) {
        let answer = app.post("/hardware", json!({ "provider": " Amazon ", "name": "c5" })).await.expect(201);
        let created = answer.json();
        assert_eq!(answer.header("location"), Some(format!("/hardware/{}", created["id"]).as_str()));
        assert_eq!(answer.header("etag"), Some("\"1\""));
        assert_eq!(created, json!({
            "id": created["id"], "provider": "Amazon", "name": "c5", "capacity": 1, "buffer_s": 0, "tz": null,
            "category": null, "location": null, "description": null, "tags": [], "version": 1,
            "created_at": "2026-06-11T12:00:00Z", "updated_at": "2026-06-11T12:00:00Z",
        }));
        assert_eq!(app.get(answer.header("location").unwrap()).await.expect(200).json(), created);
    }

    async fn texts_of_every_script_survive(app) {
        let name = "Größe 📷 \"quoted\" <script>alert(1)</script> \\ ' % _ 機";
        let id = app.add(json!({ "provider": "Łab", "name": name, "description": "zwei\nZeilen" })).await;
        let got = app.get(&format!("/hardware/{id}")).await.json();
        assert_eq!((got["name"].as_str(), got["description"].as_str()), (Some(name), Some("zwei\nZeilen")));
    }

    async fn names_differ_by_case_and_accent_and_inner_blanks(app) {
        for name in ["c5", "C5", "ç5", "c 5"] {
            app.add(json!({ "provider": "a", "name": name })).await;
        }
        assert_eq!(app.get("/hardware").await.header("x-total-count"), Some("4"));
    }

    async fn a_taken_name_is_a_conflict_that_names_the_other(app) {
        let id = app.add(json!({ "provider": "a", "name": "b" })).await;
        let problem = app.post("/hardware", json!({ "provider": "a", "name": "b " })).await.problem(409);
        assert_eq!((&problem["hardware"], &problem["type"]), (&json!(id), &json!("urn:toolcrib:problem:duplicate-name")));
        assert_eq!(app.number("SELECT COUNT(*) FROM hardware").await, 1);
    }

    async fn every_impossible_value_is_named_and_nothing_is_written(app) {
        let body = json!({
            "name": "x".repeat(201), "capacity": -1, "buffer_s": 99_999_999, "tz": "Mars/Base", "tags": ["no equals sign"],
        });
        let wrong = app.post("/hardware", body).await.wrong_fields(422);
        assert_eq!(wrong, ["name", "capacity", "buffer_s", "tz", "tags", "provider"]);
        assert_eq!(app.number("SELECT COUNT(*) FROM hardware").await, 0);
        assert_eq!(app.number("SELECT COUNT(*) FROM event").await, 0);
    }

    async fn what_cannot_be_read_is_named(app) {
        for (body, field) in [
            (json!({ "provider": "a", "name": "b", "capacity": "many" }), "capacity"),
            (json!({ "provider": "a", "name": "b", "capacity": 1.5 }), "capacity"),
            (json!({ "provider": 7, "name": "b" }), "provider"),
            (json!({ "provider": "a", "name": "b", "tags": ["a=1", 2] }), "tags[1]"),
            (json!({ "provider": "a", "name": "b", "capcity": 2 }), "capcity"),
            (json!([]), "body"),
        ] {
            let problem = app.post("/hardware", body.clone()).await.problem(400);
            let told = problem["errors"][0].to_string();
            assert!(told.contains(field), "{body}: {told}");
        }
        assert_eq!(app.number("SELECT COUNT(*) FROM hardware").await, 0);
    }

    async fn bodies_have_a_media_type_and_a_size(app) {
        let post = || app.request(Method::POST, "/hardware");
        let text = r#"{"provider":"a","name":"b"}"#;
        Answer::of(post().body(text)).await.problem(415);
        Answer::of(post().header("content-type", "text/plain").body(text)).await.problem(415);
        Answer::of(post().header("content-type", "application/json").body("{")).await.problem(400);
        Answer::of(post().header("content-type", "application/json")).await.problem(400);
        let large = json!({ "provider": "a", "name": "x".repeat(300_000) });
        app.post("/hardware", large).await.problem(413);
        let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(vec![Ok::<_, std::io::Error>(vec![b'['; 300_000])]));
        Answer::of(post().header("content-type", "application/json").body(stream)).await.problem(413);
        Answer::of(post().header("content-type", "application/json; charset=utf-8").body(text)).await.expect(201);
    }

    async fn creation_is_in_the_audit_log(app) {
        let id = app.add(json!({ "provider": "a", "name": "b", "capacity": 3 })).await;
        let event = app.text("SELECT CONCAT(kind, ' ', actor, ' ', subject, ' ', at) FROM event").await;
        assert_eq!(event, format!("hardware.created anonymous hardware/{id} 1781179200"));
        let data: Value = serde_json::from_str(&app.text("SELECT data FROM event").await).unwrap();
        assert_eq!((&data["capacity"], &data["tags"]), (&json!(3), &json!([])));
    }

    async fn twenty_who_want_the_same_name_at_once_get_it_once(app) {
        let statuses = at_once(app, 20, |app, i| async move {
            app.post("/hardware", json!({ "provider": "a", "name": "b", "capacity": i })).await.status.as_u16()
        }).await;
        assert_eq!(statuses.iter().filter(|s| **s == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|s| **s == 409).count(), 19, "{statuses:?}");
    }
}
