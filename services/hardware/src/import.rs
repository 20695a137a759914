//! The catalogue from CSV, and in [`reservations`] bookings: read on a thread of its own, written in chunks of some
//! hundred rows, in bounded memory whatever the file's length. Every row is created, updated, left alone or refused for
//! itself; the rest imports.

pub mod cells;
mod columns;
pub use self::columns::NAMES;
mod reader;
mod reservation_columns;
pub mod reservations;

use std::{collections::HashMap, io, io::Read};

use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use self::columns::{Columns, Row};
use crate::{
    db::Db,
    domain::Invalid,
    store::{
        StoreError,
        catalogue_import::{self, MAX_CHUNK, Mode, Outcome},
    },
};

/// Rows of one file at most: the memory of names seen grows with them (some 50 bytes a row).
pub const MAX_ROWS: u64 = 5_000_000;
/// Chunks read ahead of the database.
const READ_AHEAD: usize = 2;

/// How many rows met which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// New rows.
    pub created: u64,
    /// Rows that were there and are different now.
    pub updated: u64,
    /// Rows that were there, exactly so.
    pub unchanged: u64,
    /// Rows that were refused.
    pub failed: u64,
}

/// What became of one row of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReport {
    /// The line that the row begins on, from 1; the header is line 1.
    pub line: u64,
    /// As the file has it.
    pub provider: String,
    /// As the file has it.
    pub name: String,
    /// How it ended, and why if it was refused.
    pub outcome: Outcome,
}

/// Takes what an import has to tell, while it runs.
pub trait Listener: Send {
    /// A column of the header that is not imported, and why.
    fn ignored_column(&mut self, column: String, why: &'static str);
    /// The end of one row, in the file's order.
    fn row(&mut self, report: RowReport);
}

/// Why an import ended early. What was written before stays; importing the file again is harmless.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The header cannot be used: nothing was imported.
    #[error("line 1: {}: {}", .0.field, .0.detail)]
    Header(Invalid),
    /// The file could not be read on, or is larger than allowed (`FileTooLarge`).
    #[error("the file could not be read: {0}")]
    Read(#[source] io::Error),
    /// More than [`MAX_ROWS`].
    #[error("the file has more than {MAX_ROWS} rows")]
    TooManyRows,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Imports a CSV file from `source`. `summary` counts what was done, also when the import ends early.
///
/// # Errors
/// See [`ImportError`].
pub async fn import_catalogue(
    db: &Db,
    source: impl Read + Send + 'static,
    mode: Mode<'_>,
    summary: &mut Summary,
    listener: &mut dyn Listener,
) -> Result<(), ImportError> {
    let (sender, mut messages) = mpsc::channel(READ_AHEAD);
    let reading = tokio::task::spawn_blocking(move || reader::read(source, Columns::read, &sender));
    let mut seen = Seen::default();
    while let Some(message) = messages.recv().await {
        match message {
            reader::Message::Ignored { column, why } => listener.ignored_column(column, why),
            reader::Message::Rows(rows) => import_rows(db, rows, mode, &mut seen, summary, listener).await?,
        }
    }
    reading.await.map_err(|error| ImportError::Read(io::Error::other(error)))?
}

/// Imports one chunk, and reports its rows in order.
async fn import_rows(
    db: &Db,
    rows: Vec<Row>,
    mode: Mode<'_>,
    seen: &mut Seen,
    summary: &mut Summary,
    listener: &mut dyn Listener,
) -> Result<(), ImportError> {
    debug_assert!(rows.len() <= MAX_CHUNK);
    let mut refused = HashMap::new();
    let mut wanted = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        match row.changes.clone().and_then(|changes| seen.check(row).map(|()| changes)) {
            Ok(changes) => wanted.push(changes),
            Err(why) => _ = refused.insert(at, why),
        }
    }
    let mut outcomes = catalogue_import::import_chunk(db, &wanted, mode).await?.into_iter();
    for (at, row) in rows.into_iter().enumerate() {
        let outcome = match refused.remove(&at) {
            Some(why) => Outcome::Failed(why),
            None => outcomes.next().unwrap_or_else(|| Outcome::Failed(Vec::new())),
        };
        summary.count(&outcome);
        listener.row(RowReport { line: row.line, provider: row.provider, name: row.name, outcome });
    }
    Ok(())
}

impl Summary {
    fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Failed(_) => self.failed += 1,
        }
    }
}

/// 96 bits of a name's SHA-256: among five million names, two share them with a chance of 1 in 10^15.
type Fingerprint = [u8; 12];

/// The names of this file so far, and the line of each.
#[derive(Default)]
struct Seen(HashMap<Fingerprint, u32>);

impl Seen {
    fn check(&mut self, row: &Row) -> Result<(), Vec<Invalid>> {
        if row.provider.is_empty() || row.name.is_empty() {
            return Ok(());
        }
        let digest =
            Sha256::new().chain_update(&row.provider).chain_update([0]).chain_update(&row.name).finalize();
        let mut fingerprint = Fingerprint::default();
        fingerprint.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        let line = u32::try_from(row.line).unwrap_or(u32::MAX);
        match self.0.insert(fingerprint, line) {
            None => Ok(()),
            Some(first) => {
                self.0.insert(fingerprint, first);
                Err(vec![Invalid::new("name", format!("is a duplicate of line {first}"))])
            }
        }
    }
}
