//! `GET /`.

use serde_json::json;
use wiremock::ResponseTemplate;

use crate::harness::{Portal, asked, hardware, listing, problem, query, row, sample};

#[tokio::test]
async fn the_catalogue_shows_what_is_free_with_word_shape_and_bar() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let page = Portal::start(&hardware.uri()).await.get("/").await;
    page.is(200)
        .has("<title>What is free? – Toolcrib</title>")
        .has("<b>2</b> in the catalogue")
        .has("<th scope=\"rowgroup\" colspan=\"6\">Amazon<span>1 in all</span></th>")
        .has("<a href=\"/hardware/1\">c5</a>")
        .has("<span class=\"pill lv-MEDIUM\"><svg aria-hidden=\"true\"><use href=\"#lv-MEDIUM\"/></svg>MEDIUM</span>")
        .has("<path class=\"left\" d=\"M0 .5H2\" stroke-dasharray=\"0.92 0.08\"/>")
        .has("free <b>2</b> of 4")
        .has("<span class=\"soft\">from <time datetime=\"2026-06-11T13:42+02:00\">13:42</time></span>")
        .has("H16mr")
        .has("Times in Europe/Berlin (UTC+02:00)")
        .has("<a class=\"btn tiny\" href=\"/hardware/1#book\">Book<span class=\"vh\"> c5</span></a>")
        .lacks("rel=\"next\"");
}

#[tokio::test]
async fn each_row_leads_to_its_booking_form_with_a_window_that_fits() {
    let used = "/hardware?from=2026-06-11T12:00:00Z&to=2026-06-11T16:00:00Z";
    let rows = [
        row(1, "Lab", "now", json!({})),
        row(2, "Lab", "later", json!({ "fits": false, "next_free_at": "2026-06-12T06:00:07Z" })),
        row(
            3,
            "Lab",
            "never",
            json!({ "availability": "NONE", "free": 0, "fits": false, "next_free_at": null }),
        ),
    ];
    let hardware = hardware(listing(&rows, 3).insert_header("content-location", used)).await;
    let page = Portal::start(&hardware.uri())
        .await
        .get("/?from=2026-06-11T14:00&to=2026-06-11T18:00&qty=2&q=x")
        .await;
    // A form has no seconds: the next full minute is free as well.
    page.is(200)
        .has("href=\"/hardware/1?from=2026-06-11T14:00&amp;to=2026-06-11T18:00&amp;qty=2#book\">Book<")
        .has("<a class=\"btn tiny later\" href=\"/hardware/2?from=2026-06-12T08:01&amp;to=2026-06-12T12:01&amp;qty=2#book\">Book then<span class=\"vh\">: later, Fri 12 Jun, 08:01</span></a>")
        .has("href=\"/hardware/3?from=2026-06-11T14:00&amp;to=2026-06-11T18:00&amp;qty=2\">See why<span class=\"vh\">: never</span>");
}

#[tokio::test]
async fn without_a_window_the_service_chooses_and_its_choice_is_shown() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let page = Portal::start(&hardware.uri()).await.get("/").await;
    assert_eq!(query(&hardware, "/hardware").await, "limit=50");
    page.has("<time datetime=\"2026-06-11T13:42+02:00\">Thu 11 Jun 2026, 13:42</time> to <time datetime=\"2026-06-11T14:42+02:00\">14:42</time>, 1 hour, at least 1 unit")
        .has("value=\"2026-06-11T13:42\"")
        .has("<a href=\"/\" aria-current=\"true\">Next hour</a>")
        .has("<a href=\"/?from=2026-06-11T14:00&amp;to=2026-06-11T18:00&amp;free_only=true\">This afternoon</a>");
}

