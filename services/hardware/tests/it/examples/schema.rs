//! As much of the schemas of OpenAPI 3.0 as the document uses. A keyword that is not known here fails, so that nothing
//! is taken for checked that is not. (The JSON Schema of crates knows no `nullable`.)

use serde_json::Value;

/// Keywords that say nothing about values, or that are looked at together with another one.
const SILENT: [&str; 7] =
    ["title", "description", "default", "example", "nullable", "additionalProperties", "format"];

/// What `value` has against `schema`, each with the place of it.
pub fn against(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    look(document, schema, value, "", &mut wrong);
    wrong
}

fn look(document: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    if value.is_null() && schema["nullable"] == true {
        return;
    }
    for (keyword, says) in schema.as_object().unwrap() {
        let is_right = match keyword.as_str() {
            "$ref" => {
                let name = says.as_str().unwrap().trim_start_matches('#');
                look(document, document.pointer(name).unwrap(), value, at, wrong);
                true
            }
            "allOf" => {
                says.as_array().unwrap().iter().for_each(|part| look(document, part, value, at, wrong));
                true
            }
            "properties" => {
                members(document, schema, value, at, wrong);
                true
            }
            "items" => {
                for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                    look(document, says, item, &format!("{at}[{i}]"), wrong);
                }
                true
            }
            "type" => is_of(says.as_str().unwrap(), schema, value),
            "enum" => says.as_array().unwrap().contains(value),
            "required" => {
                says.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "minimum" => value.as_f64() >= says.as_f64(),
            "maximum" => value.as_f64() <= says.as_f64(),
            "minLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 >= limit(says)),
            "maxLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 <= limit(says)),
            "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= limit(says)),
            "maxItems" => value.as_array().is_none_or(|items| items.len() as u64 <= limit(says)),
            silent if SILENT.contains(&silent) => true,
            unknown => panic!("`{unknown}` is not known here"),
        };
        if !is_right {
            wrong.push(format!("{at}: {keyword}: {value}"));
        }
    }
}

fn members(document: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    for (name, member) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(of) => look(document, of, member, &format!("{at}.{name}"), wrong),
            // An example has nothing that the document does not tell, also where clients must bear more.
            None => wrong.push(format!("{at}.{name}: unknown")),
        }
    }
}

fn limit(says: &Value) -> u64 {
    says.as_u64().unwrap()
}

fn is_of(kind: &str, schema: &Value, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "string" if schema["format"] == "date-time" => {
            value.as_str().is_some_and(|text| text.parse::<chrono::DateTime<chrono::Utc>>().is_ok())
        }
        "string" => value.is_string(),
        other => panic!("`{other}` is not known here"),
    }
}

#[test]
fn what_is_wrong_is_found() {
    use serde_json::json;
    let document = json!({ "s": { "type": "string", "maxLength": 2 } });
    let schema = json!({ "type": "object", "required": ["a"], "properties": {
        "a": { "$ref": "#/s" }, "b": { "type": "integer", "nullable": true, "minimum": 1 }, "t": { "type": "string", "format": "date-time" }
    } });
    let wrong = |value: Value| against(&document, &schema, &value);
    assert_eq!(wrong(json!({ "a": "éé", "b": null, "t": "2027-01-11T14:00:00Z" })), Vec::<String>::new());
    for bad in [
        json!([]),
        json!({}),
        json!({ "a": "xxx" }),
        json!({ "a": null }),
        json!({ "a": "x", "b": 0 }),
        json!({ "a": "x", "c": 1 }),
        json!({ "a": "x", "t": "2027" }),
    ] {
        assert!(!wrong(bad.clone()).is_empty(), "{bad}");
    }
}
