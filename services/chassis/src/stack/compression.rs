//! Compression: tower-http's, one finished answer at a time.

use http_body_util::BodyExt;
use poem::{
    Response, ResponseParts, Result,
    http::{HeaderValue, header},
};
use tower::{ServiceExt, service_fn};
use tower_http::compression::{
    Compression,
    predicate::{NotForContentType, Predicate, SizeAbove},
};

/// Bodies below this many bytes travel as they are: compressing them costs more than it saves.
pub const MIN_COMPRESSED_BYTES: u64 = 860;

pub(super) async fn compress(mut response: Response, accepted: Option<HeaderValue>) -> Result<Response> {
    if accepted.is_none() || response.headers().contains_key(header::CONTENT_ENCODING) {
        // Another caller might get it in another form.
        let vary = response.headers_mut().entry(header::VARY);
        vary.or_insert(HeaderValue::from_static("accept-encoding"));
        return Ok(response);
    }
    // Boxed, as all that few requests need: what is not boxed makes every request's future larger, and that is copied.
    Box::pin(compressed(response, accepted.as_ref())).await
}

/// The answer as `accepted`, an `Accept-Encoding`, asks for it.
///
/// poem's own compression ignores `q=0` and sends no `Vary`, and its bridge to tower queues every request in one buffer;
/// so tower-http's service is given one finished answer at a time.
///
/// # Errors
/// None that tower-http has today.
pub async fn compressed(response: Response, accepted: Option<&HeaderValue>) -> Result<Response> {
    let mut question = poem::http::Request::new(());
    question.headers_mut().extend(accepted.map(|value| (header::ACCEPT_ENCODING, value.clone())));
    let mut answer = Some(poem::http::Response::from(response));
    let finished = service_fn(move |_| std::future::ready(answer.take().ok_or(Taken)));
    // An event that waits in a compressor's buffer is late.
    let worth_it =
        SizeAbove::new(MIN_COMPRESSED_BYTES).and(NotForContentType::SSE).and(NotForContentType::IMAGES);
    let compression = Compression::new(finished).compress_when(worth_it);
    let compressed = compression.oneshot(question).await.map_err(poem::error::InternalServerError)?;
    let (parts, body) = compressed.into_parts();
    // Put together by hand: poem's own conversion forgets how long a body is, and so would HTTP.
    let parts = ResponseParts {
        status: parts.status,
        version: parts.version,
        headers: parts.headers,
        extensions: parts.extensions,
    };
    Ok(Response::from_parts(parts, body.map_err(std::io::Error::other).boxed().into()))
}

#[derive(Debug, thiserror::Error)]
#[error("an answer was asked for twice")]
struct Taken;

#[cfg(test)]
mod tests {
    use super::*;

    async fn encoding(media_type: &'static str, bytes: usize, accepted: &'static str) -> Option<String> {
        let whole = Response::builder().content_type(media_type).body("a".repeat(bytes));
        let answer = compressed(whole, Some(&HeaderValue::from_static(accepted))).await.unwrap();
        answer.header(header::CONTENT_ENCODING).map(str::to_owned)
    }

    #[tokio::test]
    async fn only_what_is_worth_it_is_compressed_and_never_a_stream_of_events() {
        let json = "application/json";
        assert_eq!(encoding(json, 5_000, "gzip").await.as_deref(), Some("gzip"));
        assert_eq!(encoding(json, 5_000, "gzip;q=0, br").await.as_deref(), Some("br"));
        assert_eq!(encoding(json, 859, "gzip").await, None, "too small");
        assert_eq!(encoding(json, 5_000, "gzip;q=0").await, None, "not wanted");
        assert_eq!(encoding("text/event-stream", 5_000, "gzip").await, None);
        assert_eq!(encoding("image/png", 5_000, "gzip").await, None);
        assert_eq!(encoding("image/svg+xml", 5_000, "gzip").await.as_deref(), Some("gzip"));
    }
}
