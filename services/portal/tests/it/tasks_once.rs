//! A form that is sent twice: each has a key, under which the service adds a task once.

use serde_json::json;
use wiremock::{MockServer, ResponseTemplate};

use crate::harness::{Page, Portal, asked, hidden_field, mount_for, mount_tasks, problem, task};

const FORM: &str = "action=\"/tasks/new\"";
const WORDS: [(&str, &str); 2] = [("title", "Fan"), ("text", "kept")];

fn key(page: &Page) -> String {
    hidden_field(&page.html, FORM, "key")
}

/// The keys under which tasks were sent.
async fn keys(server: &MockServer) -> Vec<Option<String>> {
    let posted = asked(server, "/tasks").await.into_iter().filter(|sent| sent.method.as_str() == "POST");
    let key = |sent: wiremock::Request| {
        sent.headers.get("idempotency-key").map(|key| key.to_str().unwrap().to_owned())
    };
    posted.map(key).collect()
}

async fn answering(answer: ResponseTemplate) -> (MockServer, Portal) {
    let hardware = MockServer::start().await;
    mount_tasks(&hardware, &[]).await;
    mount_for(&hardware, "POST", "/tasks", answer).await;
    let portal = Portal::start(&hardware.uri()).await;
    (hardware, portal)
}

#[tokio::test]
async fn each_form_has_a_key_of_its_own_which_goes_to_the_service() {
    let (hardware, portal) = answering(ResponseTemplate::new(201).set_body_json(task(8, json!({})))).await;
    let (one, other) = (key(&portal.get("/tasks/new").await), key(&portal.get("/tasks/new").await));
    assert_ne!(one, other);
    let fields = [WORDS[0], WORDS[1], ("key", &one)];
    for _ in 0..2 {
        portal.post("/tasks/new", &fields).await.is(303);
    }
    portal.post("/tasks/new", &WORDS).await.is(303);
    assert_eq!(keys(&hardware).await, [Some(one.clone()), Some(one), None]);
}

#[tokio::test]
async fn a_form_that_was_refused_comes_back_under_another_key() {
    let (hardware, portal) = answering(problem(422, &[("Idempotency-Key", "was used")])).await;
    let page = portal.post("/tasks/new", &[("title", ""), ("text", "b"), ("key", "k-1")]).await;
    page.is(422);
    assert_ne!(key(&page), "k-1");
    let page = portal.post("/tasks/new", &[WORDS[0], WORDS[1], ("key", "k-1")]).await;
    page.is(422)
        .has("This form was sent before with something else in it, and that was saved.")
        .has(">kept<");
    assert_ne!(key(&page), "k-1");
    portal.post("/tasks/new", &[WORDS[0], WORDS[1], ("key", "a b")]).await.is(400).has("was not complete");
    assert_eq!(keys(&hardware).await.len(), 1);
}

#[tokio::test]
async fn a_form_without_an_answer_keeps_its_key_and_what_is_not_known_of_it() {
    let (_hardware, portal) = answering(ResponseTemplate::new(502)).await;
    let fields = [
        WORDS[0],
        WORDS[1],
        ("key", "k-1"),
        ("hardware", "7"),
        ("qty", "2"),
        ("starts_at", "2026-06-12T08:00"),
    ];
    let page = portal.post("/tasks/new", &fields).await;
    page.is(503).has("It is not known whether").has("it is saved only once").has(">kept</textarea>");
    page.has("<option value=\"7\" selected>Hardware 7</option>").has("value=\"2026-06-12T08:00\"");
    assert_eq!((key(&page).as_str(), hidden_field(&page.html, FORM, "again").as_str()), ("k-1", "1"));

    let nobody = Portal::start("127.0.0.1:1").await;
    let page = nobody.post("/tasks/new", &fields).await;
    page.is(503).has("The task was not saved").lacks("name=\"again\"");
    assert_eq!(key(&page), "k-1");
    let again = [WORDS[0], WORDS[1], ("key", "k-1"), ("again", "1")];
    nobody.post("/tasks/new", &again).await.is(503).has("It is not known whether").lacks("was not saved");
}
