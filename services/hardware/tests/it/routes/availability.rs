//! `GET /hardware/{id}/availability`.

use serde_json::json;

use crate::harness::{booking::clock, on_both};

on_both! {
    async fn the_steps_cover_the_window_and_touch(app) {
        let id = app.rig("rig", 3, 0).await;
        for (from, to, qty) in [("09:00", "11:00", 2), ("11:00", "13:00", 2), ("12:00", "14:00", 1)] {
            app.booked(id, from, to, qty).await;
        }
        let got = app.get(&format!("/hardware/{id}/availability?from={}&to={}", clock("08:00"), clock("13:30"))).await.expect(200).json();
        let step = |from: &str, to: &str, free: i64| json!({ "from": clock(from), "to": clock(to), "free": free, "overcommitted": 0 });
        let steps = json!([step("08:00", "09:00", 3), step("09:00", "12:00", 1), step("12:00", "13:00", 0), step("13:00", "13:30", 2)]);
        assert_eq!(got, json!({ "capacity": 3, "min_free": 0, "steps": steps }));
    }

    async fn without_a_window_it_is_the_hour_from_now(app) {
        let id = app.rig("rig", 3, 0).await;
        let got = app.get(&format!("/hardware/{id}/availability")).await.expect(200).json();
        assert_eq!(got["steps"], json!([{ "from": clock("12:00"), "to": clock("13:00"), "free": 3, "overcommitted": 0 }]));
    }

    async fn it_says_what_the_list_says(app) {
        let id = app.rig("rig", 5, 900).await;
        for (from, to, qty) in [("09:10", "11:00", 2), ("10:00", "13:00", 1), ("12:00", "14:00", 1)] {
            app.booked(id, from, to, qty).await;
        }
        for (from, to) in [("09:00", "10:00"), ("10:30", "11:10"), ("11:15", "12:00"), ("13:00", "15:00")] {
            let window = format!("from={}&to={}", clock(from), clock(to));
            let row = &app.get(&format!("/hardware?{window}")).await.expect(200).json()[0];
            assert_eq!(row["free"], app.free(id, from, to).await, "{from}");
        }
    }

    async fn what_cannot_be_asked_is_named(app) {
        let id = app.rig("rig", 5, 0).await;
        let path = format!("/hardware/{id}/availability");
        assert_eq!(app.get(&format!("{path}?from={0}&to={0}", clock("12:00"))).await.wrong_fields(422), ["to"]);
        assert_eq!(app.get(&format!("{path}?from=x")).await.wrong_fields(400), ["from"]);
        assert_eq!(app.get(&format!("{path}?tz=Mars")).await.wrong_fields(422), ["tz"]);
        app.get("/hardware/99/availability").await.problem(404);
        app.get("/hardware/x/availability").await.problem(400);
    }

    async fn wall_clock_times_are_the_hardwares(app) {
        let id = app.add(json!({ "provider": "Lab", "name": "rig", "tz": "America/New_York" })).await;
        let got = app.get(&format!("/hardware/{id}/availability?from=2026-06-11T09:00&to=2026-06-11T10:00")).await.expect(200).json();
        assert_eq!(got["steps"][0]["from"], clock("13:00"));
    }
}
