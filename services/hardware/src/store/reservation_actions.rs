//! What happens to a reservation: called off, fetched, brought back, not fetched.

use serde_json::json;

use super::{
    StoreError,
    act::Act,
    booking::{self, Intent, explained},
    claim_change::{self, OwnClaim, Owner},
    reservation_change::{Hold, late_part_exceeds},
    reservation_create::described,
    retrying,
};
use crate::{
    db::Db,
    domain::{
        Invalid,
        basket::Basket,
        moment::rfc3339,
        reservation::{Line, Reservation, State},
        window::Window,
    },
};

/// Calls a reservation off: its units are free at once. Doing it twice is the same as once.
///
/// # Errors
/// Not found, another version, or it is past calling off.
pub async fn cancel(db: &Db, id: i64, act: &Act<'_>) -> Result<Reservation, StoreError> {
    retrying(|| give_up(db, id, State::Cancelled, act)).await
}

/// Notes that nobody came: its units are free at once.
///
/// # Errors
/// Not found, another version, or it is not waiting to be fetched.
pub async fn no_show(db: &Db, id: i64, act: &Act<'_>) -> Result<Reservation, StoreError> {
    retrying(|| give_up(db, id, State::NoShow, act)).await
}

async fn give_up(db: &Db, id: i64, state: State, act: &Act<'_>) -> Result<Reservation, StoreError> {
    let mut hold = Hold::take(db, id, std::iter::empty(), act.expected).await?;
    match (hold.reservation.state, state) {
        (State::Confirmed, _) => {}
        (State::Cancelled, State::Cancelled) => return Ok(hold.reservation),
        (State::Out, _) => return Err(hold.refuse("It is out: return it instead.")),
        (now, _) => return Err(hold.refuse(format!("It is {now} already."))),
    }
    for claim in std::mem::take(&mut hold.claims) {
        claim_change::delete(&mut hold.tx.conn(), claim.id).await?;
    }
    let new = Reservation { state, ..hold.reservation.clone() };
    let kind = if state == State::Cancelled { "reservation.cancelled" } else { "reservation.no_show" };
    hold.finish(new.clone(), kind, described(&new), act).await
}

/// Hands everything out. Before its start the claim begins now; and whatever is overdue with somebody else, or out
/// of service, is not there to be handed out.
///
/// # Errors
/// Not found, another version, it is not waiting to be fetched, its time is over, or [`StoreError::Refused`].
pub async fn check_out(db: &Db, id: i64, act: &Act<'_>) -> Result<Reservation, StoreError> {
    explained(db, retrying(|| try_check_out(db, id, act)).await).await
}

async fn try_check_out(db: &Db, id: i64, act: &Act<'_>) -> Result<Reservation, StoreError> {
    let mut hold = Hold::take(db, id, std::iter::empty(), act.expected).await?;
    let now_s = act.present.now_s;
    let (state, ends_at) = (hold.reservation.state, hold.reservation.ends_at);
    if state != State::Confirmed {
        return Err(hold.refuse(format!("It is {state}: only what is confirmed can be checked out.")));
    }
    if ends_at <= now_s {
        return Err(hold.refuse(format!("Its time was over at {}: extend it first.", rfc3339(ends_at))));
    }
    let mut intents = Vec::with_capacity(hold.claims.len());
    for claim in &hold.claims {
        let new = OwnClaim { starts_at: now_s, ..claim.clone() };
        intents.push(Intent { stock: hold.stock(claim.hardware)?.clone(), old: None, new });
    }
    let own = hold.own();
    booking::check(&mut hold.tx.conn(), &intents, &own, None, act.present).await?;
    for claim in &hold.claims {
        let out = OwnClaim { starts_at: claim.starts_at.min(now_s), is_out: true, ..claim.clone() };
        claim_change::update(&mut hold.tx.conn(), &out).await?;
    }
    let all_out = |line: Line| Line { out: line.qty, ..line };
    let lines = hold.reservation.lines.clone().into_iter().map(all_out).collect();
    let new = Reservation { state: State::Out, lines, ..hold.reservation.clone() };
    hold.finish(new.clone(), "reservation.checked_out", described(&new), act).await
}