#[tokio::test]
async fn everything_that_was_asked_reaches_the_service_and_stays_in_the_form() {
    let used = "/hardware?from=2026-06-11T12:00:00Z&to=2026-06-11T16:00:00Z";
    let hardware = hardware(listing(&sample(), 2).insert_header("content-location", used)).await;
    let portal = Portal::start(&hardware.uri()).await;
    let asked = "/?from=2026-06-11T14:00&to=2026-06-11T18:00&qty=2&q=gpu&provider=Lab+B2&category=h&location=bay+7&tag=net%3Defa&free_only=true&cursor=abc";
    let page = portal.get(asked).await;
    let meant = "from=2026-06-11T12:00:00Z&to=2026-06-11T16:00:00Z&qty=2&q=gpu&provider=Lab+B2&category=h&location=bay+7&tag=net%3Defa&free_only=true&limit=50&cursor=abc";
    assert_eq!(query(&hardware, "/hardware").await, meant);
    page.is(200)
        .has("value=\"2026-06-11T14:00\"")
        .has("4 hours, at least 2 units")
        .has("name=\"q\" type=\"search\" value=\"gpu\"")
        .has("<option selected>Lab B2</option>")
        .has("<option selected>h</option>")
        .has("<option selected>bay 7</option>")
        .has("value=\"true\" checked")
        .has("<input type=\"hidden\" name=\"tag\" value=\"net=efa\">")
        .has("Search and filters, 6 set")
        .has("<a href=\"/hardware/1?from=2026-06-11T14:00&amp;to=2026-06-11T18:00&amp;qty=2\">c5</a>");
}

#[tokio::test]
async fn each_filter_has_a_chip_that_takes_it_off() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let page = Portal::start(&hardware.uri()).await.get("/?q=gpu&provider=Azure&free_only=true").await;
    page.has("<a class=\"chip\" href=\"/?provider=Azure&amp;free_only=true\"><span>search: gpu</span>")
        .has("<a class=\"chip\" href=\"/?q=gpu&amp;free_only=true\"><span>provider: Azure</span>")
        .has("<a class=\"chip\" href=\"/?q=gpu&amp;provider=Azure\"><span>only what fits</span>");
}

#[tokio::test]
async fn the_next_page_keeps_the_search_and_the_window_that_the_service_used() {
    let link =
        "</hardware?from=2026-06-11T11:42:07Z&to=2026-06-11T12:42:07Z&limit=50&cursor=a%2Bb>; rel=\"next\"";
    let list = listing(&sample(), 1363).insert_header("link", link);
    let hardware = hardware(list).await;
    let portal = Portal::start(&hardware.uri()).await;
    let first = portal.get("/?q=c").await;
    let next = "/?from=2026-06-11T11:42:07Z&amp;to=2026-06-11T12:42:07Z&amp;q=c&amp;cursor=a%2Bb&amp;seen=2";
    first
        .has(&format!("<a class=\"btn\" rel=\"next\" href=\"{next}\">Next 50 "))
        .has("Rows 1 to 2 of 1,363")
        .lacks("First page");

    let second = portal.get(&next.replace("&amp;", "&")).await;
    second
        .has("Rows 3 to 4 of 1,363")
        .has("<a class=\"btn\" href=\"/?from=2026-06-11T11:42:07Z&amp;to=2026-06-11T12:42:07Z&amp;q=c\">First page</a>");
    let again = asked(&hardware, "/hardware").await;
    assert_eq!(
        again[1].url.query().unwrap(),
        "from=2026-06-11T11:42:07Z&to=2026-06-11T12:42:07Z&q=c&limit=50&cursor=a%2Bb"
    );
}

#[tokio::test]
async fn next_free_is_told_in_words() {
    let rows = [
        row(1, "Lab", "today", json!({ "next_free_at": "2026-06-11T14:30:00Z", "fits": false })),
        row(2, "Lab", "in january", json!({ "next_free_at": "2027-01-15T07:00:00Z", "fits": false })),
        row(
            3,
            "Lab",
            "never",
            json!({ "availability": "NONE", "free": 0, "fits": false, "next_free_at": null }),
        ),
    ];
    let hardware = hardware(listing(&rows, 3)).await;
    let page = Portal::start(&hardware.uri()).await.get("/").await;
    page.has(">Thu 11 Jun, 16:30</time>")
        .has(">Fri 15 Jan 2027, 08:00</time>")
        .has("<span>not in 90 days</span>");
}

#[tokio::test]
async fn overbooking_is_told_and_a_capacity_of_nothing_has_no_bar() {
    let rows = [
        row(1, "Lab", "over", json!({ "availability": "NONE", "free": 0, "overcommitted": 1 })),
        row(2, "Lab", "nothing", json!({ "availability": "NONE", "free": 0, "capacity": 0 })),
        row(3, "Lab", "much", json!({ "free": 1200, "capacity": 4000 })),
    ];
    let hardware = hardware(listing(&rows, 3)).await;
    let page = Portal::start(&hardware.uri()).await.get("/").await;
    page.has("overbooked by 1").has("free <b>0</b> of 0").has("free <b>1,200</b> of 4,000").lacks("0 0 0 1");
}

