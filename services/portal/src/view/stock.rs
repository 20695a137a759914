//! Rows of the catalogue, grouped by provider.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::{
    level::Amount,
    times::{TimeView, Writer},
};
use crate::{
    hardware_client::{Facet, Hardware},
    search::Search,
    view::words::number,
};

/// One provider's rows on this page.
#[derive(Debug, Serialize)]
pub struct Group {
    /// Whose they are.
    pub provider: String,
    /// `14 in all, 11 on this page`.
    pub note: String,
    /// In order of id.
    pub rows: Vec<Row>,
}

/// One line of the catalogue.
#[derive(Debug, Serialize)]
pub struct Row {
    href: String,
    name: String,
    description: Option<String>,
    category: Option<String>,
    amount: Amount,
    next: Next,
    go: Go,
}

/// The way to the booking form of one line.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Go {
    href: String,
    text: &'static str,
    /// What it is about, for those who hear it without the row around it.
    about: String,
    /// Not in the window that was asked for.
    later: bool,
}

impl Go {
    fn new(row: &Hardware, Shown { search, window, times, .. }: &Shown<'_>) -> Self {
        let asked = search.window_only();
        let path = format!("/hardware/{}", row.id);
        match row.next_free_at {
            _ if row.fits => {
                let href = format!("{}#book", asked.link(&path));
                Self { href, text: "Book", about: format!(" {}", row.name), later: false }
            }
            Some(at) => {
                let start = whole_minute(at);
                let end = start + (window.1 - window.0);
                let then = asked.with("from", &times.input(start)).with("to", &times.input(end));
                let about = format!(": {}, {}", row.name, times.date_time(start).text);
                Self { href: format!("{}#book", then.link(&path)), text: "Book then", about, later: true }
            }
            None => {
                let about = format!(": {}", row.name);
                Self { href: asked.link(&path), text: "See why", about, later: true }
            }
        }
    }
}

/// A form holds minutes: the next one, where `at` is between two.
fn whole_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    at + TimeDelta::seconds((60 - at.timestamp().rem_euclid(60)) % 60)
}

/// When it is free next.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Next {
    /// It fits from the window's start: `from 14:00`, said softly.
    pub at_once: bool,
    /// `None`: not in 90 days.
    pub time: Option<TimeView>,
}

impl Next {
    /// `from` is the start of the window that was asked for.
    #[must_use]
    pub fn new(next_free_at: Option<DateTime<Utc>>, from: DateTime<Utc>, times: &Writer) -> Self {
        match next_free_at {
            Some(at) if at <= from => Self { at_once: true, time: Some(times.hour(from)) },
            Some(at) => Self { at_once: false, time: Some(times.date_time(at)) },
            None => Self { at_once: false, time: None },
        }
    }
}

/// What a list of rows is shown for.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The search behind it.
    pub search: &'a Search,
    /// Its window.
    pub window: (DateTime<Utc>, DateTime<Utc>),
    /// The providers of the whole catalogue; empty where they are not known.
    pub providers: &'a [Facet],
    /// How to write a time.
    pub times: &'a Writer,
}

/// Groups `rows` by provider, in the order in which the providers come up.
#[must_use]
pub fn groups(rows: Vec<Hardware>, shown: &Shown<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let at = groups.iter().position(|g| g.provider == row.provider).unwrap_or_else(|| {
            groups.push(Group { provider: row.provider.clone(), note: String::new(), rows: Vec::new() });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(at) {
            group.rows.push(row_view(row, shown));
        }
    }
    for group in &mut groups {
        group.note = note(group, shown);
    }
    groups
}

fn row_view(row: Hardware, shown: &Shown<'_>) -> Row {
    Row {
        href: shown.search.window_only().link(&format!("/hardware/{}", row.id)),
        amount: Amount::of(&row),
        next: Next::new(row.next_free_at, shown.window.0, shown.times),
        go: Go::new(&row, shown),
        name: row.name,
        description: row.description.filter(|text| !text.is_empty()),
        category: row.category.filter(|text| !text.is_empty()),
    }
}

/// The catalogue's count is only comparable while nothing narrows the list.
fn note(group: &Group, shown: &Shown<'_>) -> String {
    let here = group.rows.len() as u64;
    let known = shown.providers.iter().find(|f| f.value == group.provider && !shown.search.has_filters());
    match known.map(|facet| facet.count) {
        Some(all) if all == here => format!("{} in all", number(here)),
        Some(all) if all > here => format!("{} in all, {} on this page", number(all), number(here)),
        _ => format!("{} on this page", number(here)),
    }
}
