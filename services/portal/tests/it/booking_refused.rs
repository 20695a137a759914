//! `POST /reservations`: what does not fit, and what would.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::{
    booking::{FORM, booked, hardware, post},
    harness::{Portal, asked, hidden_field, mount_for, not_free},
};

#[tokio::test]
async fn what_does_not_fit_says_what_is_in_the_way_and_keeps_what_was_typed() {
    let page = post(&hardware(not_free(json!({}))).await, &[]).await;
    page.is(409)
        .has("<title>Error: Book HIL rig 3 – Toolcrib</title>")
        .has("<div class=\"errors\" role=\"alert\" aria-labelledby=\"err\" tabindex=\"-1\">")
        .has("Nothing was booked")
        .has("Only 3 units of HIL rig 3 can be had from Thu 11 Jun, 14:00 to 18:00, not 4. You can")
        .has("<a href=\"#units\">ask for 3 units or fewer</a>, or")
        .has("<a href=\"#starts_at\">choose another time</a>, or")
        .has("<a href=\"#alternatives\">take one of two times that fit</a></li>")
        .has("4 asked for, 3 free")
        .has("id=\"units\" name=\"qty\" type=\"number\" min=\"1\" max=\"1000000\" inputmode=\"numeric\" value=\"4\" required aria-invalid=\"true\" aria-describedby=\"units-e\"")
        .has("name=\"starts_at\" type=\"datetime-local\" value=\"2026-06-11T14:00\"")
        .has("name=\"user\" maxlength=\"200\" autocomplete=\"organization\" value=\"ada\"")
        .has("value=\"Camera drift, set 3\"")
        .has("Try again");
    page.has("What is in the way of HIL rig 3")
        .has("<a href=\"/reservations/4\">llm-eval</a>")
        .has(
            ">Wed 10 Jun, 09:00</time> to <time datetime=\"2026-06-12T08:00+02:00\">Fri 12 Jun, 08:00</time>",
        )
        .has("<a href=\"/reservations/5\">Booking 5</a>")
        .has("</svg>Maintenance</span>")
        .has("to no known end")
        .has("Taken at the busiest moment, of 10")
        .has("<b>7</b>")
        .lacks("9999");
    assert!(!page.headers.contains_key("set-cookie"), "nothing was written");
}

#[tokio::test]
async fn each_other_time_is_a_form_of_its_own_with_a_key_of_its_own() {
    let hardware = hardware(not_free(json!({}))).await;
    let portal = Portal::start(&hardware.uri()).await;
    let page = portal.post("/reservations", &FORM).await;
    page.has("<b><span class=\"vh\">Book </span><time datetime=\"2026-06-11T18:30+02:00\">Thu 11 Jun, 18:30</time></b><span>to <time datetime=\"2026-06-11T22:30+02:00\">22:30</time>, 4 hours 30 minutes later</span>")
        .has("2 days 10 hours later");
    let keys: Vec<_> = page
        .html
        .split("name=\"key\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let different: BTreeSet<_> = keys.iter().collect();
    assert_eq!((keys.len(), different.len()), (3, 3), "two times and the form");
    assert!(!keys.contains(&"k-1"), "a key that was refused is not used again");

    let second = page.html.split("class=\"alt\"").nth(1).unwrap();
    let field = |name: &str| hidden_field(second, "<form", name);
    assert_eq!(field("starts_at"), "2026-06-13T22:00:00Z");
    assert_eq!(field("ends_at"), "2026-06-14T02:00:00Z");
    let wish: Vec<(String, String)> =
        FORM.iter().map(|(name, _)| ((*name).to_owned(), field(name))).collect();
    let wish: Vec<_> = wish.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    hardware.reset().await;
    mount_for(&hardware, "POST", "/reservations", booked()).await;
    portal.post("/reservations", &wish).await.is(303);
    let sent: Value = asked(&hardware, "/reservations").await[0].body_json().unwrap();
    assert_eq!(sent["starts_at"], "2026-06-13T22:00:00Z");
    assert_eq!((&sent["user"], &sent["lines"][0]["qty"]), (&json!("ada"), &json!(4)));
}

#[tokio::test]
async fn without_another_time_that_is_said_and_nothing_is_offered() {
    let nothing = not_free(json!({ "alternatives": [], "free": 0, "claims": [], "blocked": [] }));
    post(&hardware(nothing).await, &[])
        .await
        .is(409)
        .has("No unit of HIL rig 3 is free from Thu 11 Jun, 14:00 to 18:00 without a break. No other time was found that fits. You can")
        .lacks("ask for")
        .lacks("id=\"alternatives\"")
        .lacks("class=\"alt\"");
}

#[tokio::test]
async fn more_than_there_are_is_told_as_that() {
    let few = not_free(json!({ "alternatives": [], "requested": 40, "free": 3 }));
    post(&hardware(few).await, &[("qty", "40")])
        .await
        .is(409)
        .has("40 units of HIL rig 3 were asked for, and there are only 10 in all.");
}

#[tokio::test]
async fn a_refusal_that_says_next_to_nothing_is_still_a_page() {
    let bare = ResponseTemplate::new(409)
        .set_body_raw("{\"type\":\"urn:toolcrib:problem:not-free\"}", "application/problem+json");
    post(&hardware(bare).await, &[]).await.is(409).has("Nothing was booked").has("value=\"ada\"");
}
