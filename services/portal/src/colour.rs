//! One colour, and how well one can be read on another (WCAG 2.2).

use std::{fmt, str::FromStr};

/// A colour of the sRGB space, written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// A text that is no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not of the form #rrggbb")]
pub struct NoColour;

impl FromStr for Colour {
    type Err = NoColour;

    fn from_str(text: &str) -> Result<Self, NoColour> {
        let digits = text.strip_prefix('#').ok_or(NoColour)?;
        // `from_str_radix` alone would take a sign.
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NoColour);
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).map_err(|_| NoColour)?.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Colour {
    /// From 1, which cannot be told apart, to 21, which is black on white; the same both ways.
    /// <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn colour(text: &str) -> Colour {
        text.parse().unwrap()
    }

    #[test]
    fn known_contrasts_are_found() {
        for (one, other, known) in [
            ("#000000", "#ffffff", "21.00"),
            ("#767676", "#ffffff", "4.54"),
            ("#777777", "#FFFFFF", "4.48"),
            ("#ff0000", "#ffffff", "4.00"),
            ("#0000ff", "#ffffff", "8.59"),
            ("#742a5d", "#742a5d", "1.00"),
        ] {
            assert_eq!(format!("{:.2}", colour(one).contrast(colour(other))), known, "{one} on {other}");
        }
    }

    #[test]
    fn anything_else_is_no_colour() {
        for text in ["", "#", "742a5d", "#742a5", "#742a5d0", "#+42a5d", "#g42a5d", "red", "#ääa", " #742a5d"]
        {
            assert_eq!(text.parse::<Colour>(), Err(NoColour), "{text}");
        }
    }

    proptest! {
        #[test]
        fn contrast_is_the_same_both_ways_and_between_1_and_21(one: [u8; 3], other: [u8; 3]) {
            let (one, other) = (Colour(one), Colour(other));
            let contrast = one.contrast(other);
            prop_assert!((1.0..=21.000_001).contains(&contrast), "{contrast}");
            prop_assert!((contrast - other.contrast(one)).abs() < f64::EPSILON);
            prop_assert!((one.contrast(one) - 1.0).abs() < f64::EPSILON);
        }

        #[test]
        fn a_colour_is_read_as_it_is_written(channels: [u8; 3]) {
            prop_assert_eq!(Colour(channels).to_string().parse(), Ok(Colour(channels)));
        }

        #[test]
        fn no_text_ends_the_reader(text in ".{0,12}") {
            let _ = text.parse::<Colour>();
        }
    }
}
