//! How many answers a second readers get, beside static files of the same bytes from the same server.
//!
//! Pages are first fetched from a server of the dev profile; what they were is laid among the site's files, so that the
//! release server has the very same bytes twice: as a page and as a file. Rounds of both take turns, so that whatever else
//! the machine does falls on both. Loopback only, and bounded in time.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::command::{cargo, ecot, read as read_command, run as run_command, target};
use crate::demo::Served;
use crate::{machine, site};

/// What is asked for: in words, where, and the least ratio that we want.
const ADDRESSES: [(&str, &str, &str); 9] = [
    ("results page, published", "/aulnerive/2025/results", "0.8"),
    ("page of a version", "/aulnerive/2025/results/v1", "0.8"),
    ("totals.csv of a version", "/aulnerive/2025/results/v1/totals.csv", "0.8"),
    ("ballots.csv of a version", "/aulnerive/2025/results/v1/ballots.csv", "0.8"),
    ("results as JSON", "/api/v1/municipalities/aulnerive/cycles/2025/results", "0.8"),
    ("cycle page, published", "/aulnerive/2025", "0.8"),
    ("cycle page, open", "/aulnerive/2026", "0.3"),
    ("project page, open", "/aulnerive/2026/projects/compost-gare", "0.3"),
    ("cycle as JSON, open", "/api/v1/municipalities/aulnerive/cycles/2026", "0.3"),
];

const ROUNDS: usize = 3;
const SECONDS: &str = "3";
const ENCODING: &str = "Accept-Encoding: br";

/// Measures and prints a table for docs/benchmarks.md.
pub(super) fn print() -> Result<()> {
    machine::wrk()?;
    machine::wasm_target()?;
    site::build()?;
    run_command(&mut cargo(&["build", "--package=server"]))?;
    let copies = copies()?;
    let outcome =
        run_command(&mut cargo(&["build", "--release", "--package=server"])).and_then(|()| measure(&copies));
    for copy in &copies {
        fs::remove_file(site::folder().join("pkg").join(copy))?;
    }
    outcome
}

/// Lays what each address gives among the files of the site, under these names.
fn copies() -> Result<Vec<String>> {
    let demo = Served::start(&ecot())?;
    demo.wait()?;
    let mut names = Vec::new();
    for (number, (words, path, _)) in ADDRESSES.iter().enumerate() {
        let body = fetch(&demo, path).with_context(|| format!("{words}: {}", demo.log()))?;
        let name = format!("bench-{number}.html");
        fs::write(site::folder().join("pkg").join(&name), body)?;
        names.push(name);
    }
    Ok(names)
}

fn fetch(demo: &Served, path: &str) -> Result<String> {
    read_command(
        Command::new("curl")
            .args(["--silent", "--show-error", "--fail", "--max-time", "30"])
            .arg(demo.at(path)),
    )
}

fn measure(copies: &[String]) -> Result<()> {
    let demo = Served::start(&target().join("release/ecot"))?;
    demo.wait()?;
    let hash = fs::read_to_string(site::folder().join("hash"))?;
    println!("| what | bytes | answers a second | static file | ratio | goal |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for ((words, path, goal), copy) in ADDRESSES.iter().zip(copies) {
        let bytes = fs::metadata(site::folder().join("pkg").join(copy))?.len();
        let file = format!("/pkg/{hash}/{copy}");
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push((answers_per_second(&demo, path)?, answers_per_second(&demo, &file)?));
        }
        // By ratio, for the middle one.
        rounds.sort_unstable_by(|a, b| (a.0 * b.1).cmp(&(b.0 * a.1)));
        let (page, file) = rounds[ROUNDS / 2];
        let percent = page * 100 / file.max(1);
        println!("| {words} | {bytes} | {page} | {file} | {}.{:02} | {goal} |", percent / 100, percent % 100);
    }
    Ok(())
}

fn answers_per_second(demo: &Served, path: &str) -> Result<u64> {
    let said = read_command(
        Command::new("wrk").args(["-t1", "-c16", "-d", SECONDS, "-H", ENCODING]).arg(demo.at(path)),
    )?;
    ensure!(!said.contains("Non-2xx"), "{path} is refused under load:\n{said}");
    let rate = said.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    let whole = rate.and_then(|rate| rate.trim().split('.').next()).context("wrk says no rate")?;
    whole.parse().context("wrk says no number")
}
