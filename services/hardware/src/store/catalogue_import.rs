//! Importing a chunk of the catalogue: at most [`MAX_CHUNK`] rows in one transaction, each row created, updated,
//! left alone or refused for itself.
//!
//! A chunk travels as one JSON parameter, so the statements' texts are fixed and their number does not grow with
//! the rows. Existing rows are read (and locked) first and then inserted or updated: an upsert could not tell an
//! unchanged row from a created one, and would burn an id for each.

mod rows;

pub(super) use self::rows::STATEMENTS;
use self::rows::{ByName, insert, lock, look_up, trimmed};
use super::{
    Expected, StoreError,
    hardware::Item,
    hardware_change::{Edit, apply, booked_above},
    retrying,
};
use crate::{
    db::{Conn, Db},
    domain::{
        Invalid,
        hardware::{Changes, Hardware},
        present::Present,
    },
};

/// Rows of one chunk at most.
pub const MAX_CHUNK: usize = 500;

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was new.
    Created,
    /// It was there, and is different now.
    Updated,
    /// It was there, exactly so.
    Unchanged,
    /// It was refused: why.
    Failed(Vec<Invalid>),
}

/// How an import goes about it.
#[derive(Clone, Copy, Debug)]
pub struct Mode<'m> {
    /// Only say what would happen.
    pub dry_run: bool,
    /// When.
    pub present: Present,
    /// Who imports.
    pub actor: &'m str,
}

/// Imports `rows` (at most [`MAX_CHUNK`], each provider and name once): one outcome a row, in order.
///
/// # Errors
/// The database cannot be reached; then nothing of the chunk was written.
pub async fn import_chunk(db: &Db, rows: &[Changes], mode: Mode<'_>) -> Result<Vec<Outcome>, StoreError> {
    debug_assert!(rows.len() <= MAX_CHUNK);
    if mode.dry_run {
        return rehearse(db, rows, mode).await;
    }
    retrying(|| try_import(db, rows, mode)).await
}

async fn rehearse(db: &Db, rows: &[Changes], mode: Mode<'_>) -> Result<Vec<Outcome>, StoreError> {
    let mut lease = db.read().await?;
    let there = look_up(&mut lease.conn(), rows).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    for row in rows {
        let plan = plan(row, &there);
        outcomes.push(match plan {
            Plan::Update { item, new } => would_update(&mut lease.conn(), item, &new, mode).await?,
            plan => plan.outcome(),
        });
    }
    Ok(outcomes)
}

async fn would_update(
    conn: &mut Conn<'_>,
    item: &Item,
    new: &Hardware,
    mode: Mode<'_>,
) -> Result<Outcome, StoreError> {
    let cut = new.capacity < item.hardware.capacity;
    let over = if cut { booked_above(conn, item.id, new.capacity, mode.present).await? } else { None };
    over.map_or(Ok(Outcome::Updated), refused)
}

async fn try_import(db: &Db, rows: &[Changes], mode: Mode<'_>) -> Result<Vec<Outcome>, StoreError> {
    let mut tx = db.begin().await?;
    let there = look_up(&mut tx.conn(), rows).await?;
    let there = lock(&mut tx.conn(), there).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut created = Vec::new();
    for row in rows {
        let plan = plan(row, &there);
        outcomes.push(match plan {
            Plan::Create(new) => {
                created.push(new);
                Outcome::Created
            }
            Plan::Update { item, new } => update(&mut tx.conn(), item, &new, mode).await?,
            plan => plan.outcome(),
        });
    }
    insert(&mut tx.conn(), &created, mode).await?;
    tx.commit().await?;
    Ok(outcomes)
}

/// What is to be done with one row.
enum Plan<'i> {
    Create(Hardware),
    Update { item: &'i Item, new: Hardware },
    Keep,
    Refuse(Vec<Invalid>),
}

impl Plan<'_> {
    fn outcome(self) -> Outcome {
        match self {
            Self::Create(_) => Outcome::Created,
            Self::Update { .. } => Outcome::Updated,
            Self::Keep => Outcome::Unchanged,
            Self::Refuse(why) => Outcome::Failed(why),
        }
    }
}

fn plan<'i>(row: &Changes, there: &'i ByName) -> Plan<'i> {
    let name = (trimmed(&row.provider).to_owned(), trimmed(&row.name).to_owned());
    let item = there.get(&name);
    let new = item.map_or_else(|| Hardware::new(row), |item| item.hardware.changed(row));
    match (new, item) {
        (Err(why), _) => Plan::Refuse(why),
        (Ok(new), None) => Plan::Create(new),
        (Ok(new), Some(item)) if new == item.hardware => Plan::Keep,
        (Ok(new), Some(item)) => Plan::Update { item, new },
    }
}

async fn update(
    conn: &mut Conn<'_>,
    item: &Item,
    new: &Hardware,
    mode: Mode<'_>,
) -> Result<Outcome, StoreError> {
    let (changes, expected) = (&Changes::default(), &Expected::Anything);
    let edit = Edit { changes, expected, force: false, present: mode.present, actor: mode.actor };
    match apply(conn, item, new, &edit).await {
        Ok(()) => Ok(Outcome::Updated),
        Err(error) => refused(error),
    }
}

/// A cut below what is booked refuses its row; everything else ends the chunk.
fn refused(error: StoreError) -> Result<Outcome, StoreError> {
    match error {
        StoreError::BelowBooked { peak, from } => {
            let since = crate::domain::moment::rfc3339(from);
            let detail = format!("is less than the {peak} units that are booked from {since} on");
            Ok(Outcome::Failed(vec![Invalid::new("capacity", detail)]))
        }
        other => Err(other),
    }
}
