//! What a request costs MySQL, counted by MySQL itself.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use sqlx::MySqlConnection;
use tokio::task::JoinSet;

use super::scene::{self, Notes, is_of};
use crate::harness::{Answer, Service, mysql::Server, ports};

const REQUESTS: u64 = 1_000;

async fn counters(root: &mut MySqlConnection) -> BTreeMap<String, u64> {
    // As text: a prepared statement would be counted among those of the service.
    let rows: Vec<sqlx::mysql::MySqlRow> =
        sqlx::raw_sql("SHOW GLOBAL STATUS WHERE Variable_name LIKE 'Com\\_%' OR Variable_name = 'Questions'")
            .fetch_all(root)
            .await
            .unwrap();
    let pair = |row: &sqlx::mysql::MySqlRow| {
        use sqlx::Row;
        (row.get::<String, _>(0), row.get::<String, _>(1).parse().unwrap())
    };
    rows.iter().map(pair).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_reads_cost_their_statements_and_nothing_else() {
    let server = Server::start(ports::free()).await;
    let hardware = scene::service(server.account("12345").await.settings()).await;
    let ids = scene::rows(&hardware, 10).await;
    let mut root = server.root().await;
    // All connections that it takes are there, and nothing is prepared anew, after this.
    let hardware = Arc::new(hardware);
    for _ in 0..5 {
        let ask =
            |id: i64, hardware: Arc<Service>| async move { hardware.get(&format!("/hardware/{id}")).await };
        let asked: JoinSet<Answer> = ids.iter().map(|id| ask(*id, hardware.clone())).collect();
        assert!(asked.join_all().await.iter().all(|answer| answer.status == 200));
    }

    let started = Instant::now();
    let (counted, before) = (hardware.metric("db_statements_total{").await, counters(&mut root).await);
    for id in ids.iter().cycle().take(usize::try_from(REQUESTS).unwrap()) {
        assert!(is_of(&hardware.get(&format!("/hardware/{id}")).await.is(200), *id));
    }
    let (after, told) = (counters(&mut root).await, hardware.metric("db_statements_total{").await - counted);
    // Once a second the service looks whether the database is there.
    let looks = started.elapsed().as_secs() + 2;
    let grown = |name: &str| after[name] - before[name];

    assert!((REQUESTS..=3 * REQUESTS).contains(&told), "{told} statements");
    for name in ["Com_stmt_execute", "Com_select"] {
        assert!((told..=told + looks).contains(&grown(name)), "{name}: {} for {told}", grown(name));
    }
    // What is more are our own two questions.
    assert!((told..=told + looks + 2).contains(&grown("Questions")), "{} for {told}", grown("Questions"));
    for name in ["Com_begin", "Com_commit", "Com_rollback", "Com_set_option", "Com_stmt_reprepare"] {
        assert_eq!(grown(name), 0, "{name}");
    }
    // A look may fall on a connection that rested, which is asked whether it lives and may not know the statement.
    for name in ["Com_admin_commands", "Com_stmt_prepare"] {
        assert!(grown(name) <= looks, "{name}: {}", grown(name));
    }
    let (pings, questions) = (grown("Com_admin_commands"), grown("Questions"));
    eprintln!("{REQUESTS} requests, {told} statements told, {questions} questions counted, {pings} pings");
    server.remove().await;
}
