//! Pure types whose constructors hold the invariants. No I/O, no clock, no knowledge of HTTP or SQL.

pub mod availability;
pub mod filter;
pub mod hardware;
pub mod moment;
pub mod peak;
pub mod tags;
pub mod window;

/// A value that could be read but cannot be: which field, what is wrong, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field or parameter, as the caller knows it.
    pub field: &'static str,
    /// What is wrong with it, and what would be right.
    pub detail: String,
}

impl Invalid {
    /// `field` is wrong as `detail` says.
    pub fn new(field: &'static str, detail: impl Into<String>) -> Self {
        Self { field, detail: detail.into() }
    }
}
