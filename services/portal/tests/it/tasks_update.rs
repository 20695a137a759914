//! `POST /tasks/update`: all ticks at once.

use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::harness::{
    Page, Portal, mount, mount_for, mount_tasks, not_free, problem, queries, read, task, task_list,
};

/// Tasks 9 (open), 8 (done) and 7 (open), each of which can be changed.
async fn hardware() -> MockServer {
    let server = MockServer::start().await;
    mount_tasks(&server, &[task(9, json!({})), task(8, json!({ "done": true })), task(7, json!({}))]).await;
    for id in 7..=9 {
        let answer = ResponseTemplate::new(200).set_body_json(task(id, json!({})));
        mount_for(&server, "PATCH", &format!("/tasks/{id}"), answer).await;
    }
    server
}

/// What was changed, in order.
async fn changed(server: &MockServer) -> Vec<(String, Value)> {
    let all = server.received_requests().await.unwrap();
    let patched = all.iter().filter(|request| request.method.as_str() == "PATCH");
    patched.map(|request| (request.url.path().to_owned(), request.body_json().unwrap())).collect()
}

fn ticked(id: i64, done: bool) -> (String, Value) {
    (format!("/tasks/{id}"), json!({ "done": done }))
}

/// A form as the page sends it.
fn form(shown: &[&str], done: &[&str]) -> Vec<(String, String)> {
    let shown = shown.iter().map(|id| ("shown".to_owned(), (*id).to_owned()));
    shown.chain(done.iter().map(|id| (format!("done.{id}"), "true".to_owned()))).collect()
}

async fn post(portal: &Portal, fields: &[(String, String)]) -> Page {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    portal.post("/tasks/update", &fields).await
}

#[tokio::test]
async fn only_what_differs_is_changed_and_the_list_says_so() {
    let hardware = hardware().await;
    let portal = Portal::start(&hardware.uri()).await;
    let page = post(&portal, &form(&["9", "8", "7"], &["9"])).await;
    page.is(303);
    assert_eq!(page.header("location"), "/tasks");
    assert_eq!(changed(&hardware).await, [ticked(8, false), ticked(9, true)]);
    let set = page.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let cookies: Vec<_> = set.map(|cookie| cookie.split(';').next().unwrap()).collect();
    let list = read(portal.request("GET", "/tasks").header("cookie", cookies.join("; "))).await;
    list.is(200).has("</svg>Updated status</p>");
}

#[tokio::test]
async fn what_was_not_shown_stays_whatever_the_form_says_of_it() {
    let hardware = hardware().await;
    let portal = Portal::start(&hardware.uri()).await;
    post(&portal, &form(&["7"], &["9"])).await.is(303);
    assert_eq!(changed(&hardware).await, []);
    post(&portal, &form(&["7"], &["7", "9"])).await.is(303);
    assert_eq!(changed(&hardware).await, [ticked(7, true)]);
}

#[tokio::test]
async fn a_form_that_shows_nothing_means_every_task_on_every_page() {
    let server = MockServer::start().await;
    let second = task_list(&[task(7, json!({ "done": true }))]);
    wiremock::Mock::given(wiremock::matchers::query_param("cursor", "c2"))
        .respond_with(second)
        .with_priority(1)
        .mount(&server)
        .await;
    let first = task_list(&[task(9, json!({})), task(8, json!({ "done": true }))]);
    mount(&server, "/tasks", first.insert_header("link", "</tasks?limit=100&cursor=c2>; rel=\"next\"")).await;
    for id in 7..=9 {
        let answer = ResponseTemplate::new(200).set_body_json(task(id, json!({})));
        mount_for(&server, "PATCH", &format!("/tasks/{id}"), answer).await;
    }
    let portal = Portal::start(&server.uri()).await;
    post(&portal, &form(&[], &["9"])).await.is(303);
    assert_eq!(changed(&server).await, [ticked(7, false), ticked(8, false), ticked(9, true)]);
    assert_eq!(queries(&server, "/tasks").await, ["limit=100", "limit=100&cursor=c2"]);
}

#[tokio::test]
async fn pages_without_an_end_are_not_followed_for_ever() {
    let server = MockServer::start().await;
    let again = task_list(&[task(9, json!({}))]);
    mount(&server, "/tasks", again.insert_header("link", "</tasks?cursor=c>; rel=\"next\"")).await;
    let portal = Portal::start(&server.uri()).await;
    post(&portal, &form(&[], &["9"])).await.is(502);
    assert_eq!((queries(&server, "/tasks").await.len(), changed(&server).await.len()), (100, 0));
}

#[tokio::test]
async fn the_way_back_is_the_page_that_was_looked_at() {
    let hardware = hardware().await;
    let portal = Portal::start(&hardware.uri()).await;
    for (cursor, back) in
        [("c/2", "/tasks?cursor=c/2"), ("//evil\r\n", "/tasks?cursor=//evil"), ("", "/tasks")]
    {
        let mut fields = form(&["9"], &[]);
        fields.push(("cursor".to_owned(), cursor.to_owned()));
        assert_eq!(post(&portal, &fields).await.is(303).header("location"), back);
    }
}

