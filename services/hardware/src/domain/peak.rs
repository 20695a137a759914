//! The one rule: `free(h, [from, to)) = max(0, capacity - peak)`, where the peak is the largest number of units
//! in use at any one instant of the window: never the sum over the window.
//!
//! Everything that speaks of availability goes through [`levels`].

use super::window::Window;

/// Occupancy of one hardware: `qty` units over `[starts_at, blocked_until)`, UTC epoch seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// First second taken.
    pub starts_at: i64,
    /// First second free again, the buffer included.
    pub blocked_until: i64,
    /// Units taken, at least 1.
    pub qty: i64,
}

impl Claim {
    /// Whether it takes anything of `window`.
    #[must_use]
    pub fn overlaps(&self, window: Window) -> bool {
        self.starts_at < window.to && window.from < self.blocked_until
    }
}

/// A stretch of time over which the number of units in use does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// First second of the stretch.
    pub from: i64,
    /// First second after it.
    pub to: i64,
    /// Units in use, at least 0.
    pub in_use: i64,
}

/// The step function of units in use: adjacent, maximal stretches that cover `window` exactly.
///
/// Sweeps over the claims' boundaries; intervals are half-open, so at one instant ends count before starts.
#[must_use]
pub fn levels(claims: &[Claim], window: Window) -> Vec<Level> {
    let mut deltas = Vec::with_capacity(claims.len() * 2);
    for claim in claims {
        let (from, to) = (claim.starts_at.max(window.from), claim.blocked_until.min(window.to));
        if from < to {
            deltas.push((from, claim.qty));
            deltas.push((to, -claim.qty));
        }
    }
    deltas.sort_unstable();
    let mut steps = Vec::with_capacity(deltas.len() + 1);
    let mut open = Level { from: window.from, to: window.to, in_use: 0 };
    let mut rest = deltas.as_slice();
    while let Some(&(at, _)) = rest.first() {
        let same = rest.iter().take_while(|(when, _)| *when == at).count();
        let (now, later) = rest.split_at(same);
        let in_use = open.in_use + now.iter().map(|(_, delta)| delta).sum::<i64>();
        if in_use != open.in_use {
            if open.from < at {
                steps.push(Level { to: at, ..open });
            }
            open = Level { from: at, to: window.to, in_use };
        }
        rest = later;
    }
    if open.from < window.to {
        steps.push(open);
    }
    steps
}

/// The largest number of units in use at any instant of `window`.
#[must_use]
pub fn peak(claims: &[Claim], window: Window) -> i64 {
    levels(claims, window).iter().map(|level| level.in_use).max().unwrap_or(0)
}

/// Units free over the whole of `window`.
#[must_use]
pub fn free(capacity: i64, claims: &[Claim], window: Window) -> i64 {
    (capacity - peak(claims, window)).max(0)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn claim(starts_at: i64, blocked_until: i64, qty: i64) -> Claim {
        Claim { starts_at, blocked_until, qty }
    }

    fn window(from: i64, to: i64) -> Window {
        Window { from, to }
    }

    /// Looks at every second, one by one.
    fn in_use_at(claims: &[Claim], t: i64) -> i64 {
        claims.iter().filter(|c| c.starts_at <= t && t < c.blocked_until).map(|c| c.qty).sum()
    }

    #[test]
    fn it_is_the_peak_and_never_the_sum() {
        let claims = [claim(9, 11, 2), claim(11, 13, 2), claim(12, 14, 1)];
        assert_eq!(free(3, &claims, window(9, 14)), 0);
        assert_eq!(free(3, &claims, window(9, 12)), 1);
        assert_eq!(free(3, &claims, window(12, 13)), 0);
    }

    #[test]
    fn touching_claims_do_not_meet() {
        let claims = [claim(9, 10, 1)];
        assert_eq!(free(1, &claims, window(10, 11)), 1);
        assert_eq!(free(1, &claims, window(8, 9)), 1);
        assert_eq!(free(1, &claims, window(9, 11)), 0);
    }

    #[test]
    fn a_long_claim_is_seen_from_its_middle() {
        assert_eq!(free(1, &[claim(0, 400 * 86_400, 1)], window(200 * 86_400, 200 * 86_400 + 3_600)), 0);
    }

    #[test]
    fn overcommitment_leaves_nothing_free_and_not_less() {
        assert_eq!(free(1, &[claim(0, 9, 5)], window(3, 4)), 0);
    }

    #[test]
    fn a_hand_over_of_equal_size_is_one_level() {
        let claims = [claim(0, 5, 2), claim(5, 9, 2)];
        assert_eq!(levels(&claims, window(0, 9)), [Level { from: 0, to: 9, in_use: 2 }]);
    }

    fn claims() -> impl Strategy<Value = Vec<Claim>> {
        vec(
            (0_i64..40, 1_i64..20, 1_i64..4)
                .prop_map(|(start, length, qty)| claim(start, start + length, qty)),
            0..12,
        )
    }

    proptest! {
        #[test]
        fn levels_agree_with_looking_at_every_second(claims in claims(), from in 0_i64..40, length in 1_i64..30) {
            let window = window(from, from + length);
            let steps = levels(&claims, window);
            prop_assert_eq!(steps.first().map(|s| s.from), Some(window.from));
            prop_assert_eq!(steps.last().map(|s| s.to), Some(window.to));
            for pair in steps.windows(2) {
                prop_assert!(pair[0].to == pair[1].from && pair[0].in_use != pair[1].in_use);
            }
            for step in &steps {
                for t in step.from..step.to {
                    prop_assert_eq!(step.in_use, in_use_at(&claims, t), "at {}", t);
                }
            }
        }
    }
}
