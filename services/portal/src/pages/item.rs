//! `GET /hardware/{id}`: one line of the catalogue.

mod around;
mod chart;
mod view;

use std::sync::Arc;

use chassis::Problem;
use poem::{
    Request, Response, handler,
    http::{HeaderMap, StatusCode},
    web::{Data, Path},
};
use tokio::time::Instant;

pub(super) use self::around::Around;
use self::view::{ItemPage, Outlook};
use crate::{
    failure,
    hardware_client::{Entry, Failure, ListQuery, Listing, Span, Units},
    search::{Mistake, Search},
    state::App,
    visit::Visit,
};

/// Shows the line with what is free of it over the window asked for.
///
/// # Errors
/// 404 for an id that is not in the catalogue; 503, 502 or 429 as the hardware service fails.
#[handler]
pub(crate) async fn show_item(
    Data(app): Data<&Arc<App>>,
    Path(id): Path<String>,
    request: &Request,
) -> poem::Result<Response> {
    let visit = Visit::of(request, app.clock.now());
    let Ok(id) = id.parse::<i64>() else { return Err(unknown(&id)) };
    let search = Search::read(request.original_uri().query().unwrap_or_default()).window_only();
    let outgoing = visit.outgoing(request);
    let started = Instant::now();
    let question = match search.check(app.tz) {
        Ok(question) => ListQuery { ids: vec![id], limit: Some(1), ..question },
        Err(mistakes) => {
            let (entry, around) = tokio::join!(
                app.client.entry(id, outgoing.clone()),
                Around::ask(app, id, visit.now, outgoing)
            );
            let entry = entry.map_err(|error| failed(error, id))?;
            return refused(app, &visit, &search, entry, &mistakes, &around);
        }
    };
    let (entry, listing, around) = tokio::join!(
        app.client.entry(id, outgoing.clone()),
        app.client.list(&question, outgoing.clone()),
        Around::ask(app, id, visit.now, outgoing.clone())
    );
    let entry = entry.map_err(|error| failed(error, id))?;
    match listing {
        Ok(listing) => {
            let next = next_times(app, &search, &listing, &visit, started, outgoing).await;
            let around = Around { next, ..around };
            answered(app, &visit, &search, entry, listing, &around)
        }
        Err(Failure::Refused { status, refusal }) => {
            refused(app, &visit, &search, entry, &failure::mistakes(status, refusal), &around)
        }
        Err(error) => Err(failed(error, id)),
    }
}

/// Asked only where the wish does not fit, and there are as many units in all.
async fn next_times(
    app: &App,
    search: &Search,
    listing: &Listing,
    visit: &Visit,
    started: Instant,
    headers: HeaderMap,
) -> Vec<Span> {
    let qty = search.qty.parse().unwrap_or(1);
    let Some(row) = listing.rows.first().filter(|row| !row.fits && qty <= row.capacity) else {
        return Vec::new();
    };
    let (from, to) = view::window(listing.window, visit.now);
    super::next_times::ask(app, Units { hardware: row.id, qty }, (from, to), started, headers).await
}

pub(super) fn answered(
    app: &App,
    visit: &Visit,
    search: &Search,
    entry: Entry,
    listing: Listing,
    around: &Around,
) -> poem::Result<Response> {
    let window = listing.window;
    // The list knows an archived line no more, also when it went between the two calls.
    let Some(row) = listing.rows.into_iter().next() else { return Err(unknown(&entry.id.to_string())) };
    let outlook = Outlook::new(row, window, visit.now);
    super::page(app, StatusCode::OK, "item", &ItemPage::new(app, visit, search, entry, &outlook, around))
}

pub(super) fn refused(
    app: &App,
    visit: &Visit,
    search: &Search,
    entry: Entry,
    mistakes: &[Mistake],
    around: &Around,
) -> poem::Result<Response> {
    let page = ItemPage::refused(app, visit, search, entry, mistakes, around);
    super::page(app, failure::status_of(mistakes), "item", &page)
}

fn failed(error: Failure, id: i64) -> poem::Error {
    match error {
        Failure::NotFound => unknown(&id.to_string()),
        error => failure::problem(&error, "item").into(),
    }
}

fn unknown(id: &str) -> poem::Error {
    let shown: String = id.chars().take(20).collect();
    Problem::not_found(format!(
        "The catalogue has no hardware with the number {shown}. It may have been taken out."
    ))
    .into()
}
