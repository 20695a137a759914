//! The OpenAPI document: what poem-openapi makes of the handlers, made true for what the stack around them adds.

mod examples;

use poem_openapi::{OpenApiService, registry::Registry};
use serde_json::{Map, Value, json};

use crate::api::{
    Shared,
    availability::AvailabilityApi,
    customer::CustomerApi,
    diagnostics::{self, DiagnosticsApi},
    events::EventsApi,
    hardware::HardwareApi,
    refusal::NotFreeView,
    reservations::ReservationsApi,
    tasks::TasksApi,
};

/// The handlers of the API.
pub type Api =
    (HardwareApi, AvailabilityApi, ReservationsApi, TasksApi, EventsApi, CustomerApi, DiagnosticsApi);

/// The schemas of requests.
const BODIES: [&str; 9] = [
    "NewHardware",
    "HardwareChanges",
    "NewReservation",
    "NewLine",
    "Repeat",
    "ReservationChanges",
    "Return",
    "NewTask",
    "TaskChanges",
];
/// The answers of operations that claim units.
const CLAIMING: [&str; 5] = [
    "/paths/~1reservations/post/responses",
    "/paths/~1reservations~1{id}/patch/responses",
    "/paths/~1reservations~1{id}~1checkout/post/responses",
    "/paths/~1tasks/post/responses",
    "/paths/~1tasks~1{id}/patch/responses",
];
const TITLE: &str = "Toolcrib hardware";
const DESCRIPTION: &str = "What hardware is free, how much of it, and when. Intervals are half-open; times are RFC 3339, \
    and one without an offset is wall clock in `tz`. Errors are `application/problem+json` (RFC 9457).";

/// The service that answers the API's routes.
#[must_use]
pub fn service(context: Shared) -> OpenApiService<Api, ()> {
    let api = (
        HardwareApi { context: context.clone() },
        AvailabilityApi { context: context.clone() },
        ReservationsApi { context: context.clone() },
        TasksApi { context: context.clone() },
        EventsApi { context: context.clone() },
        CustomerApi { context: context.clone() },
        DiagnosticsApi { context },
    );
    OpenApiService::new(api, TITLE, env!("CARGO_PKG_VERSION")).description(DESCRIPTION)
}

/// The document as served. A test holds it against [`document`], so nobody waits for it to be made at each start.
pub const DOCUMENT: &str = include_str!("../openapi.json");

