//! Where a list goes on. A cursor holds the last id, the window of the first page (so that "now" does not move
//! from page to page) and a hash of the filter (so that it is not used with another list).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chassis::Problem;
use sha2::{Digest, Sha256};

/// Base64 characters of a cursor at most.
const MAX_CHARS: usize = 200;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The last id of the page before.
    pub after_id: i64,
    /// The window, UTC epoch seconds.
    pub from: i64,
    /// The window's end.
    pub to: i64,
    /// [`fingerprint`] of the filter.
    pub filter: u64,
}

impl Cursor {
    /// As it stands in a URL.
    #[must_use]
    pub fn to_text(self) -> String {
        let Self { after_id, from, to, filter } = self;
        URL_SAFE_NO_PAD.encode(format!("{after_id}.{from}.{to}.{filter:x}"))
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

fn parse(text: &str) -> Option<Cursor> {
    if text.len() > MAX_CHARS {
        return None;
    }
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let mut parts = plain.split('.');
    let mut number = || parts.next()?.parse::<i64>().ok();
    let (after_id, from, to) = (number()?, number()?, number()?);
    let filter = u64::from_str_radix(parts.next()?, 16).ok()?;
    (parts.next().is_none() && after_id >= 0 && from < to).then_some(Cursor { after_id, from, to, filter })
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
        let cursor = Cursor { after_id: 7, from: -1, to: 3_600, filter: fingerprint(&"a") };
        assert_eq!(Cursor::read(&cursor.to_text(), fingerprint(&"a")).unwrap(), cursor);
        let other = Cursor::read(&cursor.to_text(), fingerprint(&"b")).unwrap_err();
        assert_eq!((other.status.as_u16(), other.errors[0].field.as_str()), (400, "cursor"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_but_never_panics(text in "\\PC{0,60}") {
            let _ = Cursor::read(&text, 0);
            let _ = Cursor::read(&URL_SAFE_NO_PAD.encode(text), 0);
        }
    }
}
