//! The timeline with everything there can be, and how long its pages get.

use chrono::TimeDelta;
use poem::Response;
use serde_json::json;

use super::{app, full_row, listing, row, visit};
use crate::{
    calendar::Calendar,
    hardware_client::{Hardware, Outline},
    pages::timeline::{self, Wish},
    state::App,
};

/// Bytes of a page at most, whatever is booked: 50 rows with all that is ever shown of them.
const MAX_PAGE: usize = 600_000;

fn shown(app: &App, query: &str, rows: Vec<Hardware>, outlines: Vec<Outline>) -> poem::Result<Response> {
    let (visit, wish) = (visit(app), Wish::read(query));
    let (calendar, _) = wish.check(app.tz, visit.now).unwrap();
    timeline::answered(app, &visit, &wish, &calendar, listing(rows, true), outlines)
}

fn outline(id: i64, calendar: &Calendar) -> Outline {
    let edges = calendar.parts();
    let step = |n: usize, free: u64, over: u64| json!({ "from": edges[n], "to": edges[n + 1], "free": free, "overcommitted": over });
    let steps: Vec<_> =
        (0..edges.len() - 1).map(|n| step(n, n as u64 % 3, u64::from(n % 3 == 0) * (n as u64 % 2))).collect();
    serde_json::from_value(json!({ "hardware": id, "capacity": 2, "steps": steps })).unwrap()
}

fn calendar(app: &App, query: &str) -> Calendar {
    Wish::read(query).check(app.tz, app.clock.now()).unwrap().0
}

pub(super) fn timeline_pages(app: &App) -> Vec<(&'static str, poem::Result<Response>)> {
    let evil = "q=%22%3E%3Cscript%3E&provider=%3Cscript%3E&free_only=true&cursor=c&seen=50&qty=2";
    let full = |query: &str| {
        let calendar = calendar(app, query);
        shown(app, &format!("{query}&{evil}"), vec![full_row(), row(&json!({}))], vec![outline(1, &calendar)])
    };
    let wrong = Wish::read(&format!(
        "view=%3Cscript%3E&date=%22%3E%3Cscript%3E&{evil}&qty=x&tag={}",
        "t".repeat(300)
    ));
    let mistakes = wrong.check(app.tz, app.clock.now()).err().unwrap();
    vec![
        ("timeline, day", full("view=day&date=2026-10-25")),
        ("timeline, week", full("view=week")),
        ("timeline, month", full("view=month")),
        ("timeline, nothing known", shown(app, "", vec![full_row()], vec![])),
        ("timeline, empty", shown(app, "", vec![], vec![])),
        ("timeline, refused", timeline::refused(app, &visit(app), &wrong, &mistakes)),
    ]
}

#[tokio::test]
async fn a_page_has_an_end_whatever_is_booked() {
    let app = app();
    // All of it is still to come, so that everything can be booked.
    for query in ["view=day&date=2027-06-11", "view=week&date=2027-06-11", "view=month&date=2027-05-11"] {
        let calendar = calendar(&app, query);
        let named = |id: i64| {
            row(
                &json!({ "id": id, "provider": "A provider of the usual length", "name": format!("hardware number {id}") }),
            )
        };
        let rows = (1_000..1_050).map(named).collect();
        let outlines = (1_000..1_050).map(|id| outline(id, &calendar)).collect();
        let html = shown(&app, query, rows, outlines).unwrap().into_body().into_string().await.unwrap();
        assert!(html.len() < MAX_PAGE, "{query}: {}", html.len());
        assert!(html.contains("hardware number 1049"), "{query}");
    }
}

#[tokio::test]
async fn what_a_service_says_beyond_its_parts_makes_no_page_longer() {
    let app = app();
    let from = calendar(&app, "view=month").window().0;
    let step = |n: i64| json!({ "from": from + TimeDelta::seconds(n * 60), "to": from + TimeDelta::seconds(n * 60 + 60), "free": n % 2 });
    let steps: Vec<_> = (0..30 * 24 * 60).map(step).collect();
    let fine: Outline =
        serde_json::from_value(json!({ "hardware": 1, "capacity": u64::MAX, "steps": steps })).unwrap();
    let html =
        shown(&app, "view=month", vec![full_row()], vec![fine]).unwrap().into_body().into_string().await;
    assert!(html.unwrap().len() < 40_000);
}
