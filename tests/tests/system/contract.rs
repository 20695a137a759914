//! The contract as the running binaries keep it.

use std::fs;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Service, Settings, Toolcrib, toolcrib::repository};

/// Where the portal's own words may name a host: a namespace is a name, and nothing is fetched from it.
const NAMESPACE: &str = "http://www.w3.org/2000/svg";

fn committed() -> Value {
    let file = repository().join("services/hardware/openapi.json");
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// Every method and path of the document.
fn operations(document: &Value) -> Vec<(Method, String)> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            if let Ok(method) = method.to_ascii_uppercase().parse::<Method>() {
                found.push((method, path.clone()));
            }
        }
    }
    found
}

#[tokio::test]
async fn the_running_service_hands_out_the_committed_document() {
    let toolcrib = Toolcrib::start().await;
    let served = toolcrib.hardware.get("/openapi.json").await.is(200).json();
    assert_eq!(served, committed());
}

#[tokio::test]
async fn every_path_and_method_of_the_document_is_there() {
    // Only a known customer is greeted at `/`.
    let toolcrib = Toolcrib::start_with(Settings::default().with("CUSTOMER_NAME", "C")).await;
    let operations = operations(&committed());
    assert!(operations.len() >= 8, "{operations:?}");
    for (method, path) in operations {
        // One of its own for each, because one of the methods takes it away.
        let hardware = toolcrib.add("Lab B2", &format!("{method} {path}")).await;
        let id = match path.split('/').nth(1).unwrap() {
            "reservations" => created(&toolcrib, "/reservations", &booking(hardware)).await,
            "tasks" => created(&toolcrib, "/tasks", &maintenance(hardware)).await,
            _ => hardware,
        };
        let asked = path.replace("{id}", &id.to_string());
        assert!(!asked.contains('{'), "{path} has a parameter that this test does not know");
        let mut request = toolcrib.hardware.request(method.clone(), &asked);
        if matches!(method, Method::POST | Method::PATCH | Method::PUT) {
            request = request.json(&json!({}));
        }
        let answer = Answer::of(request).await.unwrap();
        let status = answer.status.as_u16();
        assert!(status < 500 && ![404, 405].contains(&status), "{method} {path}: {status} {}", answer.body);
    }
}

fn booking(hardware: i64) -> Value {
    json!({ "starts_at": "2030-01-07T09:00:00Z", "ends_at": "2030-01-07T10:00:00Z", "lines": [{ "hardware": hardware }] })
}

fn maintenance(hardware: i64) -> Value {
    json!({ "title": "Fan", "text": "It rattles.", "hardware": hardware, "starts_at": "2030-01-08T09:00:00Z", "qty": 1 })
}

async fn created(toolcrib: &Toolcrib, path: &str, body: &Value) -> i64 {
    toolcrib.hardware.post(path, body).await.is(201).json()["id"].as_i64().unwrap()
}

/// What an object has against its schema in the document: a required field that is missing, or a `null` that
/// the schema does not foresee.
fn against(document: &Value, schema: &str, object: &Value) -> Vec<String> {
    let schema = &document["components"]["schemas"][schema];
    let required = schema["required"].as_array().unwrap().iter().map(|field| field.as_str().unwrap());
    let missing = required.filter(|field| object.get(field).is_none()).map(|field| format!("no {field}"));
    let nulls =
        object.as_object().unwrap().iter().filter(|(field, value)| {
            value.is_null() && schema["properties"][field.as_str()]["nullable"] != true
        });
    missing.chain(nulls.map(|(field, _)| format!("null {field}"))).collect()
}

