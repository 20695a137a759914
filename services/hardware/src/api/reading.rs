//! What every list reads from its query, and writes into its links.

use poem::http::Uri;

use crate::domain::Invalid;

/// Rows a page, where nobody says.
pub const DEFAULT_LIMIT: i64 = 100;
/// Rows a page at most.
pub const MAX_LIMIT: i64 = 1_000;

/// A parameter that is there but empty asks for nothing: a form sends it so.
#[must_use]
pub fn exact(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A number of 1 to `max`.
///
/// # Errors
/// It is not.
pub fn in_range(field: &'static str, number: i64, max: i64) -> Result<i64, Invalid> {
    if (1..=max).contains(&number) {
        return Ok(number);
    }
    Err(Invalid::new(field, format!("is {number}; it must be 1 to {max}")))
}

/// Rows a page: 1 to [`MAX_LIMIT`].
///
/// # Errors
/// Another number.
pub fn page_limit(limit: Option<i64>) -> Result<i64, Invalid> {
    in_range("limit", limit.unwrap_or(DEFAULT_LIMIT), MAX_LIMIT)
}

/// Cuts a list that was read one row longer than `limit`; whether there are more rows behind it.
pub fn cut<T>(rows: &mut Vec<T>, limit: i64) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    more
}

/// The address that was asked, at `path`, with these parameters set.
#[must_use]
pub fn address(path: &str, uri: &Uri, set: &[(&str, &str)]) -> String {
    let query = uri.query().unwrap_or_default().as_bytes();
    let kept = form_urlencoded::parse(query).filter(|(name, _)| !set.iter().any(|(new, _)| new == name));
    let mut new = form_urlencoded::Serializer::new(String::new());
    new.extend_pairs(kept).extend_pairs(set);
    format!("{path}?{}", new.finish())
}

/// `Link` to the next page (RFC 8288).
#[must_use]
pub fn next_link(path: &str, uri: &Uri, cursor: &str) -> String {
    format!("<{}>; rel=\"next\"", address(path, uri, &[("cursor", cursor)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_was_asked_and_replaces_what_is_set() {
        let uri: Uri = "/hardware/?q=a%20b&cursor=old&tag=a%3D1&tag=b%3D2".parse().unwrap();
        let new = address("/hardware", &uri, &[("cursor", "new")]);
        assert_eq!(new, "/hardware?q=a+b&tag=a%3D1&tag=b%3D2&cursor=new");
    }
}
