//! Who wins real elections, counted by pabutools and by us, and whether what we write is to others what it was.
//!
//! Only files that take them seconds; their winners for the others are saved in `tally/tests/peers`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Checks, program};
use crate::command::{ecot, read, target};

/// Larger files take the peers too long.
const GREATEST_FILE_BYTES: u64 = 300_000;

/// What takes pabutools more than three seconds with `add1`.
const SLOW_WITH_ADD1: [&str; 9] = [
    "France_Toulouse_2019",
    "Poland_Czestochowa_2020_Polnoc",
    "Poland_Gdansk_2020_Przymorze_Wielkie",
    "Poland_Krakow_2022_Biezanow-Prokocim",
    "Poland_Lodz_2024_Gorniak",
    "Poland_Warszawa_2017_ChoszczowkaDabrowka_SzlacheckaBialoleka_DworskaHenrykowSzamocin",
    "Poland_Warszawa_2019_Wierzbno_Wygledow",
    "Poland_Warszawa_2025_Wlochy",
    "Worldwide_Mechanical_Turk_Utilities_8",
];

/// A rule as `ecot count` and as `peers.py` are asked for it.
const RULES: [(&str, &[&str]); 6] = [
    ("equal-shares:utility=cardinal", &["equal-shares", "--utility=cardinal"]),
    ("equal-shares:utility=approval", &["equal-shares", "--utility=approval"]),
    ("equal-shares:utility=cost", &["equal-shares", "--utility=cost"]),
    ("equal-shares:utility=cardinal-cost", &["equal-shares", "--utility=cardinal-cost"]),
    ("equal-shares:completion=add1,exhaustive_stop=true", &["equal-shares", "--completion=add1"]),
    ("phragmen", &["phragmen"]),
];

/// Each rule, and reading what we write.
pub(super) const CHECKS: usize = RULES.len() + 1;

/// Makes all of them at once.
pub(super) fn check(checks: &mut Checks<'_>, python: &Path, files: &[PathBuf]) {
    let files: Vec<_> = files.iter().filter(|file| is_small(file)).cloned().collect();
    let reports: Vec<(&str, Result<usize>)> = thread::scope(|scope| {
        let files = &files[..];
        let rules = RULES.map(|rule| (rule.0, scope.spawn(move || same_winners(python, files, rule))));
        let written = ("what we write is read", scope.spawn(move || is_read_by_others(python, files)));
        let reports = rules.into_iter().chain([written]);
        reports.map(|(name, thread)| (name, thread.join().expect("a comparison panicked"))).collect()
    });
    for (name, report) in reports {
        checks.add(name, report.map(|files| format!("{files} files")));
    }
}

pub(super) fn is_small(file: &Path) -> bool {
    file.metadata().is_ok_and(|data| data.len() <= GREATEST_FILE_BYTES)
}

fn is_slow_with_add1(file: &Path) -> bool {
    SLOW_WITH_ADD1.iter().any(|slow| file.file_stem().is_some_and(|name| name == *slow))
}

/// How many files have the same winners in the same order.
fn same_winners(python: &Path, files: &[PathBuf], (rule, peers_rule): (&str, &[&str])) -> Result<usize> {
    let files: Vec<_> =
        files.iter().filter(|file| !rule.contains("add1") || !is_slow_with_add1(file)).collect();
    let theirs = read(program(python, "peers.py").arg("winners").args(&files).args(peers_rule))?;
    let mut different = String::new();
    let mut compared = 0;
    for (file, line) in files.into_iter().zip(theirs.lines()) {
        let found: Value = serde_json::from_str(line)?;
        let theirs = found["winners"].as_array().context("peers.py named no winners")?;
        let ours = our_winners(file, rule)?;
        if ours != *theirs {
            different += &format!("\n{}\n  theirs {theirs:?}\n  ours   {ours:?}", file.display());
        }
        compared += 1;
    }
    ensure!(different.is_empty(), "{different}");
    Ok(compared)
}

/// The winners in the order in which they are funded.
fn our_winners(file: &Path, rule: &str) -> Result<Vec<Value>> {
    let count = ["--lenient", "--json", "--rule", rule];
    let outcome: Value =
        serde_json::from_str(&read(Command::new(ecot()).arg("count").arg(file).args(count))?)?;
    let rounds = outcome["rounds"].as_array().context("ecot told no rounds")?;
    let events = rounds.iter().filter_map(|round| round["events"].as_array()).flatten();
    let paid = events.filter(|event| event["received_minor"].as_i64().is_some_and(|minor| minor > 0));
    Ok(paid.map(|event| event["project"].clone()).collect())
}

/// How many files, written again by us, are to others what they were: as many ballots and projects, the same budget,
/// and no fault that the file did not have.
fn is_read_by_others(python: &Path, files: &[PathBuf]) -> Result<usize> {
    let folder = target().join("tmp/written");
    let name = |file: &Path| folder.join(file.file_stem().expect("a file has a name"));
    for file in files {
        let count = ["--lenient", "--json", "--rule=direct", "--out"];
        read(Command::new(ecot()).arg("count").arg(file).args(count).arg(name(file)))?;
    }
    let written = files.iter().map(|file| name(file).join("election.pb"));
    let before = read(program(python, "written.py").args(files))?;
    let after = read(program(python, "written.py").args(written))?;
    let mut different = String::new();
    for (file, (before, after)) in files.iter().zip(before.lines().zip(after.lines())) {
        let before: BTreeMap<String, Value> = serde_json::from_str(before)?;
        let after: BTreeMap<String, Value> = serde_json::from_str(after)?;
        let same = after.iter().all(|(key, value)| match (value.as_object(), before[key].as_object()) {
            (Some(faults), Some(had)) => faults.keys().all(|fault| had.contains_key(fault)),
            _ => *value == before[key],
        });
        if !same {
            different += &format!("\n{}\n  before {before:?}\n  after  {after:?}", file.display());
        }
    }
    ensure!(different.is_empty(), "{different}");
    Ok(files.len())
}
