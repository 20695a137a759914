//! `hardware import reservations` itself: what it prints, and how it ends.

use std::fs;

use crate::place::Place;

const HEADER: &str = "job,starts_at,ends_at,qty,user\n";

/// A place with one hardware of two units.
fn place() -> Place {
    let place = Place::sqlite();
    assert!(place.run_with(&["import", "hardware", "-"], "provider,name,capacity\na,b,2\n").status.success());
    place
}

#[test]
fn refused_rows_are_told_on_stderr_and_end_with_0() {
    let place = place();
    let text = format!(
        "{HEADER}1,2026-06-11T13:00Z,2026-06-11T14:00Z,1,ann\n2,2026-06-11T13:30Z,2026-06-11T15:00Z,2,ben\n"
    );
    let file = place.file("jobs.csv", &text);
    let told = place.run(&["import", "reservations", &file, "--hardware", "1"]);
    assert_eq!(told.status.code(), Some(0));
    assert_eq!(
        String::from_utf8(told.stdout.clone()).unwrap(),
        "{\"accepted\":1,\"unchanged\":0,\"refused\":1,\"failed\":0,\"peak\":1}\n"
    );
    assert_eq!(
        Place::stderr(&told),
        "line 3: refused: 2: 2 from 2026-06-11T13:30:00Z to 2026-06-11T15:00:00Z, 1 free\n"
    );
}

#[test]
fn a_report_tells_every_row_and_failed_ones_end_with_1() {
    let place = place();
    let text =
        format!("{HEADER}1,2026-06-11T13:00Z,2026-06-11T14:00Z,1,ann\n2,today,2026-06-11T15:00Z,2,ben\n");
    let (file, report) = (place.file("jobs.csv", &text), place.file("report.txt", ""));
    let told = place.run(&["import", "reservations", &file, "--hardware", "1", "--report", &report]);
    assert_eq!((told.status.code(), Place::json(&told)["failed"].as_u64()), (Some(1), Some(1)));
    let lines = fs::read_to_string(&report).unwrap();
    assert!(
        lines.starts_with("line 2: accepted: 1\nline 3: failed: 2: starts_at `today` is not a time"),
        "{lines}"
    );
    assert_eq!((lines.lines().count(), Place::stderr(&told)), (2, String::new()));
}

#[test]
fn a_file_comes_from_stdin_too_and_its_unknown_columns_are_told() {
    let told = place().run_with(
        &["import", "reservations", "-", "--hardware", "1"],
        "\u{feff}room;ends_at;starts_at;key\nx;2026-06-11T14:00Z;2026-06-11T13:00Z;7\n",
    );
    assert_eq!((told.status.code(), Place::json(&told)["accepted"].as_u64()), (Some(0), Some(1)));
    assert!(
        Place::stderr(&told).starts_with("line 1: column `room` is ignored: it is none of job, key,"),
        "{}",
        Place::stderr(&told)
    );
}

#[test]
fn what_cannot_start_is_3_without_a_result_and_wrong_usage_is_2() {
    let place = place();
    let (good, headless) =
        (place.file("jobs.csv", HEADER), place.file("headless.csv", "starts_at,ends_at\n"));
    for (arguments, told) in [
        (["import", "reservations", &good, "--hardware", "7"], "hardware 7 is not in the catalogue"),
        (["import", "reservations", "/nowhere.csv", "--hardware", "1"], "/nowhere.csv"),
        (["import", "reservations", &headless, "--hardware", "1"], "no column `job` or `key`"),
    ] {
        let output = place.run(&arguments);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(3), 0), "{arguments:?}");
        assert!(Place::stderr(&output).contains(told), "{}", Place::stderr(&output));
    }
    for arguments in
        [&["import", "reservations", &good][..], &["import", "reservations", &good, "--hardware", "b"]]
    {
        assert_eq!(place.run(arguments).status.code(), Some(2), "{arguments:?}");
    }
    let behind = Place::bare().run(&["import", "reservations", &good, "--hardware", "1"]);
    assert_eq!(behind.status.code(), Some(3));
}
