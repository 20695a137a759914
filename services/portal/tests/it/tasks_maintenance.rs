//! Maintenance in the form of a new task: what takes units out of use.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::harness::{
    Portal, asked, entry, listing, mount, mount_for, mount_tasks, not_free, problem, row, sample, task,
};

const WORDS: [(&str, &str); 2] = [("title", "Lens"), ("text", "Clean it.")];
const EVIL: &str = "\"><script>alert(1)</script>";

/// A catalogue of two lines out of `total`, and item 7.
async fn hardware(total: usize) -> MockServer {
    let server = MockServer::start().await;
    mount(&server, "/hardware", listing(&sample(), total)).await;
    mount(&server, "/hardware/7", ResponseTemplate::new(200).set_body_json(entry(json!({})))).await;
    mount(&server, "/hardware/9", problem(404, &[])).await;
    mount_tasks(&server, &[]).await;
    server
}

async fn adding(answer: ResponseTemplate) -> (MockServer, Portal) {
    let server = hardware(2).await;
    mount_for(&server, "POST", "/tasks", answer).await;
    let portal = Portal::start(&server.uri()).await;
    (server, portal)
}

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    WORDS.into_iter().chain(more.iter().copied()).collect()
}

/// Queries and bodies of what was sent to be added.
async fn sent(server: &MockServer) -> Vec<(Option<String>, Value)> {
    let posted = asked(server, "/tasks").await.into_iter().filter(|sent| sent.method.as_str() == "POST");
    posted.map(|sent| (sent.url.query().map(str::to_owned), sent.body_json().unwrap())).collect()
}

#[tokio::test]
async fn the_form_offers_the_first_lines_and_says_how_to_reach_the_others() {
    let few = hardware(2).await;
    let page = Portal::start(&few.uri()).await.get("/tasks/new").await;
    page.is(200)
        .has("<details>")
        .has("<option value=\"1\">c5 (Amazon)</option>")
        .has("<option value=\"2\">H16mr (Azure)</option>")
        .lacks("selected")
        .lacks("These are");
    assert_eq!(asked(&few, "/hardware").await[0].url.query(), Some("limit=100"));
    let many = hardware(1_000_000).await;
    let page = Portal::start(&many.uri()).await.get("/tasks/new").await;
    page.has("These are 2 of 1,000,000. For another one follow “Plan maintenance” on its page");
}

#[tokio::test]
async fn the_page_of_a_hardware_leads_to_the_form_about_it() {
    let server = hardware(1_000).await;
    let here = row(7, "Lab B2", "HIL rig 3", json!({}));
    Mock::given(method("GET"))
        .and(path("/hardware"))
        .and(wiremock::matchers::query_param("ids", "7"))
        .respond_with(listing(&[here], 1))
        .with_priority(1)
        .mount(&server)
        .await;
    let portal = Portal::start(&server.uri()).await;
    portal.get("/hardware/7").await.is(200).has("<a class=\"btn\" href=\"/tasks/new?hardware=7\">");
    let page = portal.get("/tasks/new?hardware=7").await;
    page.is(200)
        .has("<details open>")
        .has("<option value=\"7\" selected>HIL rig 3 (Lab B2)</option>")
        .has("name=\"back\" value=\"/tasks/new?hardware=7\"");
    portal.get("/tasks/new?hardware=9").await.is(404).has("The catalogue has no such hardware");
    portal.get("/tasks/new?hardware=x").await.is(200).has("<details>");
}

#[tokio::test]
async fn the_form_is_there_while_the_catalogue_is_not() {
    let nobody = Portal::start("127.0.0.1:1").await;
    let page = nobody.get("/tasks/new?hardware=7").await;
    page.is(200).has("<option value=\"7\" selected>Hardware 7</option>").has("could not be looked up");
}

