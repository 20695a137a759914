//! A connection on which a caller can be as rude as TCP allows.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::harness::Service;

/// Nothing here takes this long; whoever waits so long has been forgotten.
const PATIENCE: Duration = Duration::from_secs(45);

pub struct Wire(pub TcpStream);

impl Wire {
    pub async fn to(service: &Service) -> Self {
        Self(TcpStream::connect(address(service)).await.unwrap())
    }

    /// One that takes little at a time.
    pub async fn narrow(service: &Service) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        Self(socket.connect(address(service).parse().unwrap()).await.unwrap())
    }

    pub async fn send(&mut self, text: impl AsRef<[u8]>) {
        self.0.write_all(text.as_ref()).await.unwrap();
    }

    /// A request without a body.
    pub async fn get(&mut self, path: &str) {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
    }

    /// One whole answer: its head, and as much as its `Content-Length` says.
    pub async fn answer(&mut self) -> String {
        let mut seen = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&seen).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    return text;
                }
            }
            let mut some = [0; 16 * 1_024];
            let read = patient("an answer", self.0.read(&mut some)).await.unwrap();
            assert!(read > 0, "closed after:\n{text}");
            seen.extend_from_slice(&some[..read]);
        }
    }

    /// All that comes until the other side closes, or breaks off.
    pub async fn rest(&mut self) -> String {
        let mut seen = Vec::new();
        let _ = patient("the connection to be closed", self.0.read_to_end(&mut seen)).await;
        String::from_utf8_lossy(&seen).into_owned()
    }
}

async fn patient<T>(what: &str, work: impl Future<Output = T>) -> T {
    timeout(PATIENCE, work).await.unwrap_or_else(|_| panic!("waited {PATIENCE:?} in vain: {what}"))
}

pub fn address(service: &Service) -> &str {
    service.url.strip_prefix("http://").unwrap()
}
