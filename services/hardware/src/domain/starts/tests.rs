//! The search against trying every second.

use proptest::{collection::vec, prelude::*};

use super::*;

type Claims = Vec<(i64, i64, i64)>;

fn claims(list: &Claims) -> Vec<Claim> {
    list.iter()
        .map(|&(starts_at, length, qty)| Claim { starts_at, blocked_until: starts_at + length, qty })
        .collect()
}

/// Searches as a database would be asked: `batch` claims at a time, never more than are wanted. The starts found, and
/// how many claims were read.
fn found(
    needs: &[Need],
    of: &[Vec<Claim>],
    range: (i64, i64),
    count: usize,
    batch: usize,
) -> (Vec<i64>, usize) {
    let mut search = Search::new(needs.iter().copied(), range.0, range.1);
    let mut read = 0;
    for (line, claims) in of.iter().enumerate() {
        let covering: Vec<_> = claims.iter().copied().filter(|c| c.starts_at <= range.0).collect();
        search.tell(line, covering, range.0 + 1);
    }
    let mut starts = Vec::new();
    while starts.len() < count {
        match search.step() {
            Step::Found(at) => {
                starts.push(at);
                search.skip_to(at + search.apart_s());
            }
            Step::Never => break,
            Step::More => {
                for (line, at) in search.wanting().collect::<Vec<_>>() {
                    let mut later: Vec<_> = of[line].iter().copied().filter(|c| c.starts_at >= at).collect();
                    later.sort_by_key(|c| c.starts_at);
                    // As many as share the last start are told together: what is behind them is not known.
                    let until = later.get(batch).map_or(i64::MAX, |next| next.starts_at + 1);
                    later.retain(|c| c.starts_at < until);
                    read += later.len();
                    search.tell(line, later, until);
                }
            }
        }
    }
    (starts, read)
}

fn need(capacity: i64, qty: i64, length_s: i64) -> Need {
    Need { capacity, qty, length_s }
}

#[test]
fn every_line_of_a_basket_must_fit() {
    let needs = [need(1, 1, 10), need(2, 1, 15)];
    let of = [claims(&vec![(100, 10, 1)]), claims(&vec![(110, 20, 2)])];
    assert_eq!(found(&needs, &of, (100, 1_000), 2, 1).0, [130, 145]);
    assert_eq!(found(&needs, &of, (85, 129), 2, 1).0, [85]);
}

#[test]
fn more_than_there_is_is_found_nowhere_and_nothing_is_read_for_it() {
    let of = [claims(&(0..500).map(|i| (i, 1, 1)).collect())];
    assert_eq!(found(&[need(2, 3, 1)], &of, (0, 1_000), 1, 10), (vec![], 0));
}

#[test]
fn reading_stops_at_the_first_gap() {
    let busy = (0..100_000).filter(|i| i % 1_000 != 999).map(|i| (i, 1, 1)).collect();
    let (starts, read) = found(&[need(1, 1, 1)], &[claims(&busy)], (0, 100_000), 1, 100);
    assert_eq!(starts, [999]);
    assert!(read <= 1_101, "{read}");
}

#[test]
fn a_claim_without_an_end_bars_everything() {
    let of = [vec![Claim { starts_at: 5, blocked_until: 253_402_300_799, qty: 1 }]];
    assert_eq!(found(&[need(1, 1, 5)], &of, (0, 1_000), 3, 1).0, [0]);
    assert!(found(&[need(1, 1, 6)], &of, (0, 1_000), 3, 1).0.is_empty());
}

proptest! {
    #[test]
    fn starts_agree_with_trying_every_second(
        one in vec((0_i64..60, prop_oneof![1_i64..15, 20_i64..60], 1_i64..4), 0..12),
        two in vec((0_i64..60, 1_i64..15, 1_i64..4), 0..8),
        capacity in 0_i64..5, qty in 1_i64..4, length in 1_i64..12, from in 0_i64..30, span in 0_i64..60,
        count in 1_usize..5, batch in 1_usize..6,
    ) {
        let needs = [need(capacity, qty, length), need(3, 1, length + 2)];
        let of = [claims(&one), claims(&two)];
        let in_use = |claims: &[Claim], s: i64| claims.iter().filter(|c| c.starts_at <= s && s < c.blocked_until).map(|c| c.qty).sum::<i64>();
        let fits = |t: i64| needs.iter().zip(&of).all(|(n, of)| (t..t + n.length_s).all(|s| n.capacity - in_use(of, s) >= n.qty));
        let mut expected: Vec<i64> = Vec::new();
        for t in (from..=from + span).filter(|t| fits(*t)) {
            if expected.len() < count && expected.last().is_none_or(|last| t >= last + length + 2) {
                expected.push(t);
            }
        }
        prop_assert_eq!(found(&needs, &of, (from, from + span), count, batch).0, expected);
    }

    #[test]
    fn mirrored_it_finds_the_latest_start_before(
        one in vec((0_i64..60, 1_i64..15, 1_i64..4), 0..10), two in vec((0_i64..60, 1_i64..15, 1_i64..4), 0..8),
        capacity in 0_i64..5, qty in 1_i64..4, length in 1_i64..12, to in 20_i64..70, span in 0_i64..40, batch in 1_usize..6,
    ) {
        let needs = [need(capacity, qty, length), need(3, 1, length + 2)];
        let of = [claims(&one), claims(&two)];
        let in_use = |claims: &[Claim], s: i64| claims.iter().filter(|c| c.starts_at <= s && s < c.blocked_until).map(|c| c.qty).sum::<i64>();
        let fits = |t: i64| needs.iter().zip(&of).all(|(n, of)| (t..t + n.length_s).all(|s| n.capacity - in_use(of, s) >= n.qty));
        let expected: Vec<_> = (to - span..=to).rev().find(|t| fits(*t)).into_iter().collect();
        let back: Vec<Vec<_>> = of.iter().zip(&needs).map(|(of, n)| of.iter().map(|c| mirrored(*c, n.length_s)).collect()).collect();
        let got: Vec<_> = found(&needs, &back, (-to, span - to), 1, batch).0.iter().map(|t| -t).collect();
        prop_assert_eq!(got, expected);
    }
}
