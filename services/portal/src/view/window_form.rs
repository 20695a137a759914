//! When and how many: the fields that the catalogue and an item's page share, and the links beside them.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::{field::Field, times::Writer, why};
use crate::{
    common_times::common_times,
    search::{Mistake, Search},
};

/// From, to and units.
#[derive(Debug, Serialize)]
pub struct WindowForm {
    from: Field,
    to: Field,
    qty: Field,
    soon: Vec<Soon>,
}

#[derive(Debug, Serialize)]
struct Soon {
    name: &'static str,
    href: String,
    current: bool,
}

/// What a form is filled from.
#[derive(Debug)]
pub struct Filled<'a> {
    /// Where the form leads.
    pub path: &'a str,
    /// What was typed.
    pub search: &'a Search,
    /// The window that the answer is for, where nothing was typed.
    pub window: (DateTime<Utc>, DateTime<Utc>),
    /// What is wrong with what was typed.
    pub mistakes: &'a [Mistake],
    /// The customer's zone.
    pub tz: Tz,
    /// The time.
    pub now: DateTime<Utc>,
}

impl WindowForm {
    /// The form, filled.
    #[must_use]
    pub fn new(filled: &Filled<'_>) -> Self {
        let search = filled.search;
        Self {
            from: time_field("from", &search.from, filled.window.0, filled),
            to: time_field("to", &search.to, filled.window.1, filled),
            qty: Field::units(&search.qty, why("qty", filled.mistakes)),
            soon: soon(filled),
        }
    }
}

fn time_field(name: &str, typed: &str, otherwise: DateTime<Utc>, filled: &Filled<'_>) -> Field {
    let times = Writer::new(filled.tz, filled.now);
    let nothing_typed = filled.search.from.is_empty() && filled.search.to.is_empty();
    Field::time(typed, nothing_typed.then_some(otherwise), &times, why(name, filled.mistakes))
}

fn soon(filled: &Filled<'_>) -> Vec<Soon> {
    let link = |time: crate::common_times::CommonTime| {
        let (from, to) = time.window.unwrap_or_default();
        let current = filled.search.from == from && filled.search.to == to;
        // The first time that is chosen on the catalogue's page lists only what is free then.
        let first = filled.path == "/" && !filled.search.has_window() && !from.is_empty();
        let search = Search { from, to, ..filled.search.first_page() };
        let search = if first { search.with("free_only", "true") } else { search };
        Soon { name: time.name, href: search.link(filled.path), current }
    };
    common_times(filled.now, filled.tz).into_iter().map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(query: &str) -> WindowForm {
        let search = Search::read(query);
        let mistakes = search.check(Tz::Europe__Berlin).err().unwrap_or_default();
        let now = "2026-06-11T11:42:07Z".parse().unwrap();
        let window = (now, "2026-06-11T12:42:07Z".parse().unwrap());
        WindowForm::new(&Filled {
            path: "/",
            search: &search,
            window,
            mistakes: &mistakes,
            tz: Tz::Europe__Berlin,
            now,
        })
    }

    #[test]
    fn an_untouched_form_shows_the_window_of_the_answer() {
        let form = form("q=gpu&cursor=c");
        assert_eq!(
            (form.from.value.as_str(), form.to.value.as_str()),
            ("2026-06-11T13:42", "2026-06-11T14:42")
        );
        assert_eq!((form.qty.value.as_str(), form.qty.kind), ("1", "number"));
        assert!(form.soon[0].current && form.soon[0].href == "/?q=gpu");
    }

    #[test]
    fn an_instant_in_the_url_is_shown_as_wall_clock() {
        let form = form("from=2026-06-11T12:00:00Z&to=2026-06-11T18:00");
        assert_eq!(
            (form.from.value.as_str(), form.to.value.as_str()),
            ("2026-06-11T14:00", "2026-06-11T18:00")
        );
    }

    #[test]
    fn the_link_of_the_window_that_is_shown_is_marked() {
        let form = form("from=2026-06-12T08:00&to=2026-06-12T18:00");
        let current: Vec<_> = form.soon.iter().filter(|s| s.current).map(|s| s.name).collect();
        assert_eq!(current, ["Tomorrow"]);
    }

    #[test]
    fn the_first_time_that_is_chosen_lists_what_is_free_and_a_later_one_what_was_chosen() {
        let tomorrow =
            |query: &str| form(query).soon.into_iter().find(|s| s.name == "Tomorrow").unwrap().href;
        let window = "/?from=2026-06-12T08:00&to=2026-06-12T18:00";
        assert_eq!(tomorrow(""), format!("{window}&free_only=true"));
        assert_eq!(tomorrow("from=2026-06-11T14:00&to=2026-06-11T18:00"), window);
    }

    #[test]
    fn what_was_typed_wrongly_stays_visible_with_its_reason() {
        let form = form("from=soon&to=2026-06-11T14:00&qty=many");
        assert_eq!((form.from.kind, form.from.value.as_str()), ("text", "soon"));
        assert_eq!((form.qty.kind, form.qty.value.as_str()), ("text", "many"));
        assert!(form.from.why.is_some() && form.to.why.is_none() && form.qty.why.is_some());
    }
}
