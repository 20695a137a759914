//! What travels back: the bodies of answers.

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object};
use serde::Serialize;

use crate::{
    domain::{
        availability::{Availability, Word},
        hardware::Hardware,
    },
    store::{
        facets::{FacetValue, Facets},
        hardware::Item,
    },
};

/// How much of the capacity is free, for a reader in a hurry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize)]
#[oai(rename_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub enum AvailabilityWord {
    /// Nothing is free.
    None,
    /// Up to a third of the capacity.
    Low,
    /// Up to two thirds.
    Medium,
    /// More than two thirds.
    High,
}

impl From<Word> for AvailabilityWord {
    fn from(word: Word) -> Self {
        match word {
            Word::None => Self::None,
            Word::Low => Self::Low,
            Word::Medium => Self::Medium,
            Word::High => Self::High,
        }
    }
}

/// One hardware of the list, with its availability over the window asked about.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "HardwareListItem")]
pub struct HardwareListView {
    /// Given by the database.
    pub id: i64,
    /// Who has it.
    pub provider: String,
    /// What it is called there.
    pub name: String,
    /// `free` as a word.
    pub availability: AvailabilityWord,
    /// Units in all.
    pub capacity: i64,
    /// Units free over the whole window: the capacity less the peak of what is booked.
    pub free: i64,
    /// Units free now.
    pub free_now: i64,
    /// Whether a booking of `qty` units over the window would be accepted, the buffer included.
    pub fits: bool,
    /// The earliest start, at or after `from`, at which a booking of the same length and `qty` fits; null if there
    /// is none within 90 days.
    #[oai(nullable)]
    pub next_free_at: Option<DateTime<Utc>>,
    /// Units promised beyond the capacity at the window's peak.
    pub overcommitted: i64,
    /// Seconds that a unit stays blocked after a booking.
    pub buffer_s: i64,
    /// The zone of its wall-clock times.
    #[oai(nullable)]
    pub tz: Option<String>,
    /// A word to filter by.
    #[oai(nullable)]
    pub category: Option<String>,
    /// Where it stands.
    #[oai(nullable)]
    pub location: Option<String>,
    /// Whatever a person should know.
    #[oai(nullable)]
    pub description: Option<String>,
    /// `key=value`, sorted.
    pub tags: Vec<String>,
    /// Counts changes, from 1.
    pub version: i64,
}

impl From<(Item, Availability)> for HardwareListView {
    fn from((item, availability): (Item, Availability)) -> Self {
        let hardware = item.hardware;
        Self {
            id: item.id,
            provider: hardware.provider,
            name: hardware.name,
            availability: availability.word.into(),
            capacity: hardware.capacity,
            free: availability.free,
            free_now: availability.free_now,
            fits: availability.fits,
            next_free_at: availability.next_free_at.map(time),
            overcommitted: availability.overcommitted,
            buffer_s: hardware.buffer_s,
            tz: hardware.tz.map(|tz| tz.name().to_owned()),
            category: unless_empty(hardware.category),
            location: unless_empty(hardware.location),
            description: unless_empty(hardware.description),
            tags: hardware.tags.into_vec(),
            version: item.version,
        }
    }
}

/// One hardware of the catalogue. A booking never changes it.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Hardware")]
pub struct HardwareView {
    /// Given by the database.
    pub id: i64,
    /// Who has it.
    pub provider: String,
    /// What it is called there.
    pub name: String,
    /// Units in all.
    pub capacity: i64,
    /// Seconds that a unit stays blocked after a booking.
    pub buffer_s: i64,
    /// The zone of its wall-clock times.
    #[oai(nullable)]
    pub tz: Option<String>,
    /// A word to filter by.
    #[oai(nullable)]
    pub category: Option<String>,
    /// Where it stands.
    #[oai(nullable)]
    pub location: Option<String>,
    /// Whatever a person should know.
    #[oai(nullable)]
    pub description: Option<String>,
    /// `key=value`, sorted.
    pub tags: Vec<String>,
    /// Counts changes, from 1; the ETag.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl From<Item> for HardwareView {
    fn from(item: Item) -> Self {
        let Hardware { provider, name, capacity, buffer_s, tz, category, location, description, tags } =
            item.hardware;
        Self {
            id: item.id,
            provider,
            name,
            capacity,
            buffer_s,
            tz: tz.map(|tz| tz.name().to_owned()),
            category: unless_empty(category),
            location: unless_empty(location),
            description: unless_empty(description),
            tags: tags.into_vec(),
            version: item.version,
            created_at: time(item.created_at),
            updated_at: time(item.updated_at),
        }
    }
}

/// UTC epoch seconds as a time. A row made by hand may hold what no calendar has: then the nearest that one has.
pub(super) fn time(at_s: i64) -> DateTime<Utc> {
    let nearest = if at_s < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    DateTime::from_timestamp(at_s, 0).unwrap_or(nearest)
}

/// An empty text is none.
pub(super) fn unless_empty(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// One value to filter by.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "FacetValue")]
pub struct FacetValueView {
    /// The value.
    pub value: String,
    /// Hardware that have it.
    pub count: i64,
}

/// What there is to filter by, up to 500 values each.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Facets")]
pub struct FacetsView {
    /// By name.
    pub providers: Vec<FacetValueView>,
    /// By name.
    pub categories: Vec<FacetValueView>,
    /// By name.
    pub locations: Vec<FacetValueView>,
}

impl From<Facets> for FacetsView {
    fn from(facets: Facets) -> Self {
        let views = |values: Vec<FacetValue>| {
            values.into_iter().map(|f| FacetValueView { value: f.value, count: f.matches }).collect()
        };
        Self {
            providers: views(facets.providers),
            categories: views(facets.categories),
            locations: views(facets.locations),
        }
    }
}
