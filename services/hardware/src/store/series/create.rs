//! Booking a series: every occurrence, or those that can be had.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde_json::json;

use super::{
    Skipped, Why,
    check::{self, short},
    rows,
    write::{self, Member},
};
use crate::{
    db::{Conn, Db},
    domain::{
        occupied::Occupied,
        reservation::Reservation,
        series::{self, Occurrence, OnConflict, Repeat},
        window::Window,
        wish::{self, Wish},
    },
    store::{
        StoreError,
        booking::{Intent, explained},
        events::{self, Event},
        idempotency::{self, Made},
        locks::{self, Stocks},
        refusals::WantedLine,
        reservation_create::{Booked, Order, booked_before, count, drafted, intents, zones_of},
        retrying,
    },
};

/// A series that was booked, or would have been: then every id is 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesMade {
    /// Its first reservation.
    pub first: Reservation,
    /// The ids of all of them, in order of time.
    pub created: Vec<i64>,
    /// What was left out, in order of time.
    pub skipped: Vec<Skipped>,
}

/// Books `wish` as often as `repeat` says: all of it, or with [`OnConflict::Skip`] what can be had.
///
/// # Errors
/// As for one booking; [`StoreError::Refused`] also when there is nothing that can be had.
pub async fn create(
    db: &Db,
    wish: &Wish,
    repeat: &Repeat,
    order: &Order<'_, SeriesMade>,
) -> Result<Booked<SeriesMade>, StoreError> {
    let result = explained(db, retrying(|| try_create(db, wish, repeat, order)).await).await;
    if !order.dry_run {
        count(&result, |made| made.created.len() as u64);
    }
    result
}

async fn try_create(
    db: &Db,
    wish: &Wish,
    repeat: &Repeat,
    order: &Order<'_, SeriesMade>,
) -> Result<Booked<SeriesMade>, StoreError> {
    let mut tx = db.begin().await?;
    let conn = &mut tx.conn();
    let stocks = locks::lock(conn, wish.basket.ids()).await?;
    if let Some(before) = booked_before(conn, order.key).await? {
        return Ok(before);
    }
    let (zone, occurrences) = asked(wish, repeat, &stocks, order)?;
    let plan = plan(conn, wish, &stocks, &occurrences, order).await?;
    let plan = plan.allowed(repeat.on_conflict, occurrences.len(), order)?;
    if order.dry_run {
        return plan.made(wish, &vec![0; plan.accepted.len()], 0, order).map(Booked::New);
    }
    let now_s = order.present.now_s;
    let id = rows::insert_series(conn, zone, repeat.every, occurrences.len(), now_s).await?;
    let made = plan.write(conn, wish, id, order).await?;
    let data = json!({
        "zone": zone.name(), "every": repeat.every.word(), "wanted": occurrences.len(),
        "created": made.created.len(), "skipped": made.skipped.len(),
    });
    let subject = format!("series/{id}");
    events::insert(conn, &Event { at: now_s, kind: "series.created", actor: order.actor, subject, data })
        .await?;
    if let Some(key) = order.key {
        let answer = (order.answer)(&made);
        idempotency::insert(conn, key, Made::Reservation(made.first.id), &answer, now_s).await?;
    }
    tx.commit().await?;
    Ok(Booked::New(made))
}

/// The zone, and every occurrence in it; only now it is known which zone that is.
fn asked(
    wish: &Wish,
    repeat: &Repeat,
    stocks: &Stocks,
    order: &Order<'_, SeriesMade>,
) -> Result<(Tz, Vec<Occurrence>), StoreError> {
    let one = |wrong| StoreError::Impossible(vec![wrong]);
    let zones = zones_of(wish, stocks)?;
    let zone = wish::one_zone(wish.tz, &zones, order.tz).map_err(one)?;
    let occurrences =
        repeat.occurrences(wish.starts_at, wish.ends_at, zone, order.present.now_s).map_err(one)?;
    series::bounded(wish.basket.ids().count(), occurrences.len()).map_err(one)?;
    let missing = series::refused(&occurrences);
    if repeat.on_conflict == OnConflict::Fail && !missing.is_empty() {
        return Err(StoreError::Impossible(missing));
    }
    Ok((zone, occurrences))
}

/// What can be had, and what cannot.
struct Plan {
    accepted: Vec<(Window, Vec<Intent>)>,
    skipped: Vec<Skipped>,
}

