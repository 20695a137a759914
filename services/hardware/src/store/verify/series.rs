//! Series: each has a zone that is known, no more members than occurrences were wanted, and one event that tells of it.

use sqlx::FromRow;

use super::{Findings, Invariant, PAGE, is_last, log};
use crate::{
    db::{Conn, DbError, Statement, on_conn},
    domain::series::{Every, MAX_OCCURRENCES},
};

const SERIES: Statement = Statement::both(
    "verify_series",
    "SELECT s.id, s.zone, s.every, s.wanted, (SELECT COUNT(*) FROM reservation r WHERE r.series_id = s.id) AS members
     FROM series s WHERE s.id > ? ORDER BY s.id LIMIT ?",
);

pub(super) const STATEMENTS: &[&Statement] = &[&SERIES];

const CREATED: &str = "series.created";

#[derive(Debug, FromRow)]
struct SeriesRow {
    id: i64,
    zone: String,
    every: String,
    wanted: i64,
    members: i64,
}

pub(super) async fn check(conn: &mut Conn<'_>, findings: &mut Findings<'_>) -> Result<(), DbError> {
    let mut after = i64::MIN;
    loop {
        let page = on_conn!(&mut *conn, SERIES, |sql, c| {
            sqlx::query_as::<_, SeriesRow>(sql).bind(after).bind(PAGE).fetch_all(&mut **c)
        })?;
        let subjects: Vec<_> = page.iter().map(|row| subject(row.id)).collect();
        let mut told = log::of(conn, &subjects).await?;
        for row in &page {
            check_one(row, findings);
            // Nothing about a series ever changes.
            told.remove(&subject(row.id)).unwrap_or_default().check(&subject(row.id), CREATED, 1, findings);
        }
        match page.last().filter(|_| !is_last(&page, PAGE)) {
            Some(last) => after = last.id,
            None => return Ok(()),
        }
    }
}

fn subject(id: i64) -> String {
    format!("series/{id}")
}

fn check_one(row: &SeriesRow, findings: &mut Findings<'_>) {
    let SeriesRow { id, zone, every, wanted, members } = row;
    if zone.parse::<chrono_tz::Tz>().is_err() {
        findings.add(Invariant::Series, format!("series {id}: {zone:?} is no time zone"));
    }
    if ![Every::Day, Every::Week].iter().any(|known| known.word() == every) {
        findings.add(Invariant::Series, format!("series {id}: {every:?} is neither day nor week"));
    }
    let possible = usize::try_from(*wanted).is_ok_and(|wanted| (1..=MAX_OCCURRENCES).contains(&wanted));
    if !possible {
        findings.add(Invariant::Series, format!("series {id}: it is of {wanted} occurrences"));
    }
    if members > wanted {
        let text = format!("series {id}: it has {members} reservations of {wanted} occurrences");
        findings.add(Invariant::Series, text);
    }
}
