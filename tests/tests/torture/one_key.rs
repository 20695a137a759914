//! One request, sent twenty times at once.

use std::collections::BTreeSet;

use system_tests::Answer;

use crate::{
    booking::Booking,
    checker::Hardware,
    client::{Call, Client, Reply},
    on_both,
    run::Run,
    time::{HOUR, later},
};

const COPIES: usize = 20;

on_both! {
    async fn twenty_posts_with_one_key_are_one_reservation_and_one_answer(kind) {
        let mut run = Run::new("one key", kind).await;
        let findings = run.rounds(one_booking_in_many_copies).await;
        run.ends_clean(findings).await;
    }

    async fn of_two_wishes_with_one_key_one_is_booked_and_the_other_is_told(kind) {
        let mut run = Run::new("one key, two wishes", kind).await;
        let findings = run.rounds(two_wishes).await;
        run.ends_clean(findings).await;
    }

    async fn a_refusal_does_not_use_up_the_key(kind) {
        let mut run = Run::new("a key that was refused", kind).await;
        let findings = run.rounds(refused_and_then_free).await;
        run.ends_clean(findings).await;
    }
}

/// Room for all copies: what books once does so because of the key.
async fn one_booking_in_many_copies(run: &mut Run, round: usize) -> Vec<String> {
    let hardware = run.add(Hardware { capacity: 50, buffer: 0 }).await;
    let (call, other) = (booking(hardware, 1, round), booking(hardware, 2, round));
    let mut findings = one_answer(run, round, &call).await;
    findings.extend(another_body_is_refused(run, round, &other).await);
    let rows = run.stage.reservations_of(&BTreeSet::from([hardware])).await;
    if rows.len() != 1 {
        findings.push(format!("one key made {} reservations: {rows:?}", rows.len()));
    }
    findings
}

/// For hardware that has nothing in common: no lock but the key's own keeps them apart.
async fn two_wishes(run: &mut Run, round: usize) -> Vec<String> {
    let hardware = run.add_some(2, Hardware { capacity: 50, buffer: 0 }).await;
    let calls = [booking(hardware[0], 1, round), booking(hardware[1], 1, round)];
    let replies = run.at_once(COPIES, round, |client| {
        let (wish, call) = (client.number / 2 % 2, calls[client.number / 2 % 2].clone());
        async move { (wish, client.send_allowing(&call, &[422]).await) }
    });
    let replies = replies.await;
    let count = |wish: usize, accepted: bool| {
        let alike =
            |(of, reply): &&(usize, Reply)| *of == wish && matches!(reply, Reply::Accepted(_)) == accepted;
        replies.iter().filter(alike).count()
    };
    let rows = run.stage.reservations_of(&hardware.into_iter().collect()).await;
    let [told, refused] = [true, false].map(|accepted| [count(0, accepted), count(1, accepted)]);
    let one_won = (told[0] == 0 && refused[1] == 0) || (told[1] == 0 && refused[0] == 0);
    if one_won && rows.len() == 1 {
        Vec::new()
    } else {
        vec![format!("{} reservations: {replies:?}", rows.len())]
    }
}

async fn refused_and_then_free(run: &mut Run, round: usize) -> Vec<String> {
    let hardware = run.add(Hardware { capacity: 1, buffer: 0 }).await;
    let mut findings = Vec::new();
    let call = booking(hardware, 1, round);
    let taken = Call { key: None, ..call.clone() };
    let occupant = run.at_once(1, round, |client| send(client, taken.clone())).await.remove(0);
    let Reply::Accepted(occupant) = occupant else { return vec!["an empty hardware was refused".to_owned()] };
    for reply in run.at_once(COPIES, round, |client| send(client, call.clone())).await {
        if !matches!(reply, Reply::Refused(_)) {
            findings.push(format!("given although taken: {reply:?}"));
        }
    }
    let cancel = Call::post(format!("/reservations/{}/cancel", occupant.json()["id"]));
    run.at_once(1, round, |client| send(client, cancel.clone())).await;
    findings.extend(one_answer(run, round, &call).await);
    findings
}

fn booking(hardware: i64, qty: i64, round: usize) -> Call {
    let from = later();
    let lines = vec![(hardware, qty)];
    let booking = Booking { lines, from, to: from + HOUR, purpose: format!("round {round}") };
    Call::book(&booking, Some(&format!("one-key-{round}")))
}

async fn send(client: Client, call: Call) -> Reply {
    client.send(&call).await
}

/// Every copy gets the answer of the one that booked, to the letter; all others say that they are replays.
async fn one_answer(run: &Run, round: usize, call: &Call) -> Vec<String> {
    let mut answers: Vec<Answer> = Vec::new();
    for reply in run.at_once(COPIES, round, |client| send(client, call.clone())).await {
        match reply {
            Reply::Accepted(answer) if answer.status == 201 => answers.push(answer),
            other => return vec![format!("one of {COPIES} copies: {other:?}")],
        }
    }
    let mut findings = Vec::new();
    let bodies: BTreeSet<&str> = answers.iter().map(|answer| &*answer.body).collect();
    if bodies.len() != 1 {
        findings.push(format!("one key, {} answers: {bodies:?}", bodies.len()));
    }
    let header = |answer: &Answer, name: &str| {
        answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    };
    let locations: BTreeSet<_> = answers.iter().map(|answer| header(answer, "location")).collect();
    if locations.len() != 1 || locations.contains(&None) {
        findings.push(format!("one key, several places: {locations:?}"));
    }
    let first = answers.iter().filter(|answer| header(answer, "idempotent-replayed").is_none()).count();
    if first != 1 {
        findings.push(format!("{first} answers say that they are the first"));
    }
    findings
}

async fn another_body_is_refused(run: &Run, round: usize, call: &Call) -> Vec<String> {
    let replies = run.at_once(COPIES, round, |client| {
        let call = call.clone();
        async move { client.send_allowing(&call, &[422]).await }
    });
    let told =
        |reply: &Reply| matches!(reply, Reply::Refused(answer) if answer.body.contains("Idempotency-Key"));
    let replies = replies.await.into_iter().filter(|reply| !told(reply));
    replies.map(|reply| format!("one key, another body: {reply:?}")).collect()
}
