//! `hardware import reservations`: bookings from a file, by the rule of every booking.

mod command;
mod rule;

use std::io::Cursor;

use hardware::{
    domain::present::Present,
    import::{
        ImportError,
        reservations::{Listener, RowReport, Summary, import_reservations},
    },
    store::{
        StoreError, idempotency,
        reservation_import::{Mode, Outcome},
        verify,
    },
};
use serde_json::json;

use crate::harness::{TestApp, at, booking::clock, on_both};

/// Remembers what it is told.
#[derive(Default)]
struct Told {
    ignored: Vec<String>,
    rows: Vec<RowReport>,
}

impl Listener for Told {
    fn ignored_column(&mut self, column: String, _why: &'static str) {
        self.ignored.push(column);
    }

    fn row(&mut self, report: RowReport) {
        self.rows.push(report);
    }
}

impl Told {
    /// One word a row: how it ended, and for refused ones what was free, for failed ones which columns are wrong.
    fn words(&self) -> Vec<String> {
        let word = |row: &RowReport| match &row.outcome {
            Outcome::Accepted => "accepted".to_owned(),
            Outcome::Unchanged => "unchanged".to_owned(),
            Outcome::Refused { qty, free, .. } => format!("{free} of {qty}"),
            Outcome::Failed(why) => why.iter().map(|why| &*why.field).collect::<Vec<_>>().join(" "),
        };
        self.rows.iter().map(word).collect()
    }
}

type Imported = (Result<(), ImportError>, Summary, Told);

impl TestApp {
    async fn import_bookings(&self, hardware: i64, csv: impl Into<Vec<u8>>) -> Imported {
        let present = Present { now_s: self.clock.now_s(), grace_s: 86_400 };
        let mode = Mode { hardware, present, tz: chrono_tz::Europe::Berlin, actor: "command line" };
        let (mut summary, mut told) = (Summary::default(), Told::default());
        let ended =
            import_reservations(&self.db, Cursor::new(csv.into()), mode, &mut summary, &mut told).await;
        (ended, summary, told)
    }

    /// Imports a file that can be read to its end; one word a row.
    async fn words(&self, hardware: i64, csv: &str) -> Vec<String> {
        let (ended, summary, told) = self.import_bookings(hardware, csv).await;
        ended.unwrap();
        let all = summary.accepted + summary.unchanged + summary.refused + summary.failed;
        assert_eq!(all, told.rows.len() as u64);
        told.words()
    }

    async fn assert_clean(&self) {
        let mut lines = Vec::new();
        let mut tell = |violation: verify::Violation| lines.push(violation.to_string());
        verify::run(&self.db, &mut tell).await.unwrap();
        assert!(lines.is_empty(), "{lines:#?}");
    }

    async fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT COUNT(*) FROM {table}")).await
    }
}

/// A file of bookings on the tests' day: key, from, to, units.
fn csv(rows: &[(&str, &str, &str, i64)]) -> String {
    let row = |(key, from, to, qty): &(&str, &str, &str, i64)| {
        format!("{key},{},{},{qty}\n", clock(from), clock(to))
    };
    "key,starts_at,ends_at,qty\n".to_owned() + &rows.iter().map(row).collect::<String>()
}

