//! The build tool of the workspace: `cargo xtask demo | test | check | bench`.
//!
//! It exists so that a fresh machine with Rust and a C compiler needs one command and no tool by hand; what
//! it uses is a library in the one lock file, a package of the system, or a package of npm. It runs on Linux,
//! and installs system packages where it may (root on Debian).
#![expect(
    clippy::disallowed_methods,
    reason = "a build tool says how long its stages took; no rule depends on it"
)]

mod bench;
mod check;
mod command;
mod counts;
mod css;
mod demo;
mod journeys;
mod machine;
mod peers;
mod postgres;
mod site;
mod stage;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, shows and checks Écot.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds everything and serves the demo town
    Demo(demo::Options),
    /// Installs what the tests need and runs all of them
    Test(test::Options),
    /// Builds the style sheet and the script into target/site, from where a release build takes them
    Site,
    /// Formatting, lints, licences, documentation, the site and its sizes
    Check,
    /// How fast the count is, beside other programs and as elections grow
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Holds a throw-away PostgreSQL while standard input is open: started by `test`, not by hand
    #[command(hide = true)]
    KeepPostgres,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => Ok(test::run(&options)),
        Task::Site => machine::wasm_target().and_then(|()| site::build()).map(|()| ExitCode::SUCCESS),
        Task::Check => Ok(check::run()),
        Task::Bench(bench) => bench::run(&bench).map(|()| ExitCode::SUCCESS),
        Task::KeepPostgres => postgres::keep().map(|()| ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
