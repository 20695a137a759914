//! What is free of one hardware, told for the parts of a calendar, whatever steps the service gave.

use chrono::{DateTime, Utc};

use crate::hardware_client::{Outline, Stretch};

/// A stretch in which the same is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
    /// Units free in all of it.
    pub(super) free: u64,
    /// Units promised beyond the capacity.
    pub(super) over: u64,
}

/// For each of the parts between `edges` the least that is free, neighbours that are alike as one. What the
/// service said nothing about is left out. As many steps as there are parts at most, in one walk over both.
pub(super) fn steps(outline: &Outline, edges: &[DateTime<Utc>]) -> Vec<Step> {
    let given = in_order(outline);
    let mut rest = given.as_slice();
    let mut all: Vec<Step> = Vec::new();
    for (from, to) in edges.iter().copied().zip(edges.iter().copied().skip(1)) {
        while rest.first().is_some_and(|step| step.to <= from) {
            rest = rest.get(1..).unwrap_or_default();
        }
        let within = rest.iter().take_while(|step| step.from < to);
        let Some((free, over)) = within.fold(None, worst) else { continue };
        match all.last_mut() {
            Some(last) if last.to == from && (last.free, last.over) == (free, over) => last.to = to,
            _ => all.push(Step { from, to, free, over }),
        }
    }
    all
}

fn worst(so_far: Option<(u64, u64)>, step: &Step) -> Option<(u64, u64)> {
    let (free, over) = so_far.unwrap_or((step.free, step.over));
    Some((free.min(step.free), over.max(step.over)))
}

/// The steps by time, none reaching into another, none with more free than there is.
fn in_order(outline: &Outline) -> Vec<Step> {
    let mut steps: Vec<Step> = outline.steps.iter().map(|given| step(given, outline.capacity)).collect();
    steps.sort_by_key(|step| step.from);
    let mut end = DateTime::<Utc>::MIN_UTC;
    for step in &mut steps {
        step.from = step.from.max(end);
        end = end.max(step.to);
    }
    steps.retain(|step| step.from < step.to);
    steps
}

fn step(given: &Stretch, capacity: u64) -> Step {
    Step { from: given.from, to: given.to, free: given.free.min(capacity), over: given.overcommitted }
}

/// Stretches in which at least `qty` are free, each with the least of it.
pub(super) fn bookable(steps: &[Step], qty: u64) -> Vec<Step> {
    let mut all: Vec<Step> = Vec::new();
    for step in steps.iter().filter(|step| step.free >= qty) {
        match all.last_mut() {
            Some(last) if last.to == step.from => {
                *last = Step { to: step.to, free: last.free.min(step.free), ..*last };
            }
            _ => all.push(*step),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn outline(capacity: u64, steps: &[(i64, i64, u64, u64)]) -> Outline {
        let stretch = |(from, to, free, overcommitted): &(i64, i64, u64, u64)| Stretch {
            from: at(*from),
            to: at(*to),
            free: *free,
            overcommitted: *overcommitted,
        };
        Outline { hardware: 1, capacity, steps: steps.iter().map(stretch).collect() }
    }

    fn told(steps: &[Step]) -> Vec<(i64, i64, u64, u64)> {
        let hour = |at: DateTime<Utc>| at.timestamp() / 3_600;
        steps.iter().map(|step| (hour(step.from), hour(step.to), step.free, step.over)).collect()
    }

    #[test]
    fn neighbours_that_are_alike_are_one_and_what_is_finer_than_the_parts_counts_at_its_worst() {
        let edges: Vec<_> = (0..=4).map(|n| at(n * 6)).collect();
        let given = outline(4, &[(-9, 3, 4, 0), (3, 5, 1, 0), (5, 6, 4, 0), (6, 12, 2, 0), (12, 40, 2, 0)]);
        assert_eq!(told(&steps(&given, &edges)), [(0, 6, 1, 0), (6, 24, 2, 0)]);
    }

    #[test]
    fn what_makes_no_sense_does_no_harm() {
        let edges: Vec<_> = (0..=3).map(at).collect();
        assert!(steps(&outline(4, &[]), &edges).is_empty());
        let odd = outline(4, &[(2, 1, 3, 0), (1, 2, 9, 0), (0, 2, 1, 7), (0, 1, 0, 0)]);
        assert_eq!(told(&steps(&odd, &edges)), [(0, 2, 1, 7)]);
    }

    #[test]
    fn what_can_be_booked_reaches_over_steps_and_has_the_least_of_them() {
        let all = [(0, 1, 4, 0), (1, 2, 2, 0), (2, 3, 1, 0), (3, 4, 3, 0)];
        let all = steps(&outline(4, &all), &(0..=4).map(at).collect::<Vec<_>>());
        assert_eq!(told(&bookable(&all, 2)), [(0, 2, 2, 0), (3, 4, 3, 0)]);
        assert_eq!(told(&bookable(&all, 1)), [(0, 4, 1, 0)]);
        assert!(bookable(&all, 5).is_empty());
    }

    proptest! {
        #[test]
        fn each_part_has_the_least_of_all_steps_in_it(
            cuts in prop::collection::btree_set(1_i64..47, 0..20), free in prop::collection::vec(0_u64..4, 21),
        ) {
            let cuts: Vec<i64> = [0].into_iter().chain(cuts).chain([48]).collect();
            let given: Vec<_> = cuts.windows(2).zip(&free).map(|(c, free)| (c[0], c[1], *free, 3 - *free)).collect();
            let edges: Vec<_> = (0..=8).map(|n| at(n * 6)).collect();
            let all = steps(&outline(3, &given), &edges);
            prop_assert!(all.windows(2).all(|pair| pair[0].to == pair[1].from));
            prop_assert_eq!((all[0].from, all[all.len() - 1].to), (at(0), at(48)));
            for part in edges.windows(2) {
                let inside = |hour: i64| at(hour) >= part[0] && at(hour) < part[1];
                let least = (0..48).filter(|hour| inside(*hour)).filter_map(|hour| {
                    given.iter().find(|(from, to, ..)| (*from..*to).contains(&hour)).map(|step| step.2)
                }).min();
                let found = all.iter().find(|step| step.from <= part[0] && part[1] <= step.to).unwrap();
                prop_assert_eq!(Some(found.free), least);
                prop_assert_eq!(found.over, 3 - found.free);
            }
        }
    }
}
