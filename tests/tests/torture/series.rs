//! Bookings that repeat, beside those that do not: every occurrence or none, or what can be had of them.

use std::{collections::BTreeSet, time::Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    booking::Booking,
    checker::{self, Claim, Hardware},
    client::{Call, Client, Reply},
    on_both,
    run::{CLIENTS, Run},
    time::{DAY, HOUR, later, text},
    tries::{self, Try, judge},
};

const OCCURRENCES: i64 = 5;
/// What one client asks for in a round.
const WISHES: i64 = 8;

on_both! {
    async fn series_and_single_bookings_never_take_more_than_there_is(kind) {
        let mut run = Run::new("series", kind).await;
        let findings = run.rounds(race_for_days).await;
        run.ends_clean(findings).await;
    }

    async fn the_rest_of_a_series_moves_and_goes_while_others_book(kind) {
        let mut run = Run::new("rest of series", kind).await;
        let hardware = run.add_some(2, Hardware { capacity: 3, buffer: 60 }).await;
        let (first, until) = (later(), run.ends_at());
        run.at_once(CLIENTS, 0, |client| keep_changing(client, hardware.clone(), first, until)).await;
        run.ends_clean(Vec::new()).await;
    }
}

/// Every day at the same time, all of them or what can be had.
struct Series {
    first: Booking,
    skip: bool,
}

impl Series {
    fn call(&self) -> Call {
        let mut body = self.first.body();
        let on_conflict = if self.skip { "skip" } else { "fail" };
        body["tz"] = json!("UTC");
        body["repeat"] = json!({ "every": "day", "count": OCCURRENCES, "on_conflict": on_conflict });
        Call::new(Method::POST, "/reservations".to_owned(), body)
    }

    fn occurrences(&self) -> Vec<Booking> {
        let Booking { from, to, .. } = self.first;
        let on = |day| Booking { from: from + day * DAY, to: to + day * DAY, ..self.first.clone() };
        (0..OCCURRENCES).map(on).collect()
    }
}

/// What a client tried: occurrences and single bookings one by one, and series that were refused as a whole.
#[derive(Default)]
struct Tried {
    each: Vec<Try>,
    refused: Vec<Series>,
}

async fn race_for_days(run: &mut Run, round: usize) -> Vec<String> {
    let hardware = run.add(Hardware { capacity: 3, buffer: 420 }).await;
    let first = later();
    let tried = run.at_once(CLIENTS, round, |client| book_days(client, hardware, first)).await;
    let (each, refused): (Vec<_>, Vec<_>) = tried.into_iter().map(|one| (one.each, one.refused)).unzip();
    let tries = each.concat();
    let mut findings = judge(run, &tries).await;
    let taken = tries::taken(run, &tries);
    let fits = |series: &&Series| {
        let claims: Vec<Claim> = series.occurrences().iter().flat_map(|one| one.claims(&run.stock)).collect();
        checker::fits(&claims, &taken, &run.stock)
    };
    let wrong = refused.iter().flatten().filter(fits);
    findings.extend(wrong.map(|series| format!("a series was refused although it fits: {:?}", series.first)));
    if !tries.iter().any(|one| one.accepted) || refused.iter().all(Vec::is_empty) {
        findings.push("nothing was given, or no series refused: this round proves nothing".to_owned());
    }
    findings
}

async fn book_days(mut client: Client, hardware: i64, first: i64) -> Tried {
    let mut tried = Tried::default();
    for number in 0..WISHES {
        let from = first + client.dice.between(0, 8 * HOUR);
        let to = from + client.dice.between(1, 2 * HOUR);
        let purpose = format!("client {}, {number}", client.number);
        let booking = Booking { lines: vec![(hardware, client.dice.between(1, 2))], from, to, purpose };
        if client.dice.one_in(2) {
            let shift = client.dice.between(0, OCCURRENCES - 1) * DAY;
            let booking = Booking { from: from + shift, to: to + shift, ..booking };
            tried.each.extend(tries::book(&client, booking).await);
        } else {
            let series = Series { first: booking, skip: client.dice.one_in(2) };
            book_series(&client, series, &mut tried).await;
        }
    }
    tried
}

async fn book_series(client: &Client, series: Series, tried: &mut Tried) {
    let skipped = match client.send(&series.call()).await {
        Reply::Accepted(answer) => numbers(&answer.json()["skipped"], "/occurrence"),
        Reply::Refused(_) if series.skip => (1..=OCCURRENCES).collect(),
        Reply::Refused(_) => return tried.refused.push(series),
        Reply::Fault => return,
    };
    let occurrences = (1..).zip(series.occurrences());
    tried
        .each
        .extend(occurrences.map(|(number, booking)| Try { booking, accepted: !skipped.contains(&number) }));
}

/// The numbers that a list has, or its members have at `pointer`.
fn numbers(list: &Value, pointer: &str) -> BTreeSet<i64> {
    let number = |member: &Value| member.pointer(pointer).and_then(Value::as_i64).unwrap();
    list.as_array().into_iter().flatten().map(number).collect()
}

/// Everybody changes what is theirs: the checker and `verify` say in the end whether somebody got in between.
async fn keep_changing(mut client: Client, hardware: Vec<i64>, first: i64, until: Instant) {
    let mut mine: Vec<i64> = Vec::new();
    while Instant::now() < until {
        let from = first + client.dice.between(0, 20 * HOUR);
        let to = from + client.dice.between(1, 2 * HOUR);
        let refusals = [409, 422];
        match client.dice.below(4) {
            0..=1 if !mine.is_empty() => {
                let body = json!({ "starts_at": text(from), "ends_at": text(to) });
                let path = format!("/reservations/{}?scope=rest", client.dice.pick(&mine));
                client.send_allowing(&Call::new(Method::PATCH, path, body), &refusals).await;
            }
            2 if !mine.is_empty() => {
                let place = client.dice.below(mine.len());
                let path = format!("/reservations/{}/cancel?scope=rest", mine.swap_remove(place));
                client.send_allowing(&Call::post(path), &refusals).await;
            }
            _ => {
                let lines = hardware.iter().map(|id| (*id, 1)).collect();
                let purpose = format!("client {}", client.number);
                let series = Series { first: Booking { lines, from, to, purpose }, skip: true };
                if let Reply::Accepted(answer) = client.send(&series.call()).await {
                    mine.extend(numbers(&answer.json()["created"], ""));
                }
            }
        }
    }
}
