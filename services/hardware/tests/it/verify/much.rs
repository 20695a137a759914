//! More rows than are read at once.

use crate::harness::{at, on_both};

on_both! {
    // Claims are read in pages from the last to the first: one that spans them all is carried on.
    async fn what_is_too_much_is_found_in_a_long_history(app) {
        let id = app.rig("rig", 3, 0).await;
        let day = at("2020-01-01T00:00:00Z");
        let hour = |i: i64| format!("({id}, {0}, {1}, {1}, 2)", day + i * 3_600, day + i * 3_600 + 1_800);
        let rows: Vec<_> = (0..1_300).map(hour).collect();
        let (from, to) = (day - 60, day + 1_299 * 3_600);
        let long = format!("({id}, {from}, {to}, {to}, 2)");
        let insert = "INSERT INTO claim (hardware_id, starts_at, ends_at, blocked_until, qty) VALUES";
        app.execute(format!("{insert} {long}, {}", rows.join(", "))).await;
        let lines: Vec<_> = app.violations().await.into_iter().filter(|line| line.starts_with("I1")).collect();
        assert_eq!(lines.len(), 1_299, "each hour but the last");
        assert_eq!(lines.last().unwrap(), &format!("I1: hardware {id} from 2020-01-01T00:00:00Z to 2020-01-01T00:30:00Z: 4 units are taken by claims that are not forced, its capacity is 3: claim 1, claim 2"));
    }

    async fn everything_is_looked_at_however_much_it_is(app) {
        let id = app.rig("rig", 2_000, 0).await;
        for table in ["reservation", "task", "event", "idempotency_key"] {
            let (columns, row): (&str, fn(i64) -> String) = match table {
                "reservation" => ("starts_at, ends_at, created_at, updated_at", |_| "(0, 1, 0, 0)".to_owned()),
                "task" => ("title, text, created_at, updated_at", |_| "('x', 'x', 0, 0)".to_owned()),
                "event" => ("at, kind, actor, subject, data", |i| format!("(0, 'x', 'x', 'x/{i}', '{{}}')")),
                _ => ("principal, idempotency_key, body_hash, reservation_id, answer, created_at, expires_at", |i| format!("('p{}', 'k{i}', '', 5000, '', 0, 0)", i % 3)),
            };
            let rows: Vec<_> = (0..1_100).map(row).collect();
            app.execute(format!("INSERT INTO {table} ({columns}) VALUES {}", rows.join(", "))).await;
        }
        let (counts, lines) = app.verified().await;
        assert_eq!((counts.hardware, counts.reservations, counts.tasks), (1, 1_100, 1_100));
        let of = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
        // No line, no event and no state told for each; no event for each task; a key that leads nowhere.
        assert_eq!((of("I3: reservation"), of("I4: reservation/"), of("I4: task/"), of("key: ")), (1_100, 2_200, 1_100, 1_100));
        assert_eq!(lines.len(), 5_500, "{id}");
    }
}
