//! Bookings that were tried, and what must hold of them while nothing is given back.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    booking::Booking,
    checker::{self, Claim},
    client::{Call, Client, Reply},
    run::Run,
};

/// What became of a booking that was tried.
#[derive(Clone, Debug)]
pub struct Try {
    pub booking: Booking,
    pub accepted: bool,
}

/// One client: each of the bookings once, one after the other.
pub async fn book_all(client: Client, bookings: Vec<Booking>) -> Vec<Try> {
    let mut tries = Vec::new();
    for booking in bookings {
        tries.extend(book(&client, booking).await);
    }
    tries
}

/// One booking; `None`: there was no answer that means anything.
pub async fn book(client: &Client, booking: Booking) -> Option<Try> {
    let reply = client.send(&Call::book(&booking, None)).await;
    let accepted = matches!(reply, Reply::Accepted(_));
    match reply {
        Reply::Accepted(answer) => expect_what_was_asked(client, &booking, &answer.json()),
        Reply::Refused(answer) => expect_not_free(client, &answer.json()),
        Reply::Fault => return None,
    }
    Some(Try { booking, accepted })
}

fn expect_what_was_asked(client: &Client, booking: &Booking, reservation: &Value) {
    if !booking.is(reservation) {
        client.tally.fault(format!("asked was {booking:?}, given {reservation}"));
    }
}

/// A refusal names a line that asks for more than is free.
fn expect_not_free(client: &Client, problem: &Value) {
    let lines = problem["lines"].as_array().cloned().unwrap_or_default();
    let short = |line: &Value| line["free"].as_i64() < line["requested"].as_i64();
    if problem["type"] != "urn:toolcrib:problem:not-free" || lines.is_empty() || !lines.iter().all(short) {
        client.tally.fault(format!("a refusal that is none: {problem}"));
    }
}

/// Everything that can be wrong with them.
pub async fn judge(run: &Run, tries: &[Try]) -> Vec<String> {
    let mut findings = collisions(run, tries);
    findings.extend(refused_for_nothing(run, tries));
    findings.extend(differences(run, tries).await);
    findings
}

/// What they took.
pub fn taken(run: &Run, tries: &[Try]) -> Vec<Claim> {
    tries.iter().filter(|won| won.accepted).flat_map(|won| won.booking.claims(&run.stock)).collect()
}

/// Where more was promised than there is.
pub fn collisions(run: &Run, tries: &[Try]) -> Vec<String> {
    checker::collisions(&taken(run, tries), &run.stock, i64::MIN)
}

/// While nothing is given back, what fits at the end did fit when it was refused.
fn refused_for_nothing(run: &Run, tries: &[Try]) -> Vec<String> {
    let taken = taken(run, tries);
    let refused = tries.iter().filter(|lost| !lost.accepted);
    let wrong = refused.filter(|lost| checker::fits(&lost.booking.claims(&run.stock), &taken, &run.stock));
    wrong.map(|lost| format!("refused although it fits: {:?}", lost.booking)).collect()
}

/// What the API lists and what the database holds must be what was answered: no more, no less.
async fn differences(run: &Run, tries: &[Try]) -> Vec<String> {
    let ours: BTreeSet<i64> =
        tries.iter().flat_map(|one| one.booking.lines.iter().map(|line| line.0)).collect();
    let mut promised = taken(run, tries);
    let mut stored = run.stage.database.claims().await;
    stored.retain(|claim| ours.contains(&claim.hardware));
    let order = |claim: &Claim| (claim.hardware, claim.from, claim.until, claim.qty);
    promised.sort_by_key(order);
    stored.sort_by_key(order);
    let mut found = Vec::new();
    if promised != stored {
        found.push(format!("the database has {} claims, promised were {}", stored.len(), promised.len()));
    }
    let mut won: Vec<&Booking> = tries.iter().filter(|won| won.accepted).map(|won| &won.booking).collect();
    let listed = run.stage.reservations_of(&ours).await;
    if listed.len() != won.len() {
        found.push(format!("the API lists {} reservations, {} were accepted", listed.len(), won.len()));
    }
    for reservation in &listed {
        match won.iter().position(|booking| booking.is(reservation)) {
            Some(place) => drop(won.swap_remove(place)),
            None => found.push(format!("nobody was promised {reservation}")),
        }
    }
    found.extend(won.iter().map(|booking| format!("promised, and not in the list: {booking:?}")));
    found
}
