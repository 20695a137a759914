//! `GET /timeline`: hardware beside time, a day, a week or a month of it.

mod columns;
mod lane;
mod rows;
mod steps;
mod view;
mod wish;
mod words;

use std::sync::Arc;

use poem::{Request, Response, handler, http::HeaderMap, http::StatusCode, web::Data};

use self::view::TimelinePage;
pub(super) use self::wish::Wish;
use crate::{
    calendar::Calendar,
    failure,
    hardware_client::{Failure, ListQuery, Listing, Outline, OutlineQuery},
    search::Mistake,
    state::App,
    visit::Visit,
};

/// Shows a page of the catalogue with what is free of it over time.
///
/// # Errors
/// 503, 502 or 429 as the hardware service fails. Bad input is no error here: it shows the form again.
#[handler]
pub(crate) async fn show_timeline(Data(app): Data<&Arc<App>>, request: &Request) -> poem::Result<Response> {
    let visit = Visit::of(request, app.clock.now());
    let wish = Wish::read(request.original_uri().query().unwrap_or_default());
    let (calendar, question) = match wish.check(app.tz, visit.now) {
        Ok(checked) => checked,
        Err(mistakes) => return refused(app, &visit, &wish, &mistakes),
    };
    match ask(app, &calendar, &question, visit.outgoing(request)).await {
        Ok((listing, outlines)) => answered(app, &visit, &wish, &calendar, listing, outlines),
        Err(Failure::Refused { status, refusal }) => {
            refused(app, &visit, &wish, &wish::named(failure::mistakes(status, refusal)))
        }
        Err(error) => Err(failure::problem(&error, "timeline").into()),
    }
}

/// First which hardware, then what is free of it: two calls that take no longer than one may.
async fn ask(
    app: &App,
    calendar: &Calendar,
    question: &ListQuery,
    headers: HeaderMap,
) -> Result<(Listing, Vec<Outline>), Failure> {
    let query = OutlineQuery { window: calendar.window(), tz: app.tz.name(), grain: calendar.span.grain() };
    let both = async {
        let listing = app.client.list(question, headers.clone()).await?;
        let ids: Vec<i64> = listing.rows.iter().map(|row| row.id).collect();
        let outlines = app.client.outlines(&ids, query, headers).await?;
        Ok((listing, outlines))
    };
    app.client.in_time(both).await
}

pub(super) fn answered(
    app: &App,
    visit: &Visit,
    wish: &Wish,
    calendar: &Calendar,
    listing: Listing,
    outlines: Vec<Outline>,
) -> poem::Result<Response> {
    let page = TimelinePage::answered(app, visit, wish, calendar, listing, outlines);
    super::page(app, StatusCode::OK, "timeline", &page)
}

pub(super) fn refused(app: &App, visit: &Visit, wish: &Wish, mistakes: &[Mistake]) -> poem::Result<Response> {
    let page = TimelinePage::refused(app, visit, wish, mistakes);
    super::page(app, failure::status_of(mistakes), "timeline", &page)
}
