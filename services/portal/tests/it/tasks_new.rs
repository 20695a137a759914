//! `/tasks/new`: the form of a new task, and the message that follows.

use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::harness::{Page, Portal, asked, mount_for, mount_tasks, problem, read, task};

const EVIL: &str = "\"><script>alert(1)</script>";
const TAMED: &str = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;";
const CREATED: &str = "Todo item was successfully created";
const SECRET: [(&str, &str); 1] = [("PORTAL_SECRET", "0123456789abcdef")];

async fn hardware() -> MockServer {
    let server = MockServer::start().await;
    mount_tasks(&server, &[task(7, json!({}))]).await;
    mount_for(&server, "POST", "/tasks", ResponseTemplate::new(201).set_body_json(task(8, json!({})))).await;
    server
}

/// What was sent to be added.
async fn sent(server: &MockServer) -> Vec<Value> {
    let all = asked(server, "/tasks").await;
    let posted = all.into_iter().filter(|request| request.method.as_str() == "POST");
    posted.map(|request| request.body_json().unwrap()).collect()
}

/// The cookies that an answer sets, as the browser sends them.
fn cookies(page: &Page) -> String {
    let set = page.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    set.map(|cookie| cookie.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}

async fn tasks_with(portal: &Portal, cookies: &str) -> Page {
    read(portal.request("GET", "/tasks").header("cookie", cookies)).await
}

#[tokio::test]
async fn the_form_asks_for_a_title_and_a_text() {
    let hardware = MockServer::start().await;
    let page = Portal::start(&hardware.uri()).await.get("/tasks/new").await;
    page.is(200)
        .has("<title>New task – Toolcrib</title>")
        .has("<form class=\"sheet pad form gap\" action=\"/tasks/new\" method=\"post\">")
        .has("<input id=\"title\" name=\"title\" maxlength=\"60\" value=\"\" required")
        .has("<textarea id=\"text\" name=\"text\" rows=\"4\" required></textarea>")
        .lacks("role=\"alert\"");
}

#[tokio::test]
async fn a_task_is_added_and_the_list_says_so_once() {
    let hardware = hardware().await;
    let portal = Portal::start(&hardware.uri()).await;
    let page = portal.post("/tasks/new", &[("title", " Fan "), ("text", "It rattles.\r\nLook.")]).await;
    page.is(303);
    assert_eq!(page.header("location"), "/tasks");
    assert_eq!(sent(&hardware).await, [json!({ "title": "Fan", "text": "It rattles.\nLook." })]);
    let all: Vec<_> = page.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap()).collect();
    let flash = all.iter().find(|cookie| cookie.starts_with("flash=")).unwrap();
    assert!(flash.ends_with("; Path=/; Max-Age=60; SameSite=Lax; HttpOnly"), "{flash}");
    assert!(all.iter().any(|cookie| cookie.starts_with("fresh=1;")), "{all:?}");

    let shown = tasks_with(&portal, &cookies(&page)).await;
    shown.is(200).has("<p class=\"flash lv-HIGH\" role=\"status\">").has(CREATED);
    assert_eq!(shown.header("set-cookie"), "flash=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly");
    let again = tasks_with(&portal, &cookies(&shown)).await;
    again.is(200).lacks(CREATED);
    portal.get("/tasks").await.lacks(CREATED);
}

#[tokio::test]
async fn portals_with_one_secret_show_each_others_message_once() {
    let hardware = hardware().await;
    let one = Portal::start_with(&hardware.uri(), &SECRET).await;
    let other = Portal::start_with(&hardware.uri(), &SECRET).await;
    let stranger = Portal::start(&hardware.uri()).await;
    let set = cookies(&one.post("/tasks/new", &[("title", "a"), ("text", "b")]).await);
    tasks_with(&stranger, &set).await.is(200).lacks(CREATED);
    let shown = tasks_with(&other, &set).await;
    shown.is(200).has(CREATED);
    assert_eq!(shown.html.matches(CREATED).count(), 1);
    tasks_with(&one, &cookies(&shown)).await.lacks(CREATED);
    tasks_with(&other, &cookies(&shown)).await.lacks(CREATED);
}

