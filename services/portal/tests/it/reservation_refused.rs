//! Actions on a booking that were not done, or of which nobody knows.

use serde_json::json;
use wiremock::{MockServer, ResponseTemplate};

use crate::harness::{
    Page, Portal, asked, conflict, hidden_field, mount_for, not_free, problem, read, reservation,
    with_reservation,
};

const FORMS: [&str; 6] = ["checkout", "return", "return-part", "extend", "cancel", "no-show"];
const FIELDS: [(&str, &str); 3] = [("version", "3"), ("ends_at", "2026-06-11T20:00"), ("qty.7", "1")];

async fn post(hardware: &MockServer, word: &str) -> Page {
    Portal::start(&hardware.uri()).await.post(&format!("/reservations/9/{word}"), &FIELDS).await
}

/// Booking 9 as it is, and an answer to any action on it.
async fn hardware(booking: serde_json::Value, answer: fn() -> ResponseTemplate) -> MockServer {
    let server = with_reservation(booking).await;
    for path in ["checkout", "return", "cancel", "no-show"] {
        mount_for(&server, "POST", &format!("/reservations/9/{path}"), answer()).await;
    }
    mount_for(&server, "PATCH", "/reservations/9", answer()).await;
    server
}

#[tokio::test]
async fn what_was_changed_since_the_page_was_shown_is_not_touched_and_shown_anew() {
    for word in FORMS {
        let hardware = hardware(json!({ "version": 4 }), || problem(412, &[])).await;
        let page = post(&hardware, word).await;
        page.is(412)
            .has("<title>Error: Booking 9 – Toolcrib</title>")
            .has("role=\"alert\"")
            .has("Nothing was changed")
            .has("The booking was changed after its page was loaded")
            .has("name=\"version\" value=\"4\"");
        assert!(!page.headers.contains_key("set-cookie"), "{word}");
    }
}

#[tokio::test]
async fn a_form_that_was_sent_twice_did_what_it_says() {
    let after = [
        ("checkout", json!({ "state": "out" })),
        ("return", json!({ "state": "returned" })),
        ("cancel", json!({ "state": "cancelled" })),
        ("no-show", json!({ "state": "no_show" })),
        ("extend", json!({ "ends_at": "2026-06-11T18:00:00Z" })),
    ];
    for answer in [|| problem(412, &[]), || conflict("wrong-state", json!({ "state": "out" }))] {
        for (word, booking) in after.clone() {
            let hardware = hardware(booking, answer).await;
            let page = post(&hardware, word).await;
            page.is(303);
            assert_eq!(page.header("location"), format!("/reservations/9?done={word}"));
        }
    }
}

#[tokio::test]
async fn a_state_that_does_not_allow_it_is_named_with_what_the_service_says() {
    let wrong =
        || conflict("wrong-state", json!({ "state": "out", "detail": "It is out: return it instead." }));
    for word in ["cancel", "no-show", "extend", "return-part"] {
        let hardware = hardware(json!({ "state": "out" }), wrong).await;
        post(&hardware, word)
            .await
            .is(409)
            .has("Nothing was changed")
            .has("<p>It is out: return it instead.</p>")
            .has("action=\"/reservations/9/return\"");
    }
}

#[tokio::test]
async fn a_refusal_that_gives_no_reason_names_the_state() {
    let hardware =
        hardware(json!({ "state": "out" }), || conflict("wrong-state", json!({ "detail": "" }))).await;
    post(&hardware, "cancel").await.is(409).has("The booking is out now.");
}

#[tokio::test]
async fn too_few_units_are_told_with_what_is_in_the_way() {
    for word in ["extend", "checkout"] {
        let hardware = hardware(json!({}), || not_free(json!({}))).await;
        let page = post(&hardware, word).await;
        page.is(409)
            .has("There are too few units at that time. HIL rig 3: 4 needed, 3 free.")
            .has("What is in the way of HIL rig 3")
            .has("<a href=\"/reservations/4\">llm-eval</a>")
            .has("</svg>Maintenance</span>")
            .has("id=\"ends_at\" name=\"ends_at\" type=\"datetime-local\" value=\"2026-06-11T20:00\"");
    }
}

#[tokio::test]
async fn what_cannot_be_stands_at_its_field() {
    let hardware =
        hardware(json!({}), || problem(422, &[("ends_at", "does not exist: the clocks go forward over it")]))
            .await;
    post(&hardware, "extend")
        .await
        .is(422)
        .has("<a href=\"#ends_at\">To: does not exist")
        .has("id=\"ends_at-e\"")
        .has("value=\"2026-06-11T20:00\"");
}

#[tokio::test]
async fn a_part_that_is_more_than_is_out_stands_at_its_line() {
    let lines = json!([
        { "hardware": 7, "name": "HIL rig 3", "qty": 2, "out": 2 },
        { "hardware": 8, "name": "Camera", "qty": 4, "out": 3, "returned": 1 },
    ]);
    let out = json!({ "state": "out", "lines": lines });
    let hardware = hardware(out, || problem(422, &[("lines[0].qty", "is 9; 3 are out")])).await;
    let fields = [("version", "3"), ("qty.7", "0"), ("qty.8", "9")];
    let page = Portal::start(&hardware.uri()).await.post("/reservations/9/return-part", &fields).await;
    page.is(422)
        .has("<a href=\"#qty-8\">Units: is 9; 3 are out</a>")
        .has("<details class=\"act\" open>")
        .has("id=\"qty-8\" name=\"qty.8\" type=\"number\" min=\"0\" max=\"3\" inputmode=\"numeric\" value=\"9\" aria-invalid=\"true\"")
        .has("id=\"qty-7\" name=\"qty.7\" type=\"number\" min=\"0\" max=\"2\" inputmode=\"numeric\" value=\"0\">");
}

