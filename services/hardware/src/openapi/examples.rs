//! Examples of the OpenAPI document: what Swagger UI shows and fills in. They are one story on the two sample rows, and
//! a test tells it to a running service: each request is accepted, each answer is exactly the one shown.
//!
//! They stand here and not at the types, because one type is the answer of many operations.

use serde_json::{Map, Value, json};

/// When the story happens.
const NOW: &str = "2026-06-11T12:00:00Z";
/// The columns of an export.
const COLUMNS: &str = "provider,name,capacity,buffer_s,tz,category,location,description,tags";

/// Gives every operation of `document` its examples.
pub fn describe(document: &mut Value) {
    insert(Some(repeat()), document.pointer_mut("/components/schemas/Repeat"));
    insert(Some(series()), document.pointer_mut("/components/schemas/BookedReservation"));
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
            insert(parameter_of(&id, name), Some(parameter));
        }
        insert(request_of(&id), operation.pointer_mut("/requestBody/content/application~1json"));
        for (status, response) in
            operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten()
        {
            let content = response.get_mut("content").and_then(Value::as_object_mut);
            let media = content.into_iter().flat_map(Map::values_mut).next();
            insert(answer_of(&id, status), media);
        }
    }
}

fn insert(example: Option<Value>, place: Option<&mut Value>) {
    if let (Some(example), Some(place)) = (example, place.and_then(Value::as_object_mut)) {
        place.insert("example".to_owned(), example);
    }
}

/// Swagger UI sends all of them together, so together they must find something: no filter has one that the sample rows
/// do not pass, and no key, which would make the second request a replay.
fn parameter_of(operation: &str, name: &str) -> Option<Value> {
    let example = match name {
        "from" => json!("2027-01-11T14:00:00Z"),
        "to" => json!("2027-01-11T18:00:00Z"),
        "tz" => json!("Europe/Berlin"),
        "id" | "hardware" => json!(1),
        "qty" => json!(2),
        "ids" => json!("1,2"),
        "user" => json!("ada"),
        "state" => json!("confirmed,out"),
        "done" => json!(false),
        "after" => json!(2),
        "limit" => json!(100),
        "duration" => json!("PT4H"),
        "count" => json!(2),
        "grain" => json!("hour"),
        _ => return None,
    };
    Some(match (operation, name) {
        // The story's task is on the other hardware.
        ("list_tasks", "hardware") => json!(2),
        ("next_availability", "hardware") => json!("1:3,2:1"),
        ("next_availability", "after") => json!("2027-01-11T14:00:00Z"),
        _ => example,
    })
}

fn request_of(operation: &str) -> Option<Value> {
    Some(match operation {
        "create_hardware" => json!({
            "provider": "Lab B2", "name": "Oscilloscope 7", "capacity": 2, "buffer_s": 1800, "tz": "Europe/Berlin",
            "category": "scope", "location": "Bench 3", "description": "With four probes.", "tags": ["bandwidth=1GHz"]
        }),
        "update_hardware" => json!({ "capacity": 5, "location": "eu-central-1" }),
        "create_reservation" => json!({
            "starts_at": "2027-01-11T14:00:00Z", "ends_at": "2027-01-11T16:00:00Z",
            "user": "ada", "purpose": "Camera drift", "lines": [{ "hardware": 1, "qty": 2 }]
        }),
        "update_reservation" => json!({ "ends_at": "2027-01-11T17:00:00Z" }),
        "return_reservation" => json!({ "lines": [{ "hardware": 1, "qty": 1 }] }),
        "create_task" => json!({
            "title": "Calibrate", "text": "Yearly, with the protocol in the drawer.", "hardware": 2,
            "starts_at": "2027-01-12T08:00:00Z", "ends_at": "2027-01-12T12:00:00Z", "qty": 1
        }),
        "update_task" => json!({ "done": true }),
        _ => return None,
    })
}

