//! A person without JavaScript books, is refused, takes another time, and brings everything back.

use fantoccini::Locator;
use serde_json::{Value, json};

use crate::harness::{
    Toolcrib,
    browser::{Browser, Reader},
};

/// Adds a rig of three; its id.
async fn rig(toolcrib: &Toolcrib, name: &str) -> i64 {
    let body = json!({ "provider": "Lab B2", "name": name, "capacity": 3 });
    toolcrib.hardware.post("/hardware", &body).await.is(201).json()["id"].as_i64().unwrap()
}

/// The booking whose page is shown, as the API knows it.
async fn shown(toolcrib: &Toolcrib, browser: &Browser) -> Value {
    let address = browser.address().await;
    let path = address.split('?').next().unwrap();
    toolcrib.hardware.get(path).await.is(200).json()
}

async fn is_as_wide_as_the_phone(browser: &Browser) {
    let scrolls = browser.value("document.documentElement.scrollWidth").await;
    assert_eq!(scrolls, 390, "{} scrolls sideways", browser.address().await);
}

/// From the list of what is free tomorrow to the booking form, and who it is for.
async fn fills_the_form_for_tomorrow(toolcrib: &Toolcrib, browser: &Browser, who: &str) {
    browser.goto(&toolcrib.portal, "/?q=HIL&qty=2").await;
    browser.page.find(Locator::LinkText("Tomorrow")).await.unwrap().click().await.unwrap();
    browser.arrives_at("from=").await;
    browser.click(".go a").await;
    browser.arrives_at("/hardware/").await;
    browser.find("#user").await.send_keys(who).await.unwrap();
}

async fn presses(browser: &Browser, form: &str, done: &str) {
    browser.click(&format!("form[action$='/{form}'] button")).await;
    browser.arrives_at(&format!("done={done}")).await;
    is_as_wide_as_the_phone(browser).await;
}

#[tokio::test]
async fn on_a_phone_a_person_books_is_refused_takes_another_time_and_brings_everything_back() {
    let toolcrib = Toolcrib::start().await;
    let id = rig(&toolcrib, "HIL rig 3").await;
    let browser = Browser::open(Reader::PhoneWithoutScripts).await;

    fills_the_form_for_tomorrow(&toolcrib, &browser, "ada").await;
    // The list says "Book" of it now, and "Book then" once somebody has two of the three.
    let window = browser.address().await;
    browser.click("aside .btn.main").await;
    browser.arrives_at("done=booked").await;
    is_as_wide_as_the_phone(&browser).await;
    assert_eq!(browser.text(".flash").await, "Booked");
    let first = shown(&toolcrib, &browser).await;
    assert_eq!((&first["user"], &first["lines"][0]["qty"]), (&json!("ada"), &json!(2)));

    browser.goto(&toolcrib.portal, &window).await;
    browser.find("#user").await.send_keys("bob").await.unwrap();
    browser.click("aside .btn.main").await;
    crate::harness::wait::until("the refusal", async || browser.page.find(Locator::Css(".alt")).await.ok())
        .await;
    is_as_wide_as_the_phone(&browser).await;
    assert!(browser.text(".errors").await.contains("Only 1 unit of HIL rig 3 can be had"));
    assert!(browser.text("table.fold").await.contains("ada"), "it says who is in the way");
    assert_eq!(browser.find("#user").await.prop("value").await.unwrap().unwrap(), "bob");
    browser.click(".alt").await;
    browser.arrives_at("done=booked").await;
    let second = shown(&toolcrib, &browser).await;
    assert_eq!(second["user"], "bob");
    assert_ne!((&second["id"], &second["starts_at"]), (&first["id"], &first["starts_at"]));

    browser.click("details.act:last-of-type summary").await;
    presses(&browser, "cancel", "cancel").await;
    assert_eq!(shown(&toolcrib, &browser).await["state"], "cancelled");
    assert!(browser.text(".acts").await.contains("Nothing is left to do"));

    browser.goto(&toolcrib.portal, &format!("/reservations/{}", first["id"])).await;
    browser.value("document.getElementById('ends_at').value = document.getElementById('ends_at').value.replace('T18', 'T20')").await;
    presses(&browser, "extend", "extend").await;
    assert!(shown(&toolcrib, &browser).await["ends_at"].as_str().unwrap().contains("T20:00"));
    presses(&browser, "checkout", "checkout").await;
    assert_eq!(browser.text(".title .tag").await, "out");

    browser.click("details.act summary").await;
    let units = browser.find(&format!("#qty-{id}")).await;
    units.clear().await.unwrap();
    units.send_keys("1").await.unwrap();
    presses(&browser, "return-part", "return-part").await;
    assert!(browser.text("table.fold").await.contains("1 out, 1 returned"));
    presses(&browser, "return", "return").await;
    assert_eq!(shown(&toolcrib, &browser).await["state"], "returned");
}