/// The document as committed: pretty, with a line break at its end.
#[must_use]
pub fn document(service: &OpenApiService<Api, ()>) -> String {
    let mut document: Value = serde_json::from_str(&service.spec()).unwrap_or_default();
    describe_problems(&mut document);
    describe_operations(&mut document);
    describe_refusals(&mut document);
    diagnostics::describe(&mut document);
    examples::describe(&mut document);
    close_bodies(&mut document);
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// Swagger UI over [`DOCUMENT`]. poem-openapi writes a document of its own into the page; ours takes its place.
#[must_use]
pub fn page() -> String {
    let empty = OpenApiService::new((), TITLE, env!("CARGO_PKG_VERSION"));
    empty.swagger_ui_html().replacen(&empty.spec(), DOCUMENT, 1)
}

/// Whatever claims units can be refused with more than a sentence.
fn describe_refusals(document: &mut Value) {
    let mut registry = Registry::new();
    // Named in full: in scope, the trait's own `is_empty` would come before that of `str`.
    <NotFreeView as poem_openapi::types::Type>::register(&mut registry);
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else {
        return;
    };
    for (name, schema) in registry.schemas {
        schemas.entry(name).or_insert_with(|| serde_json::to_value(schema).unwrap_or_default());
    }
    schemas.insert("WrongState".to_owned(), wrong_state());
    let problem = json!({ "$ref": "#/components/schemas/Problem" });
    let with = |more: &str| json!({ "allOf": [problem, { "$ref": format!("#/components/schemas/{more}") }] });
    let schema = json!({ "anyOf": [with("NotFree"), with("WrongState")] });
    let refusal = json!({
        "description": "`urn:toolcrib:problem:not-free`: who is in the way, and when it would fit instead. \
            `urn:toolcrib:problem:wrong-state` has the `state` instead.",
        "content": { chassis::problem::PROBLEM_JSON: { "schema": schema } }
    });
    for pointer in CLAIMING {
        if let Some(responses) = document.pointer_mut(pointer).and_then(Value::as_object_mut) {
            responses.insert("409".to_owned(), refusal.clone());
        }
    }
}

/// What a problem of the kind `wrong-state` has besides.
fn wrong_state() -> Value {
    json!({
        "type": "object",
        "description": "The state does not allow it.",
        "required": ["state"],
        "properties": { "state": { "type": "string", "description": "The state there is." } }
    })
}

/// Every operation can answer with a problem, whatever its handler.
fn describe_problems(document: &mut Value) {
    let problem = json!({
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "required": ["type", "title", "status"],
        "properties": {
            "type": { "type": "string", "description": "`about:blank`, or `urn:toolcrib:problem:<kind>`." },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "A sentence for people." },
            "errors": {
                "type": "array",
                "description": "What is wrong with single parameters or fields.",
                "items": { "$ref": "#/components/schemas/FieldError" }
            },
            "request_id": { "type": "string", "description": "As in the X-Request-Id header." }
        },
        "example": {
            "type": "about:blank", "title": "Unprocessable Entity", "status": 422,
            "detail": "to: is not after `from`",
            "errors": [{ "field": "to", "detail": "is not after `from`" }],
            "request_id": "0197d2c1a4b87c3e9f6a5b4c3d2e1f00"
        }
    });
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.insert("Problem".to_owned(), problem);
    }
}

fn describe_operations(document: &mut Value) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
            responses.insert("default".to_owned(), problem_response());
        }
    }
}

/// A field that a request's schema does not name is refused, not ignored.
fn close_bodies(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else {
        return;
    };
    for body in BODIES {
        if let Some(schema) = schemas.get_mut(body).and_then(Value::as_object_mut) {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
    }
}

fn problem_response() -> Value {
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    json!({
        "description": "What went wrong: 400 cannot be read, 404, 405, 409, 412, 413, 415, 422 impossible values, 429, 503.",
        "content": { chassis::problem::PROBLEM_JSON: { "schema": schema } }
    })
}

/// The methods that a path takes, for `Allow`: the document is the only list of them.
#[derive(Debug)]
pub struct Methods(Vec<(Vec<String>, String)>);

impl Methods {
    /// Reads them from [`document`].
    #[must_use]
    pub fn of(document: &str) -> Self {
        let document: Value = serde_json::from_str(document).unwrap_or_default();
        let paths = document.get("paths").and_then(Value::as_object).cloned().unwrap_or_default();
        Self(paths.into_iter().map(|(path, item)| (segments(&path), allow(&item))).collect())
    }

    /// `Allow` for a request's path.
    #[must_use]
    pub fn allowed(&self, path: &str) -> Option<&str> {
        let given = segments(path);
        let fits = |wanted: &[String]| {
            wanted.len() == given.len()
                && wanted.iter().zip(&given).all(|(w, g)| w.starts_with('{') || w == g)
        };
        // An exact path comes before one with a placeholder.
        let mut found: Vec<_> = self.0.iter().filter(|(wanted, _)| fits(wanted)).collect();
        found.sort_by_key(|(wanted, _)| wanted.iter().filter(|w| w.starts_with('{')).count());
        found.first().map(|(_, allow)| allow.as_str())
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
}

fn allow(item: &Value) -> String {
    let methods = item.as_object().into_iter().flat_map(Map::keys).map(|method| method.to_uppercase());
    let mut methods: Vec<_> = methods.collect();
    if methods.iter().any(|method| method == "GET") {
        methods.push("HEAD".to_owned());
    }
    methods.sort();
    methods.join(", ")
}
