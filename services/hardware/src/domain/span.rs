//! A claim's length class, by which the database finds what overlaps a window without reading history: of the
//! claims that are at most `2^span` hours long, only those that start less than that before the window reach into it.

const HOUR_S: i64 = 3_600;
/// The widest class: some 15,000 years, longer than the calendar.
pub const MAX_SPAN: u32 = 27;

/// The smallest class for a claim of `length_s` seconds: 0 up to an hour, 1 up to two, 2 up to four, and so on.
#[must_use]
pub fn of_length(length_s: i64) -> u32 {
    let hours = length_s.max(1).unsigned_abs().div_ceil(HOUR_S.unsigned_abs());
    (u64::BITS - (hours - 1).leading_zeros()).min(MAX_SPAN)
}

/// Seconds that a claim of this class is long at most.
#[must_use]
pub fn longest_s(span: u32) -> i64 {
    HOUR_S << span.min(MAX_SPAN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::task::OPEN_END_S;

    #[test]
    fn classes_double() {
        let spans = [1, 3_600, 3_601, 7_200, 7_201, 14_400, 14_401].map(of_length);
        assert_eq!(spans, [0, 0, 1, 1, 2, 2, 3]);
        assert!(longest_s(MAX_SPAN) > OPEN_END_S + 62_167_219_200, "all of the calendar, from the year 0");
    }

    proptest! {
        #[test]
        fn a_class_is_the_smallest_that_holds_the_claim(length_s in 1_i64..longest_s(MAX_SPAN)) {
            let span = of_length(length_s);
            prop_assert!(length_s <= longest_s(span));
            prop_assert!(span == 0 || length_s > longest_s(span - 1));
        }
    }
}
