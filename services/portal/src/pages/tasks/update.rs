//! `POST /tasks/update`: saves all ticks of a page at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chassis::Problem;
use poem::{
    Body, Request, Response, handler,
    http::{HeaderMap, StatusCode, header},
    web::Data,
};

use super::{PATH, address, ask, not_saved, saved};
use crate::{
    flash::Flash,
    form::Form,
    hardware_client::{Failure, NotFree, TasksQuery},
    pages::again::{self, Attempt},
    state::App,
    view::{Hidden, LinkView},
    visit::Visit,
};

/// Bytes of a form: some thousand tasks.
const MAX_FORM_BYTES: usize = 64 << 10;
/// Tasks that are read at once.
const READ_AT_ONCE: u32 = 100;
/// Pages that are read where the form means all tasks: 10,000 tasks.
const MAX_PAGES: usize = 100;

/// Why a tick was not saved.
#[derive(Debug)]
pub(crate) enum Refused {
    /// There is no such task any more.
    Gone(i64),
    /// Maintenance would begin again, and its units are booked.
    NotFree(i64, String, Box<NotFree>),
    /// The service does not take it; what it says of that.
    Other(i64, String, String),
}

/// What a form says. A box that is left empty is not sent, so the form also names what it showed.
#[derive(Debug)]
struct Ticks {
    /// `None`: every task.
    shown: Option<BTreeSet<i64>>,
    done: BTreeSet<i64>,
}

impl Ticks {
    fn read(form: &Form) -> Result<Self, Problem> {
        let shown: Vec<&str> = form.fields().filter(|(name, _)| *name == "shown").map(|(_, id)| id).collect();
        let ids: Result<BTreeSet<i64>, _> = shown.iter().map(|id| id.parse()).collect();
        // Were it left out, a form with nothing but strange numbers would mean every task.
        let ids = ids.map_err(|_| Problem::unreadable("shown", "must be the number of a task"))?;
        let done = form.fields().filter_map(|(name, _)| name.strip_prefix("done.")?.parse().ok());
        Ok(Self { shown: (!shown.is_empty()).then_some(ids), done: done.collect() })
    }
}

/// The tasks that a form is about, as they are.
#[derive(Debug, Default)]
struct Known {
    tasks: BTreeMap<i64, (String, bool)>,
    gone: Vec<i64>,
}

/// Who asks for the address of the form again, after a refusal or an outage, wants the list.
#[handler]
pub(crate) fn show_list_instead() -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, PATH).finish()
}

/// Saves the ticks, and shows the same page of the list again.
///
/// # Errors
/// 400 and 415 for what is no such form, 413 for one that is too long; 503, 502 or 429 as the hardware service
/// fails. Where a tick could not be saved, the page says which and why: 409.
#[handler]
pub(crate) async fn save_ticks(
    Data(app): Data<&Arc<App>>,
    request: &Request,
    body: Body,
) -> poem::Result<Response> {
    refuse_other_bodies(request)?;
    let form = Form::read(body, MAX_FORM_BYTES).await?;
    let ticks = Ticks::read(&form)?;
    let back = address(form.field("cursor"));
    let visit = Visit::of(request, app.clock.now()).back_to(&back);
    let outgoing = visit.outgoing(request);
    let known = match &ticks.shown {
        Some(shown) => look_up(app, shown, form.field("cursor"), &outgoing).await,
        None => all(app, &outgoing).await,
    };
    let mut written = false;
    let saving = match known {
        Ok(known) => save(app, &ticks, known, &outgoing, &mut written).await,
        Err(error) => Err(error),
    };
    match saving {
        Ok(refused) if refused.is_empty() => saved(app, &visit, &back, Flash::TicksSaved),
        Ok(refused) => told(app, &visit, form.field("cursor"), &refused, outgoing).await,
        Err(error) => again::page(app, &visit, attempt(&form, back, written), &error),
    }
}

/// An empty form means every task: what is no form at all must not be taken for one.
fn refuse_other_bodies(request: &Request) -> Result<(), Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or("?"));
    match kind {
        Some(kind) if !kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") => {
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE).detail("This takes a form of our own page."))
        }
        _ => Ok(()),
    }
}

