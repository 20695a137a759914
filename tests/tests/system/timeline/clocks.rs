//! Days that are not 24 hours long, in the customer's zone.

use super::{book, rig};
use crate::harness::{
    Settings, Toolcrib,
    browser::{Browser, Reader},
};

async fn in_new_york() -> Toolcrib {
    Toolcrib::start_with(Settings::patient().with("CUSTOMER__TZ", "America/New_York")).await
}

/// The names of the columns and what the table says of the only row in each.
async fn columns(browser: &Browser, toolcrib: &Toolcrib, date: &str) -> Vec<(String, String)> {
    browser.goto(&toolcrib.portal, &format!("/timeline?view=day&date={date}&q=HIL")).await;
    let names = browser.texts(".twin thead th").await;
    let cells = browser.texts(".twin tbody td").await;
    assert_eq!(names.len(), cells.len() + 1, "{names:?} {cells:?}");
    assert_eq!(browser.texts(".tl .days li").await.len(), names.len() - 2);
    names.into_iter().skip(2).zip(cells.into_iter().skip(1)).collect()
}

#[tokio::test]
async fn the_day_on_which_the_clocks_go_forward_has_23_hours() {
    let toolcrib = in_new_york().await;
    let id = rig(&toolcrib, "HIL rig 3", 3).await;
    // 01:00 to 04:00 on the wall: two hours.
    book(&toolcrib, id, "2030-03-10T06:00:00Z", "2030-03-10T08:00:00Z", 2).await;
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    let columns = columns(&browser, &toolcrib, "2030-03-10").await;
    assert_eq!(columns.len(), 23);
    let told: Vec<_> = columns[..5].iter().map(|(name, free)| format!("{name} {free}")).collect();
    assert_eq!(told, ["00:00 3", "01:00 1", "03:00 1", "04:00 3", "05:00 3"]);
    assert!(browser.text(".head p").await.contains("23 hours long: the clocks change"));
    let agenda = browser.texts(".agenda li li > span:first-child").await;
    assert_eq!(agenda, ["00:00 to 01:00", "01:00 to 04:00", "04:00 to 24:00"]);
}

#[tokio::test]
async fn the_day_on_which_the_clocks_go_back_has_25_hours_and_tells_its_twins_apart() {
    let toolcrib = in_new_york().await;
    let id = rig(&toolcrib, "HIL rig 3", 3).await;
    // The second of the two hours that begin at 01:00.
    book(&toolcrib, id, "2030-11-03T06:00:00Z", "2030-11-03T07:00:00Z", 2).await;
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    let columns = columns(&browser, &toolcrib, "2030-11-03").await;
    assert_eq!(columns.len(), 25);
    let told: Vec<_> = columns[..4].iter().map(|(name, free)| format!("{name} {free}")).collect();
    assert_eq!(told, ["00:00 3", "01:00 3", "01:00 again 1", "02:00 3"]);
    assert!(browser.text(".head p").await.contains("25 hours long: the clocks change"));
}
