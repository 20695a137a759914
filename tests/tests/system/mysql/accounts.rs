//! Ways to name the database and its user. Each ends with the sample rows in the API.

use std::fs;

use serde_json::json;

use crate::{
    harness::{
        Service, Settings,
        mysql::{Account, shared},
        run,
        toolcrib::portal_of,
        wait::until,
    },
    main_job::{rows, sample},
};

/// Migrates, seeds and serves with these settings.
async fn works_end_to_end(settings: Settings) -> Service {
    run(&["migrate"], &settings).await.ok();
    run(&["seed"], &settings).await.ok();
    let hardware = Service::ready("hardware", settings).await;
    assert_eq!(rows(&hardware.get("/hardware").await.is(200).json()), sample());
    hardware
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_looks_like_a_number_works_and_the_portal_shows_the_rows() {
    let account = shared().await.account("12345").await;
    let hardware = works_end_to_end(account.settings()).await;
    let portal = portal_of(&hardware, Settings::default()).await;
    portal.get("/").await.is(200).has(">c5</a>").has(">H16mr</a>");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_looks_like_a_truth_value_works() {
    let account = shared().await.account("true").await;
    works_end_to_end(account.settings()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_comes_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    fs::write(&file, "0012345\n").unwrap();
    let account = shared().await.account("0012345").await;
    let settings = account.settings().without("MYSQL_PASSWORD");
    works_end_to_end(settings.with("MYSQL_PASSWORD_FILE", file.display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_url_is_enough_and_wins() {
    let account = shared().await.account("12345").await;
    let nowhere = Account::not_yet_at(1).settings();
    works_end_to_end(nowhere.with("DATABASE_URL", account.url())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_link_is_encrypted_without_being_asked_to_be() {
    let server = shared().await;
    let account = server.account("12345").await;
    server.execute(&[format!("ALTER USER {}@'%' REQUIRE SSL", account.name)]).await;
    works_end_to_end(account.settings()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_inserted_by_hand_with_provider_and_name_only_appears() {
    let server = shared().await;
    let account = server.account("12345").await;
    let hardware = works_end_to_end(account.settings()).await;
    let table = format!("{}.hardware", account.name);
    let insert = format!("INSERT INTO {table} (provider, name) VALUES ('NASA Ames', 'iPSC/860')");
    server.execute(&[insert]).await;
    // A row without an event is seen as soon as somebody looks how far the catalogue has come.
    let list = until("the row to be listed", async || {
        let list = hardware.get("/hardware").await.is(200).json();
        (rows(&list).len() == 3).then_some(list)
    })
    .await;
    assert_eq!(rows(&list)[2], ("NASA Ames".to_owned(), "iPSC/860".to_owned()));
    assert_eq!((&list[2]["availability"], &list[2]["capacity"]), (&json!("HIGH"), &json!(1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_real_list_is_imported_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = crate::harness::toolcrib::instance_types(folder.path());
    let settings = shared().await.account("12345").await.settings();
    run(&["migrate"], &settings).await.ok();
    for (created, unchanged) in [(1363, 0), (0, 1363)] {
        let told = run(&["import", "hardware", file.to_str().unwrap()], &settings).await.ok();
        let report = json!({ "created": created, "updated": 0, "unchanged": unchanged, "failed": 0 });
        assert_eq!(told.json(), report);
    }
}
