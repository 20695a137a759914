//! Claims, written. Callers hold the lock of the hardware ([`super::locks`]).

use sqlx::FromRow;

use super::claims;
use crate::{
    db::{Conn, DbError, Inserted, Statement, on_conn},
    domain::{
        peak::{self, Claim},
        present::Present,
        span,
        window::Window,
    },
};

macro_rules! columns {
    () => {
        "id, hardware_id, starts_at, ends_at, blocked_until, qty, is_out, forced"
    };
}

const INSERT: Statement = Statement::both(
    "claim_insert",
    "INSERT INTO claim (hardware_id, reservation_id, task_id, starts_at, ends_at, blocked_until, span, qty, is_out, forced)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
);
const UPDATE: Statement = Statement::both(
    "claim_update",
    "UPDATE claim SET starts_at = ?, ends_at = ?, blocked_until = ?, span = ?, qty = ?, is_out = ?, forced = ?
     WHERE id = ?",
);
const DELETE: Statement = Statement::both("claim_delete", "DELETE FROM claim WHERE id = ?");
const OF_RESERVATION: Statement = Statement::both(
    "claims_of_reservation",
    concat!("SELECT ", columns!(), " FROM claim WHERE reservation_id = ? ORDER BY hardware_id, id"),
);
const OF_TASK: Statement = Statement::both(
    "claims_of_task",
    concat!("SELECT ", columns!(), " FROM claim WHERE task_id = ? ORDER BY hardware_id, id"),
);
const FORCE: Statement = Statement::both(
    "claim_force",
    "UPDATE claim SET forced = 1 WHERE hardware_id = ? AND blocked_until > ? AND starts_at < ?",
);

pub(super) const STATEMENTS: &[&Statement] = &[&INSERT, &UPDATE, &DELETE, &OF_RESERVATION, &OF_TASK, &FORCE];

/// Whose a claim is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A line of this reservation.
    Reservation(i64),
    /// This task.
    Task(i64),
}

/// A claim as its row has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnClaim {
    /// The row; 0 while there is none.
    pub id: i64,
    /// Which hardware.
    pub hardware: i64,
    /// First second taken, UTC epoch seconds.
    pub starts_at: i64,
    /// The end that was booked.
    pub ends_at: i64,
    /// The end of the buffer behind it.
    pub blocked_until: i64,
    /// Units.
    pub qty: i64,
    /// Whether the units are with somebody.
    pub is_out: bool,
    /// Whether it was let in, or left in, above the capacity.
    pub forced: bool,
}

#[derive(Debug, FromRow)]
pub(super) struct OwnClaimRow {
    id: i64,
    hardware_id: i64,
    starts_at: i64,
    ends_at: i64,
    blocked_until: i64,
    qty: i64,
    is_out: i64,
    forced: i64,
}

impl From<OwnClaimRow> for OwnClaim {
    fn from(row: OwnClaimRow) -> Self {
        Self {
            id: row.id,
            hardware: row.hardware_id,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            blocked_until: row.blocked_until,
            qty: row.qty,
            is_out: row.is_out != 0,
            forced: row.forced != 0,
        }
    }
}

impl OwnClaim {
    /// A claim that was not written yet: `qty` units over `window` and `buffer_s` behind it.
    #[must_use]
    pub fn new(hardware: i64, window: Window, buffer_s: i64, qty: i64) -> Self {
        Self {
            id: 0,
            hardware,
            starts_at: window.from,
            ends_at: window.to,
            blocked_until: window.to + buffer_s,
            qty,
            is_out: false,
            forced: false,
        }
    }

    /// The occupancy, as written.
    #[must_use]
    pub fn claim(&self) -> Claim {
        Claim { starts_at: self.starts_at, blocked_until: self.blocked_until, qty: self.qty }
    }

    /// The stretch occupied, the buffer included.
    #[must_use]
    pub fn window(&self) -> Window {
        Window { from: self.starts_at, to: self.blocked_until }
    }

    /// Its length class.
    pub(super) fn span(&self) -> i64 {
        span::of_length(self.blocked_until - self.starts_at).into()
    }

