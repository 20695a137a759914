//! Booking: all lines of a wish or none, once per idempotency key.

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{
    StoreError,
    booking::{self, Intent, explained},
    claim_change::{self, OwnClaim, Owner},
    events::{self, Event},
    idempotency::{self, Key, Made},
    locks::{self, Stocks},
    reservation_rows, retrying,
};
use crate::{
    db::{Conn, Db},
    domain::{
        Invalid,
        moment::rfc3339,
        present::Present,
        reservation::{Line, Reservation, State},
        window::Window,
        wish::{self, Wish},
    },
};

/// How a wish is to be booked; `M` is what is made of it.
#[derive(Debug)]
pub struct Order<'o, M = Reservation> {
    /// When it is asked.
    pub present: Present,
    /// The zone of wall-clock times for which nobody names one.
    pub tz: Tz,
    /// Who books.
    pub actor: &'o str,
    /// Under which key, if any.
    pub key: Option<&'o Key>,
    /// Only say what would happen.
    pub dry_run: bool,
    /// The answer to keep under the key.
    pub answer: fn(&M) -> String,
}

/// What became of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Booked<M = Reservation> {
    /// It was booked, or would have been: id 0.
    New(M),
    /// It was booked before under the same key.
    Before {
        /// The reservation's id.
        id: i64,
        /// What was answered then.
        answer: String,
    },
}

/// Books all lines of `wish`, or none.
///
/// # Errors
/// [`StoreError::Refused`] when something is not free, [`StoreError::Impossible`] for hardware that is not in the
/// catalogue or an impossible time, [`StoreError::KeyReused`].
pub async fn create(db: &Db, wish: &Wish, order: &Order<'_>) -> Result<Booked, StoreError> {
    let result = explained(db, retrying(|| try_create(db, wish, order)).await).await;
    if !order.dry_run {
        count(&result, |_| 1);
    }
    result
}

/// Counts what became of a wish; of what was made, how many reservations it is.
pub(super) fn count<M>(result: &Result<Booked<M>, StoreError>, made: impl Fn(&M) -> u64) {
    let (result, times) = match result {
        Ok(Booked::New(new)) => ("accepted", made(new)),
        Ok(Booked::Before { .. }) => ("replayed", 1),
        Err(StoreError::Refused(_)) => ("refused", 1),
        Err(_) => ("failed", 1),
    };
    metrics::counter!("reservations_total", "result" => result).increment(times);
}

async fn try_create(db: &Db, wish: &Wish, order: &Order<'_>) -> Result<Booked, StoreError> {
    if cfg!(feature = "naive") {
        check_without_lock(db, wish, order).await?;
    }
    let mut tx = db.begin().await?;
    let conn = &mut tx.conn();
    let stocks = locks::lock(conn, wish.basket.ids()).await?;
    if let Some(before) = booked_before(conn, order.key).await? {
        return Ok(before);
    }
    let window = window_of(wish, &stocks, order)?;
    let intents = intents(wish, &stocks, window);
    if !cfg!(feature = "naive") {
        booking::check(conn, &intents, &[], Some(window), order.present).await?;
    }
    if order.dry_run {
        return Ok(Booked::New(drafted(0, wish, &intents, window, order.present.now_s)));
    }
    let reservation = write(conn, wish, &intents, window, order).await?;
    if let Some(key) = order.key {
        let answer = (order.answer)(&reservation);
        idempotency::insert(conn, key, Made::Reservation(reservation.id), &answer, order.present.now_s)
            .await?;
    }
    tx.commit().await?;
    Ok(Booked::New(reservation))
}

/// What was booked under `key`, if anything was.
pub(super) async fn booked_before<M>(
    conn: &mut Conn<'_>,
    key: Option<&Key>,
) -> Result<Option<Booked<M>>, StoreError> {
    let Some(key) = key else { return Ok(None) };
    let Some(kept) = idempotency::find(conn, key).await? else { return Ok(None) };
    let id = kept.reservation_id.ok_or(StoreError::KeyReused)?;
    Ok(Some(Booked::Before { id, answer: kept.answer }))
}

