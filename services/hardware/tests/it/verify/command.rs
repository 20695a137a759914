//! `hardware verify` itself: what it prints, and how it ends.

use crate::place::Place;

#[test]
fn clean_is_0_violations_are_1_and_what_cannot_be_checked_is_3() {
    let place = Place::sqlite();
    place.run_with(&["import", "hardware", "-"], "provider,name,capacity\na,b,2\n");
    let clean = place.run(&["verify"]);
    assert_eq!((clean.status.code(), Place::stderr(&clean).as_str()), (Some(0), ""));
    let line = "{\"hardware\":1,\"reservations\":0,\"claims\":0,\"tasks\":0,\"violations\":0}\n";
    assert_eq!(String::from_utf8(clean.stdout).unwrap(), line);
    let behind = Place::bare().run(&["verify"]);
    assert_eq!((behind.status.code(), behind.stdout.len()), (Some(3), 0));
    assert!(Place::stderr(&behind).contains("run `hardware migrate`"), "{}", Place::stderr(&behind));
    let away =
        place.command(&["verify"]).env("MYSQL_HOST", "127.0.0.1").env("MYSQL_PORT", "1").output().unwrap();
    assert_eq!((away.status.code(), away.stdout.len()), (Some(3), 0), "{}", Place::stderr(&away));
    assert_eq!(place.run(&["verify", "everything"]).status.code(), Some(2));
}

#[tokio::test]
async fn violations_are_listed_up_to_a_thousand_and_all_are_counted() {
    let place = Place::sqlite();
    let rows: Vec<_> = (0..1_234).map(|i| format!("({i}, {}, 0, 0)", i + 1)).collect();
    place
        .sqlite_execute(&format!(
            "INSERT INTO reservation (starts_at, ends_at, created_at, updated_at) VALUES {}",
            rows.join(", ")
        ))
        .await;
    let told = place.run(&["verify"]);
    assert_eq!((told.status.code(), Place::json(&told)["violations"].as_u64()), (Some(1), Some(3 * 1_234)));
    let lines: Vec<_> = Place::stderr(&told).lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 1_001);
    assert_eq!(lines[0], "I3: reservation 1 is confirmed: it has no line");
    assert_eq!(lines[1_000], "... and 2702 more violations");
}
