//! `GET /reservations/{id}` and what can be done there.

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::harness::{Portal, asked, mount, mount_for, problem, read, reservation, with_reservation};

/// Every form of the page, by the last word of its address.
const FORMS: [&str; 6] = ["checkout", "return", "return-part", "extend", "cancel", "no-show"];

fn ok(changes: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(reservation(changes))
}

fn line(out: u64, returned: u64) -> Value {
    json!([{ "hardware": 7, "provider": "Lab B2", "name": "HIL rig 3", "qty": 2, "out": out, "returned": returned }])
}

/// The forms that the page of such a booking offers.
async fn offered(changes: Value) -> Vec<&'static str> {
    let hardware = with_reservation(changes).await;
    let page = Portal::start(&hardware.uri()).await.get("/reservations/9").await;
    page.is(200);
    let is_offered = |word: &&str| page.html.contains(&format!("action=\"/reservations/9/{word}\""));
    FORMS.into_iter().filter(is_offered).collect()
}

#[tokio::test]
async fn a_booking_says_what_when_who_and_what_for() {
    let hardware = with_reservation(json!({})).await;
    let page = Portal::start(&hardware.uri()).await.get("/reservations/9?done=booked").await;
    page.is(200)
        .has("<title>Booking 9 – Toolcrib</title>")
        .has("<a href=\"/reservations\" aria-current=\"true\">Bookings</a>")
        .has("<p class=\"flash lv-HIGH\" role=\"status\"><svg class=\"icon\" aria-hidden=\"true\"><use href=\"#i-ok\"/></svg>Booked</p>")
        .has("<span class=\"tag\">confirmed</span>")
        .has("2 units reserved from <time datetime=\"2026-06-11T14:00+02:00\">Thu 11 Jun, 14:00</time>.")
        .has("to <time datetime=\"2026-06-11T18:00+02:00\">18:00</time>, 4 hours")
        .has("<dt>Who</dt><dd>ada</dd>")
        .has("<dt>For</dt><dd>Camera drift</dd>")
        .has("<a href=\"/hardware/7\">HIL rig 3</a>")
        .has("<td class=\"num\">2</td>")
        .lacks("class=\"alarm\"");
}

