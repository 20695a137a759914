//! One blueprint, any customer: the same binary greets as its configuration says.

use std::fs;

use serde_json::json;

use crate::harness::{Service, Settings, run};

/// A migrated service on SQLite with further settings.
async fn serving(settings: &[(&str, &str)]) -> (Service, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut all = Settings::sqlite(folder.path());
    for (key, value) in settings {
        all = all.with(key, value);
    }
    run(&["migrate"], &all).await.ok();
    (Service::ready("hardware", all).await, folder)
}

#[tokio::test]
async fn the_three_customers_that_everybody_knows_are_greeted() {
    for (name, greeting) in [("A", "Hi!"), ("B", "Dear Sir or Madam!"), ("C", "Moin!")] {
        let (hardware, _folder) = serving(&[("CUSTOMER_NAME", name)]).await;
        assert_eq!(hardware.get("/").await.is(200).json(), json!({ "response": greeting }), "{name}");
    }
}

#[tokio::test]
async fn nobody_else_is_and_the_service_is_healthy_all_the_same() {
    for settings in [
        &[][..],
        &[("CUSTOMER_NAME", "")],
        &[("CUSTOMER_NAME", "X")],
        &[("CUSTOMER_NAME", "a")],
        &[("CUSTOMER_NAME", " A")],
        &[("CUSTOMER_NAME", "A ")],
        &[("CUSTOMER_NAME", "AA")],
        &[("CUSTOMER_GREETING", "Hi!")],
    ] {
        let (hardware, _folder) = serving(settings).await;
        let problem = hardware.get("/").await.is(404).json();
        assert!(
            problem["detail"].as_str().unwrap().contains("customer is unknown"),
            "{settings:?}: {problem}"
        );
        hardware.get("/health").await.is(200);
        hardware.get("/hardware").await.is(200);
    }
}

#[tokio::test]
async fn a_greeting_from_the_configuration_wins_and_makes_a_customer_known() {
    let (known, _folder) = serving(&[("CUSTOMER_NAME", "C"), ("CUSTOMER_GREETING", "Servus!")]).await;
    assert_eq!(known.get("/").await.is(200).json()["response"], "Servus!");
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(
        file.path(),
        "[customer]\nname = \"Köln Labs\"\ngreeting = \"Tach!\"\ntz = \"Europe/Berlin\"\n",
    )
    .unwrap();
    let (new, _folder) = serving(&[("CONFIG_FILE", file.path().to_str().unwrap())]).await;
    assert_eq!(new.get("/").await.is(200).json()["response"], "Tach!");
}

#[tokio::test]
async fn the_salutation_needs_no_database_and_takes_only_a_question() {
    let nowhere = Settings::default().with("DATABASE_URL", "mysql://nobody:x@127.0.0.1:9/none");
    let mut hardware = Service::start("hardware", nowhere.with("CUSTOMER_NAME", "C"));
    hardware.becomes_unready("").await;
    assert_eq!(hardware.get("/").await.is(200).json()["response"], "Moin!");
    hardware.get("/hardware").await.is(503);
    let refused = hardware.post("/", &json!({})).await.is(405);
    assert_eq!(refused.headers["allow"], "GET, HEAD");
}
