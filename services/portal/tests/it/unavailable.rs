//! 503: the hardware service is away, and comes back.

use std::time::{Duration, Instant};

use tokio::{io::AsyncWriteExt, net::TcpListener};
use wiremock::{MockServer, ResponseTemplate};

use crate::harness::{Portal, hardware, listing, mount, problem, sample};

/// Longer than any of the client's own limits, which make it a second, and short of for ever: how long exactly is
/// not for a test on a shared machine to judge.
const PATIENCE: Duration = Duration::from_secs(10);

/// An address where nobody listens.
async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    format!("http://{address}")
}

#[tokio::test]
async fn a_service_that_is_not_there_is_a_503_and_not_a_wait() {
    let portal = Portal::start(&nobody().await).await;
    for path in ["/", "/?q=gpu", "/hardware/7", "/reservations?user=ada", "/reservations/9"] {
        let started = Instant::now();
        let page = portal.get(path).await;
        assert!(started.elapsed() < PATIENCE, "{path}: {:?}", started.elapsed());
        page.is(503)
            .has("<title>Not reachable right now – Toolcrib</title>")
            .has("the hardware service behind it does not answer")
            .has(&format!("<a class=\"btn main\" href=\"{path}\">Try again</a>"))
            .has("Error 503, <time datetime=\"2026-06-11T13:42:07+02:00\">13:42:07</time>")
            .has(page.header("x-request-id"))
            .lacks("The last answer we had");
        assert_eq!(page.header("retry-after"), "5");
    }
}

#[tokio::test]
async fn a_service_that_accepts_and_says_nothing_is_a_503_and_not_a_wait() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let portal = Portal::impatient(&format!("http://{}", silent.local_addr().unwrap())).await;
    let started = Instant::now();
    portal.get("/").await.is(503);
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_service_that_stops_in_mid_answer_is_a_503_and_not_a_wait() {
    let half = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let portal = Portal::impatient(&format!("http://{}", half.local_addr().unwrap())).await;
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut socket, _)) = half.accept().await {
            socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n[{\"id\": 1,").await.unwrap();
            kept.push(socket);
        }
    });
    let started = Instant::now();
    portal.get("/").await.is(503);
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_service_that_says_it_cannot_work_is_a_503_with_its_own_wait() {
    let hardware = hardware(problem(503, &[]).insert_header("retry-after", "7")).await;
    let page = Portal::start(&hardware.uri()).await.get("/").await;
    page.is(503).has("says that it cannot work at the moment");
    assert_eq!(page.header("retry-after"), "7");
}

#[tokio::test]
async fn the_last_answer_is_shown_with_its_age_and_the_page_recovers_by_itself() {
    let up = hardware(listing(&sample(), 2)).await;
    let portal = Portal::start(&up.uri()).await;
    portal.get("/").await.is(200);

    up.reset().await;
    mount(&up, "/hardware", ResponseTemplate::new(503)).await;
    portal.clock.set(portal.clock.now_s() + 4 * 60 + 12);
    let page = portal.get("/").await;
    page.is(503)
        .has("The last answer we had, <span class=\"age\">4 minutes old</span>")
        .has("From <time datetime=\"2026-06-11T13:42+02:00\">Thu 11 Jun, 13:42</time>, for the hour that began then. To look at, not to plan by.")
        .has("<b>c5</b>")
        .has("pill lv-MEDIUM")
        .has("free <b>2</b> of 4")
        .lacks("href=\"/hardware/1\"");

    up.reset().await;
    mount(&up, "/hardware", listing(&sample(), 2)).await;
    portal.get("/").await.is(200).has("<a href=\"/hardware/1\">c5</a>");
}

#[tokio::test]
async fn the_last_answer_says_what_it_was_asked() {
    let up = hardware(listing(&sample(), 2)).await;
    let portal = Portal::start(&up.uri()).await;
    portal.get("/?from=2026-06-11T14:00&to=2026-06-11T18:00&q=gpu").await.is(200);
    up.reset().await;
    mount(&up, "/hardware", ResponseTemplate::new(503)).await;
    let scope = "for <time datetime=\"2026-06-11T13:42+02:00\">Thu 11 Jun, 13:42</time> to <time datetime=\"2026-06-11T14:42+02:00\">14:42</time> (search: gpu)";
    portal.get("/?q=other").await.is(503).has(scope).has("just now");
}

#[tokio::test]
async fn it_recovers_when_the_service_comes_up_where_nobody_was() {
    let address = nobody().await;
    let portal = Portal::start(&address).await;
    portal.get("/").await.is(503);
    let listener = std::net::TcpListener::bind(address.strip_prefix("http://").unwrap()).unwrap();
    let up = MockServer::builder().listener(listener).start().await;
    mount(&up, "/hardware", listing(&sample(), 2)).await;
    portal.get("/").await.is(200).has("H16mr");
}

#[tokio::test]
async fn a_portal_alone_is_ready_all_the_same() {
    let portal = Portal::start(&nobody().await).await;
    for path in ["/livez", "/readyz", "/health"] {
        let page = portal.get(path).await;
        page.is(200);
        assert!(page.header("content-type").starts_with("application/json"), "{path}");
    }
    portal.get("/metrics").await.is(200);
}
