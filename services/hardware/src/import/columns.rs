//! What each column of a CSV file means.

use super::{
    cells::restored,
    reader::{IgnoredColumn, Table},
};
use crate::{
    domain::{
        Invalid,
        hardware::Changes,
        tags::{CSV_SEPARATOR, is_key},
    },
    store::catalogue_import::MAX_CHUNK,
};

/// The columns that an export writes, in order.
pub const NAMES: [&str; 9] =
    ["provider", "name", "capacity", "buffer_s", "tz", "category", "location", "description", "tags"];
/// Columns of one file at most.
const MAX_COLUMNS: usize = 80;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Column {
    Known(&'static str),
    /// Becomes the tag `key=cell`.
    Tag(String),
    Ignored,
}

/// The header of one file.
#[derive(Debug)]
pub struct Columns(Vec<Column>);

impl Table for Columns {
    type Row = Row;
    const CHUNK: usize = MAX_CHUNK;

    fn width(&self) -> usize {
        self.0.len()
    }

    fn row(&self, line: u64, cells: &[&str], flaw: Option<Invalid>) -> Row {
        let of = |name| self.cell(cells, name).to_owned();
        let changes = flaw.map_or_else(|| self.changes(cells), |flaw| Err(vec![flaw]));
        Row { line, provider: of("provider"), name: of("name"), changes }
    }
}

/// One row, read.
#[derive(Debug)]
pub struct Row {
    /// The line that it begins on.
    pub line: u64,
    /// Its provider, for the report.
    pub provider: String,
    /// Its name, for the report.
    pub name: String,
    /// What it wants, or why it cannot be read.
    pub changes: Result<Changes, Vec<Invalid>>,
}

impl Columns {
    /// Reads a header. Known names count in any case; others become tags where they can.
    ///
    /// # Errors
    /// `provider` or `name` is missing, or a column is there twice.
    pub fn read(header: &[&str]) -> Result<(Self, Vec<IgnoredColumn>), Invalid> {
        let (mut columns, mut ignored) = (Vec::new(), Vec::new());
        for title in header {
            let column = column_of(title.trim());
            if column == Column::Ignored {
                ignored.push((short(title), "is neither a known column nor a tag's key"));
            } else if columns.contains(&column) {
                return Err(Invalid::new("header", format!("has the column `{}` twice", title.trim())));
            }
            columns.push(column);
        }
        check_number(columns.len())?;
        for required in ["provider", "name"] {
            if !columns.contains(&Column::Known(required)) {
                return Err(Invalid::new(
                    "header",
                    format!("has no column `{required}`; known are {}", NAMES.join(", ")),
                ));
            }
        }
        Ok((Self(columns), ignored))
    }

    /// The cell of a known column.
    pub fn cell<'r>(&self, row: &[&'r str], name: &str) -> &'r str {
        let at = self.0.iter().position(|column| matches!(column, Column::Known(known) if *known == name));
        at.and_then(|at| row.get(at)).map_or("", |cell| restored(cell.trim()))
    }

    /// A row as changes: what has no column stays as it is, an empty number too, an empty text is cleared.
    ///
    /// # Errors
    /// Every cell that is not a number where one is wanted.
    pub fn changes(&self, row: &[&str]) -> Result<Changes, Vec<Invalid>> {
        let mut changes = Changes::default();
        let mut wrong = Vec::new();
        for (column, cell) in self.0.iter().zip(row) {
            let text = restored(cell.trim()).to_owned();
            match column {
                Column::Known("provider") => changes.provider = Some(text),
                Column::Known("name") => changes.name = Some(text),
                Column::Known("capacity") => changes.capacity = number("capacity", &text, &mut wrong),
                Column::Known("buffer_s") => changes.buffer_s = number("buffer_s", &text, &mut wrong),
                Column::Known("tz") => changes.tz = Some(text),
                Column::Known("category") => changes.category = Some(text),
                Column::Known("location") => changes.location = Some(text),
                Column::Known("description") => changes.description = Some(text),
                Column::Known(_) => changes.tags = Some(tags(&text)),
                Column::Tag(key) => changes.set_tags.push((key.clone(), text)),
                Column::Ignored => {}
            }
        }
        if wrong.is_empty() { Ok(changes) } else { Err(wrong) }
    }
}

/// Refuses a header with more columns than any sensible file has.
pub(super) fn check_number(columns: usize) -> Result<(), Invalid> {
    if columns > MAX_COLUMNS {
        return Err(Invalid::new("header", format!("has more than {MAX_COLUMNS} columns")));
    }
    Ok(())
}

/// A title as names are compared: in small letters, blanks and dashes as underscores.
pub(super) fn normal(title: &str) -> String {
    title.trim().to_lowercase().replace([' ', '-'], "_")
}

/// A title as it is told: nobody reads a long one to its end.
pub(super) fn short(title: &str) -> String {
    title.trim().chars().take(80).collect()
}

fn column_of(title: &str) -> Column {
    let normal = normal(title);
    if let Some(known) = NAMES.into_iter().find(|name| *name == normal) {
        return Column::Known(known);
    }
    let key = title.replace(' ', "_");
    if is_key(&key) { Column::Tag(key) } else { Column::Ignored }
}

pub(super) fn number(field: &'static str, text: &str, wrong: &mut Vec<Invalid>) -> Option<i64> {
    if text.is_empty() {
        return None;
    }
    text.parse().map_err(|_| wrong.push(Invalid::new(field, format!("`{text}` is not a whole number")))).ok()
}

fn tags(text: &str) -> Vec<String> {
    text.split(CSV_SEPARATOR).map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &[&'static str]) -> (Columns, Vec<IgnoredColumn>) {
        Columns::read(header).unwrap()
    }

    #[test]
    fn known_columns_count_in_any_case_and_others_become_tags() {
        let (columns, ignored) =
            columns(&["Provider", " NAME ", "Buffer S", "vcpus", "GPU name", "=x", "tags"]);
        assert_eq!(ignored.len(), 1);
        let row = ["Amazon", "c5", "60", "2", "", "y", "a=1; b=2"];
        let changes = columns.changes(&row).unwrap();
        assert_eq!((changes.provider.as_deref(), changes.buffer_s), (Some("Amazon"), Some(60)));
        assert_eq!(changes.tags, Some(vec!["a=1".to_owned(), "b=2".to_owned()]));
        assert_eq!(changes.set_tags, [("vcpus".into(), "2".into()), ("GPU_name".into(), String::new())]);
        assert_eq!((changes.capacity, changes.tz), (None, None));
    }

    #[test]
    fn a_header_without_provider_or_with_a_column_twice_is_refused() {
        for header in [vec!["name"], vec!["provider"], vec!["provider", "name", "Name"], vec![""]] {
            assert_eq!(Columns::read(&header).unwrap_err().field, "header");
        }
    }

    #[test]
    fn every_cell_that_should_be_a_number_is_named() {
        let (columns, _) = columns(&["provider", "name", "capacity", "buffer_s"]);
        let wrong = columns.changes(&["a", "b", "many", "1.5"]).unwrap_err();
        assert_eq!(wrong.iter().map(|w| &*w.field).collect::<Vec<_>>(), ["capacity", "buffer_s"]);
        assert_eq!(columns.changes(&["a", "b", "", ""]).unwrap().capacity, None);
    }
}
