//! What is seen: nothing beside the screen of a phone, and dark for those who prefer it.

use serde_json::{Value, json};

use crate::harness::{
    EVIL, Toolcrib,
    browser::{Browser, Reader},
};

/// Pages of every kind, and one with each kind of trouble.
const PAGES: [&str; 7] = [
    "/",
    "/?q=p4d",
    "/hardware/1",
    "/nowhere",
    "/?qty=x&from=never",
    "/?q=nothing+like+it",
    "/hardware/1?to=never",
];

async fn does_not_scroll_sideways(browser: &Browser, page: &str) {
    let width = browser.value("document.documentElement.clientWidth").await;
    assert_eq!(width, 390, "{page} is laid out for another width");
    let scrolls = browser.value("document.documentElement.scrollWidth").await;
    assert_eq!(scrolls, width, "{page} scrolls sideways; it is wide because of {}", widest(browser).await);
}

/// What sticks out farthest and is cut off by nothing around it, for the message.
async fn widest(browser: &Browser) -> Value {
    const SCRIPT: &str = "(() => {
        const cut = (e) => e && (getComputedStyle(e).overflowX !== 'visible' || cut(e.parentElement));
        const right = (e) => e.getBoundingClientRect().right;
        const free = [...document.body.querySelectorAll('*')].filter((e) => !cut(e.parentElement));
        return free.reduce((a, b) => (right(b) > right(a) ? b : a)).outerHTML.slice(0, 200);
    })()";
    browser.value(SCRIPT).await
}

/// The longest texts that the catalogue takes, as words without a place to break.
fn longest() -> Value {
    json!({
        "provider": "W".repeat(100), "name": "W".repeat(200), "category": "W".repeat(100),
        "location": "W".repeat(200), "description": "W".repeat(2_000), "capacity": 1_000_000,
        "tags": [format!("{}={}", "w".repeat(64), "W".repeat(135))],
    })
}

#[tokio::test]
async fn no_page_scrolls_sideways_on_a_phone() {
    let mut toolcrib = Toolcrib::with_catalogue().await;
    let body = longest();
    let id = toolcrib.hardware.post("/hardware", &body).await.is(201).json()["id"].clone();
    toolcrib.add(EVIL, EVIL).await;
    let browser = Browser::open(Reader::Phone).await;
    let more = [format!("/hardware/{id}"), "/?q=WWWW".to_owned(), format!("/?q={}", "q".repeat(90))];
    for page in PAGES.into_iter().map(str::to_owned).chain(more) {
        browser.goto(&toolcrib.portal, &page).await;
        does_not_scroll_sideways(&browser, &page).await;
    }
    toolcrib.hardware.kill();
    for page in ["/", "/hardware/1"] {
        browser.goto(&toolcrib.portal, page).await;
        assert_eq!(browser.text("h1").await, "We cannot reach the catalogue right now");
        does_not_scroll_sideways(&browser, "503").await;
    }
}

/// How light a colour such as `rgb(22, 20, 21)` is, from 0 to 1.
fn lightness(colour: &str) -> f64 {
    let digits = |c: char| !c.is_ascii_digit() && c != '.';
    let parts: Vec<f64> =
        colour.split(digits).filter(|part| !part.is_empty()).map(|part| part.parse().unwrap()).collect();
    assert!(parts.len() == 3 || parts[3] == 1.0, "{colour} can be looked through");
    (parts[0] + parts[1] + parts[2]) / 3.0 / 255.0
}

/// The lightness of what text stands on and of the text.
async fn paper_and_ink(browser: &Browser) -> (f64, f64) {
    let body = browser.find("body").await;
    let paper = body.css_value("background-color").await.unwrap();
    let ink = browser.find("h1").await.css_value("color").await.unwrap();
    (lightness(&paper), lightness(&ink))
}

#[tokio::test]
async fn every_page_follows_the_system_into_the_dark() {
    let mut toolcrib = Toolcrib::with_catalogue().await;
    let browser = Browser::open(Reader::Desk).await;
    for page in PAGES.into_iter().chain(["503"]) {
        if page == "503" {
            toolcrib.hardware.kill();
        }
        browser.prefer("dark").await;
        browser.goto(&toolcrib.portal, if page == "503" { "/" } else { page }).await;
        let (paper, ink) = paper_and_ink(&browser).await;
        assert!(paper < 0.2 && ink > 0.7, "{page}: {paper} {ink}");
        browser.prefer("light").await;
        let (paper, ink) = paper_and_ink(&browser).await;
        assert!(paper > 0.8 && ink < 0.3, "{page}: {paper} {ink}");
    }
}
