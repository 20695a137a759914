//! What a visitor asked for: the window, the units and the filters in a page's URL, kept as typed so that a
//! refused form can show it again, and checked before anybody else is asked.

mod window;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

pub use self::window::{Moment, read_moment, to_instant};
use crate::{
    hardware_client::{ListQuery, instant},
    links,
};

/// Characters of a search or a filter at most; the longest name in a catalogue is shorter.
pub const MAX_TEXT: usize = 200;
/// Units that can be asked for at most.
pub const MAX_UNITS: u64 = 1_000_000;
/// Rows of the catalogue on one page.
pub const ROWS_PER_PAGE: u32 = 50;

/// A page's query as typed. Empty text means "not given".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Start of the window, wall clock in the customer's zone, or with an offset.
    pub from: String,
    /// End of the window.
    pub to: String,
    /// Units wanted.
    pub qty: String,
    /// Text to look for.
    pub q: String,
    /// Exact provider.
    pub provider: String,
    /// Exact category.
    pub category: String,
    /// Exact location.
    pub location: String,
    /// Exact tag, `key=value`.
    pub tag: String,
    /// `true`: only what fits.
    pub free_only: String,
    /// Where the page before this one ended.
    pub cursor: String,
    /// Rows shown on the pages before this one; for the reader only.
    pub seen: String,
}

/// One thing that is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The field, by its name in the URL; empty where no field is to blame.
    pub field: String,
    /// What is wrong, as a sentence that names the field.
    pub text: String,
    /// Whether it could be read, and says something impossible (422), or could not be read (400).
    pub impossible: bool,
}

impl Mistake {
    fn unreadable(field: &str, text: impl Into<String>) -> Self {
        Self { field: field.to_owned(), text: text.into(), impossible: false }
    }

    fn impossible(field: &str, text: impl Into<String>) -> Self {
        Self { field: field.to_owned(), text: text.into(), impossible: true }
    }
}

impl Search {
    /// Reads a URL's query. Of a parameter given twice the first counts; unknown ones are left alone.
    #[must_use]
    pub fn read(query: &str) -> Self {
        let mut search = Self::default();
        for (name, value) in links::read_query(query) {
            if let Some(field) = search.field_mut(&name)
                && field.is_empty()
            {
                value.trim().clone_into(field);
            }
        }
        if search.free_only != "true" {
            search.free_only.clear();
        }
        search
    }

