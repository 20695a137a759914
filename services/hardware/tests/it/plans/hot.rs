//! A hot item: very many claims to come on one hardware. What is asked of an hour, and the search for a free time, must
//! not go through them.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use hardware::{db::Conn, domain::span, store};
use sqlx::{AssertSqlSafe, MySqlConnection, Row};

use super::{filled, of_one};
use crate::harness::{TestApp, at, booking::clock, on_both};

const COLUMNS: &str = "hardware_id, starts_at, ends_at, blocked_until, qty, span";
/// Claims to come on hardware 1.
const CLAIMS: i64 = 20_000;
/// What a look at an hour, or at the next 100 claims, may touch of them.
const FEW: u64 = 1_000;
/// Steps of SQLite's machine for each row it touches, roughly.
const STEPS_A_ROW: u64 = 30;

async fn busy_for_months(app: &TestApp) {
    for i in 0..5 {
        app.rig(&format!("rig {i}"), 50, 0).await;
    }
    let noon = at(&clock("12:00"));
    let claim = |i: i64| {
        let (from, length) = (noon + i * 360, [900, 3_600, 7_200, 86_400][usize::try_from(i % 4).unwrap()]);
        let hardware = if i % 50 == 0 { 2 + i % 3 } else { 1 };
        format!(
            "({hardware}, {from}, {to}, {to}, 1, {span})",
            to = from + length,
            span = span::of_length(length)
        )
    };
    for chunk in (0..CLAIMS).collect::<Vec<_>>().chunks(5_000) {
        let claims: Vec<_> = chunk.iter().map(|i| claim(*i)).collect();
        app.execute(format!("INSERT INTO claim ({COLUMNS}) VALUES {}", claims.join(","))).await;
    }
}

/// Rows that this connection has touched so far.
async fn rows_read(c: &mut MySqlConnection) -> u64 {
    let lines: Vec<(String, String)> =
        sqlx::query_as("SHOW SESSION STATUS LIKE 'Handler_read%'").fetch_all(c).await.unwrap();
    lines.iter().map(|(_, count)| count.parse::<u64>().unwrap()).sum()
}

/// Runs a statement; how many rows came, and about how many were touched for them.
async fn touched(app: &TestApp, name: &str, text: impl Fn(&str) -> String) -> (usize, u64) {
    let statement = store::statements().into_iter().find(|s| s.name == name).unwrap();
    let mut lease = app.db.read().await.unwrap();
    match lease.conn() {
        Conn::MySql(c, _) => {
            // To ask costs rows too.
            let (first, before) = (rows_read(&mut *c).await, rows_read(&mut *c).await);
            let rows = sqlx::query(AssertSqlSafe(text(statement.mysql))).fetch_all(&mut *c).await.unwrap();
            (rows.len(), (rows_read(&mut *c).await - before) - (before - first))
        }
        Conn::Sqlite(c, _) => {
            let (steps, counted) = (Arc::new(AtomicU64::new(0)), 100);
            let counter = steps.clone();
            c.lock_handle().await.unwrap().set_progress_handler(counted, move || {
                counter.fetch_add(1, Ordering::Relaxed);
                true
            });
            let rows = sqlx::query(AssertSqlSafe(text(statement.sqlite))).fetch_all(&mut *c).await.unwrap();
            c.lock_handle().await.unwrap().remove_progress_handler();
            // One row has all of them.
            let all: Vec<[i64; 6]> = serde_json::from_str(rows[0].get(0)).unwrap();
            (all.len(), steps.load(Ordering::Relaxed) * counted.unsigned_abs() as u64 / STEPS_A_ROW)
        }
    }
}

