//! Rows of cells from a file that cannot be trusted.
//!
//! Cells are separated by `;`; one that begins with `"` ends at the next single `"` and may hold `;`, line breaks and,
//! doubled, the mark itself. Written here rather than taken from the `csv` crate because every row must know the exact
//! line it begins on, blank lines and quoted line breaks included, and no row may grow without bound.

use std::io::{BufRead, Read};
use std::ops::Range;

use super::{PbError, Problem, Section};

/// The most bytes that one row may have.
pub(super) const GREATEST_ROW_BYTES: usize = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One row: its cells, and the line it begins on.
#[derive(Default)]
pub(super) struct Row {
    line: u64,
    /// The row as it stands in the file; where it has quotation marks, its cells only, without them.
    text: String,
    /// Where each cell stands in `text`.
    cells: Vec<Range<usize>>,
}

impl Row {
    /// A row without cells.
    pub(super) fn at(line: u64) -> Row {
        Row { line, ..Row::default() }
    }

    /// The line, from 1, on which the row begins.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The number of cells.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// The cell, without the blanks around it.
    pub(super) fn cell(&self, at: usize) -> &str {
        let cell = &self.text[self.cells[at].clone()];
        let is_bare = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
        let bytes = cell.as_bytes();
        // Most cells have no blanks around them, and need not be asked character by character.
        if is_bare(bytes.first()) && is_bare(bytes.last()) { cell } else { cell.trim() }
    }

    /// All cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.cell(at))
    }

    /// The section that the row begins, if it is such a line.
    pub(super) fn section(&self) -> Option<Section> {
        if self.len() == 1 { Section::named(self.cell(0)) } else { None }
    }

    /// Takes a row's text in exchange for that of the row before.
    fn take_plain(&mut self, raw: String) -> String {
        self.cells.clear();
        let mut start = 0;
        for end in memchr::memchr_iter(b';', raw.as_bytes()) {
            self.cells.push(start..end);
            start = end + 1;
        }
        self.cells.push(start..raw.len());
        std::mem::replace(&mut self.text, raw)
    }

    /// Copies a row's cells without their quotation marks.
    fn copy_quoted(&mut self, raw: &str) {
        self.text.clear();
        self.cells.clear();
        let mut rest = raw;
        loop {
            let start = self.text.len();
            if let Some(quoted) = rest.strip_prefix('"') {
                rest = self.copy_until_mark(quoted);
            }
            let end = rest.find(';').unwrap_or(rest.len());
            self.text.push_str(&rest[..end]);
            self.cells.push(start..self.text.len());
            match rest.get(end + 1..) {
                Some(next) => rest = next,
                None => return,
            }
        }
    }

    /// Copies what stands before the closing mark and returns what stands after it.
    fn copy_until_mark<'a>(&mut self, mut rest: &'a str) -> &'a str {
        while let Some((before, after)) = rest.split_once('"') {
            self.text.push_str(before);
            let Some(doubled) = after.strip_prefix('"') else { return after };
            self.text.push('"');
            rest = doubled;
        }
        self.text.push_str(rest);
        ""
    }
}

/// Reads rows and counts lines.
pub(super) struct Rows<R> {
    reader: R,
    /// How many lines were read.
    line: u64,
    raw: Vec<u8>,
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(reader: R) -> Rows<R> {
        Rows { reader, line: 0, raw: Vec::new() }
    }

    /// The number of the line read last.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Reads the next row that is not blank; says whether there was one.
    pub(super) fn next(&mut self, row: &mut Row) -> Result<bool, PbError> {
        loop {
            self.raw.clear();
            if !self.append_line(self.line + 1)? {
                return Ok(false);
            }
            if self.line == 1 && self.raw.starts_with(BYTE_ORDER_MARK) {
                self.raw.drain(..BYTE_ORDER_MARK.len());
            }
            if !self.raw.trim_ascii().is_empty() {
                break;
            }
        }
        row.line = self.line;
        let has_marks = memchr::memchr(b'"', &self.raw).is_some();
        if has_marks {
            self.append_quoted_lines(row.line)?;
        }
        let raw = std::mem::take(&mut self.raw);
        let mut raw = String::from_utf8(raw).map_err(|_| Problem::NotUtf8.at(row.line))?;
        raw.truncate(raw.trim_end_matches(['\r', '\n']).len());
        if has_marks {
            row.copy_quoted(&raw);
        } else {
            // Most rows of most files: no cell is copied, and the buffers take turns.
            raw = row.take_plain(raw);
        }
        self.raw = raw.into_bytes();
        Ok(true)
    }

    /// Appends the lines that a quoted cell of the row that began on line `first` runs over.
    fn append_quoted_lines(&mut self, first: u64) -> Result<(), PbError> {
        let mut place = Place::CellStart.after(&self.raw);
        while place == Place::Quoted {
            let start = self.raw.len();
            if !self.append_line(first)? {
                return Err(Problem::QuoteNotClosed.at(first));
            }
            place = place.after(&self.raw[start..]);
        }
        Ok(())
    }

    /// Appends the next line, its end included, to the row that began on line `first`.
    fn append_line(&mut self, first: u64) -> Result<bool, PbError> {
        let room = GREATEST_ROW_BYTES - self.raw.len() + 1;
        let waiting = self.reader.fill_buf().unwrap_or_default();
        if let Some(end) = memchr::memchr(b'\n', waiting).filter(|end| end + 1 < room) {
            // Nearly always the line is there already.
            self.raw.extend_from_slice(&waiting[..=end]);
            self.reader.consume(end + 1);
            self.line += 1;
            return Ok(true);
        }
        let read = self
            .reader
            .by_ref()
            .take(room as u64)
            .read_until(b'\n', &mut self.raw)
            .map_err(|error| Problem::Unreadable(error.kind()).at(self.line + 1))?;
        if read == room {
            return Err(Problem::RowTooLong.at(first));
        }
        if read > 0 {
            self.line += 1;
        }
        Ok(read > 0)
    }
}

/// Where in a row its last byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    CellStart,
    Plain,
    Quoted,
    /// After a mark inside a quoted cell: it closes the cell, unless another follows.
    Mark,
}

impl Place {
    fn after(self, bytes: &[u8]) -> Place {
        bytes.iter().fold(self, |place, byte| match (place, byte) {
            (Place::CellStart | Place::Mark, b'"') => Place::Quoted,
            (Place::Quoted, b'"') => Place::Mark,
            (Place::Quoted, _) => Place::Quoted,
            (_, b';') => Place::CellStart,
            _ => Place::Plain,
        })
    }
}
