//! The hardware service away or hanging, as people see it in the portal. It comes back by itself.

use std::time::{Duration, Instant};

use crate::harness::{Answer, Service, Toolcrib, wait::until};

/// Within this time the portal says that it cannot reach the catalogue.
const PROMISED: Duration = Duration::from_secs(1);
/// The promise is about the service, not about a machine that is busy compiling: one look of several counts.
const LOOKS: usize = 5;

/// The page of `path` while the hardware service is away, which comes in time.
async fn told_in_time(portal: &Service, path: &str) -> Answer {
    let mut took = Vec::new();
    for _ in 0..LOOKS {
        let started = Instant::now();
        let answer = portal.get(path).await.is(503);
        took.push(started.elapsed());
        if started.elapsed() < PROMISED {
            return answer;
        }
    }
    panic!("{path} took {took:?}, never below {PROMISED:?}");
}

async fn portal_says_that_the_catalogue_is_away(portal: &Service) {
    for path in ["/", "/?q=c5", "/hardware/1", "/timeline"] {
        let page = told_in_time(portal, path).await;
        assert!(page.media_type().starts_with("text/html"), "{path}: {}", page.media_type());
        assert!(page.headers.contains_key("retry-after"), "{path}");
        page.has("<h1>We cannot reach the catalogue right now</h1>").has("Try again");
    }
    for path in ["/readyz", "/health", "/livez"] {
        portal.get(path).await.is(200);
    }
}

async fn portal_recovers(portal: &Service) {
    until("the portal to show the catalogue again", async || {
        let page = portal.get("/").await;
        (page.status == 200).then(|| page.has(">c5</a>"))
    })
    .await;
    portal.get("/hardware/1").await.is(200);
}

#[tokio::test]
async fn a_killed_hardware_service_is_a_readable_503_within_a_second_and_the_portal_recovers() {
    let mut toolcrib = Toolcrib::start().await;
    toolcrib.portal.get("/").await.is(200);
    toolcrib.hardware.kill();
    portal_says_that_the_catalogue_is_away(&toolcrib.portal).await;
    // What it last knew is shown, with its age.
    toolcrib.portal.get("/").await.is(503).has("The last answer we had").has("<b>c5</b>");
    toolcrib.hardware.start_again();
    portal_recovers(&toolcrib.portal).await;
}

#[tokio::test]
async fn a_hanging_hardware_service_is_a_readable_503_within_a_second_and_the_portal_recovers() {
    let toolcrib = Toolcrib::start().await;
    toolcrib.portal.get("/").await.is(200);
    toolcrib.hardware.signal("STOP");
    portal_says_that_the_catalogue_is_away(&toolcrib.portal).await;
    toolcrib.hardware.signal("CONT");
    portal_recovers(&toolcrib.portal).await;
}

#[tokio::test]
async fn a_portal_that_starts_first_waits_for_the_hardware_service() {
    let mut toolcrib = Toolcrib::start().await;
    toolcrib.hardware.kill();
    toolcrib.portal.kill();
    toolcrib.portal.start_again();
    toolcrib.portal.becomes_ready().await;
    told_in_time(&toolcrib.portal, "/").await.lacks("The last answer we had");
    toolcrib.hardware.start_again();
    portal_recovers(&toolcrib.portal).await;
}

#[tokio::test]
async fn what_was_answered_201_is_there_after_a_crash() {
    let mut toolcrib = Toolcrib::start().await;
    let id = toolcrib.add("Lab B2", "HIL rig 3").await;
    toolcrib.hardware.kill();
    toolcrib.hardware.start_again();
    toolcrib.hardware.becomes_ready().await;
    toolcrib.hardware.get(&format!("/hardware/{id}")).await.is(200).has("HIL rig 3");
}
