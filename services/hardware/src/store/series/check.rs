//! What is taken while a series is checked, and what is told of those that do not fit.

use std::collections::BTreeMap;

use crate::{
    db::{Conn, DbError},
    domain::{basket::MAX_LINES, occupied::Occupied, present::Present, window::Window},
    store::{
        booking::Intent,
        claims,
        refusals::{SeriesShort, Shortfall, WantedLine},
    },
};

/// Occurrences that do not fit, told in full at most.
const MAX_TOLD: usize = 5;

/// What others than `own` take of each hardware, from the first of `intents` to the end of the last: one reading each,
/// however many they are. `own` ascends.
pub(super) async fn occupied<'i>(
    conn: &mut Conn<'_>,
    intents: impl Iterator<Item = &'i Intent>,
    own: &[i64],
    present: Present,
) -> Result<BTreeMap<i64, Occupied>, DbError> {
    let mut windows: BTreeMap<i64, Window> = BTreeMap::new();
    for intent in intents {
        let new = intent.new.window();
        let whole = windows.entry(intent.stock.id).or_insert(new);
        *whole = Window { from: whole.from.min(new.from), to: whole.to.max(new.to) };
    }
    let mut occupied = BTreeMap::new();
    for (hardware, window) in windows {
        let held = claims::of_one(conn, hardware, window, present).await?;
        let others = held.iter().filter(|held| own.binary_search(&held.id).is_err());
        let others: Vec<_> = others.map(|held| held.claim).collect();
        occupied.insert(hardware, Occupied::new(&others, window));
    }
    Ok(occupied)
}

/// What could not be had of a series of `wanted`: each occurrence without its buffer, the lines that do not fit, and
/// whether it lies over another one of the series.
pub(super) fn short<'l>(
    occurrences: impl Iterator<Item = (Window, &'l [WantedLine], bool)>,
    wanted: usize,
    own: Vec<i64>,
    present: Present,
) -> Shortfall {
    let mut series = SeriesShort { wanted, ..SeriesShort::default() };
    let mut lines: Vec<WantedLine> = Vec::new();
    for (window, its, with_itself) in occurrences {
        series.refused += 1;
        if series.refused <= MAX_TOLD {
            series.first.push(window);
            series.with_itself |= with_itself;
            lines.extend(its.iter().take(MAX_LINES.saturating_sub(lines.len())).cloned());
        }
    }
    Shortfall { lines, own, movable: None, present, series: Some(series) }
}
