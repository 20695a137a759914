//! The database away: at the start, and while serving. The service comes back by itself.

use crate::{
    harness::{
        Answer, Service, Settings,
        mysql::{Account, Server},
        ports, run,
        toolcrib::portal_of,
        wait::until,
    },
    main_job::{rows, sample},
};

async fn becomes(service: &Service, path: &str, status: u16) -> Answer {
    until(&format!("{path} to be {status}"), async || {
        Some(service.get(path).await).filter(|answer| answer.status == status)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_comes_after_the_service_is_found() {
    let port = ports::free();
    let account = Account::not_yet_at(port);
    let mut hardware = Service::start("hardware", account.settings());
    hardware.becomes_unready("MySQL at 127.0.0.1").await;
    until("the first line", async || hardware.told().contains("refuses connections").then_some(())).await;

    let server = Server::start(port).await;
    server.admit(&account).await;
    until("the schema to be missed", async || hardware.told().contains("schema behind").then_some(())).await;
    run(&["migrate"], &account.settings()).await.ok();
    hardware.becomes_ready().await;
    hardware.get("/hardware").await.is(200).has("[]");
    server.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_hangs_while_serving_is_a_503_and_comes_back() {
    let server = Server::start(ports::free()).await;
    let settings = server.account("12345").await.settings();
    run(&["migrate"], &settings).await.ok();
    run(&["seed"], &settings).await.ok();
    let mut hardware = Service::ready("hardware", settings).await;
    let portal = portal_of(&hardware, Settings::default()).await;
    portal.get("/").await.is(200);

    server.hang();
    let problem = hardware.get("/hardware").await.is(503);
    assert_eq!(problem.media_type(), "application/problem+json");
    hardware.becomes_unready("does not answer").await;
    hardware.get("/health").await.is(200);
    portal.get("/").await.is(503).has("We cannot reach the catalogue right now").has("<b>c5</b>");
    portal.get("/readyz").await.is(200);

    server.go_on();
    hardware.becomes_ready().await;
    assert_eq!(rows(&becomes(&hardware, "/hardware", 200).await.json()), sample());
    becomes(&portal, "/", 200).await.has(">c5</a>");
    server.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_replaced_while_serving_is_found_again() {
    let port = ports::free();
    let server = Server::start(port).await;
    let account = server.account("12345").await;
    run(&["migrate"], &account.settings()).await.ok();
    let mut hardware = Service::ready("hardware", account.settings()).await;
    hardware.get("/hardware").await.is(200);

    server.remove().await;
    hardware.becomes_unready("").await;
    hardware.get("/hardware").await.is(503);

    let server = Server::start(port).await;
    server.admit(&account).await;
    run(&["migrate"], &account.settings()).await.ok();
    hardware.becomes_ready().await;
    becomes(&hardware, "/hardware", 200).await;
    server.remove().await;
}
