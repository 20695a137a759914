//! What the answers about availability hold.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use serde::Serialize;

use crate::{
    api::{refusal::AlternativeView, views::time},
    domain::peak::Level,
};

/// What is free of one hardware over a window.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Availability")]
pub struct AvailabilityView {
    /// Units in all.
    pub capacity: i64,
    /// Units free over the whole window.
    pub min_free: i64,
    /// Adjacent stretches that cover the window.
    pub steps: Vec<StepView>,
}

impl AvailabilityView {
    /// What the step function of units in use leaves of `capacity`.
    #[must_use]
    pub fn new(capacity: i64, levels: &[Level]) -> Self {
        let steps: Vec<_> = levels.iter().map(|level| StepView::new(level, capacity)).collect();
        let min_free = steps.iter().map(|step| step.free).min().unwrap_or(capacity);
        Self { capacity, min_free, steps }
    }
}

/// What is free of one hardware of several over a window.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "HardwareAvailability")]
pub struct HardwareAvailabilityView {
    /// Its id.
    pub hardware: i64,
    /// Units in all.
    pub capacity: i64,
    /// Units free over the whole window.
    pub min_free: i64,
    /// Adjacent stretches that cover the window.
    pub steps: Vec<StepView>,
}

impl HardwareAvailabilityView {
    /// The same with the hardware's id.
    #[must_use]
    pub fn new(hardware: i64, availability: AvailabilityView) -> Self {
        let AvailabilityView { capacity, min_free, steps } = availability;
        Self { hardware, capacity, min_free, steps }
    }
}

/// A stretch over which what is free does not change.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "AvailabilityStep")]
pub struct StepView {
    /// Its first second.
    pub from: DateTime<Utc>,
    /// The first second after it.
    pub to: DateTime<Utc>,
    /// Units free.
    pub free: i64,
    /// Units promised beyond the capacity.
    pub overcommitted: i64,
}

impl StepView {
    fn new(level: &Level, capacity: i64) -> Self {
        Self {
            from: time(level.from),
            to: time(level.to),
            free: (capacity - level.in_use).max(0),
            overcommitted: (level.in_use - capacity).max(0),
        }
    }
}

/// When a basket is free.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "NextStarts")]
pub struct NextStartsView {
    /// The earliest first; empty where there is none within 90 days.
    pub starts: Vec<AlternativeView>,
}