/// Takes units back: those of `part`, or everything that is out. What came back keeps a claim until now and its
/// buffer; what is still out keeps its own. Returning what is returned already changes nothing.
///
/// # Errors
/// Not found, another version, it was never out, or [`StoreError::Impossible`] for more than is out.
pub async fn take_back(
    db: &Db,
    id: i64,
    part: Option<&Basket>,
    act: &Act<'_>,
) -> Result<Reservation, StoreError> {
    retrying(|| try_take_back(db, id, part, act)).await
}

async fn try_take_back(
    db: &Db,
    id: i64,
    part: Option<&Basket>,
    act: &Act<'_>,
) -> Result<Reservation, StoreError> {
    let mut hold = Hold::take(db, id, std::iter::empty(), act.expected).await?;
    match hold.reservation.state {
        State::Out => {}
        State::Returned => return Ok(hold.reservation),
        state => return Err(hold.refuse(format!("It is {state}: only what is out can be returned."))),
    }
    let back = units_back(&hold.reservation, part).map_err(StoreError::Impossible)?;
    let mut lines = hold.reservation.lines.clone();
    for (line, qty) in lines.iter_mut().zip(&back) {
        if *qty > 0 {
            split_claim(&mut hold, line.hardware, *qty, act).await?;
            line.out -= qty;
            line.returned += qty;
        }
    }
    let state = if lines.iter().all(|line| line.out == 0) { State::Returned } else { State::Out };
    let told: Vec<_> = lines.iter().zip(&back).filter(|(_, qty)| **qty > 0).collect();
    let told: Vec<_> =
        told.iter().map(|(line, qty)| json!({ "hardware": line.hardware, "qty": qty })).collect();
    let new = Reservation { state, lines, ..hold.reservation.clone() };
    let mut data = described(&new);
    data["back"] = told.into();
    hold.finish(new, "reservation.returned", data, act).await
}

/// Units that come back, line by line.
fn units_back(reservation: &Reservation, part: Option<&Basket>) -> Result<Vec<i64>, Vec<Invalid>> {
    let Some(part) = part else { return Ok(reservation.lines.iter().map(|line| line.out).collect()) };
    let of = |id: i64| reservation.lines.iter().find(|line| line.hardware == id);
    let wrong = part.iter().filter_map(|(id, qty)| match of(id) {
        None => Some(part.invalid(id, "hardware", format!("is {id}, which this reservation does not have"))),
        Some(line) if qty > line.out => {
            Some(part.invalid(id, "qty", format!("is {qty}, but {} of it are out", line.out)))
        }
        Some(_) => None,
    });
    let wrong: Vec<_> = wrong.collect();
    if !wrong.is_empty() {
        return Err(wrong);
    }
    Ok(reservation.lines.iter().map(|line| part.qty(line.hardware).unwrap_or(0)).collect())
}

/// Ends the claim of `qty` units now; the rest of them stay out.
async fn split_claim(hold: &mut Hold, hardware: i64, qty: i64, act: &Act<'_>) -> Result<(), StoreError> {
    let held = hold.claims.iter().find(|claim| claim.hardware == hardware && claim.is_out);
    let Some(held) = held.cloned() else {
        return Err(hold.refuse("Its claim is missing: `hardware verify` tells more."));
    };
    let ended = Window { from: held.starts_at, to: act.present.now_s.max(held.starts_at + 1) };
    let mut back = OwnClaim { qty, is_out: false, ..held.moved(ended) };
    // What stays out is beside what comes back until then.
    let whole = OwnClaim { qty: held.qty, ..back.clone() };
    let intent = Intent { stock: hold.stock(hardware)?.clone(), old: Some(held.claim()), new: whole };
    let id = hold.reservation.id;
    let conn = &mut hold.tx.conn();
    back.forced |= late_part_exceeds(conn, &intent, &[held.id], act.present).await?;
    if qty == held.qty {
        return Ok(claim_change::update(conn, &back).await?);
    }
    claim_change::update(conn, &OwnClaim { qty: held.qty - qty, ..held }).await?;
    claim_change::insert(conn, Owner::Reservation(id), &back).await?;
    Ok(())
}
