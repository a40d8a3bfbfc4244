//! How many instructions fixed counts take, by callgrind: unlike seconds, the same on every run.
//!
//! Counted is `tally::rule::count` alone, on one thread, without making the election. The program is the one of the dev
//! profile, in which `tally` is optimised too: the tests have compiled all of it but a small main, while a release build
//! would take CI another minute and a half.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, ensure};

use crate::command::root;
use crate::counts::Counts;
use crate::machine;

/// Each is a number of ballots and a rule.
const ELECTIONS: [(&str, &str); 5] = [
    ("10000", "direct"),
    ("10000", "transfer"),
    ("10000", "transfer:order=excess,move=minimal"),
    ("10000", "equal-shares:completion=add1u"),
    ("10000", "phragmen"),
];

/// So many hundredths more than what was accepted are too many.
const TOLERATED_PERCENT: u64 = 5;

/// By election.
type Instructions = BTreeMap<String, u64>;

/// Compares, prints, and counts each election as a test.
pub(crate) fn compare(counts: &mut Counts) -> Result<()> {
    let accepted = accepted()?;
    let counted = measure().inspect_err(|_| *counts += Counts::of_failed(ELECTIONS.len()))?;
    let mut worse = 0;
    for (election, &instructions) in &counted {
        let before = accepted.get(election).copied();
        let passed = before.is_some_and(|before| instructions * 100 <= before * (100 + TOLERATED_PERCENT));
        *counts += Counts::of_check(passed);
        worse += u32::from(!passed);
        let before = before.map_or_else(|| "none".to_owned(), |before| before.to_string());
        let verdict = if passed { "" } else { "  WORSE" };
        println!("   {election:<45}{instructions:>12} instructions, accepted {before:>12}{verdict}");
    }
    ensure!(
        worse == 0,
        "{worse} counts take over {TOLERATED_PERCENT} % more instructions than was accepted. \
         `perf record` says where; if it is worth it: cargo xtask bench instructions --accept"
    );
    Ok(())
}

/// Compares and prints.
pub(super) fn print() -> Result<()> {
    compare(&mut Counts::default())
}

/// Keeps what is counted now.
pub(super) fn accept() -> Result<()> {
    let counted = measure()?;
    fs::write(path(), serde_json::to_string_pretty(&counted)? + "\n")?;
    for (election, instructions) in counted {
        println!("   {election:<45}{instructions:>12} instructions");
    }
    Ok(())
}

fn path() -> PathBuf {
    root().join("tally/benches/instructions.json")
}

fn accepted() -> Result<Instructions> {
    let text = fs::read_to_string(path()).unwrap_or_else(|_| "{}".to_owned());
    serde_json::from_str(&text).with_context(|| path().display().to_string())
}

fn measure() -> Result<Instructions> {
    machine::valgrind()?;
    // With the workspace, so that what the tests compiled is taken as it is.
    let program = super::build(&["--workspace", "--exclude=xtask"])?;
    thread::scope(|scope| {
        let program = &program;
        let runs = ELECTIONS.map(|election| scope.spawn(move || instructions(program, election)));
        let names = ELECTIONS.map(|(ballots, rule)| format!("{ballots} {rule}"));
        let runs = names.into_iter().zip(runs);
        runs.map(|(name, run)| Ok((name, run.join().expect("a measurement panicked")?))).collect()
    })
}

fn instructions(program: &Path, (ballots, rule): (&str, &str)) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=tally::rule::count"])
        .arg(program)
        .args(["once", ballots, rule])
        .output()
        .context("cannot start valgrind")?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "callgrind: {}\n{told}", output.status);
    let collected = told.lines().find_map(|line| line.split_once("Collected :"));
    let instructions = collected.and_then(|(_, number)| number.trim().parse().ok());
    instructions.filter(|&instructions| instructions > 0).context("callgrind did not see the count begin")
}
