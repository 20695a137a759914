//! How a booking repeats, as the form sends it.

use crate::{calendar::read_date, form::Form, hardware_client::Repeat, search::Mistake};

/// How a booking repeats, as typed. Empty text means "not given".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    /// `day` or `week`; empty: it does not repeat, whatever else is given.
    pub repeat: String,
    /// How often.
    pub count: String,
    /// Until which day.
    pub until: String,
    /// `skip`: leave out what does not fit; else book nothing then.
    pub on_conflict: String,
}

impl Series {
    /// Reads a form.
    #[must_use]
    pub fn read(form: &Form) -> Self {
        let field = |name: &str| form.field(name).to_owned();
        Self {
            repeat: field("repeat"),
            count: field("count"),
            until: field("until"),
            on_conflict: field("conflict"),
        }
    }

    /// Whether it repeats.
    #[must_use]
    pub fn repeats(&self) -> bool {
        !self.repeat.is_empty()
    }

    /// Every field with its name in the form.
    #[must_use]
    pub fn pairs(&self) -> [(&'static str, &str); 4] {
        [
            ("repeat", &self.repeat),
            ("count", &self.count),
            ("until", &self.until),
            ("conflict", &self.on_conflict),
        ]
    }

    /// What to send, `None` where it does not repeat, or everything that is wrong with it.
    ///
    /// # Errors
    /// The mistakes in the order of the form's fields.
    pub fn check(&self) -> Result<Option<Repeat>, Vec<Mistake>> {
        if !self.repeats() {
            return Ok(None);
        }
        let mut mistakes = Vec::new();
        let every = chosen("repeat", "Repeat", &self.repeat, ["day", "week"], &mut mistakes);
        let count = self.check_count(&mut mistakes);
        self.check_until(&mut mistakes);
        let on_conflict = if self.on_conflict.is_empty() { "fail" } else { &self.on_conflict };
        let on_conflict =
            chosen("conflict", "If one does not fit", on_conflict, ["fail", "skip"], &mut mistakes);
        match (every, on_conflict) {
            (Some(every), Some(on_conflict)) if mistakes.is_empty() => {
                let until = (!self.until.is_empty()).then(|| self.until.clone());
                Ok(Some(Repeat { every, count, until, on_conflict }))
            }
            _ => Err(mistakes),
        }
    }

    fn check_count(&self, mistakes: &mut Vec<Mistake>) -> Option<u64> {
        if self.count.is_empty() && self.until.is_empty() {
            mistakes.push(Mistake::impossible("count", "Say how often, or until which day"));
        }
        if self.count.is_empty() {
            return None;
        }
        match self.count.parse::<u64>() {
            Ok(0) => mistakes.push(Mistake::impossible("count", "How often must be at least 1")),
            Ok(count) => return Some(count),
            Err(_) => {
                mistakes.push(Mistake::unreadable("count", "How often must be a whole number, such as 5"));
            }
        }
        None
    }

    fn check_until(&self, mistakes: &mut Vec<Mistake>) {
        if self.until.is_empty() {
            return;
        }
        if !self.count.is_empty() {
            let text = "Say how often or until which day, not both";
            mistakes.push(Mistake::impossible("until", text));
        }
        if read_date(&self.until).is_none() {
            mistakes.push(Mistake::unreadable("until", "Until must be a day, such as 2026-06-11"));
        }
    }
}

/// One of two words.
fn chosen(
    field: &str,
    label: &str,
    word: &str,
    words: [&'static str; 2],
    mistakes: &mut Vec<Mistake>,
) -> Option<&'static str> {
    let found = words.into_iter().find(|known| *known == word);
    if found.is_none() {
        mistakes.push(Mistake::impossible(field, format!("{label}: choose one of the list")));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(repeat: &str, count: &str, until: &str, on_conflict: &str) -> Series {
        let [repeat, count, until, on_conflict] = [repeat, count, until, on_conflict].map(str::to_owned);
        Series { repeat, count, until, on_conflict }
    }

    fn sent(series: &Series) -> serde_json::Value {
        serde_json::to_value(series.check().unwrap()).unwrap()
    }

    #[test]
    fn it_is_sent_as_the_contract_has_it() {
        let counted = sent(&series("day", "5", "", ""));
        assert_eq!(counted, serde_json::json!({ "every": "day", "count": 5, "on_conflict": "fail" }));
        let dated = sent(&series("week", "", "2026-12-24", "skip"));
        assert_eq!(
            dated,
            serde_json::json!({ "every": "week", "until": "2026-12-24", "on_conflict": "skip" })
        );
        assert_eq!(
            series("", "x", "y", "z").check(),
            Ok(None),
            "what does not repeat has nothing to get wrong"
        );
    }

    #[test]
    fn what_cannot_be_is_told_field_by_field() {
        let fields = |series: Series| -> Vec<(String, bool)> {
            series.check().unwrap_err().into_iter().map(|m| (m.field, m.impossible)).collect()
        };
        assert_eq!(fields(series("day", "", "", "")), [("count".into(), true)]);
        assert_eq!(fields(series("day", "5", "2026-12-24", "")), [("until".into(), true)]);
        assert_eq!(fields(series("day", "many", "", "")), [("count".into(), false)]);
        assert_eq!(fields(series("day", "0", "", "")), [("count".into(), true)]);
        assert_eq!(fields(series("day", "", "soon", "")), [("until".into(), false)]);
        let all = fields(series("<script>", "-1", "", "<script>"));
        assert_eq!(all, [("repeat".into(), true), ("count".into(), false), ("conflict".into(), true)]);
    }
}
