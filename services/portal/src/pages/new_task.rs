//! `/tasks/new`: the form of a new task.

mod choices;
mod view;

use std::sync::Arc;

use chassis::Problem;
use poem::{
    Body, Request, Response, handler,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    web::Data,
};

pub(super) use self::choices::Catalogue;
use self::view::NewTaskPage;
use super::tasks::saved;
use crate::{
    failure::{self, RETRY_AFTER_S},
    flash::Flash,
    form::Form,
    hardware_client::{Failure, NotFree},
    links,
    search::Mistake,
    state::App,
    task::{MAX_FORM_BYTES, TaskForm},
    visit::Visit,
};

/// Where it is.
pub(super) const PATH: &str = "/tasks/new";

/// Where it is about this hardware.
pub(super) fn address(hardware: i64) -> String {
    links::link(PATH, &[("hardware", &hardware.to_string())])
}

/// Shows the form.
///
/// # Errors
/// 404 for a hardware that is not in the catalogue, and a page that cannot be printed.
#[handler]
pub(crate) async fn show_form(Data(app): Data<&Arc<App>>, request: &Request) -> poem::Result<Response> {
    let visit = Visit::of(request, app.clock.now());
    let asked = links::read_query(request.original_uri().query().unwrap_or_default());
    let hardware = asked.into_iter().find(|(name, _)| name == "hardware").and_then(|(_, id)| id.parse().ok());
    match Catalogue::ask(app, hardware, visit.outgoing(request)).await {
        Ok(catalogue) => fresh(app, &visit, hardware, &catalogue),
        Err(_) => {
            let told = "The catalogue has no such hardware. It may have been taken out.";
            Err(Problem::not_found(told).into())
        }
    }
}

/// Adds what the form says, once for each key, and shows the list.
///
/// # Errors
/// 413 for a form that is too long, 502 where the hardware service makes no sense. What was typed wrong, what is not
/// free, and what could not be sent, is the form again.
#[handler]
pub(crate) async fn add(Data(app): Data<&Arc<App>>, request: &Request, body: Body) -> poem::Result<Response> {
    let form = TaskForm::read(&Form::read(body, MAX_FORM_BYTES).await?);
    let visit = Visit::of(request, app.clock.now());
    let outgoing = visit.outgoing(request);
    let task = match form.check(app.tz) {
        Ok(task) => task,
        Err(mistakes) => {
            return mistaken(app, &visit, &form, &catalogue(app, &form, outgoing).await, &mistakes);
        }
    };
    match app.client.add_task(&task, form.adding(), outgoing.clone()).await {
        Ok(_) => saved(app, &visit, "/tasks", Flash::TaskCreated),
        Err(Failure::NotFree(why)) => {
            not_free(app, &visit, &form, &catalogue(app, &form, outgoing).await, &why)
        }
        Err(Failure::Refused { status, refusal }) => {
            let mistakes: Vec<_> = failure::mistakes(status, refusal).into_iter().map(reworded).collect();
            mistaken(app, &visit, &form, &catalogue(app, &form, outgoing).await, &mistakes)
        }
        Err(error) => lost(app, &visit, &form, &error),
    }
}

/// A form that was refused is shown also about hardware that there is not: what is said of it says so.
async fn catalogue(app: &App, form: &TaskForm, headers: HeaderMap) -> Catalogue {
    match Catalogue::ask(app, form.hardware_id(), headers.clone()).await {
        Ok(catalogue) => catalogue,
        Err(_) => Catalogue::ask(app, None, headers).await.unwrap_or_default(),
    }
}

/// The key's refusal in words about a task.
fn reworded(mistake: Mistake) -> Mistake {
    if mistake.field != "key" {
        return mistake;
    }
    let text = "This form was sent before with something else in it, and that was saved. To save this as another \
                task, send it again";
    Mistake { text: text.to_owned(), ..mistake }
}

pub(super) fn fresh(
    app: &App,
    visit: &Visit,
    hardware: Option<i64>,
    catalogue: &Catalogue,
) -> poem::Result<Response> {
    let page = NewTaskPage::fresh(app, visit, &TaskForm::about(hardware), catalogue);
    super::page(app, StatusCode::OK, "task-new", &page)
}

pub(super) fn mistaken(
    app: &App,
    visit: &Visit,
    form: &TaskForm,
    catalogue: &Catalogue,
    mistakes: &[Mistake],
) -> poem::Result<Response> {
    let page = NewTaskPage::mistaken(app, visit, form, catalogue, mistakes);
    super::page(app, failure::status_of(mistakes), "task-new", &page)
}

pub(super) fn not_free(
    app: &App,
    visit: &Visit,
    form: &TaskForm,
    catalogue: &Catalogue,
    why: &NotFree,
) -> poem::Result<Response> {
    let page = NewTaskPage::not_free(app, visit, form, catalogue, why);
    super::page(app, StatusCode::CONFLICT, "task-new", &page)
}

/// The form with what is known of a write that nobody answered, under its own key: sent again it is saved once.
pub(super) fn lost(app: &App, visit: &Visit, form: &TaskForm, failure: &Failure) -> poem::Result<Response> {
    let (status, wait_s, known) = match failure {
        Failure::Unknown(_) => (StatusCode::SERVICE_UNAVAILABLE, None, false),
        Failure::Unreachable(_) => (StatusCode::SERVICE_UNAVAILABLE, None, true),
        Failure::TooMany { retry_after_s } => (StatusCode::TOO_MANY_REQUESTS, *retry_after_s, true),
        other => return Err(failure::problem(other, "new task").into()),
    };
    tracing::warn!(error = %failure, "a task has no answer");
    let form = TaskForm { again: form.again || !known, ..form.clone() };
    let mut answer = super::page(app, status, "task-new", &NewTaskPage::lost(app, visit, &form))?;
    let wait = HeaderValue::from(wait_s.unwrap_or(RETRY_AFTER_S));
    answer.headers_mut().insert(header::RETRY_AFTER, wait);
    Ok(answer)
}
