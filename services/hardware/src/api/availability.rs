//! What is free, step by step: of one hardware, and of several; and when a basket is free next.

mod several;
mod views;

use chassis::{FieldError, Problem, json::Json};
use poem_openapi::{
    OpenApi, Tags,
    param::{Path, Query},
};

use self::views::{AvailabilityView, HardwareAvailabilityView, NextStartsView};
use super::{
    Shared,
    error::impossible,
    params::{Given, GrainName, Ids, Length, Lines, Time, WholeNumber},
    refusal::AlternativeView,
};
use crate::{
    domain::{
        next::{self, NextWish},
        peak::{Level, levels},
        window::Window,
        wish::optional_zone,
    },
    store::{self, claims, hardware},
};

/// Steps of one answer at most, of one hardware or of several: at some 95 bytes each well below the 8 MiB of answers that
/// may wait for their readers.
const MAX_STEPS: usize = 50_000;
const ADVICE: &str = "ask for less";

#[derive(Tags)]
enum Tag {
    /// What there is, what is free of it, and when.
    Hardware,
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
        let levels = bounded(levels(&claims::occupancy(&held), window), MAX_STEPS, ADVICE)?;
        Ok(Json(AvailabilityView::new(item.hardware.capacity, &levels)))
    }

    /// What is free of several hardware, step by step
    ///
    /// For a timeline: a step function over `[from, to)` for each, by id; what is not in the catalogue is left out.
    #[oai(path = "/availability", method = "get", operation_id = "list_availability")]
    async fn list_availability(
        &self,
        /// Which, apart by commas, up to 50.
        ids: Query<Ids>,
        /// The window's first second; now, if not given.
        from: Query<Given<Time>>,
        /// The window's end, itself outside; an hour after `from`, if not given. At most ten years ahead.
        to: Query<Given<Time>>,
        /// The zone of times without an offset, and of hours and days, such as Europe/Berlin.
        tz: Query<Option<String>>,
        /// `hour` or `day`: one step at most for each hour or day of the zone, with the least that is free within it, up to
        /// 1,000 of them. Exact steps, if not given.
        grain: Query<Given<GrainName>>,
    ) -> poem::Result<Json<Vec<HardwareAvailabilityView>>> {
        let asked = several::Asked {
            ids: ids.0.0,
            from: from.0.0.map(|time| time.0),
            to: to.0.0.map(|time| time.0),
            tz: tz.0,
            grain: grain.0.0.map(|grain| grain.0),
        };
        Ok(Json(several::answer(&self.context, asked).await?))
    }

    /// When is it free next?
    ///
    /// The earliest starts at which all of `hardware` is free for `duration` and each hardware's buffer behind it, from
    /// `after` on, up to 90 days later. They do not overlap: each can be booked, also one after the other.
    #[oai(path = "/availability/next", method = "get", operation_id = "next_availability")]
    async fn next_availability(
        &self,
        /// What: `id:units` apart by commas, such as `1:2,7:1`; one unit if none is named. Up to 100, each hardware once.
        hardware: Query<Lines>,
        /// For how long: PT4H, PT90M, P1D, P1DT30M, P2W. A day is 24 hours; years and months are refused.
        duration: Query<Length>,
        /// Not before: now, if not given. May lie in the past.
        after: Query<Given<Time>>,
        /// How many, 1 to 20; 3 if not given.
        count: Query<Given<WholeNumber>>,
        /// The zone of a time without an offset; the hardware's, if not given.
        tz: Query<Option<String>>,
    ) -> poem::Result<Json<NextStartsView>> {
        let (lines, duration, tz) = (hardware.0.0, duration.0.0, tz.0);
        let (after, count) = (after.0.0.map(|time| time.0), count.0.0.map(|count| count.0));
        let wish = NextWish::new(&next::Raw { lines, duration, after, tz, count }).map_err(impossible)?;
        let mut lease = self.context.db.read().await?;
        let conn = &mut lease.conn();
        let found = store::next::starts(conn, &wish, self.context.tz, self.context.present()).await?;
        Ok(Json(NextStartsView { starts: found.into_iter().map(AlternativeView::from).collect() }))
    }
}

/// `levels`, unless there are more than `most`.
fn bounded(levels: Vec<Level>, most: usize, advice: &str) -> Result<Vec<Level>, Problem> {
    if levels.len() > most {
        let why = format!("is so far from `from` that there are too many steps; {advice}");
        return Err(Problem::impossible(vec![FieldError::new("to", why)]));
    }
    Ok(levels)
}
