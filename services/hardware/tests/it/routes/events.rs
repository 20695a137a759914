//! `GET /events`.

use serde_json::{Value, json};

use crate::harness::{TestApp, at_once, booking::wish, on_both};

fn seqs(list: &Value) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|row| row["seq"].as_i64().unwrap()).collect()
}

/// Everything after `seq`, three at a time.
async fn followed(app: &TestApp, mut seq: i64) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let page = app.get(&format!("/events?after={seq}&limit=3")).await.expect(200).json();
        let Some(last) = seqs(&page).pop() else { return all };
        seq = last;
        all.extend(page.as_array().unwrap().clone());
    }
}

on_both! {
    async fn changes_are_told_in_order_and_once(app) {
        assert_eq!(app.get("/events").await.expect(200).json(), json!([]));
        let id = app.rig("rig", 1, 0).await;
        let mut body = wish(id, "13:00", "14:00", 1);
        body["user"] = json!("ada");
        let reservation = app.post("/reservations", body).await.expect(201).json()["id"].as_i64().unwrap();
        app.patch(&format!("/reservations/{reservation}"), json!({ "user": "bob" })).await.expect(200);
        app.act(reservation, "cancel").await.expect(200);
        app.delete(&format!("/hardware/{id}")).await.expect(204);
        let all = followed(&app, 0).await;
        let kinds: Vec<_> = all.iter().map(|e| e["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["hardware.created", "reservation.created", "reservation.updated", "reservation.cancelled", "hardware.archived"]);
        assert_eq!(all[1]["subject"], format!("reservation/{reservation}"));
        assert_eq!((&all[1]["actor"], &all[1]["at"]), (&json!("anonymous"), &json!("2026-06-11T12:00:00Z")));
        assert_eq!(all[1]["data"]["lines"][0]["qty"], 1);
        assert_eq!(all[2]["data"], json!({ "user": { "from": "ada", "to": "bob" } }));
    }

    async fn what_imports_did_is_told_at_once_with_every_member_in_its_place(app) {
        let rows: String = (0..10).map(|i| format!("Lab,rig {i},{i}\n")).collect();
        app.import("", format!("provider,name,capacity\n{rows}")).await.expect(200);
        app.rig("rig 10", 1, 0).await;
        let all = followed(&app, 0).await;
        let told: Vec<_> = all.iter().map(|event| event["data"]["name"].as_str().unwrap()).collect();
        assert_eq!(told, (0..=10).map(|i| format!("rig {i}")).collect::<Vec<_>>(), "or a reader waits at a gap");
        let members = |event: &Value| event["data"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(members(&all[0]), members(&all[10]));
    }

    async fn what_is_refused_is_not_told(app) {
        let id = app.rig("rig", 1, 0).await;
        app.booked(id, "13:00", "14:00", 1).await;
        let last = *seqs(&app.get("/events").await.json()).last().unwrap();
        app.book(id, "13:00", "14:00", 1).await.problem(409);
        app.post("/reservations?dry_run=true", wish(id, "15:00", "16:00", 1)).await.expect(200);
        assert_eq!(app.get(&format!("/events?after={last}")).await.expect(200).json(), json!([]));
    }

    async fn what_cannot_be_asked_is_named(app) {
        assert_eq!(app.get("/events?after=x").await.wrong_fields(400), ["after"]);
        assert_eq!(app.get("/events?limit=1001").await.wrong_fields(422), ["limit"]);
        assert_eq!(app.get("/events?after=-5").await.expect(200).json(), json!([]));
    }

    async fn a_reader_beside_many_writers_loses_none(app) {
        let mut ids = Vec::new();
        for i in 0..8 {
            ids.push(app.rig(&format!("rig {i}"), 1, 0).await);
        }
        let before = *seqs(&app.get("/events").await.json()).last().unwrap();
        let read = at_once(app, 9, move |app, i| {
            let ids = ids.clone();
            async move {
                let Some(id) = ids.get(i) else {
                    // The reader: until all 80 bookings are there.
                    let mut got: Vec<i64> = Vec::new();
                    while got.len() < 80 {
                        let after = got.last().copied().unwrap_or(before);
                        got.extend(seqs(&app.get(&format!("/events?after={after}&limit=7")).await.expect(200).json()));
                    }
                    return got;
                };
                for hour in 0..10 {
                    let (from, to) = (format!("{hour:02}:00"), format!("{hour:02}:30"));
                    app.booked(*id, &from, &to, 1).await;
                }
                Vec::new()
            }
        })
        .await;
        let got = read.into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(got.len(), 80);
        assert!(got.is_sorted());
    }
}
