//! Whether a served installation answers as its API's document promises: schemathesis asks it some thousand things.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use super::Checks;
use crate::command::{ecot, read, target};

pub(super) const CHECKS: usize = 1;

/// How long it goes on asking. The document and examples of refusals take some seconds before.
const SECONDS: &str = "60";

/// No undocumented status, type or shape, nothing of 500 and above, no bad input that is taken for good.
pub(super) fn check(checks: &mut Checks<'_>, python: &Path) {
    checks.add("the API by schemathesis", keeps_its_promises(python));
}

fn keeps_its_promises(python: &Path) -> Result<String> {
    let folder = target().join("tmp/api");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let demo = Demo::start(&folder)?;
    let document = format!("http://{}/api/v1/openapi.json", demo.address);
    let said = read(
        Command::new(python.with_file_name("schemathesis"))
            // It leaves what it learnt beside it.
            .current_dir(&folder)
            .args([
                "--no-color",
                "run",
                &document,
                "--wait-for-schema=60",
                "--request-timeout=10",
                "--seed=1",
            ])
            .args(["--checks=all", "--no-shrink", "--workers=2", "--max-time", SECONDS]),
    )
    .with_context(|| format!("the server is told of in {}", folder.join("log").display()))?;
    let cases = said.lines().find(|line| line.contains(" generated, "));
    Ok(cases.context("schemathesis does not say what it did")?.trim().to_owned())
}

/// The demo town, served until this value is gone.
struct Demo {
    address: String,
    server: Child,
}

impl Demo {
    fn start(folder: &Path) -> Result<Demo> {
        // Whoever takes the port in between makes the server fail, and its log says so.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.to_string();
        let log = File::create(folder.join("log"))?;
        let server = Command::new(ecot())
            .current_dir(folder)
            .args(["demo", "--addr", &address])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot start the demo")?;
        Ok(Demo { address, server })
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It fails if the server has ended, which is as good.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
