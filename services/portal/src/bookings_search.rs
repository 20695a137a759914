//! Which bookings a visitor asks for, in the URL of the list.

use chrono::{DateTime, Utc};

use crate::{
    hardware_client::{BookingsQuery, State, instant},
    links,
    search::{MAX_TEXT, Mistake, ROWS_PER_PAGE},
};

/// The word for bookings in any state.
pub const ANY_STATE: &str = "any";
/// What is asked for where no state is named, besides that it is not over.
const LIVE: &str = "confirmed,out";

/// The list's query as typed. Empty text means "not given".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BookingsSearch {
    /// For this user, word for word.
    pub user: String,
    /// A state, [`ANY_STATE`], or nothing for what is coming and running.
    pub state: String,
    /// Of this hardware.
    pub hardware: String,
    /// Of this series.
    pub series: String,
    /// The instant that counts as now: the pages of one list have the same.
    pub from: String,
    /// Where the page before this one ended.
    pub cursor: String,
}

impl BookingsSearch {
    /// Reads a URL's query. Of a parameter given twice the first counts; unknown ones are left alone.
    #[must_use]
    pub fn read(query: &str) -> Self {
        let pairs = links::read_query(query);
        let field = |wanted: &str| {
            let value = pairs.iter().find(|(name, value)| name == wanted && !value.trim().is_empty());
            value.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        Self {
            user: field("user"),
            state: field("state"),
            hardware: field("hardware"),
            series: field("series"),
            from: field("from"),
            cursor: field("cursor"),
        }
    }

    /// The question for the service at `now`, or everything that is wrong with what was typed.
    ///
    /// # Errors
    /// The mistakes in the order of the form's fields.
    pub fn check(&self, now: DateTime<Utc>) -> Result<BookingsQuery, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        if self.user.chars().count() > MAX_TEXT {
            mistakes.push(Mistake::impossible("user", format!("Who takes at most {MAX_TEXT} characters")));
        }
        if !self.state.is_empty() && self.state != ANY_STATE && self.named_state().is_none() {
            mistakes.push(Mistake::impossible("state", "State must be one of the list"));
        }
        let mut id = |field: &str, typed: &str, text: &str| {
            let id: Option<i64> = typed.parse().ok();
            if id.is_none() && !typed.is_empty() {
                mistakes.push(Mistake::unreadable(field, text));
            }
            id
        };
        let hardware =
            id("hardware", &self.hardware, "Hardware must be the number of a line of the catalogue");
        let series = id("series", &self.series, "Series must be the number of a series");
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        Ok(BookingsQuery {
            hardware,
            series,
            user: self.user.clone(),
            state: self.states(),
            from: if self.is_live() { instant(self.pinned().unwrap_or(now)) } else { String::new() },
            to: String::new(),
            limit: ROWS_PER_PAGE,
            cursor: self.cursor.clone(),
        })
    }

    fn states(&self) -> String {
        let named = self.named_state().map(State::word);
        named.unwrap_or(if self.is_live() { LIVE } else { "" }).to_owned()
    }

    /// The state that is asked for, where it is one.
    #[must_use]
    pub fn named_state(&self) -> Option<State> {
        State::ALL.into_iter().find(|state| state.word() == self.state)
    }

    /// What is coming and running is asked for.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.state.is_empty()
    }

    /// Anything narrows the list.
    #[must_use]
    pub fn has_filters(&self) -> bool {
        !(self.user.is_empty() && self.state.is_empty() && self.hardware.is_empty() && self.series.is_empty())
    }

    fn pinned(&self) -> Option<DateTime<Utc>> {
        self.from.parse().ok()
    }

    /// The link to this list's first page.
    #[must_use]
    pub fn first_page(&self) -> String {
        Self { cursor: String::new(), from: String::new(), ..self.clone() }.link()
    }

    /// The link to the page behind `cursor`, of the list as it was at `now`.
    #[must_use]
    pub fn next_page(&self, cursor: &str, now: DateTime<Utc>) -> String {
        let from = if self.is_live() { instant(self.pinned().unwrap_or(now)) } else { String::new() };
        Self { cursor: cursor.to_owned(), from, ..self.clone() }.link()
    }

    /// The link that asks this.
    #[must_use]
    pub fn link(&self) -> String {
        let fields = [
            ("user", self.user.as_str()),
            ("state", &self.state),
            ("hardware", &self.hardware),
            ("series", &self.series),
            ("from", &self.from),
            ("cursor", &self.cursor),
        ];
        links::link("/reservations", &fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-06-11T11:42:07Z".parse().unwrap()
    }

    fn question(query: &str) -> String {
        BookingsSearch::read(query).check(now()).unwrap().to_query()
    }

    #[test]
    fn without_a_state_it_is_what_is_coming_and_running() {
        assert_eq!(question(""), "state=confirmed,out&from=2026-06-11T11:42:07Z&limit=50");
        assert_eq!(
            question("state=&user=+ada+"),
            "user=ada&state=confirmed,out&from=2026-06-11T11:42:07Z&limit=50"
        );
        assert_eq!(question("state=no_show&hardware=7"), "hardware=7&state=no_show&limit=50");
        assert_eq!(question("state=any"), "limit=50");
    }

    #[test]
    fn the_pages_of_one_list_have_the_same_now() {
        let next = BookingsSearch::read("user=ada").next_page("c/1", now());
        assert_eq!(next, "/reservations?user=ada&from=2026-06-11T11:42:07Z&cursor=c/1");
        let later = BookingsSearch::read(next.split_once('?').unwrap().1);
        let asked = later.check(now() + chrono::TimeDelta::hours(1)).unwrap();
        assert_eq!((asked.from.as_str(), asked.cursor.as_str()), ("2026-06-11T11:42:07Z", "c/1"));
        assert_eq!(later.first_page(), "/reservations?user=ada");
    }

    #[test]
    fn what_cannot_be_is_told_all_at_once() {
        let long = format!("user={}&state=gone&hardware=c5", "x".repeat(201));
        let found = BookingsSearch::read(&long).check(now()).unwrap_err();
        assert_eq!(found.iter().map(|m| m.field.as_str()).collect::<Vec<_>>(), ["user", "state", "hardware"]);
        assert!(BookingsSearch::read("from=never").check(now()).is_ok(), "a moved now is not worth an error");
    }
}
