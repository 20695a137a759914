//! One of a series in the browser: the others, and changes to it and all later ones.

use serde_json::{Value, json};

use super::{book, bookings, rig};
use crate::harness::{
    Settings, Toolcrib,
    browser::{Browser, Reader},
};

const MORNING: (&str, &str) = ("2030-02-05T09:00:00Z", "2030-02-05T10:00:00Z");

/// Four mornings in a row; their ids.
async fn four(toolcrib: &Toolcrib, hardware: i64) -> Vec<i64> {
    let made = book(toolcrib, hardware, "ada", MORNING, json!({ "every": "day", "count": 4 })).await;
    made["created"].as_array().unwrap().iter().map(|id| id.as_i64().unwrap()).collect()
}

async fn presses_rest(browser: &Browser, form: &str) {
    browser.click(&format!("form[action$='/{form}'] button[value=rest]")).await;
    browser.arrives_at(&format!("done={form}")).await;
}

#[tokio::test]
async fn the_page_of_one_lists_the_later_ones_and_leads_to_all() {
    let toolcrib = Toolcrib::start_with(Settings::patient()).await;
    let id = rig(&toolcrib).await;
    let made = four(&toolcrib, id).await;
    book(&toolcrib, id, "eve", ("2030-02-06T11:00:00Z", "2030-02-06T12:00:00Z"), Value::Null).await;
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    browser.goto(&toolcrib.portal, &format!("/reservations/{}", made[1])).await;
    let rows = browser.texts("section[aria-labelledby=h-series] tbody tr").await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(
        rows[0].contains("Thu 7 Feb 2030, 09:00") && rows[1].contains("Fri 8 Feb 2030, 09:00"),
        "{rows:?}"
    );
    browser.click("section[aria-labelledby=h-series] p a").await;
    browser.arrives_at("series=").await;
    assert_eq!(browser.texts("main tbody tr").await.len(), 4);
    assert!(!browser.text("main").await.contains("eve"));
}

#[tokio::test]
async fn the_rest_of_a_series_is_moved_and_then_called_off() {
    let toolcrib = Toolcrib::start_with(Settings::patient()).await;
    let id = rig(&toolcrib).await;
    let made = four(&toolcrib, id).await;
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    browser.goto(&toolcrib.portal, &format!("/reservations/{}", made[1])).await;
    for (field, time) in [("starts_at", "T08:30"), ("ends_at", "T11:00")] {
        browser.value(&format!("document.getElementById('{field}').value = '2030-02-06{time}'")).await;
    }
    presses_rest(&browser, "extend").await;
    assert_eq!(browser.text(".flash").await, "3 bookings were changed");
    let first = "2030-02-05T09:00 to 10:00 confirmed";
    let moved = ["06", "07", "08"].map(|day| format!("2030-02-{day}T08:30 to 11:00 confirmed"));
    assert_eq!(bookings(&toolcrib, "ada").await, [&[first.to_owned()], &moved[..]].concat());

    browser.goto(&toolcrib.portal, &format!("/reservations/{}", made[2])).await;
    browser.click("details.act:last-of-type summary").await;
    presses_rest(&browser, "cancel").await;
    assert_eq!(browser.text(".flash").await, "2 bookings were cancelled");
    let left: Vec<_> = bookings(&toolcrib, "ada").await;
    let states: Vec<_> = left.iter().map(|told| told.rsplit(' ').next().unwrap()).collect();
    assert_eq!(states, ["confirmed", "confirmed", "cancelled", "cancelled"]);
    // Their time is free again.
    book(&toolcrib, id, "eve", ("2030-02-07T08:30:00Z", "2030-02-07T11:00:00Z"), Value::Null).await;
}

#[tokio::test]
async fn one_of_a_series_is_called_off_alone() {
    let toolcrib = Toolcrib::start_with(Settings::patient()).await;
    let id = rig(&toolcrib).await;
    let made = four(&toolcrib, id).await;
    let browser = Browser::open(Reader::PhoneWithoutScripts).await;
    browser.goto(&toolcrib.portal, &format!("/reservations/{}", made[1])).await;
    browser.click("details.act:last-of-type summary").await;
    browser.click("form[action$='/cancel'] button[value=this]").await;
    browser.arrives_at("done=cancel").await;
    let told = bookings(&toolcrib, "ada").await;
    let states: Vec<_> = told.iter().map(|told| told.rsplit(' ').next().unwrap()).collect();
    assert_eq!(states, ["confirmed", "cancelled", "confirmed", "confirmed"]);
}
