//! The roll as a town hall exports it: a table of references, each perhaps with a district.
//!
//! Refuses what would make two people one or one person two: an empty reference, a repeated one, a table whose columns
//! are not named. Reports everything that is wrong, by line, up to [`MOST_PROBLEMS`].

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// How many problems are reported; whoever has more has the wrong file.
pub const MOST_PROBLEMS: usize = 20;
/// How many rows a roll may have.
pub const MOST_ROWS: usize = 2_000_000;
/// How long a reference may be, in bytes.
pub const LONGEST_REFERENCE: usize = 64;

/// One person who may take part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollRow {
    /// What the town calls them, as written.
    pub reference: String,
    /// Where they live, or empty.
    pub district: String,
}

/// What is wrong with a line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollProblem {
    /// Counted from 1, the header included.
    pub line: u64,
    /// What it is.
    pub kind: RollProblemKind,
}

/// What can be wrong with a roll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RollProblemKind {
    /// The first line names no column `reference`.
    NoReferenceColumn,
    /// There is nothing below the header.
    NoRows,
    /// More rows than [`MOST_ROWS`].
    TooManyRows,
    /// The line cannot be read as a row of a table: an open quotation mark, say.
    Unreadable,
    /// No reference.
    EmptyReference,
    /// Longer than [`LONGEST_REFERENCE`].
    LongReference,
    /// It begins with `=`, `+`, `-` or `@`, which a spreadsheet would run as a formula.
    Formula,
    /// The same reference stands on this earlier line.
    Repeated {
        /// The earlier line.
        first: u64,
    },
}

/// Reads a roll: columns by `;`, `,` or tab, named by the first line: `reference` and, if there is one, `district`
/// (French names are known too), in any order; other columns are not read.
///
/// `same` says what makes two references one person: it is the form in which they are compared.
///
/// # Errors
/// All that is wrong, in the order of lines.
pub fn read(text: &str, same: impl Fn(&str) -> String) -> Result<Vec<RollRow>, Vec<RollProblem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let header = text.split(['\r', '\n']).find(|line| !line.is_empty()).unwrap_or_default();
    let delimiter =
        [b';', b'\t', b','].into_iter().find(|&byte| header.contains(char::from(byte))).unwrap_or(b';');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let columns: Vec<String> = match records.next() {
        Some(Ok(record)) => record.iter().map(|name| name.trim().to_lowercase()).collect(),
        _ => Vec::new(),
    };
    let column = |names: &[&str]| columns.iter().position(|name| names.contains(&name.as_str()));
    let problem = |line, kind| vec![RollProblem { line, kind }];
    let Some(reference_at) = column(&["reference", "référence", "ref", "réf"]) else {
        return Err(problem(1, RollProblemKind::NoReferenceColumn));
    };
    let district_at = column(&["district", "quartier"]);
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    let mut lines_of: HashMap<String, u64> = HashMap::new();
    let mut lines = Lines { text: text.as_bytes(), byte: 0, line: 1 };
    for record in records {
        if problems.len() >= MOST_PROBLEMS {
            break;
        }
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, |at| lines.at(at.byte()));
                problems.push(RollProblem { line, kind: RollProblemKind::Unreadable });
                continue;
            }
        };
        let line = record.position().map_or(0, |at| lines.at(at.byte()));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() >= MOST_ROWS {
            problems.push(RollProblem { line, kind: RollProblemKind::TooManyRows });
            break;
        }
        let reference = record.get(reference_at).unwrap_or_default().trim();
        let district = district_at.and_then(|at| record.get(at)).unwrap_or_default().trim();
        let wrong = wrong_with(reference, district).or_else(|| match lines_of.entry(same(reference)) {
            Entry::Occupied(first) => Some(RollProblemKind::Repeated { first: *first.get() }),
            Entry::Vacant(place) => {
                place.insert(line);
                None
            }
        });
        match wrong {
            Some(kind) => problems.push(RollProblem { line, kind }),
            None => rows.push(RollRow { reference: reference.to_owned(), district: district.to_owned() }),
        }
    }
    match (problems.is_empty(), rows.is_empty()) {
        (false, _) => Err(problems),
        (true, true) => Err(problem(2, RollProblemKind::NoRows)),
        (true, false) => Ok(rows),
    }
}

