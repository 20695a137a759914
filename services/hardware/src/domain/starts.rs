//! When could it start? The earliest start at which all lines of a basket fit at once, found by the boundaries of
//! claims, which are told bit by bit in the order of their starts: nobody reads on when the answer is known.
//!
//! The same search finds the latest start before a time, with the time [`mirrored`].

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{peak::Claim, window::Window};

/// How far around the wanted start others are looked for: 90 days.
pub const SEARCH_S: i64 = 90 * 86_400;
/// Other starts offered at most.
pub const MAX_ALTERNATIVES: usize = 3;

/// What one line of the basket needs.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    /// Units there are.
    pub capacity: i64,
    /// Units wanted.
    pub qty: i64,
    /// Seconds wanted, the buffer included.
    pub length_s: i64,
}

/// How far a [`Search`] has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Here everything fits, and nowhere before.
    Found(i64),
    /// Nothing fits up to the last start in question.
    Never,
    /// More claims have to be known: see [`Search::wanting`].
    More,
}

/// A search for common starts.
#[derive(Clone, Debug)]
pub struct Search {
    lines: Vec<Line>,
    candidate: i64,
    last: i64,
}

impl Search {
    /// Looks from the start `from` up to the start `last`, both included.
    #[must_use]
    pub fn new(needs: impl IntoIterator<Item = Need>, from: i64, last: i64) -> Self {
        let lines = needs.into_iter().map(|need| Line::new(need, from)).collect();
        Self { lines, candidate: from, last }
    }

    /// Tells claims of a line, in any order: with them, all that start before `known_until` have been told.
    pub fn tell(&mut self, line: usize, claims: impl IntoIterator<Item = Claim>, known_until: i64) {
        if let Some(line) = self.lines.get_mut(line) {
            line.pending.extend(claims.into_iter().map(|c| Reverse((c.starts_at, c.blocked_until, c.qty))));
            line.sweep(known_until);
        }
    }

    /// Goes on with what is known.
    pub fn step(&mut self) -> Step {
        loop {
            let before = self.candidate;
            for line in &self.lines {
                self.candidate = line.past_shortages(self.candidate).max(self.candidate);
            }
            if self.candidate > self.last || self.lines.iter().any(Line::is_hopeless) {
                return Step::Never;
            }
            if self.candidate == before {
                let known = self.lines.iter().all(|line| line.is_known(self.candidate));
                return if known { Step::Found(before) } else { Step::More };
            }
        }
    }

    /// The lines of which more has to be known, each with the time from which on.
    pub fn wanting(&self) -> impl Iterator<Item = (usize, i64)> {
        let open = self.lines.iter().enumerate().filter(|(_, line)| !line.is_known(self.candidate));
        open.map(|(at, line)| (at, line.known_until))
    }

    /// Up to where claims have to be known at least, before more can be said.
    #[must_use]
    pub fn reach(&self) -> i64 {
        self.candidate.saturating_add(self.apart_s())
    }

    /// No claim that starts then, or later, matters.
    #[must_use]
    pub fn end(&self) -> i64 {
        self.last.saturating_add(self.apart_s())
    }

    /// From here on.
    pub fn skip_to(&mut self, start: i64) {
        self.candidate = self.candidate.max(start);
    }

    /// Seconds that the longest line needs: starts so far apart can be booked one after the other.
    #[must_use]
    pub fn apart_s(&self) -> i64 {
        self.lines.iter().map(|line| line.need.length_s).max().unwrap_or(0)
    }
}

/// One line, swept up to a time.
#[derive(Clone, Debug)]
struct Line {
    need: Need,
    /// Told, but not begun: `(starts_at, blocked_until, qty)`, the first start on top.
    pending: BinaryHeap<Reverse<(i64, i64, i64)>>,
    /// Begun, but not ended: `(blocked_until, qty)`, the first end on top.
    running: BinaryHeap<Reverse<(i64, i64)>>,
    in_use: i64,
    known_until: i64,
    /// Where too little is free: ascending, not touching.
    short: Vec<Window>,
}

impl Line {
    fn new(need: Need, from: i64) -> Self {
        let (pending, running) = (BinaryHeap::new(), BinaryHeap::new());
        Self { need, pending, running, in_use: 0, known_until: from, short: Vec::new() }
    }

    /// More than there is at all.
    fn is_hopeless(&self) -> bool {
        self.need.capacity < self.need.qty
    }

    /// From boundary to boundary; at one instant all ends and starts count before anything is said of it.
    fn sweep(&mut self, known_until: i64) {
        let mut at = self.known_until;
        while at < known_until {
            self.pass_boundaries(at);
            let start = self.pending.peek().map_or(i64::MAX, |Reverse((starts_at, ..))| *starts_at);
            let end = self.running.peek().map_or(i64::MAX, |Reverse((blocked_until, _))| *blocked_until);
            let next = start.min(end).min(known_until);
            if self.need.capacity - self.in_use < self.need.qty {
                self.note_short(Window { from: at, to: next });
            }
            at = next;
        }
        self.known_until = self.known_until.max(known_until);
    }

    fn pass_boundaries(&mut self, at: i64) {
        while let Some(&Reverse((_, blocked_until, qty))) =
            self.pending.peek().filter(|first| first.0.0 <= at)
        {
            self.pending.pop();
            if blocked_until > at {
                self.running.push(Reverse((blocked_until, qty)));
                self.in_use += qty;
            }
        }
        while let Some(&Reverse((_, qty))) = self.running.peek().filter(|first| first.0.0 <= at) {
            self.running.pop();
            self.in_use -= qty;
        }
    }

    fn note_short(&mut self, stretch: Window) {
        match self.short.last_mut() {
            Some(last) if last.to == stretch.from => last.to = stretch.to,
            _ => self.short.push(stretch),
        }
    }

    /// The first start at `start` or later that no known shortage bars.
    fn past_shortages(&self, start: i64) -> i64 {
        let mut start = start;
        let next = self.short.partition_point(|stretch| stretch.to <= start);
        for stretch in self.short.iter().skip(next) {
            if stretch.from >= start + self.need.length_s {
                break;
            }
            start = stretch.to;
        }
        start
    }

    fn is_known(&self, start: i64) -> bool {
        start + self.need.length_s <= self.known_until
    }
}

/// A claim as it looks when time runs backwards, for a line of this length: what fits at `-t` there fits at `t`. A
/// start `t` takes the seconds from `t` to `t + length_s - 1`; mirrored and moved by `length_s - 1` they begin at `-t`.
#[must_use]
pub fn mirrored(claim: Claim, length_s: i64) -> Claim {
    Claim {
        starts_at: length_s.saturating_sub(claim.blocked_until),
        blocked_until: length_s.saturating_sub(claim.starts_at),
        qty: claim.qty,
    }
}

#[cfg(test)]
mod tests;
