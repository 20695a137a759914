//! The import and the API book by one rule, also when both do it at once.

use std::sync::Arc;

use hardware::domain::moment::rfc3339;
use serde_json::json;

use crate::harness::{TestApp, at, at_once, on_both, random::Random};

on_both! {
    // The import reads a chunk's claims at once; the API reads each booking's by itself.
    async fn the_import_decides_as_the_api_does(app) {
        let mut random = Random(7);
        let (imported, booked) = (app.rig("imported", 4, 900).await, app.rig("booked", 4, 900).await);
        let (mut file, mut expected) = ("key,starts_at,ends_at,qty\n".to_owned(), Vec::new());
        for i in 0..120 {
            let from = at("2026-06-12T00:00:00Z") + 600 * random.below(1_200);
            let to = from + 600 * (1 + random.below(60));
            let (from, to, qty) = (rfc3339(from), rfc3339(to), 1 + random.below(4));
            file += &format!("{i},{from},{to},{qty}\n");
            let body = json!({ "starts_at": from, "ends_at": to, "lines": [{ "hardware": booked, "qty": qty }] });
            expected.push(app.post("/reservations", body).await.status == 201);
        }
        let words = app.words(imported, &file).await;
        assert_eq!(words.iter().map(|word| word == "accepted").collect::<Vec<_>>(), expected);
        assert!(expected.contains(&true) && expected.contains(&false));
        app.assert_clean().await;
    }

    async fn two_imports_of_one_file_at_once_book_it_once(app) {
        let id = app.rig("rig", 100, 0).await;
        let rows = (0..600).map(|i| format!("k{i},2026-06-11T13:00Z,2026-06-11T14:00Z\n"));
        let file = "key,starts_at,ends_at\n".to_owned() + &rows.collect::<String>();
        let app = Arc::new(app);
        let import = |app: Arc<TestApp>, file: String| async move {
            let (ended, summary, _) = app.import_bookings(id, file).await;
            ended.unwrap();
            summary
        };
        let (one, two) = tokio::join!(tokio::spawn(import(app.clone(), file.clone())), tokio::spawn(import(app.clone(), file)));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!((one.accepted + two.accepted, one.unchanged + two.unchanged), (100, 100));
        app.assert_clean().await;
    }

    async fn bookings_over_the_api_while_a_file_is_imported_never_oversell(app) {
        let id = app.rig("rig", 300, 0).await;
        let rows = (0..1_000).map(|i| format!("k{i},2026-06-11T13:00Z,2026-06-11T14:00Z\n"));
        let file = "key,starts_at,ends_at\n".to_owned() + &rows.collect::<String>();
        let accepted: u64 = at_once(app, 5, move |app, i| {
            let file = file.clone();
            async move {
                if i == 0 {
                    let (ended, summary, _) = app.import_bookings(id, file).await;
                    ended.unwrap();
                    app.assert_clean().await;
                    return summary.accepted;
                }
                let mut booked = 0;
                for _ in 0..20 {
                    booked += u64::from(app.book(id, "13:30", "15:00", 2).await.status == 201) * 2;
                }
                booked
            }
        }).await.into_iter().sum();
        assert_eq!(accepted, 300);
    }
}
