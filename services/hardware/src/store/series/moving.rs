//! Claims of many reservations that are to move at once: each is checked beside all the others as they will be.

use std::collections::BTreeMap;

use super::{
    check::{self, short},
    write::{ClaimRows, Member},
};
use crate::{
    db::Conn,
    domain::{
        demand::{self, Shortage},
        occupied::Occupied,
        present::Present,
        reservation::Reservation,
        window::Window,
    },
    store::{
        StoreError, booking::Intent, claim_change::OwnClaim, locks::Stocks, refusals::WantedLine,
        reservation_change::refuse_archived, reservation_import::claim_row,
    },
};

/// A confirmed reservation that gets another time or other lines.
pub(super) struct Moving<'r> {
    pub new: &'r Reservation,
    old: &'r Member,
    intents: Vec<Intent>,
}

impl<'r> Moving<'r> {
    /// A claim that is there keeps its row and its buffer.
    pub(super) fn new(old: &'r Member, new: &'r Reservation, stocks: &Stocks) -> Result<Self, StoreError> {
        let mut intents = Vec::with_capacity(new.lines.len());
        for line in &new.lines {
            let stock = stocks.get(&line.hardware).ok_or(StoreError::NotFound("hardware"))?.clone();
            let before = old.claims.iter().find(|claim| claim.hardware == line.hardware);
            let claim = match before {
                Some(claim) => OwnClaim { qty: line.qty, ..claim.moved(new.window()) },
                None => OwnClaim::new(line.hardware, new.window(), stock.buffer_s, line.qty),
            };
            intents.push(Intent { stock, old: before.map(OwnClaim::claim), new: claim });
        }
        Ok(Self { new, old, intents })
    }
}

/// Lets all of them move, or none. Only where one takes more than it had is it checked, and there beside everything that
/// the others will take: what one of them gives up, another may have.
pub(super) async fn allow(
    conn: &mut Conn<'_>,
    moves: &[Moving<'_>],
    present: Present,
) -> Result<(), StoreError> {
    let intents = || moves.iter().flat_map(|moving| &moving.intents);
    refuse_archived(intents())?;
    let mut own: Vec<_> = moves.iter().flat_map(|moving| &moving.old.claims).map(|claim| claim.id).collect();
    own.sort_unstable();
    let more = intents().filter(|intent| intent.takes_more());
    let mut occupied = check::occupied(conn, more, &own, present).await?;
    let mut places = Vec::new();
    for intent in intents() {
        places.push(occupied.entry(intent.stock.id).or_default().add(intent.new.claim()));
    }
    let mut places = places.into_iter();
    let mut refused: Vec<(Window, Vec<WantedLine>, bool)> = Vec::new();
    for moving in moves {
        let (mut lines, mut with_itself) = (Vec::new(), false);
        for (intent, place) in moving.intents.iter().zip(places.by_ref()) {
            let shortages = shortages(intent, place, &occupied);
            if !shortages.is_empty() {
                let Intent { stock, new, .. } = intent;
                with_itself |=
                    occupied.get(&stock.id).is_some_and(|o| o.has_added(new.window(), Some(place)));
                lines.push(WantedLine {
                    stock: stock.clone(),
                    qty: new.qty,
                    window: new.window(),
                    shortages,
                });
            }
        }
        if !lines.is_empty() {
            refused.push((moving.new.window(), lines, with_itself));
        }
    }
    if refused.is_empty() {
        return Ok(());
    }
    let told = refused.iter().map(|(window, lines, with_itself)| (*window, lines.as_slice(), *with_itself));
    Err(StoreError::Short(Box::new(short(told, moves.len(), own, present))))
}

fn shortages(intent: &Intent, place: usize, occupied: &BTreeMap<i64, Occupied>) -> Vec<Shortage> {
    let Intent { stock, old, new } = intent;
    let Some(taken) = occupied.get(&stock.id) else { return Vec::new() };
    let parts = demand::increase(*old, new.claim());
    parts.into_iter().flat_map(|part| taken.shortages(stock.capacity, part, new.qty, Some(place))).collect()
}

/// The claims as they have to be written.
pub(super) fn rows(moves: &[Moving<'_>]) -> ClaimRows {
    let mut rows = ClaimRows::default();
    for Moving { new, old, intents } in moves {
        for Intent { new: claim, .. } in intents {
            if claim.id == 0 {
                rows.new.push(claim_row(new.id, claim));
            } else {
                rows.kept.push(claim.clone());
            }
        }
        let stays = |claim: &OwnClaim| new.lines.iter().any(|line| line.hardware == claim.hardware);
        rows.given_up.extend(old.claims.iter().filter(|claim| !stays(claim)).map(|claim| claim.id));
    }
    rows
}
