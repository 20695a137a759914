//! Importing a chunk of bookings of one hardware: at most [`MAX_CHUNK`] rows in one transaction, each of them booked
//! by the rule of every booking or refused for itself, in their order.
//!
//! The hardware's lock comes first, then keys and claims are read, once for the chunk; what is accepted counts for the
//! rows behind it. Only the reservations are written one by one, because their ids are needed; all else that they
//! bring travels as one JSON parameter.

mod rows;

use std::collections::HashMap;

use chrono_tz::Tz;

use super::{
    StoreError,
    booking::Intent,
    claims,
    idempotency::hash_of,
    locks::{self, Stocks},
    reservation_create::{Order, intents, window_of},
    retrying,
};
use crate::{
    db::{Conn, Db, DbError},
    domain::{
        Invalid, demand,
        peak::{self, Claim},
        present::Present,
        window::Window,
        wish::Wish,
    },
};

pub(super) use self::rows::{INSERT_CLAIMS, INSERT_LINES, STATEMENTS, claim_row};

/// Rows of one chunk at most. Others who want the same hardware wait for so many round trips to the database: with 200
/// of them they need not give up, even where one takes 10 ms.
pub const MAX_CHUNK: usize = 200;
/// Claims over two windows that are no further apart, in seconds, are read by one statement.
const NEAR_S: i64 = 86_400;
/// The peak is looked for in so many parts of the time at most, and in none shorter than this, in seconds: memory
/// holds one part's claims.
const PARTS: i64 = 100;
const SHORTEST_PART_S: i64 = 31 * 86_400;

/// One row of a file: what it wants, and the key by which the file knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// As the file has it.
    pub key: String,
    /// Of the one hardware.
    pub wish: Wish,
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is booked.
    Accepted,
    /// It was booked before, exactly so.
    Unchanged,
    /// Not so many units are free all the time.
    Refused {
        /// When: what was asked for, without the buffer.
        window: Window,
        /// Units asked for.
        qty: i64,
        /// Units free over all of it and of the buffer.
        free: i64,
    },
    /// It cannot be: why.
    Failed(Vec<Invalid>),
}

/// What became of one row, and the time that it wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    /// How it ended.
    pub outcome: Outcome,
    /// Without the buffer; `None` where it is not known.
    pub window: Option<Window>,
}

impl Booking {
    /// A row that cannot be.
    #[must_use]
    pub fn failed(why: Vec<Invalid>) -> Self {
        Self { outcome: Outcome::Failed(why), window: None }
    }
}

/// How an import goes about it.
#[derive(Clone, Copy, Debug)]
pub struct Mode<'m> {
    /// What is booked.
    pub hardware: i64,
    /// When.
    pub present: Present,
    /// The zone of wall-clock times if the hardware has none.
    pub tz: Tz,
    /// Who imports; keys are kept as theirs.
    pub actor: &'m str,
}

/// Whether there is anything to book.
///
/// # Errors
/// [`StoreError::NotFound`] for hardware that is not in the catalogue.
pub async fn check_hardware(db: &Db, id: i64) -> Result<(), StoreError> {
    let mut lease = db.read().await?;
    live(&locks::read(&mut lease.conn(), [id]).await?, id)
}

fn live(stocks: &Stocks, id: i64) -> Result<(), StoreError> {
    let is_live = stocks.get(&id).is_some_and(|stock| stock.is_live);
    if is_live { Ok(()) } else { Err(StoreError::NotFound("hardware")) }
}

/// Books `requests` (at most [`MAX_CHUNK`]) in their order: one outcome each.
///
/// # Errors
/// The hardware is not in the catalogue any more, or the database cannot be reached; then nothing of the chunk was
/// written.
pub async fn import_chunk(db: &Db, requests: &[Request], mode: Mode<'_>) -> Result<Vec<Booking>, StoreError> {
    debug_assert!(requests.len() <= MAX_CHUNK);
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    retrying(|| try_import(db, requests, mode)).await
}

async fn try_import(db: &Db, requests: &[Request], mode: Mode<'_>) -> Result<Vec<Booking>, StoreError> {
    let mut tx = db.begin().await?;
    let conn = &mut tx.conn();
    let stocks = locks::lock(conn, [mode.hardware]).await?;
    live(&stocks, mode.hardware)?;
    let mut plans = Vec::with_capacity(requests.len());
    for request in requests {
        plans.push(plan(request, &stocks, mode)?);
    }
    let sound = || plans.iter().filter_map(|plan| plan.as_ref().ok());
    let mut before = rows::keys(conn, sound().map(|plan| &*plan.key), mode).await?;
    let open = sound().filter(|plan| !before.contains_key(&plan.key));
    let mut occupied = occupied(conn, open.map(|plan| plan.intent.new.window()), mode).await?;
    let (mut bookings, mut accepted) = (Vec::with_capacity(plans.len()), Vec::new());
    for plan in plans {
        let plan = match plan {
            Ok(plan) => plan,
            Err(why) => {
                bookings.push(Booking::failed(why));
                continue;
            }
        };
        let outcome = decide(&plan, &mut before, &mut occupied);
        bookings.push(Booking { outcome: outcome.clone(), window: Some(plan.window) });
        if outcome == Outcome::Accepted {
            accepted.push(plan);
        }
    }
    rows::write(conn, &accepted, mode).await?;
    tx.commit().await?;
    Ok(bookings)
}

