//! The audit log. Every change writes its row in its own transaction.

use serde_json::{Value, json};
use sqlx::FromRow;

use crate::db::{Conn, DbError, GAP_S, Statement, on_conn};

const INSERT: Statement = Statement::both(
    "event_insert",
    "INSERT INTO event (at, kind, actor, subject, data) VALUES (?, ?, ?, ?, ?)",
);
/// Rows travel as one JSON parameter: `[subject, data]` of each.
const INSERT_ALL: Statement = Statement::per_dialect(
    "event_insert_all",
    "INSERT INTO event (at, kind, actor, subject, data)
     SELECT ?, ?, ?, subject, data FROM JSON_TABLE(?, '$[*]' COLUMNS (
        subject VARCHAR(200) PATH '$[0]' ERROR ON ERROR, data LONGTEXT PATH '$[1]' ERROR ON ERROR)) AS given",
    "INSERT INTO event (at, kind, actor, subject, data)
     SELECT ?, ?, ?, value ->> 0, value ->> 1 FROM json_each(?)",
);

/// `age_s` by the database's own clock. SQLite commits numbers in their order: nothing is young there.
const AFTER: Statement = Statement::per_dialect(
    "events_after",
    "SELECT seq, at, kind, actor, subject, data, UNIX_TIMESTAMP() - written_at AS age_s FROM event
     WHERE seq > ? ORDER BY seq LIMIT ?",
    "SELECT seq, at, kind, actor, subject, data, unixepoch() - written_at AS age_s FROM event
     WHERE seq > ? ORDER BY seq LIMIT ?",
);

/// A row that was inserted by hand has no event, but a number.
const HEAD: Statement = Statement::both(
    "event_head",
    "SELECT (SELECT COALESCE(MAX(seq), 0) FROM event) AS event, (SELECT COALESCE(MAX(id), 0) FROM hardware) AS hardware",
)
.quick();

pub(super) const STATEMENTS: &[&Statement] = &[&INSERT, &INSERT_ALL, &AFTER, &HEAD];

/// One change, told.
#[derive(Debug)]
pub struct Event<'e> {
    /// When: UTC epoch seconds.
    pub at: i64,
    /// What: `hardware.updated` and the like.
    pub kind: &'e str,
    /// Who.
    pub actor: &'e str,
    /// To what: `hardware/7`.
    pub subject: String,
    /// The change itself.
    pub data: Value,
}

/// `{"capacity": {"from": 4, "to": 2}}` for every member of `old` that is another one in `new`.
#[must_use]
pub fn changed(old: &Value, new: &Value) -> Value {
    let members = old.as_object().into_iter().flatten();
    let differing = members.filter(|(name, value)| new.get(name) != Some(value));
    differing.map(|(name, value)| (name.clone(), json!({ "from": value, "to": new.get(name) }))).collect()
}

/// Writes one event.
///
/// # Errors
/// The database cannot be reached.
pub async fn insert(conn: &mut Conn<'_>, event: &Event<'_>) -> Result<(), DbError> {
    let data = event.data.to_string();
    on_conn!(conn, INSERT, |sql, c| async {
        let query = sqlx::query(sql)
            .bind(event.at)
            .bind(event.kind)
            .bind(event.actor)
            .bind(&event.subject)
            .bind(&data);
        query.execute(&mut **c).await.map(|_| ())
    })
}

