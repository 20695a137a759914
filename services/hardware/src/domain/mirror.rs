//! The mirror of a word: a diagnostic whose answer proves that the text arrived as it was sent.

use std::iter::once;

/// Trims `word`, swaps the case of its letters, takes each digit from nine, and turns the whole around.
///
/// ```
/// use hardware::domain::mirror::mirrored;
/// assert_eq!(mirrored("fOoBar25"), "47RAbOoF");
/// ```
#[must_use]
pub fn mirrored(word: &str) -> String {
    // First swapped, then reversed: one letter may become two, and both stand in their mirrored order.
    let swapped: Vec<char> = word.trim().chars().flat_map(swapped).collect();
    swapped.into_iter().rev().collect()
}

/// What stands for one character.
fn swapped(c: char) -> Box<dyn Iterator<Item = char>> {
    match c.to_digit(10) {
        Some(digit) => Box::new(char::from_digit(9 - digit, 10).into_iter()),
        None if c.is_uppercase() => Box::new(c.to_lowercase()),
        None if c.is_lowercase() => Box::new(c.to_uppercase()),
        None => Box::new(once(c)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_hold() {
        for (word, expected) in [
            ("fOoBar25", "47RAbOoF"),
            ("abcABC123987", "210678cbaCBA"),
            ("F0oBar25", "47RAbO9f"),
            ("luca", "ACUL"),
            ("hello!", "!OLLEH"),
            ("  hi  ", "IH"),
            ("", ""),
            (" \t\r\n\u{a0}", ""),
            ("éÉ", "éÉ"),
            ("straße", "ESSARTS"),
            ("a b", "B A"),
            ("a\0b", "B\0A"),
            // By scalar values: the accent goes before its letter.
            ("e\u{301}x", "X\u{301}E"),
            ("漢字😀", "😀字漢"),
            // Other scripts' digits are no 0-9.
            ("٣3", "6٣"),
        ] {
            assert_eq!(mirrored(word), expected, "{word:?}");
        }
    }

    proptest! {
        #[test]
        fn ascii_mirrored_twice_is_itself(word in "[\\x00-\\x7f]{0,64}") {
            let word = word.trim();
            let once = mirrored(word);
            prop_assert_eq!(once.chars().count(), word.chars().count());
            prop_assert_eq!(mirrored(&once), word);
        }

        #[test]
        fn any_text_has_a_mirror(word in any::<String>()) {
            let expected: usize = word.trim().chars().map(|c| swapped(c).count()).sum();
            prop_assert_eq!(mirrored(&word).chars().count(), expected);
        }
    }
}
