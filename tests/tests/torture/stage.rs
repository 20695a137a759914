//! Two processes of the service on one database.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use system_tests::{Answer, Service, Settings, command::Finished, run};

use crate::{checker::Hardware, database::Database};

pub struct Stage {
    pub database: Database,
    pub services: [Service; 2],
    settings: Settings,
}

impl Stage {
    /// Both of them ready; `binary` is `hardware`, or what pretends to be it.
    pub async fn set(database: Database, binary: &'static str) -> Self {
        let settings = database.settings().with("RATE_LIMIT__PER_SECOND", 0).with("RUST_LOG", "warn");
        run(&["migrate"], &settings).await.ok();
        let mut services = [(); 2].map(|()| Service::start(binary, settings.clone()));
        for service in &mut services {
            service.becomes_ready().await;
        }
        Self { database, services, settings }
    }

    pub fn urls(&self) -> Vec<String> {
        self.services.iter().map(|service| service.url.clone()).collect()
    }

    /// Adds a hardware; its id.
    pub async fn add(&self, name: &str, hardware: Hardware) -> i64 {
        let Hardware { capacity, buffer } = hardware;
        let body = json!({ "provider": "Lab", "name": name, "capacity": capacity, "buffer_s": buffer });
        self.services[0].post("/hardware", &body).await.is(201).json()["id"].as_i64().unwrap()
    }

    /// Everything that GET gives, page by page.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            let page = self.services[1].get(&path).await.is(200);
            all.extend(page.json().as_array().unwrap().iter().cloned());
            next = next_page(&page);
        }
        all
    }

    pub async fn reservations(&self) -> Vec<Value> {
        self.all("/reservations?limit=500").await
    }

    /// Reservations that have a line of any of these, each once.
    pub async fn reservations_of(&self, hardware: &BTreeSet<i64>) -> Vec<Value> {
        let mut found = BTreeMap::new();
        for id in hardware {
            let listed = self.all(&format!("/reservations?limit=500&hardware={id}")).await;
            found.extend(
                listed.into_iter().map(|reservation| (reservation["id"].as_i64().unwrap(), reservation)),
            );
        }
        found.into_values().collect()
    }

    /// What `hardware verify` finds; nothing, if all is well.
    pub async fn violations(&self) -> Vec<String> {
        let told = self.command(&["verify"]).await;
        if told.code == Some(0) { Vec::new() } else { vec![format!("verify: {told:?}")] }
    }

    /// Runs `hardware ARGUMENTS` on this database, beside the processes.
    pub async fn command(&self, arguments: &[&str]) -> Finished {
        run(arguments, &self.settings).await
    }

    /// What the processes complained about.
    pub fn complaints(&self) -> String {
        let told = self.services.iter().map(Service::told).collect::<Vec<_>>().join("\n");
        let lines: Vec<&str> = told.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

/// The address in `Link: <...>; rel="next"`.
fn next_page(page: &Answer) -> Option<String> {
    let link = page.headers.get("link")?.to_str().unwrap();
    let (address, rest) = link.strip_prefix('<')?.split_once('>')?;
    rest.contains("rel=\"next\"").then(|| address.to_owned())
}
