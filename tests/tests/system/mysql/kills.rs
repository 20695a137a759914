//! Errors of one request are not those of the next one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::json;
use sqlx::{Executor, MySqlConnection, Row};
use tokio::{task::JoinSet, time::sleep};

use super::scene::{self, Notes, is_of};
use crate::harness::{Answer, Service, mysql::shared};

const KILLS: usize = 8;
/// After this long nothing is left of a kill.
const RECOVERY: Duration = Duration::from_secs(1);

/// Ends every connection of `user`; how many there were.
async fn kill_all(root: &mut MySqlConnection, user: &str) -> usize {
    let find = format!("SELECT id FROM information_schema.processlist WHERE user = '{user}'");
    let found = root.fetch_all(sqlx::AssertSqlSafe(find)).await.unwrap();
    for row in &found {
        let id: u64 = row.get(0);
        // It may have ended by itself.
        let _ = root.execute(sqlx::AssertSqlSafe(format!("KILL {id}"))).await;
    }
    found.len()
}

/// Asks all the time; when each answer that was not 200 was asked for.
async fn looks(
    hardware: Arc<Service>,
    ids: Arc<Vec<i64>>,
    done: Arc<AtomicBool>,
    first: usize,
) -> Vec<Instant> {
    let mut failed = Vec::new();
    for (turn, id) in ids.iter().cycle().skip(first).enumerate() {
        let asked = Instant::now();
        let answer = match turn % 4 {
            0 => hardware.patch_note(*id).await,
            _ => hardware.get(&format!("/hardware/{id}")).await,
        };
        match answer.status.as_u16() {
            200 => assert!(is_of(&answer, *id), "{id}: {}", answer.body),
            503 => {
                assert!(answer.headers.contains_key("retry-after"));
                failed.push(asked);
            }
            _ => panic!("{}: {}", answer.status, answer.body),
        }
        if done.load(Ordering::Relaxed) {
            break;
        }
    }
    failed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_killed_under_work_are_replaced_within_a_second() {
    let server = shared().await;
    let account = server.account("12345").await;
    let hardware = Arc::new(scene::service(account.settings()).await);
    let ids = Arc::new(scene::rows(&hardware, 16).await);
    let done = Arc::new(AtomicBool::new(false));
    let lookers: JoinSet<Vec<Instant>> =
        (0..8).map(|first| looks(hardware.clone(), ids.clone(), done.clone(), 2 * first)).collect();
    let mut root = server.root().await;
    let (mut kills, mut killed) = (Vec::new(), 0);
    for _ in 0..KILLS {
        sleep(Duration::from_millis(1_300)).await;
        kills.push(Instant::now());
        killed += kill_all(&mut root, &account.name).await;
    }
    sleep(2 * RECOVERY).await;
    done.store(true, Ordering::Relaxed);
    let failed: Vec<Instant> = lookers.join_all().await.into_iter().flatten().collect();
    let late: Vec<_> = failed
        .iter()
        .filter(|at| {
            !kills.iter().any(|kill| at.checked_duration_since(*kill).unwrap_or_default() < RECOVERY)
        })
        .collect();
    assert!(late.is_empty(), "{} of {} failed late", late.len(), failed.len());
    assert!(killed >= KILLS);
    hardware.all_rest().await;
    eprintln!("{killed} connections killed, {} requests were told 503", failed.len());
}

async fn patch(hardware: Arc<Service>, id: i64) -> Answer {
    hardware.patch_note(id).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_rows_and_locks_waited_for_leave_the_connections_as_good_as_new() {
    let server = shared().await;
    let account = server.account("12345").await;
    let hardware = Arc::new(scene::service(account.settings()).await);
    let ids = Arc::new(scene::rows(&hardware, 12).await);

    let twice = |hardware: Arc<Service>| async move {
        let body = json!({ "provider": "Lab", "name": "wanted by all" });
        Answer::of(hardware.request(Method::POST, "/hardware").json(&body)).await.unwrap().status.as_u16()
    };
    let wanted: JoinSet<u16> = (0..100).map(|_| twice(hardware.clone())).collect();
    let mut told = wanted.join_all().await;
    told.sort_unstable();
    assert_eq!((told[0], told[1..].iter().all(|status| *status == 409)), (201, true), "{told:?}");
    for id in ids.iter() {
        assert!(is_of(&hardware.get(&format!("/hardware/{id}")).await.is(200), *id));
    }

    // Longer than a lock is waited for, shorter than the service's patience.
    let mut root = server.root().await;
    let lock = format!("BEGIN; SELECT id FROM {}.hardware WHERE id = {} FOR UPDATE", account.name, ids[0]);
    root.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(lock))).await.unwrap();
    let waiting: JoinSet<Answer> = (0..6).map(|_| patch(hardware.clone(), ids[0])).collect();
    sleep(Duration::from_secs(4)).await;
    // Those who wait take nothing from others.
    assert!(is_of(&hardware.patch_note(ids[1]).await.is(200), ids[1]));
    root.execute("ROLLBACK").await.unwrap();
    for answer in waiting.join_all().await {
        assert!(is_of(&answer.is(200), ids[0]));
    }
    let asked = Instant::now();
    for id in ids.iter() {
        assert!(is_of(&hardware.patch_note(*id).await.is(200), *id));
        assert!(is_of(&hardware.get(&format!("/hardware/{id}")).await.is(200), *id));
    }
    assert!(asked.elapsed() < RECOVERY * 2, "{:?}", asked.elapsed());
    hardware.all_rest().await;
}
