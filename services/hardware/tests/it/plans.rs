//! How the databases go about the statements that everybody waits for: through an index, and not through history.

mod hot;

use hardware::{db::Conn, domain::span, store};
use sqlx::{AssertSqlSafe, Row, mysql::MySqlRow};

use crate::harness::{TestApp, at, booking::clock, on_both};

/// One hardware with a long history, and some more with a little of everything.
async fn long_history(app: &TestApp) {
    for i in 0..5 {
        app.rig(&format!("rig {i}"), 9, 0).await;
    }
    let noon = at(&clock("12:00"));
    let mut claims = Vec::new();
    let mut bookings = Vec::new();
    for i in 1..=4_000_i64 {
        let (from, hardware) = (noon - i * 3_600, if i % 100 == 0 { 1 + i / 100 % 5 } else { 1 });
        claims.push(format!("({hardware}, {from}, {to}, {to}, 1, 0, 0, 0)", to = from + 3_600));
        bookings.push(format!("({from}, {to}, 'user {i}', 0, 0)", to = from + 3_600));
    }
    // Something now, something to come, something overdue, something forced.
    claims.push(format!("(1, {noon}, {0}, {0}, 1, 0, 0, 0)", noon + 60));
    claims.push(format!("(2, {0}, {1}, {1}, 1, 0, 1, 0)", noon + 600, noon + 900));
    claims.push(format!("(3, {0}, {1}, {1}, 1, 1, 0, 0)", noon - 600, noon - 60));
    bookings.push(format!("({0}, {1}, 'late', 0, 0)", noon, noon + 60));
    let columns = "hardware_id, starts_at, ends_at, blocked_until, qty, is_out, forced, span";
    app.execute(format!("INSERT INTO claim ({columns}) VALUES {}", claims.join(","))).await;
    let columns = "starts_at, ends_at, user_name, created_at, updated_at";
    app.execute(format!("INSERT INTO reservation ({columns}) VALUES {}", bookings.join(","))).await;
    app.execute(
        "INSERT INTO reservation_line (reservation_id, hardware_id, qty, starts_at, ends_at)
         SELECT id, 1, 1, starts_at, ends_at FROM reservation"
            .to_owned(),
    )
    .await;
    match app.db.read().await.unwrap().conn() {
        Conn::MySql(c, _) => {
            _ = sqlx::query("ANALYZE TABLE claim, reservation, reservation_line").fetch_all(c).await.unwrap()
        }
        Conn::Sqlite(..) => app.execute("ANALYZE".to_owned()).await,
    }
}

/// Stands for many rows in one JSON parameter.
const ROWS: i64 = i64::MAX;

/// The text of a statement with `values` for its placeholders; a negative one stands for NULL.
fn filled(sql: &str, values: &[i64]) -> String {
    let mut parts = sql.split('?');
    let mut text = parts.next().unwrap().to_owned();
    let mut values = values.iter();
    for part in parts {
        let value = values.next().unwrap();
        text += &match *value {
            ROWS => "'[7]'".to_owned(),
            value if value < 0 => "NULL".to_owned(),
            value => value.to_string(),
        };
        text += part;
    }
    assert!(values.next().is_none(), "more values than placeholders");
    text
}

/// One access to a table: which index, and how many rows it is thought to touch (MySQL only).
#[derive(Debug)]
struct Access {
    how: String,
    rows: u64,
}

async fn plan(app: &TestApp, name: &str, values: &[i64]) -> Vec<Access> {
    let statement = store::statements().into_iter().find(|s| s.name == name).unwrap();
    let mut lease = app.db.read().await.unwrap();
    match lease.conn() {
        Conn::MySql(c, _) => {
            let explain = format!("EXPLAIN FORMAT=TRADITIONAL {}", filled(statement.mysql, values));
            let rows: Vec<MySqlRow> = sqlx::query(AssertSqlSafe(explain)).fetch_all(c).await.unwrap();
            rows.iter().map(mysql_access).collect()
        }
        Conn::Sqlite(c, _) => {
            let explain = format!("EXPLAIN QUERY PLAN {}", filled(statement.sqlite, values));
            let rows: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(AssertSqlSafe(explain)).fetch_all(c).await.unwrap();
            rows.into_iter().map(|(.., how)| Access { how, rows: 0 }).collect()
        }
    }
}

