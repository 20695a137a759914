//! Maintenance through the portal: what it takes out of use, what is in its way, and a form that is sent twice.

use serde_json::json;

use super::{CREATED, cookies, post, tasks};
use crate::harness::{Settings, Toolcrib, run, toolcrib::portal_of};

const WORDS: [(&str, &str); 2] = [("title", "Lens"), ("text", "Clean it.")];

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    WORDS.into_iter().chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn maintenance_takes_units_in_the_customers_zone_until_it_is_done() {
    let toolcrib = Toolcrib::start_with(Settings::default().with("CUSTOMER__TZ", "Europe/Berlin")).await;
    let rig = toolcrib.add("Lab B2", "HIL rig 3").await.to_string();
    let form = toolcrib.portal.get(&format!("/tasks/new?hardware={rig}")).await.is(200);
    form.has(&format!("<option value=\"{rig}\" selected>HIL rig 3 (Lab B2)</option>")).has("<details open>");
    let fields =
        [("hardware", rig.as_str()), ("qty", "1"), ("starts_at", "2030-07-08T09:00"), ("ends_at", "")];
    let sent = post(&toolcrib.portal, "/tasks/new", &with(&fields)).await.is(303);
    let task = toolcrib.hardware.get("/tasks").await.is(200).json()[0].clone();
    assert_eq!((task["starts_at"].as_str(), task["qty"].as_i64()), (Some("2030-07-08T07:00:00Z"), Some(1)));
    assert!(task.get("ends_at").is_none_or(serde_json::Value::is_null), "{task}");
    let page = tasks(&toolcrib.portal, &cookies(&sent)).await.has(CREATED);
    page.has("1 unit, from Mon 8 Jul 2030, 09:00, open end");
    let window = "from=2031-01-01T00:00:00Z&to=2031-01-02T00:00:00Z";
    let steps = format!("/hardware/{rig}/availability?{window}");
    assert_eq!(toolcrib.hardware.get(&steps).await.is(200).json()["min_free"], 0);
}

#[tokio::test]
async fn what_is_booked_is_taken_only_when_somebody_says_so_and_is_then_at_risk() {
    let toolcrib = Toolcrib::start().await;
    let rig = toolcrib.add("Lab B2", "HIL rig 3").await;
    let (from, to) = ("2030-01-08T09:00:00Z", "2030-01-08T12:00:00Z");
    let booking = json!({ "starts_at": from, "ends_at": to, "user": "ada", "lines": [{ "hardware": rig }] });
    let booking = toolcrib.hardware.post("/reservations", &booking).await.is(201).json()["id"].to_string();
    let rig = rig.to_string();
    let fields = [("hardware", rig.as_str()), ("qty", "1"), ("starts_at", from), ("ends_at", to)];
    let refused = post(&toolcrib.portal, "/tasks/new", &with(&fields)).await.is(409);
    refused
        .has("It would take 1 unit of HIL rig 3 out of use, and 0 can be had all that time.")
        .has(&format!("<a href=\"/reservations/{booking}\">ada</a>"))
        .has("value=\"2030-01-08T09:00\"")
        .has(">Clean it.</textarea>")
        .has(">Do it anyway</button>");
    assert_eq!(toolcrib.hardware.get("/tasks").await.json(), json!([]));
    let risk =
        async || toolcrib.hardware.get(&format!("/reservations/{booking}")).await.json()["at_risk"].clone();
    assert_eq!(risk().await, false);

    let forced: Vec<_> = with(&fields).into_iter().chain([("force", "true")]).collect();
    post(&toolcrib.portal, "/tasks/new", &forced).await.is(303);
    assert_eq!(toolcrib.hardware.get("/tasks").await.json()[0]["forced"], true);
    assert_eq!(risk().await, true);
    run(&["verify"], &toolcrib.hardware.settings).await.ok();
}

#[tokio::test]
async fn what_the_api_refuses_stands_at_its_field() {
    let toolcrib = Toolcrib::start().await;
    let rig = toolcrib.add("Lab B2", "HIL rig 3").await.to_string();
    for (hardware, starts_at, status, told) in [
        ("999999", "2030-01-08T09:00", 422, "<a href=\"#hardware\">Hardware: "),
        (&*rig, "2130-01-08T09:00", 422, ": is more than 10 years ahead</a>"),
        ("", "2030-01-08T09:00", 422, "<a href=\"#hardware\">Hardware is required for maintenance</a>"),
        (&*rig, "", 422, "<a href=\"#m-from\">From is required</a>"),
        (&*rig, "soon", 400, "<a href=\"#m-from\">From must be a date and a time"),
    ] {
        let fields = [("hardware", hardware), ("qty", "1"), ("starts_at", starts_at)];
        post(&toolcrib.portal, "/tasks/new", &with(&fields)).await.is(status).has(told).has("<details open>");
    }
    assert_eq!(toolcrib.hardware.get("/tasks").await.json(), json!([]));
}

#[tokio::test]
async fn a_form_that_is_sent_twice_adds_one_task_also_through_another_portal() {
    let toolcrib = Toolcrib::start().await;
    let other = portal_of(&toolcrib.hardware, Settings::default()).await;
    let form = toolcrib.portal.get("/tasks/new").await.is(200);
    let key = form.body.split_once("name=\"key\" value=\"").unwrap().1.split_once('"').unwrap().0;
    for portal in [&toolcrib.portal, &other, &toolcrib.portal] {
        post(portal, "/tasks/new", &with(&[("key", key)])).await.is(303);
    }
    let changed = [("title", "Mirror"), ("text", "Clean it."), ("key", key)];
    let refused = post(&toolcrib.portal, "/tasks/new", &changed).await.is(422);
    refused.has("This form was sent before with something else in it").has("value=\"Mirror\"").lacks(key);
    assert_eq!(toolcrib.hardware.get("/tasks").await.json().as_array().unwrap().len(), 1);
}
