//! Somebody at the command line of the database that 32 clients work on.

use std::{
    fmt::Write,
    fs,
    time::{Duration, Instant},
};

use crate::{dice::Dice, stage::Stage};

/// Imports the catalogue with other capacities, and verifies; again and again. What is in the database is right at
/// every instant, and not only at the end of the day.
pub async fn work(stage: &Stage, rigs: usize, mut dice: Dice, until: Instant) -> Vec<String> {
    let mut findings = Vec::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("catalogue.csv");
    while Instant::now() < until && findings.is_empty() {
        fs::write(&file, catalogue(rigs, &mut dice)).unwrap();
        let told = stage.command(&["import", "hardware", file.to_str().unwrap()]).await;
        // 1: a capacity below what is booked; the other rows are in.
        if !matches!(told.code, Some(0 | 1)) {
            findings.push(format!("import: {told:?}"));
        }
        findings.extend(stage.violations().await);
        let pause = dice.between(100, 1_000).unsigned_abs();
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    findings
}

/// From the newest to the oldest: not in the order in which bookings lock.
fn catalogue(rigs: usize, dice: &mut Dice) -> String {
    let mut text = "provider,name,capacity\n".to_owned();
    for rig in (0..rigs).rev() {
        writeln!(text, "Lab,rig {rig},{}", dice.between(3, 6)).unwrap();
    }
    text
}
