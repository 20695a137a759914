//! `GET /reservations`: the list of bookings.

use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path, query_param},
};

use crate::harness::{Portal, asked, mount, problem, reservation};

const LIVE: &str = "state=confirmed,out&from=2026-06-11T11:42:07Z&limit=50";

fn list(rows: &[Value]) -> ResponseTemplate {
    ResponseTemplate::new(200)
        .set_body_json(rows)
        .insert_header("x-total-count", rows.len().to_string().as_str())
}

async fn hardware(rows: &[Value]) -> MockServer {
    let server = MockServer::start().await;
    mount(&server, "/reservations", list(rows)).await;
    server
}

/// The queries that reached the stand-in, in order of their text.
async fn queries(server: &MockServer) -> Vec<String> {
    let sent = asked(server, "/reservations").await;
    let mut queries: Vec<_> =
        sent.iter().map(|sent| sent.url.query().unwrap_or_default().to_owned()).collect();
    queries.sort();
    queries
}

#[tokio::test]
async fn what_is_coming_and_running_is_listed_with_who_what_and_when() {
    let hardware =
        hardware(&[reservation(json!({})), reservation(json!({ "id": 10, "state": "out", "user": null }))])
            .await;
    let page = Portal::start(&hardware.uri()).await.get("/reservations").await;
    assert_eq!(queries(&hardware).await, [LIVE, "state=out&to=2026-06-11T11:42:07Z&limit=100"]);
    page.is(200)
        .has("<title>Bookings – Toolcrib</title>")
        .has("<a href=\"/reservations\" aria-current=\"page\">Bookings</a>")
        .has("<b>2</b> bookings coming or running")
        .has("<a href=\"/reservations/9\">ada</a>")
        .has("<td class=\"wide\">HIL rig 3</td><td class=\"wide\">Camera drift</td>")
        .has("<a href=\"/reservations/10\">Booking 10</a>")
        .has(">Thu 11 Jun, 14:00</time> to <time datetime=\"2026-06-11T18:00+02:00\">18:00</time>")
        .has("<option value=\"\" selected>coming and running</option>")
        .lacks("Overdue</h2>")
        .lacks("rel=\"next\"");
}

#[tokio::test]
async fn what_is_overdue_stands_first_also_though_it_is_over() {
    let server = MockServer::start().await;
    let late = reservation(json!({ "id": 4, "state": "out", "overdue": true, "user": "bob" }));
    let out = reservation(json!({ "id": 5, "state": "out", "user": "mallory" }));
    Mock::given(method("GET"))
        .and(path("/reservations"))
        .and(query_param("state", "out"))
        .respond_with(list(&[late, out]))
        .with_priority(1)
        .mount(&server)
        .await;
    mount(&server, "/reservations", list(&[reservation(json!({}))])).await;
    let page = Portal::start(&server.uri()).await.get("/reservations").await;
    page.is(200)
        .has("<h2 id=\"h-late\" class=\"over\">Overdue</h2>")
        .has("<a href=\"/reservations/4\">bob</a>")
        .has("<td class=\"st\">out, <span class=\"over\">overdue</span></td>")
        .lacks("mallory");
}

#[tokio::test]
async fn filters_reach_the_service_and_stay_in_the_form() {
    let hardware = hardware(&[]).await;
    let portal = Portal::start(&hardware.uri()).await;
    let page = portal.get("/reservations?user=ada+%26+co&state=no_show&hardware=7").await;
    assert_eq!(queries(&hardware).await, ["hardware=7&user=ada+%26+co&state=no_show&limit=50"]);
    page.is(200)
        .has("name=\"user\" type=\"search\" value=\"ada &amp; co\"")
        .has("<option value=\"no_show\" selected>no-show</option>")
        .has("<input type=\"hidden\" name=\"hardware\" value=\"7\">")
        .has("<a class=\"chip\" href=\"/reservations?user=ada+%26+co&amp;state=no_show\"><span>hardware: 7</span>")
        .has("No booking matches.")
        .has("<a class=\"aside\" href=\"/reservations?state=any\">All bookings</a>");
    let empty = portal.get("/reservations").await;
    empty.has("Nothing is booked from now on.");
}

