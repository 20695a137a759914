//! `GET /hardware`: from query parameters to a page.

use chassis::{Problem, json::JsonBytes};
use poem::http::{HeaderMap, StatusCode, Uri};

use super::ListAnswer;
use crate::{
    api::{Context, cursor, cursor::Cursor, error::impossible, etag, views::HardwareListView},
    domain::{
        Invalid,
        availability::Question,
        filter::{self, Filter},
        hardware::{MAX_CAPACITY, zone},
        moment::{Moment, rfc3339},
        window::Window,
    },
    store::catalogue::{self, Listing},
};

const DEFAULT_LIMIT: i64 = 100;
const MAX_LIMIT: i64 = 1_000;

/// The query parameters, as they came.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub from: Option<Moment>,
    pub to: Option<Moment>,
    pub tz: Option<String>,
    pub qty: Option<i64>,
    pub free_only: bool,
    pub q: Option<String>,
    pub provider: Option<String>,
    pub category: Option<String>,
    pub location: Option<String>,
    pub tags: Vec<String>,
    pub ids: Option<Vec<i64>>,
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

/// Answers the list.
pub async fn answer(
    context: &Context,
    asked: Asked,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<ListAnswer, Problem> {
    let (listing, fingerprint) = read(context, asked)?;
    let mut lease = context.db.read().await?;
    let page = catalogue::page(&mut lease.conn(), &listing).await?;
    drop(lease);
    let window = listing.question.window;
    let next = page.rows.last().filter(|_| page.more).map(|(item, _)| {
        Cursor { after_id: item.id, from: window.from, to: window.to, filter: fingerprint }.to_text()
    });
    let views: Vec<HardwareListView> = page.rows.into_iter().map(HardwareListView::from).collect();
    let body = JsonBytes::new(&views).map_err(|error| {
        tracing::error!(%error, "a list could not be written");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
    })?;
    let etag = etag::of_bytes(body.as_bytes());
    if etag::is_known(headers, &etag) {
        return Ok(ListAnswer::NotModified(etag));
    }
    let link = next.map(|cursor| format!("<{}>; rel=\"next\"", address(uri, &[("cursor", &cursor)])));
    let (from, to) = (rfc3339(window.from), rfc3339(window.to));
    let content_location = address(uri, &[("from", &from), ("to", &to)]);
    Ok(ListAnswer::Ok(body, link, page.total, content_location, etag))
}

/// Reads all parameters; whatever is impossible is told at once, not one by one.
fn read(context: &Context, asked: Asked) -> Result<(Listing, u64), Problem> {
    let now_s = context.clock.now_s();
    let mut wrong = Vec::new();
    let qty = keep(&mut wrong, in_range("qty", asked.qty.unwrap_or(1), MAX_CAPACITY)).unwrap_or(1);
    let limit =
        keep(&mut wrong, in_range("limit", asked.limit.unwrap_or(DEFAULT_LIMIT), MAX_LIMIT)).unwrap_or(1);
    let tz = asked.tz.as_deref().map(str::trim).filter(|tz| !tz.is_empty());
    let tz = keep(&mut wrong, tz.map_or(Ok(context.tz), |name| zone("tz", name))).unwrap_or(context.tz);
    let window = keep(&mut wrong, Window::asked(asked.from, asked.to, tz, now_s));
    let filter = Filter {
        provider: exact(asked.provider),
        category: exact(asked.category),
        location: exact(asked.location),
        words: keep(&mut wrong, filter::words(&asked.q.unwrap_or_default())).unwrap_or_default(),
        tags: keep(&mut wrong, filter::tags(&asked.tags)).unwrap_or_default(),
        ids: asked.ids.and_then(|ids| keep(&mut wrong, filter::ids(ids))),
    };
    let Some(mut window) = window.filter(|_| wrong.is_empty()) else { return Err(impossible(wrong)) };
    // What is listed depends on the units wanted only where the others are left out.
    let fingerprint = cursor::fingerprint(&(&filter, asked.free_only.then_some(qty)));
    let mut after_id = 0;
    if let Some(text) = asked.cursor.filter(|text| !text.is_empty()) {
        let cursor = Cursor::read(&text, fingerprint)?;
        window = continued(cursor, window, (asked.from.is_some(), asked.to.is_some()), now_s)?;
        after_id = cursor.after_id;
    }
    let question = Question { window, qty, now_s };
    Ok((Listing { filter, question, free_only: asked.free_only, after_id, limit }, fingerprint))
}

/// A parameter that is there but empty asks for nothing: a form sends it so.
fn exact(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn keep<T>(wrong: &mut Vec<Invalid>, result: Result<T, Invalid>) -> Option<T> {
    result.map_err(|invalid| wrong.push(invalid)).ok()
}

fn in_range(field: &'static str, number: i64, max: i64) -> Result<i64, Invalid> {
    if (1..=max).contains(&number) {
        return Ok(number);
    }
    Err(Invalid::new(field, format!("is {number}; it must be 1 to {max}")))
}

/// The window of the first page; ends that are named again must be the same.
fn continued(cursor: Cursor, asked: Window, named: (bool, bool), now_s: i64) -> Result<Window, Problem> {
    let (from_named, to_named) = named;
    if (from_named && asked.from != cursor.from) || (to_named && asked.to != cursor.to) {
        return Err(Problem::unreadable(
            "cursor",
            "belongs to a list over another window; start without a cursor",
        ));
    }
    Ok(Window::new(cursor.from, cursor.to, now_s)?)
}

/// The address that was asked, with these parameters set.
fn address(uri: &Uri, set: &[(&str, &str)]) -> String {
    let query = uri.query().unwrap_or_default().as_bytes();
    let kept = form_urlencoded::parse(query).filter(|(name, _)| !set.iter().any(|(new, _)| new == name));
    let mut new = form_urlencoded::Serializer::new(String::new());
    new.extend_pairs(kept).extend_pairs(set);
    format!("/hardware?{}", new.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_was_asked_and_replaces_what_is_set() {
        let uri: Uri = "/hardware/?q=a%20b&cursor=old&tag=a%3D1&tag=b%3D2".parse().unwrap();
        assert_eq!(address(&uri, &[("cursor", "new")]), "/hardware?q=a+b&tag=a%3D1&tag=b%3D2&cursor=new");
    }
}
