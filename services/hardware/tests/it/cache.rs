//! Kept answers: how long they are given, who sees what, and what happens when the database is away.
//!
//! `app` keeps none; a replica beside it does. What `app.execute` writes leaves no event, so nobody can notice it: it
//! shows whether an answer was kept.

use chassis::health::Readiness;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::harness::{Answer, TestApp, on_both};

const A_MINUTE: &[(&str, &str)] = &[("HARDWARE_CACHE_TTL", "1m")];
const STALE: &[(&str, &str)] = &[("HARDWARE_CACHE_TTL", "1m"), ("HARDWARE_CACHE_STALE", "1m")];

/// Changes a capacity behind everybody's back.
async fn sneak(app: &TestApp, capacity: i64) {
    app.execute(format!("UPDATE hardware SET capacity = {capacity}")).await;
}

async fn capacity(app: &TestApp) -> i64 {
    app.get("/hardware").await.expect(200).json()[0]["capacity"].as_i64().unwrap()
}

async fn with(app: &TestApp, name: &str, value: &str) -> Answer {
    Answer::of(asking(app, "/hardware").header(name, value)).await
}

fn asking(app: &TestApp, path: &str) -> RequestBuilder {
    app.request(Method::GET, path)
}

fn rig(capacity: i64) -> Value {
    json!({ "provider": "Lab B2", "name": "HIL rig 3", "capacity": capacity })
}

