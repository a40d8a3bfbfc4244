//! `results.xlsx`: the tables of a bundle as one workbook, for those who work in a spreadsheet.
//!
//! Made from the CSV files themselves, cell by cell, so that it cannot say anything else. Each amount stands twice: as money,
//! to read and to add, and in minor units, as it was counted. The same tables give the same bytes.

use super::units;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use tally::Minor;
use tally::bundle::{About, File, media_type};

/// The tables, and what their sheets are called. Ballots and rounds are for programs.
const SHEETS: [(&str, &str); 4] = [
    ("totals.csv", "totals"),
    ("projects.csv", "projects"),
    ("participation.csv", "participation"),
    ("other_rules.csv", "other rules"),
];

/// Why there is no workbook.
#[derive(Debug)]
pub(super) enum Failed {
    /// A table could not be read.
    Table(csv::Error),
    /// A sheet could not be written.
    Sheet(XlsxError),
}

impl From<csv::Error> for Failed {
    fn from(cause: csv::Error) -> Self {
        Self::Table(cause)
    }
}

impl From<XlsxError> for Failed {
    fn from(cause: XlsxError) -> Self {
        Self::Sheet(cause)
    }
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Table(cause) => cause.fmt(f),
            Self::Sheet(cause) => cause.fmt(f),
        }
    }
}

/// The workbook of these tables. `in_points` says that what ballots give is not money, so that it is not shown as such.
///
/// # Errors
/// When a table or a sheet is not one.
pub(super) fn file(about: &About, tables: &[File], in_points: bool) -> Result<File, Failed> {
    let mut workbook = Workbook::new();
    let (date, time) = about.released_at.split_once('T').unwrap_or((&about.released_at, ""));
    let created = ExcelDateTime::parse_from_str(&format!("{date} {}", time.trim_end_matches('Z')));
    let properties = DocProperties::new()
        .set_title(&about.title)
        .set_author(&about.municipality_name)
        .set_comment(&about.homepage);
    workbook.set_properties(&match created {
        Ok(created) => properties.set_creation_datetime(&created),
        Err(_) => properties,
    });
    read_me(workbook.add_worksheet(), about)?;
    for (path, name) in SHEETS {
        if let Some(table) = tables.iter().find(|file| file.path == path) {
            fill(workbook.add_worksheet().set_name(name)?, &table.bytes, (&about.currency, in_points))?;
        }
    }
    let path = "results.xlsx";
    Ok(File {
        path: path.to_owned(),
        media_type: media_type(path).to_owned(),
        title: "The tables as one workbook".to_owned(),
        bytes: workbook.save_to_buffer()?,
    })
}

/// What this is and where it is from.
fn read_me(sheet: &mut Worksheet, about: &About) -> Result<(), XlsxError> {
    sheet.set_name("README")?.set_column_width(0, 100)?;
    let name = format!("{} – {}", about.municipality_name, about.title);
    let licence = about.licence.as_ref().map_or_else(String::new, |licence| licence.title.clone());
    let lines = [
        name,
        format!("Version {}, {}", about.version, about.released_at),
        about.homepage.clone(),
        licence,
        String::new(),
        "Chaque somme est écrite deux fois : en monnaie, puis en centimes entiers (…_minor), tels qu’ils ont été comptés."
            .to_owned(),
        "Each amount stands twice: as money, then in whole minor units (…_minor), as it was counted.".to_owned(),
    ];
    let bold = Format::new().set_bold();
    for (row, line) in (0..).zip(lines) {
        if row == 0 {
            sheet.write_string_with_format(row, 0, line, &bold)?;
        } else {
            sheet.write_string(row, 0, line)?;
        }
    }
    Ok(())
}

/// A column of a sheet.
struct Column {
    /// Its place in the table.
    place: usize,
    name: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Whole,
    Money,
}

/// Of a table with this head: each column, and before one in minor units the same as money.
fn columns(head: &csv::StringRecord, in_points: bool) -> Vec<Column> {
    let mut columns = Vec::new();
    for (place, name) in head.iter().enumerate() {
        let money = name.strip_suffix("_minor");
        let is_points = in_points && matches!(name, "given_minor" | "support_minor");
        if let Some(name) = money.filter(|_| !is_points) {
            columns.push(Column { place, name: name.to_owned(), kind: Kind::Money });
        }
        let is_whole =
            money.is_some() || matches!(name, "supporters" | "min_supporters" | "eligible" | "voted");
        let kind = if is_whole { Kind::Whole } else { Kind::Text };
        columns.push(Column { place, name: name.to_owned(), kind });
    }
    columns
}

fn fill(sheet: &mut Worksheet, table: &[u8], (currency, in_points): (&str, bool)) -> Result<(), Failed> {
    let mut reader = csv::Reader::from_reader(table);
    let columns = columns(reader.headers()?, in_points);
    let bold = Format::new().set_bold();
    let money = Format::new().set_num_format(format!("#,##0.00\\ \"{currency}\""));
    for (at, column) in (0..).zip(&columns) {
        sheet.write_string_with_format(0, at, &column.name, &bold)?;
    }
    for (row, record) in (1..).zip(reader.records()) {
        let record = record?;
        for (at, column) in (0..).zip(&columns) {
            let cell = record.get(column.place).unwrap_or_default();
            match (column.kind, cell.parse::<i64>()) {
                (Kind::Money, Ok(minor)) => {
                    sheet.write_number_with_format(row, at, units(Minor::new(minor)), &money)?;
                }
                // Text where a spreadsheet would round it.
                (Kind::Whole, Ok(whole)) if whole.unsigned_abs() < 1 << 53 => {
                    sheet.write_number(row, at, cell.parse::<f64>().unwrap_or_default())?;
                }
                _ => {
                    sheet.write_string(row, at, cell)?;
                }
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?.autofit();
    Ok(())
}