/// Writes many events of one kind about `reservation`s or `hardware`, in few statements; `told` are their ids with the data.
///
/// MySQL takes numbers for rows of which it does not know how many come 1, 2, 4, 8 at a time, and what it has left is a gap
/// at which readers of the audit log wait. So they come in parts of 1, 3, 7, 15 rows and so on, which leave none.
///
/// # Errors
/// The database cannot be reached.
pub async fn insert_all(
    conn: &mut Conn<'_>,
    (kind, subjects): (&str, &str),
    actor: &str,
    told: &[(i64, Value)],
    at: i64,
) -> Result<(), DbError> {
    let mut rest = told;
    while !rest.is_empty() {
        let (part, later) = rest.split_at(without_gap(rest.len()));
        // A text within a text: MySQL would put the members of an object into an order of its own.
        let row = |(id, data): &(i64, Value)| json!([format!("{subjects}/{id}"), data.to_string()]);
        let rows: Vec<_> = part.iter().map(row).collect();
        let rows = Value::Array(rows).to_string();
        on_conn!(&mut *conn, INSERT_ALL, |sql, c| async {
            let query = sqlx::query(sql).bind(at).bind(kind).bind(actor).bind(&rows);
            query.execute(&mut **c).await.map(|_| ())
        })?;
        rest = later;
    }
    Ok(())
}

/// The largest of 1, 3, 7, 15, ... up to `rows`, which is at least 1.
fn without_gap(rows: usize) -> usize {
    (1 << (rows + 1).ilog2()) - 1
}

/// One row of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct EventRow {
    /// Its number: later rows have larger ones.
    pub seq: i64,
    /// When: UTC epoch seconds.
    pub at: i64,
    /// What: `hardware.updated` and the like.
    pub kind: String,
    /// Who.
    pub actor: String,
    /// To what: `hardware/7`.
    pub subject: String,
    /// JSON.
    pub data: String,
    age_s: i64,
}

/// Up to `limit` events after `after`, in order, and none that a late one could still come before: numbers are given
/// out in order, but transactions commit in any. So it ends at the first gap that is young; an old gap is a
/// transaction that was rolled back.
///
/// # Errors
/// The database cannot be reached.
pub async fn after(conn: &mut Conn<'_>, after: i64, limit: i64) -> Result<Vec<EventRow>, DbError> {
    let rows = on_conn!(conn, AFTER, |sql, c| {
        sqlx::query_as::<_, EventRow>(sql).bind(after).bind(limit).fetch_all(&mut **c)
    })?;
    Ok(up_to_young_gap(rows, after))
}

/// How far the audit log and the catalogue have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Head {
    event: i64,
    hardware: i64,
}

/// How far they have come: another head means that something changed.
///
/// # Errors
/// The database cannot be reached.
pub async fn head(conn: &mut Conn<'_>) -> Result<Head, DbError> {
    on_conn!(conn, HEAD, |sql, c| sqlx::query_as::<_, Head>(sql).fetch_one(&mut **c))
}

fn up_to_young_gap(rows: Vec<EventRow>, after: i64) -> Vec<EventRow> {
    let mut before = after;
    let settled = |row: &EventRow| {
        let gap = row.seq > before + 1;
        before = row.seq;
        !gap || row.age_s >= GAP_S
    };
    rows.into_iter().take_while(settled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seqs(rows: &[(i64, i64)], after: i64) -> Vec<i64> {
        let row = |&(seq, age_s): &(i64, i64)| EventRow {
            seq,
            at: 0,
            kind: String::new(),
            actor: String::new(),
            subject: String::new(),
            data: String::new(),
            age_s,
        };
        up_to_young_gap(rows.iter().map(row).collect(), after).into_iter().map(|row| row.seq).collect()
    }

    #[test]
    fn events_come_in_parts_that_leave_no_gap() {
        let parts = [1, 2, 3, 6, 7, 8, 14, 15, 366].map(without_gap);
        assert_eq!(parts, [1, 1, 3, 3, 7, 7, 7, 15, 255]);
    }

    #[test]
    fn a_young_gap_holds_back_what_follows_and_an_old_one_does_not() {
        assert_eq!(seqs(&[(1, 0), (2, 0), (4, 0), (5, 0)], 0), [1, 2]);
        assert_eq!(seqs(&[(1, 99), (4, GAP_S), (5, 0)], 0), [1, 4, 5]);
        assert!(seqs(&[(8, 0)], 6).is_empty());
        assert_eq!(seqs(&[(8, 0)], 7), [8]);
    }
}
