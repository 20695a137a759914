//! One hardware as a lane of the picture. What is drawn are paths in parts of a column; what is written stands
//! beside them in percent, so that letters are never stretched.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    steps::{Step, bookable},
    words::{self, Lines},
};
use crate::{
    calendar::Calendar,
    search::{Moment, Search, read_moment},
    view::{level::hundredths, times::Writer, words::number},
};

/// Links of a lane: more stretches than these are drawn, and booked from the item's own page.
const MAX_LINKS: usize = 16;
/// The ground of a lane, in its own units.
const GROUND: u64 = 100;
/// The height of a lane in CSS pixels, of a line of text, and where its baseline is in the middle and at the foot.
const HEIGHT: u64 = 48;
const TEXT: u64 = 20;
const MIDDLE: u64 = 30;
const FOOT: u64 = 42;
/// How high a lane is filled when all is taken.
const FULL: u64 = 86;
/// The narrowest picture in CSS pixels: what fits there fits in any.
const PIXELS: u64 = 930;
/// CSS pixels of a letter, a little more than most take, and around a text.
const LETTER: u64 = 7;
const AROUND: u64 = 10;

/// The lane.
#[derive(Debug, Default, Serialize)]
pub(super) struct Lane {
    paths: Vec<Path>,
    links: Vec<Go>,
    texts: Vec<Text>,
}

/// Everything of one kind, as one path.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Path {
    class: &'static str,
    d: String,
}

/// A stretch that can be booked.
#[derive(Debug, Serialize)]
struct Go {
    href: String,
    title: String,
    x: String,
    width: String,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Text {
    class: &'static str,
    x: String,
    /// Its baseline in CSS pixels.
    y: u64,
    text: String,
}

/// What a lane is drawn for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    pub(super) calendar: &'a Calendar,
    pub(super) times: &'a Writer,
    /// Units wanted.
    pub(super) qty: u64,
}

impl Scene<'_> {
    /// `12.5%`
    pub(super) fn percent(&self, at: DateTime<Utc>) -> String {
        percent(self.calendar.x(at) * 10_000 / self.calendar.width().max(1))
    }

    /// The part of a stretch that is still to come; `None` where it is over.
    fn rest_of(&self, step: &Step) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let now = self.times.now();
        // A form holds minutes: the next one.
        let from =
            step.from.max(now + chrono::TimeDelta::seconds((60 - now.timestamp().rem_euclid(60)) % 60));
        (from < step.to).then_some((from, step.to))
    }

    /// The booking form of a hardware for a stretch; `None` where that is over.
    pub(super) fn booking(&self, id: i64, step: &Step) -> Option<String> {
        let (from, to) = self.rest_of(step)?;
        let qty = if self.qty > 1 { self.qty.to_string() } else { String::new() };
        let window = Search { from: self.typed(from), to: self.typed(to), qty, ..Search::default() };
        Some(format!("{}#book", window.link(&format!("/hardware/{id}"))))
    }

    /// As a form would send it: wall clock, and an instant in an hour that the clocks show twice.
    fn typed(&self, at: DateTime<Utc>) -> String {
        let wall = self.times.input(at);
        let is_same = read_moment(&wall, self.times.tz()) == Moment::At(at);
        if is_same { wall } else { crate::hardware_client::instant(at) }
    }
}

fn percent(hundredth: u64) -> String {
    format!("{}%", hundredths(hundredth))
}

impl Lane {
    /// The lane of hardware `id`.
    pub(super) fn new(id: i64, capacity: u64, steps: &[Step], scene: &Scene<'_>) -> Self {
        let most = steps.iter().map(|step| taken(step, capacity)).max().unwrap_or(0).max(capacity).max(1);
        let go = |step: Step| {
            let lines = Lines::new(scene);
            Some(Go {
                href: scene.booking(id, &step)?,
                title: format!("Book {}, {} free", lines.span(&step), number(step.free)),
                x: scene.percent(step.from),
                width: percent(
                    (scene.calendar.x(step.to) - scene.calendar.x(step.from)) * 10_000
                        / scene.calendar.width().max(1),
                ),
            })
        };
        let places: Vec<_> =
            steps.iter().map(|step| Place::new(step, capacity, most, scene.calendar)).collect();
        let text = |(step, place)| text(step, place, capacity, scene);
        Self {
            paths: paths(&places),
            links: bookable(steps, scene.qty).into_iter().filter_map(go).take(MAX_LINKS).collect(),
            texts: steps.iter().zip(&places).filter_map(text).collect(),
        }
    }
}

