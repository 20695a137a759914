//! A change in the making: who makes it, when, and what they think they know.

use chrono_tz::Tz;

use super::StoreError;
use crate::domain::present::Present;

/// Who acts, when, and on what they know.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// When.
    pub present: Present,
    /// The zone of wall-clock times for which nobody names one.
    pub tz: Tz,
    /// Who.
    pub actor: &'a str,
    /// Only if this still holds.
    pub expected: &'a Expected,
}

/// What a caller must know of a row to be allowed to change it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    #[default]
    Anything,
    /// One of these versions.
    Versions(Vec<i64>),
}

impl Expected {
    /// Lets the `current` version pass, or not.
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`].
    pub fn check(&self, current: i64) -> Result<(), StoreError> {
        match self {
            Self::Versions(versions) if !versions.contains(&current) => {
                Err(StoreError::VersionMismatch { current })
            }
            _ => Ok(()),
        }
    }
}
