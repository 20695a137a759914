//! `/static/*` and the icon.

use crate::harness::{Page, Portal, hardware, listing, read, sample};

fn between<'a>(page: &'a Page, start: &str, end: &str) -> &'a str {
    page.html.split_once(start).unwrap().1.split_once(end).unwrap().0
}

async fn portal() -> (Portal, wiremock::MockServer) {
    let hardware = hardware(listing(&sample(), 2)).await;
    (Portal::start(&hardware.uri()).await, hardware)
}

#[tokio::test]
async fn stylesheet_and_mark_are_kept_for_ever_under_names_that_change_with_them() {
    let (portal, _hardware) = portal().await;
    let page = portal.get("/").await;
    let files = [
        ("rel=\"stylesheet\" href=\"", "text/css; charset=utf-8"),
        ("rel=\"icon\" href=\"", "image/svg+xml"),
    ];
    for (before, content_type) in files {
        let href = between(&page, before, "\"");
        let file = portal.get(href).await;
        file.is(200);
        assert_eq!(file.header("content-type"), content_type);
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
        let etag = file.header("etag");
        assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag}");
        let again =
            read(portal.request("GET", href).header("if-none-match", format!("\"x\", W/{etag}"))).await;
        again.is(304);
        assert_eq!(again.html, "");
    }
}

#[tokio::test]
async fn a_name_of_another_version_gets_this_versions_file_but_not_for_ever() {
    let (portal, _hardware) = portal().await;
    let file = portal.get("/static/portal.0123456789abcdef.css").await;
    file.is(200);
    assert_eq!(file.header("cache-control"), "no-cache");
}

#[tokio::test]
async fn any_other_name_is_a_404() {
    let (portal, _hardware) = portal().await;
    for path in ["/static/portal.css", "/static/", "/static/x.css", "/static/..%2fCargo.toml", "/static/a/b"]
    {
        portal.get(path).await.is(404).has("There is no such page");
    }
}

#[tokio::test]
async fn the_icon_that_browsers_ask_for_unasked_is_the_mark() {
    let (portal, _hardware) = portal().await;
    let icon = portal.get("/favicon.ico").await;
    icon.is(200).has("<svg");
    assert_eq!(icon.header("content-type"), "image/svg+xml");
}