/// Units that nobody else can have, with what is promised beyond the capacity.
fn taken(step: &Step, capacity: u64) -> u64 {
    capacity.saturating_sub(step.free).saturating_add(step.over)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Free,
    Some,
    All,
    Over,
}

impl Kind {
    fn of(step: &Step, capacity: u64) -> Self {
        match taken(step, capacity) {
            _ if step.over > 0 => Self::Over,
            0 => Self::Free,
            _ if step.free == 0 => Self::All,
            _ => Self::Some,
        }
    }
}

/// Where a step is drawn.
#[derive(Clone, Copy, Debug)]
struct Place {
    x1: u64,
    x2: u64,
    y: u64,
    kind: Kind,
}

impl Place {
    fn new(step: &Step, capacity: u64, most: u64, calendar: &Calendar) -> Self {
        Self {
            x1: calendar.x(step.from),
            x2: calendar.x(step.to),
            // A service that talks nonsense gets a wrong picture, and not an overflow.
            y: GROUND - taken(step, capacity).min(most).saturating_mul(FULL) / most,
            kind: Kind::of(step, capacity),
        }
    }

    /// The baseline of its text: clear of the upper edge.
    fn baseline(&self) -> u64 {
        let top = self.y * HEIGHT / GROUND;
        match self.kind {
            Kind::Some if HEIGHT - top >= TEXT => FOOT,
            Kind::Some => top.saturating_sub(5).min(FOOT),
            Kind::Free => MIDDLE,
            Kind::All | Kind::Over => MIDDLE.max(top + 14).min(FOOT),
        }
    }
}

/// Three fillings at most, and the upper edge of them all.
fn paths(places: &[Place]) -> Vec<Path> {
    let kinds = [(Kind::Some, "g-load"), (Kind::All, "g-full"), (Kind::Over, "g-ov")];
    let filled = kinds.into_iter().map(|(kind, class)| Path { class, d: filling(places, kind) });
    let edge = Path { class: "g-step thin", d: edge(places) };
    filled.chain([edge]).filter(|path| !path.d.is_empty()).collect()
}

fn filling(places: &[Place], kind: Kind) -> String {
    let mut d = String::new();
    for Place { x1, x2, y, .. } in places.iter().filter(|place| place.kind == kind && place.x1 < place.x2) {
        // Writing to a text cannot fail.
        let _ = write!(d, "M{x1} {GROUND}V{y}H{x2}V{GROUND}Z");
    }
    d
}

fn edge(places: &[Place]) -> String {
    let mut d = String::new();
    let mut end = None;
    for Place { x1, x2, y, .. } in places.iter().filter(|place| place.x1 < place.x2) {
        let _ = match end {
            Some(before) if before == *x1 => write!(d, "V{y}H{x2}"),
            _ => write!(d, "M{x1} {y}H{x2}"),
        };
        end = Some(*x2);
    }
    d
}

/// What is written on a step, as long as it fits: the number alone, or with its word.
fn text(step: &Step, place: &Place, capacity: u64, scene: &Scene<'_>) -> Option<Text> {
    let pixels = (place.x2 - place.x1) * PIXELS / scene.calendar.width().max(1);
    let free = number(step.free);
    let (class, said) = match place.kind {
        Kind::Over => {
            let over = number(step.over);
            ("g-t ov", [format!("over by {over}"), format!("+{over}")])
        }
        Kind::All if capacity == 1 => ("g-t on", ["taken".to_owned(), free]),
        Kind::All => ("g-t on", ["none free".to_owned(), free]),
        Kind::Some => ("g-t", [format!("{free} free"), free]),
        Kind::Free => ("g-t soft", [words::free_of(step.free, capacity), free]),
    };
    let fits = |text: &String| text.chars().count() as u64 * LETTER + AROUND <= pixels;
    let text = said.into_iter().find(fits)?;
    Some(Text { class, x: scene.percent(step.from), y: place.baseline(), text })
}

#[cfg(test)]
mod tests;
