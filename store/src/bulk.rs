//! Many rows in one statement, for the few places that write tens of thousands.
//!
//! Takes only text of this crate and puts values nowhere but in placeholders.

use crate::{Result, Transaction};
use sqlx::AssertSqlSafe;

/// How many rows go in a statement: beyond this the time of a row no longer falls, and both databases bound the number
/// of placeholders.
pub(crate) const ROWS: usize = 64;

/// A value of a row.
#[derive(Clone, Copy)]
pub(crate) enum Cell<'a> {
    Text(&'a str),
    Bigint(i64),
}

/// Inserts rows of as many `columns`, one after the other in `cells`. `insert` ends before the word `values`.
pub(crate) async fn insert(
    tx: &mut Transaction<'_>,
    insert: &'static str,
    columns: usize,
    cells: &[Cell<'_>],
) -> Result<()> {
    for rows in cells.chunks(columns * ROWS) {
        // Made of `insert`, brackets, commas and numbered placeholders; nothing of it comes from outside.
        let statement = AssertSqlSafe(statement(insert, columns, rows.len() / columns));
        let mut query = sqlx::query(statement);
        for cell in rows {
            query = match *cell {
                Cell::Text(text) => query.bind(text),
                Cell::Bigint(number) => query.bind(number),
            };
        }
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

fn statement(insert: &str, columns: usize, rows: usize) -> String {
    let row = |row: usize| {
        let places: Vec<_> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", places.join(","))
    };
    format!("{insert} values {}", (0..rows).map(row).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    #[test]
    fn placeholders_are_numbered_row_by_row() {
        assert_eq!(
            super::statement("insert into t (a, b)", 2, 2),
            "insert into t (a, b) values ($1,$2),($3,$4)"
        );
    }
}
