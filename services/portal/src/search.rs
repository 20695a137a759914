//! What a visitor asked for: the window, the units and the filters in a page's URL, kept as typed so that a
//! refused form can show it again, and checked before anybody else is asked.

mod check;
mod window;

use chrono::{DateTime, Utc};

pub use self::{
    check::{Mistake, check_units},
    window::{Moment, check_moment, read_moment, to_instant},
};
use crate::{hardware_client::instant, links};

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
        links::link(path, &self.pairs())
    }

    /// Every field with its name in a URL.
    #[must_use]
    pub fn pairs(&self) -> [(&'static str, &str); 11] {
        [
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
        ]
    }

    /// Whether only what fits is asked for.
    #[must_use]
    pub fn free_only(&self) -> bool {
        self.free_only == "true"
    }

    /// Whether a time was chosen.
    #[must_use]
    pub fn has_window(&self) -> bool {
        !(self.from.is_empty() && self.to.is_empty())
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
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
