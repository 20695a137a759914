//! The next days as a picture of steps, and the same as a table. All lengths are percentages, computed here.

use chrono::{DateTime, Datelike, Utc, Weekday};
use serde::Serialize;

use super::around::DAYS;
use crate::{
    hardware_client::Steps,
    view::{
        level::hundredths,
        times::{TimeView, Writer},
        words::number,
    },
};

/// Steps that are drawn: more are too narrow to see, and are drawn as the peaks of equal parts.
const MAX_DRAWN: usize = 200;
/// Rows of the table.
const MAX_ROWS: usize = 60;
/// Stretches that the description names.
const MAX_TOLD: usize = 3;

/// One step: from, to, and how much is taken in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    taken: u64,
    free: u64,
    over: u64,
}

/// The picture with its table.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    top: String,
    /// Half of it, where that is a whole number.
    middle: String,
    title: String,
    description: String,
    /// Weekends, below everything.
    off: Vec<Band>,
    midnights: Vec<Line>,
    taken: Vec<Band>,
    /// What is drawn above what is taken.
    edges: Vec<Line>,
    now_x: String,
    now: TimeView,
    days: Vec<Day>,
    /// Somewhere everything is taken.
    full: bool,
    /// Somewhere more is promised than there is.
    over: bool,
    rows: Vec<Row>,
    more: Option<String>,
}

#[derive(Debug, Serialize)]
struct Band {
    class: &'static str,
    x: String,
    y: String,
    width: String,
    height: String,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Line {
    class: &'static str,
    x1: String,
    x2: String,
    y1: String,
    y2: String,
}

#[derive(Debug, Serialize)]
struct Day {
    letter: String,
    rest: String,
    number: String,
    today: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    from: TimeView,
    to: TimeView,
    taken: String,
    free: String,
    over: Option<String>,
}

/// Where an instant and a number of units stand in the picture, in hundredths of a percent.
#[derive(Clone, Copy, Debug)]
struct Scale {
    from: DateTime<Utc>,
    seconds: u64,
    most: u64,
}

impl Scale {
    fn x(&self, at: DateTime<Utc>) -> u64 {
        let past = u64::try_from((at - self.from).num_seconds()).unwrap_or(0);
        past.min(self.seconds) * 10_000 / self.seconds.max(1)
    }

