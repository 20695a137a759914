//! `POST /reservations` with `repeat`: what is made, what is left out, what is refused.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Answer, TestApp,
    booking::{basket, clock, wish},
    on_both,
    series::{days, days_or_skip, ids, series},
};

const NEW_YORK: &str = "America/New_York";

fn pair(from: &str, to: &str) -> (String, String) {
    (from.to_owned(), to.to_owned())
}

async fn rows(app: &TestApp) -> Vec<i64> {
    let mut rows = Vec::new();
    for table in ["series", "reservation", "reservation_line", "claim", "event", "idempotency_key"] {
        rows.push(app.number(&format!("SELECT COUNT(*) FROM {table}")).await);
    }
    rows
}

async fn keyed(app: &TestApp, key: &str, body: Value) -> Answer {
    Answer::of(app.request(Method::POST, "/reservations").header("Idempotency-Key", key).json(&body)).await
}

on_both! {
    async fn a_series_is_answered_with_its_first_and_every_id(app) {
        let (a, b) = (app.rig("a", 2, 600).await, app.rig("b", 1, 0).await);
        let mut body = basket(&[(a, 2), (b, 1)], "13:00", "14:00");
        (body["user"], body["purpose"], body["repeat"]) = (json!("ada"), json!("Drift"), days(3));
        let answer = app.post("/reservations", body).await.expect(201);
        let got = answer.json();
        let created = ids(&got["created"]);
        assert_eq!((created.len(), &got["skipped"]), (3, &json!([])));
        assert_eq!((answer.header("location"), answer.header("etag")), (Some(&*format!("/reservations/{}", created[0])), Some("\"1\"")));
        assert!(created.is_sorted());
        assert_eq!((&got["id"], &got["starts_at"]), (&json!(created[0]), &json!(clock("13:00"))));
        let days: Vec<_> = ["11", "12", "13"].map(|day| pair(&format!("2026-06-{day}T13:00:00Z"), &format!("2026-06-{day}T14:00:00Z"))).into();
        assert_eq!(app.times_of(&got["series_id"]).await, days);
        for id in created {
            let one = app.reservation(id).await;
            assert_eq!((&one["series_id"], &one["user"], &one["purpose"], &one["version"]), (&got["series_id"], &json!("ada"), &json!("Drift"), &json!(1)));
            assert_eq!(one["lines"], got["lines"]);
        }
        assert_eq!((app.free(a, "13:00", "14:10").await, app.number("SELECT COUNT(*) FROM claim").await), (0, 6));
        assert_eq!(app.violations().await, [] as [&str; 0]);
    }

    async fn wall_clocks_repeat_and_not_instants(app) {
        let id = app.rig_in(NEW_YORK, 9).await;
        let series = app.repeated(id, "2026-03-07T09:00", "2026-03-07T10:00", days(2)).await["series_id"].clone();
        assert_eq!(app.times_of(&series).await, [pair("2026-03-07T14:00:00Z", "2026-03-07T15:00:00Z"), pair("2026-03-08T13:00:00Z", "2026-03-08T14:00:00Z")]);
        // 7 h in spring, 9 h in autumn: the fold means the earlier instant. Also where the times came with an offset.
        let spring = app.repeated(id, "2026-03-07T06:00:00Z", "2026-03-07T09:00-05:00", days(2)).await["series_id"].clone();
        assert_eq!(app.times_of(&spring).await[1], pair("2026-03-08T06:00:00Z", "2026-03-08T13:00:00Z"));
        let autumn = app.repeated(id, "2026-10-31T01:00", "2026-10-31T09:00", days(2)).await["series_id"].clone();
        assert_eq!(app.times_of(&autumn).await[1], pair("2026-11-01T05:00:00Z", "2026-11-01T14:00:00Z"));
        let mut named = series_in_tz(id);
        named["tz"] = json!("Europe/Berlin");
        let named = app.post("/reservations", named).await.expect(201).json()["series_id"].clone();
        assert_eq!(app.times_of(&named).await[1], pair("2026-03-31T07:00:00Z", "2026-03-31T08:00:00Z"));
    }

    async fn a_time_that_the_clocks_skip_is_named_or_left_out(app) {
        let id = app.rig_in(NEW_YORK, 1).await;
        let (from, to) = ("2026-03-07T02:30", "2026-03-07T03:30");
        let refused = app.post("/reservations", series(id, from, to, days(3))).await.problem(422);
        assert_eq!(refused["errors"][0]["field"], "starts_at");
        for part in ["2026-03-08", "occurrence 2", "skip"] {
            assert!(refused["errors"][0]["detail"].as_str().unwrap().contains(part), "{refused}");
        }
        assert_eq!(app.number("SELECT COUNT(*) FROM series").await, 0);
        let told = refused["skipped"].clone();
        let made = app.repeated(id, from, to, days_or_skip(3)).await;
        assert_eq!(told, made["skipped"], "the refusal tells a program the same");
        assert_eq!(ids(&made["created"]).len(), 2);
        let skipped = &made["skipped"][0];
        assert_eq!((&skipped["starts_at"], &skipped["kind"], &skipped["occurrence"]), (&json!("2026-03-08T02:30:00"), &json!("no-such-time"), &json!(2)));
        assert!(skipped["reason"].as_str().unwrap().contains("does not exist in America/New_York"), "{skipped}");
        // Nothing is left of it.
        let alone = json!({ "every": "day", "count": 1, "on_conflict": "skip" });
        let refused = app.post("/reservations", series(id, "2026-03-08T02:30", "2026-03-08T04:30", alone)).await.problem(409);
        assert_eq!((&refused["lines"], &refused["occurrences"]["refused"], &refused["skipped"][0]["kind"]), (&json!([]), &json!(1), &json!("no-such-time")));
    }

    async fn what_does_not_fit_refuses_all_of_it(app) {
        let id = app.rig("rig", 2, 0).await;
        let blockers = [app.repeated(id, "2026-06-12T13:30Z", "2026-06-12T13:45Z", json!({ "every": "day", "count": 9 })).await];
        let before = rows(&app).await;
        let mut body = series(id, &clock("13:00"), &clock("14:00"), days(12));
        body["lines"][0]["qty"] = json!(2);
        let refused = app.post("/reservations", body.clone()).await.problem(409);
        assert_eq!(refused["type"], "urn:toolcrib:problem:not-free");
        assert_eq!((&refused["occurrences"]["wanted"], &refused["occurrences"]["refused"], &refused["alternatives"]), (&json!(12), &json!(9), &json!([])));
        assert_eq!(refused["occurrences"]["first"][0], json!({ "starts_at": "2026-06-12T13:00:00Z", "ends_at": "2026-06-12T14:00:00Z" }));
        let lines = refused["lines"].as_array().unwrap();
        assert_eq!((lines.len(), &lines[0]["free"]), (5, &json!(1)));
        assert_eq!(lines[4]["blocked"], json!([{ "from": "2026-06-16T13:30:00Z", "to": "2026-06-16T13:45:00Z", "free": 1 }]));
        assert_eq!(lines[4]["claims"][0]["reservation"], ids(&blockers[0]["created"])[4]);
        assert_eq!(rows(&app).await, before);
        body["repeat"] = days_or_skip(12);
        let made = app.post("/reservations", body.clone()).await.expect(201).json();
        assert_eq!((ids(&made["created"]).len(), made["skipped"].as_array().unwrap().len()), (3, 9));
        let first = json!({ "occurrence": 2, "starts_at": "2026-06-12T13:00:00Z", "kind": "not-free", "reason": "Lab rig: 2 asked for, 1 free" });
        assert_eq!(made["skipped"][0], first);
        let before = rows(&app).await;
        let refused = app.post("/reservations", body).await.problem(409);
        assert_eq!((&refused["occurrences"]["refused"], refused["skipped"].as_array().unwrap().len()), (&json!(12), 12));
        assert_eq!(rows(&app).await, before);
    }

    async fn occurrences_count_against_each_other(app) {
        let (one, two) = (app.rig("one", 1, 0).await, app.rig("two", 2, 0).await);
        let (from, to) = ("2026-06-12T00:00Z", "2026-06-13T06:00Z");
        let refused = app.post("/reservations", series(one, from, to, days(4))).await.problem(409);
        assert_eq!((&refused["occurrences"]["overlaps_itself"], &refused["lines"][0]["claims"]), (&json!(true), &json!([])));
        let made = app.repeated(one, from, to, days_or_skip(4)).await;
        let skipped: Vec<_> = made["skipped"].as_array().unwrap().iter().map(|s| s["occurrence"].as_i64().unwrap()).collect();
        assert_eq!(skipped, [2, 4]);
        assert!(made["skipped"][0]["reason"].as_str().unwrap().contains("another one of the series"));
        app.repeated(two, from, to, days(4)).await;
        let buffered = app.rig("buffered", 1, 7_200).await;
        app.post("/reservations", series(buffered, "2026-06-12T00:00Z", "2026-06-12T23:00Z", days(2))).await.problem(409);
        app.repeated(buffered, "2026-06-12T00:00Z", "2026-06-12T22:00Z", days(2)).await;
    }

    async fn a_dry_run_says_the_same_and_writes_nothing(app) {
        let id = app.rig("rig", 1, 0).await;
        app.booked(id, "13:30", "14:30", 1).await;
        let before = rows(&app).await;
        let ask = |repeat| app.post("/reservations?dry_run=true", series(id, &clock("13:00"), &clock("14:00"), repeat));
        let would_be = ask(days_or_skip(3)).await.expect(200).json();
        assert_eq!((&would_be["id"], &would_be["series_id"], &would_be["created"]), (&json!(0), &json!(0), &json!([0, 0])));
        assert_eq!((&would_be["starts_at"], &would_be["skipped"][0]["starts_at"]), (&json!("2026-06-12T13:00:00Z"), &json!(clock("13:00"))));
        ask(days(3)).await.problem(409);
        assert_eq!(rows(&app).await, before);
    }

    async fn a_request_sent_again_is_answered_again(app) {
        let id = app.rig("rig", 1, 0).await;
        app.booked(id, "13:30", "14:30", 1).await;
        let body = series(id, &clock("13:00"), &clock("14:00"), days_or_skip(3));
        let first = keyed(&app, "k", body.clone()).await.expect(201);
        let before = rows(&app).await;
        let again = keyed(&app, "k", body).await.expect(201);
        assert_eq!((&again.body, again.header("idempotent-replayed"), again.header("location")), (&first.body, Some("true"), first.header("location")));
        for other in [days_or_skip(4), days(3), json!(null)] {
            let other = series(id, &clock("13:00"), &clock("14:00"), other);
            assert_eq!(keyed(&app, "k", other).await.wrong_fields(422), ["Idempotency-Key"]);
        }
        assert_eq!(rows(&app).await, before);
    }

    async fn null_is_no_repeat_and_a_plain_booking_is_answered_as_ever(app) {
        let id = app.rig("rig", 2, 0).await;
        let mut body = wish(id, "13:00", "14:00", 1);
        // A key that was used before there were series still stands for the same request.
        let plain = keyed(&app, "k", body.clone()).await.expect(201);
        body["repeat"] = json!(null);
        assert_eq!(keyed(&app, "k", body.clone()).await.expect(201).body, plain.body);
        let got = app.post("/reservations", body).await.expect(201).json();
        assert_eq!((&got["series_id"], got.get("created"), got.get("skipped")), (&json!(null), None, None));
        assert_eq!(app.number("SELECT COUNT(*) FROM series").await, 0);
    }

    // And none of them is behind a gap at which a reader would wait.
    async fn every_reservation_and_the_series_have_their_event(app) {
        let id = app.rig("rig", 1, 0).await;
        let made = app.repeated(id, &clock("13:00"), &clock("14:00"), days(2)).await;
        let events = app.get("/events").await.expect(200).json();
        let told: Vec<_> = events.as_array().unwrap().iter().map(|e| (e["kind"].as_str().unwrap(), e["subject"].as_str().unwrap())).collect();
        let subjects: Vec<_> = ids(&made["created"]).into_iter().map(|id| format!("reservation/{id}")).collect();
        let series = format!("series/{}", made["series_id"]);
        assert_eq!(told[1..], [("reservation.created", &*subjects[0]), ("reservation.created", &*subjects[1]), ("series.created", &*series)]);
        assert_eq!((&events[2]["data"]["series_id"], &events[2]["data"]["starts_at"]), (&made["series_id"], &json!("2026-06-12T13:00:00Z")));
        assert_eq!(events[3]["data"], json!({ "zone": "UTC", "every": "day", "wanted": 2, "created": 2, "skipped": 0 }));
        for count in [3, 6, 100] {
            app.repeated(app.rig(&format!("rig {count}"), 1, 0).await, &clock("13:00"), &clock("14:00"), days(count)).await;
        }
        let last = app.number("SELECT MAX(seq) FROM event").await;
        let all = app.get("/events?limit=1000").await.expect(200).json();
        assert_eq!((all.as_array().unwrap().len(), &all[all.as_array().unwrap().len() - 1]["seq"]), (4 + 3 + 6 + 100 + 6, &json!(last)));
    }
}

/// Two Mondays and Tuesdays around the end of March, when Berlin's clocks have turned.
fn series_in_tz(id: i64) -> Value {
    series(id, "2026-03-24T09:00", "2026-03-24T10:00", json!({ "every": "week", "until": "2026-03-31" }))
}
