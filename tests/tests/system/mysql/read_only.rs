//! A primary that was made a replica: it still answers, and takes no writes.

use std::time::Duration;

use serde_json::json;

use super::scene::{self, Notes, is_of};
use crate::harness::{Answer, Service, mysql::Server, ports};

/// Longer than a connection is trusted without being asked.
const REST: Duration = Duration::from_millis(1_200);

async fn add(hardware: &Service, name: &str) -> Answer {
    hardware.post("/hardware", &json!({ "provider": "Lab", "name": name })).await
}

async fn writes_are_refused_and_reads_go_on(hardware: &Service, id: i64) {
    for path in ["a", "b", "c"] {
        let refused = add(hardware, path).await.is(503);
        assert!(refused.headers.contains_key("retry-after"));
        assert_eq!(refused.media_type(), "application/problem+json");
        assert!(is_of(&hardware.get(&format!("/hardware/{id}")).await.is(200), id));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demoted_primary_is_left_and_a_promoted_one_found_at_once() {
    let server = Server::start(ports::free()).await;
    let account = server.account("12345").await;
    let hardware = scene::service(account.settings()).await;
    let id = scene::rows(&hardware, 3).await[1];
    for round in 0..3 {
        server.execute(&["SET GLOBAL read_only = 1".to_owned()]).await;
        writes_are_refused_and_reads_go_on(&hardware, id).await;
        tokio::time::sleep(REST).await;
        writes_are_refused_and_reads_go_on(&hardware, id).await;
        server.execute(&["SET GLOBAL read_only = 0".to_owned()]).await;
        // The first one already.
        add(&hardware, &format!("after {round}")).await.is(201);
        assert!(is_of(&hardware.patch_note(id).await.is(200), id));
    }
    hardware.get("/readyz").await.is(200);
    hardware.all_rest().await;
    server.remove().await;
}