#[tokio::test]
async fn a_message_that_is_forged_altered_or_old_is_not_shown() {
    let hardware = hardware().await;
    let portal = Portal::start_with(&hardware.uri(), &SECRET).await;
    let set = cookies(&portal.post("/tasks/new", &[("title", "a"), ("text", "b")]).await);
    for cookie in [
        set.replace("task-created", "ticks-saved"),
        set.replace("task-created.", "task-created.9"),
        "flash=Todo+item+was+successfully+created".to_owned(),
        format!("flash={EVIL}"),
        "flash=task-created.9999999999.".to_owned() + &"0".repeat(64),
        "flash=".to_owned(),
    ] {
        let page = tasks_with(&portal, &cookie).await;
        page.is(200).lacks("class=\"flash").lacks(CREATED).lacks("Updated status").lacks("<script");
        assert!(page.header("set-cookie").contains("Max-Age=0"), "{cookie}");
    }
    tasks_with(&portal, &set).await.has(CREATED);
    portal.clock.set(portal.clock.now_s() + 61);
    tasks_with(&portal, &set).await.is(200).lacks(CREATED);
}

#[tokio::test]
async fn what_is_missing_is_told_title_first_and_what_was_typed_is_kept() {
    let hardware = hardware().await;
    let portal = Portal::start(&hardware.uri()).await;
    for (title, text) in [("", ""), (" \t ", "b"), ("", EVIL)] {
        let page = portal.post("/tasks/new", &[("title", title), ("text", text)]).await;
        page.is(422)
            .has("<title>Error: New task – Toolcrib</title>")
            .has("<a href=\"#title\">Title is required</a>")
            .has("id=\"title-e\"")
            .lacks("Text is required")
            .lacks("<script");
        assert!(!page.headers.contains_key("set-cookie"));
    }
    let page = portal.post("/tasks/new", &[("text", EVIL)]).await;
    page.is(422).has(&format!(" required>{TAMED}</textarea>"));
    let page = portal.post("/tasks/new", &[("title", EVIL), ("text", " \r\n ")]).await;
    page.is(422)
        .has("<a href=\"#text\">Text is required</a>")
        .has(&format!("maxlength=\"60\" value=\"{TAMED}\""))
        .lacks("Title is required");
    assert!(sent(&hardware).await.is_empty());
}

#[tokio::test]
async fn a_title_of_60_characters_is_taken_and_one_of_61_is_told_at_its_field() {
    let hardware = hardware().await;
    let portal = Portal::start(&hardware.uri()).await;
    let (fits, long) = ("ä".repeat(60), "ä".repeat(61));
    portal.post("/tasks/new", &[("title", &fits), ("text", "b")]).await.is(303);
    let page = portal.post("/tasks/new", &[("title", &long), ("text", "kept")]).await;
    page.is(422)
        .has("<a href=\"#title\">Title takes at most 60 characters</a>")
        .has(&format!("value=\"{long}\" required aria-invalid=\"true\""))
        .has(">kept</textarea>");
    assert_eq!(sent(&hardware).await.len(), 1);
}

#[tokio::test]
async fn what_the_service_refuses_is_told_at_its_field() {
    let hardware = MockServer::start().await;
    mount_for(&hardware, "POST", "/tasks", problem(422, &[("title", "contains a control character")])).await;
    let page =
        Portal::start(&hardware.uri()).await.post("/tasks/new", &[("title", "a"), ("text", "kept")]).await;
    page.is(422).has("<a href=\"#title\">Title: contains a control character</a>").has(">kept</textarea>");
}

#[tokio::test]
async fn a_write_without_an_answer_keeps_what_was_typed_and_says_what_is_known() {
    let fields = [("title", "Fan"), ("text", "kept")];
    let hardware = MockServer::start().await;
    mount_for(&hardware, "POST", "/tasks", ResponseTemplate::new(502)).await;
    let portal = Portal::start(&hardware.uri()).await;
    let page = portal.post("/tasks/new", &fields).await;
    page.is(503)
        .has("It is not known whether the task was saved")
        .has("<a href=\"/tasks\">Look at the list first</a>")
        .has("Sent again it may be there twice.")
        .has("value=\"Fan\"")
        .has(">kept</textarea>");
    let nobody = Portal::start("127.0.0.1:1").await;
    let page = nobody.post("/tasks/new", &fields).await;
    page.is(503).has("The task was not saved").has(">kept</textarea>").lacks("not known");
    assert_eq!(page.header("retry-after"), "5");
}

#[tokio::test]
async fn another_site_cannot_add_a_task_and_a_huge_form_is_refused() {
    let hardware = hardware().await;
    let portal = Portal::start(&hardware.uri()).await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "http://evil.example")] {
        let request = portal.request("POST", "/tasks/new").header(name, value).body("title=a&text=b");
        read(request).await.is(403).has("This was not sent from our own page");
    }
    let huge = "x".repeat(200_000);
    portal.post("/tasks/new", &[("title", "a"), ("text", &huge)]).await.is(413);
    let long = "x".repeat(10_001);
    portal
        .post("/tasks/new", &[("title", "a"), ("text", &long)])
        .await
        .is(422)
        .has("at most 10,000 characters");
    assert!(sent(&hardware).await.is_empty());
}