on_both! {
    async fn an_hour_of_a_hot_item_is_found_among_its_claims_to_come(app) {
        busy_for_months(&app).await;
        let now = at(&clock("12:00"));
        for from in [now, now + 40 * 86_400, now + 80 * 86_400] {
            let values = of_one(1, from, from + 3_600, now);
            let (rows, touched) = touched(&app, "claims_of_one", |sql| filled(sql, &values)).await;
            assert!((5..400).contains(&rows), "{rows}");
            assert!(touched < FEW, "{touched} rows touched for {rows}");
        }
    }

    async fn the_search_reads_on_in_order_and_not_to_the_end(app) {
        busy_for_months(&app).await;
        let now = at(&clock("12:00"));
        let at = now + 40 * 86_400;
        for (name, size) in [("claims_later_1", 1), ("claims_later_10", 10), ("claims_earlier_1", 1), ("claims_earlier_10", 10)] {
            let hardware = [1, 2, 5].into_iter().chain(std::iter::repeat(0)).take(size);
            let values: Vec<_> = hardware.flat_map(|id| [id, at, 100]).collect();
            let (rows, touched) = touched(&app, name, |sql| filled(sql, &values)).await;
            assert!((100..=200).contains(&rows), "{name}: {rows}");
            assert!(touched < FEW, "{name}: {touched} rows touched for {rows}");
        }
    }

    async fn what_starts_up_to_a_time_is_read_and_no_more(app) {
        busy_for_months(&app).await;
        let at = at(&clock("12:00")) + 40 * 86_400;
        for (name, size) in [("claims_starting_of_10", 10), ("claims_starting_of_50", 50)] {
            let starting = |until, most| {
                let hardware = [1, 2, 5].into_iter().chain(std::iter::repeat(0)).take(size);
                hardware.chain([at, until, most]).collect::<Vec<_>>()
            };
            // 240 a day, until the time or until there are too many.
            for (values, expected) in [(starting(at + 43_200, 9_999), 110..=125), (starting(i64::MAX - 1, 100), 100..=100)] {
                let (rows, touched) = touched(&app, name, |sql| filled(sql, &values)).await;
                assert!(expected.contains(&rows), "{name}: {rows}");
                assert!(touched < FEW, "{name}: {touched} rows touched for {rows}");
            }
        }
    }

    async fn a_page_is_found_among_what_was_and_what_comes(app) {
        busy_for_months(&app).await;
        let (first, last) = (at(&clock("12:00")), at(&clock("12:00")) + CLAIMS * 360);
        // All is to come; all is past but one that lasts.
        let endless = format!("(3, {first}, {to}, {to}, 1, 27)", to = last * 2);
        // And on hardware that is not on the page, many that were written by hand.
        let by_hand = (0..4_000).map(|i| (first - i * 7_200, first - i * 7_200 + 900));
        let by_hand: Vec<_> = by_hand.map(|(from, to)| format!("(6, {from}, {to}, {to}, 1, 27)")).collect();
        app.rig("rig 6", 1, 0).await;
        app.execute(format!("INSERT INTO claim ({COLUMNS}) VALUES {endless}, {}", by_hand.join(","))).await;
        app.execute(if app.is_mysql() { "ANALYZE TABLE claim" } else { "ANALYZE" }.to_owned()).await;
        for now in [first, last + 50 * 86_400] {
            let windows = [(now + 3_600, now + 7_200), (now, now + 1)];
            for (name, windows) in [("claims_of_50", &windows[..1]), ("claims_of_50_and_now", &windows)] {
                let values = super::page(50, windows, now);
                let (rows, touched) = touched(&app, name, |sql| filled(sql, &values)).await;
                assert!((1..400).contains(&rows), "{name}: {rows}");
                assert!(touched < FEW, "{name}: {touched} rows touched for {rows}");
            }
        }
        for access in super::plan(&app, "claims_of_50", &super::page(50, &[(first, first + 3_600)], first)).await {
            let by_index = ["claim_start", "claim_fleet", "claim_item", "claim_overdue", "SCAN lasting", "SCAN (", "<derived", "COMPOUND", "UNION", "<union", "LEFT-MOST", "CO-ROUTINE"];
            assert!(by_index.iter().any(|how| access.how.contains(how)), "{access:?}");
        }
    }
}
