//! A service with rows that say which they are.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Service, Settings, run, wait::until};

/// Answers that are kept would ask no database, and the limits on one client are not the matter here.
fn unlimited(settings: Settings) -> Settings {
    settings.with("HARDWARE_CACHE_TTL", 0).with("RATE_LIMIT__PER_SECOND", 0)
}

/// A ready service on an empty, migrated schema.
pub async fn service(settings: Settings) -> Service {
    let settings = unlimited(settings);
    run(&["migrate"], &settings).await.ok();
    Service::ready("hardware", settings).await
}

/// Adds `count` rows; their ids.
pub async fn rows(service: &Service, count: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    for number in 0..count {
        let body = json!({ "provider": "Lab", "name": format!("rig {number}") });
        let id = service.post("/hardware", &body).await.is(201).json()["id"].as_i64().unwrap();
        service.patch_note(id).await.is(200);
        ids.push(id);
    }
    ids
}

/// What a row says of itself.
pub fn note(id: i64) -> String {
    format!("this is {id}")
}

/// Whether the answer is the row that was asked for.
pub fn is_of(answer: &Answer, id: i64) -> bool {
    let row = answer.json();
    row["id"] == id && row["description"] == note(id)
}

pub trait Notes {
    /// Writes into a row which it is.
    async fn patch_note(&self, id: i64) -> Answer;

    /// A number of `/metrics`, all of that name together.
    async fn metric(&self, name: &str) -> u64;

    /// Waits until no connection to the database is in use; how many there are.
    async fn all_rest(&self) -> u64;
}

impl Notes for Service {
    async fn patch_note(&self, id: i64) -> Answer {
        let request = self.request(Method::PATCH, &format!("/hardware/{id}"));
        Answer::of(request.json(&json!({ "description": note(id) }))).await.unwrap()
    }

    async fn metric(&self, name: &str) -> u64 {
        let metrics = self.get("/metrics").await.is(200).body;
        let lines = metrics.lines().filter_map(|line| line.strip_prefix(name));
        lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
    }

    async fn all_rest(&self) -> u64 {
        until("all connections to rest", async || {
            let open = self.metric("db_pool_connections{state=\"open\"}").await;
            let idle = self.metric("db_pool_connections{state=\"idle\"}").await;
            (open == idle).then_some(open)
        })
        .await
    }
}
