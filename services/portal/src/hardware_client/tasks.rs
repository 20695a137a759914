//! The calls about tasks.

use chrono::{DateTime, Utc};
use poem::http::{HeaderMap, Method};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Failure, HardwareClient,
    bookings::{keyed, paging},
    read_json,
};
use crate::links;

/// One task, as far as the portal shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct Task {
    /// Its number.
    pub id: i64,
    /// What, in a few words.
    pub title: String,
    /// What, in full.
    pub text: String,
    /// Whether it is done.
    pub done: bool,
    /// On which hardware.
    pub hardware: Option<i64>,
    /// From when.
    pub starts_at: Option<DateTime<Utc>>,
    /// Until when; with a start and without this: until it is done.
    pub ends_at: Option<DateTime<Utc>>,
    /// Units out of service while it is open.
    pub qty: Option<u64>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

/// Which tasks to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TasksQuery {
    /// Only those that are done, or only those that are not.
    pub done: Option<bool>,
    /// Rows at most.
    pub limit: u32,
    /// Where the page before this one ended; empty: the first page.
    pub cursor: String,
}

impl TasksQuery {
    /// The query string that asks this.
    #[must_use]
    pub fn to_query(&self) -> String {
        let done = self.done.map(|done| done.to_string()).unwrap_or_default();
        links::query_string(&[("done", &done), ("limit", &self.limit.to_string()), ("cursor", &self.cursor)])
    }
}

/// One page of tasks.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    /// The newest first.
    pub rows: Vec<Task>,
    /// Tasks that match on all pages; `None` where the service did not say.
    pub total: Option<u64>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<String>,
}

/// A task to add. Times as typed: wall clock is read in `tz` by the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NewTask {
    /// What, in a few words.
    pub title: String,
    /// What, in full.
    pub text: String,
    /// On which hardware.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hardware: Option<i64>,
    /// From when.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub starts_at: String,
    /// Until when; empty: until it is done.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ends_at: String,
    /// IANA name of the zone of times without an offset; `None` where there are no times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tz: Option<&'static str>,
    /// Units out of service while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qty: Option<u64>,
}

/// How to add it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adding<'a> {
    /// The same key adds once, however often it is sent; empty: each time.
    pub key: &'a str,
    /// Take units out of service also where they are booked.
    pub force: bool,
}

impl HardwareClient {
    /// One page of tasks.
    ///
    /// # Errors
    /// As [`Failure`] sorts them.
    pub async fn tasks(&self, query: &TasksQuery, headers: HeaderMap) -> Result<Tasks, Failure> {
        let answer = self.get("tasks", &query.to_query(), headers).await?;
        let (total, next) = paging(&answer);
        Ok(Tasks { total, next, rows: read_json(answer).await? })
    }

    /// One task.
    ///
    /// # Errors
    /// As [`Failure`] sorts them; [`Failure::NotFound`] for a number that there is not.
    pub async fn task(&self, id: i64, headers: HeaderMap) -> Result<Task, Failure> {
        read_json(self.get(&format!("tasks/{id}"), "", headers).await?).await
    }

    /// Adds a task.
    ///
    /// # Errors
    /// As [`Failure`] sorts them; [`Failure::NotFree`] where its units are booked, and [`Failure::Unknown`] where it may
    /// have been added.
    pub async fn add_task(
        &self,
        task: &NewTask,
        how: Adding<'_>,
        headers: HeaderMap,
    ) -> Result<Task, Failure> {
        let headers = if how.key.is_empty() { headers } else { keyed(headers, how.key)? };
        let path = if how.force { "tasks?force=true" } else { "tasks" };
        self.write(Method::POST, path, Some(task), headers).await
    }

    /// Ticks a task, or takes its tick away.
    ///
    /// # Errors
    /// As [`Failure`] sorts them; [`Failure::NotFree`] where maintenance begins again and its units are booked.
    pub async fn tick_task(&self, id: i64, done: bool, headers: HeaderMap) -> Result<Task, Failure> {
        self.write(Method::PATCH, &format!("tasks/{id}"), Some(&json!({ "done": done })), headers).await
    }
}
