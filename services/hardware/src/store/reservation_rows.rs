//! The rows of a reservation and its lines, written. Callers hold the lock of the hardware ([`super::locks`]).

use crate::{
    db::{Conn, DbError, Inserted, Statement, on_conn},
    domain::{reservation::Reservation, window::Window},
};

const INSERT: Statement = Statement::both(
    "reservation_insert",
    "INSERT INTO reservation (starts_at, ends_at, user_name, purpose, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
);
const UPDATE: Statement = Statement::both(
    "reservation_update",
    "UPDATE reservation SET state = ?, starts_at = ?, ends_at = ?, user_name = ?, purpose = ?, version = version + 1,
     updated_at = ? WHERE id = ?",
);
const INSERT_LINE: Statement = Statement::both(
    "reservation_line_insert",
    "INSERT INTO reservation_line (reservation_id, hardware_id, qty, out_qty, returned_qty, starts_at, ends_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)",
);
const DELETE_LINES: Statement =
    Statement::both("reservation_lines_delete", "DELETE FROM reservation_line WHERE reservation_id = ?");

pub(super) const STATEMENTS: &[&Statement] = &[&INSERT, &UPDATE, &INSERT_LINE, &DELETE_LINES];

/// Writes a new, confirmed reservation and its lines; its id.
///
/// # Errors
/// The database cannot be reached.
pub async fn insert(
    conn: &mut Conn<'_>,
    window: Window,
    texts: (&str, &str),
    lines: impl IntoIterator<Item = (i64, i64)>,
    now_s: i64,
) -> Result<i64, DbError> {
    let (user, purpose) = texts;
    let id = on_conn!(&mut *conn, INSERT, |sql, c| async {
        let query = sqlx::query(sql).bind(window.from).bind(window.to).bind(user).bind(purpose);
        query.bind(now_s).bind(now_s).execute(&mut **c).await.map(|done| done.inserted_id())
    })?;
    for (hardware, qty) in lines {
        insert_line(conn, id, [hardware, qty, 0, 0], window).await?;
    }
    Ok(id)
}

/// Writes a reservation over its row, and its lines anew; its version goes up by one.
///
/// # Errors
/// The database cannot be reached.
pub async fn update(conn: &mut Conn<'_>, reservation: &Reservation, now_s: i64) -> Result<(), DbError> {
    let Reservation { id, state, starts_at, ends_at, user, purpose, lines, .. } = reservation;
    on_conn!(&mut *conn, UPDATE, |sql, c| async {
        let query =
            sqlx::query(sql).bind(state.word()).bind(starts_at).bind(ends_at).bind(user).bind(purpose);
        query.bind(now_s).bind(id).execute(&mut **c).await.map(|_| ())
    })?;
    on_conn!(&mut *conn, DELETE_LINES, |sql, c| async {
        sqlx::query(sql).bind(id).execute(&mut **c).await.map(|_| ())
    })?;
    for line in lines {
        insert_line(conn, *id, [line.hardware, line.qty, line.out, line.returned], reservation.window())
            .await?;
    }
    Ok(())
}

/// `numbers`: hardware, units, units out, units returned.
async fn insert_line(
    conn: &mut Conn<'_>,
    reservation: i64,
    numbers: [i64; 4],
    window: Window,
) -> Result<(), DbError> {
    on_conn!(conn, INSERT_LINE, |sql, c| async {
        let query = numbers.into_iter().fold(sqlx::query(sql).bind(reservation), sqlx::query::Query::bind);
        query.bind(window.from).bind(window.to).execute(&mut **c).await.map(|_| ())
    })
}