/// A row whose time and hardware are known.
struct Plan<'r> {
    wish: &'r Wish,
    window: Window,
    intent: Intent,
    key: String,
    hash: String,
}

/// The row as it would be booked, or why it cannot be.
fn plan<'r>(
    request: &'r Request,
    stocks: &Stocks,
    mode: Mode<'_>,
) -> Result<Result<Plan<'r>, Vec<Invalid>>, StoreError> {
    let Mode { present, tz, actor, hardware } = mode;
    let order = Order { present, tz, actor, key: None, dry_run: false, answer: |_| String::new() };
    let Request { key, wish } = request;
    let window = match window_of(wish, stocks, &order) {
        Err(StoreError::Impossible(why)) => return Ok(Err(why)),
        other => other?,
    };
    let intent = intents(wish, stocks, window).pop().ok_or(StoreError::NotFound("hardware"))?;
    // What was understood counts: two spellings of one time are the same.
    let hash = hash_of(&(window.from, window.to, intent.new.qty, &wish.user, &wish.purpose));
    Ok(Ok(Plan { wish, window, intent, key: format!("import:{hardware}:{key}"), hash }))
}

/// Everybody's claims over the windows of a chunk: windows that meet, or nearly do, are read at once.
async fn occupied(
    conn: &mut Conn<'_>,
    windows: impl Iterator<Item = Window>,
    mode: Mode<'_>,
) -> Result<Vec<(Window, Vec<Claim>)>, DbError> {
    let mut windows: Vec<_> = windows.collect();
    windows.sort_unstable_by_key(|window| window.from);
    let mut stretches: Vec<(Window, Vec<Claim>)> = Vec::new();
    for window in windows {
        match stretches.last_mut() {
            Some((last, _)) if window.from <= last.to + NEAR_S => last.to = last.to.max(window.to),
            _ => stretches.push((window, Vec::new())),
        }
    }
    for (stretch, claims) in &mut stretches {
        let held = claims::of_one(conn, mode.hardware, *stretch, mode.present).await?;
        *claims = claims::occupancy(&held);
    }
    Ok(stretches)
}

/// The rule of every booking; what is accepted is known, and taken, from here on.
fn decide(
    plan: &Plan<'_>,
    before: &mut HashMap<String, String>,
    occupied: &mut [(Window, Vec<Claim>)],
) -> Outcome {
    match before.get(&plan.key) {
        Some(hash) if *hash == plan.hash => return Outcome::Unchanged,
        Some(_) => {
            let why = "was imported before with another content: a changed booking needs another key";
            return Outcome::Failed(vec![Invalid::new("key", why)]);
        }
        None => {}
    }
    let (claim, qty) = (plan.intent.new.claim(), plan.intent.new.qty);
    let at = occupied.partition_point(|(stretch, _)| stretch.to < claim.blocked_until);
    let Some((_, claims)) = occupied.get_mut(at) else { return Outcome::Failed(Vec::new()) };
    let short = demand::shortages(plan.intent.stock.capacity, claims, plan.intent.new.window(), qty);
    if let Some(free) = short.iter().map(|shortage| shortage.free).min() {
        return Outcome::Refused { window: plan.window, qty, free };
    }
    claims.push(claim);
    before.insert(plan.key.clone(), plan.hash.clone());
    Outcome::Accepted
}

/// The most units of the hardware in use at once over `window`.
///
/// # Errors
/// The database cannot be reached.
pub async fn peak_over(db: &Db, mode: Mode<'_>, window: Window) -> Result<i64, StoreError> {
    let mut lease = db.read().await?;
    let part_s = (window.length_s() / PARTS + 1).max(SHORTEST_PART_S);
    let (mut from, mut most) = (window.from, 0);
    while from < window.to {
        let part = Window { from, to: (from + part_s).min(window.to) };
        let held = claims::of_one(&mut lease.conn(), mode.hardware, part, mode.present).await?;
        most = most.max(peak::peak(&claims::occupancy(&held), part));
        from = part.to;
    }
    Ok(most)
}
