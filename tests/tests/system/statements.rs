//! What a page of the list costs, counted by the running service itself.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Settings, Toolcrib};

/// Statements so far, all names together.
async fn statements(toolcrib: &Toolcrib) -> u64 {
    let metrics = toolcrib.hardware.get("/metrics").await.is(200).body;
    let lines = metrics.lines().filter(|line| line.starts_with("db_statements_total{"));
    // Looked at beside the answers, twice a second.
    let lines = lines.filter(|line| !line.contains("event_head"));
    lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

#[tokio::test]
async fn a_page_of_the_list_costs_three_statements_and_one_more_for_what_fits_elsewhere() {
    let toolcrib = Toolcrib::start_with(Settings::default().with("HARDWARE_CACHE_TTL", "0")).await;
    let rows: String = (0..260).map(|i| format!("Lab B2,rig {i},{}\n", 1 + i % 4)).collect();
    let upload =
        toolcrib.hardware.request(Method::POST, "/hardware/import").header("content-type", "text/csv");
    Answer::of(upload.body(format!("provider,name,capacity\n{rows}"))).await.unwrap().is(200);
    // Not everything fits: when those are free next is one more question, for all of them.
    // Behind the two sample rows.
    let lines: Vec<_> = (3..=17).map(|id| json!({ "hardware": id, "qty": 1 + (id - 3) % 4 })).collect();
    let (from, to) = ("2030-01-07T09:00:00Z", "2030-01-08T09:00:00Z");
    let booking = json!({ "starts_at": from, "ends_at": to, "lines": lines });
    let booking = toolcrib.hardware.request(Method::POST, "/reservations").json(&booking);
    Answer::of(booking).await.unwrap().is(201);
    let next = toolcrib.hardware.get("/hardware?limit=20").await.is(200);
    let link = next.headers["link"].to_str().unwrap().to_owned();
    let second = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
    for (path, most) in [
        ("/hardware", 3),
        ("/hardware?limit=20", 3),
        ("/hardware?limit=1000", 3),
        ("/hardware?free_only=true&limit=20", 3),
        // The fleet's claims over this window do not tell what is free now on the page.
        ("/hardware?free_only=true&qty=2&from=2030-01-07T09:00:00Z&to=2030-01-09T09:00:00Z", 4),
        ("/hardware?q=rig&limit=7", 3),
        ("/hardware?ids=3,4,5", 3),
        ("/hardware?from=2030-01-07T09:00:00Z&to=2030-01-09T09:00:00Z", 3),
        ("/hardware?q=rig&limit=7&from=2030-01-07T09:00:00Z&to=2030-01-09T09:00:00Z", 3),
        (&second, 3),
    ] {
        let before = statements(&toolcrib).await;
        toolcrib.hardware.get(path).await.is(200);
        let spent = statements(&toolcrib).await - before;
        assert!((1..=most).contains(&spent), "{path}: {spent} statements");
    }
}
