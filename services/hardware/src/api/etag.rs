//! Conditional requests (RFC 9110, section 13): `ETag`, `If-None-Match`, `If-Match`.

use chassis::Problem;
use poem::http::{HeaderMap, HeaderName, header};
use sha2::{Digest, Sha256};

use crate::store::Expected;

const MALFORMED: &str = "is not a list of entity tags such as \"3\", double quotes included";

/// The strong tag of a version: `"7"`.
#[must_use]
pub fn of_version(version: i64) -> String {
    format!("\"{version}\"")
}

/// The weak tag of a computed answer. Weak, because the same answer may travel compressed.
#[must_use]
pub fn of_bytes(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{hex}\"")
}

/// Whether the caller has this answer already: `If-None-Match` compares weakly.
#[must_use]
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    listed(headers, &header::IF_NONE_MATCH).any(|tag| tag == "*" || opaque(&tag) == opaque(etag))
}

/// What the caller demands of the version it changes. `If-Match` compares strongly, so a weak tag never matches.
///
/// # Errors
/// 400 when a tag is not one of ours, which are a version in double quotes.
pub fn expected(headers: &HeaderMap) -> Result<Expected, Problem> {
    if !headers.contains_key(header::IF_MATCH) {
        return Ok(Expected::Anything);
    }
    let tags: Vec<_> = listed(headers, &header::IF_MATCH).collect();
    if tags.iter().any(|tag| tag == "*") {
        return Ok(Expected::Anything);
    }
    // A condition that is there but says nothing was meant to say something.
    let malformed = || Problem::unreadable("If-Match", MALFORMED);
    if tags.is_empty() {
        return Err(malformed());
    }
    let read = |tag: &String| {
        if tag.starts_with("W/\"") {
            return Ok(None);
        }
        let version = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        // A well-formed tag that is no version of ours is simply another one.
        version.map(|version| version.parse().ok()).ok_or_else(malformed)
    };
    let versions = tags.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Expected::Versions(versions.into_iter().flatten().collect()))
}

/// Each tag of a header. One that is not ASCII is allowed, and none of ours: it must not be taken for none at all.
fn listed<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = String> + use<'h> {
    let values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let tags = values.flat_map(|value| value.split(',').map(|tag| tag.trim().to_owned()).collect::<Vec<_>>());
    tags.filter(|tag| !tag.is_empty())
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    fn with(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_bytes(value.as_bytes()).unwrap())])
    }

    #[test]
    fn if_none_match_compares_weakly_and_takes_lists_and_stars() {
        for value in ["\"7\"", "W/\"7\"", "\"1\", \"7\"", "*"] {
            assert!(is_known(&with(header::IF_NONE_MATCH, value), "\"7\""), "{value}");
        }
        assert!(!is_known(&with(header::IF_NONE_MATCH, "\"8\""), "\"7\""));
        assert!(!is_known(&HeaderMap::new(), "\"7\""));
    }

    #[test]
    fn if_match_compares_strongly() {
        let expected = |value| expected(&with(header::IF_MATCH, value));
        assert_eq!(expected("\"3\", \"4\"").unwrap(), Expected::Versions(vec![3, 4]));
        assert_eq!(expected("*").unwrap(), Expected::Anything);
        assert_eq!(expected("W/\"3\"").unwrap(), Expected::Versions(vec![]));
        assert_eq!(expected("\"abc\"").unwrap(), Expected::Versions(vec![]));
        assert_eq!(expected("\"é\"").unwrap(), Expected::Versions(vec![]));
        for malformed in ["3", "é", "", " , "] {
            assert_eq!(expected(malformed).unwrap_err().errors[0].field, "If-Match", "{malformed}");
        }
        assert_eq!(super::expected(&HeaderMap::new()).unwrap(), Expected::Anything);
    }
}
