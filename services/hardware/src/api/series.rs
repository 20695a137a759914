//! What an answer tells of the occurrences of a series that were not booked.

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object};
use serde::Serialize;

use super::views::time;
use crate::{
    domain::{
        moment::{Moment, rfc3339},
        series::{Missing, Occurrence},
        window::Window,
    },
    store::{
        refusals::{SeriesShort, WantedLine},
        series::{Skipped, Why},
    },
};

/// Lines that a reason names at most.
const TOLD: usize = 3;

/// An occurrence that was left out.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "SkippedOccurrence")]
pub struct SkippedView {
    /// Which, from 1.
    pub occurrence: u32,
    /// When it would have started. A time that does not exist is told as it would stand on the wall, without an offset.
    pub starts_at: String,
    /// Why, for a program.
    pub kind: SkippedKind,
    /// Why, for a person.
    pub reason: String,
}

/// Why an occurrence was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize)]
#[oai(rename = "SkippedKind", rename_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum SkippedKind {
    /// Too little is free.
    NotFree,
    /// The clocks skip its start or its end.
    NoSuchTime,
}

impl From<&Skipped> for SkippedView {
    fn from(skipped: &Skipped) -> Self {
        let Skipped { occurrence, why } = skipped;
        match why {
            Why::Missing(missing) => Self::missing(occurrence, missing),
            Why::Short { lines, with_itself } => {
                Self::new(occurrence, SkippedKind::NotFree, short(lines, *with_itself))
            }
        }
    }
}

impl SkippedView {
    /// One whose time does not exist.
    #[must_use]
    pub fn missing(occurrence: &Occurrence, missing: &Missing) -> Self {
        let reason = match missing.field {
            "ends_at" => format!("its end, {}", missing.skipped),
            _ => missing.skipped.to_string(),
        };
        Self::new(occurrence, SkippedKind::NoSuchTime, reason)
    }

    fn new(occurrence: &Occurrence, kind: SkippedKind, reason: String) -> Self {
        let from = match occurrence.window {
            Ok(window) => Some(window.from),
            Err(missing) => missing.starts_at,
        };
        Self {
            occurrence: u32::try_from(occurrence.number).unwrap_or(u32::MAX),
            starts_at: from.map_or_else(|| Moment::Wall(occurrence.starts_at).to_string(), rfc3339),
            kind,
            reason,
        }
    }
}

fn short(lines: &[WantedLine], with_itself: bool) -> String {
    let one = |line: &WantedLine| {
        let free = line.shortages.iter().map(|shortage| shortage.free).min().unwrap_or(0);
        format!("{} {}: {} asked for, {free} free", line.stock.provider, line.stock.name, line.qty)
    };
    let mut told: Vec<_> = lines.iter().take(TOLD).map(one).collect();
    if lines.len() > TOLD {
        told.push(format!("and {} lines more", lines.len() - TOLD));
    }
    if with_itself {
        told.push("another one of the series is in the way".to_owned());
    }
    told.join("; ")
}

/// How much of a series could not be had.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "RefusedOccurrences")]
pub struct RefusedOccurrencesView {
    /// Occurrences asked for; of a change, those that would move.
    pub wanted: u32,
    /// Those that cannot be had.
    pub refused: u32,
    /// The first few of them, which `lines` tell of.
    pub first: Vec<OccurrenceView>,
    /// Whether one of these lies over another one of the series.
    pub overlaps_itself: bool,
}

/// When an occurrence would be.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Occurrence")]
pub struct OccurrenceView {
    /// Its first second.
    pub starts_at: DateTime<Utc>,
    /// The first second after it.
    pub ends_at: DateTime<Utc>,
}

impl From<&SeriesShort> for RefusedOccurrencesView {
    fn from(series: &SeriesShort) -> Self {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let one = |window: &Window| OccurrenceView { starts_at: time(window.from), ends_at: time(window.to) };
        Self {
            wanted: number(series.wanted),
            refused: number(series.refused),
            first: series.first.iter().map(one).collect(),
            overlaps_itself: series.with_itself,
        }
    }
}

/// What a person reads first of a series that was refused.
#[must_use]
pub fn sentence(series: &SeriesShort) -> String {
    let SeriesShort { wanted, refused, first, with_itself, skipped } = series;
    let first = match (first.first(), skipped.first()) {
        (Some(window), _) => format!(", the first at {}", rfc3339(window.from)),
        (None, Some(skipped)) => format!(": {}", SkippedView::from(skipped).reason),
        (None, None) => String::new(),
    };
    let itself = if *with_itself { " Occurrences of it overlap each other." } else { "" };
    format!("{refused} of {wanted} occurrences cannot be had{first}; nothing was changed.{itself}")
}
