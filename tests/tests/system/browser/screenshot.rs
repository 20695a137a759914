//! The picture in the README: `cargo test -p system-tests -- --ignored screenshot`.

use std::fs;

use crate::harness::{
    Toolcrib,
    browser::{Browser, Reader},
    toolcrib::repository,
};

#[tokio::test]
#[ignore = "writes docs/portal.png"]
async fn of_the_demo_catalogue_for_the_readme() {
    let toolcrib = Toolcrib::start().await;
    toolcrib.import(&repository().join("examples/catalogue.csv")).await.ok();
    let browser = Browser::open(Reader::Desk).await;
    browser.prefer("light").await;
    browser.pose(1280, 900).await;
    browser.goto(&toolcrib.portal, "/").await;
    fs::write(repository().join("docs/portal.png"), browser.picture().await).unwrap();
}
