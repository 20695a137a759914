//! `GET /`: what is free.

mod list;
mod view;

use std::sync::Arc;

use poem::{Request, Response, handler, http::StatusCode, web::Data};

use self::view::{Answer, FreePage};
use crate::{
    failure,
    hardware_client::{Facets, Failure, Listing},
    last_answers::LastAnswer,
    search::{Mistake, Search},
    state::App,
    view::results,
    visit::Visit,
};

/// Shows the catalogue with what is free over the window asked for.
///
/// # Errors
/// 503, 502 or 429 as the hardware service fails. Bad input is no error here: it shows the form again.
#[handler]
pub(crate) async fn show_free(Data(app): Data<&Arc<App>>, request: &Request) -> poem::Result<Response> {
    let visit = Visit::of(request, app.clock.now());
    let search = Search::read(request.original_uri().query().unwrap_or_default());
    let outgoing = visit.outgoing(request);
    let question = match search.check(app.tz) {
        Ok(question) => question,
        Err(mistakes) => {
            let facets = or_none(app.client.facets(outgoing).await);
            return refused(app, &visit, &search, &mistakes, &facets);
        }
    };
    let (listing, facets) =
        tokio::join!(app.client.list(&question, outgoing.clone()), app.client.facets(outgoing));
    match listing {
        Ok(listing) => answered(app, &visit, &search, listing, or_none(facets)),
        Err(Failure::Refused { refusal, status }) => {
            let mistakes = failure::mistakes(status, refusal);
            refused(app, &visit, &search, &mistakes, &or_none(facets))
        }
        Err(error) => Err(failure::problem(&error, "catalogue").into()),
    }
}

/// Without its facets the page lacks choices in its filters, and is better than none.
fn or_none(facets: Result<Facets, Failure>) -> Facets {
    facets.inspect_err(|error| tracing::warn!(%error, "no choices for the filters")).unwrap_or_default()
}

pub(super) fn answered(
    app: &App,
    visit: &Visit,
    search: &Search,
    listing: Listing,
    facets: Facets,
) -> poem::Result<Response> {
    let answer = Answer::new(listing, facets, visit.now);
    app.last_answers.keep(LastAnswer::new(search, &answer.listing, answer.window, visit.now));
    super::page(app, StatusCode::OK, "free", &FreePage::answered(app, visit, search, answer))
}

pub(super) fn refused(
    app: &App,
    visit: &Visit,
    search: &Search,
    mistakes: &[Mistake],
    facets: &Facets,
) -> poem::Result<Response> {
    let page = FreePage::refused(app, visit, search, mistakes, facets);
    super::page(app, failure::status_of(mistakes), "free", &page)
}

/// The filters of a search in words, such as `search: gpu`.
#[must_use]
pub fn filter_words(search: &Search) -> Vec<String> {
    results::filters(search).into_iter().map(|filter| filter.text).collect()
}
