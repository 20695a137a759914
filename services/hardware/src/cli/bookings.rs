//! `hardware import reservations`.

use std::path::Path;

use anyhow::Context as _;

use super::{
    Exit,
    catalogue::{Teller, ended_early, open, reasons},
    write_stdout,
};
use crate::{
    db::Db,
    domain::moment::rfc3339,
    import::{
        ImportError,
        reservations::{Listener, RowReport, Summary, import_reservations},
    },
    store::{
        StoreError,
        reservation_import::{Mode, Outcome, check_hardware},
    },
};

/// Books what `file` asks for, reports every row, and ends with one line of JSON on stdout.
///
/// # Errors
/// There is no such hardware, the file or the report cannot be opened, or the header cannot be used: nothing was
/// imported.
pub async fn import(db: &Db, mode: Mode<'_>, file: &Path, report: Option<&Path>) -> anyhow::Result<Exit> {
    match check_hardware(db, mode.hardware).await {
        Err(StoreError::NotFound(_)) => anyhow::bail!("hardware {} is not in the catalogue", mode.hardware),
        other => other?,
    }
    let (source, progress) = open(file)?;
    let mut teller = Teller::new(report, &progress)?;
    let mut summary = Summary::default();
    let ended = import_reservations(db, source, mode, &mut summary, &mut teller).await;
    progress.finish_and_clear();
    let told = teller.finish();
    if let Err(error @ ImportError::Header(_)) = ended {
        return Err(error.into());
    }
    print_summary(summary)?;
    told.context("the report could not be written")?;
    match ended {
        Ok(()) if summary.failed == 0 => Ok(Exit::Ok),
        Ok(()) => Ok(Exit::Failed),
        Err(error) => Ok(ended_early(&error)),
    }
}

fn print_summary(summary: Summary) -> anyhow::Result<()> {
    let Summary { accepted, unchanged, refused, failed, peak, .. } = summary;
    let line = serde_json::json!({
        "accepted": accepted, "unchanged": unchanged, "refused": refused, "failed": failed, "peak": peak,
    });
    write_stdout(format!("{line}\n").as_bytes())?;
    Ok(())
}

impl Listener for Teller {
    fn ignored_column(&mut self, column: String, why: &'static str) {
        self.ignored(&column, why);
    }

    fn row(&mut self, report: RowReport) {
        let RowReport { line, key, outcome } = report;
        self.reached(line);
        match outcome {
            Outcome::Accepted => self.tell_all(&format!("line {line}: accepted: {key}")),
            Outcome::Unchanged => self.tell_all(&format!("line {line}: unchanged: {key}")),
            Outcome::Refused { window, qty, free } => {
                let (from, to) = (rfc3339(window.from), rfc3339(window.to));
                self.tell(&format!("line {line}: refused: {key}: {qty} from {from} to {to}, {free} free"));
            }
            Outcome::Failed(why) => self.tell(&format!("line {line}: failed: {key}: {}", reasons(&why))),
        }
    }
}
