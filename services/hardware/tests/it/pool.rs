//! Connections whose users went away in the middle: nobody gets another's answer, and no lock stays behind.

use std::time::{Duration, Instant};

use hardware::{db::Db, store};
use serde_json::json;
use tokio::{
    task::{JoinSet, yield_now},
    time::{sleep, timeout},
};

use crate::harness::{TestApp, on_both};

/// A lock that nobody wants any more is gone by then.
const PROMPTLY: Duration = Duration::from_secs(2);
/// Takes minutes where nobody stops it.
const ENDLESS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT COUNT(*) FROM n";

async fn rows(app: &TestApp, count: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    for number in 0..count {
        ids.push(app.add(json!({ "provider": "Lab", "name": format!("rig {number}") })).await);
    }
    ids
}

async fn found(db: &Db, id: i64) -> i64 {
    let mut lease = db.read().await.unwrap();
    store::hardware::find(&mut lease.conn(), id).await.unwrap().id
}

/// In a transaction, with the row's lock.
async fn locked(db: &Db, id: i64) -> i64 {
    let mut tx = db.begin().await.unwrap();
    let stocks = store::locks::lock(&mut tx.conn(), [id]).await.unwrap();
    tx.commit().await.unwrap();
    *stocks.keys().next().unwrap()
}

on_both! {
    async fn who_goes_away_in_the_middle_takes_nothing_from_others(app) {
        let ids = rows(&app, 8).await;
        let mut running = JoinSet::new();
        for worker in 0..8_usize {
            let (db, ids) = (app.db.clone(), ids.clone());
            running.spawn(async move {
                for turn in 0..60_u64 {
                    let id = ids[(worker + usize::try_from(turn).unwrap()) % ids.len()];
                    let patience = Duration::from_micros(turn * 37 % 1_500);
                    let _ = timeout(patience, found(&db, id)).await;
                    if turn % 4 == 0 {
                        let _ = timeout(patience, locked(&db, id)).await;
                    }
                    assert_eq!(found(&db, id).await, id);
                }
            });
        }
        running.join_all().await;
        for id in ids {
            assert_eq!(timeout(PROMPTLY, locked(&app.db, id)).await.unwrap(), id);
        }
    }

    async fn a_transaction_that_is_dropped_lets_go_of_its_locks(app) {
        let id = rows(&app, 1).await[0];
        for _ in 0..30 {
            let mut tx = app.db.begin().await.unwrap();
            store::locks::lock(&mut tx.conn(), [id]).await.unwrap();
            drop(tx);
            let asked = Instant::now();
            assert_eq!(locked(&app.db, id).await, id);
            assert!(asked.elapsed() < PROMPTLY, "{:?}", asked.elapsed());
        }
    }

    async fn a_change_is_counted_also_where_nobody_waits_for_its_commit(app) {
        let before = app.db.changes();
        let tx = app.db.begin().await.unwrap();
        let (db, commit) = (app.db.clone(), tokio::spawn(tx.commit()));
        yield_now().await;
        commit.abort();
        let came = commit.await.is_ok();
        sleep(Duration::from_millis(50)).await;
        assert!(db.changes() <= before + 1 && (!came || db.changes() == before + 1));
        let tx = db.begin().await.unwrap();
        let counted = db.changes();
        tx.commit().await.unwrap();
        assert_eq!(db.changes(), counted + 1);
    }
}

/// A statement runs on a thread of its own, which would hold the only write lock until it is done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_statement_of_sqlite_ends_with_who_waits_for_it() {
    use hardware::db::Conn;
    let app = TestApp::sqlite().await;
    let id = rows(&app, 1).await[0];
    for _ in 0..3 {
        let mut tx = app.db.begin().await.unwrap();
        store::locks::lock(&mut tx.conn(), [id]).await.unwrap();
        let endless = async {
            let Conn::Sqlite(c, mark) = tx.conn() else { panic!("not SQLite") };
            mark.guarded(Duration::from_millis(100), sqlx::query(ENDLESS).fetch_one(c)).await
        };
        assert!(endless.await.unwrap_err().to_string().contains("no answer in time"));
        let again = store::locks::lock(&mut tx.conn(), [id]).await;
        assert!(again.unwrap_err().to_string().contains("given up"));
        drop(tx);
        let asked = Instant::now();
        assert_eq!(locked(&app.db, id).await, id);
        assert!(asked.elapsed() < PROMPTLY, "{:?}", asked.elapsed());
    }
}

/// Whoever stops a service, or moves its file, finds all of it in one place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_pool_has_let_go_of_the_file() {
    let app = TestApp::sqlite().await;
    rows(&app, 3).await;
    app.db.close().await;
    assert!(app.db.read().await.is_err() && app.db.begin().await.is_err());
    let files = app.files();
    assert_eq!(files, ["test.db"], "{files:?}");
}
