//! The customer that a portal serves: how it is greeted, and what the pages are called.

use std::fs;

use crate::harness::{Portal, hardware, listing, sample};

const EVIL: &str = "<script>alert(1)</script>";

#[tokio::test]
async fn a_known_customer_is_greeted_on_every_page() {
    let hardware = hardware(listing(&sample(), 2)).await;
    for (name, greeting) in [("A", "Hi!"), ("B", "Dear Sir or Madam!"), ("C", "Moin!")] {
        let portal = Portal::start_with(&hardware.uri(), &[("CUSTOMER_NAME", name)]).await;
        let hello = format!("<p class=\"hello\"><strong>{greeting}</strong></p>");
        portal.get("/").await.is(200).has(&hello).has("c5");
        portal.get("/tasks/new").await.is(200).has(&hello);
        portal.get("/nowhere").await.is(404).has(&hello);
    }
}

#[tokio::test]
async fn anybody_else_sees_the_catalogue_without_a_salutation() {
    let hardware = hardware(listing(&sample(), 2)).await;
    for name in ["", "D", "a", " A", "A ", "AA"] {
        let portal = Portal::start_with(&hardware.uri(), &[("CUSTOMER_NAME", name)]).await;
        portal
            .get("/")
            .await
            .is(200)
            .has("c5")
            .lacks("class=\"hello\"")
            .has("<title>What is free? – Toolcrib</title>");
    }
    let nobody = Portal::start_with(&hardware.uri(), &[("CUSTOMER_GREETING", "Hi!")]).await;
    nobody.get("/").await.is(200).lacks("class=\"hello\"");
}

#[tokio::test]
async fn a_greeting_from_the_configuration_wins_and_cannot_become_markup() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let settings = [("CUSTOMER_NAME", "C"), ("CUSTOMER_GREETING", EVIL), ("CUSTOMER__TITLE", EVIL)];
    let portal = Portal::start_with(&hardware.uri(), &settings).await;
    let tamed = "&lt;script&gt;alert(1)&lt;/script&gt;";
    let page = portal.get("/").await;
    page.is(200).has(&format!("<strong>{tamed}</strong>")).lacks("Moin!").lacks("<script");
    page.has(&format!("<title>What is free? – {tamed}</title>")).has(&format!("</svg>{tamed}</a>"));
}

#[tokio::test]
async fn a_new_customer_comes_from_a_file() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let file = std::env::temp_dir().join(format!("portal-customer-{}.toml", std::process::id()));
    let text = "[customer]\nname = \"Köln Labs\"\ngreeting = \"Tach!\"\ntitle = \"Lab shelf\"\n";
    fs::write(&file, text).unwrap();
    let portal = Portal::start_with(&hardware.uri(), &[("CONFIG_FILE", file.to_str().unwrap())]).await;
    fs::remove_file(&file).unwrap();
    portal
        .get("/")
        .await
        .has("<strong>Tach!</strong>")
        .has("</svg>Lab shelf</a>")
        .has("<title>What is free? – Lab shelf</title>");
}
