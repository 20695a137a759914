//! Which hardware a list is about.

use super::Invalid;

/// Words of a search, tags, and ids that one request may name.
pub const MAX_WORDS: usize = 4;
/// See [`MAX_WORDS`].
pub const MAX_TAGS: usize = 4;
/// See [`MAX_WORDS`].
pub const MAX_IDS: usize = 50;
/// Characters of a search at most.
pub const MAX_SEARCH_CHARS: usize = 200;

/// Conditions that all must hold. The default matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Exactly this provider.
    pub provider: Option<String>,
    /// Exactly this category.
    pub category: Option<String>,
    /// Exactly this location.
    pub location: Option<String>,
    /// Lower-case words, each to be found somewhere in name, provider, category, location, description or tags.
    pub words: Vec<String>,
    /// Whole tags, `key=value`.
    pub tags: Vec<String>,
    /// Only these, ascending.
    pub ids: Option<Vec<i64>>,
}

/// Reads a search text: words apart, lower case.
///
/// # Errors
/// It is too long, or has too many words.
pub fn words(text: &str) -> Result<Vec<String>, Invalid> {
    if text.chars().count() > MAX_SEARCH_CHARS {
        return Err(Invalid::new("q", format!("is longer than {MAX_SEARCH_CHARS} characters")));
    }
    let words: Vec<_> = text.split_whitespace().map(str::to_lowercase).collect();
    if words.len() > MAX_WORDS {
        return Err(Invalid::new("q", format!("has more than {MAX_WORDS} words")));
    }
    Ok(words)
}

/// Reads the tags to be matched.
///
/// # Errors
/// There are too many, or one is not `key=value`.
pub fn tags(texts: &[String]) -> Result<Vec<String>, Invalid> {
    if texts.len() > MAX_TAGS {
        return Err(Invalid::new("tag", format!("is given more than {MAX_TAGS} times")));
    }
    let tags = texts.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    tags.map(|tag| {
        if tag.contains('=') { Ok(tag) } else { Err(Invalid::new("tag", "is not of the form key=value")) }
    })
    .collect()
}

/// Orders the ids to be matched.
///
/// # Errors
/// One is below 1, or there are too many.
pub fn ids(mut ids: Vec<i64>) -> Result<Vec<i64>, Invalid> {
    ids.sort_unstable();
    ids.dedup();
    if ids.first().is_some_and(|id| *id < 1) {
        return Err(Invalid::new("ids", "has a number below 1; ids begin there"));
    }
    if ids.len() > MAX_IDS {
        return Err(Invalid::new("ids", format!("names more than {MAX_IDS} hardware")));
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_words_in_lower_case() {
        assert_eq!(words("  GPU  Lab ").unwrap(), ["gpu", "lab"]);
        assert_eq!(words("a b c d e").unwrap_err().field, "q");
        assert_eq!(words(&"x".repeat(MAX_SEARCH_CHARS + 1)).unwrap_err().field, "q");
    }

    #[test]
    fn too_many_or_malformed_tags_are_refused() {
        assert_eq!(tags(&["a=1".into()]).unwrap(), ["a=1"]);
        assert_eq!(tags(&["a".into()]).unwrap_err().field, "tag");
        assert_eq!(tags(&vec!["a=1".to_owned(); MAX_TAGS + 1]).unwrap_err().field, "tag");
    }

    #[test]
    fn ids_are_ordered_and_bounded() {
        assert_eq!(ids(vec![3, 1, 3]).unwrap(), [1, 3]);
        assert_eq!(ids((1..=51).collect()).unwrap_err().field, "ids");
        assert_eq!(ids(vec![1, i64::MIN]).unwrap_err().field, "ids");
    }
}
