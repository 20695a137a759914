//! `GET /reservations`: the bookings.

mod view;

use std::sync::Arc;

use poem::{Request, Response, handler, http::StatusCode, web::Data};

use self::view::BookingsPage;
use crate::{
    bookings_search::BookingsSearch,
    failure,
    hardware_client::{Bookings, Failure, Reservation},
    overdue,
    search::Mistake,
    state::App,
    visit::Visit,
};

/// Shows what is coming and running, or what the filters ask for.
///
/// # Errors
/// 503, 502 or 429 as the hardware service fails. Bad input is no error here: it shows the form again.
#[handler]
pub(crate) async fn show_bookings(Data(app): Data<&Arc<App>>, request: &Request) -> poem::Result<Response> {
    let visit = Visit::of(request, app.clock.now());
    let search = BookingsSearch::read(request.original_uri().query().unwrap_or_default());
    let outgoing = visit.outgoing(request);
    let question = match search.check(visit.now) {
        Ok(question) => question,
        Err(mistakes) => return refused(app, &visit, &search, &mistakes),
    };
    let late = async {
        if search.is_live() && search.cursor.is_empty() {
            overdue::ask(app, &question, visit.now, outgoing.clone()).await
        } else {
            Vec::new()
        }
    };
    let (bookings, late) = tokio::join!(app.client.bookings(&question, outgoing.clone()), late);
    match bookings {
        Ok(bookings) => answered(app, &visit, &search, &bookings, &late),
        Err(Failure::Refused { status, refusal }) => {
            refused(app, &visit, &search, &failure::mistakes(status, refusal))
        }
        Err(error) => Err(failure::problem(&error, "bookings").into()),
    }
}

pub(super) fn answered(
    app: &App,
    visit: &Visit,
    search: &BookingsSearch,
    bookings: &Bookings,
    late: &[Reservation],
) -> poem::Result<Response> {
    let page = BookingsPage::answered(app, visit, search, bookings, late);
    super::page(app, StatusCode::OK, "bookings", &page)
}

pub(super) fn refused(
    app: &App,
    visit: &Visit,
    search: &BookingsSearch,
    mistakes: &[Mistake],
) -> poem::Result<Response> {
    let page = BookingsPage::refused(app, visit, search, mistakes);
    super::page(app, failure::status_of(mistakes), "bookings", &page)
}