#[tokio::test]
async fn a_catalogue_that_hangs_does_not_hold_up_the_form() {
    let server = MockServer::start().await;
    let late = listing(&sample(), 2).set_delay(Duration::from_secs(30));
    mount(&server, "/hardware", late).await;
    let late = ResponseTemplate::new(200).set_body_json(entry(json!({}))).set_delay(Duration::from_secs(30));
    mount(&server, "/hardware/7", late).await;
    let portal = Portal::impatient(&server.uri()).await;
    let started = Instant::now();
    portal.get("/tasks/new?hardware=7").await.is(200).has("selected>Hardware 7</option>");
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[tokio::test]
async fn what_was_typed_is_sent_with_its_zone_and_an_end_may_be_left_open() {
    let (server, portal) = adding(ResponseTemplate::new(201).set_body_json(task(8, json!({})))).await;
    let window =
        [("hardware", "7"), ("qty", "2"), ("starts_at", "2026-06-12T08:00"), ("ends_at", "2026-06-12T12:00")];
    portal.post("/tasks/new", &with(&window)).await.is(303);
    portal.post("/tasks/new", &with(&window[..3])).await.is(303);
    portal
        .post("/tasks/new", &with(&[("hardware", "7"), ("qty", ""), ("starts_at", ""), ("ends_at", "")]))
        .await
        .is(303);
    let whole = json!({
        "title": "Lens", "text": "Clean it.", "hardware": 7, "qty": 2, "starts_at": "2026-06-12T08:00",
        "ends_at": "2026-06-12T12:00", "tz": "Europe/Berlin",
    });
    let mut open = whole.clone();
    open.as_object_mut().unwrap().remove("ends_at");
    let note = json!({ "title": "Lens", "text": "Clean it.", "hardware": 7 });
    assert_eq!(sent(&server).await, [(None, whole), (None, open), (None, note)]);
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_told_at_its_field_and_what_was_typed_is_kept() {
    let (server, portal) = adding(ResponseTemplate::new(500)).await;
    let page = portal.post("/tasks/new", &with(&[("starts_at", "2026-06-12T08:00")])).await;
    page.is(422)
        .has("<details open>")
        .has("<a href=\"#hardware\">Hardware is required for maintenance</a>")
        .has("<a href=\"#m-qty\">Units are required for maintenance</a>")
        .has("id=\"hardware-e\"")
        .has("id=\"m-qty-e\"")
        .has("value=\"2026-06-12T08:00\"")
        .has(">Clean it.</textarea>");
    let wrong = [("hardware", "7"), ("qty", EVIL), ("starts_at", EVIL), ("ends_at", "2026-03-29T02:30")];
    let page = portal.post("/tasks/new", &with(&wrong)).await;
    page.is(400)
        .has("<a href=\"#m-qty\">Units must be a whole number")
        .has("<a href=\"#m-from\">From must be a date and a time")
        .has("<a href=\"#m-to\">To does not exist in Europe/Berlin")
        .has("<option value=\"7\" selected>HIL rig 3 (Lab B2)</option>")
        .lacks("<script");
    let untitled = [("text", "b"), ("hardware", "7"), ("ends_at", "2026-06-12T08:00")];
    let page = portal.post("/tasks/new", &untitled).await;
    page.is(422)
        .has("<a href=\"#title\">Title is required</a>")
        .has("<a href=\"#m-from\">From is required</a>");
    assert!(page.html.find("Title is required") < page.html.find("From is required"));
    assert!(sent(&server).await.is_empty());
}

#[tokio::test]
async fn what_the_service_refuses_is_told_at_its_field() {
    let errors = [
        ("hardware", "9 is not in the catalogue"),
        ("qty", "is 0"),
        ("starts_at", "is too far"),
        ("ends_at", "is odd"),
    ];
    let (_server, portal) = adding(problem(422, &errors)).await;
    let window = [("hardware", "9"), ("qty", "2"), ("starts_at", "2026-06-12T08:00")];
    let page = portal.post("/tasks/new", &with(&window)).await;
    page.is(422)
        .has("<a href=\"#hardware\">Hardware: 9 is not in the catalogue</a>")
        .has("<a href=\"#m-qty\">Units: is 0</a>")
        .has("<a href=\"#m-from\">From: is too far</a>")
        .has("<a href=\"#m-to\">To: is odd</a>")
        .has("<option value=\"9\" selected>Hardware 9</option>");
}

#[tokio::test]
async fn units_that_are_booked_are_taken_only_by_a_second_button_that_says_what_it_does() {
    let (server, portal) = adding(not_free(json!({}))).await;
    let window =
        [("hardware", "7"), ("qty", "4"), ("starts_at", "2026-06-11T14:00"), ("ends_at", "2026-06-11T18:00")];
    let page = portal.post("/tasks/new", &with(&window)).await;
    page.is(409)
        .has("<title>Error: New task – Toolcrib</title>")
        .has("It would take 4 units of HIL rig 3 out of use, and 3 can be had all that time.")
        .has("It would fit from Thu 11 Jun, 18:30 to 22:30.")
        .has("<a href=\"#m-qty\">take 3 units or fewer</a>, or")
        .has("<a href=\"#force\">do it anyway, over what is booked</a>")
        .has("What is in the way of HIL rig 3")
        .has("<a href=\"/reservations/4\">llm-eval</a>")
        .has("value=\"2026-06-11T14:00\"")
        .has("No booking is cancelled")
        .has("name=\"force\" value=\"true\"");
    assert!(
        page.html.find(">Create</button>") < page.html.find(">Do it anyway</button>"),
        "Enter does not force"
    );
    portal.get("/tasks/new").await.lacks("name=\"force\"");
    portal
        .post(
            "/tasks/new",
            &with(&[("hardware", "7"), ("qty", "4"), ("starts_at", "2026-06-11T14:00"), ("force", "true")]),
        )
        .await
        .is(409);
    let queries: Vec<_> = sent(&server).await.into_iter().map(|(query, _)| query).collect();
    assert_eq!(queries, [None, Some("force=true".to_owned())]);
}
