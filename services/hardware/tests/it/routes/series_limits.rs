//! `repeat` as nobody should send it, and the filter and the scope as somebody might.

use serde_json::{Value, json};

use crate::harness::{
    booking::clock,
    on_both,
    series::{days, days_or_skip, ids, series},
};

on_both! {
    async fn what_cannot_be_read_is_400_and_what_cannot_be_is_422(app) {
        let id = app.rig_in("America/New_York", 1).await;
        let ask = |repeat: Value| app.post("/reservations", series(id, "2026-06-11T13:00", "2026-06-11T14:00", repeat));
        for (repeat, field) in [
            (json!("daily"), "repeat"),
            (json!([]), "repeat"),
            (json!({ "count": 2 }), "repeat"),
            (json!({ "every": "month", "count": 2 }), "repeat.every"),
            (json!({ "every": 1, "count": 2 }), "repeat.every"),
            (json!({ "every": "day", "count": 1.5 }), "repeat.count"),
            (json!({ "every": "day", "count": "3" }), "repeat.count"),
            (json!({ "every": "day", "until": "christmas" }), "repeat.until"),
            (json!({ "every": "day", "until": "2026-13-01" }), "repeat.until"),
            (json!({ "every": "day", "until": 5 }), "repeat.until"),
            (json!({ "every": "day", "count": 2, "on_conflict": "ask" }), "repeat.on_conflict"),
            (json!({ "every": "day", "count": 2, "interval": 2 }), "repeat.interval"),
        ] {
            assert_eq!(ask(repeat.clone()).await.wrong_fields(400), [field], "{repeat}");
        }
        for (repeat, field) in [
            (json!({ "every": "day" }), "repeat"),
            (json!({ "every": "day", "count": null, "until": null }), "repeat"),
            (json!({ "every": "day", "count": 2, "until": "2026-06-12" }), "repeat"),
            (json!({ "every": "day", "count": 0 }), "repeat.count"),
            (json!({ "every": "day", "count": -1 }), "repeat.count"),
            (json!({ "every": "day", "count": 367 }), "repeat.count"),
            (json!({ "every": "day", "count": 1_000_000_000 }), "repeat.count"),
            (json!({ "every": "day", "until": "2026-06-10" }), "repeat.until"),
            (json!({ "every": "day", "until": "2026-06-11T16:59:59Z" }), "repeat.until"),
            (json!({ "every": "day", "until": "2027-06-12" }), "repeat.until"),
            (json!({ "every": "day", "until": "9999-12-31" }), "repeat.until"),
            (json!({ "every": "day", "until": "2027-03-14T02:30" }), "repeat.until"),
        ] {
            assert_eq!(ask(repeat.clone()).await.wrong_fields(422), [field], "{repeat}");
        }
        assert_eq!(app.number("SELECT COUNT(*) FROM series").await, 0);
    }

    async fn a_series_needs_one_zone_and_a_possible_time(app) {
        let (a, b) = (app.rig_in("America/New_York", 1).await, app.rig_in("Europe/Berlin", 1).await);
        let mut both = series(a, &clock("13:00"), &clock("14:00"), days(2));
        both["lines"] = json!([{ "hardware": a }, { "hardware": b }]);
        // One booking at these instants needs no zone; a series does.
        assert_eq!(app.post("/reservations", both.clone()).await.wrong_fields(422), ["tz"]);
        both["tz"] = json!("Mars/Olympus");
        assert_eq!(app.post("/reservations", both.clone()).await.wrong_fields(422), ["tz"]);
        both["tz"] = json!("Europe/Berlin");
        app.post("/reservations", both.clone()).await.expect(201);
        both["lines"] = json!([{ "hardware": a }, { "hardware": 999 }]);
        assert_eq!(app.post("/reservations", both).await.wrong_fields(422), ["lines[1].hardware"]);
        let far = series(a, "2035-12-01T10:00", "2035-12-01T11:00", days_or_skip(366));
        assert_eq!(app.post("/reservations", far).await.wrong_fields(422), ["ends_at"]);
        let backward = series(a, "2026-06-12T10:00", "2026-06-12T09:00", days_or_skip(3));
        assert_eq!(app.post("/reservations", backward).await.wrong_fields(422), ["ends_at"]);
    }

    async fn lines_times_occurrences_are_bounded_and_a_full_series_is_booked(app) {
        let mut lines = Vec::new();
        for i in 0..14 {
            lines.push(json!({ "hardware": app.rig(&format!("rig {i}"), 1, 0).await }));
        }
        let mut body = series(1, &clock("13:00"), &clock("14:00"), days(366));
        body["lines"] = json!(lines);
        assert_eq!(app.post("/reservations", body.clone()).await.wrong_fields(422), ["repeat"]);
        body["lines"] = json!(lines[1..]);
        let made = app.post("/reservations", body.clone()).await.expect(201).json();
        assert_eq!(ids(&made["created"]).len(), 366);
        assert_eq!(app.number("SELECT COUNT(*) FROM claim").await, 13 * 366);
        let first = made["id"].as_i64().unwrap();
        let moved = app.change_rest(first, json!({ "ends_at": clock("15:00") })).await.expect(200).json();
        assert_eq!(moved["changed"], made["created"]);
        let refused = app.post("/reservations", body).await.problem(409);
        assert_eq!((&refused["occurrences"]["refused"], refused["lines"].as_array().unwrap().len()), (&json!(366), 5 * 13));
        let gone = app.act(first, "cancel?scope=rest").await.expect(200).json();
        assert_eq!(gone["changed"], made["created"]);
        assert_eq!(app.number("SELECT COUNT(*) FROM claim").await, 0);
        assert_eq!(app.violations().await, [] as [&str; 0]);
    }

    async fn the_list_is_filtered_by_series(app) {
        let (a, b) = (app.rig("a", 5, 0).await, app.rig("b", 5, 0).await);
        let one = app.repeated(a, &clock("13:00"), &clock("14:00"), days(5)).await;
        let two = app.repeated(b, &clock("13:00"), &clock("14:00"), days(2)).await;
        app.booked(a, "13:00", "14:00", 1).await;
        let (series, created) = (&one["series_id"], ids(&one["created"]));
        assert_ne!(series, &two["series_id"]);
        let app = &app;
        let listed = |query: String| async move {
            let answer = app.get(&format!("/reservations?{query}")).await.expect(200);
            let total = answer.header("x-total-count").map(str::to_owned);
            (answer.json().as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect::<Vec<_>>(), total, answer.next())
        };
        assert_eq!(listed(format!("series={series}")).await.0, created);
        assert_eq!(listed(format!("series={series}&hardware={a}")).await.0, created);
        assert_eq!(listed(format!("series={series}&hardware={b}")).await.0, [] as [i64; 0]);
        assert_eq!(listed(format!("series={series}&from=2026-06-13T00:00Z&to=2026-06-15T00:00Z")).await.0, created[2..4]);
        app.act(created[1], "cancel").await.expect(200);
        assert_eq!(listed(format!("series={series}&state=cancelled")).await.0, created[1..2]);
        let (page, total, next) = listed(format!("series={series}&limit=3")).await;
        assert_eq!((&page[..], total.as_deref()), (&created[..3], Some("5")));
        let next = app.get(&next.unwrap()).await.expect(200).json();
        assert_eq!(next.as_array().unwrap().len(), 2);
        assert_eq!(listed("series=99".to_owned()).await.0, [] as [i64; 0]);
        assert_eq!(app.get("/reservations?series=x").await.wrong_fields(400), ["series"]);
    }

    async fn a_scope_is_one_or_rest_and_of_one_that_stands_alone_the_same(app) {
        let id = app.rig("rig", 1, 0).await;
        let alone = app.booked(id, "13:00", "14:00", 1).await;
        for wrong in ["all", "REST", "one,rest", "0"] {
            let changed = app.patch(&format!("/reservations/{alone}?scope={wrong}"), json!({ "user": "x" })).await;
            assert_eq!(changed.wrong_fields(400), ["scope"], "{wrong}");
            assert_eq!(app.act(alone, &format!("cancel?scope={wrong}")).await.wrong_fields(400), ["scope"]);
        }
        let changed = app.change_rest(alone, json!({ "user": "x" })).await.expect(200).json();
        assert_eq!((&changed["user"], changed.get("changed"), changed.get("unchanged")), (&json!("x"), None, None));
        app.act(alone, "cancel?scope=rest").await.expect(200);
        app.change_rest(alone, json!({ "user": "y" })).await.problem(409);
        app.change_rest(99, json!({ "user": "y" })).await.problem(404);
        app.act(99, "cancel?scope=rest").await.problem(404);
    }
}
