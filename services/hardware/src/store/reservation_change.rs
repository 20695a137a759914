//! A reservation, held and changed: its hardware is locked first, and only what is read after that counts.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Expected, StoreError,
    act::Act,
    booking::{self, Intent, explained},
    claim_change::{self, OwnClaim, Owner},
    claims,
    events::{self, Event},
    locks::{self, Stock, Stocks},
    reservation_create::described,
    reservation_rows, reservations, retrying,
};
use crate::{
    db::{Conn, Db, DbError, Tx},
    domain::{
        Invalid,
        basket::Basket,
        moment::Moment,
        peak::{self, Claim},
        present::Present,
        reservation::{Line, Reservation, State},
        window::Window,
        wish::{self, WishChanges},
    },
};

/// A reservation of which nobody else can change anything.
pub(super) struct Hold {
    pub tx: Tx,
    pub stocks: Stocks,
    pub reservation: Reservation,
    pub claims: Vec<OwnClaim>,
}

impl Hold {
    /// Locks the hardware of a reservation and of `more`, and reads the reservation.
    pub(super) async fn take(
        db: &Db,
        id: i64,
        more: impl Iterator<Item = i64>,
        expected: &Expected,
    ) -> Result<Self, StoreError> {
        let mut lease = db.read().await?;
        let before = reservations::find(&mut lease.conn(), id).await?;
        drop(lease);
        let ids: BTreeSet<_> = before.lines.iter().map(|line| line.hardware).chain(more).collect();
        let mut tx = db.begin().await?;
        let stocks = locks::lock(&mut tx.conn(), ids.iter().copied()).await?;
        let reservation = reservations::find(&mut tx.conn(), id).await?;
        if !reservation.lines.iter().all(|line| ids.contains(&line.hardware)) {
            // Somebody gave it other lines in between: those must be locked too.
            return Err(DbError::Busy.into());
        }
        expected.check(reservation.version)?;
        let claims = claim_change::of(&mut tx.conn(), Owner::Reservation(id)).await?;
        Ok(Self { tx, stocks, reservation, claims })
    }

    /// The rows of its claims, which are in nobody's way but others'.
    pub(super) fn own(&self) -> Vec<i64> {
        self.claims.iter().map(|claim| claim.id).collect()
    }

    /// The stock behind a claim; it was locked with the lines.
    pub(super) fn stock(&self, hardware: i64) -> Result<&Stock, StoreError> {
        self.stocks.get(&hardware).ok_or(StoreError::NotFound("hardware"))
    }

    /// Refuses what the state does not allow.
    pub(super) fn refuse(&self, why: impl Into<String>) -> StoreError {
        StoreError::WrongState { state: self.reservation.state.word(), why: why.into() }
    }

    /// Writes the reservation as `new`, tells the audit log, and makes it last.
    pub(super) async fn finish(
        mut self,
        new: Reservation,
        kind: &str,
        data: Value,
        act: &Act<'_>,
    ) -> Result<Reservation, StoreError> {
        let now_s = act.present.now_s;
        let conn = &mut self.tx.conn();
        reservation_rows::update(conn, &new, now_s).await?;
        let subject = format!("reservation/{}", new.id);
        events::insert(conn, &Event { at: now_s, kind, actor: act.actor, subject, data }).await?;
        self.tx.commit().await?;
        Ok(Reservation { version: new.version + 1, updated_at: now_s, ..new })
    }
}

/// Changes a reservation. What it has already is never refused to it: only where it takes more is anything checked.
///
/// # Errors
/// Not found, another version, an impossible value, a state that does not allow it, or [`StoreError::Refused`].
pub async fn update(
    db: &Db,
    id: i64,
    changes: &WishChanges,
    act: &Act<'_>,
) -> Result<Reservation, StoreError> {
    explained(db, retrying(|| try_update(db, id, changes, act)).await).await
}