/// Counts lines as an editor does. The reader of tables counts a line that ends in CR LF only once it has read on.
struct Lines<'a> {
    text: &'a [u8],
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the row that begins at this byte or after the line ends that follow it. Bytes may only go up.
    fn at(&mut self, byte: u64) -> u64 {
        let mut row = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        while self.text.get(row).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            row += 1;
        }
        let ends_line = |at: usize| match self.text[at] {
            b'\n' => true,
            b'\r' => self.text.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        self.line += (self.byte..row).map(|at| u64::from(ends_line(at))).sum::<u64>();
        self.byte = self.byte.max(row);
        self.line
    }
}

fn wrong_with(reference: &str, district: &str) -> Option<RollProblemKind> {
    if reference.contains(['\r', '\n']) || district.contains(['\r', '\n']) {
        // A quotation mark left open swallows the people below.
        Some(RollProblemKind::Unreadable)
    } else if reference.is_empty() {
        Some(RollProblemKind::EmptyReference)
    } else if reference.len() > LONGEST_REFERENCE {
        Some(RollProblemKind::LongReference)
    } else if reference.starts_with(['=', '+', '-', '@']) {
        Some(RollProblemKind::Formula)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(u64, RollProblemKind)> {
        let problems = read(text, str::to_uppercase).unwrap_err();
        problems.into_iter().map(|problem| (problem.line, problem.kind)).collect()
    }

    #[test]
    fn columns_are_found_by_name_whatever_separates_them() {
        let expected = vec![
            RollRow { reference: "A1".into(), district: "Centre".into() },
            RollRow { reference: "A2".into(), district: String::new() },
        ];
        for text in [
            "reference;district\nA1;Centre\nA2;\n",
            "\u{feff}Quartier,Nom,Référence\r\nCentre,Anne,A1\r\n,,A2\r\n\r\n",
            "REFERENCE\tDISTRICT\n\"A1\"\tCentre\nA2",
        ] {
            assert_eq!(read(text, str::to_uppercase), Ok(expected.clone()), "{text:?}");
        }
    }

    #[test]
    fn everything_wrong_is_said_by_line() {
        assert_eq!(kinds("name;town\nx;y"), [(1, RollProblemKind::NoReferenceColumn)]);
        assert_eq!(kinds(""), [(1, RollProblemKind::NoReferenceColumn)]);
        assert_eq!(kinds("reference\n\n"), [(2, RollProblemKind::NoRows)]);
        assert_eq!(
            kinds("reference;district\nA1;x\n;y\na1;z\n=1+1;\n"),
            [
                (3, RollProblemKind::EmptyReference),
                (4, RollProblemKind::Repeated { first: 2 }),
                (5, RollProblemKind::Formula)
            ]
        );
        let crlf = "reference;district\r\nA1;x\r\na1;y\r\n\r\n;z\r\n";
        assert_eq!(
            kinds(crlf),
            [(3, RollProblemKind::Repeated { first: 2 }), (5, RollProblemKind::EmptyReference)]
        );
        let long = format!("reference\n{}", "x".repeat(65));
        assert_eq!(kinds(&long), [(2, RollProblemKind::LongReference)]);
    }

    /// Old spreadsheets end lines with CR alone: every row was on line 1, and the second of a pair was taken for the
    /// first.
    #[test]
    fn lines_may_end_with_carriage_returns_alone() {
        assert_eq!(
            kinds("reference;district\rA1;x\r\ra1;y\r"),
            [(4, RollProblemKind::Repeated { first: 2 })]
        );
        assert_eq!(read("\r\rref,district\rA1,x;y\r", str::to_owned).unwrap()[0].district, "x;y");
    }

    #[test]
    fn a_quotation_mark_left_open_swallows_nobody() {
        for text in ["reference;district\n\"A1;x\nA2;y\n", "reference;district\nA1;\"x\nA2;y\n"] {
            assert_eq!(kinds(text), [(2, RollProblemKind::Unreadable)]);
        }
    }

    #[test]
    fn a_wrong_file_is_not_read_to_its_end() {
        let text = format!("reference;d\n{}", ";x\n".repeat(1000));
        assert_eq!(read(&text, str::to_owned).unwrap_err().len(), MOST_PROBLEMS);
    }
}
