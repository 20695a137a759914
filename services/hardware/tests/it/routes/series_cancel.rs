//! `POST /reservations/{id}/cancel?scope=rest`.

use reqwest::Method;
use serde_json::json;

use crate::harness::{
    Answer,
    booking::clock,
    on_both,
    series::{days, ids},
};

on_both! {
    async fn this_one_and_every_later_one_is_called_off(app) {
        let id = app.rig("rig", 1, 0).await;
        let made = ids(&app.repeated(id, &clock("13:00"), &clock("14:00"), days(5)).await["created"]);
        let answer = app.act(made[2], "cancel?scope=rest").await.expect(200);
        assert_eq!(answer.header("etag"), Some("\"2\""));
        let got = answer.json();
        assert_eq!((&got["id"], &got["state"], &got["version"]), (&json!(made[2]), &json!("cancelled"), &json!(2)));
        assert_eq!((&got["changed"], &got["unchanged"]), (&json!(made[2..]), &json!([])));
        for (at, id) in made.iter().enumerate() {
            let state = app.reservation(*id).await["state"].clone();
            assert_eq!(state, if at < 2 { "confirmed" } else { "cancelled" });
        }
        assert_eq!(app.number("SELECT COUNT(*) FROM claim").await, 2);
        assert_eq!(app.number("SELECT COUNT(*) FROM event WHERE kind = 'reservation.cancelled'").await, 3);
        assert_eq!(app.violations().await, [] as [&str; 0]);
    }

    async fn twice_is_the_same_as_once(app) {
        let id = app.rig("rig", 1, 0).await;
        let made = ids(&app.repeated(id, &clock("13:00"), &clock("14:00"), days(3)).await["created"]);
        app.act(made[0], "cancel?scope=rest").await.expect(200);
        let events = app.number("SELECT COUNT(*) FROM event").await;
        let again = app.act(made[0], "cancel?scope=rest").await.expect(200).json();
        assert_eq!((&again["state"], &again["version"], &again["changed"]), (&json!("cancelled"), &json!(2), &json!([])));
        assert_eq!(again["unchanged"][2], json!({ "id": made[2], "reason": "is cancelled already" }));
        assert_eq!(app.number("SELECT COUNT(*) FROM event").await, events);
    }

    async fn what_is_out_or_over_is_left_alone_and_told(app) {
        let id = app.rig("rig", 1, 0).await;
        let made = ids(&app.repeated(id, "2026-06-11T11:00Z", "2026-06-11T13:00Z", days(4)).await["created"]);
        app.act(made[0], "checkout").await.expect(200);
        app.act(made[2], "no-show").await.expect(200);
        let got = app.act(made[0], "cancel?scope=rest").await.expect(200).json();
        assert_eq!((&got["state"], &got["changed"]), (&json!("out"), &json!([made[1], made[3]])));
        let left = json!([{ "id": made[0], "reason": "is out" }, { "id": made[2], "reason": "is no_show already" }]);
        assert_eq!(got["unchanged"], left);
        assert_eq!(app.violations().await, [] as [&str; 0]);
    }

    async fn the_version_is_that_of_the_one_that_is_named(app) {
        let id = app.rig("rig", 1, 0).await;
        let made = ids(&app.repeated(id, &clock("13:00"), &clock("14:00"), days(3)).await["created"]);
        app.patch(&format!("/reservations/{}", made[1]), json!({ "user": "ada" })).await.expect(200);
        let cancel = |id: i64, tag: &str| {
            let path = format!("/reservations/{id}/cancel?scope=rest");
            Answer::of(app.request(Method::POST, &path).header("If-Match", tag))
        };
        cancel(made[1], "\"1\"").await.problem(412);
        assert_eq!(app.number("SELECT COUNT(*) FROM claim").await, 3);
        cancel(made[0], "\"1\"").await.expect(200);
        assert_eq!(app.number("SELECT COUNT(*) FROM claim").await, 0);
    }
}
