//! `cargo xtask bench`: how fast the count is, beside the peers and as elections grow, and how many instructions it takes.
//!
//! Times are printed and never fail anything: a machine that does other things besides is slow. Instructions are the same
//! on every run, so they are what CI compares.

mod beside;
pub(crate) mod instructions;
mod read;
mod scale;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::command::{cargo, read as read_command, run as run_command, target};
use crate::{journeys, machine, site};

/// What to measure.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// Times of every rule, beside the peers and by the number of ballots: tables for docs/benchmarks.md
    Count(CountOptions),
    /// Times of pages in a browser with a slow line and a slow processor, beside a plain page of the same server
    Pages,
    /// How many answers a second pages, JSON and files give, beside static files of the same bytes from the same server
    Read,
    /// Instructions of fixed counts, compared with those of tally/benches/instructions.json
    Instructions {
        /// Keep the figures of this run as those to compare with
        #[arg(long)]
        accept: bool,
    },
}

/// Which tables, and how patiently.
#[derive(Args)]
pub(crate) struct CountOptions {
    /// Fewer and smaller elections, and little patience with the peers
    #[arg(long)]
    quick: bool,
    /// Only the growth with the number of ballots
    #[arg(long, conflicts_with = "peers_only")]
    scale_only: bool,
    /// Only the comparison with the peers
    #[arg(long)]
    peers_only: bool,
    /// After how many seconds a peer did not finish; 600, and 30 with --quick
    #[arg(long)]
    limit: Option<u32>,
}

impl CountOptions {
    fn limit(&self) -> u32 {
        self.limit.unwrap_or(if self.quick { 30 } else { 600 })
    }
}

/// Measures and prints.
pub(crate) fn run(bench: &Bench) -> Result<()> {
    match bench {
        Bench::Count(options) => {
            if !options.scale_only {
                beside::print(options)?;
            }
            if !options.peers_only {
                scale::print(options.quick)?;
            }
            Ok(())
        }
        Bench::Pages => pages(),
        Bench::Read => read::print(),
        Bench::Instructions { accept: false } => instructions::print(),
        Bench::Instructions { accept: true } => instructions::accept(),
    }
}

/// In release, as a town runs it.
fn pages() -> Result<()> {
    machine::wasm_target()?;
    machine::database_and_browser()?;
    machine::node_packages()?;
    site::build()?;
    run_command(&mut cargo(&["build", "--release", "--package=server"]))?;
    journeys::measure(&target().join("release/ecot"))
}

/// Builds `tally/benches/count.rs` and says where it is.
fn build(arguments: &[&str]) -> Result<PathBuf> {
    let told = read_command(cargo(&["build", "--bench=count", "--message-format=json"]).args(arguments))?;
    let messages = told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let program = messages
        .filter(|message| message["target"]["kind"][0] == "bench")
        .find_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
    program.context("cargo built no benchmark")
}

/// The figures that one process of the benchmark gives.
fn figures(command: &mut Command) -> Result<Value> {
    let printed = read_command(command)?;
    serde_json::from_str(&printed).with_context(|| format!("no figures: {printed}"))
}