/// What a careless build does, and the concurrency checker must catch: check first, and write without the check
/// when its turn comes.
async fn check_without_lock(db: &Db, wish: &Wish, order: &Order<'_>) -> Result<(), StoreError> {
    let mut lease = db.read().await?;
    let conn = &mut lease.conn();
    let stocks = locks::read(conn, wish.basket.ids()).await?;
    let window = window_of(wish, &stocks, order)?;
    booking::check(conn, &intents(wish, &stocks, window), &[], Some(window), order.present).await
}

/// The time wished for; only now it is known in which zone.
pub(super) fn window_of(wish: &Wish, stocks: &Stocks, order: &Order<'_>) -> Result<Window, StoreError> {
    let zones = zones_of(wish, stocks)?;
    wish::zone_of(&[wish.starts_at, wish.ends_at], wish.tz, &zones, order.tz)
        .and_then(|zone| wish::window(wish.starts_at, wish.ends_at, zone, order.present.now_s))
        .map_err(|wrong| StoreError::Impossible(vec![wrong]))
}

/// The zones of all hardware wished for, which must be in the catalogue.
pub(super) fn zones_of(wish: &Wish, stocks: &Stocks) -> Result<Vec<Tz>, StoreError> {
    let is_live = |id| stocks.get(&id).is_some_and(|stock| stock.is_live);
    let unknown: Vec<_> = wish.basket.ids().filter(|id| !is_live(*id)).collect();
    if !unknown.is_empty() {
        let wrong = unknown.into_iter().map(|id| not_in_catalogue(wish, id)).collect();
        return Err(StoreError::Impossible(wrong));
    }
    Ok(stocks.values().filter_map(|stock| stock.tz).collect())
}

fn not_in_catalogue(wish: &Wish, id: i64) -> Invalid {
    wish.basket.invalid(id, "hardware", format!("is {id}, which is not in the catalogue"))
}

pub(super) fn intents(wish: &Wish, stocks: &Stocks, window: Window) -> Vec<Intent> {
    let intent = |(id, qty)| {
        let stock = stocks.get(&id)?.clone();
        let new = OwnClaim::new(id, window, stock.buffer_s, qty);
        Some(Intent { stock, old: None, new })
    };
    wish.basket.iter().filter_map(intent).collect()
}

async fn write(
    conn: &mut Conn<'_>,
    wish: &Wish,
    intents: &[Intent],
    window: Window,
    order: &Order<'_>,
) -> Result<Reservation, StoreError> {
    let now_s = order.present.now_s;
    let texts = (wish.user.as_str(), wish.purpose.as_str());
    let id = reservation_rows::insert(conn, window, texts, wish.basket.iter(), now_s).await?;
    for intent in intents {
        claim_change::insert(conn, Owner::Reservation(id), &intent.new).await?;
    }
    let reservation = drafted(id, wish, intents, window, now_s);
    let (subject, data) = (format!("reservation/{id}"), described(&reservation));
    let event = Event { at: now_s, kind: "reservation.created", actor: order.actor, subject, data };
    events::insert(conn, &event).await?;
    Ok(reservation)
}

pub(super) fn drafted(id: i64, wish: &Wish, intents: &[Intent], window: Window, now_s: i64) -> Reservation {
    let line = |intent: &Intent| Line {
        hardware: intent.stock.id,
        provider: intent.stock.provider.clone(),
        name: intent.stock.name.clone(),
        qty: intent.new.qty,
        out: 0,
        returned: 0,
    };
    Reservation {
        id,
        state: State::Confirmed,
        starts_at: window.from,
        ends_at: window.to,
        user: wish.user.clone(),
        purpose: wish.purpose.clone(),
        lines: intents.iter().map(line).collect(),
        series: None,
        version: 1,
        created_at: now_s,
        updated_at: now_s,
    }
}

/// A reservation as the audit log tells it.
pub(super) fn described(reservation: &Reservation) -> Value {
    let line = |line: &Line| json!({ "hardware": line.hardware, "qty": line.qty, "out": line.out, "returned": line.returned });
    json!({
        "state": reservation.state.word(),
        "starts_at": rfc3339(reservation.starts_at),
        "ends_at": rfc3339(reservation.ends_at),
        "user": reservation.user,
        "purpose": reservation.purpose,
        "lines": reservation.lines.iter().map(line).collect::<Vec<_>>(),
        "series_id": reservation.series,
    })
}
