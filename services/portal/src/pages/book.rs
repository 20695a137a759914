//! `POST /reservations`: books, or says why not and what would fit.

mod view;

use std::sync::Arc;

use poem::{
    Body, Request, Response, handler,
    http::{HeaderMap, StatusCode, header},
    web::Data,
};
use tokio::time::Instant;

use self::view::BookPage;
use super::again::{self, Attempt, Fact};
use crate::{
    booking::{Booking, MAX_FORM_BYTES, Series},
    failure,
    form::Form,
    hardware_client::{Booked, Entry, Failure, NewReservation, NotFree, Span},
    report::Report,
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
        Ok(booked) => booked_page(app, &visit, &booked),
        Err(Failure::NotFree(mut why)) => {
            if why.alternatives.is_empty() {
                why.alternatives = next_times(app, &booking, &wish, &why, outgoing).await;
            }
            not_free(app, &visit, &booking, &why)
        }
        Err(Failure::Refused { status, refusal }) => {
            let entry = entry(app, &booking, outgoing).await;
            mistaken(app, &visit, &booking, entry.as_ref(), &failure::mistakes(status, refusal))
        }
        Err(error) => again::page(app, &visit, attempt(app, &visit, &booking, &form), &error),
    }
}

/// Where the refusal names no other time, and there are as many units in all.
async fn next_times(
    app: &App,
    booking: &Booking,
    wish: &NewReservation,
    why: &NotFree,
    headers: HeaderMap,
) -> Vec<Span> {
    // Of a series no single time would help.
    let series = booking.series.repeats();
    let hopeless = series || why.lines.iter().any(|line| line.requested > line.capacity);
    let at = |text: &str| match read_moment(text, app.tz) {
        Moment::At(at) => Some(at),
        Moment::Skipped | Moment::Unreadable => None,
    };
    let asked = (at(&booking.starts_at), at(&booking.ends_at), wish.lines.first());
    let (Some(from), Some(to), Some(units), false) = (asked.0, asked.1, asked.2, hopeless) else {
        return Vec::new();
    };
    super::next_times::ask(app, *units, (from, to), Instant::now(), headers).await
}

/// On to the booking, with what became of the others of its series.
fn booked_page(app: &App, visit: &Visit, booked: &Booked) -> poem::Result<Response> {
    let mut answer = super::written(&format!("/reservations/{}?done=booked", booked.reservation.id));
    if let Some(report) = Report::booked(booked) {
        let cookie = super::header_value(&report.set_cookie(&app.signer, visit.now))?;
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(answer)
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

/// `every week, 5 times`
fn repeat_words(series: &Series) -> String {
    let often = match (series.count.as_str(), series.until.as_str()) {
        ("", until) => format!("until {until}"),
        (count, _) => format!("{count} times"),
    };
    if series.repeats() { format!("every {}, {often}", series.repeat) } else { String::new() }
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
        ("Repeat", repeat_words(&booking.series)),
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
