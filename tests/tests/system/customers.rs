//! One blueprint, any customer: the same binaries greet and look as their configuration says.

use std::fs;

use reqwest::Method;
use serde_json::json;
use tempfile::NamedTempFile;

use crate::harness::{
    Answer, EVIL, Service, Settings, Toolcrib, command::run_binary, run, toolcrib::portal_of,
};

/// What the catalogue says at `/`, and what no page of a portal says to a stranger.
const CATALOGUE: &str = "<h1>What is free?</h1>";
const HELLO: &str = "class=\"hello\"";

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
    let file =
        config_file("[customer]\nname = \"Köln Labs\"\ngreeting = \"Tach!\"\ntz = \"Europe/Berlin\"\n");
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

/// The first page of a portal in front of `hardware`, as a browser asks for it.
async fn first_page(portal: &Service) -> Answer {
    let request = portal.request(Method::GET, "/").header("accept", "text/html");
    Answer::of(request).await.unwrap().is(200)
}

fn config_file(text: &str) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    file
}

#[tokio::test]
async fn the_portal_greets_the_three_with_the_salutation_of_the_api() {
    let toolcrib = Toolcrib::start().await;
    for name in ["A", "B", "C"] {
        let settings = Settings::default().with("CUSTOMER_NAME", name);
        let (hardware, _folder) = serving(&[("CUSTOMER_NAME", name)]).await;
        let salutation = hardware.get("/").await.is(200).json();
        let salutation = salutation["response"].as_str().unwrap();
        let hello = format!("<p class=\"hello\"><strong>{salutation}</strong> Customer {name}</p>");
        let portal = portal_of(&toolcrib.hardware, settings).await;
        first_page(&portal).await.has(CATALOGUE).has("H16mr").has(&hello);
    }
}

#[tokio::test]
async fn the_portal_shows_the_catalogue_to_anybody_else_without_a_salutation() {
    let toolcrib = Toolcrib::start().await;
    first_page(&toolcrib.portal).await.has(CATALOGUE).has("H16mr").lacks(HELLO);
    for name in ["", "X", "a", " A", "A ", "AA"] {
        let settings = Settings::default().with("CUSTOMER_NAME", name);
        let portal = portal_of(&toolcrib.hardware, settings).await;
        first_page(&portal).await.has(CATALOGUE).has("H16mr").has("Times in UTC").lacks(HELLO);
        portal.get("/health").await.is(200);
    }
}

#[tokio::test]
async fn a_greeting_wins_in_the_portal_as_well_and_stays_text() {
    let toolcrib = Toolcrib::start().await;
    let known = Settings::default().with("CUSTOMER_NAME", "C").with("CUSTOMER_GREETING", "Servus!");
    let portal = portal_of(&toolcrib.hardware, known).await;
    first_page(&portal).await.has("<strong>Servus!</strong> Customer C</p>").lacks("Moin!");
    let evil = Settings::default().with("CUSTOMER_NAME", EVIL).with("CUSTOMER_GREETING", EVIL);
    let portal = portal_of(&toolcrib.hardware, evil.with("CUSTOMER__TITLE", "<script>")).await;
    first_page(&portal).await.has(CATALOGUE).has("&lt;script&gt;</title>").has(HELLO).lacks("<script");
}

#[tokio::test]
async fn a_new_customer_is_a_file_without_a_rebuild() {
    let toolcrib = Toolcrib::start().await;
    let file = config_file(
        "[customer]\nname = \"Köln Labs\"\ngreeting = \"Tach!\"\ntitle = \"Lab shelf\"\ntz = \"Europe/Berlin\"\n\
         [customer.colours]\naccent = \"#00497a #8fcbff\"\nsolid = \"#00497a #2f6f9f\"\n\
         wash = \"#e3f0fa #102a3d\"\nwash_edge = \"#5a86a8 #5a86a8\"\n",
    );
    let settings = Settings::default().with("CONFIG_FILE", file.path().display());
    let portal = portal_of(&toolcrib.hardware, settings).await;
    let page = first_page(&portal).await.has(CATALOGUE).has("<strong>Tach!</strong> Köln Labs</p>");
    let page = page.has("<title>What is free? – Lab shelf</title>").has("</svg>Lab shelf</a>");
    let page = page.has("Times in Europe/Berlin (UTC+");
    let sheet = page.body.split("rel=\"stylesheet\" href=\"").nth(2).unwrap().split('"').next().unwrap();
    assert!(sheet.starts_with("/static/customer."), "{sheet}");
    let served = portal.get(sheet).await.is(200).has("--accent: light-dark(#00497a, #8fcbff);");
    let served = served.has("--solid: ").has("--wash: ").has("--wash-edge: ");
    assert!(served.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(portal.get("/customer.css").await.is(200).body, served.body);
    assert!(page.headers["content-security-policy"].to_str().unwrap().contains("style-src 'self';"));
}

#[tokio::test]
async fn colours_that_cannot_be_read_end_the_portal_with_one_line_that_says_so() {
    let file = config_file("[customer.colours]\naccent = \"#8a8379 #e7acd2\"\n");
    let by_file = Settings::default().with("CONFIG_FILE", file.path().display());
    let by_name = Settings::default().with("CUSTOMER__COLOURS__ACCENT", "#8a8379 #e7acd2");
    for settings in [by_file, by_name] {
        let ended = run_binary("portal", &["serve"], &settings).await;
        assert_eq!(ended.code, Some(3), "{ended:?}");
        assert!(ended.err.starts_with("portal: CUSTOMER__COLOURS__ACCENT: accent on paper"), "{ended:?}");
        assert!(ended.err.contains("3.4:1") && ended.err.contains("4.5:1"), "{ended:?}");
    }
}
