//! `hardware verify`.

use std::io::{self, Write};

use super::{Exit, write_stdout};
use crate::{
    db::Db,
    store::verify::{self, Counts, Violation},
};

/// Violations that are listed at most; all of them are counted.
const MAX_LISTED: u64 = 1_000;

/// Checks every invariant over the whole database: violations to stderr, one line of JSON to stdout.
///
/// # Errors
/// The database could not be read to its end, or nobody reads stdout.
pub async fn verify(db: &Db) -> anyhow::Result<Exit> {
    let mut found = 0;
    let mut list = |violation: Violation| {
        found += 1;
        if found <= MAX_LISTED {
            // Whoever closed stderr still gets the count.
            let _ = writeln!(io::stderr(), "{violation}");
        }
    };
    let Counts { hardware, reservations, claims, tasks, violations } = verify::run(db, &mut list).await?;
    if violations > MAX_LISTED {
        let _ = writeln!(io::stderr(), "... and {} more violations", violations - MAX_LISTED);
    }
    let line = serde_json::json!({
        "hardware": hardware,
        "reservations": reservations,
        "claims": claims,
        "tasks": tasks,
        "violations": violations,
    });
    write_stdout(format!("{line}\n").as_bytes())?;
    Ok(if violations == 0 { Exit::Ok } else { Exit::Failed })
}
