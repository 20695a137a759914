//! Everything that the service says of availability against an oracle that is simple and slow: it reads the rows and
//! looks at every five minutes, which all boundaries in these worlds are multiples of.

mod brute;
mod world;

use chrono_tz::Tz;
use hardware::domain::moment::rfc3339;
use serde_json::{Value, json};

use self::{brute::Oracle, world::World};
use crate::harness::{TestApp, at, on_both};

/// Questions of each kind, put to each world.
const QUESTIONS: usize = 20;
const SEEDS: [u64; 2] = [20_261_121, 7];

/// RFC 3339 of each start of an answer.
fn told(windows: &Value) -> Vec<i64> {
    windows.as_array().unwrap().iter().map(|window| at(window["starts_at"].as_str().unwrap())).collect()
}

/// `free`, `fits` and all else of the list, and what `free_only` leaves.
async fn list(app: &TestApp, world: &mut World, oracle: &Oracle) {
    let ((from, to), qty) = (world.any_window(), world.random.below(4) + 1);
    let window = format!("from={}&to={}&qty={qty}", rfc3339(from), rfc3339(to));
    let rows = app.get(&format!("/hardware?{window}")).await.expect(200).json();
    for row in rows.as_array().unwrap() {
        let of = oracle.of(row["id"].as_i64().unwrap());
        let peak = of.peak(from, to);
        let next = of.next(from, to - from, qty);
        let expected = json!({
            "free": (of.capacity - peak).max(0), "overcommitted": (peak - of.capacity).max(0),
            "free_now": (of.capacity - of.peak(oracle.now_s, oracle.now_s + 1)).max(0),
            "fits": of.fits(from, to - from, qty), "next_free_at": next.map(rfc3339),
        });
        for (member, value) in expected.as_object().unwrap() {
            assert_eq!(&row[member], value, "{}: {member} of {row} over {window}", world.name);
        }
    }
    let fitting: Vec<_> =
        rows.as_array().unwrap().iter().filter(|row| row["fits"] == true).cloned().collect();
    let free_only = app.get(&format!("/hardware?{window}&free_only=true")).await.expect(200).json();
    assert_eq!(free_only, Value::Array(fitting), "{}: {window}", world.name);
}

/// The earliest common starts; each may be booked.
async fn next(app: &TestApp, world: &mut World, oracle: &Oracle) {
    let (lines, (after, to)) = (world.lines(), world.window());
    let (length, count) = (to - after, 1 + world.random.below(5));
    let hardware = lines.iter().map(|(id, qty)| format!("{id}:{qty}")).collect::<Vec<_>>().join(",");
    let query = format!("hardware={hardware}&duration=PT{length}S&after={}&count={count}", rfc3339(after));
    let got = app.get(&format!("/availability/next?{query}")).await.expect(200).json();
    let expected = oracle.starts(&lines, after, length, usize::try_from(count).unwrap());
    assert_eq!(told(&got["starts"]), expected, "{}: {query}", world.name);
    for start in expected.into_iter().take(1) {
        dry_run(app, &lines, start, length).await.expect(200);
    }
}

/// Exact steps of both endpoints, and both grains.
async fn steps(app: &TestApp, world: &mut World, oracle: &Oracle) {
    let (from, to) = world.any_window();
    let window = format!("from={}&to={}", rfc3339(from), rfc3339(to));
    let exact = app.get(&format!("/availability?ids=1,2,3,4,5&{window}")).await.expect(200).json();
    for row in exact.as_array().unwrap() {
        let of = oracle.of(row["hardware"].as_i64().unwrap());
        let own = app.get(&format!("/hardware/{}/availability?{window}", row["hardware"])).await.expect(200);
        assert_eq!(own.json()["steps"], row["steps"], "{}: {window}", world.name);
        assert_eq!(row["steps"], of.steps(from, to, |slot| slot), "{}: {window}", world.name);
        assert_eq!(row["min_free"], (of.capacity - of.peak(from, to)).max(0), "{}: {window}", world.name);
    }
    let zone = world.random.one_of(&[Tz::UTC, Tz::America__New_York, Tz::Asia__Kathmandu]);
    for grain in ["hour", "day"] {
        let query = format!("ids=1,3&{window}&tz={zone}&grain={grain}");
        let coarse = app.get(&format!("/availability?{query}")).await.expect(200).json();
        for row in coarse.as_array().unwrap() {
            let of = oracle.of(row["hardware"].as_i64().unwrap());
            let expected = of.steps(from, to, |slot| brute::cell(slot, zone, grain));
            assert_eq!(row["steps"], expected, "{}: {query}", world.name);
        }
    }
}

/// May it be booked; and if not, when instead.
async fn write_check(app: &TestApp, world: &mut World, oracle: &Oracle) {
    let (lines, (from, to)) = (world.lines(), world.window());
    let answer = dry_run(app, &lines, from, to - from).await;
    if oracle.fits(&lines, from, to - from) {
        answer.expect(200);
        return;
    }
    let refused = answer.problem(409);
    let expected = oracle.alternatives(&lines, from, to - from);
    assert_eq!(told(&refused["alternatives"]), expected, "{}: {lines:?} {from} {to}", world.name);
    for line in refused["lines"].as_array().unwrap() {
        let (of, qty) = (oracle.of(line["hardware"].as_i64().unwrap()), line["requested"].as_i64().unwrap());
        assert!(!of.fits(from, to - from, qty), "{}: {line}", world.name);
        let claims: Vec<_> =
            line["claims"].as_array().unwrap().iter().map(|c| at(c["from"].as_str().unwrap())).collect();
        assert!(claims.is_sorted() && claims.len() <= 20, "{}: {line}", world.name);
    }
}

async fn dry_run(app: &TestApp, lines: &[(i64, i64)], from: i64, length: i64) -> crate::harness::Answer {
    let lines: Value = lines.iter().map(|(id, qty)| json!({ "hardware": id, "qty": qty })).collect();
    let body = json!({ "starts_at": rfc3339(from), "ends_at": rfc3339(from + length), "lines": lines });
    app.post("/reservations?dry_run=true", body).await
}

on_both! {
    async fn every_answer_is_what_looking_at_every_five_minutes_says(app) {
        for (round, seed) in SEEDS.into_iter().enumerate() {
            let mut world = World::new(seed, round);
            world.live(&app).await;
            let oracle = Oracle::read(&app, world.now_s).await;
            oracle.has_everything();
            for _ in 0..QUESTIONS {
                list(&app, &mut world, &oracle).await;
                next(&app, &mut world, &oracle).await;
                steps(&app, &mut world, &oracle).await;
                write_check(&app, &mut world, &oracle).await;
            }
        }
    }
}
