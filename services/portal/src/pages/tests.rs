//! Every template, printed in strict mode with everything there can be and with next to nothing.

mod samples;
mod tasks;
mod timeline;

use std::collections::{BTreeMap, BTreeSet};

use chassis::{Clock, Problem, RequestContext, stack::Asked};
use poem::{
    Response,
    http::{HeaderMap, Method, StatusCode},
};
use serde_json::{Value, json};

use self::samples::{
    EVIL, bare_reservation, full_around, full_booking, full_not_free, full_reservation, some_bookings,
};
use crate::{
    booking::Booking,
    bookings_search::BookingsSearch,
    config::Config,
    form::Form,
    hardware_client::{Bookings, Entry, Facets, Failure, Hardware, Listing, NextPage, NotFree, Reservation},
    last_answers::LastAnswer,
    pages::{
        again, book, bookings, free,
        item::{self, Around},
        problem,
        reservation::{self, Refused},
    },
    report::Report,
    search::{Mistake, Search},
    state::App,
    visit::Visit,
};

fn app() -> App {
    let env = BTreeMap::from([("CUSTOMER__TZ".to_owned(), "Europe/Berlin".to_owned())]);
    App::new(&Config::load(env).unwrap(), Clock::stopped_at(1_781_178_127)).unwrap()
}

fn asked(uri: &str) -> Asked {
    let headers = HeaderMap::new();
    Asked {
        method: Method::GET,
        uri: uri.parse().unwrap(),
        context: RequestContext::from_headers(&headers),
        headers,
    }
}

fn row(changes: &Value) -> Hardware {
    let mut row = json!({
        "id": 1, "provider": "p", "name": "n", "availability": "NONE", "capacity": 0, "free": 0, "free_now": 0, "fits": false,
        "next_free_at": null,
    });
    row.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    serde_json::from_value(row).unwrap()
}

fn full_row() -> Hardware {
    row(&json!({
        "provider": EVIL, "name": EVIL, "availability": "LOW", "capacity": 4, "free": 1, "fits": true, "overcommitted": 2,
        "next_free_at": "2026-06-11T11:42:07Z", "category": EVIL, "description": EVIL,
    }))
}

fn facets(value: &str) -> Facets {
    let facet = json!([{ "value": value, "count": 7 }]);
    serde_json::from_value(json!({ "providers": facet, "categories": facet, "locations": facet })).unwrap()
}

fn listing(rows: Vec<Hardware>, more: bool) -> Listing {
    let next = more.then(|| NextPage { cursor: EVIL.to_owned(), window: None });
    Listing { rows, total: more.then_some(99), window: None, next }
}

fn visit(app: &App) -> Visit {
    Visit::of_asked(&asked("/"), app.clock.now())
}

/// Every field filled with something evil.
fn full_search() -> Search {
    let fields = ["q", "provider", "category", "location", "tag"];
    fields.iter().fold(Search::default().with("free_only", "true"), |search, field| search.with(field, EVIL))
}

/// Every field wrong.
fn wrong_search() -> Search {
    ["from", "to", "qty", "q", "provider"]
        .iter()
        .fold(full_search(), |search, field| search.with(field, &EVIL.repeat(9)))
}

fn free_pages(app: &App) -> Vec<(&'static str, poem::Result<Response>)> {
    let visit = visit(app);
    let later = Search { cursor: "c".into(), seen: "50".into(), ..full_search() };
    let sometime = row(&json!({ "next_free_at": "2026-06-12T06:00:00Z", "capacity": 1 }));
    let rows = vec![full_row(), row(&json!({})), sometime];
    let mistakes = wrong_search().check(app.tz).unwrap_err();
    let print = |search: &Search, rows, more, facets| {
        free::answered(app, &visit, search, listing(rows, more), facets)
    };
    vec![
        ("free, full", print(&later, rows, true, facets(EVIL))),
        ("free, empty catalogue", print(&Search::default(), vec![], false, Facets::default())),
        ("free, nothing found", print(&full_search(), vec![], false, facets("x"))),
        ("free, refused", free::refused(app, &visit, &wrong_search(), &mistakes, &facets(EVIL))),
    ]
}

