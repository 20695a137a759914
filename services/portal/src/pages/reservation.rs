//! `GET /reservations/{id}`: one booking, and what can be done with it.

mod act;
mod action;
mod actions;
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
    let booking = ask(app, number, &visit, request).await?;
    let query = links::read_query(request.original_uri().query().unwrap_or_default());
    let done = query.iter().find(|(name, _)| name == "done").map_or("", |(_, value)| value.as_str());
    shown(app, &visit, &booking, done)
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

pub(super) fn shown(app: &App, visit: &Visit, booking: &Reservation, done: &str) -> poem::Result<Response> {
    super::page(app, StatusCode::OK, "reservation", &ReservationPage::new(app, visit, booking, done))
}

async fn ask(app: &App, id: i64, visit: &Visit, request: &Request) -> poem::Result<Reservation> {
    app.client.reservation(id, visit.outgoing(request)).await.map_err(|error| match error {
        Failure::NotFound => unknown(&id.to_string()),
        error => failure::problem(&error, "booking").into(),
    })
}

fn unknown(id: &str) -> poem::Error {
    let shown: String = id.chars().take(20).collect();
    Problem::not_found(format!("There is no booking with the number {shown}.")).into()
}
