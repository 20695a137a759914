//! Kept answers, seen from outside: ten thousand at once, two replicas on one database, and a database that goes away.

use reqwest::Method;
use tokio::task::JoinSet;

use crate::harness::{Answer, Service, Settings, Toolcrib, wait::until, web::client_without_keep_alive};

const CALLERS: usize = 10_000;
/// Callers who are on their way at once: each holds a connection here and one there.
const AT_ONCE: usize = 1_000;

/// A counter of `/metrics`.
async fn counted(service: &Service, name: &str) -> u64 {
    let told = service.get("/metrics").await.is(200).body;
    let line = told.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0");
    line.trim().parse().unwrap_or_else(|error| panic!("{error}: {line}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_who_ask_at_once_make_one_computation() {
    let toolcrib = Toolcrib::start_with(Settings::default().with("RATE_LIMIT__PER_SECOND", 0)).await;
    let settings = toolcrib.hardware.settings.clone().with("HARDWARE_CACHE_TTL", "1m");
    let kept = Service::ready("hardware", settings).await;
    let url = format!("{}/hardware?limit=20", kept.url);
    let (client, mut callers, mut answers) = (client_without_keep_alive(), JoinSet::new(), Vec::new());
    for caller in 0..CALLERS {
        let request = client.get(&url);
        callers.spawn(Answer::of(request));
        if caller >= AT_ONCE {
            answers.push(callers.join_next().await.unwrap().unwrap().unwrap());
        }
    }
    answers.extend(callers.join_all().await.into_iter().map(Result::unwrap));
    assert_eq!(answers.len(), CALLERS);
    let first = answers.pop().unwrap().is(200).body;
    assert!(first.contains("H16mr"), "{first}");
    assert!(answers.into_iter().all(|answer| answer.is(200).body == first), "all get the same");
    assert_eq!(counted(&kept, "hardware_availability_computations_total").await, 1);
}

#[tokio::test]
async fn a_replica_sees_what_another_one_books_and_a_visitor_his_own() {
    let toolcrib = Toolcrib::start().await;
    let settings = toolcrib.hardware.settings.clone().with("HARDWARE_CACHE_TTL", "1m");
    let other = Service::ready("hardware", settings).await;
    let window = "?from=2030-01-08T09:00:00Z&to=2030-01-08T12:00:00Z&limit=1";
    let path = format!("/hardware{window}");
    let free = async || other.get(&path).await.is(200).json()[0]["free"].as_i64().unwrap();
    let before = free().await;
    let booking = serde_json::json!({
        "starts_at": "2030-01-08T09:00:00Z", "ends_at": "2030-01-08T12:00:00Z", "lines": [{ "hardware": 1 }]
    });
    toolcrib.hardware.post("/reservations", &booking).await.is(201);
    let fresh = other.request(Method::GET, &path).header("cache-control", "no-cache");
    assert_eq!(Answer::of(fresh).await.unwrap().json()[0]["free"], before - 1, "whoever insists");
    until("the change to be seen by everybody", async || (free().await == before - 1).then_some(())).await;
}
