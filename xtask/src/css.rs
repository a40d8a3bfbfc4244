//! The style sheet: one bundle of `style/main.css` and what it imports, and the rules that no linter has.

use std::fmt::Display;
use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::error::Error;
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};
use lightningcss::targets::{Browsers, Targets};

/// The browsers of autumn 2023: a cheap phone gets updates for about three years.
const BROWSERS: Browsers = Browsers {
    android: Some(119 << 16),
    chrome: Some(119 << 16),
    edge: Some(119 << 16),
    firefox: Some(119 << 16),
    ie: None,
    ios_saf: Some((17 << 16) | (1 << 8)),
    opera: Some(105 << 16),
    safari: Some((17 << 16) | (1 << 8)),
    samsung: Some(23 << 16),
};

/// Bundles and minifies a style sheet. A fault names its file, line and column.
pub(crate) fn bundle(entry: &Path) -> Result<String> {
    let targets = Targets::from(BROWSERS);
    let files = FileProvider::new();
    let mut sheet = Bundler::new(&files, None, ParserOptions::default()).bundle(entry).map_err(located)?;
    sheet.minify(MinifyOptions { targets, ..MinifyOptions::default() }).map_err(located)?;
    let printed = sheet
        .to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })
        .map_err(located)?;
    Ok(printed.code)
}

/// Editors count lines from one; lightningcss counts them from zero.
fn located(error: Error<impl Display>) -> anyhow::Error {
    match error.loc {
        Some(place) => anyhow!("{}:{}:{}: {}", place.filename, place.line + 1, place.column, error.kind),
        None => anyhow!("{}", error.kind),
    }
}

/// The lines (from one) that speak of left or right where Arabic needs start or end, each with its declaration.
pub(crate) fn physical(css: &str) -> Vec<(usize, String)> {
    let without_comments = blank_comments(css);
    let lines = without_comments.lines().zip(1..);
    let declarations =
        lines.flat_map(|(line, at)| line.split(['{', '}', ';']).map(move |piece| (at, piece.trim())));
    declarations.filter(|(_, piece)| is_physical(piece)).map(|(at, piece)| (at, piece.to_owned())).collect()
}

fn is_physical(declaration: &str) -> bool {
    let Some((property, value)) = declaration.split_once(':') else { return false };
    let mut words = property.trim().split('-');
    let side = |word: &str| matches!(word, "left" | "right");
    let takes_side = matches!(property.trim(), "text-align" | "text-align-last" | "float" | "clear");
    // A custom property starts with two dashes, so its first word is empty, and its name is the author's own.
    !property.starts_with("--") && (words.any(side) || takes_side && value.split_whitespace().any(side))
}

/// Comments become spaces, line ends stay, so that line numbers do.
fn blank_comments(css: &str) -> String {
    let mut rest = css;
    let mut out = String::with_capacity(css.len());
    while let Some((code, tail)) = rest.split_once("/*") {
        let (comment, after) = tail.split_once("*/").unwrap_or((tail, ""));
        out.push_str(code);
        out.extend(comment.chars().filter(|character| *character == '\n'));
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_found_where_they_are_declared_and_nowhere_else() {
        let css = "/* left: 0\n */ a:hover { margin-left: 1rem; inset-inline: 0 }\n.left { text-align: right }\n\
                   b { --left: 1; text-align: start; border-top-right-radius: 1px }";
        let found = physical(css);
        let expected =
            [(2, "margin-left: 1rem"), (3, "text-align: right"), (4, "border-top-right-radius: 1px")];
        assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn a_fault_in_an_imported_file_names_that_file_and_its_line() {
        let folder = std::env::temp_dir().join(format!("ecot-css-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("main.css"), "@import './part.css';").unwrap();
        std::fs::write(folder.join("part.css"), "a { color: red }\nb } {").unwrap();
        let error = bundle(&folder.join("main.css")).unwrap_err().to_string();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(error.contains("part.css:2:"), "{error}");
    }
}
