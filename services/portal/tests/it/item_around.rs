//! What stands around an item's words: booking form, chart, coming bookings.

use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::harness::{Portal, asked, entry, hidden_field, listing, mount, query, reservation, row};

const EVIL: &str = "\"><script>alert(1)</script>";

fn ok(body: impl serde::Serialize) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

async fn hardware() -> MockServer {
    let server = MockServer::start().await;
    mount(&server, "/hardware/7", ok(entry(json!({})))).await;
    let rows = [row(7, "Lab B2", "HIL rig 3", json!({ "availability": "LOW", "capacity": 10, "free": 3 }))];
    mount(&server, "/hardware", listing(&rows, 1)).await;
    server
}

/// Steps from the day's midnight in Berlin, two weeks in all.
fn steps() -> Value {
    json!({ "capacity": 10, "min_free": 0, "steps": [
        { "from": "2026-06-10T22:00:00Z", "to": "2026-06-11T06:00:00Z", "free": 6, "overcommitted": 0 },
        { "from": "2026-06-11T06:00:00Z", "to": "2026-06-11T10:00:00Z", "free": 3, "overcommitted": 0 },
        { "from": "2026-06-11T10:00:00Z", "to": "2026-06-11T16:00:00Z", "free": 3, "overcommitted": 0 },
        { "from": "2026-06-11T16:00:00Z", "to": "2026-06-17T22:00:00Z", "free": 0, "overcommitted": 0 },
        { "from": "2026-06-17T22:00:00Z", "to": "2026-06-18T22:00:00Z", "free": 0, "overcommitted": 2 },
        { "from": "2026-06-18T22:00:00Z", "to": "2026-06-24T22:00:00Z", "free": 10, "overcommitted": 0 },
    ]})
}

#[tokio::test]
async fn the_booking_form_holds_the_window_that_was_looked_at() {
    let portal = Portal::start(&hardware().await.uri()).await;
    let page = portal.get("/hardware/7?from=2026-06-11T14:00&to=2026-06-11T18:00&qty=2").await;
    page.is(200)
        .has("<a class=\"btn main jump\" href=\"#book\">Book</a>")
        .has("<form class=\"sheet pad form\" action=\"/reservations\" method=\"post\">")
        .has("<h2 id=\"book\" tabindex=\"-1\">Book HIL rig 3</h2>")
        .has("name=\"hardware\" value=\"7\"")
        .has("id=\"starts_at\" name=\"starts_at\" type=\"datetime-local\" value=\"2026-06-11T14:00\"")
        .has("id=\"ends_at\" name=\"ends_at\" type=\"datetime-local\" value=\"2026-06-11T18:00\"")
        .has("id=\"units\" name=\"qty\" type=\"number\" min=\"1\" max=\"10\" inputmode=\"numeric\" value=\"2\"")
        .has("<p class=\"hint\" id=\"units-h\">3 of 10 free from Thu 11 Jun, 13:42 to 14:42.</p>");
    let key = |html: &str| hidden_field(html, "id=\"book\"", "key");
    let again = portal.get("/hardware/7").await;
    again.has("name=\"starts_at\" type=\"datetime-local\" value=\"2026-06-11T13:42\"");
    assert!(key(&page.html).len() >= 32 && key(&page.html) != key(&again.html), "each form has its own key");
}

#[tokio::test]
async fn a_window_that_cannot_be_leaves_the_booking_form_with_what_was_typed() {
    let page = Portal::start(&hardware().await.uri()).await.get("/hardware/7?from=soon&to=").await;
    page.is(400).has("name=\"starts_at\" type=\"text\" value=\"soon\"").has("action=\"/reservations\"");
}

#[tokio::test]
async fn the_next_days_are_a_picture_with_the_same_as_a_table() {
    let server = hardware().await;
    mount(&server, "/hardware/7/availability", ok(steps())).await;
    let page = Portal::start(&server.uri()).await.get("/hardware/7").await;
    assert_eq!(
        query(&server, "/hardware/7/availability").await,
        "from=2026-06-10T22:00:00Z&to=2026-06-24T22:00:00Z"
    );
    // 12 at the most, of 10: the scale goes to 12, and 7 of 12 are 58.33 %.
    page.is(200)
        .has("<div class=\"y\" aria-hidden=\"true\"><span>12</span><span>6</span><span>0</span></div>")
        .has("7 of 10 taken now. All taken from Thu 11 Jun, 18:00 to Thu 18 Jun, 00:00.")
        .has("<rect class=\"g-fill\" x=\"2.38%\" y=\"41.67%\" width=\"2.97%\" height=\"58.33%\"/>")
        .has("<rect class=\"g-full\" ")
        .has("<rect class=\"g-ov\" x=\"50%\" y=\"0%\" width=\"7.14%\" height=\"100%\"/>")
        .has("<rect class=\"g-off\" x=\"14.28%\" y=\"0%\" width=\"7.14%\" height=\"100%\"/>")
        .has("<li class=\"today\">T<span>hu</span><b>11</b></li><li>F<span>ri</span><b>12</b></li>")
        .has("<td class=\"num\">12 <span class=\"over\">2 too many</span></td><td class=\"num\">0</td>")
        // Two steps that are alike are one.
        .has("<td><time datetime=\"2026-06-11T08:00+02:00\">Thu 11 Jun, 08:00</time></td><td><time datetime=\"2026-06-11T18:00+02:00\">Thu 11 Jun, 18:00</time></td><td class=\"num\">7</td>");
}

