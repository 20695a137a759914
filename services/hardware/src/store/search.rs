//! The search for a free time: claims are read in order, in batches that grow, until the answer is known.

use std::collections::{HashMap, HashSet};

use super::claims::{self, Held, Side};
use crate::{
    db::{Conn, DbError},
    domain::{
        peak::Claim,
        present::Present,
        starts::{Need, Search, Step, mirrored},
        window::Window,
    },
};

/// Claims read for one answer at most; what is not found by then counts as not there.
pub const MAX_CLAIMS: i64 = 1_000_000;
/// Claims of each hardware in the first batch. A batch is four times as long as the one before.
const FIRST_BATCH: i64 = 64;
const GROWTH: i64 = 4;

/// One line of a basket to be placed.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The hardware.
    pub hardware: i64,
    /// What of it, for how long.
    pub need: Need,
}

/// A search under way, and where its claims come from.
#[derive(Clone, Debug)]
pub struct Hunt {
    search: Search,
    side: Side,
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    wanted: Wanted,
    /// Rows that are one's own, or told already.
    skipped: HashSet<i64>,
}

impl Hunt {
    /// A search for a start of one line, from `window.from` to `last`; `known` are all claims that start before
    /// `known_until`, and `overdue` rows among them.
    #[must_use]
    pub fn of_one(wanted: Wanted, range: Window, known: (&[Claim], i64), overdue: &[i64]) -> Self {
        let (claims, known_until) = known;
        let mut search = Search::new([wanted.need], range.from, range.to);
        search.tell(0, claims.iter().copied(), known_until);
        let skipped = overdue.iter().copied().collect();
        Self { search, side: Side::Later, lines: vec![Line { wanted, skipped }] }
    }

    /// A search for a common start, the nearest to `from` on this side of it, and no farther than `last`. Claims of
    /// one's `own` are in nobody's way.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn begin(
        conn: &mut Conn<'_>,
        wanted: &[Wanted],
        side: Side,
        (from, last): (i64, i64),
        own: &[i64],
        present: Present,
    ) -> Result<Self, DbError> {
        let (first, end) = if side == Side::Later { (from, last) } else { (-from, -last) };
        let mut search = Search::new(wanted.iter().map(|line| line.need), first, end);
        let mut lines = Vec::with_capacity(wanted.len());
        for (at, wanted) in wanted.iter().enumerate() {
            // The second that a search on this side begins at.
            let second = if side == Side::Later { from } else { from + wanted.need.length_s - 1 };
            let window = Window { from: second, to: second + 1 };
            let held = claims::of_one(conn, wanted.hardware, window, present).await?;
            let others = held.iter().filter(|held| !own.contains(&held.id));
            search.tell(at, others.map(|held| turned(held.claim, side, wanted.need)), first + 1);
            let skipped = held.iter().map(|held| held.id).chain(own.iter().copied()).collect();
            lines.push(Line { wanted: *wanted, skipped });
        }
        Ok(Self { search, side, lines })
    }

    /// Up to `count` starts, the nearest first, so far apart that each could be booked after the one before.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn starts(&mut self, conn: &mut Conn<'_>, count: usize) -> Result<Vec<i64>, DbError> {
        let mut budget = MAX_CLAIMS;
        let mut found = Vec::new();
        while found.len() < count {
            let one = std::slice::from_mut(self);
            let Some(start) = first_starts(conn, one, &mut budget).await?.into_iter().flatten().next() else {
                break;
            };
            found.push(start);
            let apart_s = self.search.apart_s();
            let next = if self.side == Side::Later { start + apart_s } else { apart_s - start };
            self.search.skip_to(next);
        }
        Ok(found)
    }

    fn tell(&mut self, line: usize, rows: &[Held], limit: i64) {
        let (side, Some(Line { wanted, skipped })) = (self.side, self.lines.get(line)) else { return };
        let is_full = i64::try_from(rows.len()).is_ok_and(|count| count >= limit);
        let last = rows.last().map(|held| turned(held.claim, side, wanted.need).starts_at);
        // Of those that share the last one's boundary there may be more: they are read again.
        let known_until = last.filter(|_| is_full).unwrap_or(i64::MAX);
        let fresh = rows.iter().filter(|held| !skipped.contains(&held.id));
        let turned = fresh.map(|held| turned(held.claim, side, wanted.need));
        self.search.tell(line, turned.filter(|claim| claim.starts_at < known_until), known_until);
    }
}

fn turned(claim: Claim, side: Side, need: Need) -> Claim {
    if side == Side::Later { claim } else { mirrored(claim, need.length_s) }
}

/// The first start of each of `hunts`, which look on the same side: one statement for 50 of them, and more for those
/// that need more claims than one batch has. `budget` counts the claims that may still be read.
///
/// # Errors
/// The database cannot be reached.
pub async fn first_starts(
    conn: &mut Conn<'_>,
    hunts: &mut [Hunt],
    budget: &mut i64,
) -> Result<Vec<Option<i64>>, DbError> {
    let mut limit = FIRST_BATCH;
    loop {
        let steps: Vec<_> = hunts.iter_mut().map(|hunt| hunt.search.step()).collect();
        let asked = asked(hunts, &steps);
        let Some(side) = hunts.first().map(|hunt| hunt.side).filter(|_| !asked.is_empty() && *budget > 0)
        else {
            if !asked.is_empty() {
                tracing::warn!(claims = MAX_CLAIMS, "a search for a free time has read all it may and ends");
            }
            let found = |step| if let Step::Found(at) = step { Some(at) } else { None };
            let turned = |(at, hunt): (Option<i64>, &Hunt)| {
                at.map(|at| if hunt.side == Side::Later { at } else { -at })
            };
            return Ok(steps.into_iter().map(found).zip(hunts.iter()).map(turned).collect());
        };
        let share = *budget / i64::try_from(asked.len()).unwrap_or(i64::MAX);
        let batch = limit.min(share).max(1);
        let times: Vec<_> = asked.iter().map(|(_, hardware, at)| (*hardware, *at)).collect();
        let mut rows = claims::beyond(conn, side, &times, batch).await?;
        for ((hunt, line), hardware, _) in asked {
            let rows = rows.remove(&hardware).unwrap_or_default();
            *budget -= i64::try_from(rows.len()).unwrap_or(i64::MAX);
            if let Some(hunt) = hunts.get_mut(hunt) {
                hunt.tell(line, &rows, batch);
            }
        }
        limit = limit.saturating_mul(GROWTH);
    }
}

/// `((hunt, line), hardware, time)` of everything that has to be known; each hardware is asked for once.
fn asked(hunts: &[Hunt], steps: &[Step]) -> Vec<((usize, usize), i64, i64)> {
    let open = hunts.iter().zip(steps).enumerate().filter(|(_, (_, step))| **step == Step::More);
    let mut asked = HashMap::new();
    for (at, (hunt, _)) in open {
        for (line, known_until) in hunt.search.wanting() {
            let Some(Line { wanted, .. }) = hunt.lines.get(line) else { continue };
            let time = match hunt.side {
                Side::Later => known_until,
                Side::Earlier => wanted.need.length_s - known_until,
            };
            asked.entry(wanted.hardware).or_insert(((at, line), time));
        }
    }
    asked.into_iter().map(|(hardware, (place, time))| (place, hardware, time)).collect()
}
