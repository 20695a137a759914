//! The timeline over a real catalogue and a real log: pages of a bounded size, and few questions.

use std::fs;

use serde_json::json;

use crate::harness::{
    Service, Settings, Toolcrib, run,
    toolcrib::{gunzip, instance_types, repository},
};

/// Bytes of a page at most.
const PAGE: usize = 600_000;

/// A machine with 18,064 bookings, and behind it 1,363 instance types.
async fn full() -> Toolcrib {
    let toolcrib = Toolcrib::start_with(Settings::patient().with("RATE_LIMIT__PER_SECOND", 0)).await;
    let machine = json!({ "provider": "NASA Ames", "name": "iPSC/860", "capacity": 128 });
    let id = toolcrib.hardware.post("/hardware", &machine).await.is(201).json()["id"].to_string();
    toolcrib.import(&instance_types(toolcrib.folder.path())).await.ok();
    let jobs = toolcrib.folder.path().join("jobs.csv");
    let packed = fs::read(repository().join("tests/data/nasa-ipsc-1993-jobs.csv.gz")).unwrap();
    fs::write(&jobs, gunzip(&packed)).unwrap();
    let import = ["import", "reservations", jobs.to_str().unwrap(), "--hardware", &id];
    let imported = run(&import, &toolcrib.hardware.settings).await.ok();
    assert_eq!(imported.json()["accepted"], 18_064);
    toolcrib
}

/// Requests that a service has answered, apart from those of probes and of this one.
async fn asked(service: &Service) -> u64 {
    let told = service.get("/metrics").await.is(200).body;
    let counted = told.lines().filter(|line| {
        line.starts_with("http_requests_total{")
            && ["/hardware", "/availability", "/reservations", "/tasks"]
                .iter()
                .any(|path| line.contains(&format!("route=\"{path}")))
    });
    counted.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

#[tokio::test]
async fn a_page_of_a_full_catalogue_is_bounded_and_asks_twice() {
    let toolcrib = full().await;
    for path in [
        "/timeline?view=day&date=1993-11-17",
        "/timeline?view=week&date=1993-11-17",
        "/timeline?view=month&date=1993-11-17&qty=64",
        "/timeline?view=month",
    ] {
        let before = asked(&toolcrib.hardware).await;
        let page = toolcrib.portal.get(path).await.is(200).has("<b>1,366</b>").has(">iPSC/860</a>");
        let questions = asked(&toolcrib.hardware).await - before;
        assert!((1..=2).contains(&questions), "{path} asks {questions} times");
        assert!(page.body.len() < PAGE, "{path} has {} bytes", page.body.len());
        assert_eq!(page.body.matches("class=\"tl-name\"><a ").count(), 50, "{path}");
    }
}
