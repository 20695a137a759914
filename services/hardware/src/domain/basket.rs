//! What is wanted of each hardware: the lines of a booking, each hardware once.

use std::collections::BTreeMap;

use super::{Invalid, hardware::MAX_CAPACITY};

/// Lines of one reservation at most.
pub const MAX_LINES: usize = 100;

/// What is wanted of each hardware: units by hardware id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basket(BTreeMap<i64, Wanted>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wanted {
    qty: i64,
    /// Where it stood first in what the caller sent.
    at: usize,
}

impl Basket {
    /// From `(hardware, units)` as a caller listed them. The same hardware twice counts together.
    ///
    /// # Errors
    /// No lines, too many of them, or the line whose units are impossible.
    pub fn new(lines: &[(i64, i64)]) -> Result<Self, Vec<Invalid>> {
        if lines.is_empty() || lines.len() > MAX_LINES {
            let why = format!("has {} entries; it must have 1 to {MAX_LINES}", lines.len());
            return Err(vec![Invalid::new("lines", why)]);
        }
        let mut basket = BTreeMap::new();
        let mut wrong = Vec::new();
        for (at, &(hardware, qty)) in lines.iter().enumerate() {
            if (1..=MAX_CAPACITY).contains(&qty) {
                basket.entry(hardware).or_insert(Wanted { qty: 0, at }).qty += qty;
            } else {
                let why = format!("is {qty}; it must be 1 to {MAX_CAPACITY}");
                wrong.push(Invalid::new(format!("lines[{at}].qty"), why));
            }
        }
        if wrong.is_empty() { Ok(Self(basket)) } else { Err(wrong) }
    }

    /// Hardware ids, ascending.
    pub fn ids(&self) -> impl Iterator<Item = i64> {
        self.0.keys().copied()
    }

    /// `(hardware, units)`, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (i64, i64)> {
        self.0.iter().map(|(id, wanted)| (*id, wanted.qty))
    }

    /// Units wanted of `hardware`.
    #[must_use]
    pub fn qty(&self, hardware: i64) -> Option<i64> {
        self.0.get(&hardware).map(|wanted| wanted.qty)
    }

    /// What is wrong with the line of `hardware`, told by its place in what the caller sent.
    #[must_use]
    pub fn invalid(&self, hardware: i64, member: &str, why: impl Into<String>) -> Invalid {
        let at = self.0.get(&hardware).map_or(0, |wanted| wanted.at);
        Invalid::new(format!("lines[{at}].{member}"), why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_hardware_twice_counts_together() {
        let basket = Basket::new(&[(7, 1), (2, 3), (7, 2)]).unwrap();
        assert_eq!(basket.iter().collect::<Vec<_>>(), [(2, 3), (7, 3)]);
        assert_eq!(basket.invalid(2, "hardware", "").field, "lines[1].hardware");
        assert_eq!(basket.invalid(7, "hardware", "").field, "lines[0].hardware");
    }

    #[test]
    fn impossible_units_are_told_line_by_line() {
        let fields = |lines: &[(i64, i64)]| -> Vec<_> {
            Basket::new(lines).unwrap_err().into_iter().map(|invalid| invalid.field.into_owned()).collect()
        };
        assert_eq!(fields(&[(1, 0), (2, 1), (3, MAX_CAPACITY + 1)]), ["lines[0].qty", "lines[2].qty"]);
        assert_eq!(fields(&[]), ["lines"]);
        assert_eq!(fields(&[(1, 1); MAX_LINES + 1]), ["lines"]);
    }
}
