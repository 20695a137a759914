//! `Idempotency-Key`: the caller's name for one request, however often it is sent.

use chassis::{Problem, problem::FieldError};
use poem::http::HeaderMap;
use serde::Serialize;

use super::ANONYMOUS;
use crate::store::idempotency::{KEPT_S, Key, hash_of};

/// The header's name.
pub const HEADER: &str = "Idempotency-Key";
const MAX_CHARS: usize = 200;

/// The key of a request with these headers and this body, if it has one. It is read from the headers as they came: the
/// framework's parameter takes a text that is not ASCII for none, and its sender would think that they are safe.
///
/// # Errors
/// 422: a key that is too long or not printable, or more than one.
pub fn key(headers: &HeaderMap, body: &impl Serialize, now_s: i64) -> Result<Option<Key>, Problem> {
    let mut given = headers.get_all(HEADER).iter();
    let Some(value) = given.next() else { return Ok(None) };
    let refused = |why: String| Problem::impossible(vec![FieldError::new(HEADER, why)]);
    if given.next().is_some() {
        return Err(refused("is given more than once".to_owned()));
    }
    // Of a header, all that this lets through is printable ASCII and tabs.
    let text = value.to_str().unwrap_or_default().trim().to_owned();
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if text.is_empty() || text.len() > MAX_CHARS || !printable {
        return Err(refused(format!("must have 1 to {MAX_CHARS} printable ASCII characters")));
    }
    let expires_at = now_s + KEPT_S;
    Ok(Some(Key { principal: ANONYMOUS.to_owned(), text, body_hash: hash_of(body), expires_at }))
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    fn with(keys: &[&[u8]]) -> HeaderMap {
        keys.iter().map(|key| (HEADER.parse().unwrap(), HeaderValue::from_bytes(key).unwrap())).collect()
    }

    #[test]
    fn a_key_is_short_and_printable() {
        let read = |keys: &[&[u8]]| key(&with(keys), &"body", 0);
        assert_eq!(read(&[b" 4f1c-9 "]).unwrap().unwrap().text, "4f1c-9");
        let long = [b'x'; MAX_CHARS + 1];
        for wrong in
            [&[&b""[..]][..], &[b"  "], &["é".as_bytes()], &[b"\xff"], &[b"a\tb"], &[&long], &[b"a", b"a"]]
        {
            assert_eq!(read(wrong).unwrap_err().errors[0].field, HEADER, "{wrong:?}");
        }
        assert_eq!(read(&[]).unwrap(), None);
    }
}