fn mysql_access(row: &MySqlRow) -> Access {
    let text = |column: &str| -> String {
        let bytes: Option<Vec<u8>> = row.try_get_unchecked(column).unwrap();
        String::from_utf8(bytes.unwrap_or_default()).unwrap()
    };
    let rows: Option<u64> = row.try_get_unchecked("rows").unwrap();
    Access {
        how: format!("{} {} by {} ({})", text("type"), text("table"), text("key"), text("Extra")),
        rows: rows.unwrap_or(0),
    }
}

/// Every access goes by one of `indexes` (or by a key of one row), and none walks through the history.
#[track_caller]
fn goes_by(name: &str, accesses: &[Access], indexes: &[&str]) {
    goes_by_few(name, accesses, indexes, 400);
}

/// The same, where fewer rows than `few` are allowed to be touched.
#[track_caller]
fn goes_by_few(name: &str, accesses: &[Access], indexes: &[&str], few: u64) {
    // What is left out: sorting, and walking through the page that was found.
    let of_tables = accesses.iter().filter(|access| {
        let found =
            ["SCAN page", "SCAN (", "<union", "<derived"].iter().any(|word| access.how.contains(word));
        !found && (access.rows > 0 || access.how.starts_with("SEARCH") || access.how.starts_with("SCAN"))
    });
    let mut seen = 0;
    for access in of_tables {
        seen += 1;
        let by_index = indexes.iter().any(|index| access.how.contains(index));
        let one_row =
            ["PRIMARY", "INTEGER PRIMARY KEY", "sqlite_autoindex"].iter().any(|key| access.how.contains(key));
        assert!(by_index || one_row, "{name}: {access:?} of {accesses:#?}");
        assert!(
            !access.how.starts_with("SCAN")
                && !access.how.starts_with("ALL")
                && !access.how.starts_with("index "),
            "{name}: {accesses:#?}"
        );
        assert!(access.rows < few, "{name}: {accesses:#?}");
    }
    assert!(seen > 0, "{name}: {accesses:#?}");
}

/// What a page of five hardware binds, padded to `size`, over each of `windows`.
fn page(size: usize, windows: &[(i64, i64)], now: i64) -> Vec<i64> {
    let padded: Vec<_> = [1, 2, 3, 4, 5].into_iter().chain(std::iter::repeat(5)).take(size).collect();
    let over = |(from, to): &(i64, i64)| {
        let recent = from - span::longest_s(10);
        let class = |class| [(from - span::longest_s(class)).max(0), recent, *from];
        let lasting = (11..=17).flat_map(class).collect::<Vec<_>>();
        [&padded[..], &[recent, *to, *from], &lasting, &padded, &padded, &[recent, *from]].concat()
    };
    [windows.iter().flat_map(over).collect(), padded.clone(), vec![now]].concat()
}

/// What the whole fleet binds for a window: a range for each length class.
fn fleet(from: i64, to: i64) -> Vec<i64> {
    (0..=span::MAX_SPAN).flat_map(|class| [(from - span::longest_s(class)).max(0), to, from]).collect()
}

/// What one hardware binds: the same, and what is overdue.
fn of_one(hardware: i64, from: i64, to: i64, now: i64) -> Vec<i64> {
    let ranges =
        (0..=span::MAX_SPAN).flat_map(|class| [hardware, (from - span::longest_s(class)).max(0), to, from]);
    ranges.chain([hardware, now]).collect()
}

