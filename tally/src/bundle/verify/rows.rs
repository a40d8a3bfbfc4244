//! Holds the rows of a published table against those that should be there.

use std::collections::HashMap;

use crate::bundle::Finding;
use crate::bundle::report::Findings;
use crate::bundle::table::{Row, Table};

/// Names what differs: by the table's key, or by place where it has none.
pub(super) fn compare(table: &Table, expected: &[Row], published: &[(u64, Row)], findings: &mut Findings) {
    if expected.iter().eq(published.iter().map(|(_, row)| row)) {
        return;
    }
    if table.key.is_empty() {
        by_place(table, expected, published, findings);
    } else {
        by_key(table, expected, published, findings);
    }
}

fn by_key(table: &Table, expected: &[Row], published: &[(u64, Row)], findings: &mut Findings) {
    let columns: Vec<usize> = table
        .key
        .iter()
        .filter_map(|key| table.columns.iter().position(|column| column.name == *key))
        .collect();
    let key = |row: &Row| -> Vec<String> { columns.iter().map(|&at| row[at].clone()).collect() };
    let mut left: HashMap<Vec<String>, (u64, &Row)> = HashMap::with_capacity(published.len());
    for (line, row) in published {
        if left.insert(key(row), (*line, row)).is_some() {
            findings.add(table.path, added(*line, row));
        }
    }
    for row in expected {
        match left.remove(&key(row)) {
            Some((line, found)) => compare_cells(table, row, (line, found), findings),
            None => findings.add(table.path, Finding::RowMissing { row: row.join(",") }),
        }
    }
    let mut others: Vec<(u64, &Row)> = left.into_values().collect();
    others.sort_unstable_by_key(|&(line, _)| line);
    for (line, row) in others {
        findings.add(table.path, added(line, row));
    }
    let moved = expected.iter().map(key).zip(published).find(|(expected, (_, row))| *expected != key(row));
    if let (Some((_, (line, _))), true) = (moved, expected.len() == published.len()) {
        findings.add(table.path, Finding::Order { line: *line });
    }
}

fn by_place(table: &Table, expected: &[Row], published: &[(u64, Row)], findings: &mut Findings) {
    let alike = |(one, (_, other)): &(&Row, &(u64, Row))| *one == other;
    let head = expected.iter().zip(published).take_while(alike).count();
    let (expected, published) = (&expected[head..], &published[head..]);
    let tail = expected.iter().rev().zip(published.iter().rev()).take_while(alike).count();
    let (expected, published) = (&expected[..expected.len() - tail], &published[..published.len() - tail]);
    for (row, (line, found)) in expected.iter().zip(published) {
        compare_cells(table, row, (*line, found), findings);
    }
    for row in expected.iter().skip(published.len()) {
        findings.add(table.path, Finding::RowMissing { row: row.join(",") });
    }
    for (line, row) in published.iter().skip(expected.len()) {
        findings.add(table.path, added(*line, row));
    }
}

fn added(line: u64, row: &Row) -> Finding {
    Finding::RowAdded { line, row: row.join(",") }
}

fn compare_cells(table: &Table, expected: &Row, (line, found): (u64, &Row), findings: &mut Findings) {
    let project =
        table.columns.iter().position(|column| column.name == "project").map(|at| expected[at].clone());
    let project = project.filter(|project| !project.is_empty());
    for (column, (expected, published)) in table.columns.iter().zip(expected.iter().zip(found)) {
        if expected != published {
            findings.add(
                table.path,
                Finding::Differs {
                    line: Some(line),
                    project: project.clone(),
                    column: column.name.to_owned(),
                    published: published.clone(),
                    expected: expected.clone(),
                },
            );
        }
    }
}
