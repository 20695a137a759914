//! `PATCH /reservations/{id}?scope=rest`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Answer, TestApp,
    booking::clock,
    on_both,
    series::{days, ids},
};

const NONE: [&str; 0] = [];

/// Three days from 11 June, 13:00 to 14:00.
async fn three(app: &TestApp, hardware: i64) -> Vec<i64> {
    ids(&app.repeated(hardware, &clock("13:00"), &clock("14:00"), days(3)).await["created"])
}

/// `(start, end)` of each, as day and hour.
async fn times(app: &TestApp, reservations: &[i64]) -> Vec<String> {
    let mut times = Vec::new();
    for id in reservations {
        let one = app.reservation(*id).await;
        let (from, to) = (one["starts_at"].as_str().unwrap(), one["ends_at"].as_str().unwrap());
        times.push(format!("{}-{}", &from[8..16], &to[8..16]));
    }
    times
}

on_both! {
    async fn the_later_ones_move_by_as_many_days_and_to_the_same_time(app) {
        let id = app.rig("rig", 1, 0).await;
        let made = three(&app, id).await;
        // Each comes to stand where the next one stood.
        let body = json!({ "starts_at": "2026-06-13T12:30Z", "ends_at": "2026-06-13T13:30Z" });
        let got = app.change_rest(made[1], body).await.expect(200).json();
        assert_eq!((&got["id"], &got["version"], &got["changed"], &got["unchanged"]), (&json!(made[1]), &json!(2), &json!(made[1..]), &json!([])));
        assert_eq!(times(&app, &made).await, ["11T13:00-11T14:00", "13T12:30-13T13:30", "14T12:30-14T13:30"]);
        assert_eq!((app.free(id, "13:00", "14:00").await, app.number("SELECT COUNT(*) FROM claim").await), (0, 3));
        assert_eq!(app.number("SELECT COUNT(*) FROM event WHERE kind = 'reservation.updated'").await, 2);
        assert_eq!(app.violations().await, NONE);
    }

    async fn the_wall_clock_of_the_series_decides(app) {
        let id = app.rig_in("America/New_York", 1).await;
        let made = ids(&app.repeated(id, "2026-03-06T09:00", "2026-03-06T10:00", days(4)).await["created"]);
        // Without an offset and without `tz` it is the zone of the series, whatever the lines are.
        let other = app.rig_in("Europe/Berlin", 1).await;
        let body = json!({ "starts_at": "2026-03-06T11:00", "ends_at": "2026-03-06T12:00", "lines": [{ "hardware": other }] });
        app.change_rest(made[0], body).await.expect(200);
        let expected = ["06T16:00-06T17:00", "07T16:00-07T17:00", "08T15:00-08T16:00", "09T15:00-09T16:00"];
        assert_eq!(times(&app, &made).await, expected);
        let gap = app.change_rest(made[0], json!({ "starts_at": "2026-03-06T02:30" })).await.problem(422);
        assert_eq!(gap["errors"][0]["field"], "starts_at");
        let detail = gap["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("reservation {}", made[2])) && detail.contains("2026-03-08 02:30:00"), "{detail}");
        assert_eq!(times(&app, &made).await, expected);
        assert_eq!(app.violations().await, NONE);
    }

    async fn one_that_was_changed_alone_stays_in_its_series_and_follows(app) {
        let id = app.rig("rig", 2, 0).await;
        let made = three(&app, id).await;
        let alone = app.patch(&format!("/reservations/{}", made[1]), json!({ "starts_at": "2026-06-12T10:00Z" })).await.expect(200).json();
        assert_eq!((alone["series_id"].is_i64(), alone.get("changed")), (true, None));
        // Only the end was asked for: each keeps its own start.
        app.change_rest(made[0], json!({ "ends_at": clock("15:00") })).await.expect(200);
        assert_eq!(times(&app, &made).await, ["11T13:00-11T15:00", "12T10:00-12T15:00", "13T13:00-13T15:00"]);
        app.change_rest(made[0], json!({ "starts_at": clock("12:00") })).await.expect(200);
        assert_eq!(times(&app, &made).await, ["11T12:00-11T15:00", "12T12:00-12T15:00", "13T12:00-13T15:00"]);
        // One that was moved before the one that is named is none of its rest.
        app.patch(&format!("/reservations/{}", made[2]), json!({ "starts_at": clock("06:00"), "ends_at": clock("07:00") })).await.expect(200);
        let got = app.change_rest(made[0], json!({ "user": "ada" })).await.expect(200).json();
        assert_eq!(got["changed"], json!(made[..2]));
    }

    async fn texts_and_lines_apply_to_all_of_them(app) {
        let (a, b) = (app.rig("a", 3, 0).await, app.rig("b", 1, 600).await);
        let made = three(&app, a).await;
        let lines = json!([{ "hardware": a, "qty": 3 }, { "hardware": b }]);
        let got = app.change_rest(made[1], json!({ "user": "ada", "purpose": "Drift", "lines": lines })).await.expect(200).json();
        assert_eq!(got["changed"], json!(made[1..]));
        let last = app.reservation(made[2]).await;
        assert_eq!((&last["user"], &last["purpose"], &last["lines"]), (&json!("ada"), &json!("Drift"), &got["lines"]));
        assert_eq!(app.number("SELECT COUNT(*) FROM claim").await, 5);
        app.change_rest(made[1], json!({ "lines": [{ "hardware": b }], "user": null })).await.expect(200);
        let claims = format!("SELECT COUNT(*) FROM claim WHERE hardware_id = {a}");
        assert_eq!((app.number(&claims).await, app.number("SELECT COUNT(*) FROM claim").await), (1, 3));
        assert_eq!(app.change_rest(made[1], json!({ "lines": [{ "hardware": 99 }] })).await.wrong_fields(422), ["lines[0].hardware"]);
        assert_eq!(app.violations().await, NONE);
    }

    async fn what_is_not_confirmed_is_left_alone_and_told(app) {
        let id = app.rig("rig", 1, 0).await;
        let made = ids(&app.repeated(id, "2026-06-11T11:00Z", "2026-06-11T13:00Z", days(4)).await["created"]);
        app.act(made[0], "checkout").await.expect(200);
        app.act(made[2], "cancel").await.expect(200);
        app.patch(&format!("/reservations/{}", made[3]), json!({ "user": "ada" })).await.expect(200);
        let got = app.change_rest(made[0], json!({ "user": "ada" })).await.expect(200).json();
        assert_eq!((&got["id"], &got["user"], &got["changed"]), (&json!(made[0]), &json!(null), &json!([made[1]])));
        let reasons: Vec<_> = got["unchanged"].as_array().unwrap().iter().map(|u| (u["id"].as_i64().unwrap(), u["reason"].as_str().unwrap())).collect();
        assert_eq!(reasons, [(made[0], "is out"), (made[2], "is cancelled already"), (made[3], "has all that already")]);
        assert_eq!(app.number("SELECT COUNT(*) FROM event WHERE kind = 'reservation.updated'").await, 2);
        app.act(made[1], "cancel?scope=rest").await.expect(200);
        let refused = app.change_rest(made[0], json!({ "user": "bob" })).await.problem(409);
        assert_eq!((&refused["type"], &refused["state"]), (&json!("urn:toolcrib:problem:wrong-state"), &json!("out")));
    }

    async fn all_move_or_none(app) {
        let id = app.rig("rig", 1, 0).await;
        let made = three(&app, id).await;
        let other = app.post("/reservations", json!({ "starts_at": "2026-06-13T15:00Z", "ends_at": "2026-06-13T16:00Z", "lines": [{ "hardware": id }] })).await.expect(201).json();
        let refused = app.change_rest(made[0], json!({ "ends_at": clock("15:30") })).await.problem(409);
        assert_eq!(refused["lines"][0]["blocked"], json!([{ "from": "2026-06-13T15:00:00Z", "to": "2026-06-13T15:30:00Z", "free": 0 }]));
        assert_eq!(refused["lines"][0]["claims"][0]["reservation"], other["id"]);
        assert_eq!((&refused["occurrences"]["wanted"], &refused["occurrences"]["refused"], &refused["alternatives"]), (&json!(3), &json!(1), &json!([])));
        assert_eq!(times(&app, &made).await, ["11T13:00-11T14:00", "12T13:00-12T14:00", "13T13:00-13T14:00"]);
        // They are in each other's way once they are long enough, and whoever takes more is refused.
        let long = app.change_rest(made[0], json!({ "ends_at": "2026-06-12T14:00Z" })).await.problem(409);
        assert_eq!(long["occurrences"]["overlaps_itself"], true);
        let two = app.rig("two", 2, 0).await;
        let of_two = three(&app, two).await;
        app.change_rest(of_two[0], json!({ "ends_at": "2026-06-12T14:00Z" })).await.expect(200);
        assert_eq!(app.violations().await, NONE);
    }

    // The one that takes more is checked beside those that do not, also where these come later.
    async fn one_that_grows_into_one_that_stays_is_refused(app) {
        let id = app.rig("rig", 1, 0).await;
        let made = three(&app, id).await;
        app.patch(&format!("/reservations/{}", made[1]), json!({ "ends_at": "2026-06-12T20:00Z" })).await.expect(200);
        app.patch(&format!("/reservations/{}", made[2]), json!({ "starts_at": "2026-06-12T21:00Z", "ends_at": "2026-06-12T22:00Z" })).await.expect(200);
        // Both end at 21:30 then: the one of 13:00 grows, and the one of 21:00 shrinks.
        let refused = app.change_rest(made[1], json!({ "ends_at": "2026-06-12T21:30Z" })).await.problem(409);
        assert_eq!(refused["occurrences"]["refused"], 1);
        assert_eq!(app.violations().await, NONE);
    }

    async fn the_version_is_that_of_the_one_that_is_named(app) {
        let id = app.rig("rig", 1, 0).await;
        let made = three(&app, id).await;
        app.patch(&format!("/reservations/{}", made[1]), json!({ "user": "ada" })).await.expect(200);
        let change = |id: i64, tag: &str, body: Value| {
            let request = app.request(Method::PATCH, &format!("/reservations/{id}?scope=rest"));
            Answer::of(request.header("If-Match", tag).json(&body))
        };
        assert_eq!(change(made[1], "\"1\"", json!({ "user": "eve" })).await.problem(412)["version"], 2);
        let got = change(made[0], "\"1\"", json!({ "user": "eve" })).await.expect(200);
        assert_eq!((got.header("etag"), app.reservation(made[1]).await["version"].as_i64()), (Some("\"2\""), Some(3)));
    }

    async fn archived_hardware_is_kept_but_no_more_of_it_is_taken(app) {
        let id = app.rig("rig", 2, 0).await;
        let made = ids(&app.repeated(id, "2026-06-08T09:00Z", "2026-06-08T10:00Z", days(3)).await["created"]);
        app.delete(&format!("/hardware/{id}")).await.expect(204);
        app.change_rest(made[0], json!({ "ends_at": "2026-06-08T09:30Z", "user": "ada" })).await.expect(200);
        assert_eq!(app.change_rest(made[0], json!({ "ends_at": "2026-06-08T10:00Z" })).await.wrong_fields(422), ["lines"]);
    }
}
