//! Everybody wants the same time of the same thing.

use crate::{
    booking::Booking,
    checker::Hardware,
    client::Client,
    on_both,
    run::{CLIENTS, Run},
    time::{HOUR, later},
    tries::{Try, book_all, judge},
};

const WINDOWS: usize = 50;
/// Bookings that one client tries in a round of random windows.
const TRIES: i64 = 25;

on_both! {
    async fn of_32_clients_at_two_processes_one_gets_each_of_50_windows(kind) {
        let mut run = Run::new("windows", kind).await;
        let findings = run.rounds(race_for_windows).await;
        run.ends_clean(findings).await;
    }

    async fn random_windows_of_several_units_with_a_buffer_never_take_more_than_there_is(kind) {
        let mut run = Run::new("random windows", kind).await;
        let findings = run.rounds(async |run, round| {
            let tries = race_for_random_windows(run, round).await;
            judge(run, &tries).await
        });
        let findings = findings.await;
        run.ends_clean(findings).await;
    }
}

/// Every client tries every window, each in an order of its own.
async fn race_for_windows(run: &mut Run, round: usize) -> Vec<String> {
    let hardware = run.add(Hardware { capacity: 1, buffer: 0 }).await;
    let first = later();
    let tries = run.at_once(CLIENTS, round, |mut client| {
        let starts = (0..).map(|number| first + number * HOUR).take(WINDOWS);
        let mut bookings: Vec<Booking> = starts.map(|from| window(&client, hardware, from)).collect();
        client.dice.shuffle(&mut bookings);
        book_all(client, bookings)
    });
    let tries: Vec<Try> = tries.await.concat();
    let mut findings = judge(run, &tries).await;
    let given = tries.iter().filter(|won| won.accepted).count();
    if given != WINDOWS {
        findings.push(format!("{given} of {WINDOWS} windows were given to somebody"));
    }
    findings
}

fn window(client: &Client, hardware: i64, from: i64) -> Booking {
    let purpose = format!("client {} wants {from}", client.number);
    Booking { lines: vec![(hardware, 1)], from, to: from + HOUR, purpose }
}

pub async fn race_for_random_windows(run: &mut Run, round: usize) -> Vec<Try> {
    let hardware = run.add(Hardware { capacity: 3, buffer: 420 }).await;
    let first = later();
    run.at_once(CLIENTS, round, |client| book_random_windows(client, hardware, first)).await.concat()
}

/// All clients go through the same days together, so that they meet everywhere.
pub async fn book_random_windows(mut client: Client, hardware: i64, first: i64) -> Vec<Try> {
    let bookings = (0..TRIES).map(|number| {
        let from = first + number * HOUR / 2 + client.dice.between(0, HOUR);
        let to = from + client.dice.between(1, 2 * HOUR);
        let purpose = format!("client {}, {number}", client.number);
        Booking { lines: vec![(hardware, client.dice.between(1, 2))], from, to, purpose }
    });
    let bookings = bookings.collect();
    book_all(client, bookings).await
}
