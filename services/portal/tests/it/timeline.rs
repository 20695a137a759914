//! `GET /timeline`.

use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::harness::{Portal, asked, listing, mount, problem, query, row};

/// Steps of item 1, four units, from Monday 8 June in Berlin: free, two taken, all taken, over by one, free.
fn week() -> Value {
    let at = |day: u32| format!("2026-06-{day:02}T22:00:00Z");
    let step = |from, to, free: u64, over: u64| json!({ "from": at(from), "to": at(to), "free": free, "overcommitted": over, "of_tomorrow": 1 });
    json!([{ "hardware": 1, "capacity": 4, "min_free": 0, "steps": [
        step(7, 8, 4, 0), step(8, 9, 2, 0), step(9, 10, 0, 0), step(10, 11, 0, 1), step(11, 14, 4, 0),
    ] }])
}

async fn service(rows: &[Value], outlines: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    mount(&server, "/hardware", listing(rows, 1_363)).await;
    mount(&server, "/availability", outlines).await;
    server
}

async fn usual() -> MockServer {
    let rows = [row(1, "Lab B2", "HIL rig 3", json!({})), row(2, "Lab B2", "gone", json!({}))];
    service(&rows, ResponseTemplate::new(200).set_body_json(week())).await
}

#[tokio::test]
async fn a_week_shows_what_is_free_as_picture_numbers_table_and_agenda() {
    let server = usual().await;
    let page = Portal::start(&server.uri()).await.get("/timeline").await;
    page.is(200)
        .has("<title>Timeline – Toolcrib</title>")
        .has("<a href=\"/timeline\" aria-current=\"page\">Timeline</a>")
        .has("<time datetime=\"2026-06-08\">Mon 8 Jun</time> to <time datetime=\"2026-06-14\">Sun 14 Jun 2026</time>, times in Europe/Berlin (UTC+02:00)")
        .has("<b>1,363</b> in the catalogue")
        .has("viewBox=\"0 0 1680 100\"")
        .has("<path class=\"g-full\" d=\"M480 100V32H720V100Z\"/>")
        .has("<path class=\"g-ov\"")
        .has(">over by 1</text>")
        .has("<line class=\"g-now\" x1=\"51.")
        .has("<title>Book Fri 12 Jun to Sun 14 Jun, 4 free</title>")
        .has("href=\"/hardware/1?from=2026-06-12T00:00&amp;to=2026-06-15T00:00#book\"")
        .has("<td class=\"num\">4</td><td class=\"num\">4</td><td class=\"num\">2</td><td class=\"num\">0</td><td class=\"num\">0, over by 1</td>")
        .has("<span class=\"over\">overbooked by 1</span>")
        .has("Not known just now")
        .lacks("style=");
    assert_eq!(query(&server, "/hardware").await, "limit=50");
    let meant = "ids=1,2&from=2026-06-07T22:00:00Z&to=2026-06-14T22:00:00Z&tz=Europe/Berlin&grain=hour";
    assert_eq!(query(&server, "/availability").await, meant);
    assert_eq!(server.received_requests().await.unwrap().len(), 2, "two calls a page");
}

#[tokio::test]
async fn one_moves_through_time_and_zooms_with_the_filters_kept() {
    let server = usual().await;
    let page = Portal::start(&server.uri())
        .await
        .get("/timeline?view=month&date=2026-06-11&q=rig&provider=Lab+B2")
        .await;
    let link = |view: &str, date: &str| {
        format!("<a href=\"/timeline?view={view}&amp;date={date}&amp;q=rig&amp;provider=Lab+B2\"")
    };
    page.is(200)
        .has(&format!("{} aria-current=\"true\">Month</a>", link("month", "2026-06-11")))
        .has(&format!("{}>Day</a>", link("day", "2026-06-11")))
        .has(&format!("{}>Earlier</a>", link("month", "2026-05-01")))
        .has("<a href=\"/timeline?view=month&amp;q=rig&amp;provider=Lab+B2\" aria-current=\"true\">Today</a>")
        .has(&format!("{}>Later</a>", link("month", "2026-07-01")))
        .has(&link("day", "2026-06-30"))
        .has("<input type=\"hidden\" name=\"provider\" value=\"Lab B2\">")
        .has("<span>search: rig</span>")
        .has("href=\"/?from=2026-05-31T22:00:00Z&amp;to=2026-06-30T22:00:00Z&amp;q=rig&amp;provider=Lab+B2\">The same as a list");
    assert!(query(&server, "/availability").await.ends_with("&grain=day"));
    assert_eq!(query(&server, "/hardware").await, "q=rig&provider=Lab+B2&limit=50");
}

