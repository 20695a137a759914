//! What travels in: the bodies of requests.

use poem_openapi::{Object, types::MaybeUndefined};
use serde::{Deserialize, Serialize};

use crate::{api::params::Time, domain::task::TaskChanges as Changes};

/// A new task. With `hardware`, `starts_at` and `qty` it is maintenance: it takes units out of service.
#[derive(Clone, Debug, Object, Deserialize, Serialize)]
#[oai(rename = "NewTask", deny_unknown_fields)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct NewTask {
    /// 1 to 60 characters.
    #[oai(validator(min_length = 1, max_length = 60))]
    #[serde(default)]
    pub title: String,
    /// 1 to 10,000 characters.
    #[oai(validator(min_length = 1, max_length = 10000))]
    #[serde(default)]
    pub text: String,
    /// Whether it is done; false if not given.
    pub done: Option<bool>,
    /// On which hardware.
    pub hardware: Option<i64>,
    /// From when: RFC 3339, or without an offset wall clock in `tz`.
    pub starts_at: Option<Time>,
    /// Until when, itself outside; until it is done, if not given.
    pub ends_at: Option<Time>,
    /// The zone of times without an offset; the hardware's, if not given.
    pub tz: Option<String>,
    /// Units out of service, 1 to 1,000,000.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000000")))]
    pub qty: Option<i64>,
}

impl From<NewTask> for Changes {
    fn from(new: NewTask) -> Self {
        Self {
            title: Some(new.title),
            text: Some(new.text),
            done: new.done,
            hardware: Some(new.hardware),
            starts_at: Some(new.starts_at.map(|time| time.0)),
            ends_at: Some(new.ends_at.map(|time| time.0)),
            tz: new.tz,
            qty: Some(new.qty),
        }
    }
}

/// New values for some fields (RFC 7396): what is not named stays, `null` takes an optional value away.
#[derive(Clone, Debug, Object, Deserialize)]
#[oai(rename = "TaskChanges", deny_unknown_fields)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub struct TaskChanges {
    /// 1 to 60 characters.
    pub title: Option<String>,
    /// 1 to 10,000 characters.
    pub text: Option<String>,
    /// Whether it is done: what it took out of service is back then.
    pub done: Option<bool>,
    /// On which hardware.
    #[oai(nullable)]
    #[serde(default)]
    pub hardware: MaybeUndefined<i64>,
    /// From when.
    #[oai(nullable)]
    #[serde(default)]
    pub starts_at: MaybeUndefined<Time>,
    /// Until when.
    #[oai(nullable)]
    #[serde(default)]
    pub ends_at: MaybeUndefined<Time>,
    /// The zone of times without an offset; the hardware's, if not given.
    pub tz: Option<String>,
    /// Units out of service.
    #[oai(nullable)]
    #[serde(default)]
    pub qty: MaybeUndefined<i64>,
}

impl From<TaskChanges> for Changes {
    fn from(changes: TaskChanges) -> Self {
        Self {
            title: changes.title,
            text: changes.text,
            done: changes.done,
            hardware: given(changes.hardware),
            starts_at: given(changes.starts_at).map(|time| time.map(|time| time.0)),
            ends_at: given(changes.ends_at).map(|time| time.map(|time| time.0)),
            tz: changes.tz,
            qty: given(changes.qty),
        }
    }
}

/// What is not there changes nothing; `null` takes the value away.
fn given<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}
