//! `POST /reservations`: what is accepted, and what is refused.

use serde_json::{Value, json};

use crate::harness::{
    TestApp,
    booking::{basket, clock, wish},
    on_both,
};

/// The other times that a refusal offers, as hours.
fn alternatives(problem: &Value) -> Vec<(String, String)> {
    let hour = |value: &Value| value.as_str().unwrap()[11..16].to_owned();
    let list = problem["alternatives"].as_array().unwrap();
    list.iter().map(|a| (hour(&a["starts_at"]), hour(&a["ends_at"]))).collect()
}

async fn capacity_of(app: &TestApp, id: i64) -> Value {
    app.get(&format!("/hardware/{id}")).await.expect(200).json()
}

on_both! {
    async fn a_booking_is_answered_in_full_and_found_again(app) {
        let id = app.rig("rig", 3, 0).await;
        let mut body = wish(id, "13:00", "15:00", 2);
        body["user"] = json!(" ada ");
        body["purpose"] = json!("Camera drift\nset 3");
        let answer = app.post("/reservations", body).await.expect(201);
        let got = answer.json();
        let location = answer.header("location").unwrap().to_owned();
        assert_eq!(location, format!("/reservations/{}", got["id"]));
        assert_eq!(answer.header("etag"), Some("\"1\""));
        assert_eq!(got["state"], "confirmed");
        assert_eq!((&got["starts_at"], &got["ends_at"]), (&json!(clock("13:00")), &json!(clock("15:00"))));
        assert_eq!((&got["user"], &got["purpose"]), (&json!("ada"), &json!("Camera drift\nset 3")));
        assert_eq!(got["lines"], json!([{ "hardware": id, "provider": "Lab", "name": "rig", "qty": 2, "out": 0, "returned": 0 }]));
        assert_eq!((&got["at_risk"], &got["series_id"]), (&json!(false), &json!(null)));
        assert_eq!(app.get(&location).await.expect(200).json(), got);
        assert_eq!(app.free(id, "13:00", "15:00").await, 1);
    }

    async fn what_touches_is_accepted_and_what_overlaps_is_not(app) {
        let id = app.rig("rig", 1, 0).await;
        app.booked(id, "09:00", "10:00", 1).await;
        app.book(id, "09:59", "10:01", 1).await.problem(409);
        app.booked(id, "10:00", "11:00", 1).await;
        app.booked(id, "08:00", "09:00", 1).await;
        app.book(id, "08:30", "10:30", 1).await.problem(409);
    }

    async fn it_is_the_peak_and_never_the_sum(app) {
        let id = app.rig("rig", 3, 0).await;
        for (from, to, qty) in [("09:00", "11:00", 2), ("11:00", "13:00", 2), ("12:00", "14:00", 1)] {
            app.booked(id, from, to, qty).await;
        }
        for (from, to, free) in [("09:00", "14:00", 0), ("09:00", "12:00", 1), ("12:00", "13:00", 0)] {
            assert_eq!(app.free(id, from, to).await, free, "{from}");
        }
        app.book(id, "09:00", "12:00", 2).await.problem(409);
        app.booked(id, "09:00", "12:00", 1).await;
    }

    async fn the_buffer_counts_on_both_sides_and_is_fixed_when_written(app) {
        let id = app.rig("rig", 1, 1_800).await;
        app.booked(id, "09:00", "10:00", 1).await;
        app.book(id, "10:29", "11:00", 1).await.problem(409);
        app.booked(id, "12:00", "13:00", 1).await;
        app.book(id, "11:00", "12:00", 1).await.problem(409);
        app.booked(id, "10:30", "11:30", 1).await;
        app.patch(&format!("/hardware/{id}"), json!({ "buffer_s": 0 })).await.expect(200);
        app.book(id, "13:29", "14:00", 1).await.problem(409);
        app.booked(id, "13:30", "14:00", 1).await;
        app.booked(id, "14:00", "15:00", 1).await;
    }

    async fn a_claim_of_400_days_is_seen_by_an_hour_in_its_middle(app) {
        let id = app.rig("rig", 1, 0).await;
        let long = json!({ "starts_at": "2026-01-01T00:00Z", "ends_at": "2027-02-05T00:00Z", "lines": [{ "hardware": id }] });
        app.post("/reservations", long).await.expect(201);
        app.book(id, "09:00", "10:00", 1).await.problem(409);
        assert_eq!(app.free(id, "09:00", "10:00").await, 0);
    }

    async fn a_basket_is_booked_in_full_or_not_at_all(app) {
        let (a, b) = (app.rig("a", 2, 0).await, app.rig("b", 1, 0).await);
        app.booked(b, "09:00", "10:00", 1).await;
        let refused = app.post("/reservations", basket(&[(a, 1), (b, 1)], "09:30", "10:30")).await.problem(409);
        assert_eq!(refused["type"], "urn:toolcrib:problem:not-free");
        assert_eq!(refused["lines"].as_array().unwrap().len(), 1);
        assert_eq!(refused["lines"][0]["hardware"], b);
        assert_eq!(app.free(a, "09:30", "10:30").await, 2);
        assert_eq!(app.number("SELECT COUNT(*) FROM claim").await, 1);
        assert_eq!(app.number("SELECT COUNT(*) FROM reservation").await, 1);
        app.post("/reservations", basket(&[(b, 1), (a, 1)], "10:00", "11:00")).await.expect(201);
        assert_eq!(app.free(a, "10:00", "11:00").await, 1);
    }

    async fn the_same_hardware_twice_in_a_basket_counts_together(app) {
        let id = app.rig("rig", 3, 0).await;
        let refused = app.post("/reservations", basket(&[(id, 2), (id, 2)], "09:00", "10:00")).await.problem(409);
        assert_eq!((&refused["lines"][0]["requested"], &refused["lines"][0]["free"]), (&json!(4), &json!(3)));
        let booked = app.post("/reservations", basket(&[(id, 2), (id, 1)], "09:00", "10:00")).await.expect(201).json();
        assert_eq!(booked["lines"][0]["qty"], 3);
    }

    async fn a_refusal_says_how_much_who_and_when_instead(app) {
        let id = app.rig("rig", 2, 0).await;
        let mut other = wish(id, "14:00", "15:00", 1);
        other["user"] = json!("bob");
        let other = app.post("/reservations", other).await.expect(201).json()["id"].clone();
        let refused = app.book(id, "13:30", "15:30", 2).await.problem(409);
        let line = &refused["lines"][0];
        assert_eq!((&line["requested"], &line["free"], &line["capacity"]), (&json!(2), &json!(1), &json!(2)));
        assert_eq!(line["blocked"], json!([{ "from": clock("14:00"), "to": clock("15:00"), "free": 1 }]));
        let claim = json!({ "reservation": other, "task": null, "from": clock("14:00"), "to": clock("15:00"), "qty": 1, "user": "bob" });
        assert_eq!(line["claims"], json!([claim]));
        let expected = [("15:00", "17:00"), ("12:00", "14:00"), ("17:00", "19:00")];
        assert_eq!(alternatives(&refused), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    async fn what_a_refusal_offers_is_never_refused(app) {
        let (a, b) = (app.rig("a", 2, 600).await, app.rig("b", 1, 1_800).await);
        for (id, from, to, qty) in [(a, "13:00", "14:00", 1), (b, "13:30", "15:00", 1), (a, "16:00", "17:30", 2)] {
            app.booked(id, from, to, qty).await;
        }
        let refused = app.post("/reservations", basket(&[(a, 2), (b, 1)], "13:30", "14:30")).await.problem(409);
        assert_eq!(refused["alternatives"].as_array().unwrap().len(), 3);
        for offer in refused["alternatives"].as_array().unwrap() {
            let mut body = basket(&[(a, 2), (b, 1)], "00:00", "00:00");
            body["starts_at"] = offer["starts_at"].clone();
            body["ends_at"] = offer["ends_at"].clone();
            app.post("/reservations", body).await.expect(201);
        }
    }

    async fn more_than_there_is_has_no_other_time(app) {
        let id = app.rig("rig", 2, 0).await;
        let refused = app.book(id, "13:00", "14:00", 3).await.problem(409);
        assert_eq!((&refused["alternatives"], &refused["lines"][0]["claims"]), (&json!([]), &json!([])));
    }

    async fn a_dry_run_says_the_same_and_writes_nothing(app) {
        let id = app.rig("rig", 1, 0).await;
        let events = app.number("SELECT COUNT(*) FROM event").await;
        let dry = app.post("/reservations?dry_run=true", wish(id, "13:00", "14:00", 1)).await.expect(200).json();
        assert_eq!((&dry["id"], &dry["state"]), (&json!(0), &json!("confirmed")));
        for table in ["reservation", "reservation_line", "claim", "idempotency_key"] {
            assert_eq!(app.number(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        assert_eq!(app.number("SELECT COUNT(*) FROM event").await, events);
        app.booked(id, "13:00", "14:00", 1).await;
        app.post("/reservations?dry_run=true", wish(id, "13:00", "14:00", 1)).await.problem(409);
    }

    async fn what_cannot_be_read_is_400_and_what_cannot_be_is_422(app) {
        let id = app.rig("rig", 1, 0).await;
        let with = |member: &str, value: Value| {
            let mut body = wish(id, "13:00", "14:00", 1);
            body[member] = value;
            body
        };
        for (member, value, field) in [
            ("starts_at", json!("soon"), "starts_at"),
            ("starts_at", json!(5), "starts_at"),
            ("lines", json!([{ "hardware": "x" }]), "lines[0].hardware"),
            ("lines", json!([{ "hardware": id, "qty": 1.5 }]), "lines[0].qty"),
            ("typo", json!(1), "typo"),
        ] {
            assert_eq!(app.post("/reservations", with(member, value)).await.wrong_fields(400), [field], "{member}");
        }
        for (member, value, field) in [
            ("ends_at", json!(clock("13:00")), "ends_at"),
            ("ends_at", json!("2037-06-11T00:00Z"), "ends_at"),
            ("tz", json!("Mars/Olympus"), "tz"),
            ("user", json!("x".repeat(201)), "user"),
            ("purpose", json!("x".repeat(1_001)), "purpose"),
            ("lines", json!([]), "lines"),
            ("lines", json!([{ "hardware": id, "qty": 0 }]), "lines[0].qty"),
            ("lines", json!([{ "hardware": id }, { "hardware": id + 7 }]), "lines[1].hardware"),
            ("lines", json!([{ "hardware": -1 }]), "lines[0].hardware"),
        ] {
            assert_eq!(app.post("/reservations", with(member, value)).await.wrong_fields(422), [field], "{member}");
        }
        assert_eq!(app.number("SELECT COUNT(*) FROM reservation").await, 0);
        assert_eq!(capacity_of(&app, id).await["version"], 1);
    }

    async fn an_archived_hardware_takes_no_bookings(app) {
        let id = app.rig("rig", 1, 0).await;
        app.delete(&format!("/hardware/{id}")).await.expect(204);
        assert_eq!(app.book(id, "13:00", "14:00", 1).await.wrong_fields(422), ["lines[0].hardware"]);
    }

    async fn wall_clock_times_are_the_hardwares(app) {
        let id = app.add(json!({ "provider": "Lab", "name": "rig", "tz": "America/New_York" })).await;
        let body = |from: &str, to: &str| json!({ "starts_at": from, "ends_at": to, "lines": [{ "hardware": id }] });
        let booked = app.post("/reservations", body("2026-06-11T09:00", "2026-06-11T10:00")).await.expect(201).json();
        assert_eq!(booked["starts_at"], clock("13:00"));
        let gap = body("2026-03-08T02:30", "2026-03-08T04:00");
        assert_eq!(app.post("/reservations", gap).await.wrong_fields(422), ["starts_at"]);
        let fold = app.post("/reservations", body("2026-11-01T01:30", "2026-11-01T03:00")).await.expect(201).json();
        assert_eq!(fold["starts_at"], "2026-11-01T05:30:00Z");
        let mut named = body("2026-06-12T09:00", "2026-06-12T10:00");
        named["tz"] = json!("Europe/Berlin");
        assert_eq!(app.post("/reservations", named).await.expect(201).json()["starts_at"], "2026-06-12T07:00:00Z");
    }

    async fn a_booking_never_changes_the_catalogues_row(app) {
        let id = app.rig("rig", 1, 0).await;
        let before = capacity_of(&app, id).await;
        app.booked(id, "13:00", "14:00", 1).await;
        assert_eq!(capacity_of(&app, id).await, before);
    }
}
