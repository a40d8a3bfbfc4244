//! Bundles, as a town publishes them: random cycles, real elections and altered ones, written by a test of `tally`.
//!
//! Our own second program, `tally/oracle/recount.py`, counts all of them again with nothing but Python; frictionless
//! reads them as Data Packages, pabutools and Pabulib's checker read their `election.pb`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, ensure};

use super::winners::is_small;
use super::{Checks, program};
use crate::command::{cargo, read, root, target};
use crate::machine;

/// Checks of `election.pb`.
pub(super) const PABULIB: usize = 1;

/// Checks of Data Packages.
pub(super) const FRICTIONLESS: usize = 2;

/// So many random cycles are looked at as Data Packages: their files are alike.
const PACKAGES: usize = 60;

/// Writes bundles and has them counted again. Where they are, unless they could not be written.
pub(super) fn check(checks: &mut Checks<'_>, with_real: bool) -> Option<PathBuf> {
    let folder = target().join("tmp/bundles");
    if let Err(error) = machine::python().and_then(|()| write(&folder)) {
        checks.add("bundles", Err(error));
        return None;
    }
    checks.add("recount.py, random cycles", recount(&folder.join("random")));
    if with_real {
        checks.add("recount.py, real elections", recount(&folder.join("real")));
    } else {
        checks.skip("there are no real elections to write bundles of", 1);
    }
    checks.add("recount.py, altered bundles", finds_every_alteration(&folder.join("altered")));
    Some(folder)
}

/// `cargo test`, as only tests know random elections.
fn write(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let test = ["test", "--package=tally", "--test=it", "--", "are_bundles"];
    read(cargo(&test).env("ECOT_BUNDLES", folder)).map(drop)
}

/// The bundles of a folder, by name.
fn of(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} was not written", folder.display()))?;
    let mut bundles = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    ensure!(!bundles.is_empty(), "{} holds no bundle", folder.display());
    bundles.sort();
    Ok(bundles)
}

/// What the second program says of each bundle, one line for those that agree. Counted by half of them on each core.
fn recounted(bundles: &[PathBuf]) -> Result<String> {
    let (one, other) = bundles.split_at(bundles.len() / 2);
    thread::scope(|scope| {
        let halves = [one, other].map(|half| {
            scope.spawn(move || {
                let mut python = Command::new("python3");
                python.arg("-B").arg(root().join("tally/oracle/recount.py")).args(half);
                // Its exit code says no more than its lines.
                python.output().context("cannot start python3")
            })
        });
        let mut said = String::new();
        for half in halves {
            let output = half.join().expect("waiting for a program does not panic")?;
            said += &String::from_utf8_lossy(&output.stdout);
            said += &String::from_utf8_lossy(&output.stderr);
        }
        Ok(said)
    })
}

/// How many bundles of a folder agree with the second program, which must be all.
pub(super) fn recount(folder: &Path) -> Result<String> {
    let bundles = of(folder)?;
    let said = recounted(&bundles)?;
    let agrees = |line: &&str| line.contains(": the recount agrees with the published result.");
    let disagreement: Vec<&str> = said.lines().filter(|line| !agrees(line)).collect();
    let agreed = said.lines().filter(agrees).count();
    ensure!(agreed == bundles.len(), "{agreed} of {} agree\n{}", bundles.len(), disagreement.join("\n"));
    let not_repeated = said.lines().filter(|line| line.contains("NOT repeated")).count();
    Ok(format!("{agreed} agree, of which {not_repeated} do not publish what a count needs"))
}

fn finds_every_alteration(folder: &Path) -> Result<String> {
    let bundles = of(folder)?;
    let said = recounted(&bundles)?;
    let found = said.lines().filter(|line| line.contains(": the recount DISAGREES")).count();
    ensure!(found == bundles.len(), "only {found} of {} alterations are found\n{said}", bundles.len());
    Ok(format!("{found} of {found} found"))
}

/// Has `election.pb` read by others; of real elections those that take them seconds.
pub(super) fn check_pabulib(
    checks: &mut Checks<'_>,
    python: &Path,
    folder: &Path,
    files: Option<&[PathBuf]>,
) {
    let read_by_others = || {
        let mut bundles = of(&folder.join("lawful"))?;
        let small = files.unwrap_or_default().iter().filter(|file| is_small(file));
        bundles.extend(small.filter_map(|file| {
            Some(folder.join("real").join(file.file_stem()?).with_added_extension("zip"))
        }));
        read(program(python, "bundles.py").arg("elections").args(&bundles))?;
        Ok(format!("{} are what the outcome says", bundles.len()))
    };
    checks.add("election.pb by pabutools and pabulib-checker", read_by_others());
}

/// By frictionless.
pub(super) fn are_packages(python: &Path, bundles: &[PathBuf]) -> Result<()> {
    read(program(python, "bundles.py").arg("packages").args(bundles)).map(drop)
}

/// Has frictionless look at bundles, and at one whose bytes are not those that it lists.
pub(super) fn check_packages(checks: &mut Checks<'_>, python: &Path, folder: &Path) {
    let valid = || {
        let mut bundles = of(&folder.join("random"))?;
        bundles.truncate(PACKAGES);
        bundles.extend(of(&folder.join("lawful"))?);
        bundles.extend(of(&folder.join("real")).unwrap_or_default().into_iter().filter(|it| is_small(it)));
        are_packages(python, &bundles)?;
        Ok(format!("{} are valid", bundles.len()))
    };
    checks.add("Data Packages by frictionless", valid());
    let refused = || {
        let bundles = of(&folder.join("damaged"))?;
        let output = program(python, "bundles.py").arg("packages").args(&bundles).output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(said.lines().count() >= bundles.len(), "frictionless takes damaged files\n{said}");
        Ok(format!("{} damaged ones are refused", bundles.len()))
    };
    checks.add("damaged Data Packages by frictionless", refused());
}