fn item_pages(app: &App) -> Vec<(&'static str, poem::Result<Response>)> {
    let visit = visit(app);
    let entry = |value: Value| serde_json::from_value::<Entry>(value).unwrap();
    let bare = || entry(json!({ "id": 1, "provider": "p", "name": "n", "capacity": 0 }));
    let full = || {
        entry(json!({
            "id": 1, "provider": EVIL, "name": EVIL, "capacity": 4, "buffer_s": 60, "tz": EVIL, "category": EVIL,
            "location": EVIL, "description": EVIL, "tags": [EVIL, EVIL], "updated_at": "2026-06-11T11:42:07Z",
        }))
    };
    let sometime = row(&json!({ "next_free_at": "2026-06-12T06:00:00Z", "capacity": 1 }));
    let wrong = wrong_search().window_only();
    let mistakes = wrong.check(app.tz).unwrap_err();
    let print = |entry, row, around: &Around| {
        item::answered(app, &visit, &Search::default(), entry, listing(vec![row], false), around)
    };
    vec![
        ("item, full", print(full(), full_row(), &full_around())),
        ("item, bare", print(bare(), row(&json!({})), &Around::default())),
        ("item, later", print(bare(), sometime, &Around::default())),
        ("item, refused", item::refused(app, &visit, &wrong, full(), &mistakes, &Around::default())),
    ]
}

fn booking_pages(app: &App) -> Vec<(&'static str, poem::Result<Response>)> {
    let visit = visit(app);
    let entry = json!({ "id": 7, "provider": EVIL, "name": EVIL, "capacity": 4 });
    let entry: Entry = serde_json::from_value(entry).unwrap();
    let mistakes = Booking::default().check(app.tz).unwrap_err();
    let not_free = |booking: &Booking, why: &NotFree| book::not_free(app, &visit, booking, why);
    let lost = |booking: &Booking, failure| {
        again::page(app, &visit, book::attempt(app, &visit, booking, &Form::default()), &failure)
    };
    vec![
        ("book, not free", not_free(&full_booking(), &full_not_free())),
        ("book, not free, bare", not_free(&Booking::default(), &NotFree::default())),
        ("book, mistaken", book::mistaken(app, &visit, &full_booking(), Some(&entry), &mistakes)),
        ("book, mistaken, bare", book::mistaken(app, &visit, &Booking::default(), None, &mistakes)),
        ("again, not known", lost(&full_booking(), Failure::Unknown(EVIL.to_owned()))),
        ("again, not done", lost(&Booking::default(), Failure::Unreachable(EVIL.to_owned()))),
    ]
}

fn bookings_pages(app: &App) -> Vec<(&'static str, poem::Result<Response>)> {
    let visit = visit(app);
    let full = BookingsSearch::read("user=a%22%3E%3Cscript%3E&state=any&hardware=7&cursor=c");
    let wrong =
        BookingsSearch::read(&format!("user={}&state=%3Cscript%3E&hardware=%3Cscript%3E", EVIL.repeat(9)));
    let none = Bookings { rows: vec![], total: None, next: None };
    let mistakes = wrong.check(visit.now).unwrap_err();
    let late = [full_reservation("out")];
    let plain = BookingsSearch::default();
    vec![
        ("bookings, full", bookings::answered(app, &visit, &full, &some_bookings(true), &late)),
        ("bookings, bare", bookings::answered(app, &visit, &plain, &none, &[])),
        ("bookings, refused", bookings::refused(app, &visit, &wrong, &mistakes)),
    ]
}

