//! Reads a CSV file into chunks of rows: byte-order mark, delimiter, quotes and line numbers are dealt with here.

use std::{
    cell::RefCell,
    collections::VecDeque,
    io::{self, Cursor, Read},
    rc::Rc,
};

use csv::{ByteRecord, ReaderBuilder};
use tokio::sync::mpsc::Sender;

use super::{ImportError, MAX_ROWS};
use crate::domain::Invalid;

/// The beginning of a file that is looked at for its delimiter; a header longer than this is none.
const MAX_HEADER_BYTES: usize = 64 * 1024;
/// One row at most: a quote that is left open would otherwise swallow the rest of the file.
const MAX_ROW_BYTES: usize = 1024 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// A column that is not imported, and why.
pub type IgnoredColumn = (String, &'static str);

/// The columns of one kind of file, known from its header.
pub trait Table: Sized {
    /// What a row becomes.
    type Row;
    /// Rows sent on at once.
    const CHUNK: usize;

    /// How many cells a row must have.
    fn width(&self) -> usize;

    /// The row that begins on `line`. With a `flaw` it cannot be used, and `cells` may be none or too many.
    fn row(&self, line: u64, cells: &[&str], flaw: Option<Invalid>) -> Self::Row;
}

/// What the reading thread tells.
#[derive(Debug)]
pub enum Message<R> {
    /// A column that is not imported.
    Ignored {
        /// Its title.
        column: String,
        /// Why.
        why: &'static str,
    },
    /// Up to [`Table::CHUNK`] rows.
    Rows(Vec<R>),
}

/// Reads all of `source` and sends it on; ends early when nobody listens any more. `columns` reads the header's titles.
pub fn read<T: Table>(
    mut source: impl Read,
    columns: impl FnOnce(&[&str]) -> Result<(T, Vec<IgnoredColumn>), Invalid>,
    sender: &Sender<Message<T::Row>>,
) -> Result<(), ImportError> {
    let head = read_head(&mut source).map_err(ImportError::Read)?;
    let body = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&head).to_vec();
    let delimiter = delimiter(&body);
    let passed = Rc::new(RefCell::new(Passed::default()));
    let counted = Counted { inner: Cursor::new(body).chain(source), passed: passed.clone() };
    let mut csv =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(counted);

    let mut record = ByteRecord::new();
    let found = csv.read_byte_record(&mut record).map_err(read_error)?;
    let table = header(found.then_some(&record), columns, sender)?;
    let (mut rows, mut count) = (Vec::with_capacity(T::CHUNK), 0);
    while csv.read_byte_record(&mut record).map_err(read_error)? {
        let line = passed.borrow_mut().line_of_row_at(record.position().map_or(0, csv::Position::byte));
        count += 1;
        if count > MAX_ROWS {
            return Err(ImportError::TooManyRows);
        }
        rows.push(row(&table, &record, line));
        if rows.len() == T::CHUNK && !send(sender, Message::Rows(std::mem::take(&mut rows))) {
            return Ok(());
        }
    }
    if !rows.is_empty() {
        send(sender, Message::Rows(rows));
    }
    Ok(())
}

fn send<R>(sender: &Sender<Message<R>>, message: Message<R>) -> bool {
    sender.blocking_send(message).is_ok()
}

