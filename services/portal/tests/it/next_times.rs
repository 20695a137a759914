//! Next free slots: asked only where a wish does not fit, and links that fill the booking form.

use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::{
    booking::post,
    harness::{Portal, asked, entry, listing, mount, mount_for, not_free, query, row},
};

const PATH: &str = "/availability/next";

fn starts() -> ResponseTemplate {
    let span = |from: &str, to: &str| json!({ "starts_at": from, "ends_at": to });
    ResponseTemplate::new(200).set_body_json(json!({ "of_tomorrow": 1, "starts": [
        span("2026-06-11T16:30:00Z", "2026-06-11T20:30:00Z"), span("2026-06-12T06:00:00Z", "2026-06-12T10:00:00Z"),
        span("2026-06-13T06:00:00Z", "2026-06-13T10:00:00Z"), span("2026-06-14T06:00:00Z", "2026-06-14T10:00:00Z"),
    ] }))
}

async fn item(changes: Value, next: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let used = "/hardware?from=2026-06-11T12:00:00Z&to=2026-06-11T16:00:00Z";
    let list = listing(&[row(7, "Lab B2", "HIL rig 3", changes)], 1).insert_header("content-location", used);
    mount(&server, "/hardware/7", ResponseTemplate::new(200).set_body_json(entry(json!({})))).await;
    mount(&server, "/hardware", list).await;
    mount(&server, PATH, next).await;
    server
}

const WISH: &str = "/hardware/7?from=2026-06-11T14:00&to=2026-06-11T18:00&qty=3";

#[tokio::test]
async fn an_item_that_does_not_fit_offers_three_times_that_do() {
    let server = item(json!({ "fits": false, "free": 2 }), starts()).await;
    let page = Portal::start(&server.uri()).await.get(WISH).await;
    page.is(200)
        .has("<a class=\"alt\" href=\"/hardware/7?from=2026-06-11T16:30:00Z&amp;to=2026-06-11T20:30:00Z&amp;qty=3#book\">")
        .has("<b><span class=\"vh\">Take </span><time datetime=\"2026-06-11T18:30+02:00\">Thu 11 Jun, 18:30</time></b>");
    assert_eq!(page.html.matches("class=\"alt\"").count(), 3, "three at most");
    let meant = "hardware=7:3&duration=PT14400S&after=2026-06-11T12:00:00Z&count=3&tz=Europe/Berlin";
    assert_eq!(query(&server, PATH).await, meant);
}

#[tokio::test]
async fn nobody_is_asked_where_it_fits_or_where_there_are_never_as_many() {
    for changes in [json!({}), json!({ "fits": false, "capacity": 2 })] {
        let server = item(changes, starts()).await;
        Portal::start(&server.uri()).await.get(WISH).await.is(200).lacks("class=\"alt\"");
        assert!(asked(&server, PATH).await.is_empty());
    }
}

#[tokio::test]
async fn without_an_answer_the_page_is_there_without_times() {
    let late = starts().set_delay(std::time::Duration::from_secs(30));
    for next in [
        ResponseTemplate::new(404),
        ResponseTemplate::new(503),
        ResponseTemplate::new(200).set_body_string("{}"),
        late,
    ] {
        let server = item(json!({ "fits": false }), next).await;
        Portal::impatient(&server.uri())
            .await
            .get(WISH)
            .await
            .is(200)
            .has("Book HIL rig 3")
            .lacks("class=\"alt\"");
    }
}

#[tokio::test]
async fn a_refusal_without_other_times_asks_for_some_and_one_with_them_does_not() {
    for (alternatives, calls) in [
        (json!([]), 1),
        (json!([{ "starts_at": "2026-06-11T16:30:00Z", "ends_at": "2026-06-11T20:30:00Z" }]), 0),
    ] {
        let server = MockServer::start().await;
        mount_for(&server, "POST", "/reservations", not_free(json!({ "alternatives": alternatives }))).await;
        mount(&server, PATH, starts()).await;
        post(&server, &[]).await.is(409).has("<button class=\"alt\">").has("Thu 11 Jun, 18:30");
        let asked = asked(&server, PATH).await;
        assert_eq!(asked.len(), calls);
        if let Some(asked) = asked.first() {
            let meant = "hardware=7:4&duration=PT14400S&after=2026-06-11T12:00:00Z&count=3&tz=Europe/Berlin";
            assert_eq!(asked.url.query().unwrap(), meant);
        }
    }
}

#[tokio::test]
async fn the_first_time_that_is_chosen_lists_what_is_free_and_a_link_shows_everything() {
    let server = crate::harness::hardware(listing(&crate::harness::sample(), 2)).await;
    let portal = Portal::start(&server.uri()).await;
    portal
        .get("/")
        .await
        .has("Choose when you need it")
        .has("value=\"true\" checked")
        .lacks("Show everything");
    let window = "from=2026-06-11T14:00&to=2026-06-11T18:00";
    let free = portal.get(&format!("/?{window}&free_only=true")).await;
    free.has("value=\"true\" checked")
        .has("<a href=\"/?from=2026-06-11T14:00&amp;to=2026-06-11T18:00\">Show everything, free or not</a>");
    let all = portal.get(&format!("/?{window}")).await;
    all.lacks("value=\"true\" checked")
        .has("&amp;free_only=true\">Show only what is free</a>")
        .lacks("Choose when you need it");
}
