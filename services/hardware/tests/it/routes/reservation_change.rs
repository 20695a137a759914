//! `PATCH /reservations/{id}`: extend, shorten, move, other lines.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Answer, TestApp,
    booking::{basket, clock, wish},
    on_both,
};

async fn change(app: &TestApp, id: i64, body: Value) -> Answer {
    app.patch(&format!("/reservations/{id}"), body).await
}

on_both! {
    async fn extending_leaves_out_its_own_claims(app) {
        let id = app.rig("rig", 1, 0).await;
        let reservation = app.booked(id, "13:00", "14:00", 1).await;
        app.booked(id, "15:00", "16:00", 1).await;
        let extended = change(&app, reservation, json!({ "ends_at": clock("15:00") })).await.expect(200);
        assert_eq!(extended.header("etag"), Some("\"2\""));
        assert_eq!(extended.json()["ends_at"], clock("15:00"));
        let refused = change(&app, reservation, json!({ "ends_at": clock("15:01") })).await.problem(409);
        assert_eq!(refused["lines"][0]["blocked"], json!([{ "from": clock("15:00"), "to": clock("15:01"), "free": 0 }]));
        assert_eq!(app.reservation(reservation).await["ends_at"], clock("15:00"));
        assert_eq!(app.number("SELECT COUNT(*) FROM claim").await, 2);
    }

    async fn shortening_and_moving_free_what_was_left(app) {
        let id = app.rig("rig", 1, 1_800).await;
        let reservation = app.booked(id, "13:00", "16:00", 1).await;
        change(&app, reservation, json!({ "ends_at": clock("14:00") })).await.expect(200);
        app.book(id, "14:29", "15:00", 1).await.problem(409);
        let next = app.booked(id, "14:30", "15:00", 1).await;
        app.act(next, "cancel").await.expect(200);
        change(&app, reservation, json!({ "starts_at": clock("17:00"), "ends_at": clock("18:00") })).await.expect(200);
        assert_eq!((app.free(id, "13:00", "17:00").await, app.free(id, "17:00", "18:30").await), (1, 0));
        assert_eq!(change(&app, reservation, json!({ "starts_at": clock("18:00") })).await.wrong_fields(422), ["ends_at"]);
    }

    async fn a_claim_keeps_the_buffer_it_was_written_with(app) {
        let id = app.rig("rig", 1, 0).await;
        let reservation = app.booked(id, "13:00", "14:00", 1).await;
        app.booked(id, "14:00", "15:00", 1).await;
        app.patch(&format!("/hardware/{id}"), json!({ "buffer_s": 3600 })).await.expect(200);
        change(&app, reservation, json!({ "ends_at": clock("13:30") })).await.expect(200);
        change(&app, reservation, json!({ "ends_at": clock("14:00") })).await.expect(200);
    }

    async fn lines_are_given_all_anew(app) {
        let (a, b, c) = (app.rig("a", 3, 0).await, app.rig("b", 1, 0).await, app.rig("c", 1, 0).await);
        let body = basket(&[(a, 1), (b, 1)], "13:00", "14:00");
        let id = app.post("/reservations", body).await.expect(201).json()["id"].as_i64().unwrap();
        let lines = json!([{ "hardware": c }, { "hardware": a, "qty": 3 }]);
        let changed = change(&app, id, json!({ "lines": lines })).await.expect(200).json();
        assert_eq!(changed["lines"].as_array().unwrap().iter().map(|l| (l["hardware"].as_i64().unwrap(), l["qty"].as_i64().unwrap())).collect::<Vec<_>>(), [(a, 3), (c, 1)]);
        for (hardware, free) in [(a, 0), (b, 1), (c, 0)] {
            assert_eq!(app.free(hardware, "13:00", "14:00").await, free, "{hardware}");
        }
        assert_eq!(change(&app, id, json!({ "lines": [{ "hardware": a }, { "hardware": 999 }] })).await.wrong_fields(422), ["lines[1].hardware"]);
        change(&app, id, json!({ "lines": [{ "hardware": a, "qty": 4 }] })).await.problem(409);
        assert_eq!(app.reservation(id).await["lines"], changed["lines"]);
    }

    async fn what_is_out_changes_its_end_and_its_texts_only(app) {
        let id = app.rig("rig", 2, 0).await;
        let reservation = app.booked(id, "11:00", "14:00", 1).await;
        app.act(reservation, "checkout").await.expect(200);
        for body in [json!({ "starts_at": clock("10:00") }), json!({ "lines": [{ "hardware": id, "qty": 2 }] })] {
            let refused = change(&app, reservation, body).await.problem(409);
            assert_eq!(refused["type"], "urn:toolcrib:problem:wrong-state");
        }
        assert_eq!(change(&app, reservation, json!({ "ends_at": clock("12:00") })).await.wrong_fields(422), ["ends_at"]);
        let changed = change(&app, reservation, json!({ "ends_at": clock("15:00"), "user": "eve" })).await.expect(200).json();
        assert_eq!((&changed["user"], &changed["lines"][0]["out"]), (&json!("eve"), &json!(1)));
        assert_eq!(app.free(id, "14:00", "15:00").await, 1);
        app.act(reservation, "return").await.expect(200);
        change(&app, reservation, json!({ "user": "bob" })).await.problem(409);
    }

    async fn null_takes_a_text_away_and_no_change_is_no_event(app) {
        let id = app.rig("rig", 1, 0).await;
        let mut body = wish(id, "13:00", "14:00", 1);
        body["user"] = json!("ada");
        let reservation = app.post("/reservations", body).await.expect(201).json()["id"].as_i64().unwrap();
        let same = change(&app, reservation, json!({ "user": "ada", "ends_at": clock("14:00") })).await.expect(200).json();
        assert_eq!(same["version"], 1);
        assert_eq!(change(&app, reservation, json!({ "user": null })).await.expect(200).json()["user"], json!(null));
        assert_eq!(app.number("SELECT COUNT(*) FROM event WHERE kind = 'reservation.updated'").await, 1);
        assert_eq!(change(&app, reservation, json!({ "state": "out" })).await.wrong_fields(400), ["state"]);
        change(&app, reservation + 1, json!({})).await.problem(404);
        let request = app.request(Method::PATCH, &format!("/reservations/{reservation}")).header("If-Match", "\"1\"");
        Answer::of(request.json(&json!({ "user": "x" }))).await.problem(412);
    }

    async fn what_is_over_cannot_be_moved_onto_archived_hardware(app) {
        let id = app.rig("rig", 2, 0).await;
        let past = app.booked(id, "09:00", "10:00", 2).await;
        app.delete(&format!("/hardware/{id}")).await.expect(204);
        let moved = json!({ "starts_at": clock("14:00"), "ends_at": clock("15:00") });
        assert_eq!(change(&app, past, moved).await.wrong_fields(422), ["lines"]);
        assert_eq!(change(&app, past, json!({ "lines": [{ "hardware": id, "qty": 3 }] })).await.wrong_fields(422), ["lines"]);
        // What takes no more is still right.
        change(&app, past, json!({ "ends_at": clock("09:30"), "user": "ada" })).await.expect(200);
        app.act(past, "cancel").await.expect(200);
    }

    async fn a_refused_move_offers_times_that_fit_beside_the_others(app) {
        let id = app.rig("rig", 1, 0).await;
        let reservation = app.booked(id, "13:00", "14:00", 1).await;
        app.booked(id, "15:00", "16:00", 1).await;
        let refused = change(&app, reservation, json!({ "starts_at": clock("15:00"), "ends_at": clock("16:00") })).await.problem(409);
        let starts: Vec<_> = refused["alternatives"].as_array().unwrap().iter().map(|a| a["starts_at"].as_str().unwrap()[11..16].to_owned()).collect();
        assert_eq!(starts, ["16:00", "14:00", "17:00"]);
    }
}
