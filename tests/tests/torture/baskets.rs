//! Several things at once, in whatever order they were thought of: all or none, and nobody waits for ever.

use crate::{
    booking::Booking,
    checker::Hardware,
    client::Client,
    on_both,
    run::{CLIENTS, Run},
    time::{HOUR, later},
    tries::{Try, book_all, judge},
};

const WINDOWS: usize = 20;

on_both! {
    async fn half_want_a_and_b_and_half_b_and_a_and_all_finish(kind) {
        let mut run = Run::new("baskets (A,B) and (B,A)", kind).await;
        let findings = run.rounds(race_for_pairs).await;
        run.ends_clean(findings).await;
    }

    async fn baskets_of_many_things_in_any_order_are_given_whole_or_not_at_all(kind) {
        let mut run = Run::new("big baskets", kind).await;
        let findings = run.rounds(race_for_big_baskets).await;
        run.ends_clean(findings).await;
    }
}

async fn race_for_pairs(run: &mut Run, round: usize) -> Vec<String> {
    let pair = run.add_some(2, Hardware { capacity: 1, buffer: 0 }).await;
    let first = later();
    let tries = run.at_once(CLIENTS, round, |mut client| {
        let mut wanted = pair.clone();
        if client.number / 2 % 2 == 1 {
            wanted.reverse();
        }
        let starts = (0..).map(|number| first + number * HOUR).take(WINDOWS);
        let mut bookings: Vec<Booking> =
            starts.map(|from| basket(&client, &wanted, from, from + HOUR)).collect();
        client.dice.shuffle(&mut bookings);
        book_all(client, bookings)
    });
    let tries: Vec<Try> = tries.await.concat();
    let mut findings = judge(run, &tries).await;
    let given = tries.iter().filter(|won| won.accepted).count();
    if given != WINDOWS {
        findings.push(format!("{given} of {WINDOWS} baskets were given to somebody"));
    }
    findings
}

async fn race_for_big_baskets(run: &mut Run, round: usize) -> Vec<String> {
    let all = run.add_some(6, Hardware { capacity: 2, buffer: 60 }).await;
    let first = later();
    let tries = run.at_once(CLIENTS, round, |mut client| {
        let starts = (0..).map(|number| first + number * HOUR / 2).take(WINDOWS);
        let bookings = starts.map(|start| {
            let mut wanted = all.clone();
            client.dice.shuffle(&mut wanted);
            wanted.truncate(2 + client.dice.below(4));
            let from = start + client.dice.between(0, HOUR);
            let to = from + client.dice.between(1, HOUR);
            basket(&client, &wanted, from, to)
        });
        let bookings = bookings.collect();
        book_all(client, bookings)
    });
    let tries: Vec<Try> = tries.await.concat();
    judge(run, &tries).await
}

fn basket(client: &Client, hardware: &[i64], from: i64, to: i64) -> Booking {
    let lines = hardware.iter().map(|&id| (id, 1)).collect();
    Booking { lines, from, to, purpose: format!("client {} wants {hardware:?} at {from}", client.number) }
}
