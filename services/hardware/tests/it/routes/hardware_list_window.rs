//! `GET /hardware`: the window, and what is free over it.

use hardware::domain::moment::rfc3339;
use serde_json::{Value, json};

use crate::harness::{NOW, TestApp, at, on_both, random::Random};

/// One field of the only hardware, over a window of 11 June given in hours.
async fn over(app: &TestApp, from: &str, to: &str, more: &str) -> Value {
    let path = format!("/hardware?from=2026-06-11T{from}Z&to=2026-06-11T{to}Z{more}");
    app.get(&path).await.expect(200).json()[0].clone()
}

async fn rig(app: &TestApp, capacity: i64, buffer_s: i64) -> i64 {
    app.add(json!({ "provider": "Lab", "name": "rig", "capacity": capacity, "buffer_s": buffer_s })).await
}

fn hour(hour: u32) -> String {
    format!("2026-06-11T{hour:02}:00:00Z")
}

on_both! {
    async fn free_is_the_capacity_less_the_peak_and_never_less_the_sum(app) {
        let id = rig(&app, 3, 0).await;
        for (from, to, qty) in [(9, 11, 2), (11, 13, 2), (12, 14, 1)] {
            app.claim(id, &hour(from), &hour(to), qty).await;
        }
        assert_eq!(over(&app, "09:00", "14:00", "").await["free"], 0);
        assert_eq!(over(&app, "09:00", "12:00", "").await["free"], 1);
        assert_eq!(over(&app, "12:00", "13:00", "").await["free"], 0);
        assert_eq!(over(&app, "14:00", "15:00", "").await["free"], 3);
    }

    async fn windows_that_touch_a_claim_do_not_meet_it(app) {
        let id = rig(&app, 1, 0).await;
        app.claim(id, &hour(9), &hour(10), 1).await;
        for (from, to, availability) in [("08:00", "09:00", "HIGH"), ("10:00", "11:00", "HIGH"), ("09:59", "10:01", "NONE")] {
            assert_eq!(over(&app, from, to, "").await["availability"], availability, "{from}");
        }
    }

    async fn a_claim_of_400_days_is_seen_by_an_hour_in_its_middle(app) {
        let id = rig(&app, 1, 0).await;
        app.claim(id, "2026-01-01T00:00:00Z", "2027-02-05T00:00:00Z", 1).await;
        let got = over(&app, "09:00", "10:00", "").await;
        assert_eq!((&got["free"], &got["next_free_at"]), (&json!(0), &json!(null)));
    }

    async fn overcommitment_is_shown(app) {
        let id = rig(&app, 1, 0).await;
        app.claim(id, &hour(9), &hour(10), 3).await;
        let got = over(&app, "09:00", "10:00", "").await;
        assert_eq!((&got["free"], &got["overcommitted"], &got["availability"]), (&json!(0), &json!(2), &json!("NONE")));
    }

    async fn a_capacity_of_zero_is_none(app) {
        rig(&app, 0, 0).await;
        let got = over(&app, "09:00", "10:00", "").await;
        assert_eq!((&got["availability"], &got["fits"], &got["next_free_at"]), (&json!("NONE"), &json!(false), &json!(null)));
    }

    async fn without_a_window_it_is_the_hour_from_now_and_says_so(app) {
        let id = rig(&app, 1, 0).await;
        app.claim(id, &hour(13), &hour(14), 1).await;
        let answer = app.get("/hardware").await.expect(200);
        assert_eq!(answer.json()[0]["free"], 1);
        assert_eq!(answer.header("content-location"), Some("/hardware?from=2026-06-11T12%3A00%3A00Z&to=2026-06-11T13%3A00%3A00Z"));
        app.clock.set(at(NOW) + 1);
        assert_eq!(app.get("/hardware").await.expect(200).json()[0]["free"], 0);
    }

    async fn free_now_does_not_care_for_the_window(app) {
        let id = rig(&app, 2, 0).await;
        app.claim(id, &hour(11), &hour(13), 1).await;
        let got = over(&app, "15:00", "16:00", "").await;
        assert_eq!((&got["free"], &got["free_now"]), (&json!(2), &json!(1)));
        app.clock.set(at(&hour(13)));
        assert_eq!(over(&app, "15:00", "16:00", "").await["free_now"], 2);
    }

    async fn what_fits_and_when_includes_the_buffer(app) {
        let id = rig(&app, 1, 1_800).await;
        app.claim(id, &hour(12), &hour(14), 1).await;
        let got = over(&app, "11:00", "12:00", "").await;
        assert_eq!((&got["free"], &got["fits"], &got["next_free_at"]), (&json!(1), &json!(false), &json!(hour(14))));
        let got = over(&app, "10:30", "11:30", "").await;
        assert_eq!((&got["fits"], &got["next_free_at"]), (&json!(true), &json!("2026-06-11T10:30:00Z")));
    }

    async fn the_next_free_time_is_for_the_units_and_the_length_asked_for(app) {
        let id = rig(&app, 3, 0).await;
        app.claim(id, &hour(9), &hour(12), 2).await;
        app.claim(id, &hour(13), &hour(14), 3).await;
        for (to, qty, expected) in [("10:00", 1, 9), ("10:00", 2, 12), ("11:00", 2, 14), ("10:00", 3, 12), ("12:30", 1, 9), ("14:00", 1, 14)] {
            let got = over(&app, "09:00", to, &format!("&qty={qty}")).await;
            assert_eq!(got["next_free_at"], json!(hour(expected)), "{qty} until {to}");
            assert_eq!(got["fits"], expected == 9);
        }
        assert_eq!(over(&app, "09:00", "10:00", "&qty=4").await["next_free_at"], json!(null));
    }

    async fn the_next_free_time_is_looked_for_within_90_days(app) {
        let id = rig(&app, 1, 0).await;
        let from = at(&hour(9));
        let horizon = from + 90 * 86_400;
        app.claim_s(id, from, horizon, 1).await;
        assert_eq!(over(&app, "09:00", "10:00", "").await["next_free_at"], json!(rfc3339(horizon)));
        app.claim_s(id, horizon, horizon + 1, 1).await;
        assert_eq!(over(&app, "09:00", "10:00", "").await["next_free_at"], json!(null));
    }

    async fn the_next_free_times_of_a_page_do_not_depend_on_how_densely_others_are_booked(app) {
        const DAY: i64 = 86_400;
        let from = at(&hour(9));
        let mut expected = Vec::new();
        for i in 1..=12 {
            let id = app.rig(&format!("rig {i:02}"), 1, 0).await;
            // One is never free; one has a gap that is too short; the others are free after some days.
            let until = from + if i == 4 { 91 } else { i * 2 } * DAY;
            app.claim_s(id, from, until, 1).await;
            if i == 5 {
                app.claim_s(id, until + 3_599, from + 40 * DAY, 1).await;
            }
            expected.push(match i {
                4 => json!(null),
                5 => json!(rfc3339(from + 40 * DAY)),
                _ => json!(rfc3339(until)),
            });
        }
        let next = async || -> Vec<Value> {
            let list = app.get("/hardware?from=2026-06-11T09:00:00Z&to=2026-06-11T10:00:00Z").await.expect(200).json();
            list.as_array().unwrap().iter().map(|row| row["next_free_at"].clone()).collect()
        };
        assert_eq!(next().await, expected);
        // More claims within a week than are read for all twelve at first.
        for (place, end) in [(1, 4 * DAY), (6, 14 * DAY)] {
            let claims = (0..1_000).map(|i| from + end + i * 60).map(|at| format!("({}, {at}, {to}, {to}, 1)", place + 1, to = at + 60));
            let claims: Vec<_> = claims.collect();
            app.execute(format!("INSERT INTO claim (hardware_id, starts_at, ends_at, blocked_until, qty) VALUES {}", claims.join(","))).await;
            expected[place] = json!(rfc3339(from + end + 60_000));
        }
        assert_eq!(next().await, expected);
    }

    async fn wall_clock_times_are_read_in_the_zone_asked_for(app) {
        let id = rig(&app, 1, 0).await;
        app.claim(id, &hour(9), &hour(10), 1).await;
        for (window, free) in [
            ("from=2026-06-11T11:00&to=2026-06-11T12:00&tz=Europe/Berlin", 0),
            ("from=2026-06-11T09:00&to=2026-06-11T10:00", 0),
            ("from=2026-06-11T09:00&to=2026-06-11T10:00&tz=Europe/Berlin", 1),
            ("from=2026-06-11T11:00:00%2B02:00&to=2026-06-11T12:00:00%2B02:00", 0),
            ("from=2026-06-11T11:00:00+02:00&to=2026-06-11T12:00:00+02:00", 0),
            ("from=2026-06-11T09:30:00.123Z", 0),
        ] {
            assert_eq!(app.get(&format!("/hardware?{window}")).await.expect(200).json()[0]["free"], free, "{window}");
        }
    }

    async fn windows_may_lie_in_the_past_and_up_to_ten_years_ahead(app) {
        let id = rig(&app, 1, 0).await;
        app.claim(id, "1993-10-01T07:00:00Z", "1993-10-01T08:00:00Z", 1).await;
        let got = app.get("/hardware?from=1993-10-01T07:00:00Z&to=1993-10-01T07:30:00Z").await.expect(200).json();
        assert_eq!((&got[0]["free"], &got[0]["free_now"]), (&json!(0), &json!(1)));
        app.get("/hardware?from=2036-06-01T00:00:00Z").await.expect(200);
        assert_eq!(app.get("/hardware?from=2036-07-01T00:00:00Z").await.wrong_fields(422), ["to"]);
        assert_eq!(app.get("/hardware?from=1990-01-01T00:00:00Z&to=2026-01-01T00:00:00Z").await.wrong_fields(422), ["from"]);
    }

    async fn a_long_page_answers_like_a_short_one(app) {
        for i in 0..120 {
            app.add(json!({ "provider": "Lab", "name": format!("rig {i}"), "capacity": 3 })).await;
        }
        let mut random = Random(7);
        for _ in 0..600 {
            let from = at(NOW) - 7_200 + random.below(14_400);
            app.claim_s(1 + random.below(120), from, from + 1 + random.below(7_200), 1 + random.below(2)).await;
        }
        let long = app.get("/hardware?limit=1000&qty=2").await.expect(200).json();
        let mut next = Some("/hardware?limit=7&qty=2".to_owned());
        let mut short = Vec::new();
        while let Some(path) = next {
            let page = app.get(&path).await.expect(200);
            next = page.next();
            short.extend(page.json().as_array().unwrap().clone());
        }
        assert_eq!(long, Value::Array(short));
        assert!(long.as_array().unwrap().iter().any(|row| row["fits"] == false));
    }
}
