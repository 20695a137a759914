//! A new task, once per idempotency key. Maintenance goes the way of every claim: the hardware's lock, the key, the
//! check, then the rows.

use super::{
    StoreError,
    act::Act,
    booking::explained,
    claim_change::{self, Owner},
    idempotency::{self, Key, Made},
    locks, retrying,
    task_change::{bind_fields, changed, claim_for, described, tell},
    tasks::TaskItem,
};
use crate::{
    db::{Conn, Db, Inserted, Statement, on_conn},
    domain::task::{Task, TaskChanges},
};

const INSERT: Statement = Statement::both(
    "task_insert",
    "INSERT INTO task (title, text, done, hardware_id, starts_at, ends_at, qty, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
);

pub(super) const STATEMENTS: &[&Statement] = &[&INSERT];

/// How a task is to be added.
#[derive(Clone, Copy, Debug)]
pub struct Order<'o> {
    /// Let maintenance in over what is booked, and mark it so.
    pub force: bool,
    /// Under which key, if any.
    pub key: Option<&'o Key>,
    /// The answer to keep under the key.
    pub answer: fn(&TaskItem) -> String,
}

/// What became of a new task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// It was added.
    New(TaskItem),
    /// It was added before under the same key.
    Before {
        /// The task's id; it may have been removed since.
        id: i64,
        /// What was answered then.
        answer: String,
    },
}

/// Adds a task.
///
/// # Errors
/// Impossible values, [`StoreError::Refused`] when its units are not free, or [`StoreError::KeyReused`].
pub async fn create(
    db: &Db,
    changes: &TaskChanges,
    order: &Order<'_>,
    act: &Act<'_>,
) -> Result<Added, StoreError> {
    explained(db, retrying(|| try_create(db, changes, order, act)).await).await
}

async fn try_create(
    db: &Db,
    changes: &TaskChanges,
    order: &Order<'_>,
    act: &Act<'_>,
) -> Result<Added, StoreError> {
    let mut tx = db.begin().await?;
    let conn = &mut tx.conn();
    // A to-do has nothing to lock: of two with one key the later one fails at `idempotency::insert`, and starts over.
    let stocks = locks::lock(conn, changes.hardware.flatten()).await?;
    if let Some(key) = order.key
        && let Some(kept) = idempotency::find(conn, key).await?
    {
        let id = kept.task_id.ok_or(StoreError::KeyReused)?;
        return Ok(Added::Before { id, answer: kept.answer });
    }
    let task = changed(&Task::blank(), changes, &stocks, act)?;
    let claim = claim_for(conn, &task, &[], &stocks, order.force, act.present).await?;
    let now_s = act.present.now_s;
    let id = insert(conn, &task, now_s).await?;
    if let Some(claim) = &claim {
        claim_change::insert(conn, Owner::Task(id), claim).await?;
    }
    let forced = claim.is_some_and(|claim| claim.forced);
    let item = TaskItem { id, task, forced, version: 1, created_at: now_s, updated_at: now_s };
    tell(conn, "task.created", id, described(&item), act).await?;
    if let Some(key) = order.key {
        idempotency::insert(conn, key, Made::Task(id), &(order.answer)(&item), now_s).await?;
    }
    tx.commit().await?;
    Ok(Added::New(item))
}

async fn insert(conn: &mut Conn<'_>, task: &Task, now_s: i64) -> Result<i64, StoreError> {
    let id = on_conn!(conn, INSERT, |sql, c| async {
        let query = bind_fields!(sqlx::query(sql), task).bind(now_s).bind(now_s);
        query.execute(&mut **c).await.map(|done| done.inserted_id())
    })?;
    Ok(id)
}
