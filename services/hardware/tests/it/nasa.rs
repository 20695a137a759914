//! The known answers of a real log: 18,066 bookings of one machine, of which `tests/data/README.md` tells more. The
//! numbers were worked out apart from this code, with one counter for every second.

use std::{path::Path, process::Command};

use hardware::domain::{
    demand,
    moment::Moment,
    peak::{self, Claim},
    window::Window,
};
use rstest::rstest;
use serde_json::json;

use crate::place::Place;

/// The log, unpacked.
fn log() -> String {
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/nasa-ipsc-1993-jobs.csv.gz");
    let unpacked = Command::new("gzip").args(["--decompress", "--stdout"]).arg(packed).output().unwrap();
    assert!(unpacked.status.success());
    String::from_utf8(unpacked.stdout).unwrap()
}

/// Job, time and nodes of one line.
fn job(line: &str) -> (&str, Window, i64) {
    let cells: Vec<_> = line.split(',').collect();
    let at = |text: &str| match text.parse() {
        Ok(Moment::Instant(at_s)) => at_s,
        other => panic!("{text}: {other:?}"),
    };
    (cells[0], Window { from: at(cells[1]), to: at(cells[2]) }, cells[3].parse().unwrap())
}

#[rstest]
#[case(0, 0, 0, 0)]
#[case(1, 0, 4_089, 1)]
#[case(16, 0, 10_271, 16)]
#[case(32, 0, 9_489, 32)]
#[case(64, 0, 12_955, 64)]
#[case(64, 60, 12_919, 64)]
#[case(100, 0, 15_968, 100)]
#[case(127, 0, 17_383, 127)]
#[case(128, 0, 18_064, 128)]
#[case(128, 600, 14_965, 128)]
#[case(175, 0, 18_065, 172)]
#[case(176, 0, 18_066, 176)]
fn the_rule_accepts_exactly_what_counting_every_second_accepts(
    #[case] capacity: i64,
    #[case] buffer_s: i64,
    #[case] accepted: usize,
    #[case] expected_peak: i64,
) {
    let log = log();
    let (mut all, mut over): (Vec<Claim>, Vec<Claim>) = (Vec::new(), Vec::new());
    let mut covered = Window { from: i64::MAX, to: i64::MIN };
    for (_, window, qty) in log.lines().skip(1).map(job) {
        covered = Window { from: covered.from.min(window.from), to: covered.to.max(window.to) };
        let blocked = window.with_buffer(buffer_s);
        // The log is in order of its starts: what is over now is in nobody's way any more.
        over.retain(|claim| claim.blocked_until > window.from);
        if demand::shortages(capacity, &over, blocked, qty).is_empty() {
            let claim = Claim { starts_at: window.from, blocked_until: blocked.to, qty };
            over.push(claim);
            all.push(claim);
        }
    }
    assert_eq!((all.len(), peak::peak(&all, covered)), (accepted, expected_peak));
}

#[test]
fn without_a_check_the_log_would_oversell() {
    let log = log();
    let claim = |(_, window, qty): (&str, Window, i64)| Claim {
        starts_at: window.from,
        blocked_until: window.to,
        qty,
    };
    let claims: Vec<_> = log.lines().skip(1).map(job).map(claim).collect();
    assert_eq!((claims.len(), peak::peak(&claims, Window { from: 0, to: i64::MAX })), (18_066, 176));
}

/// The whole way: the command line, a database, and `verify` over what came of it.
fn imported(place: &Place, capacity: i64, buffer_s: i64, accepted: u64, refused: u64) {
    let catalogue = format!("provider,name,capacity,buffer_s\nNASA Ames,iPSC/860,{capacity},{buffer_s}\n");
    let created = place.run_with(&["import", "hardware", "-"], &catalogue);
    assert!(created.status.success());
    let file = place.file("jobs.csv", &log());
    let import = ["import", "reservations", &file, "--hardware", "1"];
    for (accepted, unchanged) in [(accepted, 0), (0, accepted)] {
        let told = place.run(&import);
        let expected = json!({ "accepted": accepted, "unchanged": unchanged, "refused": refused, "failed": 0, "peak": capacity });
        assert_eq!((told.status.code(), Place::json(&told)), (Some(0), expected));
        assert_eq!(told.stderr.iter().filter(|byte| **byte == b'\n').count() as u64, refused);
    }
    let verified = place.run(&["verify"]);
    let counts =
        json!({ "hardware": 1, "reservations": accepted, "claims": accepted, "tasks": 0, "violations": 0 });
    assert_eq!((verified.status.code(), Place::json(&verified)), (Some(0), counts));
    assert_eq!(Place::stderr(&verified), "");
}

#[test]
fn the_log_on_its_own_machine_refuses_two_jobs() {
    imported(&Place::sqlite(), 128, 0, 18_064, 2);
}

#[test]
fn the_log_with_ten_minutes_between_jobs_refuses_3101() {
    imported(&Place::sqlite(), 128, 600, 14_965, 3_101);
}

mod the_log_on_its_own_machine_refuses_two_jobs {
    use super::Place;

    #[tokio::test]
    async fn mysql() {
        let place = Place::mysql().await;
        tokio::task::spawn_blocking(move || super::imported(&place, 128, 0, 18_064, 2)).await.unwrap();
    }
}