#[tokio::test]
async fn who_goes_back_and_books_again_has_one_booking_and_who_changes_it_on_the_way_is_told() {
    let toolcrib = Toolcrib::start().await;
    rig(&toolcrib, "HIL rig 4").await;
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    fills_the_form_for_tomorrow(&toolcrib, &browser, "ada").await;
    for _ in 0..2 {
        browser.click("aside .btn.main").await;
        browser.arrives_at("done=booked").await;
        browser.page.back().await.unwrap();
        browser.arrives_at("/hardware/").await;
    }
    let all = toolcrib.hardware.get("/reservations").await.is(200).json();
    assert_eq!(all.as_array().unwrap().len(), 1, "{all}");

    browser.find("#purpose").await.send_keys("another one").await.unwrap();
    browser.click("aside .btn.main").await;
    crate::harness::wait::until("the answer", async || browser.page.find(Locator::Css(".errors")).await.ok())
        .await;
    assert!(browser.text(".errors").await.contains("This form was sent before"));
    // What was typed is still there, under a key of its own; one unit is left.
    browser.value("document.getElementById('units').value = 1").await;
    browser.click("aside .btn.main").await;
    browser.arrives_at("done=booked").await;
    assert_eq!(shown(&toolcrib, &browser).await["purpose"], "another one");
}

#[tokio::test]
async fn no_page_about_bookings_scrolls_sideways_on_a_phone() {
    let toolcrib = Toolcrib::start().await;
    let id = rig(&toolcrib, &"W".repeat(200)).await;
    let book = json!({
        "starts_at": "2026-11-20T10:00:00Z", "ends_at": "2035-01-01T10:00:00Z", "user": "W".repeat(200),
        "purpose": "W".repeat(1_000), "lines": [{ "hardware": id, "qty": 3 }],
    });
    let booked = toolcrib.hardware.post("/reservations", &book).await.is(201).json()["id"].clone();
    let browser = Browser::open(Reader::Phone).await;
    let pages = [
        "/".to_owned(),
        format!("/hardware/{id}"),
        "/reservations".to_owned(),
        format!("/reservations?user={}", "W".repeat(200)),
        "/reservations?state=gone".to_owned(),
        format!("/reservations/{booked}"),
        "/reservations/999".to_owned(),
    ];
    for page in pages {
        browser.goto(&toolcrib.portal, &page).await;
        is_as_wide_as_the_phone(&browser).await;
    }
    browser.goto(&toolcrib.portal, &format!("/hardware/{id}")).await;
    browser.click("aside .btn.main").await;
    crate::harness::wait::until("the refusal", async || {
        browser.page.find(Locator::Css(".errors")).await.ok()
    })
    .await;
    is_as_wide_as_the_phone(&browser).await;
    browser.goto(&toolcrib.portal, &format!("/reservations/{booked}")).await;
    toolcrib.hardware.post(&format!("/reservations/{booked}/checkout"), &Value::Null).await.is(200);
    // The page is stale by now, and what it asks for was done.
    presses(&browser, "checkout", "checkout").await;
}
