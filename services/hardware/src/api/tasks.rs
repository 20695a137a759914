//! `/tasks`: what is to be done, and what it takes out of service.

mod bodies;

use chassis::json::{Json, JsonBytes};
use chrono::{DateTime, Utc};
use poem::http::{HeaderMap, Uri};
use poem_openapi::{
    ApiResponse, Object, OpenApi, Tags,
    param::{Header, Path, Query},
};
use serde::Serialize;

use self::bodies::{NewTask, TaskChanges};
use super::{
    ANONYMOUS, Shared,
    cursor::{self, Cursor},
    error::impossible,
    etag, idempotency,
    params::{Flag, Given, WholeNumber},
    reading::{cut, next_link, page_limit},
    views::time,
};
use crate::store::{
    Expected,
    act::Act,
    task_change,
    task_create::{self, Added, Order},
    tasks::{self, TaskFilter, TaskItem},
};

const PATH: &str = "/tasks";

#[derive(Tags)]
enum Tag {
    /// What is to be done, and what it takes out of service.
    Tasks,
}

/// A task.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "Task")]
pub struct TaskView {
    /// Given by the database.
    pub id: i64,
    /// What, in a few words.
    pub title: String,
    /// What, in full.
    pub text: String,
    /// Whether it is done.
    pub done: bool,
    /// On which hardware.
    #[oai(nullable)]
    pub hardware: Option<i64>,
    /// From when.
    #[oai(nullable)]
    pub starts_at: Option<DateTime<Utc>>,
    /// Until when, itself outside.
    #[oai(nullable)]
    pub ends_at: Option<DateTime<Utc>>,
    /// Units out of service while it is open.
    #[oai(nullable)]
    pub qty: Option<i64>,
    /// Whether it was let in over what is booked.
    pub forced: bool,
    /// Counts changes, from 1; the ETag.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
}

impl From<TaskItem> for TaskView {
    fn from(item: TaskItem) -> Self {
        let TaskItem { id, task, forced, version, created_at, updated_at } = item;
        Self {
            id,
            title: task.title,
            text: task.text,
            done: task.done,
            hardware: task.hardware,
            starts_at: task.starts_at.map(time),
            ends_at: task.ends_at.map(time),
            qty: task.qty,
            forced,
            version,
            created_at: time(created_at),
            updated_at: time(updated_at),
        }
    }
}

#[derive(ApiResponse)]
enum ListAnswer {
    /// The newest first; `[]` when nothing matches.
    #[oai(status = 200)]
    Ok(
        Json<Vec<TaskView>>,
        /// The next page, if there is one: `</tasks?cursor=...>; rel="next"`.
        #[oai(header = "Link")]
        Option<String>,
        /// How many match, on all pages.
        #[oai(header = "X-Total-Count")]
        i64,
    ),
}

#[derive(ApiResponse)]
enum CreateAnswer {
    /// It is on the list.
    #[oai(status = 201)]
    Created(
        JsonBytes<TaskView>,
        /// Where it is.
        #[oai(header = "Location")]
        String,
        /// Its version, for `If-Match`.
        #[oai(header = "ETag")]
        String,
        /// `true` where this answer was given before, under the same key.
        #[oai(header = "Idempotent-Replayed")]
        Option<String>,
    ),
}

#[derive(ApiResponse)]
enum TaskAnswer {
    /// The task.
    #[oai(status = 200)]
    Ok(
        Json<Box<TaskView>>,
        /// Its version, for `If-Match`.
        #[oai(header = "ETag")]
        String,
    ),
}

#[derive(ApiResponse)]
enum DeleteAnswer {
    /// It is gone, and so is what it took out of service.
    #[oai(status = 204)]
    Gone,
}

fn told(item: TaskItem) -> TaskAnswer {
    let etag = etag::of_version(item.version);
    TaskAnswer::Ok(Json(Box::new(item.into())), etag)
}

/// The answer to a task that was just added, as it is kept under its key.
fn added(item: &TaskItem) -> String {
    serde_json::to_string(&TaskView::from(item.clone())).unwrap_or_default()
}

/// The handlers of `/tasks`.
pub struct TasksApi {
    /// What they use.
    pub context: Shared,
}

