//! `hardware import hardware`, `export hardware` and `seed`.

use std::{
    fs::File,
    io::{self, BufWriter, IsTerminal, Read, Write},
    path::Path,
};

use anyhow::Context as _;
use chassis::Clock;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::mpsc;

use super::{Exit, write_stdout};
use crate::{
    db::Db,
    domain::{
        Invalid,
        hardware::{Changes, Hardware},
        present::Present,
    },
    export,
    import::{self, ImportError, Listener, RowReport, Summary},
    store::{
        catalogue_import::{Mode, Outcome},
        hardware_change,
    },
};

/// Who does what the command line does.
pub const ACTOR: &str = "command line";
const EXPORT_AHEAD: usize = 2;

/// Imports `file`, reports every row, and ends with one line of JSON on stdout.
///
/// # Errors
/// The file or the report cannot be opened: nothing was imported.
pub async fn import(
    db: &Db,
    present: Present,
    file: &Path,
    dry_run: bool,
    report: Option<&Path>,
) -> anyhow::Result<Exit> {
    let (source, progress) = open(file)?;
    let mut teller = Teller::new(report, &progress)?;
    let mode = Mode { dry_run, present, actor: ACTOR };
    let mut summary = Summary::default();
    let ended = import::import_catalogue(db, source, mode, &mut summary, &mut teller).await;
    progress.finish_and_clear();
    let told = teller.finish();
    print_summary(summary)?;
    told.context("the report could not be written")?;
    exit_of(ended, summary)
}

fn exit_of(ended: Result<(), ImportError>, summary: Summary) -> anyhow::Result<Exit> {
    match ended {
        Ok(()) if summary.failed == 0 => Ok(Exit::Ok),
        Ok(()) => Ok(Exit::Failed),
        Err(error) => Ok(ended_early(&error)),
    }
}

/// Says why an import did not get to the end of its file.
pub(super) fn ended_early(error: &ImportError) -> Exit {
    eprintln!(
        "hardware: the import ended early: {error}; what was imported stays, and the file can be imported again"
    );
    Exit::Failed
}

/// The file, and a bar that follows it on a terminal.
pub(super) fn open(file: &Path) -> anyhow::Result<(Box<dyn Read + Send>, ProgressBar)> {
    if file == Path::new("-") {
        return Ok((Box::new(io::stdin()), ProgressBar::hidden()));
    }
    let opened = File::open(file).with_context(|| file.display().to_string())?;
    let bytes = opened.metadata()?.len();
    let target =
        if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(bytes), target);
    let style = ProgressStyle::with_template("{wide_bar} {percent}% of {total_bytes}, {msg}, {eta} left")?;
    bar.set_style(style);
    bar.set_message("line 1");
    Ok((Box::new(bar.wrap_read(opened)), bar))
}

fn print_summary(summary: Summary) -> anyhow::Result<()> {
    let Summary { created, updated, unchanged, failed } = summary;
    let line = serde_json::json!({ "created": created, "updated": updated, "unchanged": unchanged, "failed": failed });
    write_stdout(format!("{line}\n").as_bytes())?;
    Ok(())
}

/// Writes a line for each row: all of them into a report, only refused ones onto the terminal.
pub(super) struct Teller {
    rows: Box<dyn Write + Send>,
    everything: bool,
    progress: ProgressBar,
    broken: Option<io::Error>,
}

impl Teller {
    /// Tells the file `report`, or the terminal.
    pub(super) fn new(report: Option<&Path>, progress: &ProgressBar) -> anyhow::Result<Self> {
        let rows: Box<dyn Write + Send> = match report {
            Some(path) => {
                Box::new(BufWriter::new(File::create(path).with_context(|| path.display().to_string())?))
            }
            None => Box::new(io::stderr()),
        };
        Ok(Self { rows, everything: report.is_some(), progress: progress.clone(), broken: None })
    }

    /// The import has come to `line`.
    pub(super) fn reached(&self, line: u64) {
        self.progress.set_message(format!("line {line}"));
    }

    /// A column that is not read, and why.
    pub(super) fn ignored(&mut self, column: &str, why: &str) {
        self.tell(&format!("line 1: column `{column}` is ignored: it {why}"));
    }

    /// For the report alone.
    pub(super) fn tell_all(&mut self, line: &str) {
        if self.everything {
            self.tell(line);
        }
    }

    /// For the report, or for the terminal.
    pub(super) fn tell(&mut self, line: &str) {
        if self.everything {
            self.broken = self.broken.take().or(writeln!(self.rows, "{line}").err());
        } else {
            // A terminal's bar steps aside for a line; without one it is plain stderr.
            self.progress.suspend(|| {
                self.broken = self.broken.take().or(writeln!(self.rows, "{line}").err());
            });
        }
    }

    /// Whether all of it could be told.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.rows.flush()?;
        self.broken.map_or(Ok(()), Err)
    }
}

impl Listener for Teller {
    fn ignored_column(&mut self, column: String, why: &'static str) {
        self.ignored(&column, why);
    }

    fn row(&mut self, report: RowReport) {
        let RowReport { line, provider, name, outcome } = report;
        self.reached(line);
        let word = match &outcome {
            Outcome::Created => "created",
            Outcome::Updated => "updated",
            Outcome::Unchanged => "unchanged",
            Outcome::Failed(why) => {
                return self.tell(&format!("line {line}: failed: {provider} / {name}: {}", reasons(why)));
            }
        };
        self.tell_all(&format!("line {line}: {word}: {provider} / {name}"));
    }
}

/// All that is wrong with a row, in one line.
pub(super) fn reasons(why: &[Invalid]) -> String {
    why.iter().map(|invalid| format!("{} {}", invalid.field, invalid.detail)).collect::<Vec<_>>().join("; ")
}

/// Writes the catalogue to stdout as CSV.
///
/// # Errors
/// The database cannot be reached, or stdout is closed.
pub async fn export(db: &Db) -> anyhow::Result<Exit> {
    let (sender, mut pages) = mpsc::channel(EXPORT_AHEAD);
    let db = db.clone();
    let writing = tokio::spawn(async move { export::catalogue(&db, &sender).await });
    while let Some(page) = pages.recv().await {
        write_stdout(&page?)?;
    }
    writing.await??;
    Ok(Exit::Ok)
}

/// Adds the sample hardware unless it is or ever was there.
///
/// # Errors
/// The database cannot be reached.
pub async fn seed(db: &Db, clock: &Clock) -> anyhow::Result<Exit> {
    for (provider, name, capacity) in [("Amazon", "c5", 4), ("Azure", "H16mr", 2)] {
        let changes = Changes {
            provider: Some(provider.to_owned()),
            name: Some(name.to_owned()),
            capacity: Some(capacity),
            ..Changes::default()
        };
        let hardware = Hardware::new(&changes).map_err(|invalid| anyhow::anyhow!("{invalid:?}"))?;
        let added = hardware_change::seed(db, &hardware, clock.now_s()).await?;
        tracing::info!(provider, name, added, "sample hardware");
    }
    Ok(Exit::Ok)
}
