//! How time and memory grow with the number of ballots, up to a country's: one process for each figure.

#![expect(
    clippy::float_arithmetic,
    reason = "seconds and ratios, for people to read; nothing counts with them"
)]

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use serde_json::Value;

use super::{build, figures};

/// With the most ballots that each is asked to count: those that take long are asked less.
const RULES: [(&str, u32); 7] = [
    ("direct", 50_000_000),
    ("transfer", 50_000_000),
    ("transfer:order=excess,move=minimal", 10_000_000),
    ("greedy", 10_000_000),
    ("phragmen", 10_000_000),
    ("equal-shares", 10_000_000),
    ("equal-shares:completion=add1u", 1_000_000),
];

const BALLOTS: [u32; 5] = [10_000, 100_000, 1_000_000, 10_000_000, 50_000_000];

/// So long may `transfer` take for the most ballots, on two cores.
const TRANSFER_GOAL_S: f64 = 30.0;
const MEMORY_GOAL_BYTES: f64 = 4e9;
/// So many plain passes over the columns `direct` may take.
const DIRECT_GOAL_PASSES: f64 = 4.0;
/// So much more time a ballot line may take in the largest election than in one a hundredth of its size or less: memory
/// that no cache holds is slower, but what grows with the square would be a hundred times slower.
const GROWTH_GOAL: f64 = 4.0;

/// Prints the table, a row as soon as it is measured.
pub(super) fn print(quick: bool) -> Result<()> {
    let bench = build(&["--release", "--package=tally"])?;
    println!(
        "\n| rule | ballots | lines | threads | plain pass s | rule s | passes | ns a line | peak MB | bytes a ballot |"
    );
    println!("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
    let most = if quick { 1_000_000 } else { 50_000_000 };
    let mut verdicts = Vec::new();
    for (rule, most_of_rule) in RULES {
        let ballots = BALLOTS.into_iter().filter(|&ballots| ballots <= most_of_rule.min(most));
        let rows = ballots.map(|ballots| row(&bench, ballots, rule)).collect::<Result<Vec<_>>>()?;
        verdicts.extend(judge(rule, &rows));
    }
    println!();
    for (goal, met) in verdicts {
        println!("- {goal}: {}", if met { "met" } else { "**missed**" });
    }
    Ok(())
}

struct Row {
    ballots: u32,
    rule_s: f64,
    passes: f64,
    line_ns: f64,
    peak_bytes: f64,
}

fn row(bench: &Path, ballots: u32, rule: &str) -> Result<Row> {
    let found: Value = figures(Command::new(bench).args(["scale", &ballots.to_string(), rule]))?;
    let number = |name: &str| found[name].as_f64().unwrap_or(f64::NAN);
    let rule_s = number("rule_s");
    let row = Row {
        ballots,
        rule_s,
        passes: rule_s / number("pass_s"),
        line_ns: rule_s * 1e9 / number("lines"),
        peak_bytes: number("peak_bytes"),
    };
    println!(
        "| {rule} | {ballots} | {} | {} | {:.6} | {rule_s:.6} | {:.1} | {:.1} | {:.0} | {:.0} |",
        found["lines"],
        found["threads"],
        number("pass_s"),
        row.passes,
        row.line_ns,
        row.peak_bytes / 1e6,
        row.peak_bytes / f64::from(ballots),
    );
    Ok(row)
}

/// What was promised, and whether it is so. What was not measured is not judged.
fn judge(rule: &str, rows: &[Row]) -> Vec<(String, bool)> {
    let mut verdicts = Vec::new();
    let Some(largest) = rows.last() else { return verdicts };
    let ballots = largest.ballots;
    if rule == "transfer" && ballots == 50_000_000 {
        let (seconds, bytes) = (largest.rule_s, largest.peak_bytes);
        verdicts.push((
            format!("{rule}, {ballots} ballots within {TRANSFER_GOAL_S} s: {seconds:.1} s"),
            seconds <= TRANSFER_GOAL_S,
        ));
        verdicts.push((
            format!("{rule}, {ballots} ballots within 4 GB: {:.2} GB", bytes / 1e9),
            bytes <= MEMORY_GOAL_BYTES,
        ));
    }
    if rule == "direct" {
        let passes = largest.passes;
        verdicts.push((
            format!("{rule}, {ballots} ballots within {DIRECT_GOAL_PASSES} plain passes: {passes:.1}"),
            passes <= DIRECT_GOAL_PASSES,
        ));
    }
    if let Some(smaller) = rows.iter().rfind(|row| row.ballots <= ballots / 100) {
        let growth = largest.line_ns / smaller.line_ns;
        verdicts.push((
            format!(
                "{rule}, grows with the ballots: a line takes {growth:.1} times as long with {ballots} as with {}",
                smaller.ballots
            ),
            growth <= GROWTH_GOAL,
        ));
    }
    verdicts
}
