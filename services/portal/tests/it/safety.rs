//! What every answer has around it: headers, escaping, and who is asked on whose behalf.

use serde_json::json;
use wiremock::{MockServer, ResponseTemplate};

use crate::harness::{Portal, asked, entry, hardware, listing, mount, read, row, sample};

const CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const EVIL: &str = "\"><script>alert(1)</script>";
const TAMED: &str = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;";

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let portal = Portal::start(&hardware.uri()).await;
    for path in [
        "/",
        "/nowhere",
        "/favicon.ico",
        "/?qty=x",
        "/reservations?state=x",
        "/reservations/9/cancel",
        "/health",
    ] {
        let page = portal.get(path).await;
        assert_eq!(page.header("content-security-policy"), CSP, "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!page.header("x-request-id").is_empty(), "{path}");
    }
    assert_eq!(portal.get("/").await.header("cache-control"), "private, no-cache");
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let portal = Portal::start(&hardware.uri()).await;
    for (path, status) in [
        ("/", 200),
        ("/nowhere", 404),
        ("/favicon.ico", 200),
        ("/?qty=x", 400),
        ("/reservations?state=x", 422),
    ] {
        let page = read(portal.request("HEAD", path)).await;
        page.is(status);
        assert_eq!(page.html, "", "{path}");
        assert!(!page.header("content-type").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn nothing_in_the_catalogue_can_become_markup() {
    let evil = json!({ "category": EVIL, "description": EVIL, "tags": [EVIL], "location": EVIL });
    let server = MockServer::start().await;
    mount(&server, "/hardware", listing(&[row(7, EVIL, EVIL, evil.clone())], 1)).await;
    let facet = json!([{ "value": EVIL, "count": 1 }]);
    let facets = json!({ "providers": facet, "categories": facet, "locations": facet });
    mount(&server, "/hardware/facets", ResponseTemplate::new(200).set_body_json(facets)).await;
    let mut item = entry(evil);
    item["provider"] = EVIL.into();
    item["name"] = EVIL.into();
    item["tz"] = EVIL.into();
    mount(&server, "/hardware/7", ResponseTemplate::new(200).set_body_json(item)).await;
    let portal = Portal::start(&server.uri()).await;

    portal.get("/").await.is(200).has(&format!(">{TAMED}</a>")).lacks("<script").lacks("alert(1)<");
    portal.get("/hardware/7").await.is(200).has(&format!("<h1>{TAMED}</h1>")).lacks("<script");

    server.reset().await;
    portal.get("/").await.lacks("<script");
    mount(&server, "/hardware", ResponseTemplate::new(503)).await;
    portal.get("/").await.is(503).has(&format!("<b>{TAMED}</b>")).lacks("<script");
}

#[tokio::test]
async fn nothing_in_the_address_can_become_markup() {
    let hardware = hardware(listing(&[], 0)).await;
    let portal = Portal::start(&hardware.uri()).await;
    let evil = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    for field in
        ["q", "provider", "category", "location", "tag", "from", "to", "qty", "cursor", "seen", "free_only"]
    {
        portal.get(&format!("/?{field}={evil}")).await.lacks("<script");
        portal.get(&format!("/hardware/7?{field}={evil}")).await.lacks("<script");
    }
    portal
        .get(&format!("/?q={evil}"))
        .await
        .has(&format!("value=\"{TAMED}\""))
        .has(&format!("search: {TAMED}"));
    portal.get(&format!("/{evil}")).await.is(404).lacks("<script");
    // A request line is the caller's: it need not be escaped as a browser would.
    let raw = read(portal.request("GET", "/nowhere").header("x-request-id", "<script>")).await;
    raw.is(404).lacks("<script");
}

#[tokio::test]
async fn the_service_is_told_who_asks_and_in_which_trace() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let portal = Portal::start(&hardware.uri()).await;
    let request = portal
        .request("GET", "/")
        .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .header("x-request-id", "req-1")
        .header("x-forwarded-for", "203.0.113.9");
    read(request).await.is(200);
    for path in ["/hardware", "/hardware/facets"] {
        let headers = asked(&hardware, path).await[0].headers.clone();
        let sent = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!(sent("x-request-id"), "req-1");
        assert_eq!(sent("x-forwarded-for"), "203.0.113.9, 127.0.0.1");
        assert!(sent("traceparent").starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
        assert!(!sent("traceparent").contains("b7ad6b7169203331"), "the span is ours");
        assert!(headers.get("cookie").is_none());
    }
}

#[tokio::test]
async fn a_page_is_compressed_for_those_who_can_read_it() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let portal = Portal::start(&hardware.uri()).await;
    let page = read(portal.request("GET", "/").header("accept-encoding", "identity")).await;
    assert!(!page.headers.contains_key("content-encoding") && page.html.len() > 4_000);
    let raw = portal.request("GET", "/").header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(raw.headers()["content-encoding"], "gzip");
    assert!(raw.bytes().await.unwrap().len() < page.html.len() / 2);
}