#[tokio::test]
async fn pages_go_forward_and_keep_filters_and_the_now_of_the_first() {
    let server = MockServer::start().await;
    let link = "</reservations?state=confirmed,out&from=2026-06-11T11:42:07Z&cursor=a%2Bb>; rel=\"next\"";
    let rows = list(&[reservation(json!({}))]).insert_header("link", link);
    mount(&server, "/reservations", rows.insert_header("x-total-count", "113")).await;
    let portal = Portal::start(&server.uri()).await;
    let next = "/reservations?user=ada&amp;from=2026-06-11T11:42:07Z&amp;cursor=a%2Bb";
    let first = portal.get("/reservations?user=ada").await;
    first
        .has("<b>113</b> bookings coming or running")
        .has(&format!("<a class=\"btn\" rel=\"next\" href=\"{next}\">Next "))
        .lacks("First page");
    portal.clock.set(portal.clock.now_s() + 3_600);
    server.reset().await;
    mount(&server, "/reservations", list(&[])).await;
    let second = portal.get(&next.replace("&amp;", "&")).await;
    assert_eq!(queries(&server).await, [format!("user=ada&{LIVE}&cursor=a%2Bb")]);
    second
        .is(200)
        .has("<a class=\"btn\" href=\"/reservations?user=ada\">First page</a>")
        .has("No booking matches.");
}

#[tokio::test]
async fn a_list_without_the_headers_of_the_contract_is_still_shown() {
    let server = MockServer::start().await;
    mount(&server, "/reservations", ResponseTemplate::new(200).set_body_json([reservation(json!({}))])).await;
    Portal::start(&server.uri())
        .await
        .get("/reservations")
        .await
        .is(200)
        .has("<b>1</b> booking coming or running");
}

#[tokio::test]
async fn what_cannot_be_asked_is_told_and_nobody_is_asked() {
    let hardware = hardware(&[]).await;
    let portal = Portal::start(&hardware.uri()).await;
    let evil = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    let long = "x".repeat(201);
    for (query, status, told) in [
        ("state=gone".to_owned(), 422, "<a href=\"#state\">State must be one of the list</a>"),
        (format!("state={evil}"), 422, "State must be one of the list"),
        (format!("user={long}"), 422, "<a href=\"#user\">Who takes at most 200 characters</a>"),
        ("hardware=c5".to_owned(), 400, "<a href=\"/reservations\">Hardware must be the number"),
        (format!("hardware={evil}"), 400, "Hardware must be the number"),
    ] {
        portal
            .get(&format!("/reservations?{query}"))
            .await
            .is(status)
            .has(told)
            .has("Error: Bookings")
            .lacks("<script");
    }
    assert!(asked(&hardware, "/reservations").await.is_empty());
    for field in ["user", "from", "cursor", "utm"] {
        portal.get(&format!("/reservations?{field}={evil}")).await.is(200).lacks("<script");
    }
}

#[tokio::test]
async fn a_cursor_that_no_longer_fits_leads_to_the_first_page() {
    let server = MockServer::start().await;
    mount(&server, "/reservations", problem(400, &[("cursor", "belongs to another search")])).await;
    let page = Portal::start(&server.uri()).await.get("/reservations?user=ada&cursor=old").await;
    page.is(400)
        .has("<a href=\"/reservations?user=ada\">This page of the list no longer goes with the search");
}

#[tokio::test]
async fn without_the_service_the_page_says_so() {
    let server = MockServer::start().await;
    mount(&server, "/reservations", problem(503, &[])).await;
    let page = Portal::start(&server.uri()).await.get("/reservations?user=ada").await;
    page.is(503).has("href=\"/reservations?user=ada\">Try again</a>");
}
