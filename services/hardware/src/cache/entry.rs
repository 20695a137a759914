//! One kept answer, and how it is given.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use chassis::{
    Problem,
    stack::{MIN_COMPRESSED_BYTES, compressed},
};
use poem::{
    Endpoint, IntoResponse, PathPattern, Request, Response, Result,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
};

use crate::api::etag;

/// What caches did with a request (RFC 9211).
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
/// Headers of an answer that is on its way.
const HEADERS: usize = 32;
/// Ways to compress one answer that are kept.
const MAX_ENCODINGS: usize = 4;

/// What a caller wants to know about an answer besides what is in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    headers: HeaderMap,
}

impl Asked {
    pub(super) fn of(request: &Request) -> Self {
        let wanted = [header::IF_NONE_MATCH, header::ACCEPT_ENCODING];
        let named = |name: HeaderName| {
            request.headers().get_all(&name).iter().map(move |value| (name.clone(), value.clone()))
        };
        Self { headers: wanted.into_iter().flat_map(named).collect() }
    }
}

const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// `Cache-Control` of an answer that may be given for so long: whole seconds, and never fewer than there are.
pub(super) fn max_age(ttl: Duration) -> HeaderValue {
    let seconds = ttl.as_secs() + u64::from(ttl.subsec_nanos() > 0);
    if seconds == 0 {
        ASK_AGAIN
    } else {
        HeaderValue::from_str(&format!("max-age={seconds}")).unwrap_or(ASK_AGAIN)
    }
}

/// How old an answer is, and what is told of how it may be used.
#[derive(Clone, Debug)]
pub(super) struct Age {
    age: Duration,
    cache_control: HeaderValue,
    is_stale: bool,
}

impl Age {
    pub(super) fn new(age: Duration, max_age: &HeaderValue) -> Self {
        Self { age, cache_control: max_age.clone(), is_stale: false }
    }

    /// Of an answer that is only given because there is no newer one.
    pub(super) fn stale(age: Duration) -> Self {
        Self { age, cache_control: ASK_AGAIN, is_stale: true }
    }

    fn tell(&self, headers: &mut HeaderMap) {
        headers.insert(header::AGE, HeaderValue::from(self.age.as_secs()));
        headers.insert(header::CACHE_CONTROL, self.cache_control.clone());
        if self.is_stale {
            headers.insert(CACHE_STATUS, HeaderValue::from_static("hardware; hit; detail=stale"));
            headers.insert(header::WARNING, HeaderValue::from_static("110 - \"Response is Stale\""));
        }
    }
}

#[derive(Debug)]
pub(super) struct Entry {
    computed: Instant,
    etag: String,
    headers: HeaderMap,
    body: Bytes,
    route: Option<PathPattern>,
    /// The answer compressed as an `Accept-Encoding` asks for it.
    encoded: Mutex<Vec<(HeaderValue, HeaderMap, Bytes)>>,
}

impl Entry {
    /// Has `inner` answer the question, whatever the caller knows already.
    ///
    /// # Errors
    /// What `inner` says.
    pub(super) async fn compute<E: Endpoint>(inner: &E, mut request: Request) -> Result<Self, Problem> {
        let headers = request.headers_mut();
        headers.remove(header::IF_NONE_MATCH);
        let computed = Instant::now();
        let response =
            inner.call(request).await.map(IntoResponse::into_response).map_err(Problem::from_error)?;
        let route = response.data::<PathPattern>().cloned();
        let (parts, body) = response.into_parts();
        let body = body.into_bytes().await.map_err(|error| Problem::from_error(error.into()))?;
        let etag = parts.headers.get(header::ETAG).and_then(|etag| etag.to_str().ok());
        let etag = etag.map_or_else(|| etag::of_bytes(&body), str::to_owned);
        // With room for what the way out adds: to grow would cost more than to copy.
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.extend(parts.headers);
        if let Ok(value) = HeaderValue::from_str(&etag) {
            headers.insert(header::ETAG, value);
        }
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        Ok(Self { computed, etag, headers, body, route, encoded: Mutex::default() })
    }

    pub(super) fn bytes(&self) -> usize {
        self.body.len()
    }

    pub(super) fn age(&self) -> Duration {
        self.computed.elapsed()
    }

    /// `None` where it would first have to be compressed.
    pub(super) fn answer_at_once(&self, request: &Request, age: &Age) -> Option<Response> {
        if etag::is_known(request.headers(), &self.etag) {
            return Some(self.unchanged(age));
        }
        let Some(accepted) = self.compressible(request.headers()) else {
            return Some(self.whole(&self.headers, self.body.clone(), age));
        };
        let (headers, body) = self.encoded(accepted)?;
        Some(self.whole(&headers, body, age))
    }

    pub(super) async fn answer(&self, asked: &Asked, age: &Age) -> Result<Response> {
        if etag::is_known(&asked.headers, &self.etag) {
            return Ok(self.unchanged(age));
        }
        let Some(accepted) = self.compressible(&asked.headers) else {
            return Ok(self.whole(&self.headers, self.body.clone(), age));
        };
        let mut plain = Response::builder().body(self.body.clone());
        *plain.headers_mut() = self.headers.clone();
        let (parts, body) = compressed(plain, Some(accepted)).await?.into_parts();
        let body = body.into_bytes().await?;
        let mut encoded = self.encoded.lock().unwrap_or_else(PoisonError::into_inner);
        if encoded.len() < MAX_ENCODINGS && encoded.iter().all(|(known, ..)| known != accepted) {
            encoded.push((accepted.clone(), parts.headers.clone(), body.clone()));
        }
        drop(encoded);
        Ok(self.whole(&parts.headers, body, age))
    }

    fn compressible<'h>(&self, headers: &'h HeaderMap) -> Option<&'h HeaderValue> {
        headers.get(header::ACCEPT_ENCODING).filter(|_| self.body.len() as u64 >= MIN_COMPRESSED_BYTES)
    }

    fn encoded(&self, accepted: &HeaderValue) -> Option<(HeaderMap, Bytes)> {
        let encoded = self.encoded.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, headers, body) = encoded.iter().find(|(known, ..)| known == accepted)?;
        Some((headers.clone(), body.clone()))
    }

    fn whole(&self, headers: &HeaderMap, body: Bytes, age: &Age) -> Response {
        let mut response = Response::builder().body(body);
        *response.headers_mut() = headers.clone();
        self.told(response, age)
    }

    fn unchanged(&self, age: &Age) -> Response {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        for name in [header::ETAG, header::CONTENT_LOCATION, header::VARY] {
            response.headers_mut().extend(self.headers.get(&name).cloned().map(|value| (name, value)));
        }
        self.told(response, age)
    }

    fn told(&self, mut response: Response, age: &Age) -> Response {
        age.tell(response.headers_mut());
        if let Some(route) = self.route.clone() {
            response.set_data(route);
        }
        response
    }
}
