//! `POST /reservations`: booking, and being refused.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::harness::{
    Page, Portal, asked, entry, hidden_field, mount, mount_for, not_free, problem, read, reservation,
};

pub(crate) const FORM: [(&str, &str); 7] = [
    ("key", "k-1"),
    ("hardware", "7"),
    ("starts_at", "2026-06-11T14:00"),
    ("ends_at", "2026-06-11T18:00"),
    ("qty", "4"),
    ("user", "ada"),
    ("purpose", "Camera drift, set 3"),
];

/// The form with other values in some fields.
pub(crate) fn form<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let change = |(name, value): (&'a str, &'a str)| {
        (name, changes.iter().find(|(changed, _)| *changed == name).map_or(value, |(_, value)| *value))
    };
    FORM.into_iter().map(change).collect()
}

pub(crate) async fn hardware(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    mount(&server, "/hardware/7", ResponseTemplate::new(200).set_body_json(entry(json!({})))).await;
    mount_for(&server, "POST", "/reservations", answer).await;
    server
}

pub(crate) fn booked() -> ResponseTemplate {
    ResponseTemplate::new(201)
        .set_body_json(reservation(json!({})))
        .insert_header("location", "/reservations/9")
}

pub(crate) async fn post(hardware: &MockServer, changes: &[(&str, &str)]) -> Page {
    Portal::start(&hardware.uri()).await.post("/reservations", &form(changes)).await
}

#[tokio::test]
async fn a_booking_is_sent_as_typed_under_its_key_and_leads_to_its_page() {
    let hardware = hardware(booked()).await;
    let page = post(&hardware, &[]).await;
    page.is(303);
    assert_eq!(page.header("location"), "/reservations/9?done=booked");
    let sent = asked(&hardware, "/reservations").await;
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].headers["idempotency-key"], "k-1");
    let meant = json!({
        "starts_at": "2026-06-11T14:00", "ends_at": "2026-06-11T18:00", "tz": "Europe/Berlin", "user": "ada",
        "purpose": "Camera drift, set 3", "lines": [{ "hardware": 7, "qty": 4 }],
    });
    assert_eq!(sent[0].body_json::<Value>().unwrap(), meant);
}

#[tokio::test]
async fn who_and_what_for_may_be_left_out() {
    let hardware = hardware(booked()).await;
    post(&hardware, &[("user", " "), ("purpose", "")]).await.is(303);
    let sent: Value = asked(&hardware, "/reservations").await[0].body_json().unwrap();
    assert!(sent.get("user").is_none() && sent.get("purpose").is_none(), "{sent}");
}

#[tokio::test]
async fn a_booking_that_was_made_before_under_the_same_key_is_shown_again() {
    let hardware = hardware(booked().insert_header("idempotent-replayed", "true")).await;
    let portal = Portal::start(&hardware.uri()).await;
    for _ in 0..2 {
        let page = portal.post("/reservations", &FORM).await;
        page.is(303);
        assert_eq!(page.header("location"), "/reservations/9?done=booked");
    }
    let keys: BTreeSet<_> = asked(&hardware, "/reservations")
        .await
        .iter()
        .map(|sent| sent.headers["idempotency-key"].to_str().unwrap().to_owned())
        .collect();
    assert_eq!(keys.len(), 1);
}

#[tokio::test]
async fn after_a_write_the_next_pages_ask_past_every_cache() {
    let hardware = hardware(booked()).await;
    let page = post(&hardware, &[]).await;
    assert_eq!(page.header("set-cookie"), "fresh=1; Path=/; Max-Age=10; SameSite=Lax; HttpOnly");
    let portal = Portal::start(&hardware.uri()).await;
    for (cookie, meant) in [("theme=dark; fresh=1", true), ("theme=dark", false), ("xfresh=1", false)] {
        hardware.reset().await;
        read(portal.request("GET", "/").header("cookie", cookie)).await;
        let sent = asked(&hardware, "/hardware").await;
        let told = sent[0].headers.get("cache-control").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(told.as_deref() == Some("no-cache"), meant, "{cookie}");
    }
}

#[tokio::test]
async fn what_the_service_refuses_stands_at_its_field_with_what_was_typed() {
    for (status, field, detail, told) in [
        (
            422,
            "starts_at",
            "does not exist: the clocks go forward over it",
            "<a href=\"#starts_at\">From: does not exist",
        ),
        (422, "ends_at", "must be after starts_at", "<a href=\"#ends_at\">To: must be after"),
        (422, "lines[0].qty", "is 0; at least 1", "<a href=\"#units\">Units: is 0"),
        (422, "user", "is longer than 200", "<a href=\"#user\">Who: is longer"),
        (422, "purpose", "is longer than 1000", "<a href=\"#purpose\">For: is longer"),
        (422, "lines[0].hardware", "is not in the catalogue", "<li>Hardware: is not in the catalogue</li>"),
        (422, "Idempotency-Key", "was used", "<li>This form was sent before, with something else in it."),
        (400, "ends_at", "is no time", "<a href=\"#ends_at\">To: is no time"),
    ] {
        let page = post(&hardware(problem(status, &[(field, detail)])).await, &[]).await;
        page.is(status)
            .has("<title>Error: Book HIL rig 3 – Toolcrib</title>")
            .has("Nothing was booked")
            .has(told)
            .has("value=\"2026-06-11T14:00\"")
            .has("value=\"ada\"");
        assert_ne!(hidden_field(&page.html, "id=\"book\"", "key"), "k-1", "{field}");
    }
}

