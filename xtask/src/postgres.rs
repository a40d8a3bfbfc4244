//! A throw-away PostgreSQL for the tests.
//!
//! The server belongs to a *keeper*: this program again, in a process group of its own, that waits for the end
//! of its standard input. However `cargo xtask test` ends (done, failed, panicked, interrupted, killed), the
//! pipe ends with it, and the keeper stops the server and removes its folder. So no signal has to be caught.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::command::read;
use crate::machine;

/// Durability is for data that anyone will miss.
const SETTINGS: &str = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c unix_socket_directories=''";

/// A running server, gone when this value is.
pub(crate) struct Postgres {
    /// Where to connect, as the superuser.
    pub(crate) url: String,
    keeper: Child,
}

impl Postgres {
    /// Starts a server and waits until it answers.
    pub(crate) fn start() -> Result<Self> {
        // Not by its path: cargo may have replaced this program while it was running.
        let mut keeper = Command::new("/proc/self/exe")
            .arg("keep-postgres")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        BufReader::new(keeper.stdout.take().expect("standard output is a pipe")).read_line(&mut url)?;
        ensure!(!url.is_empty(), "PostgreSQL did not start");
        Ok(Self { url: url.trim().to_owned(), keeper })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // `wait` closes the pipe first.
        if let Err(error) = self.keeper.wait() {
            eprintln!("warning: the keeper of PostgreSQL is lost: {error}");
        }
    }
}

/// The keeper: prints where its server listens, and holds it until standard input ends.
pub(crate) fn keep() -> Result<()> {
    let server = Server {
        programs: machine::postgres_programs().context("no initdb found")?,
        data: env::temp_dir().join(format!("ecot-postgres-{}", std::process::id())),
    };
    let url = server.start().context("cannot start a PostgreSQL for the tests")?;
    writeln!(io::stdout(), "{url}")?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

struct Server {
    programs: PathBuf,
    data: PathBuf,
}

impl Server {
    fn start(&self) -> Result<String> {
        read(self.program("initdb").args([
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ]))?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let log = self.data.join("log");
        let settings = format!("-h 127.0.0.1 -p {port} {SETTINGS}");
        read(self.program("pg_ctl").args(["start", "--wait", "--silent", "-o", &settings, "-l"]).arg(&log))
            .with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
        Ok(format!("postgres://postgres@127.0.0.1:{port}/postgres"))
    }

    /// PostgreSQL refuses to run as root, so root becomes its user.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if machine::is_root() { as_postgres(&path) } else { Command::new(path) };
        command.current_dir(env::temp_dir()).arg("-D").arg(&self.data).stdin(Stdio::null());
        command
    }
}

fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails when it never started, and then there is nothing to stop.
        let _ = read(self.program("pg_ctl").args(["stop", "--mode=immediate"]));
        if let Err(error) = fs::remove_dir_all(&self.data)
            && error.kind() != io::ErrorKind::NotFound
        {
            eprintln!("warning: {} is left behind: {error}", self.data.display());
        }
    }
}