on_both! {
    async fn an_answer_is_given_again_and_tells_its_age(app) {
        let id = app.add(rig(4)).await;
        let kept = app.replica(A_MINUTE).await;
        let first = kept.get("/hardware").await.expect(200);
        assert_eq!((first.header("age"), first.header("cache-control")), (Some("0"), Some("max-age=60")));
        let steps = format!("/hardware/{id}/availability");
        assert_eq!(kept.get(&steps).await.expect(200).json()["capacity"], 4);
        sneak(&app, 9).await;
        let again = kept.get("/hardware/?limit=").await.expect(200);
        assert_eq!((again.body, again.headers["etag"].clone()), (first.body, first.headers["etag"].clone()));
        assert_eq!(again.headers["content-location"], first.headers["content-location"]);
        assert_eq!(again.headers["x-total-count"], "1");
        assert_eq!(kept.get(&steps).await.json()["capacity"], 4);
        assert_eq!(kept.get(&format!("/hardware/{id}")).await.json()["capacity"], 9, "the catalogue is never kept");
        assert_eq!(capacity(&app).await, 9);
        assert_eq!(app.get("/hardware").await.header("age"), None, "nothing is kept there");
    }

    async fn whoever_wants_it_fresh_gets_it_fresh_and_so_do_those_after_him(app) {
        app.add(rig(4)).await;
        let kept = app.replica(A_MINUTE).await;
        assert_eq!(capacity(&kept).await, 4);
        sneak(&app, 9).await;
        assert_eq!(with(&kept, "cache-control", "max-age=30").await.json()[0]["capacity"], 4);
        assert_eq!(with(&kept, "cache-control", "no-cache").await.json()[0]["capacity"], 9);
        assert_eq!(capacity(&kept).await, 9);
        sneak(&app, 5).await;
        assert_eq!(with(&kept, "cache-control", "max-age=0").await.json()[0]["capacity"], 5);
    }

    async fn what_this_process_changes_is_seen_at_once(app) {
        let kept = app.replica(A_MINUTE).await;
        assert_eq!(kept.get("/hardware").await.json(), json!([]));
        let id = kept.add(rig(4)).await;
        assert_eq!(capacity(&kept).await, 4);
        kept.patch(&format!("/hardware/{id}"), json!({ "capacity": 5 })).await.expect(200);
        assert_eq!(capacity(&kept).await, 5);
        let window = "?from=2026-06-12T08:00:00Z&to=2026-06-12T09:00:00Z";
        let free = async || kept.get(&format!("/hardware{window}")).await.json()[0]["free"].as_i64().unwrap();
        assert_eq!(free().await, 5);
        let booking = json!({
            "starts_at": "2026-06-12T08:00:00Z", "ends_at": "2026-06-12T09:00:00Z", "lines": [{ "hardware": id, "qty": 2 }]
        });
        let made = kept.post("/reservations", booking).await.expect(201).json();
        assert_eq!(free().await, 3);
        kept.post(&format!("/reservations/{}/cancel", made["id"]), json!({})).await.expect(200);
        assert_eq!(free().await, 5);
    }

    async fn what_another_process_changes_is_seen_before_the_bound(app) {
        app.add(rig(4)).await;
        let kept = app.replica(A_MINUTE).await;
        assert_eq!(capacity(&kept).await, 4);
        app.patch("/hardware/1", json!({ "capacity": 7 })).await.expect(200);
        // The bound is a minute; the audit log is looked at twice a second.
        for _ in 0..400 {
            if capacity(&kept).await == 7 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("the change was not seen");
    }

    async fn a_kept_answer_is_not_sent_to_those_who_have_it(app) {
        app.add(rig(4)).await;
        let kept = app.replica(A_MINUTE).await;
        let etag = kept.get("/hardware").await.expect(200).header("etag").unwrap().to_owned();
        let known = with(&kept, "if-none-match", &etag).await.expect(304);
        assert_eq!((known.body.as_str(), known.header("etag")), ("", Some(etag.as_str())));
        assert_eq!(known.header("cache-control"), Some("max-age=60"));
        // Asked by one who has another answer first: the answer is kept whole.
        let other = app.replica(A_MINUTE).await;
        assert_eq!(with(&other, "if-none-match", &etag).await.expect(304).body, "");
        assert_eq!(capacity(&other).await, 4);
        let head = Answer::of(kept.request(Method::HEAD, "/hardware")).await.expect(200);
        assert_eq!((head.body.as_str(), head.header("etag")), ("", Some(etag.as_str())));
    }

    async fn a_refused_question_is_asked_again(app) {
        app.add(rig(4)).await;
        let kept = app.replica(A_MINUTE).await;
        for _ in 0..2 {
            let problem = kept.get("/hardware?limit=0").await.problem(422);
            assert_eq!(problem["errors"][0]["field"], "limit");
            kept.get("/hardware/77/availability").await.problem(404);
        }
        app.add(json!({ "provider": "Lab B2", "name": "HIL rig 4" })).await;
        kept.get("/hardware/2/availability").await.expect(200);
    }

    async fn without_the_database_nothing_is_given_unless_that_is_wanted(app) {
        app.add(rig(4)).await;
        let (kept, stale) = (app.replica(A_MINUTE).await, app.replica(STALE).await);
        for replica in [&kept, &stale] {
            assert_eq!(capacity(replica).await, 4);
            replica.readiness.send_replace(Readiness::NotReady("gone".to_owned()));
        }
        kept.get("/hardware").await.problem(503);
        let old = stale.get("/hardware").await.expect(200);
        assert_eq!(old.json()[0]["capacity"], 4);
        assert!(old.header("cache-status").unwrap().contains("detail=stale"));
        assert!(old.header("warning").unwrap().starts_with("110"));
        assert_eq!(old.header("cache-control"), Some("no-cache"));
        with(&stale, "cache-control", "no-cache").await.expect(200);
        stale.get("/hardware?qty=2").await.problem(503);
        stale.get("/hardware/1").await.problem(503);
        stale.readiness.send_replace(Readiness::Ready);
        let new = stale.get("/hardware").await.expect(200);
        assert_eq!((new.header("warning"), new.header("cache-control")), (None, Some("max-age=60")));
    }

    async fn an_answer_is_never_older_than_its_bound(app) {
        app.add(rig(4)).await;
        let env = [("HARDWARE_CACHE_TTL", "300ms"), ("HARDWARE_CACHE_STALE", "400ms")];
        let kept = app.replica(&env).await;
        assert_eq!(capacity(&kept).await, 4);
        sneak(&app, 9).await;
        tokio::time::sleep(std::time::Duration::from_millis(450)).await;
        kept.readiness.send_replace(Readiness::NotReady("gone".to_owned()));
        kept.get("/hardware").await.problem(503);
        kept.readiness.send_replace(Readiness::Ready);
        assert_eq!(capacity(&kept).await, 9);
    }
}

#[tokio::test]
async fn a_kept_answer_is_compressed_once_for_each_way_of_asking() {
    let app = TestApp::sqlite().await;
    for n in 0..20 {
        app.add(json!({ "provider": "Lab B2", "name": format!("HIL rig {n}") })).await;
    }
    let kept = app.replica(A_MINUTE).await;
    let plain = kept.get("/hardware").await.expect(200);
    assert_eq!(plain.header("vary"), Some("accept-encoding"));
    for (accepted, encoding) in [
        ("gzip", Some("gzip")),
        ("gzip", Some("gzip")),
        ("br;q=0.5, gzip;q=0, zstd", Some("zstd")),
        ("gzip;q=0", None),
        ("identity", None),
        ("br", Some("br")),
    ] {
        let answer = with(&kept, "accept-encoding", accepted).await.expect(200);
        assert_eq!(answer.header("content-encoding"), encoding, "{accepted}");
        assert_eq!(answer.header("vary"), Some("accept-encoding"), "{accepted}");
        assert_eq!(answer.header("etag"), plain.header("etag"));
        assert_eq!(answer.header("age"), Some("0"));
        if encoding.is_none() {
            assert_eq!(answer.body, plain.body);
        }
    }
}
