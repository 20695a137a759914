//! What the OpenAPI document says about diagnostics beyond their types: examples, and errors of their own.

use serde_json::{Value, json};

const MIRROR: &str = "/paths/~1api~1mirror/get";

/// Completes `document`.
pub fn describe(document: &mut Value) {
    let answers = [
        ("/paths/~1api~1health/get", json!({ "status": "ok" })),
        (MIRROR, json!({ "transformed": "47RAbOoF" })),
        ("/paths/~1api~1upload-random/post", json!({ "uploaded": "ok" })),
    ];
    for (operation, example) in answers {
        insert(document, &format!("{operation}/responses/200/content/application~1json"), "example", example);
    }
    insert(document, &format!("{MIRROR}/parameters/0"), "example", "fOoBar25".into());
    for (operation, status, description) in [
        (MIRROR, "400", "There is no `word`, or it is not UTF-8."),
        (MIRROR, "414", "The word is longer than 16 KiB."),
        ("/paths/~1api~1upload-random/post", "503", "The storage is away or refuses. Ask again later."),
    ] {
        insert(document, &format!("{operation}/responses"), status, problem(description));
    }
}

fn insert(document: &mut Value, pointer: &str, name: &str, value: Value) {
    if let Some(object) = document.pointer_mut(pointer).and_then(Value::as_object_mut) {
        object.insert(name.to_owned(), value);
    }
}

fn problem(description: &str) -> Value {
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    json!({
        "description": description,
        "content": { chassis::problem::PROBLEM_JSON: { "schema": schema } }
    })
}