#[OpenApi(tag = "Tag::Tasks")]
impl TasksApi {
    /// What is to be done?
    #[oai(path = "/tasks", method = "get", operation_id = "list_tasks")]
    async fn list_tasks(
        &self,
        /// Only those on this hardware.
        hardware: Query<Given<WholeNumber>>,
        /// Only those that are done, or only those that are not.
        done: Query<Given<Flag>>,
        /// Rows a page, 1 to 1,000; 100 if not given.
        limit: Query<Given<WholeNumber>>,
        /// Where to go on, from `Link`.
        cursor: Query<Option<String>>,
        uri: &Uri,
    ) -> poem::Result<ListAnswer> {
        let filter = TaskFilter { hardware: hardware.0.0.map(|n| n.0), done: done.0.0.map(|flag| flag.0) };
        let limit = page_limit(limit.0.0.map(|n| n.0)).map_err(|wrong| impossible(vec![wrong]))?;
        let fingerprint = cursor::fingerprint(&filter);
        let [before] = match cursor.0.filter(|text| !text.is_empty()) {
            Some(text) => Cursor::read(&text, fingerprint)?.at,
            None => [i64::MAX],
        };
        let mut lease = self.context.db.read().await?;
        let mut rows = tasks::list(&mut lease.conn(), &filter, before, limit + 1).await?;
        let more = cut(&mut rows, limit);
        let total = tasks::count(&mut lease.conn(), &filter).await?;
        let cursor = |last: &TaskItem| Cursor { at: [last.id], filter: fingerprint }.to_text();
        let next = rows.last().filter(|_| more).map(|last| next_link(PATH, uri, &cursor(last)));
        Ok(ListAnswer::Ok(Json(rows.into_iter().map(TaskView::from).collect()), next, total))
    }

    /// Add a task
    ///
    /// Maintenance is refused where its units are booked: a 409 that names the bookings. With `force` it is let in,
    /// and what is promised beyond what is left is shown everywhere. With an `Idempotency-Key` the same request can be
    /// sent again without adding a second task.
    #[oai(path = "/tasks", method = "post", operation_id = "create_task")]
    async fn create_task(
        &self,
        /// A name for this request, 1 to 200 printable characters, kept for two days.
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
        /// Take the units out of service even where they are booked.
        force: Query<Given<Flag>>,
        body: Json<NewTask>,
        headers: &HeaderMap,
    ) -> poem::Result<CreateAnswer> {
        let force = force.0.0.is_some_and(|flag| flag.0);
        let act = self.act(&Expected::Anything);
        let key = idempotency::key(headers, &body.0, act.present.now_s)?;
        let order = Order { force, key: key.as_ref(), answer: added };
        let (id, text, replayed) =
            match task_create::create(&self.context.db, &body.0.into(), &order, &act).await? {
                Added::New(item) => (item.id, added(&item), None),
                Added::Before { id, answer } => (id, answer, Some("true".to_owned())),
            };
        let body = JsonBytes::from_text(text);
        Ok(CreateAnswer::Created(body, format!("/tasks/{id}"), etag::of_version(1), replayed))
    }

    /// One task
    #[oai(path = "/tasks/:id", method = "get", operation_id = "get_task")]
    async fn get_task(&self, id: Path<WholeNumber>) -> poem::Result<TaskAnswer> {
        Ok(told(tasks::find(&mut self.context.db.read().await?.conn(), id.0.0).await?))
    }

    /// Change a task
    #[oai(path = "/tasks/:id", method = "patch", operation_id = "update_task")]
    async fn update_task(
        &self,
        id: Path<WholeNumber>,
        /// Take more units out of service even where they are booked.
        force: Query<Given<Flag>>,
        body: Json<TaskChanges>,
        headers: &HeaderMap,
    ) -> poem::Result<TaskAnswer> {
        let force = force.0.0.is_some_and(|flag| flag.0);
        let expected = etag::expected(headers)?;
        let act = self.act(&expected);
        Ok(told(task_change::update(&self.context.db, id.0.0, &body.0.into(), force, &act).await?))
    }

    /// Remove a task
    #[oai(path = "/tasks/:id", method = "delete", operation_id = "delete_task")]
    async fn delete_task(&self, id: Path<WholeNumber>, headers: &HeaderMap) -> poem::Result<DeleteAnswer> {
        let expected = etag::expected(headers)?;
        task_change::delete(&self.context.db, id.0.0, &self.act(&expected)).await?;
        Ok(DeleteAnswer::Gone)
    }
}

impl TasksApi {
    fn act<'a>(&self, expected: &'a Expected) -> Act<'a> {
        Act { present: self.context.present(), tz: self.context.tz, actor: ANONYMOUS, expected }
    }
}
