//! What `task-new.hbs` prints.

use serde::Serialize;

use super::PATH;
use crate::{
    search::Mistake,
    state::App,
    task::{MAX_TITLE, TaskForm},
    view::{
        Errors, LinkView,
        field::Field,
        layout::{Here, Layout},
        times::Writer,
        why,
    },
    visit::Visit,
};

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct NewTaskPage {
    layout: Layout,
    errors: Option<Errors>,
    title: Field,
    text: Field,
    most: usize,
    /// It was sent and refused: the browser shall not stand in the way of what is said about it.
    refused: bool,
}

impl NewTaskPage {
    /// An untouched form.
    pub(super) fn fresh(app: &App, visit: &Visit) -> Self {
        Self::filled(app, visit, &TaskForm::default(), &[], "New task")
    }

    /// The form as it was typed, with what is wrong with it.
    pub(super) fn mistaken(app: &App, visit: &Visit, form: &TaskForm, mistakes: &[Mistake]) -> Self {
        let place = |field: &str| matches!(field, "title" | "text").then(|| format!("#{field}"));
        let errors = Errors::new("The task was not saved", mistakes, place);
        Self { errors, refused: true, ..Self::filled(app, visit, form, mistakes, "Error: New task") }
    }

    /// The form as it was typed, where nobody said whether it was saved; `known`: it was not.
    pub(super) fn lost(app: &App, visit: &Visit, form: &TaskForm, known: bool) -> Self {
        let link = |text: &str| LinkView { href: "/tasks".to_owned(), text: text.to_owned() };
        let errors = if known {
            let said = "The hardware service behind the portal does not answer. What you typed is kept here: send \
                        it again in a moment.";
            Errors::ways_out("The task was not saved", said.to_owned(), Vec::new())
        } else {
            let said =
                "The hardware service did not say what became of it. Sent again it may be there twice.";
            let ways = vec![link("Look at the list first")];
            Errors::ways_out("It is not known whether the task was saved", said.to_owned(), ways)
        };
        Self { errors: Some(errors), refused: true, ..Self::filled(app, visit, form, &[], "Error: New task") }
    }

    fn filled(app: &App, visit: &Visit, form: &TaskForm, mistakes: &[Mistake], title: &str) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let visit = visit.clone().back_to(PATH);
        Self {
            layout: Layout::new(title, Here::BelowTasks, &visit, app, &times),
            errors: None,
            title: Field::text(&form.title, why("title", mistakes)),
            text: Field::text(&form.text, why("text", mistakes)),
            most: MAX_TITLE,
            refused: false,
        }
    }
}
