//! What `tasks.hbs` prints.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{PATH, Refused, address};
use crate::{
    flash::Flash,
    hardware_client::{Task, Tasks},
    search::Mistake,
    state::App,
    view::{
        Errors, LinkView,
        layout::{Here, Layout},
        times::{TimeView, Writer},
        words::{self, number},
    },
    visit::Visit,
};

/// What there is to show.
#[derive(Debug, Default)]
pub(in crate::pages) struct Listed {
    /// This page of the list.
    pub(in crate::pages) tasks: Tasks,
    /// How many are open on all pages; `None` where nobody said.
    pub(in crate::pages) open: Option<u64>,
    /// What hardware is called.
    pub(in crate::pages) names: BTreeMap<i64, String>,
    /// Where this page begins.
    pub(in crate::pages) cursor: String,
}

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct TasksPage {
    layout: Layout,
    flash: Option<&'static str>,
    errors: Option<Errors>,
    /// `5 open, 3 done, newest first`
    count: Option<String>,
    cursor: String,
    rows: Vec<Row>,
    /// Why there are none.
    empty: Option<&'static str>,
    pager: Option<Pager>,
}

#[derive(Debug, Serialize)]
struct Row {
    id: i64,
    title: String,
    text: String,
    done: bool,
    /// There is a line about hardware or a time.
    about: bool,
    hardware: Option<LinkView>,
    maintenance: bool,
    window: Option<String>,
    created: TimeView,
}

#[derive(Debug, Serialize)]
struct Pager {
    rows: String,
    first: Option<&'static str>,
    next: Option<LinkView>,
}

impl TasksPage {
    /// The list, and what was just done.
    pub(super) fn answered(app: &App, visit: &Visit, listed: &Listed, flash: Option<Flash>) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let first = listed.cursor.is_empty();
        let rows: Vec<Row> = listed.tasks.rows.iter().map(|task| Row::new(task, listed, &times)).collect();
        let empty = if first { "Nothing is to be done." } else { "There are no older tasks." };
        Self {
            count: count(listed),
            cursor: listed.cursor.clone(),
            empty: rows.is_empty().then_some(empty),
            rows,
            pager: Pager::new(listed),
            ..Self::plain(app, visit, flash, "Tasks")
        }
    }

    /// A page of the list that there is not.
    pub(super) fn refused(app: &App, visit: &Visit, mistakes: &[Mistake], flash: Option<Flash>) -> Self {
        let errors = Errors::new("This could not be looked up", mistakes, |_| Some(PATH.to_owned()));
        Self { errors, ..Self::plain(app, visit, flash, "Error: Tasks") }
    }

    /// The list as it is, and the ticks that could not be saved.
    pub(super) fn not_saved(app: &App, visit: &Visit, listed: &Listed, refused: &[Refused]) -> Self {
        let mistakes: Vec<Mistake> = refused.iter().map(mistake).collect();
        let here = |field: &str| listed.tasks.rows.iter().any(|task| field == format!("t{}", task.id));
        let place = |field: &str| here(field).then(|| format!("#{field}"));
        let errors = Errors::new("Not every tick could be saved", &mistakes, place);
        let errors = errors.map(|errors| errors.with_lead("The others are saved."));
        let layout = Self::plain(app, visit, None, "Error: Tasks").layout;
        Self { errors, layout, ..Self::answered(app, visit, listed, None) }
    }

    fn plain(app: &App, visit: &Visit, flash: Option<Flash>, title: &str) -> Self {
        let times = Writer::new(app.tz, visit.now);
        Self {
            layout: Layout::new(title, Here::Tasks, visit, app, &times),
            flash: flash.map(Flash::text),
            errors: None,
            count: None,
            cursor: String::new(),
            rows: Vec::new(),
            empty: None,
            pager: None,
        }
    }
}

/// What is said of a tick that was not saved.
fn mistake(refused: &Refused) -> Mistake {
    let said = |id: &i64, text: String| Mistake::impossible(&format!("t{id}"), text);
    match refused {
        Refused::Gone(id) => said(id, format!("Task {id} is gone: somebody removed it")),
        Refused::NotFree(id, title, why) => {
            let units = why.lines.first().map(|line| {
                let (needs, free) = (words::count(line.requested, "unit"), number(line.free));
                format!("it would take {needs} out of use, and {free} can be had")
            });
            let units = units.unwrap_or_else(|| "its units are booked".to_owned());
            said(id, format!("“{title}” stays done: {units}"))
        }
        Refused::Other(id, title, detail) => said(id, format!("“{title}” stays as it was: {detail}")),
    }
}

fn count(listed: &Listed) -> Option<String> {
    let total = listed.tasks.total?;
    if total == 0 {
        return None;
    }
    let said = match listed.open.and_then(|open| Some((open, total.checked_sub(open)?))) {
        Some((open, done)) => format!("{} open, {} done", number(open), number(done)),
        None => words::count(total, "task"),
    };
    Some(format!("{said}, newest first"))
}

impl Row {
    fn new(task: &Task, listed: &Listed, times: &Writer) -> Self {
        let name = |id: i64| listed.names.get(&id).cloned().unwrap_or_else(|| format!("Hardware {id}"));
        let link = |id: i64| LinkView { href: format!("/hardware/{id}"), text: name(id) };
        let window = task.starts_at.map(|from| window(task, from, times));
        Self {
            id: task.id,
            title: task.title.clone(),
            text: task.text.clone(),
            done: task.done,
            about: task.hardware.is_some() || window.is_some(),
            hardware: task.hardware.map(link),
            maintenance: task.qty.is_some() && task.hardware.is_some() && window.is_some(),
            window,
            created: times.utc(task.created_at),
        }
    }
}

/// `2 units, Sat 13 Jun, 08:00 to 18:00`, or `from Wed 10 Jun, 18:00, open end`
fn window(task: &Task, from: DateTime<Utc>, times: &Writer) -> String {
    let units = task.qty.map(|qty| format!("{}, ", words::count(qty, "unit"))).unwrap_or_default();
    let start = times.date_time(from).text;
    match task.ends_at {
        Some(to) => format!("{units}{start} to {}", times.end(from, to).text),
        None => format!("{units}from {start}, open end"),
    }
}

impl Pager {
    fn new(listed: &Listed) -> Option<Self> {
        let first = (!listed.cursor.is_empty()).then_some(PATH);
        let next = listed.tasks.next.as_ref();
        let next = next.map(|cursor| LinkView { href: address(cursor), text: "Next".to_owned() });
        let rows = format!("{} on this page", words::count(listed.tasks.rows.len() as u64, "task"));
        (first.is_some() || next.is_some()).then_some(Self { rows, first, next })
    }
}
