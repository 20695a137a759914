//! `Cache-Control` of a request (RFC 9111, section 5.2.1).

use std::time::Duration;

use poem::http::{HeaderMap, header};

/// What a caller says of kept answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Directives {
    /// He wants none.
    pub(super) afresh: bool,
    max_age: Option<Duration>,
}

impl Directives {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(header::CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
        let mut found = Self::default();
        for directive in values.flat_map(|value| value.split(',')).map(str::trim) {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            if name.eq_ignore_ascii_case("no-cache") || name.eq_ignore_ascii_case("no-store") {
                found.afresh = true;
            } else if name.eq_ignore_ascii_case("max-age") {
                // What cannot be read asks for the strictest.
                let seconds = value.trim_matches('"').parse().unwrap_or(0);
                found.max_age = Some(Duration::from_secs(seconds));
                found.afresh |= seconds == 0;
            }
        }
        found
    }

    /// Whether an answer of this age will do.
    pub(super) fn take(&self, age: Duration) -> bool {
        !self.afresh && self.max_age.is_none_or(|most| age <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &'static str) -> Directives {
        Directives::of(&HeaderMap::from_iter([(header::CACHE_CONTROL, value.parse().unwrap())]))
    }

    #[test]
    fn whoever_wants_it_fresh_gets_it_fresh() {
        for value in ["no-cache", "No-Cache", "no-store", "max-age=0", "max-age=soon", "max-age=1, no-cache"]
        {
            assert!(of(value).afresh, "{value}");
        }
        for value in ["", "max-age=1", "max-stale=10", "private"] {
            assert!(!of(value).afresh, "{value}");
        }
    }

    #[test]
    fn an_age_that_is_named_is_the_most_that_is_taken() {
        let second = of("max-age=1");
        assert!(second.take(Duration::from_millis(1_000)) && !second.take(Duration::from_millis(1_001)));
        assert!(Directives::default().take(Duration::MAX));
        assert!(!of("no-cache").take(Duration::ZERO));
    }
}
