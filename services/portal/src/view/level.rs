//! How much is free, as a pill, as a bar and in words: three signs that always say the same.

use serde::Serialize;

use crate::hardware_client::{Availability, Hardware};

/// Up to this many units a bar shows one peg per unit; above it the pegs would be thinner than the gaps.
const MAX_PEGS: u64 = 16;

/// A bar of `capacity` units, `left` of them free. All lengths are in units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    level: &'static str,
    width: String,
    all: u64,
    left: u64,
    dashes: Option<String>,
}

impl Bar {
    /// The bar for `free` of `capacity`; there is none for a capacity of 0.
    #[must_use]
    pub fn new(level: Availability, free: u64, capacity: u64) -> Option<Self> {
        if capacity == 0 {
            return None;
        }
        // The gap is two hundredths of the capacity, so that it is as wide at 2 units as at 16.
        let gap = if capacity <= MAX_PEGS { 2 * capacity } else { 0 };
        let dashes = (gap > 0).then(|| format!("{} {}", hundredths(100 - gap), hundredths(gap)));
        let width = if gap > 0 { hundredths(100 * capacity - gap) } else { capacity.to_string() };
        Some(Self { level: level.word(), width, all: capacity, left: free.min(capacity), dashes })
    }
}

/// What a row or an item says of its units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// The API's word: pill, symbol and class.
    pub level: &'static str,
    /// `None` for a capacity of 0.
    pub bar: Option<Bar>,
    /// Free units, with commas.
    pub free: String,
    /// Units in all, with commas.
    pub capacity: String,
    /// Units promised beyond the capacity; `None` where all is well.
    pub over: Option<String>,
}

impl Amount {
    /// The amount that `row` has free over its window.
    #[must_use]
    pub fn of(row: &Hardware) -> Self {
        Self {
            level: row.availability.word(),
            bar: Bar::new(row.availability, row.free, row.capacity),
            free: super::words::number(row.free),
            capacity: super::words::number(row.capacity),
            over: (row.overcommitted > 0).then(|| super::words::number(row.overcommitted)),
        }
    }
}

/// `76` is `0.76`, `100` is `1`, `1170` is `11.7`.
#[must_use]
pub fn hundredths(n: u64) -> String {
    match (n / 100, n % 100) {
        (whole, 0) => whole.to_string(),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}", part / 10),
        (whole, part) => format!("{whole}.{part:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(free: u64, capacity: u64) -> Bar {
        Bar::new(Availability::High, free, capacity).unwrap()
    }

    #[test]
    fn up_to_sixteen_units_have_a_peg_each_and_the_last_gap_is_cut_off() {
        let of_12 = bar(9, 12);
        assert_eq!((of_12.width.as_str(), of_12.dashes.as_deref()), ("11.76", Some("0.76 0.24")));
        let of_1 = bar(1, 1);
        assert_eq!((of_1.width.as_str(), of_1.dashes.as_deref()), ("0.98", Some("0.98 0.02")));
        let of_10 = bar(5, 10);
        assert_eq!((of_10.width.as_str(), of_10.dashes.as_deref()), ("9.8", Some("0.8 0.2")));
        assert_eq!(bar(16, 16).dashes.as_deref(), Some("0.68 0.32"));
    }

    #[test]
    fn more_units_are_one_solid_bar() {
        let of_17 = bar(3, 17);
        assert_eq!((of_17.width.as_str(), of_17.dashes), ("17", None));
    }

    #[test]
    fn nothing_to_have_has_no_bar_and_more_free_than_there_is_stays_inside_it() {
        assert_eq!(Bar::new(Availability::None, 0, 0), None);
        assert_eq!(bar(9, 4).left, 4);
    }
}
