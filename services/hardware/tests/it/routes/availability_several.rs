//! `GET /availability`: step functions of several hardware.

use serde_json::{Value, json};

use crate::harness::{TestApp, at, booking::clock, on_both};

fn step(from: &str, to: &str, free: i64) -> Value {
    json!({ "from": from, "to": to, "free": free, "overcommitted": 0 })
}

async fn ask(app: &TestApp, query: &str) -> Value {
    app.get(&format!("/availability?{query}")).await.expect(200).json()
}

on_both! {
    async fn each_is_what_its_own_page_says_by_id(app) {
        let (one, two, gone) = (app.rig("one", 3, 0).await, app.rig("two", 2, 600).await, app.rig("gone", 1, 0).await);
        app.delete(&format!("/hardware/{gone}")).await.expect(204);
        for (id, from, to, qty) in [(one, "09:00", "11:00", 2), (one, "10:00", "13:00", 1), (two, "12:00", "14:00", 1)] {
            app.booked(id, from, to, qty).await;
        }
        let window = format!("from={}&to={}", clock("08:00"), clock("14:05"));
        let got = ask(&app, &format!("ids={two},99,{one},{gone},{one}&{window}")).await;
        let mut expected = Vec::new();
        for id in [one, two] {
            let mut own = app.get(&format!("/hardware/{id}/availability?{window}")).await.expect(200).json();
            own["hardware"] = json!(id);
            expected.push(own);
        }
        assert_eq!(got, json!(expected));
        assert_eq!(ask(&app, &format!("ids={gone},99")).await, json!([]));
    }

    async fn a_cell_is_told_by_its_worst_moment_and_equal_ones_are_one_step(app) {
        let id = app.rig("rig", 3, 0).await;
        for (from, to, qty) in [("09:10", "09:20", 2), ("09:40", "10:10", 1), ("12:59", "13:00", 2)] {
            app.booked(id, from, to, qty).await;
        }
        let got = ask(&app, &format!("ids={id}&from={}&to={}&grain=hour", clock("08:30"), clock("14:00"))).await;
        let hour = |from, to, free| step(&clock(from), &clock(to), free);
        let steps = json!([hour("08:30", "09:00", 3), hour("09:00", "10:00", 1), hour("10:00", "11:00", 2), hour("11:00", "12:00", 3),
            hour("12:00", "13:00", 1), hour("13:00", "14:00", 3)]);
        assert_eq!(got[0], json!({ "hardware": id, "capacity": 3, "min_free": 1, "steps": steps }));
        let one = ask(&app, &format!("ids={id}&from=2026-06-10T00:00:00Z&to=2026-06-13T00:00:00Z&grain=day")).await;
        let days = json!([step("2026-06-10T00:00:00Z", "2026-06-11T00:00:00Z", 3), step("2026-06-11T00:00:00Z", "2026-06-12T00:00:00Z", 1),
            step("2026-06-12T00:00:00Z", "2026-06-13T00:00:00Z", 3)]);
        assert_eq!(one[0]["steps"], days);
    }

    async fn a_day_in_new_york_may_have_23_or_25_hours(app) {
        let id = app.rig("rig", 2, 0).await;
        // The last minute of the short day, and the first one of the long day.
        for (from, to) in [("2027-03-15T03:59:00Z", "2027-03-15T04:00:00Z"), ("2027-11-07T04:00:00Z", "2027-11-07T04:01:00Z")] {
            app.claim(id, from, to, 1).await;
        }
        let days = async |from: &str, to: &str| {
            ask(&app, &format!("ids={id}&from={from}&to={to}&tz=America/New_York&grain=day")).await[0]["steps"].clone()
        };
        assert_eq!(days("2027-03-13T00:00", "2027-03-16T00:00").await, json!([
            step("2027-03-13T05:00:00Z", "2027-03-14T05:00:00Z", 2),
            step("2027-03-14T05:00:00Z", "2027-03-15T04:00:00Z", 1),
            step("2027-03-15T04:00:00Z", "2027-03-16T04:00:00Z", 2),
        ]));
        assert_eq!(days("2027-11-06T00:00", "2027-11-09T00:00").await, json!([
            step("2027-11-06T04:00:00Z", "2027-11-07T04:00:00Z", 2),
            step("2027-11-07T04:00:00Z", "2027-11-08T05:00:00Z", 1),
            step("2027-11-08T05:00:00Z", "2027-11-09T05:00:00Z", 2),
        ]));
    }

    async fn what_cannot_be_asked_is_named(app) {
        let id = app.rig("rig", 1, 0).await;
        let wrong = async |query: &str, status: u16| app.get(&format!("/availability?{query}")).await.wrong_fields(status);
        assert_eq!(wrong("", 400).await, ["ids"]);
        assert_eq!(wrong("ids=a", 400).await, ["ids"]);
        assert_eq!(wrong(&format!("ids={id}&grain=week"), 400).await, ["grain"]);
        let many = (1..=51).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(wrong(&format!("ids={many}&tz=Mars&from={0}&to={0}", clock("12:00")), 422).await, ["ids", "tz", "to"]);
        let year = "from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z";
        assert_eq!(wrong(&format!("ids={id}&{year}&grain=hour"), 422).await, ["grain"]);
        assert_eq!(ask(&app, &format!("ids={id}&{year}&grain=day&tz=")).await[0]["steps"].as_array().unwrap().len(), 1);
    }

    async fn too_many_steps_ask_for_a_grain(app) {
        for i in 0..2 {
            app.rig(&format!("rig {i}"), 9, 0).await;
        }
        let noon = at(&clock("12:00"));
        let rows = |from: i64| (from..from + 9_000).map(|i| {
            let (at, hardware) = (noon + i * 4, 1 + i % 2);
            format!("({hardware}, {at}, {0}, {0}, 1)", at + 3)
        }).collect::<Vec<_>>().join(",");
        for chunk in 0..3 {
            app.execute(format!("INSERT INTO claim (hardware_id, starts_at, ends_at, blocked_until, qty) VALUES {}", rows(chunk * 9_000))).await;
        }
        let window = format!("from={}&to=2026-06-14T12:00:00Z", clock("12:00"));
        let refused = app.get(&format!("/availability?ids=1,2&{window}")).await.problem(422);
        assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("grain"), "{refused}");
        app.get(&format!("/availability?ids=1&{window}")).await.expect(200);
        // One hardware may have as many as several.
        app.get(&format!("/hardware/1/availability?{window}")).await.expect(200);
        app.execute("UPDATE claim SET hardware_id = 1".to_owned()).await;
        let refused = app.get(&format!("/hardware/1/availability?{window}")).await.problem(422);
        assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("less"), "{refused}");
        app.execute("UPDATE claim SET hardware_id = 2 WHERE id % 2 = 0".to_owned()).await;
        let coarse = ask(&app, &format!("ids=1,2&{window}&grain=hour")).await;
        assert_eq!(coarse[0]["steps"].as_array().unwrap().len(), 2, "{coarse}");
    }
}