    fn field_mut(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "from" => &mut self.from,
            "to" => &mut self.to,
            "qty" => &mut self.qty,
            "q" => &mut self.q,
            "provider" => &mut self.provider,
            "category" => &mut self.category,
            "location" => &mut self.location,
            "tag" => &mut self.tag,
            "free_only" => &mut self.free_only,
            "cursor" => &mut self.cursor,
            "seen" => &mut self.seen,
            _ => return None,
        })
    }

    /// The same search without one field: what a filter's chip links to. It begins at the first page.
    #[must_use]
    pub fn without(&self, field: &str) -> Self {
        let mut other = self.first_page();
        if let Some(value) = other.field_mut(field) {
            value.clear();
        }
        other
    }

    /// The same search with another value in one field, at the first page.
    #[must_use]
    pub fn with(&self, field: &str, value: &str) -> Self {
        let mut other = self.first_page();
        if let Some(old) = other.field_mut(field) {
            value.clone_into(old);
        }
        other
    }

    /// The same search, at its first page.
    #[must_use]
    pub fn first_page(&self) -> Self {
        Self { cursor: String::new(), seen: String::new(), ..self.clone() }
    }

    /// Only when and how many: what goes from the catalogue to an item and back.
    #[must_use]
    pub fn window_only(&self) -> Self {
        Self { from: self.from.clone(), to: self.to.clone(), qty: self.qty.clone(), ..Self::default() }
    }

    /// The link to `path` that asks this.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        links::link(
            path,
            &[
                ("from", &self.from),
                ("to", &self.to),
                ("qty", &self.qty),
                ("q", &self.q),
                ("provider", &self.provider),
                ("category", &self.category),
                ("location", &self.location),
                ("tag", &self.tag),
                ("free_only", &self.free_only),
                ("cursor", &self.cursor),
                ("seen", &self.seen),
            ],
        )
    }

    /// Whether only what fits is asked for.
    #[must_use]
    pub fn free_only(&self) -> bool {
        self.free_only == "true"
    }

    /// Whether anything narrows the list.
    #[must_use]
    pub fn has_filters(&self) -> bool {
        self.free_only()
            || [&self.q, &self.provider, &self.category, &self.location, &self.tag]
                .iter()
                .any(|f| !f.is_empty())
    }

    /// Puts an instant into the window's fields, for a link whose window must not move with the clock.
    #[must_use]
    pub fn with_window(&self, (from, to): (DateTime<Utc>, DateTime<Utc>)) -> Self {
        Self { from: instant(from), to: instant(to), ..self.clone() }
    }

    /// The question for the hardware service, or everything that is wrong with what was typed.
    ///
    /// # Errors
    /// The mistakes in the order of the form's fields.
    pub fn check(&self, tz: Tz) -> Result<ListQuery, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let window = self.check_window(tz, &mut mistakes);
        let qty = self.check_units(&mut mistakes);
        self.check_texts(&mut mistakes);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        Ok(ListQuery {
            window,
            qty,
            q: self.q.clone(),
            provider: self.provider.clone(),
            category: self.category.clone(),
            location: self.location.clone(),
            tag: self.tag.clone(),
            free_only: self.free_only(),
            id: None,
            limit: Some(ROWS_PER_PAGE),
            cursor: self.cursor.clone(),
        })
    }

    fn check_window(&self, tz: Tz, mistakes: &mut Vec<Mistake>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        if self.from.is_empty() && self.to.is_empty() {
            return None;
        }
        let from = window::check_moment("from", "From", &self.from, tz);
        let to = window::check_moment("to", "To", &self.to, tz);
        match (from, to) {
            (Ok(from), Ok(to)) if from < to => Some((from, to)),
            (Ok(_), Ok(_)) => {
                mistakes.push(Mistake::impossible("to", "To must be after From"));
                None
            }
            (from, to) => {
                mistakes.extend(from.err());
                mistakes.extend(to.err());
                None
            }
        }
    }

    fn check_units(&self, mistakes: &mut Vec<Mistake>) -> Option<u64> {
        if self.qty.is_empty() {
            return None;
        }
        match self.qty.parse::<i128>() {
            Err(_) => mistakes.push(Mistake::unreadable("qty", "Units must be a whole number, such as 1")),
            Ok(n) => match u64::try_from(n) {
                Ok(n) if (1..=MAX_UNITS).contains(&n) => return Some(n),
                _ => mistakes.push(Mistake::impossible("qty", "Units must be between 1 and 1,000,000")),
            },
        }
        None
    }

    fn check_texts(&self, mistakes: &mut Vec<Mistake>) {
        let texts = [
            ("q", "Search", &self.q),
            ("provider", "Provider", &self.provider),
            ("category", "Category", &self.category),
            ("location", "Location", &self.location),
            ("tag", "Tag", &self.tag),
        ];
        for (field, label, text) in texts {
            if text.chars().count() > MAX_TEXT {
                mistakes
                    .push(Mistake::impossible(field, format!("{label} takes at most {MAX_TEXT} characters")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(query: &str) -> Vec<(String, String, bool)> {
        let found = Search::read(query).check(Tz::Europe__Berlin).unwrap_err();
        found.into_iter().map(|m| (m.field, m.text, m.impossible)).collect()
    }

    #[test]
    fn a_search_survives_its_own_link() {
        let search = Search::read(
            "from=2026-06-11T14:00&to=2026-06-11T18:00&qty=2&q=a%26b&provider=Lab+B2&category=rig&location=x&tag=k%3Dv&free_only=true&cursor=c&seen=50",
        );
        let link = search.link("/");
        assert_eq!(Search::read(link.split_once('?').unwrap().1), search);
    }

    #[test]
    fn empty_and_foreign_parameters_do_not_count_and_of_two_the_first_does() {
        let search = Search::read("q=&provider=+&category=g&category=p&utm_source=x&free_only=perhaps");
        assert_eq!(search, Search { category: "g".into(), ..Search::default() });
        assert!(search.has_filters() && !search.without("category").has_filters());
    }

    #[test]
    fn taking_a_filter_off_begins_at_the_first_page_and_keeps_the_rest() {
        let search = Search::read("q=gpu&provider=Azure&cursor=c&seen=50&qty=2");
        assert_eq!(search.without("q").link("/"), "/?qty=2&provider=Azure");
        assert_eq!(search.with("q", "x").link("/"), "/?qty=2&q=x&provider=Azure");
        assert_eq!(search.window_only().link("/hardware/1"), "/hardware/1?qty=2");
    }

    #[test]
    fn wall_clock_is_the_customers_and_an_offset_wins_over_it() {
        let question =
            Search::read("from=2026-06-11T14:00&to=2026-06-11T16:00:00Z").check(Tz::Europe__Berlin).unwrap();
        assert_eq!(question.to_query(), "from=2026-06-11T12:00:00Z&to=2026-06-11T16:00:00Z&limit=50");
        assert_eq!(Search::default().check(Tz::UTC).unwrap().window, None);
    }

    #[test]
    fn what_cannot_be_is_told_field_by_field() {
        let to_first = mistakes("from=2026-06-11T14:00&to=2026-06-11T14:00");
        assert_eq!(to_first, [("to".into(), "To must be after From".into(), true)]);
        let three = mistakes("from=soon&to=&qty=many");
        assert_eq!(three.iter().map(|m| m.0.as_str()).collect::<Vec<_>>(), ["from", "to", "qty"]);
        assert!(three.iter().all(|m| !m.2 || m.0 == "to"), "{three:?}");
        for qty in ["0", "-3", "1000001", "99999999999999999999999"] {
            assert!(mistakes(&format!("qty={qty}"))[0].2, "{qty} can be read, and is impossible");
        }
        assert_eq!(mistakes(&format!("q={}", "x".repeat(201)))[0].0, "q");
    }
}
