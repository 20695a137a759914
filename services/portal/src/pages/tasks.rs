//! `/tasks`: what is to be done, with a tick box each.

mod update;
mod view;

use std::{collections::BTreeMap, sync::Arc};

use poem::{
    Request, Response, handler,
    http::{HeaderMap, StatusCode, header},
    web::Data,
};

pub(crate) use self::update::{save_ticks, show_list_instead};
use self::view::TasksPage;
pub(super) use self::{update::Refused, view::Listed};
use crate::{
    failure,
    flash::{self, Flash},
    hardware_client::{Failure, ListQuery, Tasks, TasksQuery},
    links,
    search::{Mistake, ROWS_PER_PAGE},
    state::App,
    visit::Visit,
};

/// Where the list is.
const PATH: &str = "/tasks";

/// Shows the tasks, the newest first, and once what was just done with them.
///
/// # Errors
/// 503, 502 or 429 as the hardware service fails. A page that is no more is no error here.
#[handler]
pub(crate) async fn show_tasks(Data(app): Data<&Arc<App>>, request: &Request) -> poem::Result<Response> {
    let visit = Visit::of(request, app.clock.now());
    let pairs = links::read_query(request.original_uri().query().unwrap_or_default());
    let cursor = pairs.into_iter().find(|(name, _)| name == "cursor").map(|(_, value)| value);
    let cursor = cursor.unwrap_or_default();
    let flash = app.signer.read(request.headers(), visit.now);
    let mut answer = match ask(app, &cursor, visit.outgoing(request)).await {
        Ok(listed) => answered(app, &visit, &listed, flash),
        Err(Failure::Refused { status, refusal }) => {
            refused(app, &visit, &failure::mistakes(status, refusal), flash)
        }
        Err(error) => return Err(failure::problem(&error, "tasks").into()),
    }?;
    if let Some(cookie) = flash::clear_cookie(request.headers()) {
        answer.headers_mut().append(header::SET_COOKIE, super::header_value(&cookie)?);
    }
    Ok(answer)
}

pub(super) fn answered(
    app: &App,
    visit: &Visit,
    listed: &Listed,
    flash: Option<Flash>,
) -> poem::Result<Response> {
    super::page(app, StatusCode::OK, "tasks", &TasksPage::answered(app, visit, listed, flash))
}

pub(super) fn refused(
    app: &App,
    visit: &Visit,
    mistakes: &[Mistake],
    flash: Option<Flash>,
) -> poem::Result<Response> {
    let page = TasksPage::refused(app, visit, mistakes, flash);
    super::page(app, failure::status_of(mistakes), "tasks", &page)
}

/// The list as it is, and the ticks that could not be saved.
pub(super) fn not_saved(
    app: &App,
    visit: &Visit,
    listed: &Listed,
    refused: &[Refused],
) -> poem::Result<Response> {
    super::page(app, StatusCode::CONFLICT, "tasks", &TasksPage::not_saved(app, visit, listed, refused))
}

/// Something about tasks was written: on to the list, which says so.
///
/// # Errors
/// A cookie that cannot be a header. (There is none.)
pub(super) fn saved(app: &App, visit: &Visit, to: &str, flash: Flash) -> poem::Result<Response> {
    let mut answer = super::written(to);
    let cookie = super::header_value(&app.signer.set_cookie(flash, visit.now))?;
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

/// The page of the list that begins at `cursor`.
fn address(cursor: &str) -> String {
    links::link(PATH, &[("cursor", cursor)])
}

/// One page of the list, how many are open on all pages, and what the hardware on it is called. Only the tasks
/// themselves are needed.
async fn ask(app: &App, cursor: &str, outgoing: HeaderMap) -> Result<Listed, Failure> {
    let page = TasksQuery { done: None, limit: ROWS_PER_PAGE, cursor: cursor.to_owned() };
    let open = TasksQuery { done: Some(false), limit: 1, cursor: String::new() };
    let (tasks, open) =
        tokio::join!(app.client.tasks(&page, outgoing.clone()), app.client.tasks(&open, outgoing.clone()));
    let tasks = tasks?;
    let names = names(app, &tasks, outgoing).await;
    let open = open.ok().and_then(|open| open.total);
    Ok(Listed { tasks, open, names, cursor: cursor.to_owned() })
}

/// What the hardware of these tasks is called, as far as the catalogue says.
async fn names(app: &App, tasks: &Tasks, outgoing: HeaderMap) -> BTreeMap<i64, String> {
    let mut ids: Vec<i64> = tasks.rows.iter().filter_map(|task| task.hardware).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(ROWS_PER_PAGE as usize);
    if ids.is_empty() {
        return BTreeMap::new();
    }
    let query = ListQuery { ids, limit: Some(ROWS_PER_PAGE), ..ListQuery::default() };
    match app.client.list(&query, outgoing).await {
        Ok(listing) => listing.rows.into_iter().map(|row| (row.id, row.name)).collect(),
        Err(error) => {
            tracing::warn!(%error, "the hardware of the tasks has no names");
            BTreeMap::new()
        }
    }
}
