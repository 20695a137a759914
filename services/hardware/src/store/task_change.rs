//! Tasks, changed. Maintenance goes the way of every claim: the hardware's lock, the check, then the rows.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{
    StoreError,
    act::Act,
    booking::{self, Intent, explained},
    claim_change::{self, OwnClaim, Owner},
    events::{self, Event},
    locks::{self, Stock, Stocks},
    retrying,
    tasks::{self, TaskItem},
};
use crate::{
    db::{Conn, Db, DbError, Statement, Tx, on_conn},
    domain::{
        Invalid,
        moment::rfc3339,
        present::Present,
        task::{Maintenance, OPEN_END_S, Task, TaskChanges},
    },
};

const UPDATE: Statement = Statement::both(
    "task_update",
    "UPDATE task SET title = ?, text = ?, done = ?, hardware_id = ?, starts_at = ?, ends_at = ?, qty = ?, updated_at = ?,
     version = version + 1 WHERE id = ?",
);
const DELETE: Statement = Statement::both("task_delete", "DELETE FROM task WHERE id = ?");
/// To-dos have no hardware to lock; two changes of one task take turns here.
const LOCK: Statement = Statement::per_dialect(
    "task_lock",
    "SELECT version FROM task WHERE id = ? FOR UPDATE",
    "SELECT version FROM task WHERE id = ?",
);

pub(super) const STATEMENTS: &[&Statement] = &[&UPDATE, &DELETE, &LOCK];

/// Binds what UPDATE and a new task's INSERT share, in the columns' order.
macro_rules! bind_fields {
    ($query:expr, $task:expr) => {
        $query
            .bind(&$task.title)
            .bind(&$task.text)
            .bind(i64::from($task.done))
            .bind($task.hardware)
            .bind($task.starts_at)
            .bind($task.ends_at)
            .bind($task.qty)
    };
}

pub(super) use bind_fields;

/// A task of which nobody else can change anything.
struct Hold {
    tx: Tx,
    stocks: Stocks,
    item: TaskItem,
    claims: Vec<OwnClaim>,
}

impl Hold {
    async fn take(db: &Db, id: i64, more: Option<i64>, act: &Act<'_>) -> Result<Self, StoreError> {
        let mut lease = db.read().await?;
        let before = tasks::find(&mut lease.conn(), id).await?;
        drop(lease);
        let ids: BTreeSet<_> = before.task.hardware.into_iter().chain(more).collect();
        let mut tx = db.begin().await?;
        let conn = &mut tx.conn();
        let stocks = locks::lock(conn, ids.iter().copied()).await?;
        on_conn!(&mut *conn, LOCK, |sql, c| async {
            sqlx::query(sql).bind(id).fetch_optional(&mut **c).await.map(|_| ())
        })?;
        let item = tasks::find(conn, id).await?;
        if item.task.hardware.is_some_and(|hardware| !ids.contains(&hardware)) {
            return Err(DbError::Busy.into());
        }
        act.expected.check(item.version)?;
        let claims = claim_change::of(conn, Owner::Task(id)).await?;
        Ok(Self { tx, stocks, item, claims })
    }
}

/// Changes a task; its claim comes, moves and goes with it.
///
/// # Errors
/// Not found, another version, impossible values, or [`StoreError::Refused`] when more units are not free.
pub async fn update(
    db: &Db,
    id: i64,
    changes: &TaskChanges,
    force: bool,
    act: &Act<'_>,
) -> Result<TaskItem, StoreError> {
    explained(db, retrying(|| try_update(db, id, changes, force, act)).await).await
}

async fn try_update(
    db: &Db,
    id: i64,
    changes: &TaskChanges,
    force: bool,
    act: &Act<'_>,
) -> Result<TaskItem, StoreError> {
    let Hold { mut tx, stocks, item, claims } = Hold::take(db, id, changes.hardware.flatten(), act).await?;
    let task = changed(&item.task, changes, &stocks, act)?;
    if task == item.task {
        return Ok(item);
    }
    let conn = &mut tx.conn();
    let mut forced = item.forced;
    if task.maintenance() != item.task.maintenance() {
        let claim = claim_for(conn, &task, &claims, &stocks, force, act.present).await?;
        forced = claim.as_ref().is_some_and(|claim| claim.forced);
        for old in &claims {
            claim_change::delete(conn, old.id).await?;
        }
        if let Some(claim) = &claim {
            claim_change::insert(conn, Owner::Task(id), claim).await?;
        }
    }
    let now_s = act.present.now_s;
    on_conn!(&mut *conn, UPDATE, |sql, c| async {
        bind_fields!(sqlx::query(sql), task).bind(now_s).bind(id).execute(&mut **c).await.map(|_| ())
    })?;
    let new = TaskItem { task, forced, version: item.version + 1, updated_at: now_s, ..item.clone() };
    let data = events::changed(&described(&item), &described(&new));
    tell(conn, "task.updated", id, data, act).await?;
    tx.commit().await?;
    Ok(new)
}

