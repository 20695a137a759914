//! Pure types whose constructors hold the invariants. No I/O, no clock, no knowledge of HTTP or SQL.

pub mod availability;
pub mod basket;
pub mod demand;
pub mod duration;
pub mod filter;
pub mod grain;
pub mod hardware;
pub mod mirror;
pub mod moment;
pub mod next;
pub mod occupied;
pub mod peak;
pub mod present;
pub mod reservation;
pub mod series;
pub mod span;
pub mod starts;
pub mod tags;
pub mod task;
pub mod text;
pub mod window;
pub mod wish;

use std::borrow::Cow;

/// A value that could be read but cannot be: which field, what is wrong, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field or parameter, as the caller knows it.
    pub field: Cow<'static, str>,
    /// What is wrong with it, and what would be right.
    pub detail: String,
    /// Of a series: the occurrence whose time does not exist, for an answer that tells it apart.
    pub missing: Option<Box<series::Occurrence>>,
}

impl Invalid {
    /// `field` is wrong as `detail` says.
    pub fn new(field: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self { field: field.into(), detail: detail.into(), missing: None }
    }
}

/// The value, if there is one; what is wrong otherwise joins the list, so that everything is told at once.
pub fn kept<T>(wrong: &mut Vec<Invalid>, result: Result<T, Invalid>) -> Option<T> {
    result.map_err(|invalid| wrong.push(invalid)).ok()
}
