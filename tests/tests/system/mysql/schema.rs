//! The schema behind what the binary knows, and how it is brought up to date.

use crate::{
    harness::{Service, mysql::shared, run, toolcrib::repository},
    main_job::{rows, sample},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_that_is_behind_is_told_and_the_service_turns_ready_after_migrate() {
    let settings = shared().await.account("12345").await.settings();
    let mut hardware = Service::start("hardware", settings.clone());
    let migrations = repository().join("services/hardware/migrations/mysql").read_dir().unwrap().count();
    let told = format!("schema behind by {migrations}: run `hardware migrate`");
    let told = told.as_str();
    crate::harness::wait::until("the line", async || hardware.told().contains(told).then_some(())).await;
    hardware.becomes_unready(told).await;
    hardware.get("/hardware").await.is(503);

    assert_eq!(run(&["migrate", "--check"], &settings).await.code, Some(1));
    run(&["migrate"], &settings).await.ok();
    hardware.becomes_ready().await;
    run(&["seed"], &settings).await.ok();
    assert_eq!(rows(&hardware.get("/hardware").await.is(200).json()), sample());
    assert_eq!(hardware.told().matches(told).count(), 1, "{}", hardware.told());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrating_twice_and_two_at_once_is_harmless() {
    let settings = shared().await.account("12345").await.settings();
    let migrate = ["migrate"];
    let (one, two) = tokio::join!(run(&migrate, &settings), run(&migrate, &settings));
    one.ok();
    two.ok();
    run(&migrate, &settings).await.ok();
    run(&["migrate", "--check"], &settings).await.ok();
    for _ in 0..2 {
        run(&["seed"], &settings).await.ok();
    }
    let hardware = Service::ready("hardware", settings).await;
    assert_eq!(rows(&hardware.get("/hardware").await.is(200).json()), sample());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serve_migrates_by_itself_when_it_is_told_to_also_as_one_of_two() {
    let settings = shared().await.account("12345").await.settings().with("DATABASE__MIGRATE", "always");
    let mut one = Service::start("hardware", settings.clone());
    let mut two = Service::start("hardware", settings);
    one.becomes_ready().await;
    two.becomes_ready().await;
    one.get("/hardware").await.is(200).has("[]");
    two.get("/hardware").await.is(200).has("[]");
}
