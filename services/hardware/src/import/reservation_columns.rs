//! What each column of a CSV file of bookings means.

use super::{
    cells::restored,
    columns::{check_number, normal, number, short},
    reader::{IgnoredColumn, Table},
};
use crate::{
    domain::{
        Invalid, kept,
        moment::Moment,
        text::{Breaks, bounded},
        wish::{Raw, Wish},
    },
    store::reservation_import::{MAX_CHUNK, Request},
};

/// The columns that are read: the first is also known as `key`.
const NAMES: [&str; 6] = ["job", "starts_at", "ends_at", "qty", "user", "purpose"];
const REQUIRED: [&str; 3] = ["job", "starts_at", "ends_at"];
/// Characters of a key at most.
const MAX_KEY_CHARS: usize = 200;

/// The header of one file, and the hardware that its rows book.
#[derive(Debug)]
pub struct ReservationColumns {
    hardware: i64,
    /// `None` is a column that is not read.
    names: Vec<Option<&'static str>>,
    /// The first column's name, as the file has it.
    key: &'static str,
}

/// One row, read.
#[derive(Debug)]
pub struct ReservationRow {
    /// The line that it begins on.
    pub line: u64,
    /// Its key, for the report.
    pub key: String,
    /// What it wants, or why it cannot be read.
    pub request: Result<Request, Vec<Invalid>>,
}

impl ReservationColumns {
    /// Reads a header. Names count in any case and order.
    ///
    /// # Errors
    /// A required column is missing, or one is there twice.
    pub fn read(hardware: i64, titles: &[&str]) -> Result<(Self, Vec<IgnoredColumn>), Invalid> {
        let (mut names, mut ignored, mut key) = (Vec::new(), Vec::new(), "job");
        for title in titles {
            let mut name = normal(title);
            if name == "key" {
                (name, key) = ("job".to_owned(), "key");
            }
            let known = NAMES.into_iter().find(|known| *known == name);
            if known.is_none() {
                ignored.push((short(title), "is none of job, key, starts_at, ends_at, qty, user, purpose"));
            } else if names.contains(&known) {
                return Err(Invalid::new("header", format!("has the column `{}` twice", short(title))));
            }
            names.push(known);
        }
        check_number(names.len())?;
        for required in REQUIRED {
            if !names.contains(&Some(required)) {
                let wanted = if required == "job" { "job` or `key" } else { required };
                let why = format!("has no column `{wanted}`; known are {}", NAMES.join(", "));
                return Err(Invalid::new("header", why));
            }
        }
        Ok((Self { hardware, names, key }, ignored))
    }

    fn cell<'r>(&self, row: &[&'r str], name: &str) -> &'r str {
        let at = self.names.iter().position(|column| *column == Some(name));
        at.and_then(|at| row.get(at)).map_or("", |cell| restored(cell.trim()))
    }

    /// # Errors
    /// Every cell that cannot be what its column says.
    fn request(&self, row: &[&str]) -> Result<Request, Vec<Invalid>> {
        let mut wrong = Vec::new();
        let key = kept(&mut wrong, self.key_of(row));
        let starts_at = kept(&mut wrong, moment("starts_at", self.cell(row, "starts_at")));
        let ends_at = kept(&mut wrong, moment("ends_at", self.cell(row, "ends_at")));
        let unread = wrong.len();
        let qty = number("qty", self.cell(row, "qty"), &mut wrong).unwrap_or(1);
        let (Some(key), Some(starts_at), Some(ends_at), true) =
            (key, starts_at, ends_at, wrong.len() == unread)
        else {
            return Err(wrong);
        };
        let text = |name| Some(self.cell(row, name).to_owned());
        let (user, purpose) = (text("user"), text("purpose"));
        let lines = vec![(self.hardware, qty)];
        let raw = Raw { starts_at, ends_at, tz: None, user, purpose, lines, repeat: None };
        Wish::new(&raw).map(|wish| Request { key, wish }).map_err(in_columns)
    }

    fn key_of(&self, row: &[&str]) -> Result<String, Invalid> {
        let key = bounded(self.key, self.cell(row, "job"), MAX_KEY_CHARS, Breaks::Refused)?;
        if key.is_empty() {
            return Err(Invalid::new(self.key, "is required: importing again knows the row by it"));
        }
        Ok(key)
    }
}

