//! `/events`: the audit log, to be followed.

use chassis::json::Json;
use chrono::{DateTime, Utc};
use poem_openapi::{Object, OpenApi, Tags, param::Query, types::Any};
use serde::Serialize;
use serde_json::Value;

use super::{
    Shared,
    error::impossible,
    params::{Given, WholeNumber},
    reading::page_limit,
    views::time,
};
use crate::store::events::{self, EventRow};

#[derive(Tags)]
enum Tag {
    /// Every change, in order.
    Events,
}

/// One change.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Event")]
pub struct EventView {
    /// Its number. Later changes have larger ones; some numbers are never used.
    pub seq: i64,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// What: `reservation.created` and the like.
    pub kind: String,
    /// Who made it.
    pub actor: String,
    /// To what: `reservation/9`.
    pub subject: String,
    /// What it was, or the members that changed as `{"from": ..., "to": ...}`.
    #[serde(serialize_with = "plain")]
    pub data: Any<Value>,
}

fn plain<S: serde::Serializer>(data: &Any<Value>, serializer: S) -> Result<S::Ok, S::Error> {
    data.0.serialize(serializer)
}

impl From<EventRow> for EventView {
    fn from(row: EventRow) -> Self {
        // What was written as JSON is read as JSON; a row made by hand may hold anything.
        let data = serde_json::from_str(&row.data).unwrap_or(Value::String(row.data));
        let EventRow { seq, at, kind, actor, subject, .. } = row;
        Self { seq, at: time(at), kind, actor, subject, data: Any(data) }
    }
}

/// The handlers of `/events`.
pub struct EventsApi {
    /// What they use.
    pub context: Shared,
}

#[OpenApi(tag = "Tag::Events")]
impl EventsApi {
    /// What has changed?
    ///
    /// Every change in order. Ask again with `after` set to the last `seq` you have: none is lost, and none comes
    /// twice. A change may be held back for some seconds while an earlier one is still being written.
    #[oai(path = "/events", method = "get", operation_id = "list_events")]
    async fn list_events(
        &self,
        /// Only what comes after this number; 0 if not given.
        after: Query<Given<WholeNumber>>,
        /// Changes a page, 1 to 1,000; 100 if not given.
        limit: Query<Given<WholeNumber>>,
    ) -> poem::Result<Json<Vec<EventView>>> {
        let limit = page_limit(limit.0.0.map(|n| n.0)).map_err(|wrong| impossible(vec![wrong]))?;
        let after = after.0.0.map_or(0, |n| n.0).max(0);
        let rows = events::after(&mut self.context.db.read().await?.conn(), after, limit).await?;
        Ok(Json(rows.into_iter().map(EventView::from).collect()))
    }
}
