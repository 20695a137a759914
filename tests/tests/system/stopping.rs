//! Stopping (SIGTERM), as every rollout does it: nobody's request is lost.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use reqwest::Client;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use crate::harness::{
    Service, Settings, Toolcrib,
    wait::until,
    web::{client, client_without_keep_alive},
};

const CALLERS: usize = 4;
/// Requests that are answered before the signal is sent.
const WARM_UP: usize = 40;
/// Long enough for the callers to hear of it, also on a busy machine.
const DELAY_S: u64 = 2;

#[derive(Default)]
struct Traffic {
    enough: AtomicBool,
    answered: AtomicUsize,
}

/// Asks one request after the other, each on a connection of its own, until told that it is enough.
async fn ask(client: Client, url: String, traffic: Arc<Traffic>) -> Vec<String> {
    let mut lost = Vec::new();
    while !traffic.enough.load(Ordering::SeqCst) {
        match client.get(&url).send().await {
            Ok(answer) if answer.status() == 200 => {
                traffic.answered.fetch_add(1, Ordering::SeqCst);
            }
            Ok(answer) => lost.push(answer.status().to_string()),
            Err(error) => lost.push(format!("{error:?}")),
        }
    }
    lost
}

/// Stops `service` while it is asked for `path`, as a load balancer would: nothing is sent any more once
/// `/readyz` fails, and until then everything is answered.
async fn stops_without_losing_a_request(service: &mut Service, path: &str) {
    let traffic = Arc::new(Traffic::default());
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        callers.spawn(ask(client_without_keep_alive(), format!("{}{path}", service.url), traffic.clone()));
    }
    let busy = async || (traffic.answered.load(Ordering::SeqCst) >= WARM_UP).then_some(());
    until("the first answers", busy).await;
    service.signal("TERM");
    service.becomes_unready("").await;
    traffic.enough.store(true, Ordering::SeqCst);
    let lost: Vec<String> = callers.join_all().await.into_iter().flatten().collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(service.ends().await.success(), "{}", service.told());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_service_loses_a_request_when_it_is_told_to_stop() {
    let mut toolcrib = Toolcrib::start_with(Settings::default().with("SHUTDOWN__DELAY_S", DELAY_S)).await;
    stops_without_losing_a_request(&mut toolcrib.portal, "/").await;
    stops_without_losing_a_request(&mut toolcrib.hardware, "/hardware").await;
}

/// Asks one request after the other on a connection that is kept, until no new one can be had; what was lost.
async fn ask_until_refused(url: String, traffic: Arc<Traffic>) -> Vec<String> {
    let client = client();
    let mut lost = Vec::new();
    loop {
        match client.get(&url).send().await {
            Ok(answer) if answer.status() == 200 => {
                traffic.answered.fetch_add(1, Ordering::SeqCst);
                let _ = answer.bytes().await;
            }
            Ok(answer) => lost.push(answer.status().to_string()),
            Err(error) if error.is_connect() => return lost,
            Err(error) => lost.push(format!("{error:?}")),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_who_keep_their_connections_lose_nothing_either() {
    // The least time there is for them to hear of it: what they have sent is answered all the same.
    let unlimited = Settings::default().with("RATE_LIMIT__PER_SECOND", 0);
    let mut toolcrib = Toolcrib::start_with(unlimited).await;
    let traffic = Arc::new(Traffic::default());
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        callers.spawn(ask_until_refused(format!("{}/hardware", toolcrib.hardware.url), traffic.clone()));
    }
    let busy = async || (traffic.answered.load(Ordering::SeqCst) >= WARM_UP).then_some(());
    until("the first answers", busy).await;
    toolcrib.hardware.signal("TERM");
    let lost: Vec<String> = callers.join_all().await.into_iter().flatten().collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(toolcrib.hardware.ends().await.success(), "{}", toolcrib.hardware.told());
}

#[tokio::test]
async fn a_request_under_way_is_finished_after_the_port_is_closed() {
    let mut toolcrib = Toolcrib::start().await;
    let address = toolcrib.hardware.url.strip_prefix("http://").unwrap().to_owned();
    let body = json!({ "provider": "Lab B2", "name": "HIL rig 3" }).to_string();
    let (half, rest) = body.split_at(10);
    let mut upload = TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST /hardware HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{half}",
        body.len()
    );
    upload.write_all(head.as_bytes()).await.unwrap();
    // Another request's answer shows that the service got round to the connections made before it.
    toolcrib.hardware.get("/hardware").await.is(200);

    toolcrib.hardware.signal("TERM");
    let closed = async || TcpStream::connect(&address).await.err();
    until("the port to be closed", closed).await;
    upload.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    upload.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(toolcrib.hardware.ends().await.success());
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_up_the_end() {
    let mut toolcrib = Toolcrib::start().await;
    let client = client();
    client.get(format!("{}/hardware", toolcrib.hardware.url)).send().await.unwrap();
    toolcrib.hardware.signal("TERM");
    // Bounded by the wait: far below the 75 s for which an idle connection may stay open.
    assert!(toolcrib.hardware.ends().await.success());
    drop(client);
}
