//! The journeys: Playwright, in end2end, against the server as it was built.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{ecot, root, run};
use crate::counts::Counts;
use crate::machine;

/// Measures how long pages take in a browser, and prints it.
pub(crate) fn measure(server: &Path) -> Result<()> {
    let end2end = root().join("end2end");
    run(Command::new(end2end.join("node_modules/.bin/playwright"))
        .current_dir(&end2end)
        .args(["test", "--config=bench.config.ts"])
        .env("ECOT_BIN", server)
        .env("CHROMIUM", machine::chromium().context("no browser found")?))
}

/// Runs the journeys and adds what Playwright reports, also when some failed.
pub(crate) fn run_all(arguments: &[String], counts: &mut Counts) -> Result<()> {
    let end2end = root().join("end2end");
    let report = root().join("target/journeys.json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let outcome = run(Command::new(end2end.join("node_modules/.bin/playwright"))
        .current_dir(&end2end)
        .arg("test")
        .args(arguments)
        .env("ECOT_BIN", ecot())
        .env("CHROMIUM", machine::chromium().context("no browser found")?)
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report));
    if let Ok(report) = fs::read(&report) {
        *counts += Counts::of_playwright(&serde_json::from_slice(&report)?);
    }
    outcome
}
