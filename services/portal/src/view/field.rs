//! One field of a form: what it holds, and what is wrong with it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::times::Writer;
use crate::{
    calendar::read_date,
    search::{Moment, read_moment},
};

/// A field, filled.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// A browser shows only what its input type can hold: what is no time stays visible as text.
    pub kind: &'static str,
    /// What it holds.
    pub value: String,
    /// What is wrong with it.
    pub why: Option<String>,
}

impl Field {
    /// A date and a time, as typed; where nothing was typed `otherwise`.
    #[must_use]
    pub fn time(typed: &str, otherwise: Option<DateTime<Utc>>, times: &Writer, why: Option<String>) -> Self {
        let (kind, value) = match read_moment(typed, times.tz()) {
            Moment::At(at) => ("datetime-local", times.input(at)),
            Moment::Unreadable if typed.is_empty() => {
                ("datetime-local", otherwise.map(|at| times.input(at)).unwrap_or_default())
            }
            Moment::Skipped => ("datetime-local", typed.to_owned()),
            Moment::Unreadable => ("text", typed.to_owned()),
        };
        Self { kind, value, why }
    }

    /// A number of units, as typed; where nothing was typed 1.
    #[must_use]
    pub fn units(typed: &str, why: Option<String>) -> Self {
        Self::number(if typed.is_empty() { "1" } else { typed }, why)
    }

    /// A whole number, as typed.
    #[must_use]
    pub fn number(typed: &str, why: Option<String>) -> Self {
        let is_number = typed.bytes().all(|b| b.is_ascii_digit());
        Self { kind: if is_number { "number" } else { "text" }, value: typed.to_owned(), why }
    }

    /// A day, as typed.
    #[must_use]
    pub fn date(typed: &str, why: Option<String>) -> Self {
        let is_date = typed.is_empty() || read_date(typed).is_some();
        Self { kind: if is_date { "date" } else { "text" }, value: typed.to_owned(), why }
    }

    /// A line of text, as typed.
    #[must_use]
    pub fn text(typed: &str, why: Option<String>) -> Self {
        Self { kind: "text", value: typed.to_owned(), why }
    }
}
