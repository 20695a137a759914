//! What is wrong with what was typed, told all at once and before anybody else is asked.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{MAX_TEXT, MAX_UNITS, ROWS_PER_PAGE, Search, window};
use crate::hardware_client::ListQuery;

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
    pub(crate) fn unreadable(field: &str, text: impl Into<String>) -> Self {
        Self { field: field.to_owned(), text: text.into(), impossible: false }
    }

    pub(crate) fn impossible(field: &str, text: impl Into<String>) -> Self {
        Self { field: field.to_owned(), text: text.into(), impossible: true }
    }
}

impl Search {
    /// The question for the hardware service, or everything that is wrong with what was typed.
    ///
    /// # Errors
    /// The mistakes in the order of the form's fields.
    pub fn check(&self, tz: Tz) -> Result<ListQuery, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let window = self.check_window(tz, &mut mistakes);
        let qty = check_units(&self.qty, &mut mistakes);
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
            ids: Vec::new(),
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

/// A number of units, where one is given and is one.
pub fn check_units(text: &str, mistakes: &mut Vec<Mistake>) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    match text.parse::<i128>() {
        Err(_) => mistakes.push(Mistake::unreadable("qty", "Units must be a whole number, such as 1")),
        Ok(n) => match u64::try_from(n) {
            Ok(n) if (1..=MAX_UNITS).contains(&n) => return Some(n),
            _ => mistakes.push(Mistake::impossible("qty", "Units must be between 1 and 1,000,000")),
        },
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(query: &str) -> Vec<(String, String, bool)> {
        let found = Search::read(query).check(Tz::Europe__Berlin).unwrap_err();
        found.into_iter().map(|m| (m.field, m.text, m.impossible)).collect()
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
