//! 409 `not-free`: what is missing, who is in the way, and when it would fit instead.

use chassis::Problem;
use chrono::{DateTime, Utc};
use poem::http::StatusCode;
use poem_openapi::Object;
use serde::Serialize;

use super::{
    series::{self, RefusedOccurrencesView, SkippedView},
    views::time,
};
use crate::{
    domain::{demand::Shortage, window::Window},
    store::refusals::{InTheWay, Refusal, RefusedLine},
};

/// Claims in the way that the sentence names at most.
const TOLD: usize = 5;

/// A booking that was refused because something is not free: a problem with what a person can do about it.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "NotFree")]
pub struct NotFreeView {
    /// The lines that do not fit.
    pub lines: Vec<RefusedLineView>,
    /// Up to three other times of the same length at which all lines fit, the nearest first; none for a series.
    pub alternatives: Vec<AlternativeView>,
    /// Of a series: how much of it cannot be had. `lines` tell of the first few of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurrences: Option<RefusedOccurrencesView>,
    /// Of a series with `on_conflict` `skip`, of which nothing can be had: why each cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<Vec<SkippedView>>,
}

/// A line that does not fit.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "RefusedLine")]
pub struct RefusedLineView {
    /// Its id.
    pub hardware: i64,
    /// Who has it.
    pub provider: String,
    /// What it is called there.
    pub name: String,
    /// Units in all.
    pub capacity: i64,
    /// Units asked for.
    pub requested: i64,
    /// Units free over all of the time asked for, the buffer included.
    pub free: i64,
    /// When there are too few.
    pub blocked: Vec<BlockedView>,
    /// Who is in the way, up to 20, in order of their starts.
    pub claims: Vec<InTheWayView>,
}

/// A stretch with too few units free.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Blocked")]
pub struct BlockedView {
    /// Its first second.
    pub from: DateTime<Utc>,
    /// The first second after it.
    pub to: DateTime<Utc>,
    /// Units free over it.
    pub free: i64,
}

/// Who is in the way: a reservation or a task.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "InTheWay")]
pub struct InTheWayView {
    /// The reservation's id.
    #[oai(nullable)]
    pub reservation: Option<i64>,
    /// The task's id: out of service.
    #[oai(nullable)]
    pub task: Option<i64>,
    /// Its first second.
    pub from: DateTime<Utc>,
    /// The first second after it, the buffer included; 9999-12-31 without an end.
    pub to: DateTime<Utc>,
    /// Its units.
    pub qty: i64,
    /// Whose reservation.
    #[oai(nullable)]
    pub user: Option<String>,
}

/// A time that fits.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Alternative")]
pub struct AlternativeView {
    /// Its first second.
    pub starts_at: DateTime<Utc>,
    /// The first second after it.
    pub ends_at: DateTime<Utc>,
}

impl From<Shortage> for BlockedView {
    fn from(shortage: Shortage) -> Self {
        Self { from: time(shortage.from), to: time(shortage.to), free: shortage.free }
    }
}

impl From<InTheWay> for InTheWayView {
    fn from(other: InTheWay) -> Self {
        let InTheWay { reservation, task, claim, user } = other;
        let (from, to) = (time(claim.starts_at), time(claim.blocked_until));
        Self { reservation, task, from, to, qty: claim.qty, user }
    }
}

impl From<RefusedLine> for RefusedLineView {
    fn from(line: RefusedLine) -> Self {
        let RefusedLine { wanted, in_the_way } = line;
        let free = wanted.shortages.iter().map(|shortage| shortage.free).min().unwrap_or(0);
        Self {
            hardware: wanted.stock.id,
            provider: wanted.stock.provider,
            name: wanted.stock.name,
            capacity: wanted.stock.capacity,
            requested: wanted.qty,
            free,
            blocked: wanted.shortages.into_iter().map(BlockedView::from).collect(),
            claims: in_the_way.into_iter().map(InTheWayView::from).collect(),
        }
    }
}

impl From<Window> for AlternativeView {
    fn from(window: Window) -> Self {
        Self { starts_at: time(window.from), ends_at: time(window.to) }
    }
}

impl From<Refusal> for NotFreeView {
    fn from(refusal: Refusal) -> Self {
        let series = refusal.series.as_ref();
        let skipped = series.map(|series| &series.skipped).filter(|skipped| !skipped.is_empty());
        Self {
            occurrences: series.map(RefusedOccurrencesView::from),
            skipped: skipped.map(|skipped| skipped.iter().map(SkippedView::from).collect()),
            lines: refusal.lines.into_iter().map(RefusedLineView::from).collect(),
            alternatives: refusal.alternatives.into_iter().map(AlternativeView::from).collect(),
        }
    }
}

/// 409 with everything that is known about it.
#[must_use]
pub fn not_free(refusal: Refusal) -> Problem {
    let (first, told) = match &refusal.series {
        None => ("Too little is free, so nothing was changed.".to_owned(), usize::MAX),
        Some(series) => (series::sentence(series), TOLD),
    };
    let view = NotFreeView::from(refusal);
    let lines = view.lines.iter().take(told).map(sentence).collect::<Vec<_>>().join("; ");
    let detail = if lines.is_empty() { first } else { format!("{first} {lines}.") };
    let problem = Problem::new(StatusCode::CONFLICT).kind("not-free").detail(detail);
    let members = serde_json::to_value(view).unwrap_or_default();
    let members = members.as_object().cloned().unwrap_or_default();
    members.into_iter().fold(problem, |problem, (name, value)| problem.with(&name, value))
}

/// What a person reads of one line: at most a few of those in the way, `claims` has them all.
fn sentence(line: &RefusedLineView) -> String {
    let RefusedLineView { provider, name, requested, free, .. } = line;
    let short = format!("{provider} {name}: {requested} asked for, {free} free");
    let named = |claim: &InTheWayView| match (claim.reservation, claim.task) {
        (Some(id), _) => Some(format!("reservation {id}")),
        (None, id) => id.map(|id| format!("task {id}")),
    };
    let others: Vec<_> = line.claims.iter().filter_map(named).take(TOLD).collect();
    if others.is_empty() { short } else { format!("{short}; in the way: {}", others.join(", ")) }
}
