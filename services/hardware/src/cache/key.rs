//! What makes two requests the same question.

use poem::{
    Request,
    http::{Method, Uri},
};

/// A longer query is answered, and not kept.
const MAX_BYTES: usize = 2_048;
const LIST: &str = "/hardware";
const STEPS: &str = "/availability";
/// What is asked of several hardware.
const SEVERAL: [&str; 2] = ["/availability", "/availability/next"];

/// The path without a slash at its end, and the query's parameters, sorted and without empty ones.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(Box<str>);

impl Key {
    /// `None` for what is no question about availability.
    pub(super) fn of(request: &Request) -> Option<Self> {
        let asks = *request.method() == Method::GET || *request.method() == Method::HEAD;
        if asks { Self::of_uri(request.uri()) } else { None }
    }

    fn of_uri(uri: &Uri) -> Option<Self> {
        let path = uri.path().trim_end_matches('/');
        let query = uri.query().unwrap_or_default();
        if !is_about_availability(path) || query.len() > MAX_BYTES {
            return None;
        }
        let mut pairs: Vec<_> =
            form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()).collect();
        // Stable: of a parameter that comes twice, the order may count.
        pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut key = String::with_capacity(path.len() + query.len() + 2);
        key.push_str(path);
        for (name, value) in &pairs {
            // Control characters cannot be part of a name: two questions never look the same.
            key.extend(["\u{1}", name, "\u{2}", value]);
        }
        Some(Self(key.into()))
    }
}

fn is_about_availability(path: &str) -> bool {
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    let steps_of = path.strip_prefix(LIST).and_then(|rest| rest.strip_prefix('/'));
    let steps_of = steps_of.and_then(|rest| rest.strip_suffix(STEPS));
    path == LIST || SEVERAL.contains(&path) || steps_of.is_some_and(is_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(uri: &str) -> Option<Key> {
        Key::of_uri(&uri.parse().unwrap())
    }

    #[test]
    fn one_question_has_one_key_however_it_is_written() {
        let asked = key("/hardware?limit=20&q=a%20b&tag=x%3D1&tag=y%3D2").unwrap();
        for same in [
            "/hardware/?limit=20&q=a%20b&tag=x%3D1&tag=y%3D2",
            "/hardware?q=a+b&tag=x=1&limit=20&tag=y%3D2&provider=",
            "/hardware?tag=x%3d1&tag=y%3d2&q=a%20b&limit=20",
        ] {
            assert_eq!(key(same).as_ref(), Some(&asked), "{same}");
        }
        for other in ["/hardware", "/hardware?limit=20", "/hardware?limit=20&q=a%20b&tag=y%3D2&tag=x%3D1"] {
            assert_ne!(key(other).as_ref(), Some(&asked), "{other}");
        }
    }

    #[test]
    fn a_value_cannot_pass_for_a_parameter() {
        assert_ne!(key("/hardware?q=a%26limit%3D1"), key("/hardware?q=a&limit=1"));
        assert_ne!(key("/hardware?q=a%01limit%021"), None);
    }

    #[test]
    fn only_questions_about_availability_have_one() {
        for asked in [
            "/hardware/7/availability?from=2027-01-01",
            "/availability?ids=1",
            "/availability/next?hardware=1",
        ] {
            assert!(key(asked).is_some(), "{asked}");
        }
        for other in [
            "/",
            "/hardware/7",
            "/hardware.csv",
            "/hardware/facets",
            "/hardwarex",
            "/hardware/x/availability",
            "/hardware/availability",
            "/availability/7",
            "/reservations",
        ] {
            assert_eq!(key(other), None, "{other}");
        }
        assert_eq!(key(&format!("/hardware?q={}", "a".repeat(MAX_BYTES))), None);
    }
}
