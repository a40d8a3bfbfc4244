//! `cargo xtask demo`: from a clone to the demo town in the browser.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::command::{cargo, ecot, root, run as run_command};
use crate::stage::Stages;
use crate::{machine, site};

/// Where the demo is served.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Address and port to listen on
    #[arg(long, default_value = "127.0.0.1:3000")]
    addr: String,
    /// Throw away the demo town and make it anew
    #[arg(long)]
    fresh: bool,
}

/// Builds, then becomes the server: so Ctrl-C, signals and the exit code are the server's own affair.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let mut stages = Stages::default();
    let built = stages
        .run("wasm target", machine::wasm_target)
        .and_then(|()| stages.run("site", site::build))
        .and_then(|()| stages.run("server", || run_command(&mut cargo(&["build", "--package", "server"]))));
    if built.is_none() {
        bail!("the demo was not built");
    }
    let mut server = Command::new(ecot());
    server
        .current_dir(root())
        .args(["demo", "--addr", &options.addr])
        .args(options.fresh.then_some("--fresh"));
    Err(server.exec()).context("cannot start the server")
}
