//! What is seen of the timeline: a picture at a desk, an agenda on a phone, words when the service is away.

use serde_json::json;

use crate::harness::{
    Settings, Toolcrib,
    browser::{Browser, Reader},
};

/// The longest texts that the catalogue takes, without a place to break, and a booking of somebody like it.
async fn longest(toolcrib: &Toolcrib) {
    let body = json!({ "provider": "W".repeat(100), "name": "W".repeat(200), "capacity": 1_000_000 });
    let id = toolcrib.hardware.post("/hardware", &body).await.is(201).json()["id"].as_i64().unwrap();
    let line = json!({ "hardware": id, "qty": 999_999 });
    let (from, to) = ("2030-02-05T09:00:00Z", "2030-02-07T17:00:00Z");
    let body = json!({ "starts_at": from, "ends_at": to, "user": "W".repeat(200), "lines": [line] });
    toolcrib.hardware.post("/reservations", &body).await.is(201);
}

async fn is_shown(browser: &Browser, css: &str) -> bool {
    browser.find(css).await.is_displayed().await.unwrap()
}

#[tokio::test]
async fn at_a_desk_there_is_a_picture_and_on_a_phone_an_agenda_and_neither_scrolls_sideways() {
    let toolcrib = Toolcrib::start_with(Settings::patient()).await;
    longest(&toolcrib).await;
    for (reader, picture) in [(Reader::Desk, true), (Reader::Phone, false)] {
        let browser = Browser::open(reader).await;
        for view in ["day", "week", "month"] {
            let path = format!("/timeline?view={view}&date=2030-02-05&qty=1000000");
            browser.goto(&toolcrib.portal, &path).await;
            let shown = (is_shown(&browser, ".tl").await, is_shown(&browser, ".agenda").await);
            assert_eq!(shown, (picture, !picture), "{reader:?} {view}");
            let width = browser.value("document.documentElement.clientWidth").await;
            let scrolls = browser.value("document.documentElement.scrollWidth").await;
            assert_eq!(scrolls, width, "{reader:?} {view}");
        }
    }
}

#[tokio::test]
async fn without_the_service_the_page_says_so_and_works_again_with_it() {
    let mut toolcrib = Toolcrib::start_with(Settings::patient()).await;
    let browser = Browser::open(Reader::PhoneWithoutScripts).await;
    toolcrib.hardware.kill();
    for path in ["/timeline", "/timeline?view=month&date=2030-02-05&q=c5"] {
        toolcrib.portal.get(path).await.is(503);
        browser.goto(&toolcrib.portal, path).await;
        assert_eq!(browser.text("h1").await, "We cannot reach the catalogue right now");
        assert_eq!(browser.value("document.documentElement.scrollWidth").await, 390);
    }
    toolcrib.hardware.start_again();
    toolcrib.hardware.becomes_ready().await;
    browser.goto(&toolcrib.portal, "/timeline").await;
    assert_eq!(browser.text("h1").await, "Timeline");
}
