//! What can be said on the command line, and how it ends: 0 when done, 1 when something failed, 2 when what was given
//! cannot be used.

mod count;
mod demo;
mod import;
mod officer;
mod roll;
mod serve;
mod town;
mod verify;

use crate::config::Storage;
use crate::failure::Failure;
use clap::{Parser, Subcommand};
use std::io::IsTerminal;
use std::process::ExitCode;

/// Écot: each citizen spreads an equal share of public money over projects; anyone can recount.
#[derive(Parser)]
#[command(
    name = "ecot",
    version,
    after_help = "Every --flag that names an ECOT_… variable can be given by it instead."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site (brings the database up to date first)
    Serve(serve::Serve),
    /// Bring the database up to date and stop
    Migrate {
        #[command(flatten)]
        storage: Storage,
    },
    /// Import a real election from a Pabulib .pb file as a cycle
    Import(import::Import),
    /// Count: a .pb file, or a closed cycle of this installation
    Count(count::Count),
    /// Verify a published result: every file, and the count anew; of a bundle.zip, a folder or an address
    Verify(verify::Verify),
    /// The towns of this installation
    #[command(subcommand)]
    Town(town::Town),
    /// The roll of eligible citizens
    #[command(subcommand)]
    Roll(roll::Roll),
    /// The officers of a town
    #[command(subcommand)]
    Officer(officer::Officer),
    /// Make a fictional town under var/demo and serve it
    Demo(demo::Demo),
}

/// Runs the command that this process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("ECOT_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,server=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return end(Err(Failure::trouble("cannot start", error))),
    };
    end(runtime.block_on(dispatch(cli.command)))
}

async fn dispatch(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(serve) => serve.run().await,
        Command::Migrate { storage } => {
            storage.house(true).await?.db.close().await;
            println!("The database is up to date.");
            Ok(())
        }
        Command::Import(import) => import.run().await,
        Command::Count(count) => count.run().await,
        Command::Verify(verify) => tokio::task::block_in_place(|| verify.run()),
        Command::Town(town) => town.run().await,
        Command::Roll(roll) => roll.run().await,
        Command::Officer(officer) => officer.run().await,
        Command::Demo(demo) => demo.run().await,
    }
}

fn end(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Trouble(words)) => {
            eprintln!("ecot: {words}");
            ExitCode::from(1)
        }
        Err(Failure::Input(words)) => {
            eprintln!("ecot: {words}");
            ExitCode::from(2)
        }
    }
}
