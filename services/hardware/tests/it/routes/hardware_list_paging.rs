//! `GET /hardware`: pages, cursors and totals.

use serde_json::json;

use crate::harness::{NOW, TestApp, at, names, on_both};

async fn rigs(app: &TestApp, count: usize) {
    for i in 0..count {
        app.add(json!({ "provider": "Lab", "name": format!("rig {i}"), "capacity": i % 3 })).await;
    }
}

/// All names, page by page from `first`, and how many pages it took.
async fn walk(app: &TestApp, first: &str) -> (Vec<String>, usize) {
    let (mut seen, mut pages, mut next) = (Vec::new(), 0, Some(first.to_owned()));
    while let Some(path) = next {
        let page = app.get(&path).await.expect(200);
        next = page.next();
        seen.extend(names(&page.json()).iter().map(|name| (*name).to_owned()));
        pages += 1;
        assert!(pages < 50, "pages without end");
    }
    (seen, pages)
}

on_both! {
    async fn pages_hold_everything_once_in_order_of_id(app) {
        rigs(&app, 10).await;
        let all: Vec<_> = (0..10).map(|i| format!("rig {i}")).collect();
        assert_eq!(walk(&app, "/hardware?limit=3").await, (all.clone(), 4));
        assert_eq!(walk(&app, "/hardware?limit=5").await, (all.clone(), 2));
        assert_eq!(walk(&app, "/hardware/?limit=10").await, (all, 1));
        let page = app.get("/hardware?limit=3").await;
        assert_eq!(page.header("x-total-count"), Some("10"));
        assert_eq!(app.get(&page.next().unwrap()).await.header("x-total-count"), Some("10"));
    }

    async fn what_is_not_free_is_left_out_before_paging(app) {
        rigs(&app, 9).await;
        app.claim(2, "2026-06-11T12:30:00Z", "2026-06-11T12:31:00Z", 1).await;
        let expected: Vec<_> = [2, 4, 5, 7, 8].iter().map(|i| format!("rig {i}")).collect();
        assert_eq!(walk(&app, "/hardware?limit=2&free_only=true").await, (expected, 3));
        let page = app.get("/hardware?limit=2&free_only=true").await;
        assert_eq!(page.header("x-total-count"), Some("5"));
        let two = walk(&app, "/hardware?limit=2&free_only=true&qty=2").await.0;
        assert_eq!(two, ["rig 2", "rig 5", "rig 8"]);
    }

    async fn the_window_stays_while_pages_are_turned(app) {
        rigs(&app, 3).await;
        app.claim(3, "2026-06-11T13:00:00Z", "2026-06-11T14:00:00Z", 2).await;
        let first = app.get("/hardware?limit=2").await;
        app.clock.set(at(NOW) + 600);
        let second = app.get(&first.next().unwrap()).await.expect(200);
        assert_eq!(second.json()[0]["free"], 2, "the first page's window ends at 13:00");
        assert!(second.header("content-location").unwrap().contains("from=2026-06-11T12%3A00%3A00Z"));
    }

    async fn rows_added_or_archived_between_pages_neither_repeat_nor_hide_others(app) {
        rigs(&app, 6).await;
        let first = app.get("/hardware?limit=3").await;
        app.delete("/hardware/2").await.expect(204);
        app.add(json!({ "provider": "Lab", "name": "late" })).await;
        let (rest, _) = walk(&app, &first.next().unwrap()).await;
        assert_eq!(rest, ["rig 3", "rig 4", "rig 5", "late"]);
    }

    async fn a_cursor_of_another_list_is_refused(app) {
        rigs(&app, 3).await;
        let cursor = app.get("/hardware?limit=1&q=rig").await.next().unwrap();
        let cursor = cursor.split("cursor=").nth(1).unwrap();
        app.get(&format!("/hardware?limit=2&q=rig&cursor={cursor}")).await.expect(200);
        for query in [
            format!("cursor={cursor}"),
            format!("q=other&cursor={cursor}"),
            format!("q=rig&free_only=true&cursor={cursor}"),
            format!("q=rig&from=2026-06-11T12:00:01Z&cursor={cursor}"),
            "cursor=nonsense".to_owned(),
            format!("q=rig&cursor={cursor}x"),
        ] {
            assert_eq!(app.get(&format!("/hardware?{query}")).await.wrong_fields(400), ["cursor"], "{query}");
        }
    }

    async fn limits_have_bounds(app) {
        for limit in ["0", "-1", "1001"] {
            assert_eq!(app.get(&format!("/hardware?limit={limit}")).await.wrong_fields(422), ["limit"]);
        }
        assert_eq!(app.get("/hardware?limit=ten").await.wrong_fields(400), ["limit"]);
    }
}
