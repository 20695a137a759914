//! HTTP/2 without TLS, as a load balancer speaks it to the services behind it.

use bytes::Bytes;
use h2::{Reason, client};
use http::Request;
use tokio::net::TcpStream;

use super::{
    hardware,
    wire::{Wire, address},
};
use crate::harness::Service;

async fn connected(
    service: &Service,
) -> (client::SendRequest<Bytes>, tokio::task::JoinHandle<Option<Reason>>) {
    let socket = TcpStream::connect(address(service)).await.unwrap();
    let (sender, connection) = client::handshake(socket).await.unwrap();
    let ended = tokio::spawn(async move { connection.await.err().and_then(|error| error.reason()) });
    (sender.ready().await.unwrap(), ended)
}

fn asked(service: &Service, path: &str) -> Request<()> {
    Request::get(format!("{}{path}", service.url)).body(()).unwrap()
}

#[tokio::test]
async fn many_requests_share_one_connection() {
    let (hardware, _folder) = hardware(&[]).await;
    let (mut sender, _ended) = connected(&hardware).await;
    let mut answers = Vec::new();
    for _ in 0..50 {
        sender = sender.ready().await.unwrap();
        answers.push(sender.send_request(asked(&hardware, "/hardware"), true).unwrap().0);
    }
    for answer in answers {
        let answer = answer.await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(!answer.headers().contains_key("connection"), "HTTP/2 has no such header");
        assert_eq!(answer.into_body().data().await.unwrap().unwrap(), "[]");
    }
}

#[tokio::test]
async fn a_caller_who_asks_and_takes_back_keeps_nobody_from_being_served() {
    let (hardware, _folder) = hardware(&[("RATE_LIMIT__PER_SECOND", "0")]).await;
    let (sender, ended) = connected(&hardware).await;
    for _ in 0..5_000 {
        let Ok(mut ready) = sender.clone().ready().await else { break };
        let Ok((_, mut stream)) = ready.send_request(asked(&hardware, "/hardware"), true) else { break };
        stream.send_reset(Reason::CANCEL);
        tokio::task::yield_now().await;
    }
    drop(sender);
    // Told to calm down, or done with it: both are well, as long as nobody else waits.
    let reason = ended.await.unwrap();
    assert!(matches!(reason, None | Some(Reason::ENHANCE_YOUR_CALM)), "{reason:?}");
    hardware.get("/hardware").await.is(200);
    let mut other = Wire::to(&hardware).await;
    other.get("/hardware").await;
    assert!(other.answer().await.starts_with("HTTP/1.1 200"));
}
