//! What is seen of the form and of a customer's colours, in a real browser.

use serde_json::{Value, json};

use crate::harness::{
    Settings, Toolcrib,
    browser::{Browser, Reader},
    toolcrib::portal_of,
    wait::until,
};

/// Waits for this to be true: a click does not wait for the page it leads to.
async fn becomes(browser: &Browser, expression: &str) {
    until(expression, async || (browser.value(expression).await == true).then_some(())).await;
}

#[tokio::test]
async fn the_form_fits_a_phone_with_the_longest_names() {
    let toolcrib = Toolcrib::start().await;
    let wide = json!({ "provider": "W".repeat(100), "name": "W".repeat(200) });
    let id = toolcrib.hardware.post("/hardware", &wide).await.is(201).json()["id"].clone();
    let browser = Browser::open(Reader::Phone).await;
    for page in [format!("/tasks/new?hardware={id}"), "/tasks/new".to_owned(), format!("/hardware/{id}")] {
        browser.goto(&toolcrib.portal, &page).await;
        assert_eq!(browser.value("document.documentElement.scrollWidth").await, 390, "{page}");
    }
    assert_eq!(browser.console().await, [""; 0]);
}

#[tokio::test]
async fn a_person_plans_maintenance_from_the_hardwares_page_over_what_is_booked() {
    let toolcrib = Toolcrib::start().await;
    let rig = toolcrib.add("Lab B2", "HIL rig 3").await;
    let (from, to) = ("2030-01-08T09:00:00Z", "2030-01-08T12:00:00Z");
    let booking = json!({ "starts_at": from, "ends_at": to, "lines": [{ "hardware": rig }] });
    toolcrib.hardware.post("/reservations", &booking).await.is(201);
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    browser.goto(&toolcrib.portal, &format!("/hardware/{rig}")).await;
    browser.click("a[href^='/tasks/new?hardware=']").await;
    browser.arrives_at("/tasks/new").await;
    for (field, typed) in [("#title", "Lens"), ("#text", "Clean it."), ("#m-qty", "1")] {
        browser.find(field).await.send_keys(typed).await.unwrap();
    }
    // How the keys of a date go in depends on the browser's language.
    browser.value("void (document.getElementById('m-from').value = '2030-01-08T10:00')").await;
    browser.click("form.form button.main").await;
    becomes(&browser, "document.getElementById('force') !== null").await;
    browser.click("#force").await;
    becomes(&browser, "location.pathname === '/tasks'").await;
    assert!(browser.text(".tasks").await.contains("HIL rig 3"));
    let tasks = toolcrib.hardware.get("/tasks").await.json();
    assert_eq!((tasks.as_array().unwrap().len(), &tasks[0]["forced"]), (1, &Value::Bool(true)));
}

#[tokio::test]
async fn a_customers_colours_follow_the_theme_and_what_the_reader_chose() {
    let toolcrib = Toolcrib::start().await;
    let blue = Settings::default().with("CUSTOMER__COLOURS__ACCENT", "#00497a #8fcbff");
    let portal = portal_of(&toolcrib.hardware, blue).await;
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    let mark = async || browser.value("getComputedStyle(document.querySelector('.brand svg')).fill").await;
    let (light, dark) = ("rgb(0, 73, 122)", "rgb(143, 203, 255)");
    for (system, seen) in [("light", light), ("dark", dark)] {
        browser.prefer(system).await;
        browser.goto(&portal, "/").await;
        assert_eq!(mark().await, seen, "{system}");
    }
    browser.click("button[value='light']").await;
    becomes(&browser, "document.documentElement.dataset.theme === 'light'").await;
    assert_eq!(mark().await, light, "chosen against the system");
    browser.goto(&toolcrib.portal, "/").await;
    assert_eq!(mark().await, "rgb(116, 42, 93)", "without colours it is the portal's own");
    assert_eq!(browser.console().await, [""; 0]);
}
