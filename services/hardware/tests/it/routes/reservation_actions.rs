//! Cancel, check out, return, no-show.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Answer, TestApp, at,
    booking::{clock, wish},
    on_both,
};

async fn back(app: &TestApp, id: i64, lines: Value) -> Answer {
    app.post(&format!("/reservations/{id}/return"), json!({ "lines": lines })).await
}

/// Moves the clock of the service.
fn now_is(app: &TestApp, time: &str) {
    app.clock.set(at(&clock(time)));
}

on_both! {
    async fn cancelling_frees_at_once_and_twice_is_the_same_as_once(app) {
        let id = app.rig("rig", 1, 3_600).await;
        let reservation = app.booked(id, "13:00", "14:00", 1).await;
        app.book(id, "14:00", "15:00", 1).await.problem(409);
        let once = app.act(reservation, "cancel").await.expect(200).json();
        assert_eq!((&once["state"], &once["version"]), (&json!("cancelled"), &json!(2)));
        assert_eq!(app.act(reservation, "cancel").await.expect(200).json(), once);
        app.booked(id, "13:30", "14:30", 1).await;
        assert_eq!(app.number("SELECT COUNT(*) FROM event WHERE kind = 'reservation.cancelled'").await, 1);
    }

    async fn a_no_show_frees_at_once_but_only_what_was_waiting(app) {
        let id = app.rig("rig", 1, 0).await;
        let reservation = app.booked(id, "11:00", "14:00", 1).await;
        assert_eq!(app.act(reservation, "no-show").await.expect(200).json()["state"], "no_show");
        assert_eq!(app.free(id, "11:00", "14:00").await, 1);
        for action in ["no-show", "cancel", "checkout", "return"] {
            let refused = app.act(reservation, action).await.problem(409);
            assert_eq!((&refused["type"], &refused["state"]), (&json!("urn:toolcrib:problem:wrong-state"), &json!("no_show")), "{action}");
        }
    }

    async fn what_is_out_comes_back_and_keeps_its_buffer(app) {
        let id = app.rig("rig", 1, 1_800).await;
        let reservation = app.booked(id, "11:00", "14:00", 1).await;
        let out = app.act(reservation, "checkout").await.expect(200).json();
        assert_eq!((&out["state"], &out["lines"][0]["out"]), (&json!("out"), &json!(1)));
        app.act(reservation, "checkout").await.problem(409);
        app.act(reservation, "cancel").await.problem(409);
        app.act(reservation, "no-show").await.problem(409);
        let returned = app.act(reservation, "return").await.expect(200).json();
        assert_eq!((&returned["state"], &returned["lines"][0]["returned"]), (&json!("returned"), &json!(1)));
        assert_eq!(app.act(reservation, "return").await.expect(200).json(), returned);
        app.book(id, "12:29", "13:00", 1).await.problem(409);
        app.booked(id, "12:30", "13:00", 1).await;
        assert_eq!(app.free(id, "11:00", "12:00").await, 0);
    }

    async fn returning_two_of_five_frees_exactly_two(app) {
        let id = app.rig("rig", 5, 0).await;
        let reservation = app.booked(id, "11:00", "14:00", 5).await;
        app.act(reservation, "checkout").await.expect(200);
        let part = back(&app, reservation, json!([{ "hardware": id, "qty": 2 }])).await.expect(200).json();
        assert_eq!((&part["state"], &part["lines"][0]["out"], &part["lines"][0]["returned"]), (&json!("out"), &json!(3), &json!(2)));
        assert_eq!((app.free(id, "12:00", "14:00").await, app.free(id, "11:00", "12:00").await), (2, 0));
        assert_eq!(back(&app, reservation, json!([{ "hardware": id, "qty": 4 }])).await.wrong_fields(422), ["lines[0].qty"]);
        assert_eq!(back(&app, reservation, json!([{ "hardware": id + 1 }])).await.wrong_fields(422), ["lines[0].hardware"]);
        back(&app, reservation, json!([{ "hardware": id, "qty": 1 }])).await.expect(200);
        let all = app.act(reservation, "return").await.expect(200).json();
        assert_eq!((&all["state"], &all["lines"][0]["returned"]), (&json!("returned"), &json!(5)));
        assert_eq!(app.free(id, "12:00", "14:00").await, 5);
        assert_eq!(app.number("SELECT COUNT(*) FROM claim").await, 3);
        assert_eq!(app.number("SELECT CAST(SUM(qty) AS SIGNED) FROM claim").await, 5);
    }

    async fn only_what_is_out_can_be_returned(app) {
        let id = app.rig("rig", 1, 0).await;
        let reservation = app.booked(id, "11:00", "14:00", 1).await;
        app.act(reservation, "return").await.problem(409);
        app.act(reservation, "cancel").await.expect(200);
        app.act(reservation, "return").await.problem(409);
        app.act(reservation + 1, "return").await.problem(404);
        assert_eq!(app.post(&format!("/reservations/{reservation}/return"), json!({ "lines": [], "typo": 1 })).await.wrong_fields(400), ["typo"]);
        assert_eq!(app.post(&format!("/reservations/{reservation}/return"), json!({ "lines": [] })).await.wrong_fields(422), ["lines"]);
        let list = app.post(&format!("/reservations/{reservation}/return"), json!([])).await.problem(400);
        assert!(!list["detail"].as_str().unwrap().contains("struct"), "{list}");
        let body = app.request(Method::POST, &format!("/reservations/{reservation}/return")).body("x");
        Answer::of(body).await.problem(415);
    }

    async fn a_check_out_before_its_start_takes_the_time_from_now(app) {
        let id = app.rig("rig", 1, 0).await;
        let early = app.booked(id, "14:00", "15:00", 1).await;
        let before = app.booked(id, "12:30", "13:00", 1).await;
        let refused = app.act(early, "checkout").await.problem(409);
        assert_eq!(refused["lines"][0]["claims"][0]["reservation"], before);
        assert_eq!(refused["alternatives"], json!([]));
        app.act(before, "cancel").await.expect(200);
        app.act(early, "checkout").await.expect(200);
        assert_eq!(app.free(id, "12:00", "12:01").await, 0);
        assert_eq!(app.reservation(early).await["starts_at"], clock("14:00"));
        // Out and back within the same second: its claim is a second long.
        app.act(early, "return").await.expect(200);
        assert_eq!(app.number("SELECT ends_at - starts_at FROM claim").await, 1);
    }

    async fn what_is_over_cannot_be_checked_out_any_more(app) {
        let id = app.rig("rig", 1, 0).await;
        let reservation = app.booked(id, "10:00", "12:00", 1).await;
        let refused = app.act(reservation, "checkout").await.problem(409);
        assert!(refused["detail"].as_str().unwrap().contains("extend it first"), "{refused}");
        app.patch(&format!("/reservations/{reservation}"), json!({ "ends_at": clock("13:00") })).await.expect(200);
        app.act(reservation, "checkout").await.expect(200);
    }

    async fn actions_obey_if_match(app) {
        let id = app.rig("rig", 1, 0).await;
        let reservation = app.booked(id, "13:00", "14:00", 1).await;
        for (tag, status) in [("\"2\"", 412), ("oops", 400), ("\"1\"", 200)] {
            let request = app.request(Method::POST, &format!("/reservations/{reservation}/cancel")).header("If-Match", tag);
            Answer::of(request).await.expect(status);
        }
    }

    async fn a_basket_goes_out_and_comes_back_line_by_line(app) {
        let (a, b) = (app.rig("a", 2, 0).await, app.rig("b", 1, 0).await);
        let mut body = wish(a, "11:00", "14:00", 2);
        body["lines"] = json!([{ "hardware": a, "qty": 2 }, { "hardware": b }]);
        let id = app.post("/reservations", body).await.expect(201).json()["id"].as_i64().unwrap();
        app.act(id, "checkout").await.expect(200);
        let part = back(&app, id, json!([{ "hardware": b }])).await.expect(200).json();
        assert_eq!((&part["state"], &part["lines"][1]["returned"]), (&json!("out"), &json!(1)));
        assert_eq!((app.free(b, "12:00", "14:00").await, app.free(a, "12:00", "14:00").await), (1, 0));
        assert_eq!(back(&app, id, json!([{ "hardware": a, "qty": 2 }])).await.expect(200).json()["state"], "returned");
    }

    async fn every_step_is_told_once(app) {
        let id = app.rig("rig", 2, 0).await;
        let reservation = app.booked(id, "11:00", "14:00", 2).await;
        app.act(reservation, "checkout").await.expect(200);
        back(&app, reservation, json!([{ "hardware": id }])).await.expect(200);
        now_is(&app, "13:00");
        app.act(reservation, "return").await.expect(200);
        let events = app.get("/events").await.expect(200).json();
        let kinds: Vec<_> = events.as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["hardware.created", "reservation.created", "reservation.checked_out", "reservation.returned", "reservation.returned"]);
        assert_eq!(events[3]["data"]["back"], json!([{ "hardware": id, "qty": 1 }]));
    }
}
