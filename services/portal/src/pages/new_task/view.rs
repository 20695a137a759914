//! What `task-new.hbs` prints.

use serde::Serialize;

use super::{
    PATH, address,
    choices::{Catalogue, Choices},
};
use crate::{
    hardware_client::NotFree,
    search::{MAX_UNITS, Mistake},
    state::App,
    task::{MAX_TITLE, TaskForm},
    view::{
        Errors, Hidden, LinkView,
        blocked::Blocked,
        field::Field,
        layout::{Here, Layout},
        times::Writer,
        why, words,
    },
    visit::Visit,
};

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct NewTaskPage {
    layout: Layout,
    errors: Option<Errors>,
    hidden: Vec<Hidden>,
    title: Field,
    text: Field,
    most: usize,
    /// Something of maintenance is filled or wrong.
    open: bool,
    hardware: Choices,
    qty: Field,
    most_units: u64,
    starts_at: Field,
    ends_at: Field,
    /// Who has the units that it would take.
    blocked: Vec<Blocked>,
    /// They can be taken all the same.
    force: bool,
    /// It was sent and refused: the browser shall not stand in the way of what is said about it.
    refused: bool,
}

impl NewTaskPage {
    /// An untouched form.
    pub(super) fn fresh(app: &App, visit: &Visit, form: &TaskForm, catalogue: &Catalogue) -> Self {
        Self::filled(app, visit, form, catalogue, &[], "New task")
    }

    /// The form as it was typed, with what is wrong with it, under a key of its own.
    pub(super) fn mistaken(
        app: &App,
        visit: &Visit,
        form: &TaskForm,
        catalogue: &Catalogue,
        mistakes: &[Mistake],
    ) -> Self {
        let errors = Errors::new("The task was not saved", mistakes, place);
        let page = Self::filled(app, visit, &form.anew(), catalogue, mistakes, "Error: New task");
        Self { errors, refused: true, ..page }
    }

    /// The form as it was typed, with who has the units that it would take.
    pub(super) fn not_free(
        app: &App,
        visit: &Visit,
        form: &TaskForm,
        catalogue: &Catalogue,
        why: &NotFree,
    ) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let errors = Errors::ways_out("The task was not saved", lead(why, &times), ways_out(why));
        let page = Self::filled(app, visit, &form.anew(), catalogue, &[], "Error: New task");
        let blocked = Blocked::of(why, &times);
        Self { errors: Some(errors), blocked, force: true, refused: true, ..page }
    }

    /// The form as it was typed and under its key, where nobody said whether it was saved.
    pub(super) fn lost(app: &App, visit: &Visit, form: &TaskForm) -> Self {
        let ways = || vec![LinkView { href: "/tasks".to_owned(), text: "Look at the list first".to_owned() }];
        let unknown = "It is not known whether the task was saved";
        let (heading, said, ways) = match (form.again, form.key.is_empty()) {
            (false, _) => (
                "The task was not saved",
                "The hardware service behind the portal does not answer. What you typed is kept here: send it again \
                 in a moment.",
                Vec::new(),
            ),
            (true, false) => (
                unknown,
                "The hardware service did not say what became of it. Send it again as it is: it is saved only once, \
                 however often it is sent.",
                ways(),
            ),
            (true, true) => (
                unknown,
                "The hardware service did not say what became of it. Sent again it may be there twice.",
                ways(),
            ),
        };
        let errors = Errors::ways_out(heading, said.to_owned(), ways);
        let page = Self::filled(app, visit, form, &Catalogue::default(), &[], "Error: New task");
        Self { errors: Some(errors), refused: true, ..page }
    }

    fn filled(
        app: &App,
        visit: &Visit,
        form: &TaskForm,
        catalogue: &Catalogue,
        mistakes: &[Mistake],
        title: &str,
    ) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let hardware = form.hardware_id();
        let visit = visit.clone().back_to(hardware.map_or_else(|| PATH.to_owned(), address));
        let about = ["hardware", "qty", "starts_at", "ends_at"];
        let wrong = mistakes.iter().any(|mistake| about.contains(&mistake.field.as_str()));
        let again = form.again.then(|| Hidden::new("again", "1"));
        let key = (!form.key.is_empty()).then(|| Hidden::new("key", form.key.as_str()));
        let time = |name, typed: &str| Field::time(typed, None, &times, why(name, mistakes));
        Self {
            layout: Layout::new(title, Here::BelowTasks, &visit, app, &times),
            errors: None,
            hidden: key.into_iter().chain(again).collect(),
            title: Field::text(&form.title, why("title", mistakes)),
            text: Field::text(&form.text, why("text", mistakes)),
            most: MAX_TITLE,
            open: !form.hardware.is_empty() || form.is_maintenance() || wrong,
            hardware: Choices::new(catalogue, hardware, why("hardware", mistakes)),
            qty: Field::number(&form.qty, why("qty", mistakes)),
            most_units: MAX_UNITS,
            starts_at: time("starts_at", &form.starts_at),
            ends_at: time("ends_at", &form.ends_at),
            blocked: Vec::new(),
            force: false,
            refused: false,
        }
    }
}

/// Where a field can be put right.
fn place(field: &str) -> Option<String> {
    match field {
        "title" | "text" | "hardware" => Some(format!("#{field}")),
        "qty" => Some("#m-qty".to_owned()),
        "starts_at" => Some("#m-from".to_owned()),
        "ends_at" => Some("#m-to".to_owned()),
        _ => None,
    }
}

/// What it would take, what there is, and when it would fit.
fn lead(why: &NotFree, times: &Writer) -> String {
    let Some(line) = why.lines.first() else {
        return "There are too few units at that time. You can".to_owned();
    };
    let units = words::count(line.requested, "unit");
    let told = if line.requested > line.capacity {
        let all = words::number(line.capacity);
        format!("It would take {units} of {} out of use, and there are only {all} in all.", line.name)
    } else {
        let free = words::number(line.free);
        format!("It would take {units} of {} out of use, and {free} can be had all that time.", line.name)
    };
    let fits = why.alternatives.first().map(|span| {
        let (from, to) = (times.date_time(span.starts_at), times.end(span.starts_at, span.ends_at));
        format!(" It would fit from {} to {}.", from.text, to.text)
    });
    format!("{told}{} You can", fits.unwrap_or_default())
}

fn ways_out(why: &NotFree) -> Vec<LinkView> {
    let way = |href: &str, text: String| LinkView { href: href.to_owned(), text };
    let fewer = why.lines.first().filter(|line| line.free > 0);
    let fewer = fewer.map(|line| way("#m-qty", format!("take {} or fewer", words::count(line.free, "unit"))));
    let others = [
        way("#m-from", "choose another time".to_owned()),
        way("#force", "do it anyway, over what is booked".to_owned()),
    ];
    fewer.into_iter().chain(others).collect()
}
