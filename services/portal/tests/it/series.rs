//! Bookings that repeat: the form, what became of it, and changes to the rest of a series.

use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::{
    booking::{form, hardware},
    harness::{Page, Portal, asked, conflict, mount, mount_for, problem, read, reservation},
};

/// The booking form, repeated.
fn repeated(changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let repeat = [("repeat", "week"), ("count", "4"), ("until", ""), ("conflict", "skip")];
    let change = |(name, value)| (name, changes.iter().find(|(n, _)| *n == name).map_or(value, |(_, v)| *v));
    form(changes).into_iter().chain(repeat.into_iter().map(change)).collect()
}

fn first() -> Value {
    reservation(json!({ "series_id": 5, "created": [9, 12, 13], "skipped": [
        { "starts_at": "2026-06-18T12:00:00Z", "reason": "1 of 4 units is free <b>" },
        { "starts_at": "2027-03-28T02:30", "reason": "the clocks go forward over it" },
        { "starts_at": "2028-03-26T02:30:00", "reason": "2028-03-26 02:30:00 does not exist" },
    ] }))
}

async fn book(answer: ResponseTemplate, changes: &[(&'static str, &'static str)]) -> (MockServer, Page) {
    let server = hardware(answer).await;
    let page = Portal::start(&server.uri()).await.post("/reservations", &repeated(changes)).await;
    (server, page)
}

/// The pair that a browser sends back of a cookie.
fn cookie(page: &Page, name: &str) -> String {
    let set = page.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap());
    let found =
        set.into_iter().find(|v| v.starts_with(&format!("{name}="))).unwrap_or_else(|| panic!("no {name}"));
    found.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_item_offers_to_repeat() {
    let server = MockServer::start().await;
    mount(&server, "/hardware/7", ResponseTemplate::new(200).set_body_json(crate::harness::entry(json!({}))))
        .await;
    mount(&server, "/hardware", crate::harness::listing(&[crate::harness::row(7, "p", "n", json!({}))], 1))
        .await;
    let page = Portal::start(&server.uri()).await.get("/hardware/7").await;
    page.is(200)
        .has("<details class=\"act\">")
        .has("<option value=\"\" selected>not</option><option value=\"day\">every day</option>")
        .has("<input id=\"count\" name=\"count\" type=\"number\" min=\"1\"")
        .has("<input id=\"until\" name=\"until\" type=\"date\"")
        .has("<option value=\"skip\">leave those out</option>");
}

#[tokio::test]
async fn it_is_sent_once_and_its_page_says_what_became_of_each() {
    let server = hardware(ResponseTemplate::new(201).set_body_json(first())).await;
    let portal = Portal::start(&server.uri()).await;
    let page = portal.post("/reservations", &repeated(&[])).await;
    page.is(303);
    assert_eq!(page.header("location"), "/reservations/9?done=booked");
    let sent = asked(&server, "/reservations").await;
    assert_eq!(sent[0].headers["idempotency-key"], "k-1");
    let body: Value = sent[0].body_json().unwrap();
    assert_eq!(body["repeat"], json!({ "every": "week", "count": 4, "on_conflict": "skip" }));

    mount(&server, "/reservations/9", ResponseTemplate::new(200).set_body_json(first())).await;
    let later = [first(), reservation(json!({ "id": 12, "series_id": 5 })), reservation(json!({ "id": 77 }))];
    mount(&server, "/reservations", ResponseTemplate::new(200).set_body_json(later)).await;
    let report = cookie(&page, "report");
    let told = read(portal.request("GET", "/reservations/9?done=booked").header("cookie", &report)).await;
    told.is(200)
        .has("</svg>3 bookings were made</p>")
        .has("<h2 id=\"h-left\">3 bookings left out</h2>")
        .has("<li><time datetime=\"2026-06-18T14:00+02:00\">Thu 18 Jun, 14:00</time>: 1 of 4 units is free &lt;b&gt;</li>")
        .has("<li>2027-03-28 02:30: the clocks go forward over it</li>")
        .has("<li>2028-03-26 02:30:00 does not exist</li>")
        .has("One of a series")
        .has("href=\"/reservations/12\"")
        .lacks("href=\"/reservations/77\"")
        .has("<a href=\"/reservations?series=5&amp;state=any\">All bookings of the series</a>");
    assert!(told.headers.get_all("set-cookie").iter().any(|v| v.to_str().unwrap().starts_with("report=;")));
    portal.get("/reservations/9").await.is(200).lacks("bookings were made");
}

