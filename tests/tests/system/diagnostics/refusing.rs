//! Storage that answers, but not with what one hopes for.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use super::{
    bucket::{KEY_ID, Moto, SECRET},
    hardware, is_numbered, refuses, uploads,
};

const DENIED: &str =
    "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";

/// A server that does `with` to every connection, for as long as the tests run; where it listens.
fn server(with: impl Fn(&mut TcpStream) + Send + Sync + Copy + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || {
                let _ = stream.read(&mut [0; 4_096]);
                with(&mut stream);
            });
        }
    });
    url
}

fn answers(stream: &mut TcpStream, status: &str, body: &str) {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/xml\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
}

async fn is_refused_by(url: String) {
    let folder = tempfile::tempdir().unwrap();
    let service = hardware(&folder, |settings| {
        settings
            .with("STORAGE_URL", "s3://bucket")
            .with("AWS_ENDPOINT_URL", &url)
            .with("AWS_ALLOW_HTTP", true)
            .with("AWS_REGION", "us-east-1")
            .with("AWS_ACCESS_KEY_ID", KEY_ID)
            .with("AWS_SECRET_ACCESS_KEY", SECRET)
    })
    .await;
    refuses(&service).await;
    refuses(&service).await;
    assert!(!service.told().contains(SECRET));
}

#[tokio::test]
async fn access_that_is_denied_is_503_within_its_time() {
    is_refused_by(server(|stream| answers(stream, "403 Forbidden", DENIED))).await;
}

#[tokio::test]
async fn a_storage_in_trouble_is_503_within_its_time() {
    is_refused_by(server(|stream| answers(stream, "500 Internal Server Error", ""))).await;
    is_refused_by(server(|stream| answers(stream, "503 Slow Down", ""))).await;
}

#[tokio::test]
async fn a_storage_that_hangs_up_or_talks_nonsense_is_503_within_its_time() {
    is_refused_by(server(|_| ())).await;
    is_refused_by(server(|stream| drop(stream.write_all(b"220 mail.example ESMTP\r\n")))).await;
    is_refused_by(server(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n<");
        thread::sleep(std::time::Duration::from_secs(10));
    }))
    .await;
}

#[tokio::test]
async fn every_upload_is_one_new_key_that_is_its_own_text() {
    let Some(moto) = Moto::start().await else { return };
    moto.create("plain").await;
    let folder = tempfile::tempdir().unwrap();
    let service = hardware(&folder, |settings| moto.settings(settings, "s3://plain")).await;
    let mut before = Vec::new();
    for _ in 0..5 {
        uploads(&service).await;
        let after = moto.keys("plain").await;
        let new: Vec<_> = after.iter().filter(|key| !before.contains(*key)).collect();
        // One of ten thousand names may come twice.
        assert!(new.len() == 1 || after.len() == before.len(), "{new:?}");
        for key in new {
            is_numbered(key, &moto.text("plain", key).await);
        }
        before = after;
    }
    assert!(before.len() >= 3, "{before:?}");
}
