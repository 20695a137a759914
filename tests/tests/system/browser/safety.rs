//! Nothing runs that should not, and nobody else is asked for anything.

use crate::harness::{
    EVIL, Service, Toolcrib,
    browser::{Browser, Reader},
};

/// Complaints that are the test's own doing: a page that is meant to be an error.
fn is_about_the_status(complaint: &str) -> bool {
    complaint.contains("the server responded with a status of 4")
        || complaint.contains("the server responded with a status of 503")
}

async fn is_quiet_and_asks_only(browser: &Browser, service: &Service) {
    let complaints: Vec<_> =
        browser.console().await.into_iter().filter(|told| !is_about_the_status(told)).collect();
    assert!(complaints.is_empty(), "{complaints:?}");
    let requested = browser.requested().await;
    assert!(!requested.is_empty());
    for address in requested {
        let own = address.starts_with(&format!("{}/", service.url));
        assert!(own || address.starts_with("data:"), "{address} is somebody else's");
    }
}

#[tokio::test]
async fn a_script_in_a_name_does_not_run() {
    let toolcrib = Toolcrib::start().await;
    let id = toolcrib.add(EVIL, EVIL).await;
    let browser = Browser::open(Reader::Desk).await;
    for path in
        ["/".to_owned(), format!("/hardware/{id}"), "/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E".to_owned()]
    {
        browser.goto(&toolcrib.portal, &path).await;
        assert!(browser.page.get_alert_text().await.is_err(), "{path} alerts");
        let title = browser.page.title().await.unwrap();
        assert!(title.ends_with("Toolcrib") && !title.starts_with("pwned"), "{path}: {title}");
        assert_eq!(browser.value("document.scripts.length").await, 0, "{path}");
        is_quiet_and_asks_only(&browser, &toolcrib.portal).await;
    }
    browser.goto(&toolcrib.portal, &format!("/hardware/{id}")).await;
    assert_eq!(browser.text("h1").await, EVIL);
}

#[tokio::test]
async fn no_page_asks_another_host_or_breaks_the_content_security_policy() {
    let mut toolcrib = Toolcrib::with_catalogue().await;
    let browser = Browser::open(Reader::Desk).await;
    for path in ["/", "/hardware/1", "/nowhere", "/?qty=x"] {
        browser.goto(&toolcrib.portal, path).await;
        is_quiet_and_asks_only(&browser, &toolcrib.portal).await;
    }
    toolcrib.hardware.kill();
    browser.goto(&toolcrib.portal, "/").await;
    is_quiet_and_asks_only(&browser, &toolcrib.portal).await;
}

#[tokio::test]
async fn the_page_of_the_api_works_without_the_internet() {
    let toolcrib = Toolcrib::start().await;
    let browser = Browser::open(Reader::Desk).await;
    browser.goto(&toolcrib.hardware, "/docs").await;
    crate::harness::wait::until("the operations to be listed", async || {
        let shown = browser.value("document.querySelectorAll('.opblock').length").await;
        shown.as_u64().filter(|shown| *shown >= 8)
    })
    .await;
    is_quiet_and_asks_only(&browser, &toolcrib.hardware).await;
}
