//! What a visitor wants noted, as the form sends it: kept as typed, so that a form that was refused can show it
//! again.

use chrono_tz::Tz;

use crate::{
    booking::{INCOMPLETE, fresh_key, is_key},
    form::Form,
    hardware_client::{Adding, NewTask},
    search::{Mistake, check_moment, check_units},
    view::words,
};

/// Characters of a title at most.
pub const MAX_TITLE: usize = 60;
/// Characters of a text at most, as the service takes it.
const MAX_TEXT: usize = 10_000;
/// Bytes of a form: a text of [`MAX_TEXT`] characters may be twelve times as long when escaped.
pub const MAX_FORM_BYTES: usize = 128 << 10;

/// The form of a new task. Empty text means "not given".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskForm {
    /// Made anew for each form that is shown: the same key adds once, however often it is sent.
    pub key: String,
    /// What, in a few words.
    pub title: String,
    /// What, in full.
    pub text: String,
    /// The catalogue's id.
    pub hardware: String,
    /// Units out of use.
    pub qty: String,
    /// From when they are, wall clock in the customer's zone or with an offset.
    pub starts_at: String,
    /// Until when; empty: until the task is done.
    pub ends_at: String,
    /// Also where they are booked.
    pub force: bool,
    /// It was sent before, and nobody knows what became of that.
    pub again: bool,
}

impl TaskForm {
    /// Reads a form. Browsers send every line break as two characters, which would count twice.
    #[must_use]
    pub fn read(form: &Form) -> Self {
        let field = |name: &str| form.field(name).to_owned();
        Self {
            key: field("key"),
            title: field("title"),
            text: field("text").replace("\r\n", "\n"),
            hardware: field("hardware"),
            qty: field("qty"),
            starts_at: field("starts_at"),
            ends_at: field("ends_at"),
            force: form.field("force") == "true",
            again: !form.field("again").is_empty(),
        }
    }

    /// An untouched form, about a hardware if one is named.
    #[must_use]
    pub fn about(hardware: Option<i64>) -> Self {
        let hardware = hardware.map(|id| id.to_string()).unwrap_or_default();
        Self { key: fresh_key(), hardware, ..Self::default() }
    }

    /// The same wish as a form of its own.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self { key: fresh_key(), again: false, ..self.clone() }
    }

    /// How it is to be added.
    #[must_use]
    pub fn adding(&self) -> Adding<'_> {
        Adding { key: &self.key, force: self.force }
    }

    /// The catalogue's id, where it is one.
    #[must_use]
    pub fn hardware_id(&self) -> Option<i64> {
        self.hardware.parse().ok()
    }

    /// Whether anything of maintenance is given.
    #[must_use]
    pub fn is_maintenance(&self) -> bool {
        !(self.qty.is_empty() && self.starts_at.is_empty() && self.ends_at.is_empty())
    }

    /// What to send, times in the customer's zone `tz`, or what keeps it from being sent: of title and text the first,
    /// the title's first, and everything about maintenance.
    ///
    /// # Errors
    /// The mistakes in the order of the form's fields.
    pub fn check(&self, tz: Tz) -> Result<NewTask, Vec<Mistake>> {
        let words = check("title", "Title", &self.title, MAX_TITLE);
        let words = words.and_then(|()| check("text", "Text", &self.text, MAX_TEXT));
        let mut mistakes: Vec<Mistake> = words.err().into_iter().collect();
        // A form of somebody else's may have no key at all.
        if !self.key.is_empty() && !is_key(&self.key) {
            mistakes.push(Mistake::unreadable("key", INCOMPLETE));
        }
        let qty = self.check_maintenance(tz, &mut mistakes);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        Ok(NewTask {
            title: self.title.clone(),
            text: self.text.clone(),
            hardware: self.hardware_id(),
            starts_at: self.starts_at.clone(),
            ends_at: self.ends_at.clone(),
            tz: (!self.starts_at.is_empty()).then(|| tz.name()),
            qty,
        })
    }

    /// Whoever gives a part of it wants all of it, but for an end.
    fn check_maintenance(&self, tz: Tz, mistakes: &mut Vec<Mistake>) -> Option<u64> {
        if !self.hardware.is_empty() && self.hardware_id().is_none() {
            mistakes.push(Mistake::unreadable("hardware", "Hardware must be one of the list"));
        }
        if !self.is_maintenance() {
            return None;
        }
        if self.hardware.is_empty() {
            mistakes.push(Mistake::impossible("hardware", "Hardware is required for maintenance"));
        }
        if self.qty.is_empty() {
            mistakes.push(Mistake::impossible("qty", "Units are required for maintenance"));
        }
        let qty = check_units(&self.qty, mistakes);
        let from = check_moment("starts_at", "From", &self.starts_at, tz);
        let to =
            (!self.ends_at.is_empty()).then(|| check_moment("ends_at", "To", &self.ends_at, tz)).transpose();
        match (from, to) {
            (Ok(from), Ok(Some(to))) if to <= from => {
                mistakes.push(Mistake::impossible("ends_at", "To must be after From"));
            }
            (from, to) => mistakes.extend(from.err().into_iter().chain(to.err())),
        }
        qty
    }
}

