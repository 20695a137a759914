//! `GET /hardware`: who is listed, and how.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, names, on_both};

on_both! {
    async fn an_empty_catalogue_is_an_empty_array(app) {
        let answer = app.get("/hardware").await.expect(200);
        assert_eq!((answer.json(), answer.header("x-total-count"), answer.next()), (json!([]), Some("0"), None));
    }

    async fn a_row_inserted_by_hand_with_provider_and_name_only_appears(app) {
        app.execute("INSERT INTO hardware (provider, name) VALUES ('Amazon', 'c5')".to_owned()).await;
        app.execute("INSERT INTO hardware (provider, name) VALUES ('Azure', 'H16mr')".to_owned()).await;
        for path in ["/hardware", "/hardware/"] {
            let list = app.get(path).await.expect(200).json();
            assert_eq!(names(&list), ["c5", "H16mr"]);
            assert_eq!((&list[0]["availability"], &list[0]["capacity"], &list[0]["provider"]), (&json!("HIGH"), &json!(1), &json!("Amazon")));
        }
    }

    async fn every_field_of_the_contract_is_there(app) {
        let id = app.add(json!({
            "provider": "Lab B2", "name": "Vision rig 1", "capacity": 4, "buffer_s": 1800, "tz": "Europe/Berlin",
            "category": "rig", "location": "Room 4", "description": "Two cameras", "tags": ["gpu=T4", "bench=3"],
        })).await;
        app.claim(id, "2026-06-11T12:30:00Z", "2026-06-11T13:30:00Z", 2).await;
        let list = app.get("/hardware").await.expect(200).json();
        assert_eq!(list, json!([{
            "id": id, "provider": "Lab B2", "name": "Vision rig 1", "availability": "MEDIUM", "capacity": 4, "free": 2,
            "free_now": 4, "fits": true, "next_free_at": "2026-06-11T12:00:00Z", "overcommitted": 0, "buffer_s": 1800,
            "tz": "Europe/Berlin", "category": "rig", "location": "Room 4", "description": "Two cameras",
            "tags": ["bench=3", "gpu=T4"], "version": 1,
        }]));
    }

    async fn filters_narrow_the_list(app) {
        for (provider, name, category, location, tag) in [
            ("Amazon", "c5.large", "c", "eu", "vcpus=2"),
            ("Amazon", "g5.XLARGE", "g", "eu", "gpu=A10G"),
            ("Azure", "H16mr", "h", "us", "vcpus=16"),
            ("Lab B2", "100%_rig", "rig", "room 4", "gpu=T4"),
        ] {
            app.add(json!({ "provider": provider, "name": name, "category": category, "location": location, "tags": [tag] })).await;
        }
        for (query, expected) in [
            ("provider=Amazon", vec!["c5.large", "g5.XLARGE"]),
            ("provider=amazon", vec![]),
            ("provider=Amazon&category=g", vec!["g5.XLARGE"]),
            ("location=room+4", vec!["100%_rig"]),
            ("q=LARGE", vec!["c5.large", "g5.XLARGE"]),
            ("q=gpu+lab", vec!["100%_rig"]),
            ("q=100%25_", vec!["100%_rig"]),
            ("q=%27%20OR%201=1", vec![]),
            ("q=", vec!["c5.large", "g5.XLARGE", "H16mr", "100%_rig"]),
            ("from=&to=&tz=&qty=&free_only=&ids=&limit=&cursor=&tag=", vec!["c5.large", "g5.XLARGE", "H16mr", "100%_rig"]),
            ("provider=&category=", vec!["c5.large", "g5.XLARGE", "H16mr", "100%_rig"]),
            ("tag=gpu%3DT4", vec!["100%_rig"]),
            ("tag=gpu%3DT", vec![]),
            ("tag=vcpus%3D2&tag=gpu%3DT4", vec![]),
            ("ids=3,1", vec!["c5.large", "H16mr"]),
            ("ids=1,3&provider=Azure", vec!["H16mr"]),
            ("ids=99", vec![]),
        ] {
            let answer = app.get(&format!("/hardware?{query}")).await.expect(200);
            assert_eq!(names(&answer.json()), expected, "{query}");
            assert_eq!(answer.header("x-total-count"), Some(expected.len().to_string().as_str()), "{query}");
        }
    }

    async fn a_search_finds_letters_of_every_alphabet_in_any_case(app) {
        app.add(json!({ "provider": "École", "name": "ÜBER.1", "description": "Стенд номер 5" })).await;
        for (q, found) in [("école", 1), ("ÉCOLE", 1), ("über.1", 1), ("Über", 1), ("überx1", 0), ("СТЕНД", 1), ("(?i)", 0), ("[", 0)] {
            let request = app.request(Method::GET, "/hardware").query(&[("q", q)]);
            assert_eq!(Answer::of(request).await.expect(200).json().as_array().unwrap().len(), found, "{q}");
        }
    }

    async fn facets_count_what_there_is_to_filter_by(app) {
        for (provider, name, category) in [("Azure", "a", "x"), ("Amazon", "b", ""), ("Azure", "c", "x")] {
            app.add(json!({ "provider": provider, "name": name, "category": category })).await;
        }
        assert_eq!(app.get("/hardware/facets").await.expect(200).json(), json!({
            "providers": [{ "value": "Amazon", "count": 1 }, { "value": "Azure", "count": 2 }],
            "categories": [{ "value": "x", "count": 2 }],
            "locations": [],
        }));
    }

    async fn an_answer_that_is_known_is_not_sent_again(app) {
        app.add(json!({ "provider": "a", "name": "b" })).await;
        let first = app.get("/hardware").await.expect(200);
        let etag = first.header("etag").unwrap();
        let again = Answer::of(app.request(Method::GET, "/hardware").header("if-none-match", etag)).await.expect(304);
        assert_eq!((again.header("etag"), again.body.as_str()), (Some(etag), ""));
        app.add(json!({ "provider": "a", "name": "c" })).await;
        Answer::of(app.request(Method::GET, "/hardware").header("if-none-match", etag)).await.expect(200);
    }

    async fn archived_hardware_is_not_listed(app) {
        let id = app.add(json!({ "provider": "a", "name": "b" })).await;
        app.delete(&format!("/hardware/{id}")).await.expect(204);
        assert_eq!(app.get("/hardware").await.json(), json!([]));
    }

    async fn a_row_written_by_hand_with_a_bad_zone_or_tag_does_not_break_the_list(app) {
        app.execute("INSERT INTO hardware (provider, name, tz, tags) VALUES ('a', 'b', 'Mars/Base', 'nonsense')".to_owned()).await;
        let list = app.get("/hardware").await.expect(200).json();
        assert_eq!((&list[0]["tz"], &list[0]["tags"]), (&json!(null), &json!([])));
    }
}
