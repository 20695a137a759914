//! `GET /tasks`: the list.

use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::harness::{
    Portal, asked, listing, mount, mount_tasks, problem, queries, read, row, task, task_list,
};

const EVIL: &str = "\"><script>alert(1)</script>";
const TAMED: &str = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;";

async fn hardware(rows: &[Value]) -> MockServer {
    let server = MockServer::start().await;
    mount_tasks(&server, rows).await;
    server
}

#[tokio::test]
async fn a_task_has_a_tick_box_a_title_a_text_and_its_creation_in_utc_to_the_minute() {
    let hardware = hardware(&[
        task(8, json!({ "title": "Fan", "text": "It rattles.\nSince Monday.", "done": true })),
        task(7, json!({})),
    ])
    .await;
    let page = Portal::start(&hardware.uri()).await.get("/tasks").await;
    page.is(200)
        .has("<title>Tasks – Toolcrib</title>")
        .has("<a href=\"/tasks\" aria-current=\"page\">Tasks</a>")
        .has("<p>1 open, 1 done, newest first</p>")
        .has("<input type=\"checkbox\" id=\"t8\" name=\"done.8\" value=\"true\" checked><input type=\"hidden\" name=\"shown\" value=\"8\">")
        .has("<input type=\"checkbox\" id=\"t7\" name=\"done.7\" value=\"true\"><input type=\"hidden\" name=\"shown\" value=\"7\">")
        .has("<label for=\"t8\">Fan</label>")
        .has("<p>It rattles.\nSince Monday.</p>")
        .has("<time datetime=\"2026-06-10T16:04Z\">10 Jun 2026, 16:04 UTC</time>")
        .has("<form class=\"sheet\" action=\"/tasks/update\" method=\"post\"")
        .lacks("class=\"meta\"")
        .lacks("class=\"flash")
        .lacks("rel=\"next\"");
    assert_eq!(page.html.matches(">Update</button>").count(), 1);
    assert!(page.html.find("id=\"t8\"") < page.html.find("id=\"t7\""), "as the service lists them");
    assert!(!page.headers.contains_key("set-cookie"));
    assert_eq!(queries(&hardware, "/tasks").await, ["done=false&limit=1", "limit=50"]);
    assert!(asked(&hardware, "/hardware").await.is_empty(), "nobody asks what has no name");
}

#[tokio::test]
async fn maintenance_names_its_hardware_and_its_window() {
    let window = json!({ "hardware": 3, "qty": 2, "starts_at": "2026-06-13T06:00:00Z", "ends_at": "2026-06-14T16:00:00Z" });
    let open = json!({ "hardware": 3, "qty": 1, "starts_at": "2026-06-10T16:00:00Z" });
    let about = json!({ "hardware": 9 });
    let hardware = hardware(&[task(8, window), task(7, open), task(6, about)]).await;
    mount(&hardware, "/hardware", listing(&[row(3, "Lab", EVIL, json!({}))], 1)).await;
    let page = Portal::start(&hardware.uri()).await.get("/tasks").await;
    assert_eq!(queries(&hardware, "/hardware").await, ["ids=3,9&limit=50"]);
    page.is(200)
        .has(&format!("<a href=\"/hardware/3\">{TAMED}</a>"))
        .has("2 units, Sat 13 Jun, 08:00 to Sun 14 Jun, 18:00</span>")
        .has("1 unit, from Wed 10 Jun, 18:00, open end</span>")
        .has("<p class=\"meta\"><a href=\"/hardware/9\">Hardware 9</a></p>")
        .lacks("<script");
    assert_eq!(page.html.matches("</svg>Maintenance</span>").count(), 2);
}

#[tokio::test]
async fn names_and_counts_that_do_not_come_are_left_out() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json([task(7, json!({ "hardware": 3 }))]);
    mount(&server, "/tasks", answer).await;
    mount(&server, "/hardware", ResponseTemplate::new(503)).await;
    let page = Portal::start(&server.uri()).await.get("/tasks").await;
    page.is(200).has("<a href=\"/hardware/3\">Hardware 3</a>").lacks("newest first");
}

#[tokio::test]
async fn nothing_in_a_task_can_become_markup() {
    let hardware = hardware(&[task(7, json!({ "title": EVIL, "text": EVIL }))]).await;
    let page = Portal::start(&hardware.uri()).await.get("/tasks").await;
    page.is(200)
        .has(&format!("<label for=\"t7\">{TAMED}</label>"))
        .has(&format!("<p>{TAMED}</p>"))
        .lacks("<script");
}

#[tokio::test]
async fn an_empty_list_says_so_and_has_nothing_to_save() {
    let hardware = hardware(&[]).await;
    let portal = Portal::start(&hardware.uri()).await;
    let page = portal.get("/tasks").await;
    page.is(200).has("Nothing is to be done.").has("href=\"/tasks/new\"").lacks("/tasks/update");
    let page = portal.get("/tasks?cursor=c1").await;
    page.is(200).has("There are no older tasks.").has("<a class=\"btn\" href=\"/tasks\">First page</a>");
}

#[tokio::test]
async fn pages_follow_by_cursor_and_the_form_knows_its_page() {
    let server = MockServer::start().await;
    let more = task_list(&[task(7, json!({}))])
        .insert_header("link", "</tasks?limit=50&cursor=c%2F2>; rel=\"next\"");
    mount(&server, "/tasks", more).await;
    let portal = Portal::start(&server.uri()).await;
    let page = portal.get("/tasks").await;
    page.has("rel=\"next\" href=\"/tasks?cursor=c/2\"").has("1 task on this page").lacks("First page");
    page.lacks("name=\"cursor\"");
    let page = portal.get("/tasks?cursor=c/2").await;
    page.has("First page").has("<input type=\"hidden\" name=\"cursor\" value=\"c/2\">");
    assert!(queries(&server, "/tasks").await.contains(&"limit=50&cursor=c/2".to_owned()));
}

#[tokio::test]
async fn a_page_that_is_no_more_leads_to_the_first_one() {
    let server = MockServer::start().await;
    mount(&server, "/tasks", problem(400, &[("cursor", "is not one of ours")])).await;
    let page = Portal::start(&server.uri()).await.get("/tasks?cursor=%22%3E%3Cscript%3E").await;
    page.is(400)
        .has("begin at the first page")
        .has("<a href=\"/tasks\">")
        .lacks("<script")
        .lacks("Nothing is to be done");
}

#[tokio::test]
async fn without_the_service_there_is_a_readable_page() {
    let server = MockServer::start().await;
    mount(&server, "/tasks", ResponseTemplate::new(503)).await;
    let portal = Portal::start(&server.uri()).await;
    portal.get("/tasks").await.is(503).has("<a href=\"/tasks\" aria-current=\"true\">Tasks</a>");
    for (method, path, allow) in [
        ("POST", "/tasks", "GET, HEAD"),
        ("PUT", "/tasks/update", "GET, HEAD, POST"),
        ("PUT", "/tasks/new", "GET, HEAD, POST"),
    ] {
        let page = read(portal.request(method, path)).await;
        page.is(405);
        assert_eq!(page.header("allow"), allow);
    }
}