async fn try_update(
    db: &Db,
    id: i64,
    changes: &WishChanges,
    act: &Act<'_>,
) -> Result<Reservation, StoreError> {
    let more = changes.basket.iter().flat_map(Basket::ids);
    let mut hold = Hold::take(db, id, more, act.expected).await?;
    let new = changed(&hold, changes, act)?;
    if new == hold.reservation {
        return Ok(new);
    }
    allow(&hold, &new, changes, act.present.now_s)?;
    if new.window() != hold.reservation.window() || new.lines != hold.reservation.lines {
        move_claims(&mut hold, &new, act.present).await?;
    }
    let data = events::changed(&described(&hold.reservation), &described(&new));
    hold.finish(new, "reservation.updated", data, act).await
}

/// The reservation as it would be.
fn changed(hold: &Hold, changes: &WishChanges, act: &Act<'_>) -> Result<Reservation, StoreError> {
    let old = &hold.reservation;
    let lines = match &changes.basket {
        None => old.lines.clone(),
        Some(basket) => lines(old, &hold.stocks, basket).map_err(StoreError::Impossible)?,
    };
    let window = window(hold, changes, &lines, act).map_err(|wrong| StoreError::Impossible(vec![wrong]))?;
    Ok(Reservation {
        starts_at: window.from,
        ends_at: window.to,
        user: changes.user.clone().unwrap_or_else(|| old.user.clone()),
        purpose: changes.purpose.clone().unwrap_or_else(|| old.purpose.clone()),
        lines,
        ..old.clone()
    })
}

/// The lines of `reservation` as `basket` has them anew.
pub(super) fn lines(
    reservation: &Reservation,
    stocks: &Stocks,
    basket: &Basket,
) -> Result<Vec<Line>, Vec<Invalid>> {
    let mut wrong = Vec::new();
    let mut lines = Vec::new();
    for (id, qty) in basket.iter() {
        let old = reservation.lines.iter().find(|line| line.hardware == id);
        match (old, stocks.get(&id).filter(|stock| stock.is_live)) {
            (Some(old), _) => lines.push(Line { qty, ..old.clone() }),
            (None, Some(Stock { provider, name, .. })) => lines.push(Line {
                hardware: id,
                provider: provider.clone(),
                name: name.clone(),
                qty,
                out: 0,
                returned: 0,
            }),
            (None, None) => {
                let why = format!("is {id}, which is not in the catalogue");
                wrong.push(basket.invalid(id, "hardware", why));
            }
        }
    }
    if wrong.is_empty() { Ok(lines) } else { Err(wrong) }
}

fn window(hold: &Hold, changes: &WishChanges, lines: &[Line], act: &Act<'_>) -> Result<Window, Invalid> {
    let old = hold.reservation.window();
    if changes.starts_at.is_none() && changes.ends_at.is_none() {
        return Ok(old);
    }
    let starts_at = changes.starts_at.unwrap_or(Moment::Instant(old.from));
    let ends_at = changes.ends_at.unwrap_or(Moment::Instant(old.to));
    let of_line = |line: &Line| hold.stocks.get(&line.hardware).and_then(|stock| stock.tz);
    let zones: Vec<_> = lines.iter().filter_map(of_line).collect();
    let zone = wish::zone_of(&[starts_at, ends_at], changes.tz, &zones, act.tz)?;
    wish::window(starts_at, ends_at, zone, act.present.now_s)
}

/// What is booked can change in everything; what is out only in its end and its texts; what is over in nothing.
fn allow(hold: &Hold, new: &Reservation, changes: &WishChanges, now_s: i64) -> Result<(), StoreError> {
    let old = &hold.reservation;
    match old.state {
        State::Confirmed => Ok(()),
        State::Out if new.starts_at != old.starts_at => {
            Err(hold.refuse("It is out: its start is past changing."))
        }
        State::Out if new.lines != old.lines => {
            Err(hold.refuse("It is out: return units instead of changing its lines."))
        }
        State::Out if changes.ends_at.is_some() && new.ends_at <= now_s => {
            let why = "is not in the future; return what is out instead";
            Err(StoreError::Impossible(vec![Invalid::new("ends_at", why)]))
        }
        State::Out => Ok(()),
        State::Returned | State::Cancelled | State::NoShow => {
            Err(hold.refuse(format!("It is {}: nothing about it can change any more.", old.state)))
        }
    }
}

