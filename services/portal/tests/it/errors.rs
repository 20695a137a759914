//! Error answers: pages for people, problem+json for whoever asks for JSON.

use serde_json::Value;
use wiremock::ResponseTemplate;

use crate::harness::{Portal, hardware, listing, problem, read, sample};

#[tokio::test]
async fn an_unknown_address_is_a_readable_404() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let page = Portal::start(&hardware.uri()).await.get("/nowhere?x=1").await;
    page.is(404)
        .has("There is no such page")
        .has("Error 404, <time")
        .has("13:42:07</time>")
        .has("See what is free");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let id = page.header("x-request-id").to_owned();
    page.has(&format!("request <code>{id}</code>"));
}

#[tokio::test]
async fn a_wrong_method_is_a_405_that_names_the_right_one() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let portal = Portal::start(&hardware.uri()).await;
    let page = read(portal.request("DELETE", "/")).await;
    page.is(405).has("This page cannot be used like that");
    assert_eq!(page.header("allow"), "GET, HEAD");
    let page = portal.get("/theme").await;
    page.is(405);
    assert_eq!(page.header("allow"), "POST");
}

#[tokio::test]
async fn whoever_asks_for_json_gets_problem_json() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let portal = Portal::start(&hardware.uri()).await;
    let request = portal.request("GET", "/nowhere").header("accept", "application/json");
    // The browser's Accept is there as well: a second header field must not be overlooked.
    read(request).await.is(404).has("<!DOCTYPE html>");
    let bare = reqwest::Client::builder().no_proxy().build().unwrap();
    let page = read(bare.get(format!("{}/nowhere", portal.url)).header("accept", "application/json")).await;
    page.is(404);
    assert_eq!(page.header("content-type"), "application/problem+json");
    let body: Value = serde_json::from_str(&page.html).unwrap();
    assert_eq!(
        (&body["status"], &body["request_id"]),
        (&Value::from(404), &Value::from(page.header("x-request-id")))
    );
}

#[tokio::test]
async fn too_many_requests_are_a_readable_429_that_says_how_long_to_wait() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let settings = [("RATE_LIMIT__PER_SECOND", "1"), ("RATE_LIMIT__BURST", "1")];
    let portal = Portal::start_with(&hardware.uri(), &settings).await;
    portal.get("/").await.is(200);
    let page = portal.get("/").await;
    page.is(429).has("Too many requests at once").has("Try again in 1 second.");
    assert_eq!(page.header("retry-after"), "1");
    assert!(page.headers.contains_key("ratelimit-policy"));
}

#[tokio::test]
async fn the_services_own_429_is_passed_on() {
    let hardware = hardware(problem(429, &[]).insert_header("retry-after", "3")).await;
    let page = Portal::start(&hardware.uri()).await.get("/").await;
    page.is(429).has("Try again in 3 seconds.");
    assert_eq!(page.header("retry-after"), "3");
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_a_readable_502() {
    let broken = [
        ResponseTemplate::new(200).set_body_string("[{\"id\": 1, \"provider\""),
        ResponseTemplate::new(200).set_body_string("<html>It works!</html>"),
        ResponseTemplate::new(200).set_body_string("{\"rows\": []}"),
        ResponseTemplate::new(500),
        ResponseTemplate::new(404),
        problem(404, &[]),
        ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:9/"),
    ];
    for answer in broken {
        let hardware = hardware(answer).await;
        let page = Portal::start(&hardware.uri()).await.get("/").await;
        page.is(502).has("We could not read the answer").has("Error 502").lacks("It works!");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let hardware = hardware(ResponseTemplate::new(200).set_body_string(" ".repeat((8 << 20) + 1))).await;
    Portal::start(&hardware.uri()).await.get("/").await.is(502);
}
