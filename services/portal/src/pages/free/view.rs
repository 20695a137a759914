//! What `free.hbs` prints.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::list::List;
use crate::{
    hardware_client::{Facet, Facets, Listing},
    search::{MAX_TEXT, Mistake, Search},
    state::App,
    view::{
        Errors,
        layout::{Here, Layout},
        results,
        times::{TimeView, Writer},
        why,
        window_form::{Filled, WindowForm},
        words,
    },
    visit::Visit,
};

/// Choices that a select offers at most: what follows is named as a number.
const MAX_OPTIONS: usize = 500;

/// The window of a list that names none.
const DEFAULT_WINDOW: TimeDelta = TimeDelta::hours(1);

/// What the hardware service answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) listing: Listing,
    pub(super) facets: Facets,
    /// The window that the service used, or the one it must have used.
    pub(super) window: (DateTime<Utc>, DateTime<Utc>),
}

impl Answer {
    pub(super) fn new(listing: Listing, facets: Facets, now: DateTime<Utc>) -> Self {
        let window = listing.window.unwrap_or((now, now + DEFAULT_WINDOW));
        Self { listing, facets, window }
    }
}

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct FreePage {
    layout: Layout,
    errors: Option<Errors>,
    heading: Option<Heading>,
    /// No time was chosen yet.
    untimed: bool,
    form: WindowForm,
    filters: Filters,
    list: Option<List>,
}

/// `Thu 11 Jun 2026, 14:00 to 18:00, 4 hours, at least 1 unit`
#[derive(Debug, Serialize)]
struct Heading {
    from: TimeView,
    to: TimeView,
    length: String,
    units: String,
}

#[derive(Debug, Serialize)]
struct Filters {
    /// How many are in use.
    set: usize,
    /// Unfolded on a phone, because something in it is wrong.
    open: bool,
    q: String,
    q_why: Option<String>,
    max_text: usize,
    selects: Vec<Select>,
    /// There is a third select.
    third: bool,
    free_only: bool,
    tag: String,
}

#[derive(Debug, Serialize)]
struct Select {
    name: &'static str,
    label: &'static str,
    any: &'static str,
    options: Vec<Choice>,
    more: Option<String>,
    why: Option<String>,
}

#[derive(Debug, Serialize)]
struct Choice {
    value: String,
    selected: bool,
}

impl FreePage {
    /// The page with an answer on it.
    pub(super) fn answered(app: &App, visit: &Visit, search: &Search, answer: Answer) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let filled =
            Filled { path: "/", search, window: answer.window, mistakes: &[], tz: app.tz, now: visit.now };
        Self {
            layout: Layout::new("What is free?", Here::Free, visit, app, &times),
            errors: None,
            heading: Some(Heading::new(search, answer.window, &times)),
            untimed: !search.has_window(),
            form: WindowForm::new(&filled),
            filters: Filters::new(search, &answer.facets, &[]),
            list: Some(List::new(search, answer, &times)),
        }
    }

    /// The page that says what is wrong with what was typed, and shows it again.
    pub(super) fn refused(
        app: &App,
        visit: &Visit,
        search: &Search,
        mistakes: &[Mistake],
        facets: &Facets,
    ) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let window = (visit.now, visit.now + DEFAULT_WINDOW);
        let filled = Filled { path: "/", search, window, mistakes, tz: app.tz, now: visit.now };
        Self {
            layout: Layout::new("Error: What is free?", Here::Free, visit, app, &times),
            errors: Errors::new("This could not be looked up", mistakes, |field| place(search, field)),
            heading: None,
            untimed: false,
            form: WindowForm::new(&filled),
            filters: Filters::new(search, facets, mistakes),
            list: None,
        }
    }
}

/// The field itself; what has none on the page is taken off.
fn place(search: &Search, field: &str) -> Option<String> {
    match field {
        "from" | "to" | "qty" | "q" | "provider" | "category" | "location" => Some(format!("#{field}")),
        "tag" | "cursor" => Some(search.without(field).link("/")),
        _ => None,
    }
}

impl Heading {
    fn new(search: &Search, (from, to): (DateTime<Utc>, DateTime<Utc>), times: &Writer) -> Self {
        let units = search.qty.parse().unwrap_or(1);
        Self {
            from: times.full(from),
            to: times.end(from, to),
            length: words::duration(u64::try_from((to - from).num_seconds()).unwrap_or(0)),
            units: format!("at least {}", words::count(units, "unit")),
        }
    }
}

impl Filters {
    fn new(search: &Search, facets: &Facets, mistakes: &[Mistake]) -> Self {
        let select = |name, label, any, value: &str, facets: &[Facet]| Select {
            name,
            label,
            any,
            options: choices(value, facets),
            more: facets
                .len()
                .checked_sub(MAX_OPTIONS + 1)
                .map(|n| format!("and {} more", words::number(n as u64 + 1))),
            why: why(name, mistakes),
        };
        let mut selects = vec![
            select("provider", "Provider", "Any provider", &search.provider, &facets.providers),
            select("category", "Category", "Any category", &search.category, &facets.categories),
        ];
        if !facets.locations.is_empty() || !search.location.is_empty() {
            selects.push(select("location", "Location", "Any location", &search.location, &facets.locations));
        }
        Self {
            set: results::filters(search).len(),
            open: mistakes.iter().any(|m| !matches!(m.field.as_str(), "from" | "to" | "qty")),
            q: search.q.clone(),
            q_why: why("q", mistakes),
            max_text: MAX_TEXT,
            third: selects.len() > 2,
            selects,
            // Whoever chooses a time wants to see what is free then, unless they say otherwise.
            free_only: search.free_only() || !search.has_window(),
            tag: search.tag.clone(),
        }
    }
}

/// What is chosen stays a choice, also when the catalogue no longer has it.
fn choices(chosen: &str, facets: &[Facet]) -> Vec<Choice> {
    let mut choices: Vec<Choice> = facets
        .iter()
        .take(MAX_OPTIONS)
        .map(|facet| Choice { value: facet.value.clone(), selected: facet.value == chosen })
        .collect();
    if !chosen.is_empty() && !choices.iter().any(|choice| choice.selected) {
        choices.insert(0, Choice { value: chosen.to_owned(), selected: true });
    }
    choices
}
