//! What the hardware service says, as far as the portal reads it. Unknown members are ignored, as the
//! contract (`openapi.json`) asks of clients.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::series::Skipped;

/// How much is free, for a reader in a hurry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Availability {
    /// Nothing is free.
    None,
    /// Up to a third is free.
    Low,
    /// Up to two thirds are free.
    Medium,
    /// More is free.
    High,
}

impl Availability {
    /// The API's word, which is also the page's word, class and symbol.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
        }
    }
}

/// One row of `GET /hardware`: a line of the catalogue, and what is free of it over the window asked for.
#[derive(Clone, Debug, Deserialize)]
pub struct Hardware {
    /// The catalogue's id.
    pub id: i64,
    /// Who has it.
    pub provider: String,
    /// What it is called there.
    pub name: String,
    /// `free` in relation to `capacity`.
    pub availability: Availability,
    /// Units in all.
    pub capacity: u64,
    /// Units free over the whole window.
    pub free: u64,
    /// Units free at this moment.
    pub free_now: u64,
    /// Whether the quantity asked for can be had over the window.
    pub fits: bool,
    /// When it fits next, at the window's start or later; `None` beyond 90 days.
    pub next_free_at: Option<DateTime<Utc>>,
    /// Units promised beyond the capacity at the worst moment of the window.
    #[serde(default)]
    pub overcommitted: u64,
    /// Kind of hardware.
    pub category: Option<String>,
    /// One line about it.
    pub description: Option<String>,
}

/// `GET /hardware/{id}`: the catalogue's own fields, without availability.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry {
    /// The catalogue's id.
    pub id: i64,
    /// Who has it.
    pub provider: String,
    /// What it is called there.
    pub name: String,
    /// Units in all.
    pub capacity: u64,
    /// Seconds that stay blocked after every booking.
    #[serde(default)]
    pub buffer_s: u64,
    /// The zone its times are meant in, where that is not the customer's.
    pub tz: Option<String>,
    /// Kind of hardware.
    pub category: Option<String>,
    /// Where it is.
    pub location: Option<String>,
    /// What there is to say about it.
    pub description: Option<String>,
    /// `key=value` each.
    #[serde(default)]
    pub tags: Vec<String>,
    /// When the catalogue last changed it.
    pub updated_at: Option<DateTime<Utc>>,
}

/// `GET /hardware/facets`: what the filters can be set to.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Facets {
    /// Providers in the catalogue.
    #[serde(default)]
    pub providers: Vec<Facet>,
    /// Categories in the catalogue.
    #[serde(default)]
    pub categories: Vec<Facet>,
    /// Locations in the catalogue.
    #[serde(default)]
    pub locations: Vec<Facet>,
}

/// One value of a filter, and how many lines of the catalogue have it.
#[derive(Clone, Debug, Deserialize)]
pub struct Facet {
    /// The value, as the filter takes it.
    pub value: String,
    /// Lines of the whole catalogue that have it.
    pub count: u64,
}

/// The part of a problem document (RFC 9457) that the portal shows.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Refusal {
    /// What is wrong, in a sentence.
    #[serde(default)]
    pub detail: String,
    /// What is wrong with single parameters.
    #[serde(default)]
    pub errors: Vec<RefusedField>,
    /// Bookings of a series at times that do not exist.
    #[serde(default)]
    pub skipped: Vec<Skipped>,
}

/// What is wrong with one parameter.
#[derive(Clone, Debug, Deserialize)]
pub struct RefusedField {
    /// The parameter's name.
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
}
