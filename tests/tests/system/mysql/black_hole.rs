//! The way to the database swallows all that is sent on it, as when a machine or a network is lost. Nobody is told that
//! a connection is gone; what is lost must not be waited for longer than a statement may take.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::Executor;
use system_tests::tcp_proxy::TcpProxy;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use super::scene::{self, Notes, is_of};
use crate::harness::{Answer, Service, mysql::shared, wait::until};

/// A statement that writes may take 15 s.
const WRITE: Duration = Duration::from_secs(18);
/// One that finds a row by its key 5 s, after 2 s for a connection; and the readiness is looked at every second.
const READ: Duration = Duration::from_secs(9);

async fn timed(answer: impl Future<Output = Answer>) -> (Answer, Duration) {
    let asked = Instant::now();
    (answer.await, asked.elapsed())
}

async fn get(hardware: Arc<Service>, id: i64) -> (Answer, Duration) {
    timed(hardware.get(&format!("/hardware/{id}"))).await
}

async fn patch(hardware: Arc<Service>, id: i64) -> (Answer, Duration) {
    timed(hardware.patch_note(id)).await
}

#[track_caller]
fn are_refused(answers: &[(Answer, Duration)], within: Duration) -> Duration {
    for (answer, took) in answers {
        assert_eq!(answer.status.as_u16(), 503, "{}", answer.body);
        assert!(answer.headers.contains_key("retry-after"));
        assert!(*took < within, "{took:?}");
    }
    answers.iter().map(|(_, took)| *took).max().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_under_way_is_given_up_and_new_connections_serve_at_once() {
    let server = shared().await;
    let account = server.account("12345").await;
    let proxy = TcpProxy::of(&server.host, server.port).await;
    let settings = account.settings().with("MYSQL_HOST", "127.0.0.1").with("MYSQL_PORT", proxy.port);
    let hardware = Arc::new(scene::service(settings).await);
    let ids = scene::rows(&hardware, 20).await;
    // Both pools are full, and their connections fresh.
    let reads: JoinSet<_> = (0..40).map(|turn| get(hardware.clone(), ids[turn % 20])).collect();
    assert!(reads.join_all().await.iter().all(|(answer, _)| answer.status == 200));

    // A write that waits for a lock is in the middle of its statement.
    let mut root = server.root().await;
    let lock = format!("BEGIN; SELECT id FROM {}.hardware WHERE id = {} FOR UPDATE", account.name, ids[0]);
    root.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(lock))).await.unwrap();
    let writes: JoinSet<_> = (0..4).map(|_| patch(hardware.clone(), ids[0])).collect();
    sleep(Duration::from_millis(300)).await;
    proxy.swallow();
    let swallowed = Instant::now();
    let reads: JoinSet<_> = (0..40).map(|turn| get(hardware.clone(), ids[turn % 20])).collect();
    sleep(Duration::from_secs(1)).await;
    proxy.heal();
    root.execute("ROLLBACK").await.unwrap();

    let healed = Instant::now();
    until("a row to be read", async || {
        let path = format!("/hardware/{}", ids[3]);
        let answer = timeout(READ, hardware.get(&path)).await.unwrap();
        (answer.status == 200).then(|| assert!(is_of(&answer, ids[3])))
    })
    .await;
    let read_again = healed.elapsed();
    assert!(read_again < READ, "{read_again:?}");
    let longest_read = are_refused(&reads.join_all().await, READ);
    // Others' locks are not the matter: a row that nobody has.
    until("a row to be written", async || {
        let answer = hardware.patch_note(ids[5]).await;
        (answer.status == 200).then(|| assert!(is_of(&answer, ids[5])))
    })
    .await;
    let written_again = healed.elapsed();
    let longest_write = are_refused(&writes.join_all().await, WRITE);
    assert!(swallowed.elapsed() < WRITE, "{:?}", swallowed.elapsed());
    hardware.all_rest().await;
    for id in &ids[1..] {
        assert!(is_of(&hardware.get(&format!("/hardware/{id}")).await.is(200), *id));
    }
    eprintln!(
        "read again after {read_again:?}, written after {written_again:?}; 503 within {longest_read:?}, {longest_write:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hole_while_nobody_asks_costs_the_next_one_little() {
    let server = shared().await;
    let account = server.account("12345").await;
    let proxy = TcpProxy::of(&server.host, server.port).await;
    let settings = account.settings().with("MYSQL_HOST", "127.0.0.1").with("MYSQL_PORT", proxy.port);
    let hardware = Arc::new(scene::service(settings).await);
    let ids = scene::rows(&hardware, 10).await;
    let writes: JoinSet<_> = ids.iter().map(|id| patch(hardware.clone(), *id)).collect();
    assert!(writes.join_all().await.iter().all(|(answer, _)| answer.status == 200));
    sleep(Duration::from_millis(1_500)).await;
    proxy.swallow();
    proxy.heal();
    // Ten connections that were lost in their sleep are not asked one after the other.
    let healed = Instant::now();
    until("a row to be written", async || {
        let answer = hardware.patch_note(ids[0]).await;
        (answer.status == 200).then(|| assert!(is_of(&answer, ids[0])))
    })
    .await;
    assert!(healed.elapsed() < READ, "{:?}", healed.elapsed());
    hardware.all_rest().await;
    eprintln!("written again after {:?}", healed.elapsed());
}
