//! `POST /reservations`: books, or says why not and what would fit.

mod view;

use std::sync::Arc;

use poem::{
    Body, Request, Response, handler,
    http::{HeaderMap, StatusCode},
    web::Data,
};

use self::view::BookPage;
use super::again::{self, Attempt, Fact};
use crate::{
    booking::{Booking, MAX_FORM_BYTES},
    failure,
    form::Form,
    hardware_client::{Entry, Failure, NotFree, Reservation},
    search::{Mistake, Moment, read_moment},
    state::App,
    view::{LinkView, times::Writer},
    visit::Visit,
};

/// Books what the form says, once for each key, and shows the booking.
///
/// # Errors
/// 413 for a form that is too long, 502 for an answer that makes no sense. A refusal is a page of its own.
#[handler]
pub(crate) async fn book(
    Data(app): Data<&Arc<App>>,
    request: &Request,
    body: Body,
) -> poem::Result<Response> {
    let form = Form::read(body, MAX_FORM_BYTES).await?;
    let booking = Booking::read(&form);
    let visit = Visit::of(request, app.clock.now()).back_to(booking.page());
    let outgoing = visit.outgoing(request);
    let wish = match booking.check(app.tz) {
        Ok(wish) => wish,
        Err(mistakes) => {
            let entry = entry(app, &booking, outgoing).await;
            return mistaken(app, &visit, &booking, entry.as_ref(), &mistakes);
        }
    };
    match app.client.book(&wish, &booking.key, outgoing.clone()).await {
        Ok(Reservation { id, .. }) => Ok(super::written(&format!("/reservations/{id}?done=booked"))),
        Err(Failure::NotFree(why)) => not_free(app, &visit, &booking, &why),
        Err(Failure::Refused { status, refusal }) => {
            let entry = entry(app, &booking, outgoing).await;
            mistaken(app, &visit, &booking, entry.as_ref(), &failure::mistakes(status, refusal))
        }
        Err(error) => again::page(app, &visit, attempt(app, &visit, &booking, &form), &error),
    }
}

/// Who the form is about. Without it the page lacks a name, and is better than none.
async fn entry(app: &App, booking: &Booking, headers: HeaderMap) -> Option<Entry> {
    let entry = app.client.entry(booking.hardware_id()?, headers).await;
    entry.inspect_err(|error| tracing::warn!(%error, "no name for what was to be booked")).ok()
}

pub(super) fn not_free(app: &App, visit: &Visit, booking: &Booking, why: &NotFree) -> poem::Result<Response> {
    super::page(app, StatusCode::CONFLICT, "book", &BookPage::not_free(app, visit, booking, why))
}

pub(super) fn mistaken(
    app: &App,
    visit: &Visit,
    booking: &Booking,
    entry: Option<&Entry>,
    mistakes: &[Mistake],
) -> poem::Result<Response> {
    let page = BookPage::mistaken(app, visit, booking, entry, mistakes);
    super::page(app, failure::status_of(mistakes), "book", &page)
}

pub(super) fn attempt(app: &App, visit: &Visit, booking: &Booking, form: &Form) -> Attempt {
    let times = Writer::new(app.tz, visit.now);
    let shown = |typed: &str| match read_moment(typed, app.tz) {
        Moment::At(at) => times.full(at).text,
        Moment::Skipped | Moment::Unreadable => typed.to_owned(),
    };
    let facts = [
        ("From", shown(&booking.starts_at)),
        ("To", shown(&booking.ends_at)),
        ("Units", booking.qty.clone()),
        ("Who", booking.user.clone()),
        ("For", booking.purpose.clone()),
    ];
    let given = facts.into_iter().filter(|(_, text)| !text.is_empty());
    Attempt {
        done: "was booked",
        not_done: "Nothing was booked",
        harmless: "the same form books only once, however often it is sent",
        action: "/reservations".to_owned(),
        hidden: booking.hidden(),
        facts: given.map(|(name, text)| Fact { name, text }).collect(),
        look: LinkView { href: booking.page(), text: "Look at the hardware".to_owned() },
        repeated: !form.field(again::AGAIN).is_empty(),
    }
}
