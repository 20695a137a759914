//! `/hardware/{id}/availability`: what is free of one hardware, step by step.

use chassis::{FieldError, Problem, json::Json};
use chrono::{DateTime, Utc};
use poem_openapi::{
    Object, OpenApi, Tags,
    param::{Path, Query},
};
use serde::Serialize;

use super::{
    Shared,
    params::{Given, Time, WholeNumber},
    views::time,
};
use crate::{
    domain::{
        peak::{Level, levels},
        window::Window,
        wish::optional_zone,
    },
    store::{claims, hardware},
};

/// Steps of one answer at most.
const MAX_STEPS: usize = 200_000;

#[derive(Tags)]
enum Tag {
    /// What there is, what is free of it, and when.
    Hardware,
}

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

/// The handlers of availability.
pub struct AvailabilityApi {
    /// What they use.
    pub context: Shared,
}

#[OpenApi(tag = "Tag::Hardware")]
impl AvailabilityApi {
    /// What is free of one hardware, step by step
    ///
    /// A step function over `[from, to)`: the next hour if no window is given.
    #[oai(path = "/hardware/:id/availability", method = "get", operation_id = "get_availability")]
    async fn get_availability(
        &self,
        id: Path<WholeNumber>,
        /// The window's first second; now, if not given.
        from: Query<Given<Time>>,
        /// The window's end, itself outside; an hour after `from`, if not given. At most ten years ahead.
        to: Query<Given<Time>>,
        /// The zone of times without an offset; the hardware's, if not given.
        tz: Query<Option<String>>,
    ) -> poem::Result<Json<AvailabilityView>> {
        let named = optional_zone(tz.0.as_deref()).map_err(Problem::from)?;
        let present = self.context.present();
        let mut lease = self.context.db.read().await?;
        let item = hardware::find(&mut lease.conn(), id.0.0).await?;
        let zone = named.or(item.hardware.tz).unwrap_or(self.context.tz);
        let [from, to] = [from, to].map(|given| given.0.0.map(|time| time.0));
        let window = Window::asked(from, to, zone, present.now_s).map_err(Problem::from)?;
        let held = claims::of_one(&mut lease.conn(), item.id, window, present).await?;
        drop(lease);
        metrics::counter!("hardware_availability_computations_total").increment(1);
        Ok(Json(view(item.hardware.capacity, &levels(&claims::occupancy(&held), window))?))
    }
}

fn view(capacity: i64, levels: &[Level]) -> Result<AvailabilityView, Problem> {
    if levels.len() > MAX_STEPS {
        let why = format!("is so far from `from` that there are more than {MAX_STEPS} steps; ask for less");
        return Err(Problem::impossible(vec![FieldError::new("to", why)]));
    }
    let steps: Vec<_> = levels.iter().map(|level| StepView::new(level, capacity)).collect();
    let min_free = steps.iter().map(|step| step.free).min().unwrap_or(capacity);
    Ok(AvailabilityView { capacity, min_free, steps })
}
