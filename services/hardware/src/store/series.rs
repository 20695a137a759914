//! Series: many bookings made, moved and called off together, each of them a reservation like any other.
//!
//! The way to claim is that of every booking (ADR 13). But claims are read once for each hardware, and everything is
//! written in a few statements, so that the locks are not held for as long as so many bookings would take (ADR 24).

mod cancel;
mod change;
mod check;
mod create;
mod moving;
mod rest;
mod rows;
mod write;

pub use self::{
    cancel::cancel,
    change::update,
    create::{SeriesMade, create},
    rest::{Changed, Unchanged},
};
use super::refusals::WantedLine;
use crate::domain::series::{Missing, Occurrence};

pub(super) use self::rows::STATEMENTS;

/// An occurrence that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Which.
    pub occurrence: Occurrence,
    /// Why.
    pub why: Why,
}

/// Why an occurrence was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is no such time.
    Missing(Missing),
    /// Too little is free.
    Short {
        /// The lines that do not fit.
        lines: Vec<WantedLine>,
        /// Whether it lies over another one of the series.
        with_itself: bool,
    },
}
