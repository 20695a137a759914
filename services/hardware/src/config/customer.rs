//! The `[customer]` section.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::customer::salutation;

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
}

impl CustomerConfig {
    /// How the customer is greeted, if it is known.
    #[must_use]
    pub fn salutation(&self) -> Option<String> {
        salutation(&self.name, &self.greeting)
    }
}
