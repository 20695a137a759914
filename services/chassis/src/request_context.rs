//! Who a request is: its id, and its place in a W3C trace (<https://www.w3.org/TR/trace-context/>).

use std::{fmt, sync::Arc};

use poem::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::{Uuid, fmt::Simple};

/// The header that carries the request id, in and out.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The header of W3C Trace Context, level 1.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

const MAX_REQUEST_ID_LEN: usize = 128;

/// Identity of one request, kept in its extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestContext {
    /// As the caller sent it when it was usable (1 to 128 of `[A-Za-z0-9._-]`), else a new UUID.
    pub request_id: Arc<str>,
    trace_id: u128,
    /// This service's own span.
    span_id: u64,
    /// Whether the caller records this trace.
    pub sampled: bool,
}

impl RequestContext {
    /// Reads the caller's headers; whatever is missing or malformed is made anew.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let request_id = headers
            .get(X_REQUEST_ID)
            .and_then(|v| v.to_str().ok())
            .filter(|id| is_request_id(id))
            .map_or_else(new_request_id, Arc::from);
        let parent = headers.get(TRACEPARENT).and_then(|v| v.to_str().ok()).and_then(parse_traceparent);
        let (trace_id, sampled) = parent.unwrap_or_else(|| (Uuid::new_v4().as_u128(), false));
        let (span_id, _) = Uuid::new_v4().as_u64_pair();
        Self { request_id, trace_id, span_id, sampled }
    }

    /// 32 lowercase hex digits, the caller's or new.
    pub fn trace_id(&self) -> impl fmt::Display + use<> {
        TraceId(self.trace_id)
    }

    /// Headers for a call that this request makes to another service.
    #[must_use]
    pub fn outgoing(&self) -> HeaderMap {
        let flags = if self.sampled { "01" } else { "00" };
        let traceparent = format!("00-{}-{:016x}-{flags}", self.trace_id(), self.span_id);
        let mut headers = HeaderMap::new();
        for (name, value) in [(TRACEPARENT, traceparent.as_str()), (X_REQUEST_ID, &self.request_id)] {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
        headers
    }
}

fn is_request_id(id: &str) -> bool {
    (1..=MAX_REQUEST_ID_LEN).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

fn new_request_id() -> Arc<str> {
    let mut text = [0; Simple::LENGTH];
    Arc::from(&*Uuid::now_v7().simple().encode_lower(&mut text))
}

struct TraceId(u128);

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// `version-trace_id-parent_id-flags`; versions above 00 may carry more fields after the flags.
fn parse_traceparent(value: &str) -> Option<(u128, bool)> {
    let mut parts = value.split('-');
    let (version, trace_id, parent_id, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let shaped = is_hex(version, 2) && is_hex(trace_id, 32) && is_hex(parent_id, 16) && is_hex(flags, 2);
    let zero = trace_id.bytes().all(|b| b == b'0') || parent_id.bytes().all(|b| b == b'0');
    if !shaped || zero || version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let flags = u8::from_str_radix(flags, 16).ok()?;
    Some((u128::from_str_radix(trace_id, 16).ok()?, flags & 1 == 1))
}

fn is_hex(text: &str, len: usize) -> bool {
    text.len() == len && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(pairs: &[(HeaderName, &'static str)]) -> RequestContext {
        let headers = pairs.iter().map(|(n, v)| (n.clone(), HeaderValue::from_static(v))).collect();
        RequestContext::from_headers(&headers)
    }

    #[test]
    fn a_valid_traceparent_is_continued_with_a_span_of_our_own() {
        let got = context(&[(TRACEPARENT, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]);
        assert_eq!(got.trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert_ne!(got.span_id, 0xb7ad_6b71_6920_3331);
        let sent = got.outgoing()[TRACEPARENT].to_str().unwrap().to_owned();
        assert_eq!(sent, format!("00-0af7651916cd43dd8448eb211c80319c-{:016x}-01", got.span_id));
    }

    #[test]
    fn a_malformed_traceparent_starts_a_new_trace() {
        for bad in [
            "",
            "00-0af7-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        ] {
            assert_eq!(parse_traceparent(bad), None, "{bad}");
            assert_eq!(context(&[(TRACEPARENT, bad)]).trace_id().to_string().len(), 32);
        }
    }

    #[test]
    fn a_request_id_that_could_break_a_log_line_is_replaced() {
        assert_eq!(context(&[(X_REQUEST_ID, "abc-1.2_3")]).request_id.as_ref(), "abc-1.2_3");
        for bad in ["", "a b", "a\"b", "<script>"] {
            assert_eq!(context(&[(X_REQUEST_ID, bad)]).request_id.len(), 32, "{bad}");
        }
    }
}
