//! The oracle: rows, and nothing clever.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, TimeZone, Timelike};
use chrono_tz::Tz;
use hardware::{db::Conn, domain::moment::rfc3339};
use serde_json::{Value, json};

use crate::harness::TestApp;

/// Every boundary is a multiple of this.
pub const SLOT_S: i64 = 300;
const SEARCH_S: i64 = 90 * 86_400;
const GRACE_S: i64 = 86_400;

/// Id, capacity, buffer.
type HardwareRow = (i64, i64, i64);
/// Hardware, start, end of the block, units, whether it is out, end.
type ClaimRow = (i64, i64, i64, i64, i64, i64);

pub struct OfOne {
    pub capacity: i64,
    buffer_s: i64,
    /// `(from, to, units)`.
    claims: Vec<(i64, i64, i64)>,
}

pub struct Oracle {
    pub now_s: i64,
    of: BTreeMap<i64, OfOne>,
    overdue: usize,
}

impl Oracle {
    pub async fn read(app: &TestApp, now_s: i64) -> Self {
        let hardware = "SELECT id, capacity, buffer_s FROM hardware WHERE archived_id = 0";
        let claims = "SELECT hardware_id, starts_at, blocked_until, qty, is_out + 0 * id, ends_at FROM claim";
        let (hardware, claims): (Vec<HardwareRow>, Vec<ClaimRow>) = match app.db.read().await.unwrap().conn()
        {
            Conn::MySql(c, _) => (
                sqlx::query_as(hardware).fetch_all(&mut *c).await.unwrap(),
                sqlx::query_as(claims).fetch_all(&mut *c).await.unwrap(),
            ),
            Conn::Sqlite(c, _) => (
                sqlx::query_as(hardware).fetch_all(&mut *c).await.unwrap(),
                sqlx::query_as(claims).fetch_all(&mut *c).await.unwrap(),
            ),
        };
        let item = |(id, capacity, buffer_s)| (id, OfOne { capacity, buffer_s, claims: Vec::new() });
        let mut of: BTreeMap<_, _> = hardware.into_iter().map(item).collect();
        let mut overdue = 0;
        for (id, from, to, qty, is_out, ends_at) in claims {
            let late = is_out == 1 && ends_at <= now_s;
            overdue += usize::from(late);
            let to = if late { to.max(now_s + GRACE_S) } else { to };
            of.get_mut(&id).unwrap().claims.push((from, to, qty));
        }
        Self { now_s, of, overdue }
    }

    /// A world that lacks something shows nothing.
    pub fn has_everything(&self) {
        assert!(self.overdue > 0, "nothing is overdue");
        let claims: usize = self.of.values().map(|of| of.claims.len()).sum();
        assert!(claims > 40, "{claims} claims");
        let is_long = |(from, to, _): &(i64, i64, i64)| {
            *from < self.now_s && to - from > 42 * 86_400 && *to > self.now_s
        };
        assert!(self.of.values().any(|of| of.claims.iter().any(is_long)), "nothing is long");
        let over = |of: &OfOne| of.peak(self.now_s - 3 * 86_400, self.now_s + 5 * 86_400) > of.capacity;
        assert!(self.of.values().any(over), "nothing is over-committed");
    }

    pub fn of(&self, hardware: i64) -> &OfOne {
        &self.of[&hardware]
    }

    pub fn fits(&self, lines: &[(i64, i64)], from: i64, length: i64) -> bool {
        lines.iter().all(|(id, qty)| self.of(*id).fits(from, length, *qty))
    }

    /// How far apart starts are that can be booked one after the other.
    fn apart(&self, lines: &[(i64, i64)], length: i64) -> i64 {
        lines.iter().map(|(id, _)| length + self.of(*id).buffer_s).max().unwrap()
    }

    pub fn starts(&self, lines: &[(i64, i64)], from: i64, length: i64, count: usize) -> Vec<i64> {
        let mut found: Vec<i64> = Vec::new();
        let mut at = from;
        while at <= from + SEARCH_S && found.len() < count {
            if self.fits(lines, at, length) {
                found.push(at);
                at += self.apart(lines, length);
            } else {
                at += SLOT_S;
            }
        }
        found
    }

    pub fn alternatives(&self, lines: &[(i64, i64)], wanted: i64, length: i64) -> Vec<i64> {
        let mut found = self.starts(lines, wanted, length, 3);
        let (mut at, mut earlier) = (wanted - SLOT_S, 0);
        // Not in the past, unless the wanted one was.
        while at >= self.now_s.min(wanted).max(wanted - SEARCH_S) && earlier < 3 {
            if self.fits(lines, at, length) {
                found.push(at);
                earlier += 1;
                at -= self.apart(lines, length);
            } else {
                at -= SLOT_S;
            }
        }
        found.sort_by_key(|start| ((start - wanted).abs(), -start));
        found.truncate(3);
        found
    }
}

impl OfOne {
    fn in_use(&self, at: i64) -> i64 {
        self.claims.iter().filter(|(from, to, _)| *from <= at && at < *to).map(|(.., qty)| qty).sum()
    }

    /// Nothing changes between two starts.
    fn instants(&self, from: i64, to: i64) -> impl Iterator<Item = i64> {
        let starts = self.claims.iter().map(|(start, ..)| *start);
        [from].into_iter().chain(starts.filter(move |start| from < *start && *start < to))
    }

    pub fn peak(&self, from: i64, to: i64) -> i64 {
        self.instants(from, to).map(|at| self.in_use(at)).max().unwrap()
    }

    pub fn fits(&self, from: i64, length: i64, qty: i64) -> bool {
        let mut instants = self.instants(from, from + length + self.buffer_s);
        instants.all(|at| self.capacity - self.in_use(at) >= qty)
    }

    pub fn next(&self, from: i64, length: i64, qty: i64) -> Option<i64> {
        if qty > self.capacity {
            return None;
        }
        (from..=from + SEARCH_S)
            .step_by(usize::try_from(SLOT_S).unwrap())
            .find(|at| self.fits(*at, length, qty))
    }

    /// Maximal steps, after all slots of one `cell` have been given its worst.
    pub fn steps<K: PartialEq>(&self, from: i64, to: i64, cell: impl Fn(i64) -> K) -> Value {
        let slots: Vec<_> = (from..to).step_by(usize::try_from(SLOT_S).unwrap()).collect();
        let mut steps: Vec<(i64, i64, i64)> = Vec::new();
        for same in slots.chunk_by(|one, other| cell(*one) == cell(*other)) {
            let in_use = same.iter().map(|slot| self.in_use(*slot)).max().unwrap();
            let end = same[same.len() - 1] + SLOT_S;
            match steps.last_mut() {
                Some(last) if last.2 == in_use => last.1 = end,
                _ => steps.push((same[0], end, in_use)),
            }
        }
        let told = |(from, to, in_use): (i64, i64, i64)| {
            json!({
                "from": rfc3339(from), "to": rfc3339(to), "free": (self.capacity - in_use).max(0),
                "overcommitted": (in_use - self.capacity).max(0)
            })
        };
        steps.into_iter().map(told).collect()
    }
}

/// The hour or the day on the zone's clocks; an hour that comes twice differs in its offset.
pub fn cell(slot: i64, zone: Tz, grain: &str) -> (i32, u32, String) {
    let local = zone.from_utc_datetime(&DateTime::from_timestamp(slot, 0).unwrap().naive_utc());
    let hour = (local.hour(), local.offset().to_string());
    if grain == "day" {
        (local.year(), local.ordinal(), String::new())
    } else {
        (local.year(), local.ordinal() * 24 + hour.0, hour.1)
    }
}
