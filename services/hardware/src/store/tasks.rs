//! Tasks, read.

use sqlx::FromRow;

use super::StoreError;
use crate::{
    db::{Conn, DbError, Statement, on_conn},
    domain::task::Task,
};

/// A task without a claim is not forced.
macro_rules! select {
    () => {
        "SELECT t.id, t.title, t.text, t.done, t.hardware_id, t.starts_at, t.ends_at, t.qty, t.version, t.created_at,
         t.updated_at, COALESCE(c.forced, 0) AS forced FROM task t LEFT JOIN claim c ON c.task_id = t.id WHERE "
    };
}
macro_rules! matching {
    () => {
        "t.id < ? AND (? IS NULL OR t.hardware_id = ?) AND (? IS NULL OR t.done = ?)"
    };
}

const LIST: Statement =
    Statement::both("tasks_list", concat!(select!(), matching!(), " ORDER BY t.id DESC LIMIT ?"));
const COUNT: Statement =
    Statement::both("tasks_count", concat!("SELECT COUNT(*) FROM task t WHERE ", matching!()));
const FIND: Statement = Statement::both("task_find", concat!(select!(), "t.id = ?")).quick();

pub(super) const STATEMENTS: &[&Statement] = &[&LIST, &COUNT, &FIND];

/// A task as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskItem {
    /// Given by the database.
    pub id: i64,
    /// What is to be done.
    pub task: Task,
    /// Whether its claim was let in above the capacity.
    pub forced: bool,
    /// Counts changes, from 1.
    pub version: i64,
    /// UTC epoch seconds.
    pub created_at: i64,
    /// UTC epoch seconds.
    pub updated_at: i64,
}

#[derive(Debug, FromRow)]
struct TaskRow {
    id: i64,
    title: String,
    text: String,
    done: i64,
    hardware_id: Option<i64>,
    starts_at: Option<i64>,
    ends_at: Option<i64>,
    qty: Option<i64>,
    version: i64,
    created_at: i64,
    updated_at: i64,
    forced: i64,
}

impl From<TaskRow> for TaskItem {
    fn from(row: TaskRow) -> Self {
        let task = Task {
            title: row.title,
            text: row.text,
            done: row.done != 0,
            hardware: row.hardware_id,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            qty: row.qty,
        };
        let TaskRow { id, version, created_at, updated_at, forced, .. } = row;
        Self { id, task, forced: forced != 0, version, created_at, updated_at }
    }
}

/// Which tasks to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// On this hardware.
    pub hardware: Option<i64>,
    /// Done, or still open.
    pub done: Option<bool>,
}

/// Binds every placeholder of `matching!`, in order.
macro_rules! bind_filter {
    ($query:expr, $before:expr, $filter:expr) => {{
        let (hardware, done) = ($filter.hardware, $filter.done.map(i64::from));
        $query.bind($before).bind(hardware).bind(hardware).bind(done).bind(done)
    }};
}

/// Up to `limit` tasks that match, the newest first, all older than the task `before`.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(
    conn: &mut Conn<'_>,
    filter: &TaskFilter,
    before: i64,
    limit: i64,
) -> Result<Vec<TaskItem>, DbError> {
    let rows = on_conn!(conn, LIST, |sql, c| async {
        let query = bind_filter!(sqlx::query_as::<_, TaskRow>(sql), before, filter);
        query.bind(limit).fetch_all(&mut **c).await
    })?;
    Ok(rows.into_iter().map(TaskItem::from).collect())
}

/// How many tasks match.
///
/// # Errors
/// The database cannot be reached.
pub async fn count(conn: &mut Conn<'_>, filter: &TaskFilter) -> Result<i64, DbError> {
    on_conn!(conn, COUNT, |sql, c| async {
        bind_filter!(sqlx::query_scalar::<_, i64>(sql), i64::MAX, filter).fetch_one(&mut **c).await
    })
}

/// The task with this id.
///
/// # Errors
/// [`StoreError::NotFound`], or the database cannot be reached.
pub async fn find(conn: &mut Conn<'_>, id: i64) -> Result<TaskItem, StoreError> {
    let row = on_conn!(conn, FIND, |sql, c| {
        sqlx::query_as::<_, TaskRow>(sql).bind(id).fetch_optional(&mut **c)
    })?;
    row.map(TaskItem::from).ok_or(StoreError::NotFound("task"))
}
