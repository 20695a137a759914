//! The pages about tasks in front of the real service, and what two portals tell each other.

mod maintenance;
mod replicas;
mod sight;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, EVIL, Service, Settings, Toolcrib};

const CREATED: &str = "Todo item was successfully created";
const UPDATED: &str = "Updated status";

/// A form as a browser sends it from a page of this portal.
async fn post(portal: &Service, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let request = portal
        .request(Method::POST, path)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.join("&"));
    Answer::of(request).await.unwrap()
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn tasks(portal: &Service, cookies: &str) -> Answer {
    let request =
        portal.request(Method::GET, "/tasks").header("accept", "text/html").header("cookie", cookies);
    Answer::of(request).await.unwrap().is(200)
}

/// The cookies that an answer sets, as the browser sends them.
fn cookies(answer: &Answer) -> String {
    let set = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    set.map(|cookie| cookie.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}

async fn added(toolcrib: &Toolcrib, body: Value) -> String {
    toolcrib.hardware.post("/tasks", &body).await.is(201).json()["id"].to_string()
}

async fn is_done(toolcrib: &Toolcrib, id: &str) -> bool {
    toolcrib.hardware.get(&format!("/tasks/{id}")).await.is(200).json()["done"].as_bool().unwrap()
}

#[tokio::test]
async fn a_task_of_the_portal_is_in_the_api_and_the_other_way_round() {
    let toolcrib = Toolcrib::start().await;
    let fields = [("title", "Fan 2"), ("text", "It rattles.\r\nSince Monday.")];
    let sent = post(&toolcrib.portal, "/tasks/new", &fields).await.is(303);
    assert_eq!(sent.headers["location"], "/tasks");
    let listed = toolcrib.hardware.get("/tasks").await.is(200).json();
    assert_eq!(listed[0]["title"], "Fan 2");
    assert_eq!(listed[0]["text"], "It rattles.\nSince Monday.");
    assert_eq!(listed[0]["done"], false);

    let id = toolcrib.add("Lab B2", "HIL rig 3").await;
    let maintenance = json!({ "title": "<b>", "text": EVIL, "hardware": id, "starts_at": "2030-01-08T09:00:00Z", "qty": 1 });
    added(&toolcrib, maintenance).await;
    let page = tasks(&toolcrib.portal, &cookies(&sent)).await;
    let page = page.has(CREATED).has("2 open, 0 done").has("&lt;b&gt;</label>").lacks("<script");
    let page = page.has(&format!("<a href=\"/hardware/{id}\">HIL rig 3</a>"));
    let page = page.has("1 unit, from Tue 8 Jan 2030, 09:00, open end");
    assert!(page.body.find("&lt;b&gt;</label>") < page.body.find("Fan 2</label>"), "the newest first");
}

#[tokio::test]
async fn what_the_form_refuses_is_not_in_the_api() {
    let toolcrib = Toolcrib::start().await;
    let long = "x".repeat(61);
    for (title, text, told) in [
        ("", "", "Title is required"),
        (" ", "b", "Title is required"),
        ("a", "\r\n", "Text is required"),
        (&long, "b", "Title takes at most 60 characters"),
        ("a\u{1}", "b", "Title: contains a control character"),
    ] {
        post(&toolcrib.portal, "/tasks/new", &[("title", title), ("text", text)]).await.is(422).has(told);
    }
    assert_eq!(toolcrib.hardware.get("/tasks").await.json(), json!([]));
}

#[tokio::test]
async fn ticks_are_saved_all_at_once_and_only_where_they_were_shown() {
    let toolcrib = Toolcrib::start().await;
    let one = added(&toolcrib, json!({ "title": "one", "text": "a" })).await;
    let two = added(&toolcrib, json!({ "title": "two", "text": "b", "done": true })).await;
    let three = added(&toolcrib, json!({ "title": "three", "text": "c", "done": true })).await;
    let fields = [("shown", one.as_str()), ("shown", &two), (&*format!("done.{one}"), "true")];
    let sent = post(&toolcrib.portal, "/tasks/update", &fields).await.is(303);
    assert_eq!(sent.headers["location"], "/tasks");
    assert!(
        is_done(&toolcrib, &one).await && !is_done(&toolcrib, &two).await && is_done(&toolcrib, &three).await
    );
    tasks(&toolcrib.portal, &cookies(&sent)).await.has(UPDATED).has("1 open, 2 done");

    post(&toolcrib.portal, "/tasks/update", &[(&*format!("done.{two}"), "true")]).await.is(303);
    assert!(
        !is_done(&toolcrib, &one).await
            && is_done(&toolcrib, &two).await
            && !is_done(&toolcrib, &three).await
    );
}

#[tokio::test]
async fn maintenance_that_would_take_booked_units_stays_done_and_the_others_are_saved() {
    let toolcrib = Toolcrib::start().await;
    let rig = toolcrib.add("Lab B2", "HIL rig 3").await;
    let (from, to) = ("2030-01-08T09:00:00Z", "2030-01-08T12:00:00Z");
    let work = json!({ "title": "Lens", "text": "a", "hardware": rig, "starts_at": from, "ends_at": to, "qty": 1, "done": true });
    let work = added(&toolcrib, work).await;
    let other = added(&toolcrib, json!({ "title": "two", "text": "b" })).await;
    let booking = json!({ "starts_at": from, "ends_at": to, "lines": [{ "hardware": rig }] });
    toolcrib.hardware.post("/reservations", &booking).await.is(201);
    let fields =
        [("shown", work.as_str()), ("shown", &other), ("shown", "999"), (&*format!("done.{other}"), "true")];
    let page = post(&toolcrib.portal, "/tasks/update", &fields).await.is(409);
    page.has("“Lens” stays done: it would take 1 unit out of use, and 0 can be had")
        .has("Task 999 is gone")
        .has("The others are saved.")
        .lacks(UPDATED);
    assert!(is_done(&toolcrib, &work).await && is_done(&toolcrib, &other).await);
}

#[tokio::test]
async fn the_newest_comes_first_with_a_box_each_one_button_and_its_time_in_utc() {
    let toolcrib = Toolcrib::start_with(Settings::default().with("CUSTOMER__TZ", "Asia/Kolkata")).await;
    for title in ["first", "second", "third"] {
        let sent = post(&toolcrib.portal, "/tasks/new", &[("title", title), ("text", "b")]).await.is(303);
        assert_eq!(tasks(&toolcrib.portal, &cookies(&sent)).await.body.matches(CREATED).count(), 1);
    }
    let page = tasks(&toolcrib.portal, "").await.has("3 open, 0 done, newest first").lacks(CREATED);
    let at = |title: &str| page.body.find(&format!("{title}</label>")).unwrap();
    assert!(at("third") < at("second") && at("second") < at("first"));
    assert_eq!(page.body.matches("<input type=\"checkbox\"").count(), 3);
    assert_eq!(page.body.matches("<input type=\"hidden\" name=\"shown\"").count(), 3);
    assert_eq!(page.body.matches("<button class=\"btn main\">Update</button>").count(), 1);
    let listed = toolcrib.hardware.get("/tasks").await.is(200).json();
    for task in listed.as_array().unwrap() {
        assert_eq!(task["done"], false);
        let (box_, created) =
            (format!("name=\"done.{}\" value=\"true\">", task["id"]), minute(&task["created_at"]));
        assert!(page.body.contains(&box_) && page.body.contains(&created), "{box_} {created}");
    }
}

/// `2026-06-10T16:04:59Z` as the list shows it.
fn minute(created_at: &Value) -> String {
    let iso = created_at.as_str().unwrap().get(..16).unwrap();
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let number = |range: std::ops::Range<usize>| iso.get(range).unwrap().parse::<usize>().unwrap();
    let (year, month, day, time) =
        (number(0..4), months[number(5..7) - 1], number(8..10), iso.get(11..).unwrap());
    format!("<time datetime=\"{iso}Z\">{day} {month} {year}, {time} UTC</time>")
}

#[tokio::test]
async fn a_form_that_was_refused_holds_what_was_typed_as_text() {
    let toolcrib = Toolcrib::start().await;
    let page = post(&toolcrib.portal, "/tasks/new", &[("title", ""), ("text", EVIL)]).await.is(422);
    let page = page.has("Title is required").lacks("Text is required").lacks("<script");
    page.has("&lt;script&gt;").has("aria-invalid=\"true\"");
    let page = post(&toolcrib.portal, "/tasks/new", &[("title", EVIL), ("text", "")]).await.is(422);
    page.has("Text is required")
        .lacks("Title is required")
        .lacks("<script")
        .has("value=\"&quot;&gt;&lt;script&gt;");
    let longest = "ü".repeat(60);
    post(&toolcrib.portal, "/tasks/new", &[("title", &longest), ("text", "b")]).await.is(303);
    assert_eq!(toolcrib.hardware.get("/tasks").await.json()[0]["title"], longest);
}

#[tokio::test]
async fn without_shown_every_task_changes_also_beyond_one_page() {
    let toolcrib = Toolcrib::start().await;
    let mut last = String::new();
    for number in 0..105 {
        last = added(&toolcrib, json!({ "title": format!("{number}"), "text": "a", "done": true })).await;
    }
    let sent = post(&toolcrib.portal, "/tasks/update", &[(&*format!("done.{last}"), "true")]).await.is(303);
    let page = tasks(&toolcrib.portal, &cookies(&sent)).await.has("104 open, 1 done");
    assert_eq!(page.body.matches(UPDATED).count(), 1);
    assert!(is_done(&toolcrib, &last).await);
    let form = post(&toolcrib.portal, "/tasks/update", &[]).await.is(303);
    tasks(&toolcrib.portal, &cookies(&form)).await.has("105 open, 0 done");
}
