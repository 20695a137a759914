//! One module a page: its handler, and what its template prints.

pub mod again;
pub mod book;
pub mod bookings;
pub mod free;
pub mod item;
pub mod new_task;
mod next_times;
pub mod problem;
pub mod reservation;
pub mod static_files;
pub mod tasks;
pub mod theme;
pub mod timeline;
pub mod unavailable;

#[cfg(test)]
mod tests;

use poem::{
    Response,
    http::{HeaderValue, StatusCode, header},
};
use serde::Serialize;

use crate::{fresh, state::App};

/// A page with its status. A template that cannot be printed is logged by whoever turns the error into the
/// 500 page.
///
/// # Errors
/// The template's error, which becomes a 500.
pub fn page(app: &App, status: StatusCode, template: &str, view: &impl Serialize) -> poem::Result<Response> {
    let html = app.templates.render(template, view).map_err(poem::error::InternalServerError)?;
    Ok(Response::builder().status(status).content_type("text/html; charset=utf-8").body(html))
}

/// A text as a header's value.
///
/// # Errors
/// It cannot be one, which becomes a 500.
pub(crate) fn header_value(text: &str) -> poem::Result<HeaderValue> {
    HeaderValue::from_str(text).map_err(poem::error::InternalServerError)
}

/// Something was written: on to the page that shows it, and past every cache for a moment. `to` is ASCII.
#[must_use]
pub fn written(to: &str) -> Response {
    Response::builder()
        .status(StatusCode::SEE_OTHER)
        .header(header::LOCATION, to)
        .header(header::SET_COOKIE, fresh::set_cookie())
        .finish()
}