#[tokio::test]
async fn maintenance_that_cannot_begin_again_is_told_and_the_rest_is_saved() {
    let server = MockServer::start().await;
    let done = json!({ "done": true, "title": "<script>" });
    mount_tasks(&server, &[task(9, json!({})), task(8, done)]).await;
    mount_for(&server, "PATCH", "/tasks/8", not_free(json!({}))).await;
    let answer = ResponseTemplate::new(200).set_body_json(task(9, json!({})));
    mount_for(&server, "PATCH", "/tasks/9", answer).await;
    let page = post(&Portal::start(&server.uri()).await, &form(&["9", "8"], &["9"])).await;
    page.is(409)
        .has("<title>Error: Tasks – Toolcrib</title>")
        .has("Not every tick could be saved")
        .has("<p>The others are saved.</p>")
        .has("<a href=\"#t8\">“&lt;script&gt;” stays done: it would take 4 units out of use, and 3 can be had</a>")
        .has("name=\"done.8\" value=\"true\" checked")
        .has("name=\"back\" value=\"/tasks\"")
        .lacks("Updated status")
        .lacks("<script");
    assert_eq!(changed(&server).await, [ticked(8, false), ticked(9, true)]);
}

#[tokio::test]
async fn a_task_that_is_gone_is_told_and_the_rest_is_saved() {
    let server = MockServer::start().await;
    mount_tasks(&server, &[task(9, json!({})), task(8, json!({}))]).await;
    mount(&server, "/tasks/5", problem(404, &[])).await;
    mount(&server, "/tasks/6", ResponseTemplate::new(200).set_body_json(task(6, json!({})))).await;
    for id in [6, 9] {
        let answer = ResponseTemplate::new(200).set_body_json(task(id, json!({})));
        mount_for(&server, "PATCH", &format!("/tasks/{id}"), answer).await;
    }
    // Removed after it was looked up.
    mount_for(&server, "PATCH", "/tasks/8", problem(404, &[])).await;
    let page =
        post(&Portal::start(&server.uri()).await, &form(&["5", "6", "8", "9"], &["6", "8", "9"])).await;
    page.is(409)
        .has("<li>Task 5 is gone: somebody removed it</li>")
        .has("Task 8 is gone: somebody removed it")
        .has("The others are saved.");
    assert_eq!(changed(&server).await, [ticked(6, true), ticked(8, true), ticked(9, true)]);
}

#[tokio::test]
async fn an_outage_in_between_says_that_it_is_not_known_and_offers_the_same_again() {
    let server = MockServer::start().await;
    mount_tasks(&server, &[task(9, json!({})), task(8, json!({}))]).await;
    let answer = ResponseTemplate::new(200).set_body_json(task(8, json!({})));
    mount_for(&server, "PATCH", "/tasks/8", answer).await;
    mount_for(&server, "PATCH", "/tasks/9", ResponseTemplate::new(503)).await;
    let page = post(&Portal::start(&server.uri()).await, &form(&["9", "8"], &["9", "8"])).await;
    page.is(503)
        .has("It is not known whether this was saved")
        .has("action=\"/tasks/update\"")
        .has("<input type=\"hidden\" name=\"shown\" value=\"9\">")
        .has("<input type=\"hidden\" name=\"done.8\" value=\"true\">");
    let nobody = post(&Portal::start("127.0.0.1:1").await, &form(&["9"], &["9"])).await;
    nobody.is(503).has("No tick was saved").has("name=\"done.9\" value=\"true\"");
}

#[tokio::test]
async fn the_address_of_the_form_leads_to_the_list_also_after_an_outage() {
    let server = MockServer::start().await;
    mount(&server, "/tasks", ResponseTemplate::new(503)).await;
    let portal = Portal::start(&server.uri()).await;
    post(&portal, &form(&["9"], &["9"])).await.is(503).has("href=\"/tasks/update\"");
    assert_eq!(portal.get("/tasks/update").await.is(303).header("location"), "/tasks");
}

#[tokio::test]
async fn what_is_no_form_of_ours_changes_nothing() {
    let hardware = hardware().await;
    let portal = Portal::start(&hardware.uri()).await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "null")] {
        let request = portal.request("POST", "/tasks/update").header(name, value).body("shown=9&done.9=true");
        read(request).await.is(403);
    }
    for kind in ["application/json", "multipart/form-data; boundary=x", "text/plain"] {
        let request = portal.request("POST", "/tasks/update").header("content-type", kind).body("{}");
        read(request).await.is(415);
    }
    for shown in ["x", "-", "7 8", "99999999999999999999"] {
        post(&portal, &form(&["9", shown], &["9"])).await.is(400).has("must be the number of a task");
    }
    let huge: Vec<_> = (0..10_000).map(|id| ("shown".to_owned(), id.to_string())).collect();
    post(&portal, &huge).await.is(413).has("That was too much to read");
    assert_eq!(changed(&hardware).await, []);
}
