//! The Rust peers of `make bench`. Both answer every request with what `hardware` answered once; they differ in where
//! the body comes from. They route nothing, log nothing and limit nothing: they are the floor.

use std::{env, fs, io, str::FromStr, sync::Arc};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    HeaderMap, Request, Response,
    body::Incoming,
    header::{self, HeaderName, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct Captured {
    /// Without those that the server writes itself.
    pub headers: HeaderMap,
    /// The bytes.
    pub body: Bytes,
}

/// A port, and the answer to give on it: `PEER PORT FILE`.
///
/// # Errors
/// An argument is missing or wrong, or the file is no answer with status 200.
pub fn arguments() -> io::Result<(u16, Captured)> {
    let mut arguments = env::args().skip(1);
    let (Some(port), Some(file), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err(io::Error::other("usage: PEER PORT FILE"));
    };
    Ok((port.parse().map_err(io::Error::other)?, Captured::parse(&fs::read(file)?)?))
}

impl Captured {
    fn parse(wire: &[u8]) -> io::Result<Self> {
        let end = wire.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, body) = end.and_then(|end| wire.split_at_checked(end)).ok_or_else(|| wrong("no head"))?;
        let head = std::str::from_utf8(head).map_err(io::Error::other)?;
        let mut lines = head.split("\r\n");
        if !lines.next().unwrap_or_default().starts_with("HTTP/1.1 200 ") {
            return Err(wrong("not a 200"));
        }
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(':').ok_or_else(|| wrong("no colon in a header"))?;
            let name = HeaderName::from_str(name).map_err(io::Error::other)?;
            headers.append(name, HeaderValue::from_str(value.trim()).map_err(io::Error::other)?);
        }
        for written_by_hyper in [header::DATE, header::CONTENT_LENGTH, header::CONNECTION] {
            headers.remove(written_by_hyper);
        }
        Ok(Self { headers, body: Bytes::copy_from_slice(body.get(4..).unwrap_or_default()) })
    }
}

fn wrong(what: &str) -> io::Error {
    io::Error::other(format!("the captured answer cannot be used: {what}"))
}

/// Answers on loopback for ever; `body` is asked once a request.
///
/// # Errors
/// The port is taken, or nothing can be accepted any more.
pub async fn serve<B>(port: u16, headers: HeaderMap, body: B) -> io::Result<()>
where
    B: Fn() -> io::Result<Bytes> + Send + Sync + 'static,
{
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let answer = Arc::new(move || {
        let mut response = Response::new(Full::new(body()?));
        response.headers_mut().clone_from(&headers);
        Ok(response)
    });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(connection(stream, Arc::clone(&answer)));
    }
}

async fn connection<A>(stream: TcpStream, answer: Arc<A>)
where
    A: Fn() -> io::Result<Response<Full<Bytes>>> + Send + Sync + 'static,
{
    let service = service_fn(move |_: Request<Incoming>| std::future::ready(answer()));
    // A client that hangs up is the client's affair.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