fn check(field: &str, label: &str, typed: &str, most: usize) -> Result<(), Mistake> {
    match typed.chars().count() {
        0 => Err(Mistake::impossible(field, format!("{label} is required"))),
        n if n > most => {
            let most = words::number(most as u64);
            Err(Mistake::impossible(field, format!("{label} takes at most {most} characters")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(title: &str, text: &str) -> Result<NewTask, (String, String)> {
        let form = TaskForm { title: title.to_owned(), text: text.to_owned(), ..TaskForm::default() };
        form.check(Tz::UTC).map_err(|mistakes| (mistakes[0].field.clone(), mistakes[0].text.clone()))
    }

    /// A form as far as maintenance goes, and what is wrong with it.
    fn maintenance(
        hardware: &str,
        qty: &str,
        starts_at: &str,
        ends_at: &str,
    ) -> Result<NewTask, Vec<String>> {
        let [hardware, qty, starts_at, ends_at] = [hardware, qty, starts_at, ends_at].map(str::to_owned);
        let [title, text] = ["Lens", "Clean it."].map(str::to_owned);
        let form = TaskForm { title, text, hardware, qty, starts_at, ends_at, ..TaskForm::default() };
        form.check(Tz::Europe__Berlin).map_err(|all| all.into_iter().map(|mistake| mistake.text).collect())
    }

    #[test]
    fn the_title_is_looked_at_first() {
        let mistake = |field: &str, text: &str| Err((field.to_owned(), text.to_owned()));
        assert_eq!(told("", ""), mistake("title", "Title is required"));
        assert_eq!(told("a", ""), mistake("text", "Text is required"));
        assert_eq!(told(&"a".repeat(61), ""), mistake("title", "Title takes at most 60 characters"));
        assert_eq!(told("a", &"b".repeat(10_001)), mistake("text", "Text takes at most 10,000 characters"));
    }

    #[test]
    fn characters_count_and_not_bytes() {
        assert!(told(&"\u{e4}".repeat(60), &"\u{1f527}".repeat(10_000)).is_ok());
    }

    #[test]
    fn only_what_is_given_is_sent_and_times_go_with_their_zone() {
        let sent = |form: Result<NewTask, Vec<String>>| serde_json::to_value(form.unwrap()).unwrap();
        let words = json!({ "title": "Lens", "text": "Clean it." });
        assert_eq!(sent(maintenance("", "", "", "")), words);
        let with = |more: serde_json::Value| {
            let mut all = words.clone();
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        assert_eq!(sent(maintenance("7", "", "", "")), with(json!({ "hardware": 7 })));
        let open = json!({ "hardware": 7, "qty": 2, "starts_at": "2026-06-12T08:00", "tz": "Europe/Berlin" });
        assert_eq!(sent(maintenance("7", "2", "2026-06-12T08:00", "")), with(open));
    }

    #[test]
    fn a_part_of_maintenance_asks_for_the_rest_field_by_field() {
        let all = [
            "Hardware is required for maintenance",
            "Units are required for maintenance",
            "From is required",
        ];
        assert_eq!(maintenance("", "", "", "2026-06-12T08:00").unwrap_err(), all);
        assert_eq!(maintenance("7", "1", "", "").unwrap_err(), ["From is required"]);
        assert_eq!(maintenance("7", "", "2026-06-12T08:00", "").unwrap_err(), all[1..2]);
        assert_eq!(maintenance("x", "", "", "").unwrap_err(), ["Hardware must be one of the list"]);
    }

    #[test]
    fn units_and_times_that_cannot_be_are_told_as_the_booking_form_tells_them() {
        let skipped = "From does not exist in Europe/Berlin: the clocks go forward over it";
        assert_eq!(maintenance("7", "1", "2026-03-29T02:30", "").unwrap_err(), [skipped]);
        let order = maintenance("7", "1", "2026-06-12T08:00", "2026-06-12T08:00").unwrap_err();
        assert_eq!(order, ["To must be after From"]);
        let both = maintenance("7", "0", "soon", "never").unwrap_err();
        assert_eq!(both[0], "Units must be between 1 and 1,000,000");
        assert!(
            both[1].starts_with("From must be a date") && both[2].starts_with("To must be a date"),
            "{both:?}"
        );
    }

    #[test]
    fn a_form_needs_no_key_and_a_key_must_be_one() {
        let form = |key: &str| TaskForm {
            key: key.to_owned(),
            title: "a".into(),
            text: "b".into(),
            ..TaskForm::default()
        };
        assert!(form("").check(Tz::UTC).is_ok() && form("k-1").check(Tz::UTC).is_ok());
        for key in ["a b", "\u{e4}", &"k".repeat(201)] {
            assert_eq!(form(key).check(Tz::UTC).unwrap_err()[0].field, "key", "{key}");
        }
        assert_ne!(form("k-1").anew().key, "k-1");
        assert!(is_key(&TaskForm::about(None).key));
    }

    #[tokio::test]
    async fn blanks_alone_are_nothing_and_a_line_break_is_one_character() {
        let read = async |body: &'static str| {
            TaskForm::read(&Form::read(poem::Body::from(body), 100).await.unwrap())
        };
        assert_eq!(read("title=+%09+&text=%0D%0A").await, TaskForm::default());
        assert_eq!(read("title=+a+&text=b%0D%0Ac").await.text, "b\nc");
        assert!(read("force=true").await.force && !read("force=").await.force);
    }
}