#[tokio::test]
async fn a_thousand_steps_make_a_bounded_page() {
    let start: chrono::DateTime<chrono::Utc> = "2026-06-10T22:00:00Z".parse().unwrap();
    let step = |n: i32| {
        let at = |n: i32| start + chrono::TimeDelta::seconds(i64::from(n) * 600);
        json!({ "from": at(n), "to": at(n + 1), "free": n % 7, "overcommitted": 0 })
    };
    let many: Vec<Value> = (0..2_016).map(step).collect();
    let server = hardware().await;
    mount(&server, "/hardware/7/availability", ok(json!({ "capacity": 10, "min_free": 0, "steps": many })))
        .await;
    let page = Portal::start(&server.uri()).await.get("/hardware/7").await;
    page.is(200).has("1,956 more steps follow.");
    assert!(page.html.len() < 120_000, "{}", page.html.len());
}

#[tokio::test]
async fn strange_steps_draw_nothing_that_is_not_there() {
    let odd = [
        json!({ "capacity": 10, "steps": [] }),
        json!({ "capacity": 0, "steps": [{ "from": "2026-06-10T22:00:00Z", "to": "2026-06-24T22:00:00Z", "free": 0 }] }),
        json!({ "capacity": 4, "steps": [{ "from": "2020-01-01T00:00:00Z", "to": "2030-01-01T00:00:00Z", "free": 9 }] }),
        json!({ "capacity": 4, "steps": [{ "from": "2026-06-12T00:00:00Z", "to": "2026-06-11T00:00:00Z", "free": 1 }] }),
    ];
    for steps in odd {
        let server = hardware().await;
        mount(&server, "/hardware/7/availability", ok(&steps)).await;
        Portal::start(&server.uri()).await.get("/hardware/7").await.is(200).lacks("g-full").lacks("NaN");
    }
}

#[tokio::test]
async fn the_coming_bookings_are_listed_with_their_units_and_state() {
    let server = hardware().await;
    let two = json!([{ "hardware": 7, "qty": 3, "out": 3 }, { "hardware": 8, "qty": 5 }]);
    let rows = [
        reservation(json!({ "state": "out", "lines": two, "overdue": true, "user": EVIL, "purpose": EVIL })),
        reservation(json!({ "id": 10, "user": null, "purpose": null, "at_risk": true })),
    ];
    let link = "</reservations?cursor=c>; rel=\"next\"";
    let list = ok(rows).insert_header("x-total-count", "34").insert_header("link", link);
    mount(&server, "/reservations", list).await;
    let page = Portal::start(&server.uri()).await.get("/hardware/7").await;
    let mut queries: Vec<_> = asked(&server, "/reservations")
        .await
        .iter()
        .map(|sent| sent.url.query().unwrap().to_owned())
        .collect();
    queries.sort();
    let meant = [
        "hardware=7&state=confirmed,out&from=2026-06-11T11:42:07Z&limit=10",
        "hardware=7&state=out&to=2026-06-11T11:42:07Z&limit=100",
    ];
    assert_eq!(queries, meant);
    page.is(200)
        .has("<td class=\"num\">3</td><td class=\"st\">out, <span class=\"over\">overdue</span></td>")
        .has("<a href=\"/reservations/10\">Booking 10</a>")
        .has("<span class=\"over\">at risk</span>")
        .has("<a href=\"/reservations?hardware=7\">All 34 coming bookings</a>")
        .lacks("<script");
}

#[tokio::test]
async fn nobody_booked_it_and_nobody_knows_are_two_things() {
    let server = hardware().await;
    mount(&server, "/reservations", ok(json!([]))).await;
    mount(&server, "/hardware/7/availability", ResponseTemplate::new(500)).await;
    let page = Portal::start(&server.uri()).await.get("/hardware/7").await;
    page.is(200)
        .has("Nobody has booked it from now on.")
        .has("What is taken could not be looked up just now.")
        .lacks("The bookings could not be looked up")
        .has("3 of 10 free");
}

#[tokio::test]
async fn slow_bookings_do_not_keep_the_page_and_everything_is_asked_at_once() {
    let server = hardware().await;
    let slow = || ok(json!([])).set_delay(std::time::Duration::from_secs(20));
    mount(&server, "/reservations", slow()).await;
    mount(&server, "/hardware/7/availability", slow()).await;
    let started = std::time::Instant::now();
    let page = Portal::impatient(&server.uri()).await.get("/hardware/7").await;
    page.is(200).has("The bookings could not be looked up just now.");
    assert!(started.elapsed() < std::time::Duration::from_secs(10));
    assert_eq!(asked(&server, "/reservations").await.len(), 2);
}
