//! A person without JavaScript finds what they look for.

use fantoccini::Locator;

use crate::harness::{
    Toolcrib,
    browser::{Browser, Reader},
};

/// The background of the page as it is painted, such as `rgb(22, 20, 21)`.
async fn background(browser: &Browser) -> String {
    browser.find("body").await.css_value("background-color").await.unwrap()
}

async fn names(browser: &Browser) -> Vec<String> {
    let mut names = Vec::new();
    for link in browser.page.find_all(Locator::Css(".stock .name a")).await.unwrap() {
        names.push(link.text().await.unwrap());
    }
    names
}

/// Types a search and sends the form. On a phone the field is under "Search and filters".
async fn search(browser: &Browser, words: &str, reader: Reader) {
    if reader == Reader::PhoneWithoutScripts {
        browser.click("details.more > summary").await;
        browser.find("#q").await.send_keys(words).await.unwrap();
    } else {
        // The field is shown by CSS within a closed <details>, which the driver takes for hidden.
        browser.value("document.getElementById('q').focus()").await;
        let keys = serde_json::json!({ "text": words });
        browser.devtools("Input.insertText", keys).await;
    }
    browser.click(".find button").await;
    browser.arrives_at(&format!("q={words}")).await;
}

async fn searches_pages_and_opens(reader: Reader) {
    let toolcrib = Toolcrib::with_catalogue().await;
    let browser = Browser::open(reader).await;
    browser.goto(&toolcrib.portal, "/").await;
    assert!(browser.text(".count").await.contains("1,365 in the catalogue"));

    search(&browser, "xlarge", reader).await;
    let first = names(&browser).await;
    assert!(first.len() > 10 && first.iter().all(|name| name.contains("xlarge")), "{first:?}");

    browser.click(".pager a[rel=next]").await;
    browser.arrives_at("cursor=").await;
    let second = names(&browser).await;
    assert!(!second.is_empty() && second.iter().all(|name| !first.contains(name)), "{second:?}");
    assert!(browser.text(".pager").await.starts_with("Rows 51 to 100 of "));

    browser.click(".stock .name a").await;
    browser.arrives_at("/hardware/").await;
    assert_eq!(browser.text("h1").await, second[0]);
    assert_eq!(browser.value("document.scripts.length").await, 0);
}

#[tokio::test]
async fn at_a_desk_a_person_searches_pages_forward_and_opens_an_item() {
    searches_pages_and_opens(Reader::DeskWithoutScripts).await;
}

#[tokio::test]
async fn on_a_phone_a_person_searches_pages_forward_and_opens_an_item() {
    searches_pages_and_opens(Reader::PhoneWithoutScripts).await;
}

#[tokio::test]
async fn a_theme_that_was_chosen_stays_on_the_next_page() {
    let toolcrib = Toolcrib::start().await;
    let browser = Browser::open(Reader::DeskWithoutScripts).await;
    browser.prefer("light").await;
    browser.goto(&toolcrib.portal, "/?q=c5").await;
    let light = background(&browser).await;
    browser.click("button[name=theme][value=dark]").await;
    crate::harness::wait::until("the dark page", async || {
        browser.page.find(Locator::Css("html[data-theme=dark]")).await.ok()
    })
    .await;
    assert_eq!(browser.address().await, "/?q=c5");
    let dark = background(&browser).await;
    assert_ne!(dark, light);

    browser.click(".stock .name a").await;
    browser.arrives_at("/hardware/").await;
    assert_eq!(background(&browser).await, dark);
    browser.goto(&toolcrib.portal, "/nowhere").await;
    assert_eq!(background(&browser).await, dark);
    assert_eq!(browser.find("button[value=dark]").await.attr("aria-pressed").await.unwrap().unwrap(), "true");
}