    /// From above: 0 is the most.
    fn y(&self, units: u64) -> u64 {
        10_000 - units.min(self.most) * 10_000 / self.most.max(1)
    }
}

fn percent(hundredth: u64) -> String {
    format!("{}%", hundredths(hundredth))
}

impl Chart {
    /// The chart of `steps` over the days that begin at each of `days` but the last, which ends them. `None`
    /// where there is nothing to draw.
    pub(super) fn new(steps: &Steps, days: &[DateTime<Utc>], times: &Writer) -> Option<Self> {
        let (from, to) = (*days.first()?, *days.last()?);
        let all = merged(steps, (from, to));
        let most = all.iter().map(|step| step.taken).max()?.max(steps.capacity).max(1);
        let scale = Scale { from, seconds: u64::try_from((to - from).num_seconds()).ok()?, most };
        let drawn = if all.len() > MAX_DRAWN { peaks(&all, (from, to)) } else { all.clone() };
        Some(Self {
            top: number(most),
            middle: if most.is_multiple_of(2) { number(most / 2) } else { String::new() },
            title: format!("Units taken in the next {DAYS} days"),
            description: description(&all, steps.capacity, times),
            off: weekends(days, scale, times),
            midnights: midnights(days, scale),
            taken: drawn.iter().filter(|step| step.taken > 0).map(|step| taken(step, scale)).collect(),
            edges: edges(&drawn, scale, steps.capacity, times.now()),
            now_x: percent(scale.x(times.now())),
            now: times.hour(times.now()),
            days: days.iter().take(days.len() - 1).map(|day| day_label(*day, times)).collect(),
            full: all.iter().any(is_full),
            over: all.iter().any(|step| step.over > 0),
            rows: all.iter().take(MAX_ROWS).map(|step| row(step, times)).collect(),
            more: more(&all),
        })
    }
}

/// The steps within the window, neighbours that are alike as one.
fn merged(steps: &Steps, (from, to): (DateTime<Utc>, DateTime<Utc>)) -> Vec<Step> {
    let mut all: Vec<Step> = Vec::new();
    for given in &steps.steps {
        let taken = steps.capacity.saturating_sub(given.free) + given.overcommitted;
        let (from, to) = (given.from.max(from), given.to.min(to));
        let step = Step { from, to, taken, free: given.free, over: given.overcommitted };
        match all.last_mut() {
            _ if from >= to => {}
            Some(last) if (last.taken, last.free) == (taken, step.free) && last.to == from => last.to = to,
            _ => all.push(step),
        }
    }
    all
}

/// As many equal parts as can be told apart, each with its fullest step.
fn peaks(all: &[Step], (from, to): (DateTime<Utc>, DateTime<Utc>)) -> Vec<Step> {
    let parts = i32::try_from(MAX_DRAWN).unwrap_or(1);
    let part = (to - from) / parts;
    let mut rest = all;
    let mut peaks = Vec::new();
    for n in 0..parts {
        let (start, end) = (from + part * n, from + part * (n + 1));
        while rest.first().is_some_and(|step| step.to <= start) {
            rest = rest.get(1..).unwrap_or_default();
        }
        let within = rest.iter().take_while(|step| step.from < end);
        if let Some(peak) = within.max_by_key(|step| step.taken) {
            peaks.push(Step { from: start, to: end, ..*peak });
        }
    }
    peaks
}

fn is_full(step: &Step) -> bool {
    step.free == 0 && step.taken > 0
}

/// Reaches from the ground up to `y`.
fn band(class: &'static str, (from, to): (DateTime<Utc>, DateTime<Utc>), y: u64, scale: Scale) -> Band {
    Band {
        class,
        x: percent(scale.x(from)),
        y: percent(y),
        width: percent(scale.x(to).saturating_sub(scale.x(from))),
        height: percent(10_000 - y),
    }
}

fn weekends(days: &[DateTime<Utc>], scale: Scale, times: &Writer) -> Vec<Band> {
    let is_off =
        |day: DateTime<Utc>| matches!(day.with_timezone(&times.tz()).weekday(), Weekday::Sat | Weekday::Sun);
    let spans = days.iter().copied().zip(days.iter().copied().skip(1));
    spans.filter(|(from, _)| is_off(*from)).map(|span| band("g-off", span, 0, scale)).collect()
}

fn taken(step: &Step, scale: Scale) -> Band {
    let class = match step {
        Step { over: 1.., .. } => "g-ov",
        step if is_full(step) => "g-full",
        _ => "g-fill",
    };
    band(class, (step.from, step.to), scale.y(step.taken), scale)
}

fn line(class: &'static str, (x1, x2): (u64, u64), (y1, y2): (u64, u64)) -> Line {
    Line { class, x1: percent(x1), x2: percent(x2), y1: percent(y1), y2: percent(y2) }
}

fn upright(class: &'static str, at: DateTime<Utc>, scale: Scale) -> Line {
    line(class, (scale.x(at), scale.x(at)), (0, 10_000))
}

/// Those between two days.
fn midnights(days: &[DateTime<Utc>], scale: Scale) -> Vec<Line> {
    let inner = days.iter().skip(1).take(days.len().saturating_sub(2));
    inner.map(|day| upright("g-day", *day, scale)).collect()
}

/// The upper edge of what is taken, the capacity, the ground, and now.
fn edges(steps: &[Step], scale: Scale, capacity: u64, now: DateTime<Utc>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut before = None;
    for step in steps {
        let (x, y) = (scale.x(step.from), scale.y(step.taken));
        if let Some(before) = before.filter(|before| *before != y) {
            lines.push(line("g-step", (x, x), (before, y)));
        }
        lines.push(line("g-step", (x, scale.x(step.to)), (y, y)));
        before = Some(y);
    }
    let top = scale.y(capacity);
    lines.push(line("g-cap", (0, 10_000), (top, top)));
    lines.push(line("g-base", (0, 10_000), (10_000, 10_000)));
    lines.push(upright("g-now", now, scale));
    lines
}

fn day_label(day: DateTime<Utc>, times: &Writer) -> Day {
    let local = day.with_timezone(&times.tz());
    let name = local.format("%a").to_string();
    let (letter, rest) = name.split_at(1);
    Day {
        letter: letter.to_owned(),
        rest: rest.to_owned(),
        number: local.day().to_string(),
        today: local.date_naive() == times.now().with_timezone(&times.tz()).date_naive(),
    }
}

/// The picture in words: now, and when nothing is left.
fn description(all: &[Step], capacity: u64, times: &Writer) -> String {
    let now = all.iter().find(|step| step.from <= times.now() && times.now() < step.to);
    let mut told: Vec<String> = now
        .map(|step| format!("{} of {} taken now.", number(step.taken), number(capacity)))
        .into_iter()
        .collect();
    for step in all.iter().filter(|step| is_full(step)).take(MAX_TOLD) {
        let (from, to) = (times.date_time(step.from).text, times.end(step.from, step.to).text);
        told.push(format!("All taken from {from} to {to}."));
    }
    told.push("The table below has every step.".to_owned());
    told.join(" ")
}

fn row(step: &Step, times: &Writer) -> Row {
    Row {
        from: times.date_time(step.from),
        to: times.date_time(step.to),
        taken: number(step.taken),
        free: number(step.free),
        over: (step.over > 0).then(|| number(step.over)),
    }
}

fn more(all: &[Step]) -> Option<String> {
    let left = all.len().checked_sub(MAX_ROWS).filter(|left| *left > 0)? as u64;
    Some(format!("{} more steps follow.", number(left)))
}
