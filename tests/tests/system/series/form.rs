//! A person without JavaScript books a series that does not fit as a whole.

use serde_json::Value;

use super::{book, bookings, rig};
use crate::harness::{
    Settings, Toolcrib,
    browser::{Browser, Reader},
    wait::until,
};

/// The form of the rig for three mornings from a day on.
async fn fills_the_form(
    toolcrib: &Toolcrib,
    browser: &Browser,
    rig: i64,
    day: &str,
    at: &str,
    conflict: &str,
) {
    let [from, to] = [at.to_owned(), at.replace(":00", ":45")].map(|time| format!("{day}T{time}"));
    browser.goto(&toolcrib.portal, &format!("/hardware/{rig}?from={from}&to={to}")).await;
    browser.types("#user", "ada").await;
    browser.types("#purpose", "Drift").await;
    browser.click("aside details.act summary").await;
    browser.chooses("#repeat", "day").await;
    browser.types("#count", "3").await;
    browser.chooses("#conflict", conflict).await;
}

async fn what_was_typed_is_there(browser: &Browser) {
    for (field, typed) in [("#user", "ada"), ("#purpose", "Drift"), ("#repeat", "day"), ("#count", "3")] {
        assert_eq!(browser.field(field).await, typed, "{field}");
    }
}

#[tokio::test]
async fn a_series_with_one_conflict_books_none_and_says_why_or_leaves_that_one_out_and_says_so_once() {
    let toolcrib = Toolcrib::start_with(Settings::patient()).await;
    let id = rig(&toolcrib).await;
    book(&toolcrib, id, "eve", ("2030-02-06T09:30:00Z", "2030-02-06T10:30:00Z"), Value::Null).await;
    let browser = Browser::open(Reader::PhoneWithoutScripts).await;
    fills_the_form(&toolcrib, &browser, id, "2030-02-05", "09:00", "fail").await;
    browser.click("aside .btn.main").await;
    browser.has(".errors").await;
    let errors = browser.text(".errors").await;
    assert!(
        errors.contains("The series does not fit as a whole: of 3 bookings 1 cannot be made."),
        "{errors}"
    );
    let in_the_way = browser.text("table.fold").await;
    assert!(in_the_way.contains("eve") && in_the_way.contains("09:30"), "{in_the_way}");
    what_was_typed_is_there(&browser).await;
    assert_eq!(bookings(&toolcrib, "ada").await, [] as [&str; 0]);
    assert_eq!(browser.value("document.documentElement.scrollWidth").await, 390);

    browser.chooses("#conflict", "skip").await;
    browser.click("aside .btn.main").await;
    browser.arrives_at("done=booked").await;
    let booked = ["2030-02-05T09:00 to 09:45 confirmed", "2030-02-07T09:00 to 09:45 confirmed"];
    assert_eq!(bookings(&toolcrib, "ada").await, booked);
    assert_eq!(browser.text(".flash").await, "2 bookings were made");
    let left = browser.text(".left").await;
    assert!(left.starts_with("1 booking left out") && left.contains("Wed 6 Feb 2030, 09:00: "), "{left}");
    assert_eq!(browser.value("document.documentElement.scrollWidth").await, 390);
    browser.page.refresh().await.unwrap();
    until("the page without the report", async || browser.texts(".left").await.is_empty().then_some(()))
        .await;
    assert!(!browser.text("main").await.contains("bookings were made"));
}

#[tokio::test]
async fn who_goes_back_and_sends_a_series_again_books_nothing_twice() {
    let toolcrib = Toolcrib::start_with(Settings::patient()).await;
    let id = rig(&toolcrib).await;
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    fills_the_form(&toolcrib, &browser, id, "2030-02-05", "09:00", "fail").await;
    let mut pages = Vec::new();
    for _ in 0..2 {
        browser.click("aside .btn.main").await;
        browser.arrives_at("done=booked").await;
        pages.push(browser.address().await);
        browser.page.back().await.unwrap();
        browser.arrives_at("/hardware/").await;
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(bookings(&toolcrib, "ada").await.len(), 3);
}

#[tokio::test]
async fn a_morning_that_the_clocks_skip_is_told_in_the_words_of_the_form_and_can_be_left_out() {
    let new_york = Settings::patient().with("CUSTOMER__TZ", "America/New_York");
    let toolcrib = Toolcrib::start_with(new_york).await;
    let id = rig(&toolcrib).await;
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    fills_the_form(&toolcrib, &browser, id, "2030-03-09", "02:00", "fail").await;
    browser.click("aside .btn.main").await;
    browser.has(".errors").await;
    let errors = browser.text(".errors").await;
    assert!(errors.contains("2030-03-10 02:00:00 does not exist in America/New_York"), "{errors}");
    assert!(errors.contains("Choose another time, or “leave those out”"), "{errors}");
    assert!(!errors.contains("on_conflict") && !errors.contains("occurrence"), "{errors}");
    assert_eq!(browser.find("#conflict").await.attr("aria-invalid").await.unwrap().unwrap(), "true");
    what_was_typed_is_there(&browser).await;

    browser.chooses("#conflict", "skip").await;
    browser.click("aside .btn.main").await;
    browser.arrives_at("done=booked").await;
    let booked = ["2030-03-09T07:00 to 07:45 confirmed", "2030-03-11T06:00 to 06:45 confirmed"];
    assert_eq!(bookings(&toolcrib, "ada").await, booked);
    assert!(browser.text(".left").await.contains("2030-03-10 02:00:00 does not exist in America/New_York"));
}
