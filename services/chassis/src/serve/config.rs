//! The `[server]` and `[shutdown]` sections of both services.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::ConfigError;

/// Descriptors that are kept back from callers: for the database, its files, and the storage.
const RESERVED_DESCRIPTORS: usize = 256;

/// The `[server]` section: what one caller may take from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Seconds that the head of a request may take from its first byte, or from connecting.
    pub header_timeout_s: u64,
    /// Seconds that a connection may rest between two requests.
    pub idle_timeout_s: u64,
    /// Seconds that a body, or the answers of a connection, may stand still; one more for every 16 KiB that moved.
    pub stall_timeout_s: u64,
    /// Seconds after which a connection is asked to begin anew; 0: never.
    pub max_age_s: u64,
    /// Connections that are served at once, and requests worked on at once.
    pub max_connections: usize,
    /// Connections in all, with those whose first request has not arrived.
    pub max_open: usize,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            header_timeout_s: 5,
            idle_timeout_s: 75,
            stall_timeout_s: 10,
            max_age_s: 600,
            max_connections: 512,
            max_open: 16_384,
        }
    }
}

impl ServerConfig {
    /// # Errors
    /// A number that would keep everybody out.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let seconds = [
            ("SERVER__HEADER_TIMEOUT_S", self.header_timeout_s),
            ("SERVER__IDLE_TIMEOUT_S", self.idle_timeout_s),
            ("SERVER__STALL_TIMEOUT_S", self.stall_timeout_s),
        ];
        if let Some((name, _)) = seconds.iter().find(|(_, seconds)| *seconds == 0) {
            return Err(ConfigError::key(*name, "is 0; it must be at least 1 second"));
        }
        let numbers =
            [("SERVER__MAX_CONNECTIONS", self.max_connections), ("SERVER__MAX_OPEN", self.max_open)];
        match numbers.iter().find(|(_, number)| !(1..=1_000_000).contains(number)) {
            Some((name, number)) => {
                Err(ConfigError::key(*name, format!("is {number}; it must be 1 to 1000000")))
            }
            None => Ok(()),
        }
    }

    /// How many connections there may be in all where a process may have this many `descriptors`.
    pub(super) fn open_within(&self, descriptors: usize) -> usize {
        let for_callers = descriptors.saturating_sub(RESERVED_DESCRIPTORS).max(descriptors / 2);
        self.max_open.min(for_callers).max(1)
    }
}

/// The `[shutdown]` section.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ShutdownConfig {
    /// Seconds between failing `/readyz` and refusing connections, for load balancers to notice.
    pub delay_s: u64,
    /// Seconds that requests under way may still take.
    pub drain_s: u64,
}

impl ShutdownConfig {
    pub(super) fn delay(&self) -> Duration {
        Duration::from_secs(self.delay_s)
    }

    pub(super) fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_never_take_the_last_descriptors() {
        let config = ServerConfig::default();
        assert_eq!(config.open_within(1 << 20), 16_384);
        assert_eq!(config.open_within(1_024), 768);
        assert_eq!(config.open_within(256), 128);
        assert_eq!(config.open_within(0), 1);
    }

    #[test]
    fn a_number_that_keeps_everybody_out_is_named() {
        let wrong = ServerConfig { max_connections: 0, ..ServerConfig::default() };
        let told = wrong.validate().unwrap_err().to_string();
        assert!(told.contains("SERVER__MAX_CONNECTIONS") && told.contains("1 to 1000000"), "{told}");
        let wrong = ServerConfig { header_timeout_s: 0, ..ServerConfig::default() };
        assert!(wrong.validate().unwrap_err().to_string().contains("SERVER__HEADER_TIMEOUT_S"));
        assert!(ServerConfig::default().validate().is_ok());
    }
}
