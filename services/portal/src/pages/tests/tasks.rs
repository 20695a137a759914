//! The pages about tasks.

use std::collections::BTreeMap;

use poem::Response;
use serde_json::json;

use super::{
    full_row,
    samples::{EVIL, bare_task, full_not_free, full_task},
    visit,
};
use crate::{
    flash::Flash,
    hardware_client::{Failure, NotFree, Tasks},
    pages::{
        new_task::{self, Catalogue},
        tasks::{self, Listed},
    },
    search::Mistake,
    state::App,
    task::TaskForm,
};

pub(super) fn tasks_pages(app: &App) -> Vec<(&'static str, poem::Result<Response>)> {
    let visit = visit(app);
    let tasks = Tasks { rows: vec![full_task(), bare_task()], total: Some(9), next: Some(EVIL.to_owned()) };
    let names = BTreeMap::from([(7, EVIL.to_owned())]);
    let full = Listed { tasks, open: Some(4), names, cursor: EVIL.to_owned() };
    let not_free = |why| tasks::Refused::NotFree(3, EVIL.to_owned(), Box::new(why));
    let not_saved = [
        tasks::Refused::Gone(99),
        not_free(full_not_free()),
        not_free(NotFree::default()),
        tasks::Refused::Other(4, EVIL.to_owned(), EVIL.to_owned()),
    ];
    let mistakes = [Mistake::unreadable("cursor", EVIL)];
    let evil = || EVIL.to_owned();
    let form = TaskForm {
        key: evil(),
        title: evil(),
        text: evil(),
        hardware: "7".to_owned(),
        qty: evil(),
        starts_at: evil(),
        ends_at: evil(),
        force: true,
        again: true,
    };
    let fields = ["title", "text", "hardware", "qty", "starts_at", "ends_at", "key"];
    let wrong = fields.map(|field| Mistake::impossible(field, EVIL));
    let chosen = json!({ "id": 7, "provider": EVIL, "name": EVIL, "capacity": 4 });
    let catalogue = Catalogue {
        rows: Some(vec![full_row()]),
        total: Some(9),
        chosen: Some(serde_json::from_value(chosen).unwrap()),
    };
    let none = Catalogue::default();
    let lost = |form: &TaskForm, failure| new_task::lost(app, &visit, form, &failure);
    let not_free = |catalogue, why: &NotFree| new_task::not_free(app, &visit, &form, catalogue, why);
    vec![
        ("tasks, full", tasks::answered(app, &visit, &full, Some(Flash::TaskCreated))),
        ("tasks, bare", tasks::answered(app, &visit, &Listed::default(), None)),
        ("tasks, refused", tasks::refused(app, &visit, &mistakes, Some(Flash::TicksSaved))),
        ("tasks, not saved", tasks::not_saved(app, &visit, &full, &not_saved)),
        ("new task, about hardware", new_task::fresh(app, &visit, Some(7), &catalogue)),
        ("new task, mistaken", new_task::mistaken(app, &visit, &form, &catalogue, &wrong)),
        ("new task, not free", not_free(&catalogue, &full_not_free())),
        ("new task, not free, bare", not_free(&none, &NotFree::default())),
        ("new task, not known", lost(&form, Failure::Unknown(EVIL.to_owned()))),
        ("new task, not done", lost(&TaskForm::default(), Failure::Unreachable(EVIL.to_owned()))),
    ]
}