async fn reservation_pages(app: &App) -> Vec<(&'static str, poem::Result<Response>)> {
    let visit = visit(app);
    let typed = format!("ends_at={EVIL}&qty.7={EVIL}&qty.8=9&version=x").replace('>', "%3E");
    let form = Form::read(poem::Body::from(typed), 10_000).await.unwrap();
    let mistake = |field: &str| Mistake::impossible(field, EVIL);
    let of = |booking: Reservation| reservation::Asked { series: vec![full_reservation("out")], booking };
    let refused = |booking: Reservation, why| reservation::refused(app, &visit, &of(booking), &form, why);
    let left = vec![(EVIL.to_owned(), EVIL.to_owned()), ("2026-06-11T14:00".to_owned(), String::new())];
    let report = Report { id: 9, done: "booked".to_owned(), count: 3, left, more: 2 };
    let changed = Report { done: "cancel".to_owned(), ..report.clone() };
    let wrong = ["ends_at", "part", "lines[1].qty", "qty", "version", EVIL].map(mistake).to_vec();
    let mut pages = vec![
        ("reservation, mistaken", refused(full_reservation("out"), Refused::Mistakes(wrong))),
        (
            "reservation, not free",
            refused(full_reservation("confirmed"), Refused::NotFree(Box::new(full_not_free()))),
        ),
        ("reservation, wrong state", refused(full_reservation("out"), Refused::State(EVIL.to_owned()))),
        ("reservation, changed", refused(bare_reservation("cancelled"), Refused::Changed)),
    ];
    for state in ["confirmed", "out", "returned", "cancelled", "no_show"] {
        pages.push((
            "reservation, full",
            reservation::shown(app, &visit, &of(full_reservation(state)), EVIL, Some(&report)),
        ));
        pages.push((
            "reservation, bare",
            reservation::shown(app, &visit, &of(bare_reservation(state)), "booked", None),
        ));
    }
    let rest = reservation::shown(app, &visit, &of(full_reservation("out")), "cancel", Some(&changed));
    pages.push(("reservation, the rest changed", rest));
    pages
}

fn error_pages(app: &App) -> Vec<(&'static str, poem::Result<Response>)> {
    let print = |path: &str, status: u16| {
        let problem = Problem::new(StatusCode::from_u16(status).unwrap()).detail(EVIL);
        Ok(problem::answer(app, &asked(path), problem))
    };
    let statuses = [400, 403, 404, 405, 413, 429, 500, 502, 504];
    let mut pages: Vec<_> = statuses.iter().map(|status| ("problem", print("/x", *status))).collect();
    pages.push(("unavailable, nothing kept", print("/", 503)));
    let now = app.clock.now();
    app.last_answers.keep(LastAnswer::new(
        &full_search(),
        &listing(vec![full_row()], false),
        (now, now),
        now,
    ));
    pages.push(("unavailable, an answer kept", print("/hardware/1", 503)));
    pages
}

/// Every page, named, as HTML.
async fn all_pages() -> Vec<(&'static str, String)> {
    // An app each: answers that one page kept must not show on another.
    let pages = free_pages(&app()).into_iter().chain(item_pages(&app())).chain(booking_pages(&app()));
    let pages = pages.chain(bookings_pages(&app())).chain(reservation_pages(&app()).await);
    let pages = pages.chain(tasks::tasks_pages(&app())).chain(error_pages(&app()));
    let pages = pages.chain(timeline::timeline_pages(&app()));
    let mut printed = Vec::new();
    for (name, page) in pages {
        let page = page.unwrap_or_else(|error| panic!("{name}: {error}"));
        printed.push((name, page.into_body().into_string().await.unwrap()));
    }
    printed
}

#[tokio::test]
async fn every_page_can_be_printed_with_everything_and_with_next_to_nothing() {
    let pages = all_pages().await;
    let names: BTreeSet<_> = pages.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), 43, "{names:?}");
    for (name, html) in pages {
        assert!(html.starts_with("<!DOCTYPE html>") && html.trim_end().ends_with("</html>"), "{name}");
        assert!(
            !html.contains("href=\"\"") && !html.contains("{{") && !html.contains("[object]"),
            "{name}:\n{html}"
        );
    }
}

#[tokio::test]
async fn nothing_that_comes_from_outside_becomes_markup_on_any_page() {
    for (name, html) in all_pages().await {
        assert!(!html.contains("<script"), "{name}:\n{html}");
        assert!(
            !html.contains("\"><script") && !html.contains("\"&gt;&lt;script"),
            "{name}: an attribute ends early"
        );
    }
}

#[tokio::test]
async fn every_page_has_one_heading_and_every_id_once() {
    for (name, html) in all_pages().await {
        assert_eq!(html.matches("<h1>").count(), 1, "{name}");
        let ids: Vec<_> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let once: BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), once.len(), "{name}: {ids:?}");
        for target in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.contains(&target), "{name}: nothing is called {target}");
        }
    }
}
