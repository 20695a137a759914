//! How long the availability functions take over the claims of one hardware, without HTTP and without SQL.
//! `make bench` runs it; one hardware, capacity 128, claims of up to a day over 90 days.

use divan::{Bencher, black_box};
use hardware::domain::{
    availability::{Availability, Question},
    peak::{self, Claim},
    present::Present,
    window::Window,
};

const CLAIMS: [usize; 4] = [10, 100, 1_000, 10_000];
const CAPACITY: i64 = 128;
const DAY_S: i64 = 86_400;

fn main() {
    divan::main();
}

/// The same claims in every run: a linear congruential generator spreads them.
fn claims(count: usize) -> Vec<Claim> {
    let mut state = 1_u64;
    let mut below = |bound: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(state >> 33).unwrap_or(0) % bound
    };
    let claim = |_| {
        let starts_at = below(90 * DAY_S);
        Claim { starts_at, blocked_until: starts_at + 1 + below(DAY_S), qty: 1 + below(4) }
    };
    (0..count).map(claim).collect()
}

fn question() -> Question {
    Question { window: Window { from: 0, to: 3_600 }, qty: 4, present: Present { now_s: 0, grace_s: 0 } }
}

#[divan::bench(args = CLAIMS)]
fn step_function_over_90_days(bencher: Bencher, count: usize) {
    let claims = claims(count);
    bencher.bench(|| peak::levels(black_box(&claims), Window { from: 0, to: 90 * DAY_S }));
}

#[divan::bench(args = CLAIMS)]
fn peak_over_an_hour(bencher: Bencher, count: usize) {
    let claims = claims(count);
    bencher.bench(|| peak::peak(black_box(&claims), Window { from: 40 * DAY_S, to: 40 * DAY_S + 3_600 }));
}

#[divan::bench(args = CLAIMS)]
fn everything_the_list_says_of_one_hardware(bencher: Bencher, count: usize) {
    let claims = claims(count);
    bencher.bench(|| Availability::of(&question(), CAPACITY, 600, black_box(&claims), &claims));
}