#[tokio::test]
async fn days_have_as_many_hours_as_the_clocks_give_them() {
    for (date, columns, note) in [
        ("2026-06-11", 24, "Thu 11 Jun</time>, times"),
        (
            "2026-03-29",
            23,
            "</time>, 23 hours long: the clocks change, times in Europe/Berlin (UTC+01:00)</p>",
        ),
        ("2026-10-25", 25, "</time>, 25 hours long: the clocks change, times"),
    ] {
        let all = json!({ "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "free": 1 });
        let outlines = json!([{ "hardware": 1, "capacity": 4, "steps": [all] }]);
        let rows = [row(1, "Lab B2", "HIL rig 3", json!({}))];
        let server = service(&rows, ResponseTemplate::new(200).set_body_json(outlines)).await;
        let page = Portal::start(&server.uri()).await.get(&format!("/timeline?view=day&date={date}")).await;
        page.is(200).has(&format!("viewBox=\"0 0 {} 100\"", columns * 240)).has(note);
        assert_eq!(page.html.contains("02:00 again"), columns == 25);
        assert_eq!(page.html.contains(">02:00<"), columns != 23);
    }
}

#[tokio::test]
async fn the_next_page_is_about_the_same_time() {
    let server = MockServer::start().await;
    let link =
        "</hardware?from=2026-06-11T11:42:07Z&to=2026-06-11T12:42:07Z&limit=50&cursor=a%2Bb>; rel=\"next\"";
    let rows = [row(1, "Lab B2", "HIL rig 3", json!({}))];
    mount(&server, "/hardware", listing(&rows, 1_363).insert_header("link", link)).await;
    mount(&server, "/availability", ResponseTemplate::new(200).set_body_json(json!([]))).await;
    let portal = Portal::start(&server.uri()).await;
    let next = "/timeline?view=week&date=2026-06-11&q=rig&cursor=a%2Bb&seen=1";
    portal
        .get("/timeline?q=rig")
        .await
        .has(&format!("rel=\"next\" href=\"{}\">Next 50", next.replace('&', "&amp;")));
    portal
        .get(next)
        .await
        .is(200)
        .has("Rows 2 to 2 of 1,363")
        .has("First page")
        .has("&amp;cursor=a%2Bb&amp;seen=1\">Later</a>");
    assert_eq!(asked(&server, "/hardware").await[1].url.query().unwrap(), "q=rig&limit=50&cursor=a%2Bb");
}

#[tokio::test]
async fn the_list_leads_to_its_time_with_its_filters() {
    let server = MockServer::start().await;
    let used = "/hardware?from=2026-06-13T06:00:00Z&to=2026-06-15T16:00:00Z";
    mount(&server, "/hardware", listing(&[], 0).insert_header("content-location", used)).await;
    let query = "from=2026-06-13T08:00&to=2026-06-15T18:00&q=rig&qty=2&free_only=true&cursor=c";
    let list = Portal::start(&server.uri()).await.get(&format!("/?{query}")).await;
    list.has("<a href=\"/timeline?view=week&amp;date=2026-06-13&amp;qty=2&amp;q=rig\">The same on the timeline</a>");
}

#[tokio::test]
async fn a_page_beyond_the_end_and_an_empty_catalogue_ask_about_nothing_and_say_so() {
    let server = service(&[], ResponseTemplate::new(500)).await;
    let portal = Portal::start(&server.uri()).await;
    portal
        .get("/timeline?cursor=c&seen=5000")
        .await
        .is(200)
        .has("No more rows")
        .has("<a href=\"/timeline\">First page</a>");
    portal.get("/timeline").await.is(200).has("The catalogue is empty");
    assert!(asked(&server, "/availability").await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_is_told_above_its_field_and_nobody_is_asked() {
    let server = usual().await;
    let portal = Portal::start(&server.uri()).await;
    for (query, status, told) in [
        ("view=%3Cscript%3E", 422, "The view must be a day, a week or a month</a>"),
        ("date=%22%3E%3Cscript%3E", 400, "<a href=\"#date\">Date must be a day, such as 2026-06-11</a>"),
        ("date=2026-02-30", 400, "<a href=\"#date\">Date must be a day"),
        ("qty=many", 400, "<a href=\"#qty\">Units must be a whole number"),
        ("qty=0", 422, "<a href=\"#qty\">Units must be between"),
    ] {
        let page = portal.get(&format!("/timeline?{query}")).await;
        page.is(status)
            .has("<title>Error: Timeline")
            .has("role=\"alert\"")
            .has(told)
            .lacks("<script")
            .lacks("class=\"tl\"");
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_the_service_refuses_is_told_at_the_date_and_years_at_the_edge_do_no_harm() {
    let server =
        service(&[row(1, "p", "n", json!({}))], problem(422, &[("to", "is more than 10 years ahead")])).await;
    let portal = Portal::start(&server.uri()).await;
    for date in ["2096-06-11", "0000-01-01", "9999-12-31"] {
        let page = portal.get(&format!("/timeline?view=month&date={date}")).await;
        page.is(422)
            .has("<a href=\"#date\">To: is more than 10 years ahead</a>")
            .has(&format!("value=\"{date}\""));
    }
}

#[tokio::test]
async fn names_with_markup_stay_text() {
    let evil = "\"><script>alert(1)</script>";
    let rows = [row(1, evil, evil, json!({ "description": evil }))];
    let server = service(&rows, ResponseTemplate::new(200).set_body_json(week())).await;
    let page = Portal::start(&server.uri()).await.get("/timeline").await;
    page.is(200).lacks("<script").has("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
}

#[tokio::test]
async fn a_service_that_is_away_slow_or_talks_nonsense_is_a_readable_page() {
    let rows = [row(1, "p", "n", json!({}))];
    let server = service(&rows, problem(503, &[]).insert_header("retry-after", "7")).await;
    let page = Portal::start(&server.uri()).await.get("/timeline").await;
    page.is(503)
        .has("Not reachable right now")
        .has("<a href=\"/timeline\" aria-current=\"true\">Timeline</a>");
    assert_eq!(page.header("retry-after"), "7");

    for nonsense in ["{}", "[{}]", "[{\"hardware\":1,\"capacity\":-4,\"steps\":[]}]", "<html>"] {
        let server = service(&rows, ResponseTemplate::new(200).set_body_string(nonsense)).await;
        Portal::start(&server.uri()).await.get("/timeline").await.is(502).has("We could not read the answer");
    }

    // Each call would be in time; both together are not, and a page waits for one.
    let late = std::time::Duration::from_millis(700);
    let server = MockServer::start().await;
    mount(&server, "/hardware", listing(&rows, 1).set_delay(late)).await;
    mount(&server, "/availability", ResponseTemplate::new(200).set_body_json(week()).set_delay(late)).await;
    Portal::impatient(&server.uri()).await.get("/timeline").await.is(503).has("does not answer");
}

#[tokio::test]
async fn steps_that_make_no_sense_do_no_harm() {
    let step = |from: &str, to: &str, free: u64| json!({ "from": from, "to": to, "free": free });
    let odd = json!([
        { "hardware": 1, "capacity": 4, "steps": [
            step("2026-06-12T00:00:00Z", "2026-06-09T00:00:00Z", 1), step("1970-01-01T00:00:00Z", "9999-01-01T00:00:00Z", 3),
            step("2026-06-10T00:00:00Z", "2026-06-11T00:00:00Z", 18_446_744_073_709_551_615),
        ] },
        { "hardware": 1, "capacity": 4, "steps": [] }, { "hardware": 99, "capacity": 0, "steps": [] },
    ]);
    let rows = [row(1, "p", "n", json!({}))];
    let server = service(&rows, ResponseTemplate::new(200).set_body_json(odd)).await;
    Portal::start(&server.uri()).await.get("/timeline").await.is(200);
}
