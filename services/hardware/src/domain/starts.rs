//! When could it start instead? The starts at which all lines of a basket fit at once.

use super::{
    peak::{Claim, levels},
    window::Window,
};

/// How far around the wanted start others are looked for: 90 days.
pub const SEARCH_S: i64 = 90 * 86_400;
/// Other starts offered at most.
pub const MAX_ALTERNATIVES: usize = 3;

/// What one line of the basket needs.
#[derive(Clone, Debug)]
pub struct Need {
    /// Units there are.
    pub capacity: i64,
    /// Units wanted.
    pub qty: i64,
    /// Seconds wanted, the buffer included.
    pub length_s: i64,
    /// Every claim of somebody else that overlaps a start in question.
    pub others: Vec<Claim>,
}

/// The starts within `range` at which something cannot fit, as sorted, disjoint stretches `[from, to)`.
#[derive(Clone, Debug)]
pub struct Starts {
    range: Window,
    barred: Vec<Window>,
}

impl Starts {
    /// The starts in `range` (its last second included) for a basket.
    #[must_use]
    pub fn new(needs: &[Need], range: Window) -> Self {
        let mut barred: Vec<_> = needs.iter().flat_map(|need| barred_by(need, range)).collect();
        barred.sort_unstable_by_key(|stretch| stretch.from);
        let mut merged: Vec<Window> = Vec::with_capacity(barred.len());
        for stretch in barred {
            match merged.last_mut() {
                Some(last) if stretch.from <= last.to => last.to = last.to.max(stretch.to),
                _ => merged.push(stretch),
            }
        }
        Self { range, barred: merged }
    }

    /// The first start at `t` or later.
    #[must_use]
    pub fn at_or_after(&self, t: i64) -> Option<i64> {
        let t = t.max(self.range.from);
        let found = self.stretch_over(t).map_or(t, |stretch| stretch.to);
        (found < self.range.to).then_some(found)
    }

    /// The last start at `t` or earlier.
    #[must_use]
    pub fn at_or_before(&self, t: i64) -> Option<i64> {
        let t = t.min(self.range.to - 1);
        let found = self.stretch_over(t).map_or(t, |stretch| stretch.from - 1);
        (found >= self.range.from).then_some(found)
    }

    /// Merged stretches do not touch, so the second outside of one is outside of all.
    fn stretch_over(&self, t: i64) -> Option<&Window> {
        let next = self.barred.partition_point(|stretch| stretch.to <= t);
        self.barred.get(next).filter(|stretch| stretch.from <= t)
    }

    /// Up to three starts around `wanted`, the nearest first, each `apart_s` from the next on its side: all of
    /// them could be booked, one after the other.
    #[must_use]
    pub fn nearest(&self, wanted: i64, apart_s: i64) -> Vec<i64> {
        let later = std::iter::successors(self.at_or_after(wanted), |t| self.at_or_after(t + apart_s));
        let first = wanted.saturating_sub(1);
        let earlier = std::iter::successors(self.at_or_before(first), |t| self.at_or_before(t - apart_s));
        let mut found: Vec<_> = later.take(MAX_ALTERNATIVES).chain(earlier.take(MAX_ALTERNATIVES)).collect();
        found.sort_by_key(|t| ((t - wanted).abs(), -t));
        found.truncate(MAX_ALTERNATIVES);
        found
    }
}

/// A level with too little free bars every start from which the need would reach into it.
fn barred_by(need: &Need, range: Window) -> Vec<Window> {
    let reach = Window { to: range.to + need.length_s, ..range };
    let short =
        levels(&need.others, reach).into_iter().filter(|level| need.capacity - level.in_use < need.qty);
    short.map(|level| Window { from: level.from - need.length_s + 1, to: level.to }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn need(capacity: i64, qty: i64, length_s: i64, others: &[(i64, i64, i64)]) -> Need {
        let others =
            others.iter().map(|&(starts_at, blocked_until, qty)| Claim { starts_at, blocked_until, qty });
        Need { capacity, qty, length_s, others: others.collect() }
    }

    fn range(from: i64, to: i64) -> Window {
        Window { from, to }
    }

    #[test]
    fn the_nearest_come_first_and_do_not_overlap() {
        let starts = Starts::new(&[need(1, 1, 10, &[(100, 110, 1)])], range(0, 1_000));
        assert_eq!(starts.nearest(100, 10), [110, 90, 120]);
        assert_eq!(starts.nearest(104, 10), [110, 90, 120]);
        assert_eq!(starts.nearest(101, 10), [110, 90, 120]);
    }

    #[test]
    fn nothing_before_the_range_and_nothing_after_it() {
        let starts = Starts::new(&[need(1, 1, 10, &[(100, 110, 1)])], range(95, 115));
        assert_eq!(starts.nearest(100, 10), [110]);
        assert!(Starts::new(&[need(1, 2, 10, &[])], range(0, 1_000)).nearest(5, 10).is_empty());
    }

    #[test]
    fn every_line_of_a_basket_must_fit() {
        let needs = [need(1, 1, 10, &[(100, 110, 1)]), need(2, 1, 15, &[(110, 130, 2)])];
        let starts = Starts::new(&needs, range(0, 1_000));
        assert_eq!((starts.at_or_after(100), starts.at_or_before(100)), (Some(130), Some(90)));
    }

    proptest! {
        #[test]
        fn starts_agree_with_trying_every_second(
            one in vec((0_i64..60, 1_i64..15, 1_i64..4), 0..8), two in vec((0_i64..60, 1_i64..15, 1_i64..4), 0..8),
            capacity in 0_i64..5, qty in 1_i64..4, length in 1_i64..12, from in 0_i64..30, span in 1_i64..40, wanted in 0_i64..80,
        ) {
            let ends = |list: Vec<(i64, i64, i64)>| list.into_iter().map(|(s, l, q)| (s, s + l, q)).collect::<Vec<_>>();
            let needs = [need(capacity, qty, length, &ends(one)), need(3, 1, length + 2, &ends(two))];
            let range = range(from, from + span);
            let starts = Starts::new(&needs, range);
            let in_use = |n: &Need, s: i64| n.others.iter().filter(|c| c.starts_at <= s && s < c.blocked_until).map(|c| c.qty).sum::<i64>();
            let fits = |t: i64| needs.iter().all(|n| (t..t + n.length_s).all(|s| n.capacity - in_use(n, s) >= n.qty));
            let all: Vec<_> = (range.from..range.to).filter(|t| fits(*t)).collect();
            prop_assert_eq!(starts.at_or_after(wanted), all.iter().copied().find(|t| *t >= wanted));
            prop_assert_eq!(starts.at_or_before(wanted), all.iter().rev().copied().find(|t| *t <= wanted));
            let nearest = starts.nearest(wanted, length + 2);
            for pair in nearest.windows(2) {
                prop_assert!((pair[0] - wanted).abs() <= (pair[1] - wanted).abs());
                prop_assert!((pair[0] - pair[1]).abs() >= length + 2 || (pair[0] < wanted) != (pair[1] < wanted));
            }
            prop_assert!(nearest.iter().all(|t| all.contains(t)));
            prop_assert_eq!(nearest.is_empty(), all.is_empty());
        }
    }
}
