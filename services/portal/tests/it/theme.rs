//! `POST /theme`.

use crate::harness::{Page, Portal, hardware, listing, read, sample};

async fn portal() -> (Portal, wiremock::MockServer) {
    let hardware = hardware(listing(&sample(), 2)).await;
    (Portal::start(&hardware.uri()).await, hardware)
}

async fn post(portal: &Portal, body: &str, headers: &[(&str, &str)]) -> Page {
    let mut request =
        portal.request("POST", "/theme").header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    read(request.body(body.to_owned())).await
}

#[tokio::test]
async fn a_choice_is_kept_in_a_cookie_and_leads_back() {
    let (portal, _hardware) = portal().await;
    for theme in ["system", "light", "dark"] {
        let back = "%2Fhardware%2F7%3Ffrom%3D2026-06-11T14%3A00%26qty%3D2";
        let page =
            post(&portal, &format!("back={back}&theme={theme}"), &[("sec-fetch-site", "same-origin")]).await;
        page.is(303);
        assert_eq!(page.header("location"), "/hardware/7?from=2026-06-11T14:00&qty=2");
        assert_eq!(
            page.header("set-cookie"),
            format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly")
        );
    }
}

#[tokio::test]
async fn every_page_offers_the_choice_with_the_way_back_to_itself() {
    let (portal, _hardware) = portal().await;
    portal.get("/?q=a%26b").await.has("name=\"back\" value=\"/?q=a%26b\"");
    portal.get("/nowhere").await.is(404).has("name=\"back\" value=\"/nowhere\"");
}

#[tokio::test]
async fn the_cookie_decides_how_a_page_looks() {
    let (portal, _hardware) = portal().await;
    let page = read(portal.request("GET", "/").header("cookie", "theme=dark")).await;
    page.has("<html lang=\"en\" data-theme=\"dark\">")
        .has("value=\"dark\" aria-pressed=\"true\"")
        .has("value=\"light\" aria-pressed=\"false\"");
    portal.get("/").await.has("<html lang=\"en\">").has("value=\"system\" aria-pressed=\"true\"");
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let (portal, _hardware) = portal().await;
    for back in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "%2F%2Fevil.example",
        "/%0d%0aSet-Cookie:x",
        "",
    ] {
        let page = post(&portal, &format!("theme=dark&back={back}"), &[]).await;
        page.is(303);
        assert_eq!(page.header("location"), "/", "{back}");
    }
}

#[tokio::test]
async fn another_site_cannot_choose() {
    let (portal, _hardware) = portal().await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.example"),
        ("origin", "null"),
    ] {
        let page = post(&portal, "theme=dark&back=/", &[(name, value)]).await;
        page.is(403).has("This was not sent from our own page");
        assert!(!page.headers.contains_key("set-cookie"));
    }
    let own = portal.url.clone();
    post(&portal, "theme=dark&back=/", &[("origin", &own)]).await.is(303);
}

#[tokio::test]
async fn a_form_that_cannot_be_is_refused_readably() {
    let (portal, _hardware) = portal().await;
    for body in ["", "theme=", "theme=purple", "back=/", "%%%"] {
        post(&portal, body, &[]).await.is(400).has("must be system, light or dark");
    }
    let long = format!("theme=dark&back=/{}", "x".repeat(20_000));
    post(&portal, &long, &[]).await.is(413).has("That was too much to read");
}