    /// The buffer that was in force when it was written; it moves with the claim and never changes.
    #[must_use]
    pub fn buffer_s(&self) -> i64 {
        self.blocked_until - self.ends_at
    }

    /// The same units over another time, with the buffer it has.
    #[must_use]
    pub fn moved(&self, window: Window) -> Self {
        Self {
            starts_at: window.from,
            ends_at: window.to,
            blocked_until: window.to + self.buffer_s(),
            ..self.clone()
        }
    }
}

/// Writes a new claim.
///
/// # Errors
/// The database cannot be reached.
pub async fn insert(conn: &mut Conn<'_>, owner: Owner, claim: &OwnClaim) -> Result<i64, DbError> {
    let (reservation, task) = match owner {
        Owner::Reservation(id) => (Some(id), None),
        Owner::Task(id) => (None, Some(id)),
    };
    on_conn!(conn, INSERT, |sql, c| async {
        let query = sqlx::query(sql).bind(claim.hardware).bind(reservation).bind(task);
        let query = query.bind(claim.starts_at).bind(claim.ends_at).bind(claim.blocked_until);
        let query = query.bind(claim.span()).bind(claim.qty);
        let query = query.bind(i64::from(claim.is_out)).bind(i64::from(claim.forced));
        query.execute(&mut **c).await.map(|done| done.inserted_id())
    })
}

/// Writes a claim over its row.
///
/// # Errors
/// The database cannot be reached.
pub async fn update(conn: &mut Conn<'_>, claim: &OwnClaim) -> Result<(), DbError> {
    on_conn!(conn, UPDATE, |sql, c| async {
        let query = sqlx::query(sql).bind(claim.starts_at).bind(claim.ends_at).bind(claim.blocked_until);
        let query = query.bind(claim.span()).bind(claim.qty);
        let query = query.bind(i64::from(claim.is_out)).bind(i64::from(claim.forced));
        query.bind(claim.id).execute(&mut **c).await.map(|_| ())
    })
}

/// Gives up a claim.
///
/// # Errors
/// The database cannot be reached.
pub async fn delete(conn: &mut Conn<'_>, id: i64) -> Result<(), DbError> {
    on_conn!(conn, DELETE, |sql, c| async { sqlx::query(sql).bind(id).execute(&mut **c).await.map(|_| ()) })
}

/// The claims of one owner, by hardware and id.
///
/// # Errors
/// The database cannot be reached.
pub async fn of(conn: &mut Conn<'_>, owner: Owner) -> Result<Vec<OwnClaim>, DbError> {
    let (statement, id) = match owner {
        Owner::Reservation(id) => (&OF_RESERVATION, id),
        Owner::Task(id) => (&OF_TASK, id),
    };
    let rows = on_conn!(conn, *statement, |sql, c| {
        sqlx::query_as::<_, OwnClaimRow>(sql).bind(id).fetch_all(&mut **c)
    })?;
    Ok(rows.into_iter().map(OwnClaim::from).collect())
}

/// Marks every claim of `hardware` that has a part in more than `capacity` units at once, whenever: after a cut
/// the excess is known for what it is, in the past too.
///
/// # Errors
/// The database cannot be reached.
pub async fn force_above(
    conn: &mut Conn<'_>,
    hardware: i64,
    capacity: i64,
    present: Present,
) -> Result<(), DbError> {
    let always = Window { from: i64::MIN, to: i64::MAX };
    let held = claims::of_one(conn, hardware, always, present).await?;
    let levels = peak::levels(&claims::occupancy(&held), always);
    let mut over: Vec<Window> = Vec::new();
    for level in levels.into_iter().filter(|level| level.in_use > capacity) {
        match over.last_mut() {
            Some(last) if last.to == level.from => last.to = level.to,
            _ => over.push(Window { from: level.from, to: level.to }),
        }
    }
    for stretch in over {
        on_conn!(&mut *conn, FORCE, |sql, c| async {
            let query = sqlx::query(sql).bind(hardware).bind(stretch.from).bind(stretch.to);
            query.execute(&mut **c).await.map(|_| ())
        })?;
    }
    Ok(())
}