impl Table for ReservationColumns {
    type Row = ReservationRow;
    const CHUNK: usize = MAX_CHUNK;

    fn width(&self) -> usize {
        self.names.len()
    }

    fn row(&self, line: u64, cells: &[&str], flaw: Option<Invalid>) -> ReservationRow {
        let request = flaw.map_or_else(|| self.request(cells), |flaw| Err(vec![flaw]));
        ReservationRow { line, key: short(self.cell(cells, "job")), request }
    }
}

fn moment(field: &'static str, text: &str) -> Result<Moment, Invalid> {
    text.parse().map_err(|why| Invalid::new(field, format!("`{}` {why}", short(text))))
}

/// The lines of a wish are the columns of a row.
fn in_columns(wrong: Vec<Invalid>) -> Vec<Invalid> {
    let own = |why: Invalid| {
        let field = if why.field.starts_with("lines") { "qty".into() } else { why.field };
        Invalid { field, ..why }
    };
    wrong.into_iter().map(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(titles: &[&str]) -> ReservationColumns {
        ReservationColumns::read(7, titles).unwrap().0
    }

    fn wrong(columns: &ReservationColumns, cells: &[&str]) -> Vec<String> {
        columns.request(cells).unwrap_err().iter().map(|why| why.field.to_string()).collect()
    }

    #[test]
    fn columns_stand_in_any_order_and_unknown_ones_are_told() {
        let titles = ["Nodes", "Ends at", "QTY", "starts-at", "purpose", "Job"];
        let (columns, ignored) = ReservationColumns::read(7, &titles).unwrap();
        assert_eq!(ignored.len(), 1);
        assert_eq!(ignored[0].0, "Nodes");
        let row = ["128", "2026-06-11T15:00Z", " 2 ", "2026-06-11T14:00", "a\nb", "4'711"];
        let request = columns.request(&row).unwrap();
        assert_eq!((request.key.as_str(), request.wish.purpose.as_str()), ("4'711", "a\nb"));
        assert_eq!(request.wish.basket.iter().collect::<Vec<_>>(), [(7, 2)]);
        assert!(matches!(request.wish.starts_at, Moment::Wall(_)));
    }

    #[test]
    fn without_a_quantity_it_is_one() {
        let row = ["a", "2026-06-11T14:00Z", "2026-06-11T15:00Z", ""];
        for titles in [&["key", "starts_at", "ends_at", "qty"], &["key", "starts_at", "ends_at", "x"]] {
            assert_eq!(columns(titles).request(&row).unwrap().wish.basket.qty(7), Some(1));
        }
    }

    #[test]
    fn a_header_needs_a_key_and_both_times_once() {
        for (titles, told) in [
            (vec!["starts_at", "ends_at"], "no column `job` or `key`"),
            (vec!["job", "ends_at"], "no column `starts_at`"),
            (vec!["job", "starts_at"], "no column `ends_at`"),
            (vec!["job", "starts_at", "ends_at", "key"], "`key` twice"),
            (vec![""], "no column `job` or `key`"),
        ] {
            let why = ReservationColumns::read(7, &titles).unwrap_err();
            assert!(why.detail.contains(told), "{titles:?}: {}", why.detail);
        }
        assert!(ReservationColumns::read(7, &["x"; 100]).is_err());
    }

    #[test]
    fn every_cell_that_cannot_be_is_named_by_its_column() {
        let columns = columns(&["key", "starts_at", "ends_at", "qty", "user"]);
        assert_eq!(wrong(&columns, &["", "today", "", "few", ""]), ["key", "starts_at", "ends_at", "qty"]);
        let (from, to) = ("2026-06-11T14:00Z", "2026-06-11T15:00Z");
        let long = "x".repeat(201);
        assert_eq!(wrong(&columns, &["a", from, to, "0", &long]), ["user", "qty"]);
        assert_eq!(wrong(&columns, &[&long, from, to, "", ""]), ["key"]);
    }
}
