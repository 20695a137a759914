//! 409 `not-free`: what is missing, who is in the way, and when it would fit instead.

use chassis::Problem;
use chrono::{DateTime, Utc};
use poem::http::StatusCode;
use poem_openapi::Object;
use serde::Serialize;

use super::views::time;
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
    /// Up to three other times of the same length at which all lines fit, the nearest first.
    pub alternatives: Vec<AlternativeView>,
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
        Self {
            lines: refusal.lines.into_iter().map(RefusedLineView::from).collect(),
            alternatives: refusal.alternatives.into_iter().map(AlternativeView::from).collect(),
        }
    }
}

/// 409 with everything that is known about it.
#[must_use]
pub fn not_free(refusal: Refusal) -> Problem {
    let view = NotFreeView::from(refusal);
    let detail = view.lines.iter().map(sentence).collect::<Vec<_>>().join("; ");
    Problem::new(StatusCode::CONFLICT)
        .kind("not-free")
        .detail(format!("Too little is free, so nothing was changed. {detail}."))
        .with("lines", serde_json::json!(view.lines))
        .with("alternatives", serde_json::json!(view.alternatives))
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
