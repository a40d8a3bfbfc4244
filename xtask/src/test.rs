//! `cargo xtask test`: everything that runs, from a machine with nothing prepared.

use std::env;
use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;

use crate::bench::instructions;
use crate::command::{cargo, run as run_command, watch};
use crate::counts::Counts;
use crate::postgres::Postgres;
use crate::stage::Stages;
use crate::{journeys, machine, peers, site};

/// What to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run one part only
    #[arg(long)]
    only: Option<Part>,
    /// Handed on to that part, as in `--only rust -- --package store ballot`
    #[arg(last = true, requires = "only")]
    arguments: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Unit, property and database tests, and how many instructions the count takes
    Rust,
    /// Journeys in Chromium, with JavaScript and without
    Browser,
    /// Other people's programs on the same files
    Peers,
    /// How many instructions the count takes, without all else
    Instructions,
}

/// Runs the stages; the last line printed is the counts.
pub(crate) fn run(options: &Options) -> ExitCode {
    let mut stages = Stages::default();
    let mut counts = Counts::default();
    run_stages(options, &mut stages, &mut counts);
    println!("{stages}\n{counts}");
    if stages.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Stops (`None`) at the first stage without which the next ones mean nothing. Failed tests do not keep the next stages
/// from running: all reports are wanted.
fn run_stages(options: &Options, stages: &mut Stages, counts: &mut Counts) -> Option<()> {
    let wanted = |part| options.only.is_none_or(|only| only == part);
    if options.only == Some(Part::Instructions) {
        stages.run("instructions", || instructions::compare(counts));
        return Some(());
    }
    stages.run("machine", prepare)?;
    stages.run("site", site::build)?;
    if wanted(Part::Rust) {
        // With the binaries, which the other parts start.
        let build = ["build", "--workspace", "--exclude=xtask", "--lib", "--bins", "--tests"];
        stages.run("build", || run_command(&mut cargo(&build)))?;
        stages.run("rust", || rust(&options.arguments, counts));
        stages.run("instructions", || instructions::compare(counts));
    } else {
        stages.run("server", || run_command(&mut cargo(&["build", "--package", "server"])))?;
    }
    if wanted(Part::Peers) {
        stages.run("peers", || peers::run_all(counts));
    }
    if wanted(Part::Browser) {
        stages.run("browser", || journeys::run_all(&options.arguments, counts));
    }
    Some(())
}

/// The packages of npm come before the site, because wasm-opt is one of them.
fn prepare() -> Result<()> {
    machine::wasm_target()?;
    machine::database_and_browser()?;
    machine::node_packages()
}

/// Cases drawn at random are the same in each run, so that a failure is the doing of a change. To draw others, set it.
const SEED: &str = "PROPTEST_RNG_SEED";

/// This tool is tested apart from the workspace: together with it, cargo would give their common dependencies the
/// features of both, and compile all of them a second time.
fn rust(arguments: &[String], counts: &mut Counts) -> Result<()> {
    let postgres = Postgres::start()?;
    let mut test = |selection: &[&str]| {
        let mut test = cargo(&["test", "--no-fail-fast"]);
        test.args(selection).args(arguments).env("ECOT_TEST_POSTGRES", &postgres.url);
        if env::var_os(SEED).is_none() {
            test.env(SEED, "1");
        }
        watch(&mut test, |line| *counts += Counts::of_cargo_line(line))
    };
    if !arguments.is_empty() {
        return test(&[]);
    }
    let tool = test(&["--package=xtask"]);
    test(&["--workspace", "--exclude=xtask"]).and(tool)
}
