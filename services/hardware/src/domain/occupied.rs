//! What is taken of one hardware over a long time, for many questions in a row: everybody's claims are swept over once, and
//! what the questions themselves take is added to that.

use super::{
    demand::{self, Shortage},
    peak::{Claim, Level, levels},
    window::Window,
};

/// Units in use of one hardware.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Occupied {
    /// Adjacent, in order.
    levels: Vec<Level>,
    /// What was added since.
    added: Vec<Claim>,
}

impl Occupied {
    /// What `others` take over `window`: every claim of theirs that overlaps it.
    #[must_use]
    pub fn new(others: &[Claim], window: Window) -> Self {
        Self { levels: levels(others, window), added: Vec::new() }
    }

    /// Takes more; its number among all that were added, from 0.
    pub fn add(&mut self, claim: Claim) -> usize {
        self.added.push(claim);
        self.added.len() - 1
    }

    /// Where fewer than `qty` units are free over `part`, which lies in the window: [`demand::shortages`] beside all that
    /// is taken, but for the `own`th that was added.
    #[must_use]
    pub fn shortages(&self, capacity: i64, part: Window, qty: i64, own: Option<usize>) -> Vec<Shortage> {
        let taken: Vec<_> = self.levels_over(part).chain(self.added_over(part, own)).collect();
        demand::shortages(capacity, &taken, part, qty)
    }

    /// Whether anything that was added, but for the `own`th, overlaps `part`.
    #[must_use]
    pub fn has_added(&self, part: Window, own: Option<usize>) -> bool {
        self.added_over(part, own).next().is_some()
    }

    /// A level is as good as a claim of as many units.
    fn levels_over(&self, part: Window) -> impl Iterator<Item = Claim> {
        let first = self.levels.partition_point(|level| level.to <= part.from);
        let rest = self.levels.get(first..).unwrap_or_default();
        rest.iter().take_while(move |level| level.from < part.to).map(|level| Claim {
            starts_at: level.from,
            blocked_until: level.to,
            qty: level.in_use,
        })
    }

    fn added_over(&self, part: Window, own: Option<usize>) -> impl Iterator<Item = Claim> {
        let others = self.added.iter().enumerate().filter(move |(at, _)| Some(*at) != own);
        others.map(|(_, claim)| *claim).filter(move |claim| claim.overlaps(part))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn claims(list: Vec<(i64, i64, i64)>) -> Vec<Claim> {
        let claim = |(from, length, qty)| Claim { starts_at: from, blocked_until: from + length, qty };
        list.into_iter().map(claim).collect()
    }

    proptest! {
        #[test]
        fn it_answers_as_the_claims_themselves_do(
            others in vec((0_i64..60, 1_i64..30, 1_i64..4), 0..8), added in vec((0_i64..60, 1_i64..30, 1_i64..4), 1..5),
            own in 0_usize..5, from in 10_i64..40, length in 1_i64..20, qty in 1_i64..4, capacity in 0_i64..8,
        ) {
            let (others, added) = (claims(others), claims(added));
            let mut occupied = Occupied::new(&others, Window { from: 10, to: 60 });
            for claim in &added {
                occupied.add(*claim);
            }
            let part = Window { from, to: from + length };
            let beside = |own: Option<usize>| -> Vec<Claim> {
                let added = added.iter().enumerate().filter(|(at, _)| Some(*at) != own).map(|(_, claim)| claim);
                others.iter().chain(added).copied().collect()
            };
            for own in [None, Some(own)] {
                let expected = demand::shortages(capacity, &beside(own), part, qty);
                prop_assert_eq!(occupied.shortages(capacity, part, qty, own), expected);
            }
        }
    }
}
