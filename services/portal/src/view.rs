//! What the templates print: structs of finished words, without arithmetic left to do.

pub mod layout;
pub mod level;
pub mod stock;
pub mod times;
pub mod window_form;
pub mod words;

use serde::Serialize;

use crate::search::Mistake;

/// A link with its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkView {
    /// Where to.
    pub href: String,
    /// What it says.
    pub text: String,
}

/// The summary above a form that was not accepted.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Errors {
    heading: &'static str,
    items: Vec<ErrorItem>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct ErrorItem {
    /// Where it can be put right; `None` where there is no such place.
    href: Option<String>,
    text: String,
}

impl Errors {
    /// `None` where nothing is wrong. `place` says where a field can be put right.
    #[must_use]
    pub fn new(
        heading: &'static str,
        mistakes: &[Mistake],
        place: impl Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let item = |m: &Mistake| ErrorItem { href: place(&m.field), text: m.text.clone() };
        (!mistakes.is_empty()).then(|| Self { heading, items: mistakes.iter().map(item).collect() })
    }
}

/// What is wrong with `field`, for the line above it.
#[must_use]
pub fn why(field: &str, mistakes: &[Mistake]) -> Option<String> {
    mistakes.iter().find(|m| m.field == field).map(|m| m.text.clone())
}
