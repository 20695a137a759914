//! What travels in: the bodies of requests.

use poem_openapi::{Object, types::MaybeUndefined};
use serde::Deserialize;

use crate::domain::hardware::Changes;

/// A new hardware. Only `provider` and `name` are required.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(rename = "NewHardware", deny_unknown_fields)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct NewHardware {
    /// Who has it: 1 to 100 characters.
    #[oai(validator(min_length = 1, max_length = 100))]
    #[serde(default)]
    pub provider: String,
    /// What it is called there: 1 to 200 characters.
    #[oai(validator(min_length = 1, max_length = 200))]
    #[serde(default)]
    pub name: String,
    /// Units, 0 to 1,000,000; 1 if not given.
    #[oai(default = "one", validator(minimum(value = "0"), maximum(value = "1000000")))]
    pub capacity: Option<i64>,
    /// Seconds that a unit stays blocked after a booking, 0 to 31,622,400; 0 if not given.
    #[oai(validator(minimum(value = "0"), maximum(value = "31622400")))]
    pub buffer_s: Option<i64>,
    /// An IANA zone such as Europe/Berlin.
    pub tz: Option<String>,
    /// A word to filter by: up to 100 characters.
    #[oai(validator(max_length = 100))]
    pub category: Option<String>,
    /// Where it stands: up to 200 characters.
    #[oai(validator(max_length = 200))]
    pub location: Option<String>,
    /// Whatever a person should know: up to 2,000 characters.
    #[oai(validator(max_length = 2000))]
    pub description: Option<String>,
    /// `key=value`, up to 64.
    #[oai(validator(max_items = 64))]
    pub tags: Option<Vec<String>>,
}

fn one() -> Option<i64> {
    Some(1)
}

impl From<NewHardware> for Changes {
    fn from(new: NewHardware) -> Self {
        Self {
            provider: Some(new.provider),
            name: Some(new.name),
            capacity: new.capacity,
            buffer_s: new.buffer_s,
            tz: new.tz,
            category: new.category,
            location: new.location,
            description: new.description,
            tags: new.tags,
            set_tags: Vec::new(),
        }
    }
}

/// New values for some fields (RFC 7396): what is not named stays, `null` takes an optional value away.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(rename = "HardwareChanges", deny_unknown_fields)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct HardwareChanges {
    /// Who has it.
    pub provider: Option<String>,
    /// What it is called there.
    pub name: Option<String>,
    /// Units. Less than what is booked needs `?force=true`.
    pub capacity: Option<i64>,
    /// Seconds that a unit stays blocked after a booking; bookings made before keep theirs.
    pub buffer_s: Option<i64>,
    /// An IANA zone such as Europe/Berlin.
    #[oai(nullable)]
    #[serde(default)]
    pub tz: MaybeUndefined<String>,
    /// A word to filter by.
    #[oai(nullable)]
    #[serde(default)]
    pub category: MaybeUndefined<String>,
    /// Where it stands.
    #[oai(nullable)]
    #[serde(default)]
    pub location: MaybeUndefined<String>,
    /// Whatever a person should know.
    #[oai(nullable)]
    #[serde(default)]
    pub description: MaybeUndefined<String>,
    /// All tags anew.
    #[oai(nullable)]
    #[serde(default)]
    pub tags: MaybeUndefined<Vec<String>>,
}

impl From<HardwareChanges> for Changes {
    fn from(changes: HardwareChanges) -> Self {
        Self {
            provider: changes.provider,
            name: changes.name,
            capacity: changes.capacity,
            buffer_s: changes.buffer_s,
            tz: cleared_by_null(changes.tz),
            category: cleared_by_null(changes.category),
            location: cleared_by_null(changes.location),
            description: cleared_by_null(changes.description),
            tags: cleared_by_null(changes.tags),
            set_tags: Vec::new(),
        }
    }
}

/// `null` is the empty value; what is not there changes nothing.
pub(super) fn cleared_by_null<T: Default>(value: MaybeUndefined<T>) -> Option<T> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(T::default()),
        MaybeUndefined::Value(value) => Some(value),
    }
}
