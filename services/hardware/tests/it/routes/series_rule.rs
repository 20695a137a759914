//! A series is booked by the rule of every booking: as if somebody had sent its occurrences one by one.

use hardware::domain::moment::rfc3339;
use serde_json::{Value, json};

use crate::harness::{TestApp, at, on_both, random::Random, series::ids};

/// Some claims of others on two rigs, and the same on their twins.
async fn others(app: &TestApp, random: &mut Random, rigs: [[i64; 2]; 2]) {
    for _ in 0..30 {
        let from = at("2026-06-12T00:00:00Z") + 900 * random.below(1_200);
        let to = from + 900 * (1 + random.below(40));
        let (which, qty) = (usize::try_from(random.below(2)).unwrap(), 1 + random.below(2));
        let refused: Vec<_> = [rigs[0][which], rigs[1][which]].map(|id| wish(&[(id, qty)], from, to)).into();
        let one = app.post("/reservations", refused[0].clone()).await.status;
        assert_eq!(app.post("/reservations", refused[1].clone()).await.status, one);
    }
}

fn wish(lines: &[(i64, i64)], from: i64, to: i64) -> Value {
    let lines: Vec<_> = lines.iter().map(|(id, qty)| json!({ "hardware": id, "qty": qty })).collect();
    json!({ "starts_at": rfc3339(from), "ends_at": rfc3339(to), "lines": lines })
}

/// Every claim of these rigs, without their ids.
async fn claims(app: &TestApp, rigs: [i64; 2]) -> Vec<String> {
    let mut claims = Vec::new();
    for (which, id) in rigs.into_iter().enumerate() {
        let one = if app.is_mysql() {
            "CONCAT(starts_at, ' ', ends_at, ' ', blocked_until, ' ', span, ' ', qty, ' ', is_out, ' ', forced)"
        } else {
            "starts_at || ' ' || ends_at || ' ' || blocked_until || ' ' || span || ' ' || qty || ' ' || is_out || ' ' || forced"
        };
        let count = app.number(&format!("SELECT COUNT(*) FROM claim WHERE hardware_id = {id}")).await;
        for row in 0..count {
            let sql = format!(
                "SELECT {one} FROM claim WHERE hardware_id = {id} ORDER BY starts_at, qty, ends_at, blocked_until LIMIT 1 OFFSET {row}"
            );
            claims.push(format!("{which}: {}", app.text(&sql).await));
        }
    }
    claims
}

on_both! {
    async fn a_series_is_the_same_as_its_bookings_one_by_one(app) {
        let (mut random, mut told) = (Random(24), [0, 0]);
        let mut rigs = [[0, 0]; 2];
        for (side, rigs) in rigs.iter_mut().enumerate() {
            *rigs = [app.rig(&format!("a{side}"), 3, 1_800).await, app.rig(&format!("b{side}"), 2, 0).await];
        }
        others(&app, &mut random, rigs).await;
        for _ in 0..24 {
            let from = at("2026-06-12T00:00:00Z") + 900 * random.below(900);
            // Some are longer than a day, and so in their own way.
            let length = 900 * (1 + random.below(20) * random.below(8));
            let (every, count) = (random.one_of(&["day", "week"]), 1 + random.below(6));
            let (qty, fail) = (1 + random.below(2), random.below(3) == 0);
            let lines = |side: [i64; 2]| [(side[0], qty), (side[1], 1)];
            let mut body = wish(&lines(rigs[0]), from, from + length);
            body["tz"] = json!("UTC");
            body["repeat"] = json!({ "every": every, "count": count, "on_conflict": if fail { "fail" } else { "skip" } });
            let got = app.post("/reservations", body).await;
            let mut made = Vec::new();
            for i in 0..count {
                let from = from + i * if every == "day" { 86_400 } else { 604_800 };
                let one = app.post("/reservations", wish(&lines(rigs[1]), from, from + length)).await;
                made.extend((one.status == 201).then(|| one.json()["id"].as_i64().unwrap()));
            }
            let all = i64::try_from(made.len()).unwrap() == count;
            if (fail && !all) || made.is_empty() {
                got.problem(409);
                for id in made {
                    app.act(id, "cancel").await.expect(200);
                }
                told[1] += 1;
            } else {
                assert_eq!(ids(&got.expect(201).json()["created"]).len(), made.len());
                told[0] += 1;
            }
        }
        assert!(told[0] > 3 && told[1] > 3, "{told:?}");
        assert_eq!(claims(&app, rigs[0]).await, claims(&app, rigs[1]).await);
        assert_eq!(app.violations().await, [] as [&str; 0]);
    }
}