#[tokio::test]
async fn a_time_that_is_none_stays_visible_and_one_that_cannot_be_is_told_at_its_field() {
    let hardware = hardware(booked()).await;
    let portal = Portal::start(&hardware.uri()).await;
    for (field, value, status, told) in [
        ("starts_at", "soon", 400, "name=\"starts_at\" type=\"text\" value=\"soon\""),
        ("starts_at", "2026-03-29T02:30", 422, "<a href=\"#starts_at\">From does not exist in Europe/Berlin"),
        ("ends_at", "2026-06-11T14:00", 422, "<a href=\"#ends_at\">To must be after From</a>"),
    ] {
        let page = portal.post("/reservations", &form(&[(field, value)])).await;
        page.is(status).has(told).has(&format!("id=\"{field}-e\""));
    }
    assert!(asked(&hardware, "/reservations").await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_sent_is_told_before_anybody_is_asked_to_book() {
    let hardware = hardware(booked()).await;
    let portal = Portal::start(&hardware.uri()).await;
    for (field, value, status, told) in [
        ("qty", "many", 400, "Units must be a whole number"),
        ("qty", "0", 422, "Units must be between 1 and 1,000,000"),
        ("qty", "-1", 422, "Units must be between 1 and 1,000,000"),
        ("qty", "", 422, "Units are required"),
        ("starts_at", "", 422, "From is required"),
        ("ends_at", "", 422, "To is required"),
        ("key", "", 400, "The form was not complete"),
        ("key", "\u{1F511}", 400, "The form was not complete"),
    ] {
        let page = portal.post("/reservations", &form(&[(field, value)])).await;
        page.is(status).has(told).has("Book HIL rig 3").has("value=\"Camera drift, set 3\"");
    }
    for hardware_id in ["", "c5", "-", "99999999999999999999", "7/../../x", "<script>"] {
        let page = portal.post("/reservations", &form(&[("hardware", hardware_id)])).await;
        page.is(400).has("The form did not say which hardware to book").lacks("<script");
    }
    for body in ["", "%%%", "a=b", "\u{0}", "{\"hardware\": 7}"] {
        let request = portal.form("/reservations", &[]).body(body.to_owned());
        read(request).await.is(400).has("Nothing was booked");
    }
    assert!(asked(&hardware, "/reservations").await.is_empty());
}

#[tokio::test]
async fn without_its_name_the_refusal_is_still_shown() {
    let server = MockServer::start().await;
    mount_for(&server, "POST", "/reservations", problem(422, &[("lines[0].hardware", "is not there")])).await;
    Portal::start(&server.uri())
        .await
        .post("/reservations", &FORM)
        .await
        .is(422)
        .has("<h1>Book</h1>")
        .has("Hardware: is not there");
}

#[tokio::test]
async fn a_form_without_end_is_refused_readably() {
    let hardware = hardware(booked()).await;
    let long = "x".repeat(40_000);
    post(&hardware, &[("purpose", &long)]).await.is(413).has("That was too much to read");
    assert!(asked(&hardware, "/reservations").await.is_empty());
}

#[tokio::test]
async fn another_site_cannot_book() {
    let hardware = hardware(booked()).await;
    let portal = Portal::start(&hardware.uri()).await;
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "http://evil.example")]
    {
        let body = portal::links::query_string(&FORM);
        let request = portal.request("POST", "/reservations").header(name, value).body(body);
        read(request).await.is(403).has("This was not sent from our own page");
    }
    assert!(asked(&hardware, "/reservations").await.is_empty());
}

#[tokio::test]
async fn nothing_that_was_typed_or_answered_can_become_markup() {
    const EVIL: &str = "\"><script>alert(1)</script>";
    let claim = json!({
        "reservation": 4, "task": null, "from": "2026-06-10T07:00:00Z", "to": "2026-06-12T06:00:00Z", "qty": 4, "user": EVIL,
    });
    let refusals = [
        not_free(json!({ "name": EVIL, "provider": EVIL, "claims": [claim] })),
        problem(422, &[(EVIL, EVIL)]),
    ];
    for refusal in refusals {
        let hardware = hardware(refusal).await;
        let portal = Portal::start(&hardware.uri()).await;
        for field in FORM.map(|(name, _)| name) {
            portal.post("/reservations", &form(&[(field, EVIL)])).await.lacks("<script").lacks("alert(1)<");
        }
        portal.post("/reservations", &form(&[("user", EVIL)])).await.has("&quot;&gt;&lt;script&gt;");
    }
}

#[tokio::test]
async fn the_theme_form_of_a_refusal_leads_back_to_the_hardware() {
    post(&hardware(not_free(json!({}))).await, &[])
        .await
        .has("name=\"back\" value=\"/hardware/7?from=2026-06-11T14:00&amp;to=2026-06-11T18:00&amp;qty=4\"");
}