/// Checks and writes the claims that `new` needs, and gives up those that it does not.
async fn move_claims(hold: &mut Hold, new: &Reservation, present: Present) -> Result<(), StoreError> {
    let (intents, given_up) = planned(hold, new)?;
    let own = hold.own();
    refuse_archived(&intents)?;
    let checked: Vec<_> = intents.iter().map(|intent| from_now_if_out(intent, present)).collect();
    let movable = (new.state == State::Confirmed).then(|| new.window());
    let conn = &mut hold.tx.conn();
    booking::check(conn, &checked, &own, movable, present).await?;
    for claim in given_up {
        claim_change::delete(conn, claim.id).await?;
    }
    for intent in &intents {
        let mut claim = intent.new.clone();
        claim.forced |= late_part_exceeds(conn, intent, &own, present).await?;
        if claim.id == 0 {
            claim_change::insert(conn, Owner::Reservation(new.id), &claim).await?;
        } else {
            claim_change::update(conn, &claim).await?;
        }
    }
    Ok(())
}

/// What is archived can be kept, but no more of it can be taken.
pub(super) fn refuse_archived<'i>(intents: impl IntoIterator<Item = &'i Intent>) -> Result<(), StoreError> {
    let mut gone = intents.into_iter().filter(|intent| !intent.stock.is_live && intent.takes_more());
    let Some(gone) = gone.next() else { return Ok(()) };
    let why = format!("hold hardware {}, which is not in the catalogue any more", gone.stock.id);
    Err(StoreError::Impossible(vec![Invalid::new("lines", why)]))
}

/// A claim that is there keeps its row and its buffer; units that came back already keep theirs as they are.
fn planned(hold: &Hold, new: &Reservation) -> Result<(Vec<Intent>, Vec<OwnClaim>), StoreError> {
    let is_out = new.state == State::Out;
    let live: Vec<_> = hold.claims.iter().filter(|claim| claim.is_out == is_out).collect();
    let mut intents = Vec::new();
    for line in &new.lines {
        let old = live.iter().find(|claim| claim.hardware == line.hardware);
        let claim = match old {
            Some(claim) if is_out => claim.moved(Window { from: claim.starts_at, to: new.ends_at }),
            Some(claim) => OwnClaim { qty: line.qty, ..claim.moved(new.window()) },
            // A line of which everything came back has nothing to move.
            None if is_out => continue,
            None => OwnClaim::new(line.hardware, new.window(), hold.stock(line.hardware)?.buffer_s, line.qty),
        };
        let stock = hold.stock(line.hardware)?.clone();
        intents.push(Intent { stock, old: old.map(|claim| claim.claim()), new: claim });
    }
    let stays = |claim: &OwnClaim| new.lines.iter().any(|line| line.hardware == claim.hardware);
    let given_up = live.into_iter().filter(|claim| !stays(claim)).cloned().collect();
    Ok((intents, given_up))
}

/// What is out and overdue was there all the time: only what is still to come can be refused.
fn from_now_if_out(intent: &Intent, present: Present) -> Intent {
    let had = |old: Claim| Claim { blocked_until: old.blocked_until.max(present.now_s), ..old };
    let old = if intent.new.is_out { intent.old.map(had) } else { intent.old };
    Intent { old, ..intent.clone() }
}

/// Whether a claim's own end, moved by an overdue or late return, has come to lie over what others have.
pub(super) async fn late_part_exceeds(
    conn: &mut Conn<'_>,
    intent: &Intent,
    own: &[i64],
    present: Present,
) -> Result<bool, StoreError> {
    let Intent { stock, old, new } = intent;
    let Some(old) = old.filter(|old| old.blocked_until < new.blocked_until) else { return Ok(false) };
    let late = Window { from: old.blocked_until, to: new.blocked_until };
    let others = claims::of_others(conn, stock.id, late, own, present).await?;
    Ok(peak::peak(&others, late) + new.qty > stock.capacity)
}
