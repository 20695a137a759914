//! Bookings of one hardware from CSV: read on a thread of its own, booked in the file's order by the one rule, in
//! chunks, in bounded memory. What is not free is refused row by row; the rest is booked.

use std::io::{self, Read};

use tokio::sync::mpsc;

use super::{
    ImportError, READ_AHEAD,
    reader::{self, Message},
    reservation_columns::{ReservationColumns, ReservationRow},
};
use crate::{
    db::Db,
    domain::window::Window,
    store::reservation_import::{self, Booking, Mode, Outcome, peak_over},
};

/// How many rows met which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Booked now.
    pub accepted: u64,
    /// Booked before, exactly so.
    pub unchanged: u64,
    /// Not free.
    pub refused: u64,
    /// Not to be understood, or impossible.
    pub failed: u64,
    /// The most units in use at once over the time that the rows cover, after the import.
    pub peak: i64,
    covered: Option<Window>,
}

/// What became of one row of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReport {
    /// The line that the row begins on, from 1; the header is line 1.
    pub line: u64,
    /// As the file has it.
    pub key: String,
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

/// Imports a CSV file from `source`. `summary` counts what was done, also when the import ends early.
///
/// # Errors
/// See [`ImportError`].
pub async fn import_reservations(
    db: &Db,
    source: impl Read + Send + 'static,
    mode: Mode<'_>,
    summary: &mut Summary,
    listener: &mut dyn Listener,
) -> Result<(), ImportError> {
    let (sender, mut messages) = mpsc::channel(READ_AHEAD);
    let columns = move |titles: &[&str]| ReservationColumns::read(mode.hardware, titles);
    let reading = tokio::task::spawn_blocking(move || reader::read(source, columns, &sender));
    while let Some(message) = messages.recv().await {
        match message {
            Message::Ignored { column, why } => listener.ignored_column(column, why),
            Message::Rows(rows) => import_rows(db, rows, mode, summary, listener).await?,
        }
    }
    let read = reading.await.map_err(|error| ImportError::Read(io::Error::other(error)))?;
    if let Some(covered) = summary.covered {
        summary.peak = peak_over(db, mode, covered).await?;
    }
    read
}

/// Imports one chunk, and reports its rows in order.
async fn import_rows(
    db: &Db,
    rows: Vec<ReservationRow>,
    mode: Mode<'_>,
    summary: &mut Summary,
    listener: &mut dyn Listener,
) -> Result<(), ImportError> {
    let mut told = Vec::with_capacity(rows.len());
    let mut requests = Vec::with_capacity(rows.len());
    for ReservationRow { line, key, request } in rows {
        told.push((line, key, request.map(|request| requests.push(request))));
    }
    let mut bookings = reservation_import::import_chunk(db, &requests, mode).await?.into_iter();
    for (line, key, read) in told {
        let booking = match read {
            Ok(()) => bookings.next().unwrap_or_else(|| Booking::failed(Vec::new())),
            Err(why) => Booking::failed(why),
        };
        summary.count(&booking);
        listener.row(RowReport { line, key, outcome: booking.outcome });
    }
    Ok(())
}

impl Summary {
    fn count(&mut self, booking: &Booking) {
        match booking.outcome {
            Outcome::Accepted => self.accepted += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Refused { .. } => self.refused += 1,
            Outcome::Failed(_) => self.failed += 1,
        }
        if let Some(window) = booking.window {
            let covered = self.covered.get_or_insert(window);
            *covered = Window { from: covered.from.min(window.from), to: covered.to.max(window.to) };
        }
    }
}
