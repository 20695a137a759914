//! `Idempotency-Key`: the caller's name for one request, however often it is sent.

use chassis::{Problem, problem::FieldError};
use serde::Serialize;

use super::ANONYMOUS;
use crate::store::idempotency::{KEPT_S, Key, hash_of};

/// The header's name.
pub const HEADER: &str = "Idempotency-Key";
const MAX_CHARS: usize = 200;

/// The key of a request with this header and this body, if it has one.
///
/// # Errors
/// 422: a key that is too long or not printable.
pub fn key(header: Option<String>, body: &impl Serialize, now_s: i64) -> Result<Option<Key>, Problem> {
    let Some(text) = header.map(|text| text.trim().to_owned()) else { return Ok(None) };
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if text.is_empty() || text.len() > MAX_CHARS || !printable {
        let why = format!("must have 1 to {MAX_CHARS} printable ASCII characters");
        return Err(Problem::impossible(vec![FieldError::new(HEADER, why)]));
    }
    let expires_at = now_s + KEPT_S;
    Ok(Some(Key { principal: ANONYMOUS.to_owned(), text, body_hash: hash_of(body), expires_at }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_printable() {
        let read = |text: &str| key(Some(text.to_owned()), &"body", 0);
        assert_eq!(read(" 4f1c-9 ").unwrap().unwrap().text, "4f1c-9");
        for wrong in ["", "  ", "é", "a\tb", &"x".repeat(MAX_CHARS + 1)] {
            assert_eq!(read(wrong).unwrap_err().errors[0].field, HEADER, "{wrong}");
        }
        assert_eq!(key(None, &"body", 0).unwrap(), None);
    }
}
