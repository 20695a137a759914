//! When it is free instead: times as buttons, and a list that begins with the dates.

use fantoccini::Locator;
use serde_json::{Value, json};

use crate::harness::{
    Settings, Toolcrib,
    browser::{Browser, Reader},
    wait::until,
};

/// Adds a rig of one unit, taken from 09:00 to 12:00 of a day, and again from 15:00 to 16:00; its id.
async fn busy(toolcrib: &Toolcrib, name: &str, buffer_s: i64) -> i64 {
    let body = json!({ "provider": "Lab B2", "name": name, "capacity": 1, "buffer_s": buffer_s });
    let id = toolcrib.hardware.post("/hardware", &body).await.is(201).json()["id"].as_i64().unwrap();
    for (from, to) in [("09:00", "12:00"), ("15:00", "16:00")] {
        let [from, to] = [from, to].map(|time| format!("2030-02-05T{time}:00Z"));
        let body = json!({ "starts_at": from, "ends_at": to, "lines": [{ "hardware": id }] });
        toolcrib.hardware.post("/reservations", &body).await.is(201);
    }
    id
}

/// The booking whose page is shown, as the API knows it.
async fn shown(toolcrib: &Toolcrib, browser: &Browser) -> Value {
    let address = browser.address().await;
    toolcrib.hardware.get(address.split('?').next().unwrap()).await.is(200).json()
}

#[tokio::test]
async fn the_first_time_that_is_offered_can_be_booked_whatever_the_length_and_the_buffer() {
    let toolcrib = Toolcrib::start_with(Settings::patient()).await;
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    // From when to when was asked; the buffer in seconds; from when to when is offered.
    for (number, (from, to, buffer_s, starts_at, ends_at)) in [
        ("05T09:00", "05T10:00", 0, "05T12:00", "05T13:00"),
        ("05T09:30", "05T12:30", 0, "05T12:00", "05T15:00"),
        ("05T10:00", "05T13:15", 0, "05T16:00", "05T19:15"),
        ("05T09:00", "05T11:00", 1_800, "05T12:30", "05T14:30"),
        ("05T09:00", "05T11:30", 1_800, "05T16:30", "05T19:00"),
        ("05T11:59", "06T23:59", 60, "05T16:01", "07T04:01"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = busy(&toolcrib, &format!("HIL rig {number}"), buffer_s).await;
        let page = format!("/hardware/{id}?from=2030-02-{from}&to=2030-02-{to}");
        browser.goto(&toolcrib.portal, &page).await;
        browser.click(".alts a.alt").await;
        browser.arrives_at("Z").await;
        browser.click("aside .btn.main").await;
        browser.arrives_at("done=booked").await;
        let booked = shown(&toolcrib, &browser).await;
        let [starts_at, ends_at] = [starts_at, ends_at].map(|time| format!("2030-02-{time}:00Z"));
        assert_eq!(
            (&booked["starts_at"], &booked["ends_at"]),
            (&json!(starts_at), &json!(ends_at)),
            "{page}"
        );
    }
}

/// Names in the list, by provider and name.
async fn names(browser: &Browser) -> Vec<String> {
    browser.texts(".stock .name a").await
}

#[tokio::test]
async fn tomorrow_lists_only_what_is_free_and_everything_comes_back() {
    let toolcrib = Toolcrib::start_with(Settings::patient()).await;
    let id = toolcrib.add("Lab B2", "HIL rig 3").await;
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    browser.goto(&toolcrib.portal, "/").await;
    assert_eq!(names(&browser).await, ["c5", "H16mr", "HIL rig 3"]);
    browser.page.find(Locator::LinkText("Tomorrow")).await.unwrap().click().await.unwrap();
    browser.arrives_at("free_only=true").await;
    assert_eq!(names(&browser).await, ["c5", "H16mr", "HIL rig 3"]);
    let [from, to] = [browser.field("#from").await, browser.field("#to").await];
    let book = json!({ "starts_at": from, "ends_at": to, "tz": "UTC", "lines": [{ "hardware": id }] });
    toolcrib.hardware.post("/reservations", &book).await.is(201);

    browser.page.refresh().await.unwrap();
    until("the shorter list", async || (names(&browser).await.len() == 2).then_some(())).await;
    assert_eq!(names(&browser).await, ["c5", "H16mr"]);
    browser
        .page
        .find(Locator::LinkText("Show everything, free or not"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    until("the whole list", async || (names(&browser).await.len() == 3).then_some(())).await;
    assert_eq!(browser.texts(".stock .lv").await.last().unwrap().trim(), "NONE");
    assert_eq!(browser.field("#from").await, from, "the time stays");
    browser.page.find(Locator::LinkText("Show only what is free")).await.unwrap().click().await.unwrap();
    until("the shorter list", async || (names(&browser).await.len() == 2).then_some(())).await;
}
