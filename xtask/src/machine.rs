//! What the machine must have, and bringing it there where we may.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, find, read, root, run, target};

const WASM_TARGET: &str = "wasm32-unknown-unknown";
const CARGO_DENY_VERSION: &str = "0.20.2";
/// Other people's programs for participatory budgeting: what they answer is compared with ours.
const PEERS: [&str; 4] =
    ["pabutools==1.2.3", "muoblpbindings==0.0.16", "gmpy2==2.3.2", "pabulib-checker==1.0.8"];

/// Other people's programs for what we publish: Data Packages, and an API with its document.
const READERS: [&str; 2] = ["frictionless==5.21.0", "schemathesis==4.32.5"];

/// Adds the compiler's wasm target where it is missing.
pub(crate) fn wasm_target() -> Result<()> {
    let installed = read(Command::new("rustup").current_dir(root()).args(["target", "list", "--installed"]))?;
    if installed.lines().any(|target| target == WASM_TARGET) {
        return Ok(());
    }
    run(Command::new("rustup").current_dir(root()).args(["target", "add", WASM_TARGET]))
}

/// Installs cargo-deny where it is missing: unoptimised, because two minutes of compiling check a second's work.
pub(crate) fn cargo_deny() -> Result<()> {
    if find(&["cargo-deny"]).is_some() {
        return Ok(());
    }
    run(cargo(&["install", "cargo-deny", "--locked", "--debug", "--version", CARGO_DENY_VERSION])
        .env_remove("CARGO_TARGET_DIR"))
}

/// Installs what `end2end/package-lock.json` names, when it is newer than what is there.
pub(crate) fn node_packages() -> Result<()> {
    system_packages(&[("npm", find(&["npm"]).is_some(), &["nodejs", "npm"])])?;
    let end2end = root().join("end2end");
    let installed = modified(&end2end.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&end2end.join("package-lock.json")) {
        return Ok(());
    }
    // The browser is the system's: Playwright would fetch its own.
    run(Command::new("npm")
        .current_dir(end2end)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
}

/// Installs a PostgreSQL server and a browser where they are missing.
pub(crate) fn database_and_browser() -> Result<()> {
    system_packages(&[
        ("PostgreSQL", postgres_programs().is_some(), &["postgresql"]),
        ("Chromium", chromium().is_some(), &["chromium", "fonts-noto-core"]),
    ])
}

/// Installs Python where it is missing.
pub(crate) fn python() -> Result<()> {
    // Debian's Python can lack either.
    let ready = Command::new("python3").args(["-c", "import ensurepip, venv"]).output();
    let ready = ready.is_ok_and(|output| output.status.success());
    system_packages(&[("Python", ready, &["python3", "python3-venv"])])
}

/// A Python that has the peers, in a folder of its own. No machine needs them but those that compare.
pub(crate) fn python_with_peers() -> Result<PathBuf> {
    python_with("peers", &PEERS)
}

/// The same for the readers, whose own needs are others.
pub(crate) fn python_with_readers() -> Result<PathBuf> {
    python_with("readers", &READERS)
}

fn python_with(name: &str, packages: &[&str]) -> Result<PathBuf> {
    python()?;
    let folder = target().join(name);
    let (python, stamp) = (folder.join("bin/python"), folder.join("packages"));
    if python.is_file() && fs::read_to_string(&stamp).is_ok_and(|installed| installed == packages.join(" ")) {
        return Ok(python);
    }
    read(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    read(Command::new(&python).args(["-m", "pip", "install", "--only-binary=:all:"]).args(packages))?;
    fs::write(stamp, packages.join(" "))?;
    Ok(python)
}

/// Installs valgrind where it is missing.
pub(crate) fn valgrind() -> Result<()> {
    system_packages(&[("Valgrind", find(&["valgrind"]).is_some(), &["valgrind"])])
}

/// Installs what puts a server under load, where it is missing.
pub(crate) fn wrk() -> Result<()> {
    system_packages(&[
        ("wrk", find(&["wrk"]).is_some(), &["wrk"]),
        ("curl", find(&["curl"]).is_some(), &["curl"]),
    ])
}

/// The browser of the journeys.
pub(crate) fn chromium() -> Option<PathBuf> {
    find(&["chromium", "chromium-browser", "google-chrome"])
}

/// The folder of `initdb` and `pg_ctl`, of the newest version where Debian has several.
pub(crate) fn postgres_programs() -> Option<PathBuf> {
    let on_path = find(&["initdb"]).and_then(|initdb| Some(initdb.canonicalize().ok()?.parent()?.to_owned()));
    on_path.or_else(|| {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|version| version.path());
        let newest = versions.max_by_key(|path| path.file_name()?.to_str()?.parse::<u32>().ok())?;
        Some(newest.join("bin")).filter(|programs| programs.join("initdb").is_file())
    })
}

/// Whether we are root: `/proc/self` belongs to whom we act for.
pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Each need is what a person calls it, whether it is there, and the packages that bring it.
fn system_packages(needs: &[(&str, bool, &[&str])]) -> Result<()> {
    let missing: Vec<_> = needs.iter().filter(|(_, present, _)| !present).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing.iter().flat_map(|(_, _, packages)| packages.iter().copied()).collect();
    if !is_root() || find(&["apt-get"]).is_none() {
        let names: Vec<_> = missing.iter().map(|(name, _, _)| *name).collect();
        bail!("missing: {}. On Debian: sudo apt-get install {}", names.join(", "), packages.join(" "));
    }
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
        apt
    };
    run(apt().arg("update"))?;
    run(apt().args(["install", "-y", "--no-install-recommends"]).args(packages))
        .context("cannot install what the tests need")
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    path.metadata().ok()?.modified().ok()
}
