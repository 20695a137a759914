//! The write check: may units be taken over a stretch of time, beside everybody else's claims?

use super::{
    peak::{Claim, levels},
    window::Window,
};

/// A stretch over which too little is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// First second of the stretch.
    pub from: i64,
    /// First second after it.
    pub to: i64,
    /// Units free over it.
    pub free: i64,
}

/// Where fewer than `qty` units are free beside `others`; empty if the units may be taken. `window` includes the
/// buffer, and `others` holds every claim of somebody else that overlaps it.
#[must_use]
pub fn shortages(capacity: i64, others: &[Claim], window: Window, qty: i64) -> Vec<Shortage> {
    levels(others, window)
        .into_iter()
        .filter(|level| capacity - level.in_use < qty)
        .map(|level| Shortage { from: level.from, to: level.to, free: (capacity - level.in_use).max(0) })
        .collect()
}

/// Where `new` takes more than `old` took: only there does a change have to be checked. So what is over-committed
/// already can still be shortened, and nobody loses what they have by changing something else.
#[must_use]
pub fn increase(old: Option<Claim>, new: Claim) -> Vec<Window> {
    let whole = Window { from: new.starts_at, to: new.blocked_until };
    let Some(old) = old.filter(|old| new.qty <= old.qty) else { return vec![whole] };
    let before = Window { to: whole.to.min(old.starts_at), ..whole };
    let after = Window { from: whole.from.max(old.blocked_until), ..whole };
    [before, after].into_iter().filter(|part| part.from < part.to).collect()
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn claim(starts_at: i64, blocked_until: i64, qty: i64) -> Claim {
        Claim { starts_at, blocked_until, qty }
    }

    #[test]
    fn what_touches_is_not_in_the_way() {
        let others = [claim(9, 10, 1)];
        assert_eq!(shortages(1, &others, Window { from: 10, to: 11 }, 1), []);
        assert_eq!(shortages(1, &others, Window { from: 8, to: 9 }, 1), []);
        let met = shortages(1, &others, Window { from: 8, to: 12 }, 1);
        assert_eq!(met, [Shortage { from: 9, to: 10, free: 0 }]);
    }

    #[test]
    fn more_than_there_is_is_short_all_the_time() {
        let short = shortages(2, &[], Window { from: 0, to: 5 }, 3);
        assert_eq!(short, [Shortage { from: 0, to: 5, free: 2 }]);
    }

    #[test]
    fn a_change_is_checked_only_where_it_takes_more() {
        let old = Some(claim(10, 20, 2));
        let part = |from, to| Window { from, to };
        assert_eq!(increase(None, claim(10, 20, 1)), [part(10, 20)]);
        assert_eq!(increase(old, claim(12, 18, 2)), []);
        assert_eq!(increase(old, claim(10, 25, 1)), [part(20, 25)]);
        assert_eq!(increase(old, claim(5, 25, 2)), [part(5, 10), part(20, 25)]);
        assert_eq!(increase(old, claim(10, 20, 3)), [part(10, 20)]);
        assert_eq!(increase(old, claim(30, 40, 1)), [part(30, 40)]);
        assert_eq!(increase(old, claim(1, 4, 1)), [part(1, 4)]);
    }

    proptest! {
        #[test]
        fn an_increase_is_every_second_that_takes_more(
            old in proptest::option::of((0_i64..20, 1_i64..10, 1_i64..4)), start in 0_i64..20, length in 1_i64..10, qty in 1_i64..4,
        ) {
            let old = old.map(|(s, l, q)| claim(s, s + l, q));
            let new = claim(start, start + length, qty);
            let parts = increase(old, new);
            let had = |t: i64| old.filter(|o| o.starts_at <= t && t < o.blocked_until).map_or(0, |o| o.qty);
            for t in 0..40 {
                let inside = parts.iter().any(|p| p.from <= t && t < p.to);
                let needs = new.starts_at <= t && t < new.blocked_until && new.qty > had(t);
                // A larger quantity is checked over the whole of it, which is no less strict.
                prop_assert!(inside || !needs, "{t}");
                prop_assert!(!inside || needs || old.is_some_and(|o| new.qty > o.qty), "{t}");
            }
        }

        #[test]
        fn nothing_short_means_that_no_second_is(
            others in vec((0_i64..20, 1_i64..10, 1_i64..4), 0..8), from in 0_i64..20, length in 1_i64..10, qty in 1_i64..4, capacity in 0_i64..6,
        ) {
            let others: Vec<_> = others.into_iter().map(|(s, l, q)| claim(s, s + l, q)).collect();
            let short = shortages(capacity, &others, Window { from, to: from + length }, qty);
            for t in from..from + length {
                let in_use: i64 = others.iter().filter(|c| c.starts_at <= t && t < c.blocked_until).map(|c| c.qty).sum();
                let found = short.iter().find(|s| s.from <= t && t < s.to);
                prop_assert_eq!(found.map(|s| s.free), (capacity - in_use < qty).then_some((capacity - in_use).max(0)));
            }
        }
    }
}
