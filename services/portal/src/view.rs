//! What the templates print: structs of finished words, without arithmetic left to do.

pub mod blocked;
pub mod booking_form;
pub mod booking_row;
pub mod field;
pub mod layout;
pub mod level;
pub mod results;
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

/// A field that is sent along and not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hidden {
    name: String,
    value: String,
}

impl Hidden {
    /// The field `name` with this value.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// The summary above a form that was not accepted.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Errors {
    heading: &'static str,
    /// What happened, before the single points.
    lead: Option<String>,
    items: Vec<ErrorItem>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct ErrorItem {
    /// Where it can be put right; `None` where there is no such place.
    href: Option<String>,
    text: String,
    /// What joins it to the next one, such as `, or`.
    then: &'static str,
}

impl Errors {
    /// `None` where nothing is wrong. `place` says where a field can be put right.
    #[must_use]
    pub fn new(
        heading: &'static str,
        mistakes: &[Mistake],
        place: impl Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let item = |m: &Mistake| ErrorItem { href: place(&m.field), text: m.text.clone(), then: "" };
        let items = || mistakes.iter().map(item).collect();
        (!mistakes.is_empty()).then(|| Self { heading, lead: None, items: items() })
    }

    /// The same with what happened before the single points.
    #[must_use]
    pub fn with_lead(self, lead: &str) -> Self {
        Self { lead: Some(lead.to_owned()), ..self }
    }

    /// What happened in a sentence, and ways out of it, one of which is enough.
    #[must_use]
    pub fn ways_out(heading: &'static str, lead: String, ways: Vec<LinkView>) -> Self {
        let last = ways.len().saturating_sub(1);
        let item = |(at, way): (usize, LinkView)| ErrorItem {
            href: Some(way.href),
            text: way.text,
            then: if at < last { ", or" } else { "" },
        };
        Self { heading, lead: Some(lead), items: ways.into_iter().enumerate().map(item).collect() }
    }
}

/// What is wrong with `field`, for the line above it.
#[must_use]
pub fn why(field: &str, mistakes: &[Mistake]) -> Option<String> {
    mistakes.iter().find(|m| m.field == field).map(|m| m.text.clone())
}
