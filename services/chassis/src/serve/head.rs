//! Waiting for the head of a connection's first request.
//!
//! A caller who sends it byte by byte, or never, must not cost memory: what has arrived stays in the kernel and is only
//! looked at. HTTP's own buffers are made once there is something to answer.

use std::io;

use rustix::net::{RecvFlags, recv};
use tokio::{io::Interest, net::TcpStream};

/// How far the kernel's buffer is looked into. A longer head is read by HTTP as it comes.
const LOOK_BYTES: usize = 16 * 1024;
/// What an HTTP/2 connection begins with (RFC 9113, section 3.4).
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What a caller speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

/// Waits until a whole head has arrived, or something that will never be one.
///
/// # Errors
/// The caller went away.
pub(super) async fn arrived(socket: &TcpStream) -> io::Result<Protocol> {
    loop {
        let ready = socket.ready(Interest::READABLE).await?;
        // "Would block" makes tokio wait for more than what is there.
        match socket.try_io(Interest::READABLE, || look(socket)) {
            // The other side will send no more: tokio calls that readable for ever.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && ready.is_read_closed() => {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => tokio::task::yield_now().await,
            done => return done,
        }
    }
}

fn look(socket: &TcpStream) -> io::Result<Protocol> {
    let mut seen = [0; LOOK_BYTES];
    let (bytes, _) = recv(socket, &mut seen[..], RecvFlags::PEEK)?;
    match seen.get(..bytes).unwrap_or_default() {
        [] => Err(io::ErrorKind::UnexpectedEof.into()),
        seen => read(seen).ok_or_else(|| io::ErrorKind::WouldBlock.into()),
    }
}

/// `None`: not yet.
fn read(seen: &[u8]) -> Option<Protocol> {
    let common = seen.len().min(HTTP2_PREFACE.len());
    if seen.get(..common) == HTTP2_PREFACE.get(..common) {
        return (common == HTTP2_PREFACE.len()).then_some(Protocol::Http2);
    }
    let no_method =
        seen.first().is_none_or(|byte| !byte.is_ascii_alphabetic() && !matches!(byte, b'\r' | b'\n'));
    (no_method || seen.len() == LOOK_BYTES || holds_empty_line(seen)).then_some(Protocol::Http1)
}

/// A line feed alone ends a line as well: HTTP's parser takes it so.
fn holds_empty_line(seen: &[u8]) -> bool {
    let lines = memchr::memchr_iter(b'\n', seen).map(|at| seen.get(at + 1..).unwrap_or_default());
    lines.into_iter().any(|rest| rest.starts_with(b"\n") || rest.starts_with(b"\r\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_whole_at_its_empty_line() {
        let head = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
        for bytes in 1..head.len() {
            assert_eq!(read(&head[..bytes]), None, "{bytes}");
        }
        assert_eq!(read(head), Some(Protocol::Http1));
        assert_eq!(read(b"GET / HTTP/1.1\nhost: a\n\n"), Some(Protocol::Http1));
        assert_eq!(read(b"P"), None, "POST or PRI");
        assert_eq!(read(b"POST / HTTP/1.1\r\n\r\nbody"), Some(Protocol::Http1));
    }

    #[test]
    fn http2_is_known_by_its_preface() {
        assert_eq!(read(HTTP2_PREFACE), Some(Protocol::Http2));
        assert_eq!(read(&HTTP2_PREFACE[..20]), None);
    }

    #[test]
    fn what_will_never_be_a_head_is_not_waited_for() {
        assert_eq!(read(b"\x16\x03\x01"), Some(Protocol::Http1), "TLS on a plain port");
        assert_eq!(read(&[b'a'; LOOK_BYTES]), Some(Protocol::Http1), "a long one");
    }
}
