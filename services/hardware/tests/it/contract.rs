//! The committed contract: `openapi.json`.

use std::{collections::BTreeSet, path::Path, process::Command};

use serde_json::Value;

/// `make openapi` writes it anew; then look at the difference: additive changes only.
#[test]
fn the_committed_document_is_what_the_binary_prints() {
    let printed = Command::new(env!("CARGO_BIN_EXE_hardware")).arg("openapi").output().unwrap();
    assert!(printed.status.success());
    let committed =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json")).unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert!(
        printed == committed,
        "openapi.json is not what the code says: run `make openapi` and look at the difference"
    );
}

pub fn document() -> Value {
    serde_json::from_str(include_str!("../../openapi.json")).unwrap()
}

#[test]
fn every_operation_has_an_id_a_summary_a_tag_and_a_problem_answer() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no id"));
            assert!(ids.insert(id.to_owned()), "{id} is there twice");
            assert!(operation["summary"].is_string(), "{id} has no summary");
            let tag = &operation["tags"][0];
            assert!(
                document["tags"].as_array().unwrap().iter().any(|known| known["name"] == *tag),
                "{id}: {tag}"
            );
            let problem =
                &operation["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(problem, "#/components/schemas/Problem", "{id}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_json_has_its_plain_media_type() {
    let document = document();
    let text = document.to_string();
    assert!(!text.contains("charset"), "a media type with a charset breaks client generators");
    for reference in text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
}

#[test]
fn optional_parameters_are_not_required() {
    let document = document();
    for parameter in document["paths"]["/hardware"]["get"]["parameters"].as_array().unwrap() {
        assert_ne!(parameter["required"], true, "{}", parameter["name"]);
        assert!(parameter["description"].is_string(), "{}", parameter["name"]);
    }
}
