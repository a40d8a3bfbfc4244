//! The peers: other people's programs, and a second one of our own, on the same files as we, live.
//!
//! | file | compares |
//! | --- | --- |
//! | [`winners`] | who wins real elections, with pabutools |
//! | [`bundles`] | bundles, counted by `tally/oracle/recount.py` and read by validators of others |
//! | [`served`] | what the demo answers with what its API's document promises, by schemathesis; its bundle too |
//!
//! Where a peer counts otherwise than we do on purpose, it is not asked: `docs/peers.md` says where and why. Whatever
//! needs a network, or real elections, and cannot have them is skipped, but not in CI.

mod bundles;
mod served;
mod winners;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::command::root;
use crate::counts::Counts;
use crate::machine;

/// Runs all comparisons, each counted as one test.
pub(crate) fn run_all(counts: &mut Counts) -> Result<()> {
    let mut checks = Checks { counts, failed: 0 };
    let files = real_elections()?;
    let bundles = bundles::check(&mut checks, files.is_some());
    let peers = checks.have(machine::python_with_peers(), "the peers", bundles::PABULIB + winners::CHECKS);
    if let Some(python) = &peers {
        if let Some(folder) = &bundles {
            bundles::check_pabulib(&mut checks, python, folder, files.as_deref());
        }
        match &files {
            Some(files) => winners::check(&mut checks, python, files),
            None => checks.skip("no real elections; set ECOT_DATA to their folder", winners::CHECKS),
        }
    }
    let readers =
        checks.have(machine::python_with_readers(), "the readers", bundles::FRICTIONLESS + served::CHECKS);
    if let Some(python) = &readers {
        if let Some(folder) = &bundles {
            bundles::check_packages(&mut checks, python, folder);
        }
        served::check(&mut checks, python);
    }
    let failed = checks.failed;
    ensure!(failed == 0, "{failed} comparisons");
    Ok(())
}

/// What is compared, one after the other.
struct Checks<'c> {
    counts: &'c mut Counts,
    failed: usize,
}

impl Checks<'_> {
    /// One check, with what it compared or why it failed.
    fn add(&mut self, name: &str, report: Result<String>) {
        *self.counts += Counts::of_check(report.is_ok());
        match report {
            Ok(compared) => println!("   {name}: {compared}"),
            Err(error) => {
                println!("   {name} FAILED: {error:#}");
                self.failed += 1;
            }
        }
    }

    fn skip(&mut self, reason: &str, checks: usize) {
        println!("skipped: {reason}");
        *self.counts += Counts::of_skipped(checks);
    }

    /// Programs of others, without which so many checks cannot be made: skipped, but CI must not pass for want of a
    /// network.
    fn have(&mut self, python: Result<PathBuf>, whose: &str, checks: usize) -> Option<PathBuf> {
        match python {
            Ok(python) => return Some(python),
            Err(error) if env::var_os("CI").is_none() => {
                self.skip(&format!("{whose} cannot be installed: {error:#}"), checks);
            }
            Err(error) => {
                println!("   {whose} FAILED: {error:#}");
                *self.counts += Counts::of_failed(checks);
                self.failed += checks;
            }
        }
        None
    }
}

/// The files of real elections, by name; `None` where this machine has none.
pub(crate) fn real_elections() -> Result<Option<Vec<PathBuf>>> {
    let folder = env::var_os("ECOT_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    let Ok(entries) = fs::read_dir(folder.join("pabulib")) else { return Ok(None) };
    let files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let mut files: Vec<_> =
        files.into_iter().filter(|file| file.extension().is_some_and(|it| it == "pb")).collect();
    files.sort();
    Ok(Some(files))
}

/// A program of `xtask/peers`.
pub(crate) fn program(python: &Path, name: &str) -> Command {
    let mut command = Command::new(python);
    command.arg(root().join("xtask/peers").join(name));
    command
}
