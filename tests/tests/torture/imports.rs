//! One file of bookings, imported by three at once while 32 clients want the same hardware.

use std::{collections::BTreeSet, fmt::Write, fs, path::Path};

use serde_json::{Value, json};

use crate::{
    booking::Booking,
    checker::Hardware,
    on_both,
    run::{CLIENTS, Run},
    stage::Stage,
    time::{self, HOUR, later},
    tries::{Try, judge},
    windows::book_random_windows,
};

const JOBS: i64 = 60;

on_both! {
    async fn a_file_imported_by_three_at_once_books_each_job_once_beside_everybody(kind) {
        let mut run = Run::new("imports", kind).await;
        let findings = run.rounds(import_beside_clients).await;
        run.ends_clean(findings).await;
    }
}

async fn import_beside_clients(run: &mut Run, round: usize) -> Vec<String> {
    let hardware = run.add(Hardware { capacity: 3, buffer: 420 }).await;
    let first = later();
    let jobs = jobs(run, round, hardware, first);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.csv");
    fs::write(&file, csv(&jobs)).unwrap();

    let clients = run.begin(CLIENTS, round, |client| book_random_windows(client, hardware, first));
    let import = || import(&run.stage, &file, hardware);
    let (one, two, three) = tokio::join!(import(), import(), import());
    let mut tries: Vec<Try> = run.done(clients).await.concat();
    let again = import().await;

    let rows = run.stage.reservations_of(&BTreeSet::from([hardware])).await;
    let booked: BTreeSet<&str> = rows.iter().filter_map(|row| row["purpose"].as_str()).collect();
    tries.extend(
        jobs.into_iter().map(|booking| Try { accepted: booked.contains(&*booking.purpose), booking }),
    );
    let mut findings = judge(run, &tries).await;
    findings.extend(miscounted(&tries, [&one, &two, &three], &again));
    findings
}

fn jobs(run: &Run, round: usize, hardware: i64, first: i64) -> Vec<Booking> {
    let mut dice = run.dice(&format!("jobs of round {round}"));
    let job = |number| {
        let from = first + dice.between(0, 12 * HOUR);
        let to = from + dice.between(1, HOUR);
        Booking { lines: vec![(hardware, dice.between(1, 2))], from, to, purpose: format!("job {number}") }
    };
    (0..JOBS).map(job).collect()
}

fn csv(jobs: &[Booking]) -> String {
    let mut text = "job,starts_at,ends_at,qty,user,purpose\n".to_owned();
    for Booking { lines, from, to, purpose } in jobs {
        let (from, to, qty) = (time::text(*from), time::text(*to), lines[0].1);
        writeln!(text, "{purpose},{from},{to},{qty},torture,{purpose}").unwrap();
    }
    text
}

async fn import(stage: &Stage, file: &Path, hardware: i64) -> Value {
    let id = hardware.to_string();
    stage.command(&["import", "reservations", file.to_str().unwrap(), "--hardware", &id]).await.ok().json()
}

/// Each job was accepted by one of the three that were at it at once; afterwards nothing is left to do.
fn miscounted(tries: &[Try], at_once: [&Value; 3], again: &Value) -> Vec<String> {
    let jobs = tries.iter().filter(|job| job.booking.purpose.starts_with("job"));
    let booked = i64::try_from(jobs.filter(|job| job.accepted).count()).unwrap();
    let accepted: i64 = at_once.iter().map(|told| told["accepted"].as_i64().unwrap()).sum();
    let mut findings = Vec::new();
    if accepted != booked {
        findings.push(format!("{booked} jobs are booked, the imports told {at_once:?}"));
    }
    let mut told = again.clone();
    told["peak"] = Value::Null;
    let right =
        json!({ "accepted": 0, "unchanged": booked, "refused": JOBS - booked, "failed": 0, "peak": null });
    if told != right || again["peak"].as_i64().is_none_or(|peak| peak > 3) {
        findings.push(format!("{booked} jobs are booked, another import tells {again}"));
    }
    findings
}
