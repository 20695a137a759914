//! Cells that a spreadsheet would run as a formula, made harmless and back again.
//!
//! A text that begins with `= + - @`, a tab or a carriage return is a formula to a spreadsheet
//! (<https://owasp.org/www-community/attacks/CSV_Injection>); an apostrophe before it makes it a text. A text
//! that has such apostrophes of its own gets one more, so that reading back what was written is exact.

use std::borrow::Cow;

const GUARD: char = '\'';

fn is_risky(text: &str) -> bool {
    text.trim_start_matches(GUARD).starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// `text` as it is safe in a cell.
#[must_use]
pub fn neutralised(text: &str) -> Cow<'_, str> {
    if is_risky(text) { Cow::Owned(format!("{GUARD}{text}")) } else { Cow::Borrowed(text) }
}

/// The text that [`neutralised`] was given.
#[must_use]
pub fn restored(cell: &str) -> &str {
    cell.strip_prefix(GUARD).filter(|text| is_risky(text)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_guarded_and_other_texts_are_not() {
        for formula in ["=1+1", "+49 30", "-3", "@SUM(A1)", "\t=1", "'=1"] {
            assert_eq!(neutralised(formula), format!("'{formula}"));
        }
        for text in ["", "c5.large", "'quoted'", "a=b", "4-pin"] {
            assert_eq!(neutralised(text), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(text in "['=+@\\-\ta-c]{0,6}") {
            let written = neutralised(&text);
            prop_assert_eq!(restored(&written), &text);
        }
    }
}