#[tokio::test]
async fn answers_have_the_fields_that_the_document_requires_and_null_only_where_it_says_so() {
    let toolcrib = Toolcrib::start().await;
    let document = committed();
    let agrees = |schema: &str, object: &Value| {
        assert_eq!(against(&document, schema, object), Vec::<String>::new(), "{schema}: {object}");
    };
    let bare = json!({ "provider": "Lab B2", "name": "HIL rig 3" });
    agrees("Hardware", &toolcrib.hardware.post("/hardware", &bare).await.is(201).json());
    agrees("Hardware", &toolcrib.hardware.get("/hardware/1").await.json());
    let full = json!({ "provider": "Lab B2", "name": "full", "capacity": 0 });
    toolcrib.hardware.post("/hardware", &full).await.is(201);
    for row in toolcrib.hardware.get("/hardware").await.json().as_array().unwrap() {
        agrees("HardwareListItem", row);
    }
    let csv = "provider,name,colour\nLab B2,good,red\nLab B2,,red\n";
    let upload =
        toolcrib.hardware.request(Method::POST, "/hardware/import").header("content-type", "text/csv");
    let report = Answer::of(upload.body(csv)).await.unwrap().is(200).json();
    agrees("ImportReport", &report);
    for row in report["rows"].as_array().unwrap() {
        agrees("ImportRow", row);
    }
}

#[tokio::test]
async fn bookings_tasks_events_and_refusals_have_what_the_document_requires() {
    let toolcrib = Toolcrib::start().await;
    let document = committed();
    let agrees = |schema: &str, object: &Value| {
        assert_eq!(against(&document, schema, object), Vec::<String>::new(), "{schema}: {object}");
    };
    let id = toolcrib.add("Lab B2", "HIL rig 3").await;
    let booked = toolcrib.hardware.post("/reservations", &booking(id)).await.is(201).json();
    agrees("Reservation", &booked);
    agrees("ReservationLine", &booked["lines"][0]);
    agrees("Reservation", &toolcrib.hardware.get("/reservations").await.json()[0]);
    agrees("Task", &toolcrib.hardware.post("/tasks", &maintenance(id)).await.is(201).json());
    agrees(
        "Task",
        &toolcrib.hardware.post("/tasks", &json!({ "title": "a", "text": "b" })).await.is(201).json(),
    );
    agrees("Event", &toolcrib.hardware.get("/events").await.json()[0]);
    let steps = toolcrib.hardware.get(&format!("/hardware/{id}/availability")).await.json();
    agrees("Availability", &steps);
    agrees("AvailabilityStep", &steps["steps"][0]);
    let refused = toolcrib.hardware.post("/reservations", &booking(id)).await.is(409).json();
    agrees("Problem", &refused);
    agrees("RefusedLine", &refused["lines"][0]);
    agrees("Blocked", &refused["lines"][0]["blocked"][0]);
    agrees("InTheWay", &refused["lines"][0]["claims"][0]);
    agrees("Alternative", &refused["alternatives"][0]);
}

/// Addresses in a text that lead to another host: `https://...`, and `//host` in an attribute or a `url(...)`.
fn other_hosts(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for mark in ["http://", "https://", "=\"//", "='//", "url(//", "@import"] {
        for (at, _) in text.match_indices(mark) {
            let rest: String = text[at..].chars().take_while(|c| !c.is_whitespace() && *c != '>').collect();
            if !rest.starts_with(NAMESPACE) {
                found.push(rest);
            }
        }
    }
    found
}

/// The stylesheet, icons and pages that a page links to on its own host.
fn linked(page: &str) -> Vec<String> {
    let starts = page.match_indices("href=\"/").map(|(at, text)| at + text.len() - 1);
    starts.map(|start| page[start..].split('"').next().unwrap().replace("&amp;", "&")).collect()
}

async fn names_no_other_host(portal: &Service, path: &str) -> Vec<String> {
    let page = portal.get(path).await;
    assert_eq!(other_hosts(&page.body), Vec::<String>::new(), "{path}");
    linked(&page.body)
}

#[tokio::test]
async fn nothing_that_the_portal_sends_names_another_host_and_every_link_leads_somewhere() {
    let toolcrib = Toolcrib::start().await;
    let mut links = Vec::new();
    for path in ["/", "/hardware/1", "/reservations", "/nowhere", "/?qty=x", "/?q=nothing+like+it"] {
        links.extend(names_no_other_host(&toolcrib.portal, path).await);
    }
    links.sort();
    links.dedup();
    assert!(links.iter().any(|link| link.ends_with(".css")), "{links:?}");
    // A page that asked for what is wrong offers to ask again.
    for link in links.iter().filter(|link| !link.contains("qty=x") && *link != "/nowhere") {
        toolcrib.portal.get(link).await.is(200);
        names_no_other_host(&toolcrib.portal, link).await;
    }
}
