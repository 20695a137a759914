//! One connection: until its first request is there, while it is served, and its end.

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use hyper::{
    Request, Response,
    body::Incoming,
    header::{CONNECTION, HeaderValue},
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use poem::{
    Addr, Body, Endpoint, RequestParts,
    http::uri::Scheme,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{
    activity::{Activity, LAST_CALL_MS},
    body::{Arriving, Grant, InFlight, Leaving},
    budget::FREE_BYTES,
    head::{self, Protocol},
    server::Server,
    watched::Watched,
};
use crate::Problem;

/// Bytes of a request's head at most; the parser's own answer to a longer one is 431.
const MAX_HEAD_BYTES: usize = 64 * 1_024;
/// Bytes that HTTP/1 keeps of what arrives faster than it is used; a head must fit in.
const MAX_BUFFER_BYTES: usize = MAX_HEAD_BYTES;
/// Header fields of a request at most.
const MAX_HEADERS: usize = 100;
const HTTP2_STREAMS: u32 = 100;
const HTTP2_STREAM_WINDOW: u32 = 64 * 1_024;
const HTTP2_CONNECTION_WINDOW: u32 = 256 * 1_024;
const HTTP2_SEND_BUFFER: usize = 64 * 1_024;
/// Streams that were reset and are still known: beyond it the connection ends (CVE-2023-44487).
const HTTP2_RESET_STREAMS: usize = 20;
const HTTP2_PING_EVERY: Duration = Duration::from_secs(20);
const HTTP2_PING_TIMEOUT: Duration = Duration::from_secs(10);
/// Seconds after which it is worth asking again.
const RETRY_AFTER_S: u32 = 1;

/// Serves `socket` until one of the two has enough.
pub(super) async fn serve(
    server: Arc<Server>,
    socket: TcpStream,
    peer: SocketAddr,
    open: OwnedSemaphorePermit,
) {
    let _open = open;
    tokio::select! {
        () = server.cut.cancelled() => {}
        () = serve_uncut(&server, socket, peer) => {}
    }
}

async fn serve_uncut(server: &Arc<Server>, socket: TcpStream, peer: SocketAddr) {
    let Some(protocol) = first_head(server, &socket).await else { return };
    let Some(_served) = place(server, &server.served).await else { return };
    // Answers are written whole: waiting for more of them only delays the last packet.
    if socket.set_nodelay(true).is_err() {
        return;
    }
    // Boxed: a connection that waits for its first request should not hold the memory for serving it.
    let ended = match protocol {
        Protocol::Http1 => Box::pin(http1(server, socket, peer)).await,
        Protocol::Http2 => Box::pin(http2(server, socket, peer)).await,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}

/// `None`: it did not come in time, or the place is needed.
async fn first_head(server: &Arc<Server>, socket: &TcpStream) -> Option<Protocol> {
    let waiting = server.wait();
    let patience = Duration::from_secs(server.config.header_timeout_s);
    let ending = async {
        server.closed.cancelled().await;
        // Whoever was let in last may be about to ask.
        tokio::time::sleep(Duration::from_millis(LAST_CALL_MS)).await;
    };
    tokio::select! {
        biased;
        arrived = timeout(patience, head::arrived(socket)) => match arrived {
            Ok(arrived) => arrived.ok(),
            Err(_) => {
                server.count_closed("header_timeout");
                None
            }
        },
        () = waiting.notice.notified() => None,
        () = ending => None,
    }
}

/// One of a limited number of places; `None`: none became free in time.
async fn place(server: &Arc<Server>, places: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    if let Ok(place) = places.clone().try_acquire_owned() {
        return Some(place);
    }
    Box::pin(queue(server, places)).await
}

async fn queue(server: &Arc<Server>, places: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    let _queued = server.queue();
    let patience = Duration::from_secs(server.config.header_timeout_s);
    timeout(patience, places.clone().acquire_owned()).await.ok()?.ok()
}

async fn http1(server: &Arc<Server>, socket: TcpStream, peer: SocketAddr) -> hyper::Result<()> {
    let activity = Arc::new(Activity::new(server.clock.clone(), false));
    let _entered = server.enter(activity.clone());
    let service = service(server, &activity, &socket, peer);
    let io = TokioIo::new(Watched::new(socket, activity.clone()));
    let mut connection = pin!(
        http1::Builder::new()
            .max_buf_size(MAX_BUFFER_BYTES)
            .max_header_size(MAX_HEAD_BYTES)
            .max_headers(MAX_HEADERS)
            // Whoever says that no more requests come still waits for the answer (RFC 9112, section 9.6).
            .half_close(true)
            .serve_connection(io, service_fn(service))
    );
    loop {
        tokio::select! {
            ended = connection.as_mut() => return ended,
            // Told to finish, its next answer says so: closing under a request on its way would lose it.
            leave = activity.must_leave() => if leave { return Ok(()) },
        }
    }
}

async fn http2(server: &Arc<Server>, socket: TcpStream, peer: SocketAddr) -> hyper::Result<()> {
    let activity = Arc::new(Activity::new(server.clock.clone(), true));
    let _entered = server.enter(activity.clone());
    let service = service(server, &activity, &socket, peer);
    let io = TokioIo::new(Watched::new(socket, activity.clone()));
    let mut connection = pin!(
        http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(HTTP2_STREAMS)
            .initial_stream_window_size(HTTP2_STREAM_WINDOW)
            .initial_connection_window_size(HTTP2_CONNECTION_WINDOW)
            .max_send_buf_size(HTTP2_SEND_BUFFER)
            .max_header_list_size(u32::try_from(MAX_HEAD_BYTES).unwrap_or(u32::MAX))
            .max_pending_accept_reset_streams(HTTP2_RESET_STREAMS)
            .max_local_error_reset_streams(HTTP2_RESET_STREAMS)
            .keep_alive_interval(HTTP2_PING_EVERY)
            .keep_alive_timeout(HTTP2_PING_TIMEOUT)
            .serve_connection(io, service_fn(service))
    );
    loop {
        tokio::select! {
            ended = connection.as_mut() => return ended,
            leave = activity.must_leave() => {
                if leave {
                    return Ok(());
                }
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

type Answered = Result<Response<Leaving>, Infallible>;

fn service(
    server: &Arc<Server>,
    activity: &Arc<Activity>,
    socket: &TcpStream,
    peer: SocketAddr,
) -> impl Fn(Request<Incoming>) -> futures_util::future::BoxFuture<'static, Answered> + use<> {
    let (server, activity) = (server.clone(), activity.clone());
    let local = LocalAddr(socket.local_addr().map_or_else(|_| Addr::custom("tcp", ""), Addr::SocketAddr));
    let remote = RemoteAddr(Addr::SocketAddr(peer));
    move |request| {
        let (server, activity) = (server.clone(), activity.clone());
        let ends = (local.clone(), remote.clone());
        Box::pin(async move { Ok(answer(&server, activity, request, ends).await) })
    }
}

async fn answer(
    server: &Arc<Server>,
    activity: Arc<Activity>,
    request: Request<Incoming>,
    (local, remote): (LocalAddr, RemoteAddr),
) -> Response<Leaving> {
    let in_flight = InFlight::new(activity.clone());
    let answered = match place(server, &server.requests).await {
        Some(place) => {
            let request = accepted(server, request, place, local, remote);
            server.app.get_response(request).await
        }
        None => busy("More requests are being worked on than this service can take at once."),
    };
    let (answered, memory) = within_budget(server, answered);
    let mut response = Response::from(answered);
    let last = activity.is_last_answer() || server.is_ending() || server.is_crowded();
    if last && !activity.is_multiplexed() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response.map(|body| Leaving::new(body, in_flight, memory))
}

/// The request as poem knows it. What it holds is held until its handler lets go of it.
fn accepted(
    server: &Arc<Server>,
    request: Request<Incoming>,
    place: OwnedSemaphorePermit,
    local: LocalAddr,
    remote: RemoteAddr,
) -> poem::Request {
    let (mut parts, body) = request.into_parts();
    let grant = Arc::new(Grant { _place: place, memory: Default::default() });
    parts.extensions.insert(grant.clone());
    let body = if hyper::body::Body::is_end_stream(&body) {
        Body::empty()
    } else {
        let patience = Duration::from_secs(server.config.stall_timeout_s);
        let arriving = Arriving::new(body, server.request_bytes.clone(), grant, patience);
        Body::from(http_body_util::combinators::BoxBody::<_, io::Error>::new(arriving))
    };
    poem::Request::from_parts(RequestParts::from((parts, local, remote, Scheme::HTTP)), body)
}

/// An answer that callers are too slow to take is not kept beyond what there is memory for.
fn within_budget(server: &Server, answer: poem::Response) -> (poem::Response, Option<OwnedSemaphorePermit>) {
    let (parts, body) = answer.into_parts();
    let body: http_body_util::combinators::BoxBody<_, _> = body.into();
    let bytes = hyper::body::Body::size_hint(&body).exact().unwrap_or(0);
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    let whole = |body| poem::Response::from_parts(parts, Body::from(body));
    if bytes <= FREE_BYTES {
        return (whole(body), None);
    }
    match server.answer_bytes.take(bytes) {
        Some(memory) => (whole(body), Some(memory)),
        None => (busy("Too many large answers wait for callers to take them."), None),
    }
}

fn busy(why: &str) -> poem::Response {
    Problem::unavailable(why, RETRY_AFTER_S).to_response(None)
}
