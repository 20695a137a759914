//! One request, as the pages see it: whose it is, how it wants to look, and when it came.

use chassis::{RequestContext, stack::Asked};
use chrono::{DateTime, Utc};
use poem::{
    Request,
    http::{HeaderMap, HeaderName, HeaderValue, Uri, header},
};

use crate::{fresh, theme::Theme};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A chain of addresses longer than this was not made by honest proxies; ours is then the only entry.
const MAX_FORWARDED_FOR: usize = 1_024;

/// One request of one visitor.
#[derive(Clone, Debug)]
pub struct Visit {
    /// When it came.
    pub now: DateTime<Utc>,
    /// The look its cookie asks for.
    pub theme: Theme,
    /// Who it is in the logs, and in the trace.
    pub context: RequestContext,
    /// Path and query, for the way back to this page.
    pub address: String,
    /// They write something, or have a moment ago: nothing old may be shown to them.
    pub fresh: bool,
}

impl Visit {
    /// The visit behind a request.
    #[must_use]
    pub fn of(request: &Request, now: DateTime<Utc>) -> Self {
        let context = request.extensions().get::<RequestContext>().cloned();
        let context = context.unwrap_or_else(|| RequestContext::from_headers(request.headers()));
        let visit = Self::new(request.headers(), request.original_uri(), context, now);
        Self { fresh: visit.fresh || !request.method().is_safe(), ..visit }
    }

    /// The same visit with another way back: the page that a form belongs to, rather than where it is sent.
    #[must_use]
    pub fn back_to(self, address: impl Into<String>) -> Self {
        Self { address: address.into(), ..self }
    }

    /// The visit behind an error answer.
    #[must_use]
    pub fn of_asked(asked: &Asked, now: DateTime<Utc>) -> Self {
        Self::new(&asked.headers, &asked.uri, asked.context.clone(), now)
    }

    fn new(headers: &HeaderMap, uri: &Uri, context: RequestContext, now: DateTime<Utc>) -> Self {
        let address = uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        Self { now, theme: Theme::of(headers), context, address, fresh: fresh::is_fresh(headers) }
    }

    /// The headers of a call made on this visitor's behalf: trace, request id, and who asked for it.
    #[must_use]
    pub fn outgoing(&self, request: &Request) -> HeaderMap {
        let mut headers = self.context.outgoing();
        let peer = chassis::client_ip::peer_ip(request).to_canonical().to_string();
        let before = request.headers().get_all(X_FORWARDED_FOR).iter().filter_map(|v| v.to_str().ok());
        let chain = before.chain([peer.as_str()]).collect::<Vec<_>>().join(", ");
        let chain = if chain.len() > MAX_FORWARDED_FOR { peer } else { chain };
        if let Ok(value) = HeaderValue::from_str(&chain) {
            headers.insert(X_FORWARDED_FOR, value);
        }
        if self.fresh {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        }
        headers
    }
}

/// Whether the caller would rather read JSON than a page: it names JSON and does not name HTML.
#[must_use]
pub fn wants_json(headers: &HeaderMap) -> bool {
    let accept =
        headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok()).collect::<Vec<_>>().join(",");
    accept.contains("json") && !accept.contains("text/html")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(given: &[&str]) -> String {
        let mut request = Request::builder();
        for value in given {
            request = request.header(X_FORWARDED_FOR, *value);
        }
        let request = request.finish();
        let headers = Visit::of(&request, DateTime::UNIX_EPOCH).outgoing(&request);
        headers[X_FORWARDED_FOR].to_str().unwrap().to_owned()
    }

    #[test]
    fn the_callers_address_is_put_behind_those_that_came() {
        assert_eq!(forwarded(&[]), "0.0.0.0");
        assert_eq!(forwarded(&["203.0.113.9", "10.0.0.1"]), "203.0.113.9, 10.0.0.1, 0.0.0.0");
    }

    #[test]
    fn an_endless_chain_is_dropped() {
        assert_eq!(forwarded(&["1.1.1.1, ".repeat(200).as_str()]), "0.0.0.0");
    }

    #[test]
    fn a_page_is_the_answer_unless_only_json_is_named() {
        let wants = |accept: &'static str| {
            wants_json(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]))
        };
        assert!(!wants("text/html,application/xhtml+xml,application/json;q=0.1"));
        assert!(!wants("*/*") && !wants_json(&HeaderMap::new()));
        assert!(wants("application/json") && wants("application/problem+json"));
    }
}
