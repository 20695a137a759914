//! `GET /availability/next`.

use serde_json::{Value, json};

use crate::harness::{TestApp, at, booking::clock, on_both, random::Random};
use hardware::domain::moment::rfc3339;

/// The starts of an answer.
async fn starts(app: &TestApp, query: &str) -> Vec<String> {
    let got = app.get(&format!("/availability/next?{query}")).await.expect(200).json();
    got["starts"].as_array().unwrap().iter().map(|s| s["starts_at"].as_str().unwrap().to_owned()).collect()
}

fn clocks(times: &[&str]) -> Vec<String> {
    times.iter().map(|time| clock(time)).collect()
}

on_both! {
    async fn the_earliest_common_starts_of_a_basket(app) {
        let (one, two) = (app.rig("one", 2, 0).await, app.rig("two", 1, 1_800).await);
        app.booked(one, "12:00", "14:00", 1).await;
        app.booked(two, "15:00", "16:00", 1).await;
        let got = app.get(&format!("/availability/next?hardware={one}:2,{two}&duration=PT1H&count=2")).await.expect(200).json();
        // The buffer of `two` does not fit between 14:00 and 15:00, and is over at 16:30.
        let window = |from: &str, to: &str| json!({ "starts_at": clock(from), "ends_at": clock(to) });
        assert_eq!(got, json!({ "starts": [window("16:30", "17:30"), window("18:00", "19:00")] }));
        assert_eq!(starts(&app, &format!("hardware={one}&duration=PT30M")).await, clocks(&["12:00", "12:30", "13:00"]));
        assert_eq!(starts(&app, &format!("hardware={one}:2&duration=PT30M&count=1")).await, clocks(&["14:00"]));
    }

    async fn it_begins_at_after_also_in_the_past(app) {
        let id = app.rig("rig", 1, 0).await;
        app.booked(id, "08:00", "10:00", 1).await;
        let query = format!("hardware={id}&duration=PT2H&count=1");
        assert_eq!(starts(&app, &query).await, clocks(&["12:00"]));
        for (after, expected) in [("06:00", "06:00"), ("06:30", "10:00"), ("13:00", "13:00")] {
            assert_eq!(starts(&app, &format!("{query}&after={}", clock(after))).await, clocks(&[expected]), "{after}");
        }
    }

    async fn within_ninety_days_or_not_at_all(app) {
        let id = app.rig("rig", 1, 0).await;
        let now = at(&clock("12:00"));
        app.claim_s(id, now - 60, now + 90 * 86_400, 1).await;
        assert_eq!(starts(&app, &format!("hardware={id}&duration=P1D&count=5")).await, [rfc3339(now + 90 * 86_400)]);
        app.claim_s(id, now + 90 * 86_400, now + 90 * 86_400 + 1, 1).await;
        assert!(starts(&app, &format!("hardware={id}&duration=P1D")).await.is_empty());
        assert!(starts(&app, &format!("hardware={id}:2&duration=PT1S")).await.is_empty());
    }

    async fn wall_clock_times_are_the_hardwares_unless_a_zone_is_named(app) {
        let york = app.add(json!({ "provider": "Lab", "name": "york", "tz": "America/New_York" })).await;
        let tokyo = app.add(json!({ "provider": "Lab", "name": "tokyo", "tz": "Asia/Tokyo" })).await;
        let query = |id: i64| format!("hardware={id}&duration=PT1H&count=1&after=2026-06-12T09:00");
        assert_eq!(starts(&app, &query(york)).await, ["2026-06-12T13:00:00Z"]);
        assert_eq!(starts(&app, &format!("{}&tz=UTC", query(york))).await, ["2026-06-12T09:00:00Z"]);
        let both = format!("/availability/next?hardware={york},{tokyo}&duration=PT1H");
        assert_eq!(app.get(&format!("{both}&after=2026-06-12T09:00")).await.wrong_fields(422), ["tz"]);
        app.get(&both).await.expect(200);
        let skipped = format!("/availability/next?hardware={york}&duration=PT1H&after=2027-03-14T02:30");
        assert_eq!(app.get(&skipped).await.wrong_fields(422), ["after"]);
    }

    async fn what_cannot_be_asked_is_named(app) {
        let (id, gone) = (app.rig("rig", 1, 0).await, app.rig("gone", 1, 0).await);
        app.delete(&format!("/hardware/{gone}")).await.expect(204);
        let ask = async |query: &str| app.get(&format!("/availability/next?{query}")).await;
        for (query, field) in [
            ("duration=PT1H", "hardware"), ("hardware=1", "duration"), ("hardware=&duration=PT1H", "hardware"),
            ("hardware=1:x&duration=PT1H", "hardware"), ("hardware=1;2&duration=PT1H", "hardware"),
            ("hardware=1&duration=4H", "duration"), ("hardware=1&duration=PT1H&after=soon", "after"),
            ("hardware=1&duration=PT1H&count=x", "count"),
        ] {
            assert_eq!(ask(query).await.wrong_fields(400), [field], "{query}");
        }
        let all = format!("hardware={id}:0,{id}:1&duration=P1M&count=21&tz=Mars");
        assert_eq!(ask(&all).await.wrong_fields(422), ["hardware[0]", "hardware[1]", "duration", "tz", "count"]);
        let unknown = ask(&format!("hardware={id},{gone},99&duration=PT1H")).await.problem(422);
        let line = |at: usize, id: i64| json!({ "field": format!("hardware[{at}]"), "detail": format!("is {id}, which is not in the catalogue") });
        assert_eq!(unknown["errors"], json!([line(1, gone), line(2, 99)]));
        assert_eq!(ask(&format!("hardware={id}&duration=PT1H&after=2036-08-01T00:00:00Z")).await.wrong_fields(422), ["after"]);
        let many = (1..=101).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(ask(&format!("hardware={many}&duration=PT1H")).await.wrong_fields(422), ["hardware"]);
    }

    async fn what_is_offered_is_never_refused(app) {
        let mut random = Random(7);
        for i in 0..4 {
            app.rig(&format!("rig {i}"), 1 + i % 3, i * 450).await;
        }
        for round in 0..60 {
            let some: Vec<i64> = (1..=4).filter(|_| random.below(2) == 0).collect();
            let lines: Vec<_> = some.into_iter().map(|id| (id, 1 + random.below(1 + (id - 1) % 3))).collect();
            if lines.is_empty() {
                continue;
            }
            let hardware = lines.iter().map(|(id, qty)| format!("{id}:{qty}")).collect::<Vec<_>>().join(",");
            let length = random.one_of(&["PT10M", "PT1H", "PT3H", "P1D"]);
            let after = rfc3339(at(&clock("00:00")) + random.below(3 * 86_400));
            let query = format!("hardware={hardware}&duration={length}&after={after}&count=2");
            let offered = app.get(&format!("/availability/next?{query}")).await.expect(200).json();
            for window in offered["starts"].as_array().unwrap() {
                let mut body = window.clone();
                body["lines"] = lines.iter().map(|(id, qty)| json!({ "hardware": id, "qty": qty })).collect::<Value>();
                app.post("/reservations", body).await.expect(201);
            }
            assert_eq!(offered["starts"].as_array().unwrap().len(), 2, "round {round}: {query}");
        }
    }
}

#[tokio::test]
async fn an_answer_is_kept_and_forgotten_when_something_changes() {
    let app = TestApp::sqlite_with(&[("HARDWARE_CACHE_TTL", "60s")]).await;
    let id = app.rig("rig", 1, 0).await;
    let query = format!("hardware={id}&duration=PT1H&count=1");
    assert_eq!(starts(&app, &query).await, clocks(&["12:00"]));
    app.booked(id, "12:00", "13:00", 1).await;
    assert_eq!(starts(&app, &query).await, clocks(&["13:00"]));
    let kept = app.get(&format!("/availability/next?{query}")).await;
    assert!(kept.header("age").is_some());
    assert!(app.get(&format!("/availability?ids={id}")).await.header("age").is_some());
}