on_both! {
    async fn what_is_free_is_answered_without_reading_history(app) {
        long_history(&app).await;
        let now = at(&clock("12:00"));
        let overdue = "claim_overdue";
        let one = plan(&app, "claims_of_one", &of_one(1, now, now + 3_600, now)).await;
        goes_by("claims_of_one", &one, &["claim_item", overdue]);
        let (later, instant) = ((now + 60, now + 3_600), (now, now + 1));
        for size in [20, 50, 200, 1_000] {
            for (name, windows) in [("", &[later][..]), ("_and_now", &[later, instant])] {
                let name = format!("claims_of_{size}{name}");
                let of_page = plan(&app, &name, &page(size, windows, now)).await;
                // One claim an hour, of the 1,024 before the window.
                goes_by_few(&name, &of_page, &["claim_start", "claim_fleet", "claim_item", overdue], 1_200);
            }
        }
        let over_window = fleet(now, now + 3_600);
        let of_fleet = plan(&app, "claims_of_fleet", &[&over_window[..], &[now]].concat()).await;
        goes_by("claims_of_fleet", &of_fleet, &["claim_fleet", overdue]);
        let suspects = plan(&app, "claims_suspects", &[now, now]).await;
        goes_by("claims_suspects", &suspects, &["claim_forced", overdue]);
        let in_the_way = plan(&app, "claims_in_the_way", &(1..=20).collect::<Vec<_>>()).await;
        goes_by("claims_in_the_way", &in_the_way, &["PRIMARY"]);
    }

    async fn coming_reservations_are_found_without_reading_history(app) {
        long_history(&app).await;
        let (now, later) = (at(&clock("12:00")), at(&clock("13:00")));
        let filter = [-1, -1, 0, 0];
        let after = [0, 0, 0, 100];
        let in_window = [&[now, later][..], &filter, &after].concat();
        let accesses = plan(&app, "reservations_list_in_window", &in_window).await;
        goes_by("reservations_list_in_window", &accesses, &["reservation_end"]);
        let of_hardware = [&[1, now, later][..], &filter, &after].concat();
        let accesses = plan(&app, "reservations_list_of_hardware", &of_hardware).await;
        goes_by("reservations_list_of_hardware", &accesses, &["reservation_line_time"]);
    }

    async fn a_series_and_what_comes_with_it_are_found_by_their_keys(app) {
        long_history(&app).await;
        app.execute("INSERT INTO series (zone, every, wanted, created_at) VALUES ('UTC', 'day', 9, 0)".to_owned()).await;
        app.execute("UPDATE reservation SET series_id = 1 WHERE id IN (7, 9, 11, 13)".to_owned()).await;
        let (from, to) = (0, at(&clock("23:00")));
        let filter = [1, -1, -1, from, to, -1, -1, 0, 0];
        let accesses = plan(&app, "reservations_list_of_series", &[&filter[..], &[0, 0, 0, 100]].concat()).await;
        goes_by("reservations_list_of_series", &accesses, &["reservation_series"]);
        goes_by("series_ids", &plan(&app, "series_ids", &[1]).await, &["reservation_series"]);
        let claims = plan(&app, "series_claims", &[ROWS]).await;
        assert!(claims.iter().any(|access| access.how.contains("claim_of_reservation")), "{claims:#?}");
        for (name, values) in [("series_update_reservations", &[ROWS, 1][..]), ("series_update_claims", &[ROWS]), ("series_delete_lines", &[ROWS]), ("series_delete_claims", &[ROWS])] {
            let accesses = plan(&app, name, values).await;
            let walks = |access: &&Access| ["SCAN reservation", "SCAN claim", "ALL r ", "ALL c ", "ALL l "].iter().any(|walk| access.how.starts_with(walk));
            assert!(accesses.iter().find(walks).is_none(), "{name}: {accesses:#?}");
        }
    }

    async fn a_claims_owner_and_an_event_are_found_by_their_indexes(app) {
        long_history(&app).await;
        goes_by("claims_of_reservation", &plan(&app, "claims_of_reservation", &[7]).await, &["claim_of_reservation"]);
        goes_by("claims_of_task", &plan(&app, "claims_of_task", &[7]).await, &["claim_of_task"]);
        goes_by("events_after", &plan(&app, "events_after", &[1, 10]).await, &["PRIMARY"]);
    }
}
