//! The product's one rule, written down a second time and as plainly as can be: at no instant are more units in use
//! than there are. It shares no code with the product, and looks at every claim for every instant.

use std::collections::BTreeMap;

/// Units of one hardware, taken over `[from, until)`; the buffer is in `until`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub hardware: i64,
    pub from: i64,
    pub until: i64,
    pub qty: i64,
}

#[derive(Clone, Copy, Debug)]
pub struct Hardware {
    pub capacity: i64,
    pub buffer: i64,
}

/// What there is, by id.
pub type Stock = BTreeMap<i64, Hardware>;

/// Units in use at one instant.
fn in_use(claims: &[&Claim], at: i64) -> i64 {
    claims.iter().filter(|claim| claim.from <= at && at < claim.until).map(|claim| claim.qty).sum()
}

/// The most units in use at any one instant of `[from, until)`. Use rises at claims' starts alone.
fn peak(claims: &[&Claim], from: i64, until: i64) -> i64 {
    let starts = claims.iter().map(|claim| claim.from).filter(|start| (from..until).contains(start));
    starts.chain([from]).map(|at| in_use(claims, at)).max().unwrap_or(0)
}

fn by_hardware(claims: &[Claim]) -> BTreeMap<i64, Vec<&Claim>> {
    let mut sorted: BTreeMap<i64, Vec<&Claim>> = BTreeMap::new();
    for claim in claims {
        sorted.entry(claim.hardware).or_default().push(claim);
    }
    sorted
}

/// Where more is in use than there is, from the instant `since` on.
pub fn collisions(claims: &[Claim], stock: &Stock, since: i64) -> Vec<String> {
    let mut found = Vec::new();
    for (hardware, claims) in by_hardware(claims) {
        let capacity = stock[&hardware].capacity;
        let starts = claims.iter().map(|claim| claim.from.max(since));
        let instants = starts.filter(|&at| in_use(&claims, at) > capacity);
        if let Some(at) = instants.min() {
            let used = in_use(&claims, at);
            found.push(format!("hardware {hardware}: {used} in use of {capacity} at {at}"));
        }
    }
    found
}

/// Whether all of `wanted` would fit beside `claims`. What was refused and fits beside everything that was ever
/// accepted was refused for nothing.
pub fn fits(wanted: &[Claim], claims: &[Claim], stock: &Stock) -> bool {
    let taken = by_hardware(claims);
    wanted.iter().all(|want| {
        let others = taken.get(&want.hardware).map(Vec::as_slice).unwrap_or_default();
        peak(others, want.from, want.until) + want.qty <= stock[&want.hardware].capacity
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    const ALWAYS: i64 = i64::MIN;

    fn claim(from: i64, until: i64, qty: i64) -> Claim {
        Claim { hardware: 1, from, until, qty }
    }

    fn of(capacity: i64) -> Stock {
        Stock::from([(1, Hardware { capacity, buffer: 0 }), (2, Hardware { capacity, buffer: 0 })])
    }

    #[test]
    fn a_planted_overlap_is_caught() {
        let found = collisions(&[claim(0, 10, 1), claim(9, 12, 1)], &of(1), ALWAYS);
        assert_eq!(found, ["hardware 1: 2 in use of 1 at 9"]);
    }

    #[test]
    fn neighbours_do_not_collide() {
        assert!(
            collisions(&[claim(0, 10, 1), claim(10, 12, 1), claim(12, 13, 1)], &of(1), ALWAYS).is_empty()
        );
    }

    #[test]
    fn another_hardware_does_not_collide() {
        let other = Claim { hardware: 2, ..claim(0, 10, 1) };
        assert!(collisions(&[claim(0, 10, 1), other], &of(1), ALWAYS).is_empty());
    }

    #[test]
    fn it_is_the_peak_that_counts_and_not_the_sum() {
        let day = [claim(9, 11, 2), claim(11, 13, 2), claim(12, 14, 1)];
        assert!(collisions(&day, &of(3), ALWAYS).is_empty());
        assert_eq!(collisions(&day, &of(2), ALWAYS), ["hardware 1: 3 in use of 2 at 12"]);
    }

    #[test]
    fn what_was_before_does_not_count_and_what_began_before_does() {
        let claims = [claim(0, 10, 1), claim(5, 20, 1)];
        assert!(collisions(&claims, &of(1), 10).is_empty());
        assert_eq!(collisions(&claims, &of(1), 9), ["hardware 1: 2 in use of 1 at 9"]);
    }

    #[test]
    fn what_fits_is_told_from_what_does_not() {
        let taken = [claim(0, 10, 1), claim(10, 20, 2)];
        assert!(fits(&[claim(0, 10, 1)], &taken, &of(2)));
        assert!(!fits(&[claim(0, 11, 1)], &taken, &of(2)));
        let elsewhere = Claim { hardware: 2, ..claim(0, 11, 1) };
        assert!(fits(std::slice::from_ref(&elsewhere), &taken, &of(2)));
        assert!(!fits(&[elsewhere, claim(15, 16, 1)], &taken, &of(2)), "all lines or none");
    }

    #[test]
    fn it_agrees_with_looking_at_every_second() {
        let mut dice = Dice::new(1, "every second");
        for _ in 0..300 {
            let claims: Vec<Claim> = (0..6)
                .map(|_| {
                    let from = dice.between(0, 40);
                    claim(from, from + dice.between(1, 15), dice.between(1, 2))
                })
                .collect();
            let all: Vec<&Claim> = claims.iter().collect();
            let slow = (0..60).find(|&at| in_use(&all, at) > 3);
            assert_eq!(collisions(&claims, &of(3), ALWAYS).is_empty(), slow.is_none(), "{claims:?}");
            let (from, until) = (dice.between(0, 30), dice.between(31, 60));
            let highest = (from..until).map(|at| in_use(&all, at)).max().unwrap();
            assert_eq!(peak(&all, from, until), highest, "{claims:?} {from} {until}");
        }
    }
}