#[tokio::test]
async fn what_does_not_repeat_is_sent_as_ever() {
    let (server, page) =
        book(ResponseTemplate::new(201).set_body_json(reservation(json!({}))), &[("repeat", "")]).await;
    page.is(303);
    let body: Value = asked(&server, "/reservations").await[0].body_json().unwrap();
    assert!(body.get("repeat").is_none(), "{body}");
    assert!(page.headers.get_all("set-cookie").iter().all(|v| !v.to_str().unwrap().starts_with("report")));
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_with_what_was_typed() {
    for (changes, status, told) in [
        ([("count", "many"), ("until", "")], 400, "<a href=\"#count\">How often must be a whole number"),
        ([("count", ""), ("until", "")], 422, "<a href=\"#count\">Say how often, or until which day</a>"),
        (
            [("count", "3"), ("until", "2026-12-24")],
            422,
            "<a href=\"#until\">Say how often or until which day, not both</a>",
        ),
        ([("count", ""), ("until", "<script>")], 400, "<a href=\"#until\">Until must be a day"),
        ([("repeat", "<script>"), ("count", "3")], 422, "<a href=\"#repeat\">Repeat: choose one"),
    ] {
        let (server, page) = book(ResponseTemplate::new(500), &changes).await;
        page.is(status).has(told).has("<details class=\"act\" open>").has("value=\"ada\"").lacks("<script");
        assert!(asked(&server, "/reservations").await.is_empty(), "nothing is sent");
    }
    for (field, id) in [
        ("repeat.count", "count"),
        ("repeat.until", "until"),
        ("repeat.every", "repeat"),
        ("repeat.on_conflict", "conflict"),
    ] {
        let (_, page) = book(problem(422, &[(field, "is too much")]), &[]).await;
        page.is(422)
            .has(&format!("<a href=\"#{id}\">"))
            .has(": is too much</a>")
            .has(&format!("id=\"{id}-e\""))
            .has("value=\"4\"");
    }
}

#[tokio::test]
async fn a_series_that_does_not_fit_says_so_and_keeps_what_was_typed() {
    let line = json!({ "hardware": 7, "name": "HIL rig 3", "requested": 4, "free": 3, "capacity": 10 });
    let members = json!({
        "lines": [line, line], "alternatives": [],
        "occurrences": { "wanted": 4, "refused": 2, "first": [{ "occurrence": 2 }], "overlaps_itself": true },
    });
    let (server, page) = book(conflict("not-free", members), &[("conflict", "fail")]).await;
    page.is(409)
        .has("The series does not fit as a whole: of 4 bookings 2 cannot be made. Some of them lie over each other.")
        .has("<a href=\"#conflict\">leave out what does not fit</a>")
        .has("<h2 id=\"blocks-7\">")
        .has("<h2 id=\"blocks-7-1\">")
        .has("<option value=\"week\" selected>every week</option>")
        .lacks("Times that fit");
    assert!(asked(&server, "/availability/next").await.is_empty(), "no single time would help");
}

#[tokio::test]
async fn a_series_over_a_time_that_the_clocks_skip_is_told_in_words_of_the_form() {
    let detail = "of occurrence 2: it does not exist; `on_conflict`: \"skip\" leaves it out";
    let body = json!({
        "type": "about:blank", "title": "Unprocessable Entity", "status": 422, "detail": "x",
        "errors": [{ "field": "starts_at", "detail": detail }],
        "skipped": [{ "occurrence": 2, "starts_at": "2027-03-28T02:30:00", "kind": "no-such-time",
            "reason": "2027-03-28 02:30:00 does not exist <b>" }],
    });
    let answer = ResponseTemplate::new(422).set_body_json(body);
    let (_, page) = book(answer, &[("conflict", "fail")]).await;
    page.is(422)
        .has("<a href=\"#conflict\">2027-03-28 02:30:00 does not exist &lt;b&gt;. Choose another time, or “leave those out”</a>")
        .has("id=\"conflict-e\"")
        .has("<option value=\"fail\" selected>book none</option>")
        .lacks("on_conflict")
        .lacks("occurrence");
}

#[tokio::test]
async fn a_lost_answer_offers_the_same_series_again() {
    let (_, page) = book(ResponseTemplate::new(500), &[]).await;
    page.is(503).has("<dt>Repeat</dt><dd>every week, 4 times</dd>").has("name=\"count\" value=\"4\"");
}

async fn member() -> MockServer {
    let server = MockServer::start().await;
    mount(
        &server,
        "/reservations/9",
        ResponseTemplate::new(200).set_body_json(reservation(json!({ "series_id": 5 }))),
    )
    .await;
    server
}

#[tokio::test]
async fn the_page_of_one_of_a_series_offers_this_one_or_the_rest() {
    let server = member().await;
    // The list of its series is a 404 here: the page is there without it.
    let page = Portal::start(&server.uri()).await.get("/reservations/9").await;
    page.is(200)
        .has(">Cancel only this one</button>")
        .has("name=\"scope\" value=\"rest\">Cancel this and all later ones</button>")
        .has(">Change only this one</button>")
        .has(">Change this and all later ones</button>")
        .lacks("Cancel the booking");
}

#[tokio::test]
async fn the_rest_is_changed_in_one_call_and_told() {
    for (word, verb, scope, meant) in [
        ("cancel", "POST", "rest", Some("scope=rest")),
        ("cancel", "POST", "this", None),
        ("extend", "PATCH", "rest", Some("scope=rest")),
    ] {
        let server = member().await;
        let changed = reservation(
            json!({ "series_id": 5, "changed": [9, 12], "unchanged": [{ "id": 13, "reason": "it is out" }] }),
        );
        let at = if word == "cancel" { "/reservations/9/cancel" } else { "/reservations/9" };
        mount_for(&server, verb, at, ResponseTemplate::new(200).set_body_json(changed)).await;
        let portal = Portal::start(&server.uri()).await;
        let fields = [("version", "3"), ("ends_at", "2026-06-11T19:00"), ("scope", scope)];
        let page = portal.post(&format!("/reservations/9/{word}"), &fields).await;
        page.is(303);
        let sent = asked(&server, at).await;
        assert_eq!((sent[0].method.as_str(), sent[0].url.query()), (verb, meant));
        if scope == "rest" {
            let report = cookie(&page, "report");
            let told = read(portal.request("GET", "/reservations/9").header("cookie", report)).await;
            let done = if word == "cancel" { "cancelled" } else { "changed" };
            told.has(&format!("2 bookings were {done}"))
                .has("1 booking left as they are")
                .has("<li><a href=\"/reservations/13\">Booking 13</a>: it is out</li>");
        }
    }
}

#[tokio::test]
async fn a_start_is_sent_only_where_another_one_was_typed() {
    for (typed, meant) in [("2026-06-11T14:00", None), ("2026-06-11T13:00", Some("2026-06-11T13:00"))] {
        let server = member().await;
        mount_for(
            &server,
            "PATCH",
            "/reservations/9",
            ResponseTemplate::new(200).set_body_json(reservation(json!({}))),
        )
        .await;
        let fields = [
            ("version", "3"),
            ("starts_shown", "2026-06-11T14:00"),
            ("starts_at", typed),
            ("ends_at", "2026-06-11T18:00"),
        ];
        Portal::start(&server.uri()).await.post("/reservations/9/extend", &fields).await.is(303);
        let body: Value = asked(&server, "/reservations/9").await[0].body_json().unwrap();
        assert_eq!(body.get("starts_at").and_then(Value::as_str), meant);
    }
}

#[tokio::test]
async fn a_rest_that_was_changed_meanwhile_is_not_taken_for_done() {
    let server = MockServer::start().await;
    let cancelled = reservation(json!({ "series_id": 5, "state": "cancelled" }));
    mount(&server, "/reservations/9", ResponseTemplate::new(200).set_body_json(cancelled)).await;
    mount_for(&server, "POST", "/reservations/9/cancel", problem(412, &[])).await;
    let portal = Portal::start(&server.uri()).await;
    let send =
        async |scope| portal.post("/reservations/9/cancel", &[("version", "3"), ("scope", scope)]).await;
    send("rest").await.is(412).has("Nothing was changed");
    send("this").await.is(303);
}

#[tokio::test]
async fn the_list_can_be_narrowed_to_a_series() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/reservations"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([first()])))
        .mount(&server)
        .await;
    let portal = Portal::start(&server.uri()).await;
    let page = portal.get("/reservations?series=5&state=any").await;
    page.is(200).has("<span>series: 5</span>").has("<input type=\"hidden\" name=\"series\" value=\"5\">");
    assert_eq!(asked(&server, "/reservations").await[0].url.query().unwrap(), "series=5&limit=50");
    portal
        .get("/reservations?series=%3Cscript%3E")
        .await
        .is(400)
        .has("Series must be the number of a series")
        .lacks("<script");
}
