//! `GET /hardware`: from query parameters to a page.

use chassis::{Problem, json::JsonBytes};
use poem::http::{HeaderMap, StatusCode, Uri};

use super::ListAnswer;
use crate::{
    api::{
        Context, cursor,
        cursor::Cursor,
        error::impossible,
        etag,
        reading::{address, exact, in_range, next_link, page_limit},
        views::HardwareListView,
    },
    domain::{
        availability::Question,
        filter::{self, Filter},
        hardware::MAX_CAPACITY,
        kept,
        moment::{Moment, rfc3339},
        window::Window,
        wish::optional_zone,
    },
    store::catalogue::{self, Listing},
};

const PATH: &str = "/hardware";

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
    let next = page
        .rows
        .last()
        .filter(|_| page.more)
        .map(|(item, _)| Cursor { at: [item.id, window.from, window.to], filter: fingerprint }.to_text());
    let views: Vec<HardwareListView> = page.rows.into_iter().map(HardwareListView::from).collect();
    let body = JsonBytes::new(&views).map_err(|error| {
        tracing::error!(%error, "a list could not be written");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
    })?;
    let etag = etag::of_bytes(body.as_bytes());
    if etag::is_known(headers, &etag) {
        return Ok(ListAnswer::NotModified(etag));
    }
    let link = next.map(|cursor| next_link(PATH, uri, &cursor));
    let (from, to) = (rfc3339(window.from), rfc3339(window.to));
    let content_location = address(PATH, uri, &[("from", &from), ("to", &to)]);
    Ok(ListAnswer::Ok(body, link, page.total, content_location, etag))
}

/// Reads all parameters; whatever is impossible is told at once, not one by one.
fn read(context: &Context, asked: Asked) -> Result<(Listing, u64), Problem> {
    let present = context.present();
    let now_s = present.now_s;
    let mut wrong = Vec::new();
    let qty = kept(&mut wrong, in_range("qty", asked.qty.unwrap_or(1), MAX_CAPACITY)).unwrap_or(1);
    let limit = kept(&mut wrong, page_limit(asked.limit)).unwrap_or(1);
    let tz = kept(&mut wrong, optional_zone(asked.tz.as_deref())).flatten().unwrap_or(context.tz);
    let window = kept(&mut wrong, Window::asked(asked.from, asked.to, tz, now_s));
    let filter = Filter {
        provider: exact(asked.provider),
        category: exact(asked.category),
        location: exact(asked.location),
        words: kept(&mut wrong, filter::words(&asked.q.unwrap_or_default())).unwrap_or_default(),
        tags: kept(&mut wrong, filter::tags(&asked.tags)).unwrap_or_default(),
        ids: asked.ids.and_then(|ids| kept(&mut wrong, filter::ids(ids))),
    };
    let Some(mut window) = window.filter(|_| wrong.is_empty()) else { return Err(impossible(wrong)) };
    // What is listed depends on the units wanted only where the others are left out.
    let fingerprint = cursor::fingerprint(&(&filter, asked.free_only.then_some(qty)));
    let mut after_id = 0;
    if let Some(text) = asked.cursor.filter(|text| !text.is_empty()) {
        let cursor = Cursor::read(&text, fingerprint)?;
        // The window of the first page: "now" does not move from page to page.
        let [last_id, from, to] = cursor.at;
        window = continued(Window { from, to }, window, (asked.from.is_some(), asked.to.is_some()), now_s)?;
        after_id = last_id.max(0);
    }
    let question = Question { window, qty, present };
    Ok((Listing { filter, question, free_only: asked.free_only, after_id, limit }, fingerprint))
}

/// The window of the first page; ends that are named again must be the same.
fn continued(cursor: Window, asked: Window, named: (bool, bool), now_s: i64) -> Result<Window, Problem> {
    let (from_named, to_named) = named;
    if (from_named && asked.from != cursor.from) || (to_named && asked.to != cursor.to) {
        return Err(Problem::unreadable(
            "cursor",
            "belongs to a list over another window; start without a cursor",
        ));
    }
    Ok(Window::new(cursor.from, cursor.to, now_s)?)
}
