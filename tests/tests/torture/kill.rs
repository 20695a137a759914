//! Crashes: whatever was answered outlives them, and whoever asks again with the same key books once.

use std::{sync::Arc, time::Instant};

use system_tests::{mysql::Server, ports};

use crate::{
    booking::Booking,
    checker::{self, Claim, Hardware},
    client::{Call, Client, Reply},
    database::{Database, Kind},
    killer::Killer,
    ledger::{self, Entry, Outcome},
    on_both,
    run::{CLIENTS, Run},
    time::{DAY, HOUR, later},
};

const KEYS: &str = "SELECT idempotency_key, reservation_id FROM idempotency_key";
/// Answers that are asked for once more at the end.
const REPLAYS: usize = 300;

on_both! {
    async fn what_was_answered_is_there_and_a_key_books_once_whoever_is_killed(kind) {
        let server = match kind {
            Kind::MySql => Some(Server::durable(ports::free()).await),
            Kind::Sqlite => None,
        };
        let database = match &server {
            Some(server) => Database::at(server).await,
            None => Database::new(kind).await,
        };
        let mut run = Run::on("kills", kind, database, "hardware").await;
        let entries = live_among_kills(&mut run, server.as_ref()).await;
        let findings = hold_against(&run, entries).await;
        run.ends_clean(findings).await;
        if let Some(server) = server {
            server.remove().await;
        }
    }
}

async fn live_among_kills(run: &mut Run, server: Option<&Server>) -> Vec<Entry> {
    let hardware = Arc::new(run.add_some(8, Hardware { capacity: 2, buffer: 600 }).await);
    let ends_at = run.ends_at();
    let clients = run.begin(CLIENTS, 0, |client| live(client, hardware.clone(), ends_at));
    let (dice, tally) = (run.dice("killer"), run.tally.clone());
    Killer { services: &mut run.stage.services, server, dice, tally: &tally }.rage(ends_at).await;
    run.done(clients).await.concat()
}

async fn live(mut client: Client, hardware: Arc<Vec<i64>>, ends_at: Instant) -> Vec<Entry> {
    let first = later();
    let mut entries = Vec::new();
    while Instant::now() < ends_at {
        let booking = some_booking(&mut client, &hardware, first, entries.len());
        let outcome = match client.insist(&Call::book(&booking, Some(&booking.purpose))).await {
            Reply::Accepted(answer) => Outcome::Booked(answer.json()),
            Reply::Refused(_) => Outcome::Refused,
            Reply::Fault => Outcome::Unknown,
        };
        // So that it never gets too full for anybody to book.
        let makes_room = matches!(outcome, Outcome::Refused) || client.dice.one_in(8);
        entries.push(Entry { booking, outcome });
        if makes_room {
            let some = client.dice.below(entries.len());
            cancel(&mut client, &mut entries[some]).await;
        }
    }
    entries
}

fn some_booking(client: &mut Client, hardware: &[i64], first: i64, number: usize) -> Booking {
    let mut wanted = hardware.to_vec();
    client.dice.shuffle(&mut wanted);
    wanted.truncate(1 + client.dice.below(3));
    let from = first + client.dice.between(0, 3 * DAY / 300) * 300;
    let to = from + client.dice.between(1, 8) * HOUR / 2;
    let lines = wanted.into_iter().map(|id| (id, 1)).collect();
    Booking { lines, from, to, purpose: format!("c{}-{number}", client.number) }
}

async fn cancel(client: &mut Client, entry: &mut Entry) {
    let Outcome::Booked(told) = entry.outcome.clone() else { return };
    entry.outcome = match client.insist(&Call::post(format!("/reservations/{}/cancel", told["id"]))).await {
        Reply::Accepted(_) => Outcome::Cancelled(told),
        Reply::Refused(answer) => {
            client.tally.fault(format!("cancelling was refused: {}", answer.body));
            Outcome::Unknown
        }
        Reply::Fault => Outcome::Unknown,
    };
}

async fn hold_against(run: &Run, entries: Vec<Entry>) -> Vec<String> {
    let mut findings = ledger::differences(&entries, &run.stage.reservations().await);
    findings.extend(ledger::wrong_keys(&entries, &run.stage.database.rows(KEYS).await));
    let booked = entries.iter().filter(|entry| matches!(entry.outcome, Outcome::Booked(_)));
    let claims: Vec<Claim> = booked.clone().flat_map(|entry| entry.booking.claims(&run.stock)).collect();
    findings.extend(checker::collisions(&claims, &run.stock, i64::MIN));
    if claims.is_empty() {
        findings.push("nothing was booked: the run proves nothing".to_owned());
    }
    let again = Arc::new(booked.take(REPLAYS).cloned().collect::<Vec<Entry>>());
    findings.extend(run.at_once(1, 1, |client| replay(client, again.clone())).await.concat());
    findings
}

/// The same key gets the same answer, also from processes that were not there when it was given. A connection that died
/// with the server may cost one of them a 503 first.
async fn replay(mut client: Client, entries: Arc<Vec<Entry>>) -> Vec<String> {
    let mut findings = Vec::new();
    for entry in entries.iter() {
        let Outcome::Booked(told) = &entry.outcome else { continue };
        match client.insist(&Call::book(&entry.booking, Some(entry.key()))).await {
            Reply::Accepted(answer)
                if answer.status == 201
                    && answer.json() == *told
                    && answer.headers.contains_key("idempotent-replayed") => {}
            other => findings.push(format!("told was {told}, and again: {other:?}")),
        }
    }
    findings
}
