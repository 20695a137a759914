//! `GET /availability`: the step functions of several hardware at once.

use chassis::Problem;

use super::{
    MAX_STEPS, bounded,
    views::{AvailabilityView, HardwareAvailabilityView},
};
use crate::{
    api::{Context, error::impossible},
    domain::{
        filter::{self, Filter, MAX_IDS},
        grain::{Grain, coarse},
        kept,
        moment::Moment,
        peak::levels,
        window::Window,
        wish::optional_zone,
    },
    store::{claims, hardware},
};

const ADVICE: &str = "ask for less at once, or name a `grain`";

/// The query parameters, as they came.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) ids: Vec<i64>,
    pub(super) from: Option<Moment>,
    pub(super) to: Option<Moment>,
    pub(super) tz: Option<String>,
    pub(super) grain: Option<Grain>,
}

/// What they mean.
struct Question {
    filter: Filter,
    window: Window,
    /// The ends of the cells, where there is a grain.
    cells: Option<Vec<i64>>,
}

pub(super) async fn answer(
    context: &Context,
    asked: Asked,
) -> Result<Vec<HardwareAvailabilityView>, Problem> {
    let present = context.present();
    let Question { filter, window, cells } = read(context, asked, present.now_s)?;
    let limit = i64::try_from(MAX_IDS).unwrap_or(i64::MAX);
    let mut lease = context.db.read().await?;
    let items = hardware::list(&mut lease.conn(), &filter, 0, limit).await?;
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    let mut claims = claims::over(&mut lease.conn(), &ids, window, present).await?;
    drop(lease);
    metrics::counter!("hardware_availability_computations_total").increment(1);
    let (mut views, mut left) = (Vec::with_capacity(items.len()), MAX_STEPS);
    for item in items {
        let exact = levels(&claims.remove(&item.id).unwrap_or_default().in_window, window);
        let told = match &cells {
            Some(ends) => coarse(&exact, ends),
            None => bounded(exact, left, ADVICE)?,
        };
        left = left.saturating_sub(told.len());
        let availability = AvailabilityView::new(item.hardware.capacity, &told);
        views.push(HardwareAvailabilityView::new(item.id, availability));
    }
    Ok(views)
}

/// Reads all parameters; whatever is impossible is told at once, not one by one.
fn read(context: &Context, asked: Asked, now_s: i64) -> Result<Question, Problem> {
    let mut wrong = Vec::new();
    let ids = kept(&mut wrong, filter::ids(asked.ids));
    let zone = kept(&mut wrong, optional_zone(asked.tz.as_deref())).flatten().unwrap_or(context.tz);
    let window = kept(&mut wrong, Window::asked(asked.from, asked.to, zone, now_s));
    let cells =
        window.zip(asked.grain).and_then(|(window, grain)| kept(&mut wrong, grain.cells(window, zone)));
    match window {
        Some(window) if wrong.is_empty() => {
            Ok(Question { filter: Filter { ids, ..Filter::default() }, window, cells })
        }
        _ => Err(impossible(wrong)),
    }
}