#[tokio::test]
async fn an_empty_catalogue_says_how_to_fill_it() {
    let hardware = hardware(listing(&[], 0)).await;
    let page = Portal::start(&hardware.uri()).await.get("/").await;
    page.is(200).has("The catalogue is empty").has("hardware import hardware FILE.csv");
}

#[tokio::test]
async fn nothing_found_says_which_filter_to_loosen() {
    let hardware = hardware(listing(&[], 0)).await;
    let page = Portal::start(&hardware.uri()).await.get("/?q=zzz&free_only=true").await;
    page.is(200)
        .has("Nothing matches")
        .has("<a href=\"/?free_only=true\">Without the search for “zzz”</a>")
        .has("<a href=\"/?q=zzz\">Also show what does not fit</a>")
        .has("<a href=\"/\">Without any filter</a>")
        .lacks("The catalogue is empty");
}

#[tokio::test]
async fn a_window_that_ends_before_it_begins_is_told_above_its_field_and_nobody_is_asked() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let page =
        Portal::start(&hardware.uri()).await.get("/?from=2026-06-11T14:00&to=2026-06-11T13:00&q=gpu").await;
    page.is(422)
        .has("<title>Error: What is free? – Toolcrib</title>")
        .has("role=\"alert\"")
        .has("<a href=\"#to\">To must be after From</a>")
        .has("id=\"to-e\"")
        .has("value=\"2026-06-11T13:00\" required aria-invalid=\"true\" aria-describedby=\"to-e\"")
        .has("value=\"gpu\"")
        .has("<option>Azure</option>")
        .lacks("class=\"stock\"");
    assert!(asked(&hardware, "/hardware").await.is_empty());
}

#[tokio::test]
async fn what_is_no_number_and_no_time_is_400_and_stays_as_typed() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let page = Portal::start(&hardware.uri()).await.get("/?from=soon&to=2026-06-11T13:00&qty=many").await;
    page.is(400)
        .has("type=\"text\" value=\"soon\"")
        .has("type=\"text\" min=\"1\" max=\"1000000\" inputmode=\"numeric\" value=\"many\"")
        .has("<a href=\"#qty\">Units must be a whole number, such as 1</a>");
}

#[tokio::test]
async fn an_hour_that_the_clocks_skip_is_told() {
    let hardware = hardware(listing(&sample(), 2)).await;
    let page = Portal::start(&hardware.uri()).await.get("/?from=2027-03-28T02:30&to=2027-03-28T09:00").await;
    page.is(422).has("From does not exist in Europe/Berlin: the clocks go forward over it");
}

#[tokio::test]
async fn what_the_service_refuses_is_told_in_its_words_with_its_status() {
    let refusal = problem(422, &[("to", "is more than 10 years ahead")]);
    let hardware = hardware(refusal).await;
    let page = Portal::start(&hardware.uri()).await.get("/?from=2026-06-11T14:00&to=2096-06-11T14:00").await;
    page.is(422).has("<a href=\"#to\">To: is more than 10 years ahead</a>").has("value=\"2096-06-11T14:00\"");
}

#[tokio::test]
async fn a_cursor_that_no_longer_fits_leads_to_the_first_page() {
    let hardware = hardware(problem(400, &[("cursor", "belongs to another search")])).await;
    let page = Portal::start(&hardware.uri()).await.get("/?q=gpu&cursor=old").await;
    page.is(400).has("<a href=\"/?q=gpu\">This page of the list no longer goes with the search: begin at the first page</a>");
}

#[tokio::test]
async fn without_its_facets_the_page_is_there_with_fewer_choices() {
    let server = wiremock::MockServer::start().await;
    crate::harness::mount(&server, "/hardware", listing(&sample(), 2)).await;
    crate::harness::mount(&server, "/hardware/facets", ResponseTemplate::new(500)).await;
    let page = Portal::start(&server.uri()).await.get("/?provider=Azure").await;
    page.is(200).has("H16mr").has("<option selected>Azure</option>").has("<b>2</b> match");
}

#[tokio::test]
async fn without_the_headers_of_the_contract_the_rows_are_still_shown() {
    let hardware = hardware(ResponseTemplate::new(200).set_body_json(sample())).await;
    let page = Portal::start(&hardware.uri()).await.get("/").await;
    page.is(200).has("<b>2</b> shown").has("Thu 11 Jun 2026, 13:42");
}
