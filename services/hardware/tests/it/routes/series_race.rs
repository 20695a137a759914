//! Several at once at the same hardware: no capacity is exceeded, and where only one can have it, one does.

use std::sync::Arc;

use serde_json::json;

use crate::harness::{
    at_once_with,
    booking::clock,
    on_both,
    series::{days, days_or_skip, ids, series},
};

const NONE: [&str; 0] = [];

on_both! {
    async fn of_series_that_overlap_exactly_one_is_booked(app) {
        let id = app.rig("rig", 1, 0).await;
        let app = Arc::new(app);
        let statuses = at_once_with(&app, 8, move |app, i| async move {
            // Each meets each other somewhere, and no two are the same.
            let from = format!("2026-06-{}T13:00:00Z", 12 + i);
            let to = format!("2026-06-{}T14:00:00Z", 12 + i);
            app.post("/reservations", series(id, &from, &to, days(20))).await.status.as_u16()
        }).await;
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 7, "{statuses:?}");
        assert_eq!(app.number("SELECT COUNT(*) FROM claim").await, 20);
        assert_eq!(app.violations().await, NONE);
    }

    async fn what_several_leave_each_other_is_all_there_is(app) {
        let (a, b) = (app.rig("a", 2, 0).await, app.rig("b", 2, 0).await);
        let app = Arc::new(app);
        let made = at_once_with(&app, 6, move |app, i| async move {
            let mut body = series(a, &clock("13:00"), &clock("14:00"), days_or_skip(10));
            body["lines"] = if i % 2 == 0 { json!([{ "hardware": a }, { "hardware": b }]) } else { json!([{ "hardware": b }, { "hardware": a }]) };
            let answer = app.post("/reservations", body).await;
            if answer.status == 201 { ids(&answer.json()["created"]).len() } else { answer.problem(409); 0 }
        }).await;
        assert_eq!(made.iter().sum::<usize>(), 20, "{made:?}");
        assert_eq!(app.violations().await, NONE);
    }

    async fn moving_and_calling_off_beside_each_other_keep_every_promise(app) {
        let id = app.rig("rig", 3, 0).await;
        let mut all = Vec::new();
        for _ in 0..3 {
            all.push(ids(&app.repeated(id, &clock("13:00"), &clock("14:00"), days(6)).await["created"]));
        }
        let app = Arc::new(app);
        let done = at_once_with(&app, 9, move |app, i| {
            let made = all[i % 3].clone();
            async move {
                for round in 0..4_usize {
                    let which = made[(i + round) % 6];
                    let status = match i / 3 {
                        0 => app.change_rest(which, json!({ "purpose": format!("{i} {round}"), "lines": [{ "hardware": id, "qty": 1 + round % 2 }] })).await.status,
                        1 => app.patch(&format!("/reservations/{which}"), json!({ "ends_at": format!("2026-06-{}T18:00:00Z", 11 + (i + round) % 6) })).await.status,
                        _ if round == 3 => app.act(made[4], "cancel?scope=rest").await.status,
                        _ => app.change_rest(which, json!({ "user": format!("{i} {round}") })).await.status,
                    };
                    assert!([200, 409, 422].contains(&status.as_u16()), "{status}");
                }
            }
        }).await;
        assert_eq!(done.len(), 9);
        assert_eq!(app.number("SELECT COUNT(*) FROM reservation WHERE state = 'cancelled'").await, 6);
        assert_eq!(app.violations().await, NONE);
    }

    async fn a_series_sent_many_times_with_one_key_is_booked_once(app) {
        let id = app.rig("rig", 20, 0).await;
        let app = Arc::new(app);
        let bodies = at_once_with(&app, 10, move |app, _| async move {
            let request = app.request(reqwest::Method::POST, "/reservations").header("Idempotency-Key", "k");
            let answer = crate::harness::Answer::of(request.json(&series(id, &clock("13:00"), &clock("14:00"), days(3)))).await;
            answer.expect(201).body
        }).await;
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(app.number("SELECT COUNT(*) FROM reservation").await, 3);
    }
}
