//! The customer that a portal serves: how it is greeted, and what the pages are called.

use std::fs;

use crate::harness::{Portal, hardware, listing, read, sample};

const EVIL: &str = "<script>alert(1)</script>";

#[tokio::test]
async fn a_known_customer_is_greeted_on_every_page() {
    let hardware = hardware(listing(&sample(), 2)).await;
    for (name, greeting) in [("A", "Hi!"), ("B", "Dear Sir or Madam!"), ("C", "Moin!")] {
        let portal = Portal::start_with(&hardware.uri(), &[("CUSTOMER_NAME", name)]).await;
        let hello = format!("<p class=\"hello\"><strong>{greeting}</strong> Customer {name}</p>");
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
    let silent = [("CUSTOMER_NAME", "C"), ("CUSTOMER_GREETING", "  ")];
    Portal::start_with(&hardware.uri(), &silent).await.get("/").await.is(200).lacks("class=\"hello\"");
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
    page.is(200).has(&format!("<strong>{tamed}</strong> Customer C</p>")).lacks("Moin!").lacks("<script");
    page.has(&format!("<title>What is free? – {tamed}</title>")).has(&format!("</svg>{tamed}</a>"));
}

#[tokio::test]
async fn a_name_from_the_configuration_cannot_become_markup() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let settings = [("CUSTOMER_NAME", EVIL), ("CUSTOMER_GREETING", "Hi!")];
    let page = Portal::start_with(&hardware.uri(), &settings).await.get("/").await;
    page.has("<strong>Hi!</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>").lacks("<script");
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
        .has("<p class=\"hello\"><strong>Tach!</strong> Köln Labs</p>")
        .has("</svg>Lab shelf</a>")
        .has("<title>What is free? – Lab shelf</title>");
}

#[tokio::test]
async fn a_customers_colours_are_laid_over_the_portals_own_under_the_same_policy() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let settings = [("CUSTOMER__COLOURS__ACCENT", "#00497A #8fcbff")];
    let portal = Portal::start_with(&hardware.uri(), &settings).await;
    let page = portal.get("/").await;
    page.has("href=\"/static/portal.").lacks("style=");
    assert!(page.header("content-security-policy").contains("style-src 'self';"));
    let hash = page.html.split_once("<link rel=\"stylesheet\" href=\"/static/customer.").unwrap().1;
    let name = hash.split_once('"').unwrap().0;
    assert!(page.html.find("/static/portal.") < page.html.find("/static/customer."), "it comes last");
    let sheet = portal.get(&format!("/static/customer.{name}")).await;
    sheet.is(200).has(":root {\n  --accent: light-dark(#00497a, #8fcbff);\n}");
    assert_eq!(sheet.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");

    let fixed = portal.get("/customer.css").await;
    assert_eq!((fixed.html.as_str(), fixed.header("cache-control")), (sheet.html.as_str(), "no-cache"));
    let tag = fixed.header("etag");
    read(portal.request("GET", "/customer.css").header("if-none-match", tag)).await.is(304);
    let dark = read(portal.request("GET", "/").header("cookie", "theme=dark")).await;
    dark.has("<html lang=\"en\" data-theme=\"dark\">").has("/static/customer.");
}

#[tokio::test]
async fn without_colours_there_is_nothing_to_lay_over_them() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let portal = Portal::start(&hardware.uri()).await;
    portal.get("/").await.is(200).lacks("customer.");
    let sheet = portal.get("/customer.css").await;
    sheet.is(200);
    assert_eq!((sheet.html.as_str(), sheet.header("content-type")), ("", "text/css; charset=utf-8"));
    assert!(!sheet.header("etag").is_empty());
}
