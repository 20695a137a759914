//! Tags: a sorted set of `key=value`. They stand in for custom fields.

use super::Invalid;

/// Tags of one hardware at most.
pub const MAX_TAGS: usize = 64;
/// Characters of one tag at most.
pub const MAX_TAG_CHARS: usize = 200;
/// Characters of all tags of one hardware at most, separators included.
pub const MAX_TAGS_CHARS: usize = 4_000;
/// Between tags in a CSV cell; so no tag may contain it.
pub const CSV_SEPARATOR: char = ';';

/// A sorted set of `key=value`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Vec<String>);

impl Tags {
    /// Reads `key=value` texts; order and repetitions do not count.
    ///
    /// # Errors
    /// The tag that is malformed or too long, or that there are too many.
    pub fn new<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Result<Self, Invalid> {
        let mut tags =
            texts.into_iter().map(|text| checked(text.as_ref().trim())).collect::<Result<Vec<_>, _>>()?;
        tags.sort_unstable();
        tags.dedup();
        let chars: usize = tags.iter().map(|tag| tag.chars().count() + 1).sum();
        if tags.len() > MAX_TAGS || chars >= MAX_TAGS_CHARS {
            let limit = format!("has more than {MAX_TAGS} tags or {MAX_TAGS_CHARS} characters");
            return Err(Invalid::new("tags", limit));
        }
        Ok(Self(tags))
    }

    /// The tags in order.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// The tags in order.
    #[must_use]
    pub fn into_vec(self) -> Vec<String> {
        self.0
    }

    /// These tags, with those of the same keys replaced by `others`; an empty value removes the key.
    ///
    /// # Errors
    /// As [`Tags::new`].
    pub fn with(&self, others: &[(String, String)]) -> Result<Self, Invalid> {
        let replaced = |tag: &&String| {
            let key = tag.split_once('=').map_or("", |(key, _)| key);
            !others.iter().any(|(other, _)| other == key)
        };
        let kept = self.0.iter().filter(replaced).cloned();
        let new =
            others.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| format!("{key}={value}"));
        Self::new(kept.chain(new).collect::<Vec<_>>())
    }
}

/// Whether `key` can stand before the `=`: 1 to 64 of `[A-Za-z0-9._/-]`.
#[must_use]
pub fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"._/-".contains(&b))
}

fn checked(tag: &str) -> Result<String, Invalid> {
    let wrong = |why: &str| Err(Invalid::new("tags", format!("`{}` {why}", shortened(tag))));
    let Some((key, value)) = tag.split_once('=') else { return wrong("is not of the form key=value") };
    if !is_key(key) {
        return wrong("has a key that is not 1 to 64 of letters, digits, `.`, `_`, `/`, `-`");
    }
    if value.contains(CSV_SEPARATOR) || value.chars().any(char::is_control) {
        return wrong("has a `;` or a control character in its value");
    }
    if tag.chars().count() > MAX_TAG_CHARS {
        return wrong(&format!("is longer than {MAX_TAG_CHARS} characters"));
    }
    Ok(tag.to_owned())
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_a_sorted_set() {
        let tags = Tags::new([" b=2", "a=1", "b=2", "b=3"]).unwrap();
        assert_eq!(tags.as_slice(), ["a=1", "b=2", "b=3"]);
    }

    #[test]
    fn a_malformed_tag_is_named() {
        for bad in ["gpu", "=1", "a b=1", "a=1;b=2", "a=\u{7}", &format!("a={}", "x".repeat(MAX_TAG_CHARS))] {
            let error = Tags::new([bad]).unwrap_err();
            assert_eq!(error.field, "tags", "{bad}");
        }
        assert!(Tags::new((0..=MAX_TAGS).map(|i| format!("k{i}=1"))).is_err());
    }

    #[test]
    fn other_values_of_a_key_are_replaced_and_empty_ones_removed() {
        let tags = Tags::new(["a=1", "b=1", "c=1"]).unwrap();
        let new = tags.with(&[("a".into(), "2".into()), ("b".into(), String::new())]).unwrap();
        assert_eq!(new.as_slice(), ["a=2", "c=1"]);
    }
}
