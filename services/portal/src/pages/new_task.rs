//! `/tasks/new`: the form of a new task.

mod view;

use std::sync::Arc;

use poem::{
    Body, Request, Response, handler,
    http::{HeaderValue, StatusCode, header},
    web::Data,
};

use self::view::NewTaskPage;
use super::tasks::saved;
use crate::{
    failure::{self, RETRY_AFTER_S},
    flash::Flash,
    form::Form,
    hardware_client::Failure,
    search::Mistake,
    state::App,
    task::{MAX_FORM_BYTES, TaskForm},
    visit::Visit,
};

/// Where it is.
pub(super) const PATH: &str = "/tasks/new";

/// Shows the form.
///
/// # Errors
/// A page that cannot be printed.
#[handler]
pub(crate) fn show_form(Data(app): Data<&Arc<App>>, request: &Request) -> poem::Result<Response> {
    let visit = Visit::of(request, app.clock.now());
    super::page(app, StatusCode::OK, "task-new", &NewTaskPage::fresh(app, &visit))
}

/// Adds what the form says, and shows the list.
///
/// # Errors
/// 413 for a form that is too long, 502 where the hardware service makes no sense. What was typed wrong, and what
/// could not be sent, is the form again.
#[handler]
pub(crate) async fn add(Data(app): Data<&Arc<App>>, request: &Request, body: Body) -> poem::Result<Response> {
    let form = TaskForm::read(&Form::read(body, MAX_FORM_BYTES).await?);
    let visit = Visit::of(request, app.clock.now());
    let task = match form.check() {
        Ok(task) => task,
        Err(mistake) => return mistaken(app, &visit, &form, &[mistake]),
    };
    match app.client.add_task(&task, visit.outgoing(request)).await {
        Ok(_) => saved(app, &visit, "/tasks", Flash::TaskCreated),
        Err(Failure::Refused { status, refusal }) => {
            mistaken(app, &visit, &form, &failure::mistakes(status, refusal))
        }
        Err(error) => lost(app, &visit, &form, &error),
    }
}

pub(super) fn mistaken(
    app: &App,
    visit: &Visit,
    form: &TaskForm,
    mistakes: &[Mistake],
) -> poem::Result<Response> {
    let page = NewTaskPage::mistaken(app, visit, form, mistakes);
    super::page(app, failure::status_of(mistakes), "task-new", &page)
}

/// The form with what is known of a write that nobody answered. Sent twice it would be two tasks, so it says where
/// to look first.
pub(super) fn lost(app: &App, visit: &Visit, form: &TaskForm, failure: &Failure) -> poem::Result<Response> {
    let (status, wait_s, known) = match failure {
        Failure::Unknown(_) => (StatusCode::SERVICE_UNAVAILABLE, None, false),
        Failure::Unreachable(_) => (StatusCode::SERVICE_UNAVAILABLE, None, true),
        Failure::TooMany { retry_after_s } => (StatusCode::TOO_MANY_REQUESTS, *retry_after_s, true),
        other => return Err(failure::problem(other, "new task").into()),
    };
    tracing::warn!(error = %failure, "a task has no answer");
    let mut answer = super::page(app, status, "task-new", &NewTaskPage::lost(app, visit, form, known))?;
    let wait = HeaderValue::from(wait_s.unwrap_or(RETRY_AFTER_S));
    answer.headers_mut().insert(header::RETRY_AFTER, wait);
    Ok(answer)
}
