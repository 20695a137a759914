//! Whether what is stored keeps its promises: all invariants over the whole database, one object after the other, in
//! bounded memory, and all of it as it was at one instant.
//!
//! | invariant | file |
//! |---|---|
//! | I1 no more is promised than there is | `capacity` |
//! | I2 intervals; and every claim has one owner | `claims` |
//! | I3 what is booked has its claims | `reservations`, `lines`, `tasks` |
//! | I4 every change was told | `log` |
//! | keys lead to reservations and tasks | `keys` |
//! | reservations lead to their series, and those are sound | `reservations`, `series` |

mod capacity;
mod claims;
mod keys;
mod lines;
mod log;
mod reservations;
mod rows;
mod series;
mod tasks;

use std::fmt;

use crate::{
    db::{Db, DbError, Statement},
    domain::moment::rfc3339,
};

/// Rows read at once.
const PAGE: i64 = 500;

pub(super) fn statements() -> Vec<&'static Statement> {
    [
        capacity::STATEMENTS,
        claims::STATEMENTS,
        reservations::STATEMENTS,
        tasks::STATEMENTS,
        log::STATEMENTS,
        keys::STATEMENTS,
        series::STATEMENTS,
    ]
    .concat()
}

/// A promise that every row has to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invariant {
    /// No more units are promised than there are.
    I1,
    /// Intervals begin before they end.
    I2,
    /// What is booked has its claims, and nothing else has.
    I3,
    /// Every change has its row in the audit log.
    I4,
    /// An idempotency key stands for a reservation or a task.
    Key,
    /// A reservation's series is there, and is one that can be.
    Series,
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I1 => "I1",
            Self::I2 => "I2",
            Self::I3 => "I3",
            Self::I4 => "I4",
            Self::Key => "key",
            Self::Series => "series",
        })
    }
}

/// A promise that is not kept: prints as one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub invariant: Invariant,
    /// Which rows, and what is wrong with them.
    pub text: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.text)
    }
}

/// How much was looked at, and how much of it is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Hardware, archived ones too.
    pub hardware: u64,
    /// Reservations in any state.
    pub reservations: u64,
    /// Claims.
    pub claims: u64,
    /// Tasks, done ones too.
    pub tasks: u64,
    /// Violations.
    pub violations: u64,
}

/// Takes violations as they are found.
pub type Tell<'t> = dyn FnMut(Violation) + Send + 't;

/// Passes violations on, and counts.
struct Findings<'f> {
    counts: Counts,
    tell: &'f mut Tell<'f>,
}

impl Findings<'_> {
    fn add(&mut self, invariant: Invariant, text: String) {
        self.counts.violations += 1;
        (self.tell)(Violation { invariant, text });
    }
}

/// Checks every invariant; `tell` hears of each violation, in an order that depends on the content alone.
///
/// # Errors
/// The database could not be read to its end.
pub async fn run<'f>(db: &Db, tell: &'f mut Tell<'f>) -> Result<Counts, DbError> {
    let mut snapshot = db.read().await?.snapshot().await?;
    let conn = &mut snapshot.conn();
    let mut findings = Findings { counts: Counts::default(), tell };
    capacity::check(conn, &mut findings).await?;
    claims::check(conn, &mut findings).await?;
    reservations::check(conn, &mut findings).await?;
    tasks::check(conn, &mut findings).await?;
    keys::check(conn, &mut findings).await?;
    series::check(conn, &mut findings).await?;
    Ok(findings.counts)
}

/// An interval as violations tell it.
fn times(from: i64, to: i64) -> String {
    format!("from {} to {}", rfc3339(from), rfc3339(to))
}

/// Whether a page was the last one.
fn is_last<T>(page: &[T], limit: i64) -> bool {
    i64::try_from(page.len()).is_ok_and(|rows| rows < limit)
}

/// A number of rows.
fn counted<T>(page: &[T]) -> u64 {
    page.len() as u64
}