on_both! {
    async fn rows_are_booked_in_the_files_order_and_what_is_not_free_is_refused(app) {
        let id = app.rig("rig", 3, 0).await;
        let file = csv(&[("a", "13:00", "15:00", 2), ("b", "14:00", "16:00", 2), ("c", "15:00", "16:00", 3), ("d", "14:00", "15:00", 1)]);
        let (ended, summary, told) = app.import_bookings(id, file).await;
        ended.unwrap();
        assert_eq!(told.words(), ["accepted", "1 of 2", "accepted", "accepted"]);
        assert_eq!((summary.accepted, summary.refused, summary.peak), (3, 1, 3));
        assert_eq!(told.rows.iter().map(|row| (row.line, row.key.as_str())).collect::<Vec<_>>(), [(2, "a"), (3, "b"), (4, "c"), (5, "d")]);
        app.assert_clean().await;
    }

    async fn readers_of_events_need_not_wait_for_what_was_imported(app) {
        let id = app.rig("rig", 9, 0).await;
        let rows: Vec<_> = ["a", "b", "c", "d", "e", "f"].map(|key| (key, "13:00", "14:00", 1)).to_vec();
        app.words(id, &csv(&rows)).await;
        app.booked(id, "15:00", "16:00", 1).await;
        let events = app.get("/events?limit=100").await.expect(200).json();
        let of_reservations = events.as_array().unwrap().iter().filter(|e| e["kind"] == "reservation.created");
        assert_eq!(of_reservations.count(), 7, "{events:#}");
    }

    async fn importing_again_changes_nothing_and_refuses_the_same(app) {
        let id = app.rig("rig", 2, 600).await;
        let file = csv(&[("a", "13:00", "14:00", 2), ("b", "14:00", "15:00", 2), ("c", "14:10", "15:00", 2)]);
        assert_eq!(app.words(id, &file).await, ["accepted", "0 of 2", "accepted"]);
        let before = (app.count("event").await, app.count("claim").await, app.count("idempotency_key").await);
        assert_eq!(app.words(id, &file).await, ["unchanged", "0 of 2", "unchanged"]);
        assert_eq!((app.count("event").await, app.count("claim").await, app.count("idempotency_key").await), before);
        app.assert_clean().await;
    }

    async fn what_was_cancelled_is_not_booked_again_but_what_was_refused_may_be(app) {
        let id = app.rig("rig", 1, 0).await;
        let file = csv(&[("a", "13:00", "14:00", 1), ("b", "13:00", "14:00", 1)]);
        assert_eq!(app.words(id, &file).await, ["accepted", "0 of 1"]);
        app.act(1, "cancel").await.expect(200);
        assert_eq!(app.words(id, &file).await, ["unchanged", "accepted"]);
        app.assert_clean().await;
    }

    async fn a_key_with_another_content_fails_also_within_one_file(app) {
        let id = app.rig("rig", 9, 0).await;
        let file = csv(&[("a", "13:00", "14:00", 1), ("a", "13:00", "14:00", 1), ("a", "13:00", "14:00", 2), ("a", "13:00", "14:30", 1)]);
        assert_eq!(app.words(id, &file).await, ["accepted", "unchanged", "key", "key"]);
        assert_eq!(app.words(id, &csv(&[("a", "13:00", "15:00", 1), ("A", "13:00", "15:00", 1)])).await, ["key", "accepted"]);
        let other_words = format!("key,starts_at,ends_at,user\na,{},{},eve\n", clock("13:00"), clock("14:00"));
        assert_eq!(app.words(id, &other_words).await, ["key"]);
        assert_eq!(app.count("reservation").await, 2);
    }

    async fn one_key_on_two_hardware_is_two_keys_and_the_apis_keys_are_others(app) {
        let (one, two) = (app.rig("one", 1, 0).await, app.rig("two", 1, 0).await);
        let file = csv(&[("a", "13:00", "14:00", 1)]);
        assert_eq!(app.words(one, &file).await, ["accepted"]);
        assert_eq!(app.words(two, &file).await, ["accepted"]);
        let body = crate::harness::booking::wish(one, "15:00", "16:00", 1);
        let request = app.request(reqwest::Method::POST, "/reservations").header("Idempotency-Key", format!("import:{one}:a"));
        crate::harness::Answer::of(request.json(&body)).await.expect(201);
    }

    async fn keys_are_kept_for_ever(app) {
        let id = app.rig("rig", 1, 0).await;
        let file = csv(&[("a", "13:00", "14:00", 1)]);
        assert_eq!(app.words(id, &file).await, ["accepted"]);
        assert_eq!(idempotency::purge(&app.db, at("2126-01-01T00:00:00Z")).await.unwrap(), 0);
        assert_eq!(app.words(id, &file).await, ["unchanged"]);
    }

    async fn what_is_there_already_counts_with_its_buffer_and_beyond_its_end_if_overdue(app) {
        let id = app.rig("rig", 2, 1_800).await;
        let late = app.booked(id, "11:00", "13:00", 1).await;
        app.act(late, "checkout").await.expect(200);
        app.booked(id, "15:00", "16:00", 1).await;
        app.clock.set(at(&clock("14:00")));
        let file = csv(&[("a", "15:00", "16:00", 1), ("b", "14:00", "14:31", 1), ("c", "14:00", "14:30", 1), ("d", "16:29", "17:00", 1), ("e", "16:30", "17:00", 1)]);
        assert_eq!(app.words(id, &file).await, ["0 of 1", "0 of 1", "accepted", "0 of 1", "accepted"]);
        assert_eq!(app.free(id, "14:00", "14:30").await, 0);
    }

    async fn an_imported_booking_is_a_booking_like_any_other(app) {
        let (id, api) = (app.rig("rig", 1, 600).await, app.rig("api", 1, 600).await);
        let file = format!("key,starts_at,ends_at,user,purpose\na,{},{},Zoë,\"it's; \"\"so\"\"\nand more\"\n", clock("13:00"), clock("14:00"));
        assert_eq!(app.words(id, &file).await, ["accepted"]);
        let body = json!({ "starts_at": clock("13:00"), "ends_at": clock("14:00"), "user": "Zoë", "purpose": "it's; \"so\"\nand more", "lines": [{ "hardware": api }] });
        app.post("/reservations", body).await.expect(201);
        let (mut imported, mut booked) = (app.reservation(1).await, app.reservation(2).await);
        imported["id"] = json!(2);
        imported["lines"] = booked["lines"].take();
        booked["lines"] = imported["lines"].clone();
        assert_eq!(imported, booked);
        let events = app.get("/events?after=2").await.expect(200).json();
        assert_eq!((&events[0]["kind"], &events[0]["actor"], &events[0]["subject"]), (&json!("reservation.created"), &json!("command line"), &json!("reservation/1")));
        let data = "SELECT data FROM event WHERE subject = 'reservation/1'";
        assert_eq!(app.text(data).await, app.text(&data.replace("/1", "/2")).await.replace("\"hardware\":2", "\"hardware\":1"));
        let rows = |of: i64| format!("SELECT CONCAT(c.starts_at, ' ', c.ends_at, ' ', c.blocked_until, ' ', c.span, ' ', c.qty, ' ', c.is_out, ' ', c.forced, ' ', l.qty, ' ', l.out_qty, ' ', l.returned_qty, ' ', l.starts_at, ' ', l.ends_at) FROM claim c JOIN reservation_line l ON l.reservation_id = c.reservation_id WHERE c.hardware_id = {of}");
        assert_eq!(app.text(&rows(id)).await, app.text(&rows(api)).await);
        for action in ["checkout", "return"] {
            app.act(1, action).await.expect(200);
        }
        app.assert_clean().await;
    }

    async fn wall_clock_times_are_those_of_the_hardware_or_else_of_the_customer(app) {
        let there = app.add(json!({ "provider": "a", "name": "there", "tz": "America/New_York" })).await;
        let here = app.rig("here", 1, 0).await;
        let file = "job,starts_at,ends_at\na,2026-06-12T09:00,2026-06-12T10:00\nb,2026-03-29T02:30,2026-03-29T04:00\nc,2027-03-14T02:30,2027-03-14T04:00\n";
        assert_eq!(app.words(there, file).await, ["accepted", "accepted", "starts_at"]);
        assert_eq!(app.words(here, file).await, ["accepted", "starts_at", "accepted"]);
        assert_eq!(app.reservation(1).await["starts_at"], "2026-06-12T13:00:00Z");
        assert_eq!(app.reservation(3).await["starts_at"], "2026-06-12T07:00:00Z");
        let same = "job,starts_at,ends_at\na,2026-06-12T07:00:00Z,2026-06-12T10:00+02:00\n";
        assert_eq!(app.words(here, same).await, ["unchanged"]);
    }

    async fn rows_that_cannot_be_are_told_with_line_and_column_and_the_rest_is_booked(app) {
        let id = app.rig("rig", 9, 0).await;
        let mut file = csv(&[("", "13:00", "14:00", 1), ("b", "14:00", "14:00", 1), ("c", "13:00", "14:00", 0), ("d", "13:00", "14:00", 1)]);
        file += "e,today,tomorrow,some\nf,2026-06-11T13:00Z\ng,2026-06-11T13:00Z,2046-06-11T13:00Z,1\nh,2026-06-11T13:00Z,2026-06-11T14:00Z,1\n";
        let mut bytes = file.into_bytes();
        bytes.extend(b"\xff,2026-06-11T13:00Z,2026-06-11T14:00Z,1\n");
        let (ended, summary, told) = app.import_bookings(id, bytes).await;
        ended.unwrap();
        assert_eq!(told.words(), ["key", "ends_at", "qty", "accepted", "starts_at ends_at qty", "row", "ends_at", "accepted", "row"]);
        assert_eq!(told.rows.iter().map(|row| row.line).collect::<Vec<_>>(), (2..=10).collect::<Vec<_>>());
        assert_eq!((summary.accepted, summary.failed, summary.peak), (2, 7, 2));
    }

    async fn a_header_that_cannot_be_used_books_nothing(app) {
        let id = app.rig("rig", 1, 0).await;
        for header in ["starts_at,ends_at", "job,ends_at", "key,starts_at", "job,key,starts_at,ends_at", ""] {
            let (ended, summary, _) = app.import_bookings(id, format!("{header}\n")).await;
            assert!(matches!(ended, Err(ImportError::Header(_))), "{header}: {ended:?}");
            assert_eq!(summary, Summary::default());
        }
        let (ended, summary, told) = app.import_bookings(id, "\u{feff}Ends At;JOB;note;starts-at\r\n").await;
        assert_eq!((ended.is_ok(), summary, told.ignored), (true, Summary::default(), vec!["note".to_owned()]));
    }

    async fn hardware_that_is_not_in_the_catalogue_is_not_booked(app) {
        let id = app.rig("rig", 1, 0).await;
        app.delete(&format!("/hardware/{id}")).await.expect(204);
        for id in [id, 77] {
            let (ended, ..) = app.import_bookings(id, csv(&[("a", "13:00", "14:00", 1)])).await;
            assert!(matches!(ended, Err(ImportError::Store(StoreError::NotFound(_)))), "{ended:?}");
        }
        assert_eq!(app.count("reservation").await, 0);
    }

    async fn more_rows_than_a_chunk_are_one_file(app) {
        let id = app.rig("rig", 700, 0).await;
        let rows = (0..1_201).map(|i| format!("k{i},2026-06-11T13:00Z,2026-06-11T14:00Z\n"));
        let file = "key,starts_at,ends_at\n".to_owned() + &rows.collect::<String>();
        let (ended, summary, told) = app.import_bookings(id, file).await;
        ended.unwrap();
        assert_eq!((summary.accepted, summary.refused, summary.peak), (700, 501, 700));
        assert!(told.rows[..700].iter().all(|row| row.outcome == Outcome::Accepted));
        app.assert_clean().await;
    }
}
