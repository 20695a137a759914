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

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 86_400;

/// A booking as the list tells it: id, series, start, end.
type Row = (i64, i64, i64, i64);

async fn confirmed(app: &TestApp) -> Vec<Row> {
    let list = app.get("/reservations?limit=1000&state=confirmed").await.expect(200).json();
    let row = |row: &Value| {
        let time = |member: &str| at(row[member].as_str().unwrap());
        (row["id"].as_i64().unwrap(), row["series_id"].as_i64().unwrap(), time("starts_at"), time("ends_at"))
    };
    list.as_array().unwrap().iter().map(row).collect()
}

/// All rows after `named` and what comes behind it got these times; `None` where one would end before it begins.
fn moved(rows: &[Row], named: Row, new: (Option<i64>, Option<i64>)) -> Option<Vec<Row>> {
    let follow = |old: i64, named: i64, new: Option<i64>| match new {
        Some(new) if new != named => {
            (old.div_euclid(DAY_S) + new.div_euclid(DAY_S) - named.div_euclid(DAY_S)) * DAY_S
                + new.rem_euclid(DAY_S)
        }
        _ => old,
    };
    let one = |&(id, series, from, to): &Row| {
        if series != named.1 || (from, id) < (named.2, named.0) {
            return Some((id, series, from, to));
        }
        let (from, to) = (follow(from, named.2, new.0), follow(to, named.3, new.1));
        (from < to).then_some((id, series, from, to))
    };
    rows.iter().map(one).collect()
}

/// The most at any hour, looked at one by one.
fn most(rows: &[Row]) -> usize {
    let hours = rows.iter().flat_map(|row| (row.2..row.3).step_by(3_600));
    hours.map(|hour| rows.iter().filter(|row| row.2 <= hour && hour < row.3).count()).max().unwrap_or(0)
}

on_both! {
    // Nothing is over-committed here, so a change is right if and only if all of it fits afterwards.
    async fn the_rest_moves_if_and_only_if_all_of_it_fits_then(app) {
        let (mut random, mut told) = (Random(7), [0; 3]);
        let id = app.rig("rig", 2, 0).await;
        let day = at("2026-06-12T00:00:00Z");
        for series in 0..4 {
            let from = day + HOUR_S * (6 + 4 * series);
            let body = json!({ "every": if series == 3 { "week" } else { "day" }, "count": 6 });
            app.repeated(id, &rfc3339(from), &rfc3339(from + 3 * HOUR_S), body).await;
        }
        for _ in 0..60 {
            let rows = confirmed(&app).await;
            let named = rows[usize::try_from(random.below(i64::try_from(rows.len()).unwrap())).unwrap()];
            let mut times = [named.2, named.3].map(|time| time + HOUR_S * (random.below(13) - 6)).map(Some);
            if random.below(3) == 0 {
                times[usize::try_from(random.below(2)).unwrap()] = None;
            }
            let mut body = json!({});
            for (member, time) in ["starts_at", "ends_at"].into_iter().zip(times) {
                time.into_iter().for_each(|time| body[member] = json!(rfc3339(time)));
            }
            // Some are moved alone, and are then not as far from each other as they were.
            let alone = random.below(4) == 0;
            let path = format!("/reservations/{}?scope={}", named.0, if alone { "one" } else { "rest" });
            let got = app.patch(&path, body).await.status.as_u16();
            let now = confirmed(&app).await;
            if !alone {
                let expected = moved(&rows, named, (times[0], times[1]));
                let (status, mut expected) = match expected {
                    None => (422, rows.clone()),
                    Some(new) if most(&new) > 2 => (409, rows.clone()),
                    Some(new) => (200, new),
                };
                expected.sort_unstable_by_key(|row| (row.2, row.0));
                assert_eq!((got, now), (status, expected));
                told[[200, 409, 422].iter().position(|known| *known == got).unwrap()] += 1;
            }
        }
        assert!(told.iter().all(|times| *times > 2), "{told:?}");
        assert_eq!(app.violations().await, [] as [&str; 0]);
    }
}
