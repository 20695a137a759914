//! The documentation's links lead somewhere, and its table of operations is the contract's.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::harness::toolcrib::repository;

/// README.md and every page below docs/.
fn pages() -> Vec<PathBuf> {
    let mut found = vec![repository().join("README.md")];
    let mut folders = vec![repository().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// A page without what stands in fences: code has brackets and hashes of its own.
fn prose(page: &Path) -> String {
    let text = fs::read_to_string(page).unwrap();
    let mut is_code = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// `target` of every `[text](target)`.
fn links(prose: &str) -> Vec<&str> {
    prose.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)).collect()
}

/// The anchors of a page's headings, as GitHub and GitLab make them.
fn anchors(page: &Path) -> BTreeSet<String> {
    let prose = prose(page);
    let headings =
        prose.lines().filter_map(|line| line.strip_prefix('#')).map(|line| line.trim_start_matches('#'));
    headings
        .map(|heading| {
            let kept = heading.trim().to_lowercase().replace(' ', "-");
            kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
        })
        .collect()
}

#[test]
fn every_link_leads_to_a_page_and_its_heading() {
    let (mut looked_at, mut broken) = (0, Vec::new());
    for page in pages() {
        for link in links(&prose(&page)).into_iter().filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let is_there = target.exists() && (anchor.is_empty() || anchors(&target).contains(anchor));
            if !is_there {
                broken.push(format!("{}: {link}", page.display()));
            }
            looked_at += 1;
        }
    }
    assert_eq!(broken, Vec::<String>::new());
    assert!(looked_at > 50, "{looked_at}");
}

/// The method and path that begin each row of a table.
fn told(page: &Path) -> BTreeSet<String> {
    let prose = prose(page);
    let cells = prose.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    cells.map(|(cell, _)| cell.to_owned()).filter(|cell| cell.contains(" /")).collect()
}

#[test]
fn the_table_of_operations_is_the_contracts() {
    let contract = fs::read_to_string(repository().join("services/hardware/openapi.json")).unwrap();
    let contract: Value = serde_json::from_str(&contract).unwrap();
    let mut operations = BTreeSet::new();
    for (path, item) in contract["paths"].as_object().unwrap() {
        operations.extend(
            item.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())),
        );
    }
    assert_eq!(told(&repository().join("docs/api.md")), operations);
}

/// Every tag of the contract has its page, where each of its paths is told.
#[test]
fn every_path_is_told_on_a_page_of_its_group() {
    let contract = fs::read_to_string(repository().join("services/hardware/openapi.json")).unwrap();
    let contract: Value = serde_json::from_str(&contract).unwrap();
    for (path, item) in contract["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let group = match operation["operationId"].as_str() {
                Some("get_availability" | "list_availability" | "next_availability") => {
                    "availability".to_owned()
                }
                _ => operation["tags"][0].as_str().unwrap().to_lowercase(),
            };
            let page = repository().join(format!("docs/api/{group}.md"));
            let row = format!("| {} | `{path}` |", method.to_uppercase());
            assert!(prose(&page).contains(&row), "{}: {row}", page.display());
        }
    }
}