/// The first bytes: up to the end of the first line and at most [`MAX_HEADER_BYTES`].
fn read_head(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut buffer = [0; 4_096];
    while head.len() < MAX_HEADER_BYTES && !head.contains(&b'\n') {
        match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => head.extend_from_slice(buffer.get(..n).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(head)
}

/// The delimiter that the first line has most of, outside quotes.
fn delimiter(head: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [0_usize; DELIMITERS.len()];
    for byte in head.iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')) {
        quoted ^= *byte == b'"';
        if let (false, Some(at)) = (quoted, DELIMITERS.iter().position(|d| d == byte)) {
            counts[at] += 1;
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    DELIMITERS
        .into_iter()
        .zip(counts)
        .find(|(_, count)| *count == most)
        .map_or(b',', |(delimiter, _)| delimiter)
}

fn header<T: Table>(
    record: Option<&ByteRecord>,
    columns: impl FnOnce(&[&str]) -> Result<(T, Vec<IgnoredColumn>), Invalid>,
    sender: &Sender<Message<T::Row>>,
) -> Result<T, ImportError> {
    let wrong = |why: &str| ImportError::Header(Invalid::new("header", why));
    let record = record.ok_or_else(|| wrong("is missing: the file is empty"))?;
    let cells = text_cells(record).ok_or_else(|| wrong("is not UTF-8 text"))?;
    let (table, ignored) = columns(&cells).map_err(ImportError::Header)?;
    for (column, why) in ignored {
        send(sender, Message::Ignored { column, why });
    }
    Ok(table)
}

fn text_cells(record: &ByteRecord) -> Option<Vec<&str>> {
    record.iter().map(|cell| std::str::from_utf8(cell).ok()).collect()
}

fn row<T: Table>(table: &T, record: &ByteRecord, line: u64) -> T::Row {
    let flaw = |why: &str| Some(Invalid::new("row", why));
    let Some(cells) = text_cells(record) else { return table.row(line, &[], flaw("is not UTF-8 text")) };
    let (given, wanted) = (cells.len(), table.width());
    if given == wanted {
        return table.row(line, &cells, None);
    }
    table.row(line, &cells, flaw(&format!("has {given} columns; the header has {wanted}")))
}

fn read_error(error: csv::Error) -> ImportError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => ImportError::Read(error),
        other => ImportError::Read(io::Error::other(format!("{other:?}"))),
    }
}

/// What has passed into the CSV reader's buffer. The reader counts a line too few after CRLF, and takes blank
/// lines for the beginning of the row behind them; so the line breaks are remembered here.
#[derive(Default)]
struct Passed {
    bytes: u64,
    since_row: usize,
    /// Offsets of carriage returns and line feeds at or after the last row's beginning.
    breaks: VecDeque<(u64, u8)>,
    /// Line feeds before those.
    lines: u64,
}

impl Passed {
    fn note(&mut self, bytes: &[u8]) -> io::Result<()> {
        let breaks = bytes.iter().enumerate().filter(|(_, byte)| matches!(byte, b'\n' | b'\r'));
        let base = self.bytes;
        self.breaks.extend(breaks.map(|(at, byte)| (base + at as u64, *byte)));
        self.bytes += bytes.len() as u64;
        self.since_row += bytes.len();
        if self.since_row > MAX_ROW_BYTES {
            let why = format!("a row is longer than {MAX_ROW_BYTES} bytes: is a quote left open?");
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        Ok(())
    }

    /// The line, from 1, of the row that the reader says begins at `offset`.
    fn line_of_row_at(&mut self, mut offset: u64) -> u64 {
        self.since_row = 0;
        while let Some(&(at, byte)) = self.breaks.front().filter(|(at, _)| *at <= offset) {
            self.lines += u64::from(byte == b'\n');
            offset += u64::from(at == offset);
            self.breaks.pop_front();
        }
        self.lines + 1
    }
}

struct Counted<R> {
    inner: R,
    passed: Rc<RefCell<Passed>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.passed.borrow_mut().note(buffer.get(..read).unwrap_or_default())?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::columns::{Columns, Row},
        *,
    };

    fn rows(text: &str) -> Vec<Row> {
        let (sender, mut messages) = tokio::sync::mpsc::channel(100);
        read(Cursor::new(text.as_bytes().to_vec()), Columns::read, &sender).unwrap();
        let mut rows = Vec::new();
        while let Ok(message) = messages.try_recv() {
            if let Message::Rows(mut chunk) = message {
                rows.append(&mut chunk);
            }
        }
        rows
    }

    fn lines(text: &str) -> Vec<(u64, String)> {
        rows(text).into_iter().map(|row| (row.line, row.name)).collect()
    }

    #[test]
    fn byte_order_mark_semicolons_and_quotes_are_understood() {
        let got = rows("\u{feff}provider;name;capacity\r\n\"Lab; B2\";\"a \"\"b\"\"\";3\r\n");
        assert_eq!((got[0].provider.as_str(), got[0].name.as_str()), ("Lab; B2", "a \"b\""));
        assert_eq!(got[0].changes.as_ref().unwrap().capacity, Some(3));
        assert_eq!(rows("\"provider\"\t\"name,x\"\tname\na\tb\tc\n")[0].name, "c");
    }

    #[test]
    fn rows_are_known_by_the_line_they_begin_on() {
        let expected = [(2, "a".to_owned()), (3, "b\nb".to_owned()), (5, "c".to_owned())];
        assert_eq!(lines("provider,name\nx,a\nx,\"b\nb\"\nx,c"), expected);
        let expected = [(2, "a".to_owned()), (3, "b\r\nb".to_owned()), (5, "c".to_owned())];
        assert_eq!(lines("provider,name\r\nx,a\r\nx,\"b\r\nb\"\r\nx,c\r\n"), expected);
        assert_eq!(lines("provider,name\n\n\nx,a\n"), [(4, "a".to_owned())]);
    }

    #[test]
    fn a_row_with_another_number_of_columns_is_refused_alone() {
        let got = rows("provider,name\na\nb,c,d\ne,f\n");
        assert!(got[0].changes.as_ref().unwrap_err()[0].detail.contains("has 1 columns; the header has 2"));
        assert!(got[1].changes.is_err() && got[2].changes.is_ok());
    }

    #[test]
    fn a_quote_left_open_does_not_swallow_the_memory() {
        let text = format!("provider,name\na,\"{}", "x".repeat(4 * MAX_ROW_BYTES));
        let (sender, _messages) = tokio::sync::mpsc::channel(100);
        let error = read(Cursor::new(text.into_bytes()), Columns::read, &sender).unwrap_err();
        assert!(error.to_string().contains("is a quote left open?"), "{error}");
    }

    #[test]
    fn an_empty_file_and_a_header_alone_are_told_apart() {
        let (sender, _messages) = tokio::sync::mpsc::channel(1);
        assert!(matches!(read(Cursor::new(b""), Columns::read, &sender), Err(ImportError::Header(_))));
        assert!(read(Cursor::new(b"provider,name\n"), Columns::read, &sender).is_ok());
    }
}
