//! `GET /reservations`.

use serde_json::{Value, json};

use crate::harness::{
    TestApp,
    booking::{basket, clock, wish},
    on_both,
};

fn ids(list: &Value) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

async fn listed(app: &TestApp, query: &str) -> Vec<i64> {
    ids(&app.get(&format!("/reservations{query}")).await.expect(200).json())
}

async fn by(app: &TestApp, user: &str, hardware: i64, from: &str, to: &str) -> i64 {
    let mut body = wish(hardware, from, to, 1);
    body["user"] = json!(user);
    app.post("/reservations", body).await.expect(201).json()["id"].as_i64().unwrap()
}

on_both! {
    async fn reservations_are_listed_by_start_and_filtered(app) {
        assert_eq!(app.get("/reservations").await.expect(200).json(), json!([]));
        let (a, b) = (app.rig("a", 9, 0).await, app.rig("b", 9, 0).await);
        let late = by(&app, "ada", a, "15:00", "16:00").await;
        let early = by(&app, "bob", b, "13:00", "14:00").await;
        let both = app.post("/reservations", basket(&[(a, 1), (b, 1)], "14:00", "15:00")).await.expect(201).json()["id"].as_i64().unwrap();
        app.act(early, "cancel").await.expect(200);
        assert_eq!(listed(&app, "").await, [early, both, late]);
        assert_eq!(listed(&app, &format!("?hardware={a}")).await, [both, late]);
        assert_eq!(listed(&app, "?user=ada").await, [late]);
        assert_eq!(listed(&app, "?user=ad").await, [] as [i64; 0]);
        assert_eq!(listed(&app, "?state=confirmed,out").await, [both, late]);
        assert_eq!(listed(&app, "?state=cancelled").await, [early]);
        let over = |from: &str, to: &str| format!("from={}&to={}", clock(from), clock(to));
        assert_eq!(listed(&app, &format!("?{}", over("14:00", "15:00"))).await, [both]);
        assert_eq!(listed(&app, &format!("?{}", over("13:59", "14:01"))).await, [early, both]);
        assert_eq!(listed(&app, &format!("?hardware={b}&{}", over("13:59", "14:01"))).await, [early, both]);
        assert_eq!(listed(&app, &format!("?hardware={b}&from={}", clock("14:00"))).await, [both]);
        assert_eq!(listed(&app, &format!("?hardware={b}&user=bob&state=cancelled&to={}", clock("14:00"))).await, [early]);
    }

    async fn pages_follow_each_other_without_loss(app) {
        let id = app.rig("rig", 20, 0).await;
        let mut expected = Vec::new();
        for i in 0..11 {
            // Several begin at the same second.
            let from = if i % 3 == 0 { "13:00" } else { "13:30" };
            expected.push((from, app.booked(id, from, "14:00", 1).await));
        }
        expected.sort_unstable();
        for query in ["limit=4", &format!("limit=4&hardware={id}"), &format!("limit=4&from={}", clock("12:00"))] {
            let (mut got, mut next) = (Vec::new(), Some(format!("/reservations?{query}")));
            while let Some(path) = next {
                let page = app.get(&path).await.expect(200);
                assert_eq!(page.header("x-total-count"), Some("11"), "{path}");
                got.extend(ids(&page.json()));
                next = page.next();
            }
            assert_eq!(got, expected.iter().map(|(_, id)| *id).collect::<Vec<_>>(), "{query}");
        }
        let cursor = app.get("/reservations?limit=4").await.expect(200).next().unwrap();
        assert_eq!(app.get(&format!("{cursor}&user=x")).await.wrong_fields(400), ["cursor"]);
    }

    async fn what_cannot_be_asked_is_named(app) {
        assert_eq!(app.get("/reservations?state=gone").await.wrong_fields(422), ["state"]);
        assert_eq!(app.get("/reservations?limit=0").await.wrong_fields(422), ["limit"]);
        assert_eq!(app.get(&format!("/reservations?from={0}&to={0}", clock("13:00"))).await.wrong_fields(422), ["to"]);
        assert_eq!(app.get("/reservations?from=soon").await.wrong_fields(400), ["from"]);
        assert_eq!(app.get("/reservations?hardware=x").await.wrong_fields(400), ["hardware"]);
        assert_eq!(app.get("/reservations/x").await.wrong_fields(400), ["id"]);
        app.get("/reservations/1").await.problem(404);
        let allow = app.delete("/reservations/1").await;
        assert_eq!(allow.header("allow"), Some("GET, HEAD, PATCH"));
    }
}
