//! The `[cache]` section.

use std::time::Duration;

use chassis::config::ConfigError;
use serde::{Deserialize, Serialize};

use crate::cache::Bounds;

const MAX_TTL: Duration = Duration::from_secs(60);
const MAX_STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// The `[cache]` section: for how long answers about availability are kept. `2s`, `500ms`, `1m`; 0 is off.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CacheConfig {
    /// As if they were new.
    pub ttl: String,
    /// Marked as stale, while the database is away.
    pub stale: String,
}

impl CacheConfig {
    /// Both, read.
    ///
    /// # Errors
    /// The one that is no duration, or too long.
    pub fn bounds(&self) -> Result<Bounds, ConfigError> {
        let ttl = duration("HARDWARE_CACHE_TTL", &self.ttl, MAX_TTL)?;
        Ok(Bounds { ttl, stale: duration("HARDWARE_CACHE_STALE", &self.stale, MAX_STALE)? })
    }
}

fn duration(key: &str, text: &str, most: Duration) -> Result<Duration, ConfigError> {
    let read = humantime::parse_duration(text).map_err(|error| {
        ConfigError::key(key, format!("`{text}` is no duration such as 2s, 500ms or 0: {error}"))
    })?;
    if read > most {
        let most = humantime::format_duration(most);
        return Err(ConfigError::key(key, format!("is {text}; it must be at most {most}")));
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(ttl: &str, stale: &str) -> Result<Bounds, String> {
        CacheConfig { ttl: ttl.to_owned(), stale: stale.to_owned() }
            .bounds()
            .map_err(|error| error.to_string())
    }

    #[test]
    fn durations_are_read_with_their_units() {
        let read = bounds("500ms", "1m").unwrap();
        assert_eq!((read.ttl, read.stale), (Duration::from_millis(500), Duration::from_secs(60)));
        assert!(bounds("0", "0").unwrap().ttl.is_zero());
        assert!(bounds("0s", "0ms").unwrap().stale.is_zero());
    }

    #[test]
    fn what_is_none_is_named_with_its_variable() {
        for (ttl, stale, name) in [
            ("2", "0", "HARDWARE_CACHE_TTL"),
            ("soon", "0", "HARDWARE_CACHE_TTL"),
            ("-1s", "0", "HARDWARE_CACHE_TTL"),
            ("61s", "0", "HARDWARE_CACHE_TTL"),
            ("2s", "", "HARDWARE_CACHE_STALE"),
            ("2s", "2days", "HARDWARE_CACHE_STALE"),
        ] {
            let told = bounds(ttl, stale).unwrap_err();
            assert!(told.contains(name), "{told}");
        }
    }
}
