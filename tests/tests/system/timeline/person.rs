//! A person without JavaScript finds hardware on the timeline, moves through time, and books what is free.

use fantoccini::Locator;
use serde_json::{Value, json};

use super::{book, rig};
use crate::harness::{
    Settings, Toolcrib,
    browser::{Browser, Reader},
};

async fn goes(browser: &Browser, link: &str, part: &str) {
    browser.page.find(Locator::LinkText(link)).await.unwrap().click().await.unwrap();
    browser.arrives_at(part).await;
}

async fn names(browser: &Browser) -> Vec<String> {
    browser.texts(".tl .tl-name a").await
}

#[tokio::test]
async fn a_person_finds_hardware_by_its_name_and_looks_at_a_day_a_week_and_a_month() {
    let toolcrib = Toolcrib::start_with(Settings::patient()).await;
    rig(&toolcrib, "HIL rig 3", 3).await;
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    browser.goto(&toolcrib.portal, "/timeline?date=2030-02-06").await;
    assert_eq!(names(&browser).await.len(), 3);
    browser.types("#q", "HIL").await;
    browser.click(".tl-bench button").await;
    browser.arrives_at("q=HIL").await;
    assert_eq!(names(&browser).await, ["HIL rig 3"]);
    for (word, columns) in [("Day", 24), ("Month", 28), ("Week", 7)] {
        goes(&browser, word, &format!("view={}", word.to_lowercase())).await;
        assert_eq!(browser.texts(".tl .days li").await.len(), columns, "{word}");
        assert_eq!(names(&browser).await, ["HIL rig 3"], "the search stays");
        assert_eq!(browser.text(".seg a[aria-current]").await, word);
    }
    browser.click(".tl .days li:nth-child(3) a").await;
    browser.arrives_at("view=day&date=2030-02-06").await;
    assert!(browser.text(".head p").await.starts_with("Wed 6 Feb 2030"), "{}", browser.text(".head p").await);
}

#[tokio::test]
async fn a_free_stretch_fills_the_form_and_is_booked() {
    let toolcrib = Toolcrib::start_with(Settings::patient()).await;
    let id = rig(&toolcrib, "HIL rig 3", 3).await;
    book(&toolcrib, id, "2030-02-05T09:00:00Z", "2030-02-05T17:00:00Z", 2).await;
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    browser.goto(&toolcrib.portal, "/timeline?view=day&date=2030-02-05&q=HIL&qty=2").await;
    let titles = browser.texts(".tl svg a title").await;
    assert_eq!(titles, ["Book 00:00 to 09:00, 3 free", "Book 17:00 to 24:00, 3 free"]);
    browser.click(".tl svg a:last-of-type .g-go").await;
    browser.arrives_at(&format!("/hardware/{id}")).await;
    let form =
        (browser.field("#starts_at").await, browser.field("#ends_at").await, browser.field("#units").await);
    assert_eq!(form, ("2030-02-05T17:00".to_owned(), "2030-02-06T00:00".to_owned(), "2".to_owned()));
    browser.types("#user", "ada").await;
    browser.click("aside .btn.main").await;
    browser.arrives_at("done=booked").await;
    let address = browser.address().await;
    let booked = toolcrib.hardware.get(address.split('?').next().unwrap()).await.is(200).json();
    let told = (&booked["starts_at"], &booked["ends_at"], &booked["lines"][0]["qty"], &booked["user"]);
    assert_eq!(
        told,
        (&json!("2030-02-05T17:00:00Z"), &json!("2030-02-06T00:00:00Z"), &json!(2), &json!("ada"))
    );
    browser.goto(&toolcrib.portal, "/timeline?view=day&date=2030-02-05&q=HIL&qty=2").await;
    assert_eq!(browser.texts(".tl svg a title").await, ["Book 00:00 to 09:00, 3 free"], "only that is left");
}