fn answer_of(operation: &str, status: &str) -> Option<Value> {
    Some(match (operation, status) {
        ("list_hardware", "200") => {
            json!([listed(1, "Amazon", "c5", 4, 2), listed(2, "Azure", "H16mr", 2, 2)])
        }
        ("create_hardware", "201") => scope(),
        ("get_hardware", "200") => c5(4, None, 1),
        ("update_hardware", "200") => c5(5, Some("eu-central-1"), 2),
        ("list_facets", "200") => json!({
            "providers": [{ "value": "Amazon", "count": 1 }, { "value": "Azure", "count": 1 }, { "value": "Lab B2", "count": 1 }],
            "categories": [{ "value": "scope", "count": 1 }],
            "locations": [{ "value": "Bench 3", "count": 1 }]
        }),
        ("import_hardware", "200") => json!({
            "dry_run": false, "created": 1, "updated": 0, "unchanged": 0, "failed": 0, "ignored_columns": [],
            "rows": [{ "line": 2, "provider": "Amazon", "name": "c5.large", "result": "created" }]
        }),
        ("export_hardware", "200") => {
            json!(format!("{COLUMNS}\nAmazon,c5,4,0,,,,,\nAzure,H16mr,2,0,,,,,\n"))
        }
        ("get_availability", "200") => json!({ "capacity": 4, "min_free": 2, "steps": [
            { "from": "2027-01-11T14:00:00Z", "to": "2027-01-11T16:00:00Z", "free": 2, "overcommitted": 0 },
            { "from": "2027-01-11T16:00:00Z", "to": "2027-01-11T18:00:00Z", "free": 4, "overcommitted": 0 }
        ] }),
        ("list_availability", "200") => json!([
            { "hardware": 1, "capacity": 4, "min_free": 2, "steps": [
                { "from": "2027-01-11T14:00:00Z", "to": "2027-01-11T16:00:00Z", "free": 2, "overcommitted": 0 },
                { "from": "2027-01-11T16:00:00Z", "to": "2027-01-11T18:00:00Z", "free": 4, "overcommitted": 0 }
            ] },
            { "hardware": 2, "capacity": 2, "min_free": 2, "steps": [
                { "from": "2027-01-11T14:00:00Z", "to": "2027-01-11T18:00:00Z", "free": 2, "overcommitted": 0 }
            ] }
        ]),
        ("next_availability", "200") => json!({ "starts": [
            { "starts_at": "2027-01-11T16:00:00Z", "ends_at": "2027-01-11T20:00:00Z" },
            { "starts_at": "2027-01-11T20:00:00Z", "ends_at": "2027-01-12T00:00:00Z" }
        ] }),
        ("create_reservation", "200") => reservation(0, "confirmed", 16, [0, 0], 1),
        ("create_reservation", "201") | ("get_reservation", "200") => {
            reservation(1, "confirmed", 16, [0, 0], 1)
        }
        ("list_reservations", "200") => json!([reservation(1, "confirmed", 16, [0, 0], 1)]),
        ("update_reservation", "200") => reservation(1, "confirmed", 17, [0, 0], 2),
        ("check_out_reservation", "200") => reservation(1, "out", 17, [2, 0], 3),
        ("return_reservation", "200") => reservation(1, "out", 17, [1, 1], 4),
        ("cancel_reservation", "200") => reservation(1, "cancelled", 16, [0, 0], 2),
        ("no_show_reservation", "200") => reservation(1, "no_show", 16, [0, 0], 2),
        ("create_task", "201") | ("get_task", "200") => task(false, 1),
        ("list_tasks", "200") => json!([task(false, 1)]),
        ("update_task", "200") => task(true, 2),
        ("list_events", "200") => json!([{
            "seq": 3, "at": NOW, "kind": "reservation.created", "actor": "anonymous", "subject": "reservation/1",
            "data": {
                "state": "confirmed", "starts_at": "2027-01-11T14:00:00Z", "ends_at": "2027-01-11T16:00:00Z",
                "user": "ada", "purpose": "Camera drift",
                "lines": [{ "hardware": 1, "qty": 2, "out": 0, "returned": 0 }], "series_id": null
            }
        }]),
        ("get_salutation", "200") => json!({ "response": "Moin!" }),
        _ => return None,
    })
}

fn listed(id: i64, provider: &str, name: &str, capacity: i64, free: i64) -> Value {
    let availability = if free == capacity { "HIGH" } else { "MEDIUM" };
    json!({
        "id": id, "provider": provider, "name": name, "availability": availability, "capacity": capacity,
        "free": free, "free_now": capacity, "fits": true, "next_free_at": "2027-01-11T14:00:00Z",
        "overcommitted": 0, "buffer_s": 0, "tz": null, "category": null, "location": null, "description": null,
        "tags": [], "version": 1
    })
}

fn c5(capacity: i64, location: Option<&str>, version: i64) -> Value {
    json!({
        "id": 1, "provider": "Amazon", "name": "c5", "capacity": capacity, "buffer_s": 0, "tz": null,
        "category": null, "location": location, "description": null, "tags": [], "version": version,
        "created_at": NOW, "updated_at": NOW
    })
}

fn scope() -> Value {
    json!({
        "id": 3, "provider": "Lab B2", "name": "Oscilloscope 7", "capacity": 2, "buffer_s": 1800, "tz": "Europe/Berlin",
        "category": "scope", "location": "Bench 3", "description": "With four probes.", "tags": ["bandwidth=1GHz"],
        "version": 1, "created_at": NOW, "updated_at": NOW
    })
}

/// Ada's two units of c5; `units` are those out and those returned.
fn reservation(id: i64, state: &str, ends_at_h: u8, units: [i64; 2], version: i64) -> Value {
    let [out, returned] = units;
    json!({
        "id": id, "state": state, "starts_at": "2027-01-11T14:00:00Z",
        "ends_at": format!("2027-01-11T{ends_at_h}:00:00Z"), "user": "ada", "purpose": "Camera drift",
        "at_risk": false, "overdue": false,
        "lines": [{ "hardware": 1, "provider": "Amazon", "name": "c5", "qty": 2, "out": out, "returned": returned }],
        "series_id": null, "version": version, "created_at": NOW, "updated_at": NOW
    })
}

/// What makes a series of the booking.
fn repeat() -> Value {
    json!({ "every": "week", "until": "2027-02-01", "on_conflict": "skip" })
}

/// What is answered to that.
fn series() -> Value {
    let mut first = reservation(1, "confirmed", 16, [0, 0], 1);
    first["series_id"] = json!(1);
    first["created"] = json!([1, 2, 3, 4]);
    first["skipped"] = json!([]);
    first
}

fn task(done: bool, version: i64) -> Value {
    json!({
        "id": 1, "title": "Calibrate", "text": "Yearly, with the protocol in the drawer.", "done": done, "hardware": 2,
        "starts_at": "2027-01-12T08:00:00Z", "ends_at": "2027-01-12T12:00:00Z", "qty": 1, "forced": false,
        "version": version, "created_at": NOW, "updated_at": NOW
    })
}