#[tokio::test]
async fn a_state_allows_what_it_allows_and_nothing_else() {
    // It is 13:42 in Berlin, 11:42 in UTC.
    assert_eq!(offered(json!({})).await, ["checkout", "extend", "cancel"]);
    let begun = json!({ "starts_at": "2026-06-11T11:00:00Z" });
    assert_eq!(offered(begun).await, ["checkout", "extend", "cancel", "no-show"]);
    let over = json!({ "starts_at": "2026-06-11T10:00:00Z", "ends_at": "2026-06-11T11:00:00Z" });
    assert_eq!(offered(over).await, ["extend", "cancel", "no-show"]);
    let out = |lines| json!({ "state": "out", "lines": lines });
    assert_eq!(offered(out(line(2, 0))).await, ["return", "return-part", "extend"]);
    assert_eq!(offered(out(line(1, 1))).await, ["return", "extend"]);
    for state in ["returned", "cancelled", "no_show"] {
        assert!(offered(json!({ "state": state })).await.is_empty(), "{state}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_booking_is_said_in_words() {
    let late = json!({ "state": "out", "overdue": true, "at_risk": true, "lines": line(1, 1) });
    let hardware = with_reservation(late).await;
    let page = Portal::start(&hardware.uri()).await.get("/reservations/9").await;
    page.has("<b>Overdue.</b> It should have been back by now.")
        .has("<b>At risk.</b> More units are promised than there are")
        .has("1 unit handed out, due back by")
        .has("1 out, 1 returned");
}

#[tokio::test]
async fn a_message_is_shown_only_where_the_booking_is_as_it_says() {
    let hardware = with_reservation(json!({ "state": "out", "lines": line(2, 0) })).await;
    let portal = Portal::start(&hardware.uri()).await;
    for done in ["booked", "cancel", "return", "no-show", "<script>", "", "%3Cscript%3E"] {
        portal
            .get(&format!("/reservations/9?done={done}"))
            .await
            .is(200)
            .lacks("class=\"flash")
            .lacks("<script");
    }
    for (done, told) in [
        ("checkout", "Checked out"),
        ("return-part", "Units were returned"),
        ("extend", "The end was changed"),
    ] {
        portal.get(&format!("/reservations/9?done={done}")).await.has(told);
    }
}

#[tokio::test]
async fn a_booking_of_which_next_to_nothing_is_said_is_shown() {
    let hardware =
        with_reservation(json!({ "user": null, "purpose": null, "lines": [], "created_at": null })).await;
    Portal::start(&hardware.uri())
        .await
        .get("/reservations/9")
        .await
        .is(200)
        .has("<dt>Who</dt><dd>not said</dd>")
        .lacks("<dt>For</dt>")
        .lacks("<dt>Booked</dt>");
}

#[tokio::test]
async fn each_form_becomes_its_call_with_the_version_that_was_shown() {
    let calls: [(&str, &str, &str, Value, Value); 6] = [
        ("checkout", "POST", "checkout", Value::Null, json!({ "state": "out" })),
        ("return", "POST", "return", Value::Null, json!({ "state": "returned" })),
        (
            "return-part",
            "POST",
            "return",
            json!({ "lines": [{ "hardware": 7, "qty": 1 }] }),
            json!({ "state": "out" }),
        ),
        ("extend", "PATCH", "", json!({ "ends_at": "2026-06-11T20:00", "tz": "Europe/Berlin" }), json!({})),
        ("cancel", "POST", "cancel", Value::Null, json!({ "state": "cancelled" })),
        ("no-show", "POST", "no-show", Value::Null, json!({ "state": "no_show" })),
    ];
    for (word, verb, path, body, answer) in calls {
        let hardware = with_reservation(json!({})).await;
        let at = format!("/reservations/9/{path}").trim_end_matches('/').to_owned();
        mount_for(&hardware, verb, &at, ok(answer)).await;
        let fields = [
            ("version", "3"),
            ("ends_at", "2026-06-11T20:00"),
            ("qty.7", "1"),
            ("qty.8", "0"),
            ("qty.9", ""),
        ];
        let page =
            Portal::start(&hardware.uri()).await.post(&format!("/reservations/9/{word}"), &fields).await;
        page.is(303);
        assert_eq!(page.header("location"), format!("/reservations/9?done={word}"));
        assert!(page.header("set-cookie").starts_with("fresh=1;"), "{word}");
        let sent = asked(&hardware, &at).await;
        assert_eq!((sent.len(), sent[0].method.as_str()), (1, verb), "{word}");
        assert_eq!(sent[0].headers["if-match"], "\"3\"", "{word}");
        let given = if sent[0].body.is_empty() { Value::Null } else { sent[0].body_json().unwrap() };
        assert_eq!(given, body, "{word}");
    }
}

#[tokio::test]
async fn a_number_that_there_is_not_is_a_readable_404() {
    let hardware = wiremock::MockServer::start().await;
    mount(&hardware, "/reservations/42", problem(404, &[])).await;
    mount_for(&hardware, "POST", "/reservations/42/cancel", problem(404, &[])).await;
    let portal = Portal::start(&hardware.uri()).await;
    let version = [("version", "1")];
    portal.get("/reservations/42").await.is(404).has("There is no booking with the number 42.");
    portal
        .post("/reservations/42/cancel", &version)
        .await
        .is(404)
        .has("There is no booking with the number 42.");
    for odd in ["c5", "99999999999999999999", "%3Cscript%3E", "-", "1.5", "9%20"] {
        portal.get(&format!("/reservations/{odd}")).await.is(404).lacks("<script>");
        portal.get(&format!("/reservations/{odd}/cancel")).await.is(404).lacks("<script>");
        portal.post(&format!("/reservations/{odd}/cancel"), &version).await.is(404).lacks("<script>");
    }
    for odd in ["delete", "Cancel", "", "%3Cscript%3E", "cancel/"] {
        portal.get(&format!("/reservations/9/{odd}")).await.is(404);
        portal.post(&format!("/reservations/9/{odd}"), &version).await.is(404);
    }
}

#[tokio::test]
async fn whoever_asks_for_the_address_of_a_form_comes_to_the_booking() {
    let hardware = with_reservation(json!({})).await;
    let portal = Portal::start(&hardware.uri()).await;
    for word in FORMS {
        let page = portal.get(&format!("/reservations/9/{word}")).await;
        page.is(303);
        assert_eq!(page.header("location"), "/reservations/9");
    }
    let page = read(portal.request("DELETE", "/reservations/9/cancel")).await;
    page.is(405);
    assert_eq!(page.header("allow"), "GET, HEAD, POST");
    assert_eq!(read(portal.request("PUT", "/reservations")).await.header("allow"), "GET, HEAD, POST");
    assert_eq!(portal.post("/reservations/9", &[]).await.header("allow"), "GET, HEAD");
}

#[tokio::test]
async fn without_the_service_the_page_says_so() {
    let hardware = wiremock::MockServer::start().await;
    mount(&hardware, "/reservations/9", problem(503, &[])).await;
    let page = Portal::start(&hardware.uri()).await.get("/reservations/9").await;
    page.is(503).has("href=\"/reservations/9\">Try again</a>");
}
