//! Where a list goes on. A cursor holds a few numbers, the last id among them, and a hash of the filter, so that it
//! is not used with another list. Which numbers is the list's own business.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chassis::Problem;
use sha2::{Digest, Sha256};

/// Base64 characters of a cursor at most.
const MAX_CHARS: usize = 200;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor<const N: usize> {
    /// Where the page before ended.
    pub at: [i64; N],
    /// [`fingerprint`] of the filter.
    pub filter: u64,
}

impl<const N: usize> Cursor<N> {
    /// As it stands in a URL.
    #[must_use]
    pub fn to_text(self) -> String {
        let numbers: String = self.at.iter().map(|number| format!("{number}.")).collect();
        URL_SAFE_NO_PAD.encode(format!("{numbers}{:x}", self.filter))
    }

    /// Reads a cursor that was given out for the same filter.
    ///
    /// # Errors
    /// 400: not a cursor, or that of another list.
    pub fn read(text: &str, filter: u64) -> Result<Self, Problem> {
        let cursor = parse(text).ok_or_else(|| {
            Problem::unreadable("cursor", "is not one that a `Link: rel=\"next\"` of this list gave out")
        })?;
        if cursor.filter != filter {
            return Err(Problem::unreadable(
                "cursor",
                "belongs to a list with other filters; start without a cursor",
            ));
        }
        Ok(cursor)
    }
}

fn parse<const N: usize>(text: &str) -> Option<Cursor<N>> {
    if text.len() > MAX_CHARS {
        return None;
    }
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let mut parts = plain.split('.');
    let mut at = [0; N];
    for number in &mut at {
        *number = parts.next()?.parse().ok()?;
    }
    let filter = u64::from_str_radix(parts.next()?, 16).ok()?;
    parts.next().is_none().then_some(Cursor { at, filter })
}

/// 64 bits that differ where the filter's parts differ.
#[must_use]
pub fn fingerprint(parts: &impl std::fmt::Debug) -> u64 {
    let digest = Sha256::digest(format!("{parts:?}"));
    digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let cursor = Cursor { at: [7, -1, 3_600], filter: fingerprint(&"a") };
        assert_eq!(Cursor::read(&cursor.to_text(), fingerprint(&"a")).unwrap(), cursor);
        let other = Cursor::<3>::read(&cursor.to_text(), fingerprint(&"b")).unwrap_err();
        let shorter = Cursor::<2>::read(&cursor.to_text(), fingerprint(&"a")).unwrap_err();
        assert_eq!(shorter.status.as_u16(), 400);
        assert_eq!((other.status.as_u16(), other.errors[0].field.as_str()), (400, "cursor"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_but_never_panics(text in "\\PC{0,60}") {
            let _ = Cursor::<2>::read(&text, 0);
            let _ = Cursor::<2>::read(&URL_SAFE_NO_PAD.encode(text), 0);
        }
    }
}