/// The tasks that were shown. Most are still on their page; the others are asked for one by one.
async fn look_up(
    app: &App,
    shown: &BTreeSet<i64>,
    cursor: &str,
    outgoing: &HeaderMap,
) -> Result<Known, Failure> {
    let mut known = Known::default();
    let page = TasksQuery { done: None, limit: READ_AT_ONCE, cursor: cursor.to_owned() };
    match app.client.tasks(&page, outgoing.clone()).await {
        Ok(tasks) => {
            let rows = tasks.rows.into_iter().filter(|task| shown.contains(&task.id));
            known.tasks = rows.map(|task| (task.id, (task.title, task.done))).collect();
        }
        // A cursor that it does not know: then all are asked for one by one.
        Err(Failure::Refused { .. }) => {}
        Err(error) => return Err(error),
    }
    for id in shown {
        if known.tasks.contains_key(id) {
            continue;
        }
        match app.client.task(*id, outgoing.clone()).await {
            Ok(task) => drop(known.tasks.insert(*id, (task.title, task.done))),
            Err(Failure::NotFound) => known.gone.push(*id),
            Err(error) => return Err(error),
        }
    }
    Ok(known)
}

/// Every task there is.
async fn all(app: &App, outgoing: &HeaderMap) -> Result<Known, Failure> {
    let mut known = Known::default();
    let mut page = TasksQuery { done: None, limit: READ_AT_ONCE, cursor: String::new() };
    for _ in 0..MAX_PAGES {
        let tasks = app.client.tasks(&page, outgoing.clone()).await?;
        known.tasks.extend(tasks.rows.into_iter().map(|task| (task.id, (task.title, task.done))));
        match tasks.next {
            Some(next) => page.cursor = next,
            None => return Ok(known),
        }
    }
    Err(Failure::Unusable(format!("more than {MAX_PAGES} pages of tasks")))
}

/// Writes what differs, and goes on where one is refused. `written` tells whether anything may have been written.
async fn save(
    app: &App,
    ticks: &Ticks,
    known: Known,
    outgoing: &HeaderMap,
    written: &mut bool,
) -> Result<Vec<Refused>, Failure> {
    let mut refused: Vec<Refused> = known.gone.into_iter().map(Refused::Gone).collect();
    for (id, (title, was)) in known.tasks {
        let done = ticks.done.contains(&id);
        if done == was {
            continue;
        }
        match app.client.tick_task(id, done, outgoing.clone()).await {
            Ok(_) => *written = true,
            Err(Failure::NotFound) => refused.push(Refused::Gone(id)),
            Err(Failure::NotFree(why)) => refused.push(Refused::NotFree(id, title, why)),
            Err(Failure::Refused { refusal, .. }) => refused.push(Refused::Other(id, title, refusal.detail)),
            Err(error) => return Err(error),
        }
    }
    Ok(refused)
}

/// The list as it is now, and what could not be saved.
async fn told(
    app: &App,
    visit: &Visit,
    cursor: &str,
    refused: &[Refused],
    outgoing: HeaderMap,
) -> poem::Result<Response> {
    let listed = match ask(app, cursor, outgoing.clone()).await {
        Err(Failure::Refused { .. }) => ask(app, "", outgoing).await,
        other => other,
    };
    let listed = listed.map_err(|error| crate::failure::problem(&error, "tasks"))?;
    not_saved(app, visit, &listed, refused)
}

fn attempt(form: &Form, look: String, written: bool) -> Attempt {
    let fields = form.fields().filter(|(name, _)| *name != again::AGAIN);
    Attempt {
        done: "was saved",
        not_done: "No tick was saved",
        harmless: "a tick that is saved by now stays as it is",
        action: "/tasks/update".to_owned(),
        hidden: fields.map(|(name, value)| Hidden::new(name, value)).collect(),
        facts: Vec::new(),
        look: LinkView { href: look, text: "See how the tasks stand".to_owned() },
        repeated: written || !form.field(again::AGAIN).is_empty(),
    }
}
