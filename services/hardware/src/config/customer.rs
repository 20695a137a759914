//! The `[customer]` section.

use std::collections::BTreeMap;

use chassis::customer::salutation;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// The `[customer]` section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerConfig {
    /// Which customer; case and blanks matter. Empty: nobody.
    pub name: String,
    /// How it is greeted; empty: as it is built in.
    pub greeting: String,
    /// The zone of last resort for wall-clock times.
    pub tz: Tz,
    /// What the portal's pages are called. Known here so that one configuration serves both services.
    pub title: String,
    /// The portal's colours, likewise.
    pub colours: BTreeMap<String, String>,
}

impl CustomerConfig {
    /// How the customer is greeted, if it is known.
    #[must_use]
    pub fn salutation(&self) -> Option<String> {
        salutation(&self.name, &self.greeting)
    }
}