/// Removes a task, and its claim with it.
///
/// # Errors
/// Not found, or another version.
pub async fn delete(db: &Db, id: i64, act: &Act<'_>) -> Result<(), StoreError> {
    retrying(|| try_delete(db, id, act)).await
}

async fn try_delete(db: &Db, id: i64, act: &Act<'_>) -> Result<(), StoreError> {
    let Hold { mut tx, item, claims, .. } = Hold::take(db, id, None, act).await?;
    let conn = &mut tx.conn();
    for claim in &claims {
        claim_change::delete(conn, claim.id).await?;
    }
    on_conn!(&mut *conn, DELETE, |sql, c| async {
        sqlx::query(sql).bind(id).execute(&mut **c).await.map(|_| ())
    })?;
    tell(conn, "task.deleted", id, described(&item), act).await?;
    Ok(tx.commit().await?)
}

/// The task as it would be; its hardware, if it has one, must be in the catalogue.
pub(super) fn changed(
    old: &Task,
    changes: &TaskChanges,
    stocks: &Stocks,
    act: &Act<'_>,
) -> Result<Task, StoreError> {
    let hardware = changes.hardware.unwrap_or(old.hardware);
    let stock = hardware.and_then(|id| stocks.get(&id));
    let known = old.hardware == hardware || stock.is_some_and(|stock| stock.is_live);
    let zone: Tz = stock.and_then(|stock| stock.tz).unwrap_or(act.tz);
    let new = old.changed(changes, zone, act.present.now_s);
    match (new, hardware) {
        (Ok(_), Some(id)) if !known => Err(not_in_catalogue(id)),
        (new, _) => new.map_err(StoreError::Impossible),
    }
}

fn not_in_catalogue(id: i64) -> StoreError {
    let why = format!("is {id}, which is not in the catalogue");
    StoreError::Impossible(vec![Invalid::new("hardware", why)])
}

/// The claim that `task` needs in the place of `old` ones, checked.
pub(super) async fn claim_for(
    conn: &mut Conn<'_>,
    task: &Task,
    old: &[OwnClaim],
    stocks: &Stocks,
    force: bool,
    present: Present,
) -> Result<Option<OwnClaim>, StoreError> {
    let Some(maintenance) = task.maintenance() else { return Ok(None) };
    let stock = stocks.get(&maintenance.hardware).ok_or(StoreError::NotFound("hardware"))?;
    let before = old.iter().find(|claim| claim.hardware == maintenance.hardware);
    let mut claim = drafted(maintenance, before, stock);
    claim.forced = before.is_some_and(|before| before.forced);
    let own: Vec<_> = old.iter().map(|claim| claim.id).collect();
    let intent = Intent { stock: stock.clone(), old: before.map(OwnClaim::claim), new: claim.clone() };
    if !stock.is_live && intent.takes_more() {
        return Err(not_in_catalogue(stock.id));
    }
    let movable = task.ends_at.map(|_| maintenance.window);
    match booking::check(conn, &[intent], &own, movable, present).await {
        Err(StoreError::Short(_)) if force => claim.forced = true,
        other => other?,
    }
    Ok(Some(claim))
}

/// Keeps the buffer that its claim was written with; an open end has none.
fn drafted(maintenance: Maintenance, before: Option<&OwnClaim>, stock: &Stock) -> OwnClaim {
    let fixed = before.filter(|claim| claim.ends_at < OPEN_END_S).map(OwnClaim::buffer_s);
    let Maintenance { hardware, window, qty } = maintenance;
    let new = OwnClaim::new(hardware, window, fixed.unwrap_or(stock.buffer_s), qty);
    OwnClaim { blocked_until: new.blocked_until.min(OPEN_END_S), ..new }
}

pub(super) async fn tell(
    conn: &mut Conn<'_>,
    kind: &str,
    id: i64,
    data: Value,
    act: &Act<'_>,
) -> Result<(), StoreError> {
    let subject = format!("task/{id}");
    let event = Event { at: act.present.now_s, kind, actor: act.actor, subject, data };
    Ok(events::insert(conn, &event).await?)
}

/// A task as the audit log tells it.
pub(super) fn described(item: &TaskItem) -> Value {
    let Task { title, text, done, hardware, starts_at, ends_at, qty } = &item.task;
    json!({
        "title": title,
        "text": text,
        "done": done,
        "hardware": hardware,
        "starts_at": starts_at.map(rfc3339),
        "ends_at": ends_at.map(rfc3339),
        "qty": qty,
        "forced": item.forced,
    })
}
