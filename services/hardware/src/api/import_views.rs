//! What travels about an import.

use chassis::FieldError;
use poem_openapi::{Enum, Object};
use serde::Serialize;

use crate::{import::RowReport, store::catalogue_import::Outcome};

/// What became of an import.
#[derive(Clone, Debug, Default, Object, Serialize)]
#[oai(rename = "ImportReport")]
pub struct ImportReportView {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// New rows.
    pub created: u64,
    /// Rows that were there and are different now.
    pub updated: u64,
    /// Rows that were there, exactly so.
    pub unchanged: u64,
    /// Rows that were refused.
    pub failed: u64,
    /// Columns that are not imported, and why.
    pub ignored_columns: Vec<IgnoredColumnView>,
    /// Every row, in the file's order.
    pub rows: Vec<ImportRowView>,
}

/// A column that is not imported.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "IgnoredColumn")]
pub struct IgnoredColumnView {
    /// Its title.
    pub column: String,
    /// Why not.
    pub reason: String,
}

/// How one row of an import ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum RowResult {
    /// It was new.
    Created,
    /// It was there, and is different now.
    Updated,
    /// It was there, exactly so.
    Unchanged,
    /// It was refused.
    Failed,
}

/// One row of an import.
#[derive(Clone, Debug, Object, Serialize)]
#[oai(rename = "ImportRow")]
pub struct ImportRowView {
    /// The line that it begins on; the header is line 1.
    pub line: u64,
    /// As the file has it.
    pub provider: String,
    /// As the file has it.
    pub name: String,
    /// How it ended.
    pub result: RowResult,
    /// Why it was refused; left out where it was not.
    #[oai(skip_serializing_if_is_empty, default)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl From<RowReport> for ImportRowView {
    fn from(report: RowReport) -> Self {
        let (result, invalid) = match report.outcome {
            Outcome::Created => (RowResult::Created, Vec::new()),
            Outcome::Updated => (RowResult::Updated, Vec::new()),
            Outcome::Unchanged => (RowResult::Unchanged, Vec::new()),
            Outcome::Failed(why) => (RowResult::Failed, why),
        };
        let errors = invalid.into_iter().map(|i| FieldError::new(i.field, i.detail)).collect();
        Self { line: report.line, provider: report.provider, name: report.name, result, errors }
    }
}