#[tokio::test]
async fn what_cannot_be_sent_is_told_before_anything_is_tried() {
    let hardware = hardware(json!({ "state": "out" }), || problem(500, &[])).await;
    let portal = Portal::start(&hardware.uri()).await;
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], u16, &'a str);
    let cases: [Case<'_>; 11] = [
        ("cancel", &[], 400, "The form was not complete."),
        ("cancel", &[("version", "x")], 400, "The form was not complete."),
        ("cancel", &[("version", "-1")], 400, "The form was not complete."),
        ("checkout", &[("version", "3\" OR 1")], 400, "The form was not complete."),
        ("extend", &[("version", "3")], 422, "To is required"),
        ("extend", &[("version", "3"), ("ends_at", "soon")], 400, "type=\"text\" value=\"soon\""),
        (
            "extend",
            &[("version", "3"), ("ends_at", "2026-03-29T02:30")],
            422,
            "To does not exist in Europe/Berlin",
        ),
        ("return-part", &[("version", "3")], 422, "Say how many units come back"),
        ("return-part", &[("version", "3"), ("qty.7", "0")], 422, "Say how many units come back"),
        ("return-part", &[("version", "3"), ("qty.7", "some")], 400, "Units must be a whole number"),
        ("return-part", &[("version", "3"), ("qty.<script>", "1")], 400, "Units must be a whole number"),
    ];
    for (word, fields, status, told) in cases {
        let page = portal.post(&format!("/reservations/9/{word}"), fields).await;
        page.is(status).has(told).has("Nothing was changed").lacks("<script");
    }
    let all = hardware.received_requests().await.unwrap();
    assert!(all.iter().all(|sent| sent.method.as_str() == "GET"));
}

#[tokio::test]
async fn what_nobody_answered_is_not_known_and_can_be_sent_again() {
    for word in FORMS {
        let hardware = hardware(json!({}), || ResponseTemplate::new(500)).await;
        let page = post(&hardware, word).await;
        page.is(503)
            .has("<h1>It is not known whether this was done</h1>")
            .has("a booking that was changed by now is left as it is")
            .has(&format!("action=\"/reservations/9/{word}\""))
            .has("href=\"/reservations/9\">See how it stands</a>");
        for (name, value) in FIELDS {
            assert_eq!(hidden_field(&page.html, "class=\"row\"", name), value, "{word}");
        }
    }
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_changed() {
    let portal = Portal::start("http://127.0.0.1:9").await;
    portal
        .post("/reservations/9/cancel", &FIELDS)
        .await
        .is(503)
        .has("<h1>Nothing was changed</h1>")
        .has("Send it again");
    let again = [&FIELDS[..], &[("again", "1")]].concat();
    let page = portal.post("/reservations/9/cancel", &again).await;
    page.is(503).has("<h1>It is not known whether this was done</h1>");
    assert_eq!(page.html.matches("name=\"again\"").count(), 1);
}

#[tokio::test]
async fn when_the_booking_cannot_be_read_again_the_service_is_to_blame() {
    let server = MockServer::start().await;
    mount_for(&server, "POST", "/reservations/9/cancel", problem(412, &[])).await;
    mount_for(&server, "GET", "/reservations/9", problem(503, &[])).await;
    // That address leads to the booking.
    post(&server, "cancel").await.is(503).has("href=\"/reservations/9/cancel\">Try again</a>");
}

#[tokio::test]
async fn another_site_can_do_nothing() {
    let hardware =
        hardware(json!({}), || ResponseTemplate::new(200).set_body_json(reservation(json!({})))).await;
    let portal = Portal::start(&hardware.uri()).await;
    for word in FORMS {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "http://evil.example"),
        ] {
            let request = portal.request("POST", &format!("/reservations/9/{word}")).header(name, value);
            read(request.body(portal::links::query_string(&FIELDS))).await.is(403);
        }
    }
    assert!(hardware.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_form_without_end_is_refused_readably() {
    let hardware = hardware(json!({}), || problem(500, &[])).await;
    let long = "1".repeat(40_000);
    let fields = [("version", "3"), ("ends_at", long.as_str())];
    for word in FORMS {
        let page =
            Portal::start(&hardware.uri()).await.post(&format!("/reservations/9/{word}"), &fields).await;
        page.is(413).has("That was too much to read");
    }
    assert!(asked(&hardware, "/reservations/9").await.is_empty());
}

#[tokio::test]
async fn nothing_that_the_service_says_can_become_markup() {
    const EVIL: &str = "\"><script>alert(1)</script>";
    let lines = json!([{ "hardware": 7, "provider": EVIL, "name": EVIL, "qty": 5, "out": 3 }]);
    let evil = json!({ "state": "out", "user": EVIL, "purpose": EVIL, "lines": lines });
    let wrong = || conflict("wrong-state", json!({ "state": "out", "detail": EVIL }));
    for answer in
        [wrong, || problem(422, &[(EVIL, EVIL), ("ends_at", EVIL)]), || not_free(json!({ "name": EVIL }))]
    {
        let hardware = hardware(evil.clone(), answer).await;
        // Not `checkout`: a booking that is out was checked out.
        for word in &FORMS[1..] {
            post(&hardware, word).await.lacks("<script").lacks("alert(1)<").has("&lt;script&gt;");
        }
    }
}
