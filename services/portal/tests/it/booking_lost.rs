//! Bookings that nobody answered.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::{io::AsyncReadExt, net::TcpListener};
use wiremock::ResponseTemplate;

use crate::harness::{Page, Portal, asked, hidden_field, mount_for, problem, reservation};

const FORM: [(&str, &str); 7] = [
    ("key", "k-1"),
    ("hardware", "7"),
    ("starts_at", "2026-06-11T14:00"),
    ("ends_at", "2026-06-11T18:00"),
    ("qty", "4"),
    ("user", "ada <script>"),
    ("purpose", "Camera drift"),
];

/// Says that it is not known, and offers the same form under the same key.
fn is_not_known(page: &Page) {
    page.is(503)
        .has("<h1>It is not known whether this was booked</h1>")
        .has("the same form books only once, however often it is sent")
        .has("Send it again")
        .has("<dd>Thu 11 Jun 2026, 14:00</dd>")
        .has("<dd>ada &lt;script&gt;</dd>")
        .lacks("Nothing was booked");
    let same = |name: &str| hidden_field(&page.html, "class=\"row\"", name);
    assert_eq!((same("key").as_str(), same("qty").as_str()), ("k-1", "4"));
    assert_eq!(same("again"), "1", "the next page must not say that nothing was booked");
    assert_eq!(page.header("retry-after"), "5");
    assert!(!page.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn a_service_that_goes_away_in_mid_write_leaves_it_open_and_the_same_form_books_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let portal = Portal::start(&format!("http://{address}")).await;
    let dies = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut some = [0; 64];
        assert!(socket.read(&mut some).await.unwrap() > 0);
        drop((socket, listener));
    });
    is_not_known(&portal.post("/reservations", &FORM).await);
    dies.await.unwrap();

    let back =
        wiremock::MockServer::builder().listener(std::net::TcpListener::bind(address).unwrap()).start().await;
    let booked = ResponseTemplate::new(201).set_body_json(reservation(json!({})));
    mount_for(&back, "POST", "/reservations", booked.insert_header("idempotent-replayed", "true")).await;
    portal.post("/reservations", &FORM).await.is(303);
    assert_eq!(asked(&back, "/reservations").await[0].headers["idempotency-key"], "k-1");
}

#[tokio::test]
async fn a_service_that_says_nothing_is_waited_for_as_long_as_a_write_may_take_and_no_longer() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = [("HARDWARE__WRITE_TIMEOUT_MS", "300")];
    let portal = Portal::start_with(&format!("http://{}", silent.local_addr().unwrap()), &settings).await;
    let started = Instant::now();
    is_not_known(&portal.post("/reservations", &FORM).await);
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(300) && took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn a_write_may_take_longer_than_a_page() {
    let server = wiremock::MockServer::start().await;
    let slow = ResponseTemplate::new(201)
        .set_body_json(reservation(json!({})))
        .set_delay(Duration::from_millis(1_200));
    mount_for(&server, "POST", "/reservations", slow).await;
    Portal::start(&server.uri()).await.post("/reservations", &FORM).await.is(303);
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_and_a_server_error_leave_it_open() {
    for answer in [
        ResponseTemplate::new(201).set_body_string("{\"id\":"),
        ResponseTemplate::new(200).set_body_string("<html>"),
        ResponseTemplate::new(500),
        ResponseTemplate::new(502),
        ResponseTemplate::new(504),
        problem(503, &[]),
    ] {
        let server = wiremock::MockServer::start().await;
        mount_for(&server, "POST", "/reservations", answer).await;
        is_not_known(&Portal::start(&server.uri()).await.post("/reservations", &FORM).await);
    }
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_booked_and_the_form_is_kept() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let page = Portal::start(&format!("http://{address}")).await.post("/reservations", &FORM).await;
    page.is(503)
        .has("<h1>Nothing was booked</h1>")
        .has("the hardware service behind it does not answer")
        .has("Send it again")
        .lacks("not known");
    assert_eq!(hidden_field(&page.html, "class=\"row\"", "key"), "k-1");
}

#[tokio::test]
async fn what_was_sent_before_is_not_said_to_be_not_booked_because_it_cannot_be_sent_again() {
    let portal = Portal::start("http://127.0.0.1:9").await;
    let first = portal.post("/reservations", &FORM).await;
    first.is(503).has("<h1>Nothing was booked</h1>").lacks("name=\"again\"");
    let again = portal.post("/reservations", &[&FORM[..], &[("again", "1")]].concat()).await;
    is_not_known(&again);
    assert_eq!(again.html.matches("name=\"again\"").count(), 1);
}

#[tokio::test]
async fn the_services_429_keeps_the_form_and_says_when() {
    let server = wiremock::MockServer::start().await;
    mount_for(&server, "POST", "/reservations", problem(429, &[]).insert_header("retry-after", "3")).await;
    let page = Portal::start(&server.uri()).await.post("/reservations", &FORM).await;
    page.is(429).has("Nothing was booked").has("Send it again");
    assert_eq!(page.header("retry-after"), "3");
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_a_readable_502() {
    for answer in [
        ResponseTemplate::new(404),
        ResponseTemplate::new(409),
        problem(409, &[]),
        ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:9/"),
    ] {
        let server = wiremock::MockServer::start().await;
        mount_for(&server, "POST", "/reservations", answer).await;
        let page = Portal::start(&server.uri()).await.post("/reservations", &FORM).await;
        page.is(502).has("We could not read the answer");
    }
}
