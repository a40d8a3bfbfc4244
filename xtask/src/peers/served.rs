//! A served installation, the demo town's: whether its bundle is right as it comes over the wire, and whether it answers
//! as its API's document promises; schemathesis asks it some thousand things.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::bundles::{are_packages, recount};
use super::{Checks, program};
use crate::command::{ecot, read};
use crate::demo::Served;

pub(super) const CHECKS: usize = 2;

/// Where the demo has a result.
const RESULT: &str = "aulnerive/2025/results/v1";

/// How long schemathesis goes on asking. The document and examples of refusals take some seconds before.
const SECONDS: &str = "60";

pub(super) fn check(checks: &mut Checks<'_>, python: &Path) {
    let demo = match Served::start(&ecot()) {
        Ok(demo) => demo,
        Err(error) => return checks.add("the demo", Err(error)),
    };
    checks.add("the demo's bundle, as served", bundle_is_right(&demo, python));
    checks.add("the API by schemathesis", keeps_its_promises(&demo, python));
}

/// Fetched, counted again by the second program, and valid to frictionless.
fn bundle_is_right(demo: &Served, python: &Path) -> Result<String> {
    let folder = demo.folder.join("bundles");
    fs::create_dir_all(&folder)?;
    let bundle = folder.join("2025.zip");
    read(
        program(python, "bundles.py")
            .args(["fetch", &format!("http://{}/{RESULT}/bundle.zip", demo.address)])
            .arg(&bundle),
    )
    .with_context(|| demo.log())?;
    let counted = recount(&folder)?;
    are_packages(python, &[bundle])?;
    Ok(counted)
}

/// No undocumented status, type or shape, nothing of 500 and above, no bad input that is taken for good.
fn keeps_its_promises(demo: &Served, python: &Path) -> Result<String> {
    let document = format!("http://{}/api/v1/openapi.json", demo.address);
    let said = read(
        Command::new(python.with_file_name("schemathesis"))
            // It leaves what it learnt beside it.
            .current_dir(&demo.folder)
            .args([
                "--no-color",
                "run",
                &document,
                "--wait-for-schema=60",
                "--request-timeout=10",
                "--seed=1",
            ])
            .args(["--checks=all", "--no-shrink", "--workers=2", "--max-time", SECONDS]),
    )
    .with_context(|| demo.log())?;
    let cases = said.lines().find(|line| line.contains(" generated, "));
    Ok(cases.context("schemathesis does not say what it did")?.trim().to_owned())
}
