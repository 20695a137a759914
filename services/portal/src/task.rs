//! What a visitor wants noted, as the form sends it: kept as typed, so that a form that was refused can show it
//! again.

use crate::{form::Form, hardware_client::NewTask, search::Mistake, view::words};

/// Characters of a title at most.
pub const MAX_TITLE: usize = 60;
/// Characters of a text at most, as the service takes it.
const MAX_TEXT: usize = 10_000;
/// Bytes of a form: a text of [`MAX_TEXT`] characters may be twelve times as long when escaped.
pub const MAX_FORM_BYTES: usize = 128 << 10;

/// The form of a new task. Empty text means "not given".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskForm {
    /// What, in a few words.
    pub title: String,
    /// What, in full.
    pub text: String,
}

impl TaskForm {
    /// Reads a form. Browsers send every line break as two characters, which would count twice.
    #[must_use]
    pub fn read(form: &Form) -> Self {
        Self { title: form.field("title").to_owned(), text: form.field("text").replace("\r\n", "\n") }
    }

    /// What to send, or the first thing that keeps it from being sent, the title's first.
    ///
    /// # Errors
    /// That mistake.
    pub fn check(&self) -> Result<NewTask, Mistake> {
        check("title", "Title", &self.title, MAX_TITLE)?;
        check("text", "Text", &self.text, MAX_TEXT)?;
        Ok(NewTask { title: self.title.clone(), text: self.text.clone() })
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
    use super::*;

    fn told(title: &str, text: &str) -> Result<NewTask, (String, String)> {
        let form = TaskForm { title: title.to_owned(), text: text.to_owned() };
        form.check().map_err(|mistake| (mistake.field, mistake.text))
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

    #[tokio::test]
    async fn blanks_alone_are_nothing_and_a_line_break_is_one_character() {
        let read = async |body: &'static str| {
            TaskForm::read(&Form::read(poem::Body::from(body), 100).await.unwrap())
        };
        assert_eq!(read("title=+%09+&text=%0D%0A").await, TaskForm::default());
        assert_eq!(read("title=+a+&text=b%0D%0Ac").await.text, "b\nc");
    }
}
