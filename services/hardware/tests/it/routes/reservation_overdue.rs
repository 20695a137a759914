//! Overdue: units that are out past their end.

use serde_json::json;

use crate::harness::{
    TestApp, at,
    booking::{clock, wish},
    on_both,
};

/// A rig of `capacity` whose only booking, of `qty`, was due at 13:00 and is still out at 15:00.
async fn overdue(app: &TestApp, capacity: i64, qty: i64) -> (i64, i64) {
    let id = app.rig("rig", capacity, 0).await;
    let reservation = app.booked(id, "11:00", "13:00", qty).await;
    app.act(reservation, "checkout").await.expect(200);
    app.clock.set(at(&clock("15:00")));
    (id, reservation)
}

/// The body of a booking of `day` June, 12:00 to 13:00.
fn on(day: u32, id: i64) -> serde_json::Value {
    json!({ "starts_at": format!("2026-06-{day}T12:00Z"), "ends_at": format!("2026-06-{day}T13:00Z"), "lines": [{ "hardware": id }] })
}

on_both! {
    async fn overdue_blocks_today_but_not_in_three_days(app) {
        let (id, reservation) = overdue(&app, 1, 1).await;
        assert_eq!(app.reservation(reservation).await["overdue"], true);
        let refused = app.book(id, "16:00", "17:00", 1).await.problem(409);
        assert_eq!(refused["lines"][0]["claims"][0]["reservation"], reservation);
        assert_eq!(refused["lines"][0]["claims"][0]["to"], "2026-06-12T15:00:00Z");
        app.post("/reservations", on(12, id)).await.problem(409);
        app.post("/reservations", on(14, id)).await.expect(201);
        let row = &app.get("/hardware").await.expect(200).json()[0];
        assert_eq!((&row["free"], &row["free_now"], &row["next_free_at"]), (&json!(0), &json!(0), &json!("2026-06-12T15:00:00Z")));
        assert_eq!(app.free(id, "12:00", "16:00").await, 0);
    }

    async fn the_next_one_is_at_risk_and_cannot_be_handed_out(app) {
        let id = app.rig("rig", 1, 0).await;
        let late = app.booked(id, "11:00", "13:00", 1).await;
        let next = app.booked(id, "16:00", "17:00", 1).await;
        let later = app.post("/reservations", on(14, id)).await.expect(201).json()["id"].as_i64().unwrap();
        app.act(late, "checkout").await.expect(200);
        app.clock.set(at(&clock("15:00")));
        assert_eq!((&app.reservation(next).await["at_risk"], &app.reservation(later).await["at_risk"]), (&json!(true), &json!(false)));
        let list = app.get("/reservations").await.expect(200).json();
        assert_eq!(list.as_array().unwrap().iter().map(|r| r["at_risk"].as_bool().unwrap()).collect::<Vec<_>>(), [false, true, false]);
        let steps = app.get(&format!("/hardware/{id}/availability?from={}&to={}", clock("15:00"), clock("18:00"))).await.expect(200).json();
        assert_eq!(steps["steps"].as_array().unwrap().iter().map(|s| s["overcommitted"].as_i64().unwrap()).collect::<Vec<_>>(), [0, 1, 0]);
        app.act(next, "checkout").await.problem(409);
        app.act(late, "return").await.expect(200);
        assert_eq!(app.reservation(next).await["at_risk"], false);
        app.act(next, "checkout").await.expect(200);
    }

    async fn a_late_return_ends_the_claim_now(app) {
        let (id, reservation) = overdue(&app, 1, 1).await;
        app.act(reservation, "return").await.expect(200);
        assert_eq!((app.free(id, "13:00", "15:00").await, app.free(id, "15:00", "16:00").await), (0, 1));
        assert_eq!(app.number("SELECT CAST(SUM(forced) AS SIGNED) FROM claim").await, 0);
        app.booked(id, "15:00", "16:00", 1).await;
    }

    async fn a_late_return_over_somebody_elses_time_is_marked(app) {
        let id = app.rig("rig", 1, 0).await;
        let late = app.booked(id, "11:00", "13:00", 1).await;
        app.booked(id, "14:00", "16:00", 1).await;
        app.act(late, "checkout").await.expect(200);
        app.clock.set(at(&clock("15:00")));
        app.act(late, "return").await.expect(200);
        assert_eq!(app.number(&format!("SELECT forced FROM claim WHERE reservation_id = {late}")).await, 1);
        let steps = app.get(&format!("/hardware/{id}/availability?from={}&to={}", clock("14:00"), clock("15:00"))).await.expect(200).json();
        assert_eq!(steps["steps"][0]["overcommitted"], 1);
    }

    async fn what_is_overdue_can_be_extended_where_nobody_is_in_the_way(app) {
        let (id, reservation) = overdue(&app, 1, 1).await;
        app.patch(&format!("/reservations/{reservation}"), json!({ "ends_at": clock("18:00") })).await.expect(200);
        assert_eq!(app.reservation(reservation).await["overdue"], false);
        app.booked(id, "18:00", "19:00", 1).await;
        app.patch(&format!("/reservations/{reservation}"), json!({ "ends_at": clock("18:30") })).await.problem(409);
    }

    async fn part_of_it_back_leaves_the_rest_overdue(app) {
        let (id, reservation) = overdue(&app, 3, 3).await;
        let lines = json!({ "lines": [{ "hardware": id, "qty": 2 }] });
        app.post(&format!("/reservations/{reservation}/return"), lines).await.expect(200);
        assert_eq!(app.free(id, "15:00", "20:00").await, 2);
        app.post("/reservations", wish(id, "16:00", "17:00", 3)).await.problem(409);
        app.post("/reservations", wish(id, "16:00", "17:00", 2)).await.expect(201);
    }

    async fn a_hardware_with_overdue_units_is_neither_cut_nor_archived(app) {
        let (id, _) = overdue(&app, 2, 1).await;
        app.delete(&format!("/hardware/{id}")).await.problem(409);
        app.patch(&format!("/hardware/{id}"), json!({ "capacity": 0 })).await.problem(409);
        app.patch(&format!("/hardware/{id}"), json!({ "capacity": 1 })).await.expect(200);
    }
}