/// Lets the occurrences pass one by one, in order: what passes is in the way of those behind it.
async fn plan(
    conn: &mut Conn<'_>,
    wish: &Wish,
    stocks: &Stocks,
    occurrences: &[Occurrence],
    order: &Order<'_, SeriesMade>,
) -> Result<Plan, StoreError> {
    let wanted = |o: &Occurrence| o.window.ok().map(|window| intents(wish, stocks, window));
    let all: Vec<_> = occurrences.iter().map(wanted).collect();
    let mut occupied = check::occupied(conn, all.iter().flatten().flatten(), &[], order.present).await?;
    let mut plan = Plan { accepted: Vec::new(), skipped: Vec::new() };
    for (occurrence, intents) in occurrences.iter().zip(all) {
        let why = match (occurrence.window, intents) {
            (Ok(window), Some(intents)) => match refused(&intents, &mut occupied) {
                None => {
                    plan.accepted.push((window, intents));
                    continue;
                }
                Some(why) => why,
            },
            (Err(missing), _) => Why::Missing(missing),
            (Ok(_), None) => continue,
        };
        plan.skipped.push(Skipped { occurrence: *occurrence, why });
    }
    Ok(plan)
}

/// Why an occurrence does not fit. If it does, it is taken from here on.
fn refused(intents: &[Intent], occupied: &mut BTreeMap<i64, Occupied>) -> Option<Why> {
    let (mut lines, mut with_itself) = (Vec::new(), false);
    for Intent { stock, new, .. } in intents {
        let taken = occupied.entry(stock.id).or_default();
        let shortages = taken.shortages(stock.capacity, new.window(), new.qty, None);
        if !shortages.is_empty() {
            with_itself |= taken.has_added(new.window(), None);
            lines.push(WantedLine { stock: stock.clone(), qty: new.qty, window: new.window(), shortages });
        }
    }
    if !lines.is_empty() {
        return Some(Why::Short { lines, with_itself });
    }
    for Intent { stock, new, .. } in intents {
        occupied.entry(stock.id).or_default().add(new.claim());
    }
    None
}

impl Plan {
    /// The plan, where it may be carried out.
    fn allowed(
        self,
        on_conflict: OnConflict,
        wanted: usize,
        order: &Order<'_, SeriesMade>,
    ) -> Result<Self, StoreError> {
        if !self.accepted.is_empty() && (self.skipped.is_empty() || on_conflict == OnConflict::Skip) {
            return Ok(self);
        }
        let shorts =
            self.skipped.iter().filter_map(|skipped| match (&skipped.why, skipped.occurrence.window) {
                (Why::Short { lines, with_itself }, Ok(window)) => {
                    Some((window, lines.as_slice(), *with_itself))
                }
                _ => None,
            });
        let mut shortfall = short(shorts, wanted, Vec::new(), order.present);
        if let Some(series) = shortfall.series.as_mut().filter(|_| on_conflict == OnConflict::Skip) {
            series.refused = self.skipped.len();
            series.skipped = self.skipped;
        }
        Err(StoreError::Short(Box::new(shortfall)))
    }

    async fn write(
        &self,
        conn: &mut Conn<'_>,
        wish: &Wish,
        series: i64,
        order: &Order<'_, SeriesMade>,
    ) -> Result<SeriesMade, StoreError> {
        let windows: Vec<_> = self.accepted.iter().map(|(window, _)| *window).collect();
        let texts = (wish.user.as_str(), wish.purpose.as_str());
        let ids = rows::insert_reservations(conn, series, &windows, texts, order.present.now_s).await?;
        let members = self.members(wish, &ids, series, order.present.now_s);
        write::created(conn, &members, order.actor, order.present.now_s).await?;
        self.made(wish, &ids, series, order)
    }

    fn members(&self, wish: &Wish, ids: &[i64], series: i64, now_s: i64) -> Vec<Member> {
        let member = |((window, intents), id): (&(Window, Vec<Intent>), &i64)| Member {
            reservation: Reservation { series: Some(series), ..drafted(*id, wish, intents, *window, now_s) },
            claims: intents.iter().map(|intent| intent.new.clone()).collect(),
        };
        self.accepted.iter().zip(ids).map(member).collect()
    }

    fn made(
        &self,
        wish: &Wish,
        ids: &[i64],
        series: i64,
        order: &Order<'_, SeriesMade>,
    ) -> Result<SeriesMade, StoreError> {
        let first = self.members(wish, ids, series, order.present.now_s).into_iter().next();
        let first = first.ok_or(StoreError::NotFound("series"))?;
        let (created, skipped) = (ids.to_vec(), self.skipped.clone());
        Ok(SeriesMade { first: first.reservation, created, skipped })
    }
}
