//! `GET /reservations/{id}`: one booking, and what can be done with it.

mod act;
mod action;
mod actions;
mod siblings;
mod view;

use std::sync::Arc;

use chassis::Problem;
use poem::{
    Request, Response, handler,
    http::{StatusCode, header},
    web::{Data, Path},
};

pub(crate) use self::act::act_on;
#[cfg(test)]
pub(super) use self::act::{Refused, refused};
use self::{action::Action, view::ReservationPage};
use crate::{
    failure,
    hardware_client::{Failure, Reservation},
    links,
    report::Report,
    state::App,
    visit::Visit,
};

/// Shows a booking.
///
/// # Errors
/// 404 for a number that there is not; 503, 502 or 429 as the hardware service fails.
#[handler]
pub(crate) async fn show_reservation(
    Data(app): Data<&Arc<App>>,
    Path(id): Path<String>,
    request: &Request,
) -> poem::Result<Response> {
    let visit = Visit::of(request, app.clock.now());
    let Ok(number) = id.parse::<i64>() else { return Err(unknown(&id)) };
    let asked = ask(app, number, &visit, request).await?;
    let query = links::read_query(request.original_uri().query().unwrap_or_default());
    let done = query.iter().find(|(name, _)| name == "done").map_or("", |(_, value)| value.as_str());
    let report = Report::read(&app.signer, request.headers(), number, visit.now);
    let mut answer = shown(app, &visit, &asked, done, report.as_ref())?;
    if report.is_some()
        && let Some(cookie) = Report::clear_cookie(request.headers())
    {
        answer.headers_mut().append(header::SET_COOKIE, super::header_value(&cookie)?);
    }
    Ok(answer)
}

/// Somebody asks for the address of a form again: the page that it belongs to.
///
/// # Errors
/// 404 for what no form is called.
#[handler]
pub(crate) fn show_again(Path((id, action)): Path<(String, String)>) -> poem::Result<Response> {
    match (id.parse::<i64>(), Action::from_word(&action)) {
        (Ok(id), Some(_)) => Ok(Response::builder()
            .status(StatusCode::SEE_OTHER)
            .header(header::LOCATION, format!("/reservations/{id}"))
            .finish()),
        _ => Err(Problem::not_found("There is nothing at this address.").into()),
    }
}

pub(super) fn shown(
    app: &App,
    visit: &Visit,
    asked: &Asked,
    done: &str,
    report: Option<&Report>,
) -> poem::Result<Response> {
    let page = ReservationPage::new(app, visit, asked, done, report);
    super::page(app, StatusCode::OK, "reservation", &page)
}

/// A booking, and the others of its series from it on.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) booking: Reservation,
    pub(super) series: Vec<Reservation>,
}

async fn ask(app: &App, id: i64, visit: &Visit, request: &Request) -> poem::Result<Asked> {
    let started = tokio::time::Instant::now();
    let booking = app.client.reservation(id, visit.outgoing(request)).await.map_err(|error| match error {
        Failure::NotFound => unknown(&id.to_string()),
        error => failure::problem(&error, "booking").into(),
    })?;
    let series = siblings::ask(app, &booking, visit.outgoing(request));
    let series = app.client.in_time_since(started, async { Ok(series.await) }).await.unwrap_or_default();
    Ok(Asked { booking, series })
}

fn unknown(id: &str) -> poem::Error {
    let shown: String = id.chars().take(20).collect();
    Problem::not_found(format!("There is no booking with the number {shown}.")).into()
}
