//! Every version of every reservation that anybody was shown. An update that overwrites another shows: a version is
//! then told in two ways, or never.

use std::{collections::BTreeMap, sync::Mutex};

use serde_json::Value;

#[derive(Default)]
pub struct History(Mutex<Told>);

#[derive(Default)]
struct Told {
    versions: BTreeMap<(i64, i64), Value>,
    conflicts: Vec<String>,
}

fn number(reservation: &Value, member: &str) -> i64 {
    reservation[member].as_i64().unwrap()
}

/// Without what depends on the time at which one looks.
fn content(reservation: &Value) -> Value {
    let mut content = reservation.clone();
    content["at_risk"] = Value::Null;
    content["overdue"] = Value::Null;
    content
}

impl History {
    /// Takes down an answer.
    pub fn saw(&self, reservation: &Value) {
        let mut told = self.0.lock().unwrap();
        let version = (number(reservation, "id"), number(reservation, "version"));
        let content = content(reservation);
        let before = told.versions.entry(version).or_insert_with(|| content.clone()).clone();
        if before != content {
            told.conflicts.push(format!("one version, two contents: {before} and {content}"));
        }
    }

    /// What is wrong with it, when these reservations are there in the end and nobody lost an answer.
    pub fn differences(&self, reservations: &[Value]) -> Vec<String> {
        let told = self.0.lock().unwrap();
        let mut found = told.conflicts.clone();
        let mut ids: Vec<i64> = told.versions.keys().map(|(id, _)| *id).collect();
        ids.dedup();
        ids.retain(|id| !reservations.iter().any(|row| number(row, "id") == *id));
        found.extend(ids.iter().map(|id| format!("reservation {id} is gone")));
        for row in reservations {
            let (id, last) = (number(row, "id"), number(row, "version"));
            let missing = (1..=last).find(|version| !told.versions.contains_key(&(id, *version)));
            found.extend(missing.map(|version| format!("nobody was told version {version} of {row}")));
            let latest = told.versions.range((id, last)..(id + 1, 0)).next_back();
            if let Some((_, content_told)) = latest.filter(|(_, told)| **told != content(row)) {
                found.push(format!("the last that was told is {content_told}, there is {row}"));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn version(version: i64, purpose: &str) -> Value {
        json!({ "id": 9, "version": version, "purpose": purpose, "at_risk": false })
    }

    fn after(told: &[Value], there: &[Value]) -> usize {
        let history = History::default();
        told.iter().for_each(|told| history.saw(told));
        history.differences(there).len()
    }

    #[test]
    fn versions_told_one_by_one_or_twice_alike_are_right() {
        let (one, two) = (version(1, "a"), version(2, "b"));
        assert_eq!(after(&[one.clone(), two.clone(), two.clone()], &[two]), 0);
    }

    #[test]
    fn a_lost_update_is_found() {
        let told = [version(1, "a"), version(2, "b"), version(2, "c")];
        assert_eq!(after(&told, &[version(2, "c")]), 2);
    }

    #[test]
    fn a_version_that_nobody_was_told_is_found() {
        assert_eq!(after(&[version(1, "a"), version(3, "c")], &[version(3, "c")]), 1);
    }

    #[test]
    fn what_was_told_and_is_gone_or_older_or_changed_is_found() {
        let told = [version(1, "a"), version(2, "b")];
        assert_eq!(after(&told, &[]), 1);
        assert_eq!(after(&told, &[version(1, "a")]), 1);
        assert_eq!(after(&told, &[version(2, "x")]), 1);
    }
}
