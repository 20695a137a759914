//! Texts that people write: bounded, without control characters.

use super::Invalid;

/// Whether a text may have lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaks {
    /// Line breaks and tabs are part of it.
    Allowed,
    /// It is one line.
    Refused,
}

/// `text` without its outer blanks.
///
/// # Errors
/// `field` is longer than `max_chars` characters, or holds a control character.
pub fn bounded(field: &'static str, text: &str, max_chars: usize, breaks: Breaks) -> Result<String, Invalid> {
    let text = text.trim();
    if text.chars().count() > max_chars {
        return Err(Invalid::new(field, format!("is longer than {max_chars} characters")));
    }
    let passes = |c: char| breaks == Breaks::Allowed && matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(|c| c.is_control() && !passes(c)) {
        return Err(Invalid::new(field, "contains a control character"));
    }
    Ok(text.to_owned())
}
