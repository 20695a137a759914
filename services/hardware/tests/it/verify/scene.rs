//! A little of everything, and the way to spoil it.

use hardware::db::Conn;
use serde_json::json;

use super::NONE;
use crate::harness::{
    TestApp,
    booking::{clock, wish},
    series::days,
};

/// A little of everything, all of it right:
///
/// | what | hardware | claims |
/// |---|---|---|
/// | reservation 1, confirmed, 13:00 to 14:00 | 1 (1 unit, buffer 10 min) | 1 |
/// | reservation 2, out, 12:30 to 14:00, 3 units out and 1 returned | 2 (8 units) | 2, and 3 for what is back |
/// | reservation 3, returned | 2 | 4 |
/// | reservations 4 and 5, cancelled and no show | 2 | |
/// | task 1, open maintenance of 1 unit from 20:00 | 2 | 7 |
/// | task 2, a to-do | | |
/// | task 3, maintenance from 21:00 to 22:00 | 2 | 8 |
/// | reservations 6, 7 and 8 of series 1, on three days before | 2 | 9, 10, 11 |
async fn scene(app: &TestApp) {
    let (rig, pool) = (app.rig("rig", 1, 600).await, app.rig("pool", 8, 0).await);
    let keyed = app.request(reqwest::Method::POST, "/reservations").header("Idempotency-Key", "k1");
    keyed.json(&wish(rig, "13:00", "14:00", 1)).send().await.unwrap().error_for_status().unwrap();
    let out = app.booked(pool, "12:30", "14:00", 4).await;
    app.act(out, "checkout").await.expect(200);
    let part = json!({ "lines": [{ "hardware": pool, "qty": 1 }] });
    app.post(&format!("/reservations/{out}/return"), part).await.expect(200);
    for actions in [&["checkout", "return"][..], &["cancel"], &["no-show"]] {
        let id = app.booked(pool, "12:30", "13:00", 1).await;
        for action in actions {
            app.act(id, action).await.expect(200);
        }
    }
    let maintenance =
        json!({ "title": "x", "text": "x", "hardware": pool, "qty": 1, "starts_at": clock("20:00") });
    app.post("/tasks", maintenance.clone()).await.expect(201);
    app.post("/tasks", json!({ "title": "x", "text": "x" })).await.expect(201);
    let mut closed = maintenance;
    (closed["starts_at"], closed["ends_at"]) = (json!(clock("21:00")), json!(clock("22:00")));
    app.post("/tasks", closed).await.expect(201);
    app.repeated(pool, "2026-06-08T09:00Z", "2026-06-08T10:00Z", days(3)).await;
}

/// Every CHECK of the schema that keeps a violation out.
const CHECKS: &str = "ALTER TABLE claim ALTER CHECK claim_interval NOT ENFORCED, ALTER CHECK claim_qty NOT ENFORCED,
        ALTER CHECK claim_span NOT ENFORCED;
    ALTER TABLE series ALTER CHECK series_every NOT ENFORCED, ALTER CHECK series_wanted NOT ENFORCED;
    ALTER TABLE reservation ALTER CHECK reservation_interval NOT ENFORCED, ALTER CHECK reservation_state NOT ENFORCED;
    ALTER TABLE reservation_line ALTER CHECK reservation_line_qty NOT ENFORCED;
    ALTER TABLE task ALTER CHECK task_qty NOT ENFORCED;
    ALTER TABLE idempotency_key ALTER CHECK idempotency_key_made NOT ENFORCED";

/// Runs SQL past the schema's own checks.
async fn plant(app: &TestApp, sql: &str) {
    let mut tx = app.db.begin().await.unwrap();
    match tx.conn() {
        Conn::MySql(c, _) => {
            let sql = format!("{CHECKS}; SET foreign_key_checks = 0; {sql}; SET foreign_key_checks = 1");
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(c).await.unwrap();
        }
        Conn::Sqlite(c, _) => {
            // Foreign keys can only be put aside between two transactions.
            let off = "COMMIT; PRAGMA foreign_keys = 0; PRAGMA ignore_check_constraints = 1; BEGIN IMMEDIATE";
            sqlx::raw_sql(sqlx::AssertSqlSafe(format!("{off}; {sql}"))).execute(c).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

/// After `sql`, `verify` finds exactly these lines.
pub async fn found(app: &TestApp, sql: &str, lines: &[&str]) {
    scene(app).await;
    assert_eq!(app.violations().await, NONE);
    plant(app, sql).await;
    let got = app.violations().await;
    assert_eq!(got, lines, "{got:#?}");
}