#[tokio::test]
async fn now_is_marked_where_it_is_and_nowhere_else() {
    let toolcrib = Toolcrib::start_with(Settings::patient()).await;
    let marks =
        async |path: &str| toolcrib.portal.get(path).await.is(200).body.matches("class=\"g-now\"").count();
    for view in ["day", "week", "month"] {
        // One for each of the two rows, and one in the key.
        assert_eq!(marks(&format!("/timeline?view={view}")).await, 3, "{view}");
        assert_eq!(marks(&format!("/timeline?view={view}&date=2031-02-05")).await, 0, "{view}");
        assert_eq!(marks(&format!("/timeline?view={view}&date=2001-02-05")).await, 0, "{view}");
    }
}

/// What the table must say of a day, from the steps of the API: `3; 1 from 09:00`.
fn told(steps: &[Value], day: &str) -> String {
    let (from, to) = (format!("{day}T00:00:00Z"), format!("{day}T24:00:00Z"));
    let of_day =
        |step: &&Value| step["from"].as_str().unwrap() < &*to && step["to"].as_str().unwrap() > &*from;
    let mut told: Vec<(String, &Value)> = Vec::new();
    for step in steps.iter().filter(of_day) {
        let start = step["from"].as_str().unwrap();
        if told.last().is_none_or(|(_, free)| **free != step["free"]) {
            let when = if *start > *from { format!(" from {}", &start[11..16]) } else { String::new() };
            told.push((when, &step["free"]));
        }
    }
    told.into_iter().map(|(when, free)| format!("{free}{when}")).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn the_table_has_the_facts_of_the_api() {
    let toolcrib = Toolcrib::start_with(Settings::patient()).await;
    let (one, two) = (rig(&toolcrib, "HIL rig 1", 3).await, rig(&toolcrib, "HIL rig 2", 1_000).await);
    book(&toolcrib, one, "2030-02-05T09:00:00Z", "2030-02-06T17:00:00Z", 2).await;
    book(&toolcrib, one, "2030-02-06T08:00:00Z", "2030-02-06T10:00:00Z", 1).await;
    book(&toolcrib, two, "2030-02-01T00:00:00Z", "2030-02-09T00:00:00Z", 999).await;
    let window = "from=2030-02-04T00:00:00Z&to=2030-02-11T00:00:00Z&grain=hour";
    let known =
        toolcrib.hardware.get(&format!("/availability?ids={one},{two}&{window}")).await.is(200).json();
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    browser.goto(&toolcrib.portal, "/timeline?view=week&date=2030-02-05&q=HIL").await;
    let cells = browser.texts(".twin tbody td").await;
    let mut expected = Vec::new();
    for hardware in known.as_array().unwrap() {
        let capacity = hardware["capacity"].as_i64().unwrap();
        expected.push(if capacity == 1_000 { "1,000".to_owned() } else { capacity.to_string() });
        let steps = hardware["steps"].as_array().unwrap();
        expected
            .extend((4..=10).map(|day| told(steps, &format!("2030-02-{day:02}")).replace("1000", "1,000")));
    }
    assert_eq!(cells, expected);
    assert_eq!(cells[2..4], ["3; 1 from 09:00", "1; 0 from 08:00; 1 from 10:00; 3 from 17:00"]);
}

#[tokio::test]
async fn earlier_and_later_keep_the_filters_and_the_page_of_rows() {
    let toolcrib = Toolcrib::start_with(Settings::patient()).await;
    for number in 0..55 {
        rig(&toolcrib, &format!("HIL rig {number:02}"), 2).await;
    }
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    browser.goto(&toolcrib.portal, "/timeline?view=week&date=2030-02-06&q=HIL&qty=2").await;
    browser.click(".pager a[rel=next]").await;
    browser.arrives_at("cursor=").await;
    let rows: Vec<_> = (50..55).map(|number| format!("HIL rig {number}")).collect();
    assert_eq!(names(&browser).await, rows);
    for (link, date) in [("Later", "2030-02-11"), ("Earlier", "2030-02-04"), ("Earlier", "2030-01-28")] {
        goes(&browser, link, &format!("date={date}")).await;
        assert_eq!(names(&browser).await, rows, "{link} to {date}");
        let kept = (browser.field("#q").await, browser.field("#qty").await, browser.field("#date").await);
        assert_eq!(kept, ("HIL".to_owned(), "2".to_owned(), date.to_owned()));
    }
}
