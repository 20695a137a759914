//! `GET /hardware`: the question, and what its headers add to the rows.

use chrono::{DateTime, Utc};
use poem::http::{HeaderMap, header};

use super::wire::Hardware;
use crate::links;

/// What to ask the list for. Empty text means "not asked".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Start and end of the window; without one it is the hour from now.
    pub window: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Units wanted.
    pub qty: Option<u64>,
    /// Text to look for.
    pub q: String,
    /// Exact provider.
    pub provider: String,
    /// Exact category.
    pub category: String,
    /// Exact location.
    pub location: String,
    /// Exact tag, `key=value`.
    pub tag: String,
    /// Only what has `qty` units over the whole window.
    pub free_only: bool,
    /// These lines of the catalogue alone; empty: all.
    pub ids: Vec<i64>,
    /// Rows at most.
    pub limit: Option<u32>,
    /// Where the page before this one ended.
    pub cursor: String,
}

impl ListQuery {
    /// The query string that asks this.
    #[must_use]
    pub fn to_query(&self) -> String {
        let text = |n: Option<String>| n.unwrap_or_default();
        let (from, to) = match self.window {
            Some((from, to)) => (instant(from), instant(to)),
            None => (String::new(), String::new()),
        };
        links::query_string(&[
            ("from", &from),
            ("to", &to),
            ("qty", &text(self.qty.map(|n| n.to_string()))),
            ("q", &self.q),
            ("provider", &self.provider),
            ("category", &self.category),
            ("location", &self.location),
            ("tag", &self.tag),
            ("free_only", if self.free_only { "true" } else { "" }),
            ("ids", &self.ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")),
            ("limit", &text(self.limit.map(|n| n.to_string()))),
            ("cursor", &self.cursor),
        ])
    }
}

/// One page of the list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// In order of id.
    pub rows: Vec<Hardware>,
    /// Rows that match on all pages; `None` where the service did not say.
    pub total: Option<u64>,
    /// The window that the service used; `None` where it did not say.
    pub window: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// How to ask for the next page; `None` on the last one.
    pub next: Option<NextPage>,
}

/// What the service's own link to the next page carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextPage {
    /// Where this page ended.
    pub cursor: String,
    /// The window to ask again: "the hour from now" would be another one by then, and the cursor refused.
    pub window: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Listing {
    pub(super) fn new(rows: Vec<Hardware>, headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
        Self {
            rows,
            total: text("x-total-count").and_then(|n| n.trim().parse().ok()),
            window: text(header::CONTENT_LOCATION.as_str()).and_then(|url| window_of(&query_of(url))),
            next: text(header::LINK.as_str()).and_then(next_page),
        }
    }
}

/// `2026-06-11T12:00:00Z`.
#[must_use]
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// The parameters of a `Link` to the next page. Reads RFC 8288 as far as our own service writes it:
/// `<url>; rel="next"`, one or more by commas.
pub(super) fn next_query(link: &str) -> Option<Vec<(String, String)>> {
    let url = link.split('<').skip(1).find_map(|part| {
        let (url, params) = part.split_once('>')?;
        let is_next = params.split([';', ',']).any(|p| matches!(p.trim(), "rel=\"next\"" | "rel=next"));
        is_next.then_some(url)
    })?;
    Some(query_of(url))
}

fn next_page(link: &str) -> Option<NextPage> {
    let pairs = next_query(link)?;
    let cursor = pairs.iter().find(|(name, _)| name == "cursor").map(|(_, value)| value.clone())?;
    Some(NextPage { cursor, window: window_of(&pairs) })
}

fn query_of(url: &str) -> Vec<(String, String)> {
    url.split_once('?').map(|(_, query)| links::read_query(query)).unwrap_or_default()
}

fn window_of(pairs: &[(String, String)]) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let at = |wanted: &str| {
        pairs.iter().find(|(name, _)| name == wanted).and_then(|(_, value)| read_instant(value))
    };
    Some((at("from")?, at("to")?))
}

/// A `+` in an offset that nobody escaped arrives as a blank.
fn read_instant(text: &str) -> Option<DateTime<Utc>> {
    text.parse().or_else(|_| text.replace(' ', "+").parse()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn window() -> (DateTime<Utc>, DateTime<Utc>) {
        (at("2026-06-11T12:00:00Z"), at("2026-06-11T16:00:00Z"))
    }

    #[test]
    fn a_question_names_only_what_is_asked() {
        assert_eq!(ListQuery::default().to_query(), "");
        let all = ListQuery {
            window: Some(window()),
            qty: Some(2),
            q: "gpu & more".into(),
            provider: "Lab B2".into(),
            category: "rig".into(),
            location: "bay 7".into(),
            tag: "net=efa".into(),
            free_only: true,
            ids: vec![7],
            limit: Some(50),
            cursor: "abc".into(),
        };
        let meant = "from=2026-06-11T12:00:00Z&to=2026-06-11T16:00:00Z&qty=2&q=gpu+%26+more&provider=Lab+B2\
                     &category=rig&location=bay+7&tag=net%3Defa&free_only=true&ids=7&limit=50&cursor=abc";
        assert_eq!(all.to_query(), meant);
    }

    #[test]
    fn the_headers_tell_the_window_the_total_and_the_next_page() {
        let mut headers = HeaderMap::new();
        headers.insert("x-total-count", "1363".parse().unwrap());
        let used = "/hardware?from=2026-06-11T14:00:00%2B02:00&to=2026-06-11T16:00:00Z&q=x";
        headers.insert("content-location", used.parse().unwrap());
        let link = "</hardware>; rel=\"first\", </hardware?from=2026-06-11T12:00:00Z&to=2026-06-11T16:00:00Z&cursor=c%2Fd>; rel=\"next\"";
        headers.insert("link", link.parse().unwrap());
        let listing = Listing::new(Vec::new(), &headers);
        assert_eq!((listing.total, listing.window), (Some(1363), Some(window())));
        assert_eq!(listing.next, Some(NextPage { cursor: "c/d".into(), window: Some(window()) }));
    }

    #[test]
    fn headers_that_are_missing_or_strange_say_nothing() {
        let mut headers = HeaderMap::new();
        headers.insert("x-total-count", "many".parse().unwrap());
        headers.insert("content-location", "/hardware?from=now".parse().unwrap());
        headers.insert("link", "<cursor=1>; rel=prev, nonsense".parse().unwrap());
        let listing = Listing::new(Vec::new(), &headers);
        assert_eq!((listing.total, listing.window, listing.next), (None, None, None));
    }
}
