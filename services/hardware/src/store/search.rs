//! The search for a free time: claims are read in order, in batches that grow, until the answer is known.

use std::collections::{HashMap, HashSet};

use super::claims::{self, Asked, Side, Told};
use crate::{
    db::{Conn, DbError},
    domain::{
        peak::Claim,
        present::Present,
        starts::{Need, SEARCH_S, Search, Step, mirrored},
        window::Window,
    },
};

/// Claims read for one answer at most; what is not found by then counts as not there.
pub const MAX_CLAIMS: i64 = 1_000_000;
/// Claims of each hardware in the first batch, or the time that it reaches ahead: a week. A batch is four times as long as
/// the one before.
const FIRST_BATCH: i64 = 64;
const FIRST_SECONDS: i64 = 7 * 86_400;
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

    fn tell(&mut self, line: usize, told: &Told) {
        let (side, Some(Line { wanted, skipped })) = (self.side, self.lines.get(line)) else { return };
        let known_until = match side {
            Side::Later => told.until.unwrap_or(i64::MAX),
            // Mirrored, what ends at a time starts at another.
            Side::Earlier => told.until.map_or(i64::MAX, |end| wanted.need.length_s.saturating_sub(end)),
        };
        let fresh = told.held.iter().filter(|held| !skipped.contains(&held.id));
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
    let mut batch = Batch { claims: FIRST_BATCH, seconds: FIRST_SECONDS, too_many: false };
    loop {
        let steps: Vec<_> = hunts.iter_mut().map(|hunt| hunt.search.step()).collect();
        let asked = asked(hunts, &steps);
        if asked.is_empty() || *budget <= 0 {
            if !asked.is_empty() {
                tracing::warn!(claims = MAX_CLAIMS, "a search for a free time has read all it may and ends");
            }
            let found = |step| if let Step::Found(at) = step { Some(at) } else { None };
            let turned = |(at, hunt): (Option<i64>, &Hunt)| {
                at.map(|at| if hunt.side == Side::Later { at } else { -at })
            };
            return Ok(steps.into_iter().map(found).zip(hunts.iter()).map(turned).collect());
        }
        let mut told = batch.read(conn, hunts, &asked, *budget).await?;
        for ((hunt, line), (hardware, _)) in asked {
            let (Some(told), Some(hunt)) = (told.remove(&hardware), hunts.get_mut(hunt)) else { continue };
            *budget -= i64::try_from(told.held.len()).unwrap_or(i64::MAX);
            hunt.tell(line, &told);
        }
    }
}

/// How much is read at once: more every time.
struct Batch {
    claims: i64,
    seconds: i64,
    /// There was too much of one to tell all in one go.
    too_many: bool,
}

impl Batch {
    /// Many hardware are read up to a time, which is one range for each; a single one, and many that are booked densely,
    /// by the number of their claims.
    async fn read(
        &mut self,
        conn: &mut Conn<'_>,
        hunts: &[Hunt],
        asked: &[(Place, Asked)],
        budget: i64,
    ) -> Result<HashMap<i64, Told>, DbError> {
        let open = || asked.iter().filter_map(|((hunt, _), (_, at))| Some((hunts.get(*hunt)?, *at)));
        let side = open().next().map_or(Side::Later, |(hunt, _)| hunt.side);
        let limit = self.claims.min(budget / i64::try_from(asked.len()).unwrap_or(i64::MAX)).max(1);
        let times: Vec<_> = asked.iter().map(|(_, asked)| *asked).collect();
        let told = if side == Side::Earlier || times.len() == 1 || self.too_many {
            claims::beyond(conn, side, &times, limit).await?
        } else {
            let far =
                |(hunt, at): (&Hunt, i64)| hunt.search.reach().max(at + self.seconds).min(hunt.search.end());
            let until = open().map(far).max().unwrap_or(i64::MAX);
            claims::starting(conn, &times, until, limit).await?
        };
        self.too_many |= told.len() < times.len();
        self.claims = self.claims.saturating_mul(GROWTH);
        self.seconds = self.seconds.saturating_mul(GROWTH).min(SEARCH_S);
        Ok(told)
    }
}

/// A hunt, and its line.
type Place = (usize, usize);

/// Everything that has to be known; each hardware is asked for once.
fn asked(hunts: &[Hunt], steps: &[Step]) -> Vec<(Place, Asked)> {
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
    asked.into_iter().map(|(hardware, (place, time))| (place, (hardware, time))).collect()
}
