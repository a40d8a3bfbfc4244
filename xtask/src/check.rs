//! `cargo xtask check`: what can be known without running the product.

use std::fs;
use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};

use crate::command::{cargo, read, root, run as run_command};
use crate::stage::Stages;
use crate::{css, machine, site};

/// JavaScript and wasm of the ballot page, gzipped.
const SCRIPT_BUDGET_BYTES: usize = 120_000;
/// The style sheet, gzipped: a third of what a page may weigh.
const STYLE_BUDGET_BYTES: usize = 20_000;
/// What would carry the server into the browser.
const SERVER_ONLY: [&str; 4] = ["axum", "sqlx", "store", "tokio"];

type Check = fn() -> Result<()>;

/// Runs every check, also after one has failed: a developer wants the whole list.
pub(crate) fn run() -> ExitCode {
    let checks: [(&str, Check); 9] = [
        ("format", || run_command(&mut cargo(&["fmt", "--all", "--check"]))),
        ("style", physical_properties),
        ("machine", prepare),
        // Before clippy and docs: the server embeds the site, so without it the server does not compile.
        ("site", site::build),
        ("sizes", sizes),
        ("wasm graph", wasm_graph),
        ("clippy", clippy),
        ("docs", docs),
        ("deny", deny),
    ];
    let mut stages = Stages::default();
    for (name, check) in checks {
        stages.run(name, check);
    }
    println!("{stages}");
    if stages.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn prepare() -> Result<()> {
    machine::wasm_target()?;
    machine::node_packages()?;
    machine::cargo_deny()
}

/// Warnings are denied after `--`, not by RUSTFLAGS, which would build every dependency anew.
fn clippy() -> Result<()> {
    run_command(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn docs() -> Result<()> {
    run_command(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
}

/// Without the advisories, which are fetched from a place that not every machine reaches.
fn deny() -> Result<()> {
    run_command(&mut cargo(&["deny", "--workspace", "check", "bans", "licenses", "sources"]))
}

fn physical_properties() -> Result<()> {
    let mut faults = String::new();
    for entry in fs::read_dir(root().join("style"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "css") {
            for (line, declaration) in css::physical(&fs::read_to_string(&path)?) {
                faults += &format!("\n{}:{line}: {declaration}", path.display());
            }
        }
    }
    ensure!(faults.is_empty(), "left and right are start and end, so that Arabic reads well too:{faults}");
    Ok(())
}

fn sizes() -> Result<()> {
    let pkg = site::folder().join("pkg");
    let gzipped =
        |name: &str| gzipped_bytes(&fs::read(pkg.join(name)).with_context(|| format!("no {name}"))?);
    let (script, style) = (gzipped("ecot.js")? + gzipped("ecot_bg.wasm")?, gzipped("ecot.css")?);
    println!(
        "   JavaScript and wasm {script} of {SCRIPT_BUDGET_BYTES}, CSS {style} of {STYLE_BUDGET_BYTES} bytes, gzipped"
    );
    ensure!(script <= SCRIPT_BUDGET_BYTES && style <= STYLE_BUDGET_BYTES, "a size is over its budget");
    Ok(())
}

fn gzipped_bytes(bytes: &[u8]) -> Result<usize> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    Ok(gzip.finish()?.len())
}

fn wasm_graph() -> Result<()> {
    let tree = read(&mut cargo(&[
        "tree",
        "--package=app",
        "--no-default-features",
        "--features=hydrate",
        "--target=wasm32-unknown-unknown",
        "--edges=normal",
        "--prefix=none",
    ]))?;
    let family = |line: &str| line.split([' ', '-']).next().unwrap_or_default().to_owned();
    let found: Vec<_> = tree.lines().filter(|line| SERVER_ONLY.contains(&family(line).as_str())).collect();
    ensure!(found.is_empty(), "the browser would load parts of the server: {found:?}");
    Ok(())
}
