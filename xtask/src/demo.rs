//! `cargo xtask demo`: from a clone to the demo town in the browser.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, ecot, root, run as run_command, target};
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

/// The demo town, served until this value is gone.
pub(crate) struct Served {
    /// What it keeps, and what it says.
    pub(crate) folder: PathBuf,
    /// Address and port.
    pub(crate) address: String,
    server: Child,
}

impl Served {
    /// Makes the town anew, on a port that is free, with this binary.
    pub(crate) fn start(program: &Path) -> Result<Served> {
        let folder = target().join("tmp/served");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        // Whoever takes the port in between makes the server fail, and its log says so.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.to_string();
        let log = File::create(folder.join("log"))?;
        let server = Command::new(program)
            .current_dir(&folder)
            .args(["demo", "--addr", &address])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot start the demo")?;
        Ok(Served { folder, address, server })
    }

    /// A whole address.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Waits until it answers; a minute at most.
    pub(crate) fn wait(&self) -> Result<()> {
        for _ in 0..600 {
            if TcpStream::connect(&self.address).is_ok()
                && fs::exists(self.folder.join("var/demo/demo.json"))?
            {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
        bail!("the demo does not answer; {}", self.log())
    }

    /// Where to look when it fails.
    pub(crate) fn log(&self) -> String {
        format!("the server's words are in {}", self.folder.join("log").display())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It fails if the server has ended, which is as good.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
