//! `GET /hardware/{id}`.

use serde_json::json;
use wiremock::{MockServer, ResponseTemplate};

use crate::harness::{Portal, asked, entry, listing, mount, problem, query, row};

async fn hardware(changes: serde_json::Value) -> MockServer {
    let server = MockServer::start().await;
    mount(&server, "/hardware/7", ResponseTemplate::new(200).set_body_json(entry(json!({})))).await;
    let mut all = json!({ "availability": "LOW", "capacity": 10, "free": 3, "free_now": 5 });
    for (key, value) in changes.as_object().unwrap() {
        all[key] = value.clone();
    }
    mount(&server, "/hardware", listing(&[row(7, "Lab B2", "HIL rig 3", all)], 1)).await;
    server
}

#[tokio::test]
async fn an_item_says_in_words_what_is_free_and_what_it_is() {
    let hardware = hardware(json!({})).await;
    let page = Portal::start(&hardware.uri()).await.get("/hardware/7").await;
    assert_eq!(query(&hardware, "/hardware").await, "ids=7&limit=1");
    page.is(200)
        .has("<title>HIL rig 3 – Toolcrib</title>")
        .has("<li><a href=\"/\">Free</a></li><li><a href=\"/?provider=Lab+B2\">Lab B2</a></li><li aria-current=\"page\">HIL rig 3</li>")
        .has("<strong>3 of 10 free</strong> from <time datetime=\"2026-06-11T13:42+02:00\">Thu 11 Jun, 13:42</time> to <time datetime=\"2026-06-11T14:42+02:00\">14:42</time>, 1 hour. Enough for 1 unit.")
        .has("pill lv-LOW")
        .has("free <b>3</b> of 10")
        .has("<th scope=\"row\">Free right now</th><td>5 of 10</td>")
        .has("<dt>Location</dt><dd><a href=\"/?location=bay+7\">bay 7</a></dd>")
        .has("<dt>What it is</dt><dd>dSPACE, RTX 4000</dd>")
        .has("<dt>Capacity</dt><dd>10 units</dd>")
        .has("<dt>Buffer after a booking</dt><dd>30 minutes</dd>")
        .has("<dt>Time zone</dt><dd>America/New_York</dd>")
        .has("<a class=\"tag\" href=\"/?tag=net%3Defa\">net=efa</a>")
        .has("<code>/hardware/7</code>");
}

#[tokio::test]
async fn the_window_and_the_units_go_along_in_both_directions() {
    let hardware = hardware(json!({ "fits": false, "next_free_at": "2026-06-12T06:00:00Z" })).await;
    let page = Portal::start(&hardware.uri())
        .await
        .get("/hardware/7?from=2026-06-11T14:00&to=2026-06-11T18:00&qty=4&q=gpu")
        .await;
    assert_eq!(
        query(&hardware, "/hardware").await,
        "from=2026-06-11T12:00:00Z&to=2026-06-11T16:00:00Z&qty=4&ids=7&limit=1"
    );
    page.is(200)
        .has("Next free for 4 units from <time datetime=\"2026-06-12T08:00+02:00\">Fri 12 Jun, 08:00</time>.")
        .has("<a href=\"/?from=2026-06-11T14:00&amp;to=2026-06-11T18:00&amp;qty=4\">Free</a>")
        .has("action=\"/hardware/7\"")
        .has("href=\"/hardware/7?from=2026-06-12T08:00&amp;to=2026-06-12T18:00&amp;qty=4\">Tomorrow</a>");
}

#[tokio::test]
async fn what_is_overbooked_or_never_free_is_said() {
    let none =
        json!({ "availability": "NONE", "free": 0, "overcommitted": 2, "fits": false, "next_free_at": null });
    let page = Portal::start(&hardware(none).await.uri()).await.get("/hardware/7").await;
    page.has("Overbooked by 2 in that time.")
        .has("Not free for 1 unit in the 90 days from then.")
        .has("not in 90 days");
}

#[tokio::test]
async fn an_entry_of_which_only_the_name_is_known_is_shown() {
    let server = MockServer::start().await;
    let bare = json!({ "id": 7, "provider": "Amazon", "name": "c5", "capacity": 1, "version": 1 });
    mount(&server, "/hardware/7", ResponseTemplate::new(200).set_body_json(bare)).await;
    mount(&server, "/hardware", listing(&[row(7, "Amazon", "c5", json!({ "capacity": 1, "free": 1 }))], 1))
        .await;
    let page = Portal::start(&server.uri()).await.get("/hardware/7").await;
    page.is(200)
        .has("<dd>none</dd>")
        .has("<dt>Time zone</dt><dd>Europe/Berlin</dd>")
        .lacks("<dt>Tags</dt>")
        .lacks("<dt>Location</dt>");
}

#[tokio::test]
async fn a_window_that_cannot_be_keeps_the_page_and_says_why() {
    let hardware = hardware(json!({})).await;
    let page = Portal::start(&hardware.uri())
        .await
        .get("/hardware/7?from=2026-06-11T14:00&to=2026-06-11T14:00")
        .await;
    page.is(422)
        .has("<title>Error: HIL rig 3 – Toolcrib</title>")
        .has("<a href=\"#to\">To must be after From</a>")
        .has("<dt>Capacity</dt>")
        .lacks("3 of 10 free");
    assert!(asked(&hardware, "/hardware").await.is_empty());
}

#[tokio::test]
async fn an_id_that_is_not_there_is_a_readable_404() {
    let server = MockServer::start().await;
    mount(&server, "/hardware/42", problem(404, &[])).await;
    mount(&server, "/hardware", listing(&[], 0)).await;
    let portal = Portal::start(&server.uri()).await;
    portal
        .get("/hardware/42")
        .await
        .is(404)
        .has("There is no such page")
        .has("no hardware with the number 42")
        .has("href=\"/\">See what is free</a>");
    for odd in ["/hardware/c5", "/hardware/99999999999999999999", "/hardware/%3Cscript%3E"] {
        portal.get(odd).await.is(404).has("There is no such page").lacks("<script>");
    }
}

#[tokio::test]
async fn a_404_of_another_service_does_not_say_that_the_item_is_gone() {
    let server = MockServer::start().await;
    mount(&server, "/hardware", listing(&[], 0)).await;
    mount(&server, "/hardware/7", ResponseTemplate::new(404).set_body_string("404 page not found")).await;
    Portal::start(&server.uri()).await.get("/hardware/7").await.is(502);
}

#[tokio::test]
async fn one_that_was_archived_between_the_two_calls_is_a_404() {
    let server = MockServer::start().await;
    mount(&server, "/hardware/7", ResponseTemplate::new(200).set_body_json(entry(json!({})))).await;
    mount(&server, "/hardware", listing(&[], 0)).await;
    Portal::start(&server.uri()).await.get("/hardware/7").await.is(404);
}
