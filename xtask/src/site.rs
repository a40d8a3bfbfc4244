//! The site: what the browser loads, written to `target/site` for the server to embed.
//!
//! The three steps of cargo-leptos (wasm, its JavaScript, CSS) without cargo-leptos: its installation costs
//! ten times this build, and it fetches tools that this workspace pins in its one lock file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::command::{cargo, find, root, run, target};
use crate::css;

/// What rustc takes for granted on this target since 1.82; wasm-opt refuses code that it was not told about.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Files by their path in the folder.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// The folder that holds `pkg/` and `hash`. The server embeds it, so it does not move with `CARGO_TARGET_DIR`.
pub(crate) fn folder() -> PathBuf {
    root().join("target/site")
}

/// Builds what has changed, and leaves the folder untouched when nothing has.
pub(crate) fn build() -> Result<()> {
    let script = script_folder()?;
    let style = root().join("style");
    let mut files = Files::new();
    read_folder(&script, &script, &mut files)?;
    let (scripts, oracle) = (root().join("app/script"), root().join("tally/oracle"));
    for folder in [style.join("public"), scripts] {
        read_folder(&folder, &folder, &mut files)?;
    }
    // The second program, for visitors to take along.
    files.extend(fs::read(oracle.join("recount.py")).ok().map(|program| ("recount.py".into(), program)));
    files.insert("ecot.css".into(), css::bundle(&style.join("main.css"))?.into_bytes());
    write(&files)
}

/// What the browser runs: the islands, loaded by the pages that have one, and the recount, loaded by who recounts. As
/// cargo calls the wasm, and as the site does.
const SCRIPTS: [(&str, &str); 2] = [("app", "ecot"), ("recount", "recount")];

/// Compiles the scripts and gives the folder with their JavaScript and wasm.
///
/// Cargo knows what they depend on; only what it compiled decides whether the slow steps run again.
fn script_folder() -> Result<PathBuf> {
    run(&mut cargo(&[
        "build",
        "--package=app",
        "--lib",
        "--bin=recount",
        "--target=wasm32-unknown-unknown",
        "--no-default-features",
        "--features=hydrate",
        "--profile=wasm-release",
    ]))?;
    let compiled = |name: &str| target().join(format!("wasm32-unknown-unknown/wasm-release/{name}.wasm"));
    let optimiser = find_optimiser();
    let folder = root().join("target/script");
    let stamp_path = root().join("target/script.stamp");

    let mut stamp = Sha256::new();
    for (name, _) in SCRIPTS {
        let path = compiled(name);
        stamp.update(fs::read(&path).with_context(|| path.display().to_string())?);
    }
    stamp.update(format!("{optimiser:?}"));
    stamp.update(include_bytes!("site.rs"));
    let stamp = stamp.finalize();
    if fs::read(&stamp_path).is_ok_and(|last| last == stamp[..]) && folder.is_dir() {
        return Ok(folder);
    }

    remove_folder(&folder)?;
    for (name, out_name) in SCRIPTS {
        let mut bindgen = Bindgen::new();
        bindgen.web(true)?.typescript(false).remove_name_section(true).remove_producers_section(true);
        bindgen.input_path(compiled(name)).out_name(out_name).generate(&folder)?;
        match &optimiser {
            Some(optimiser) => optimise(optimiser, &folder.join(format!("{out_name}_bg.wasm")))?,
            None => eprintln!(
                "warning: no wasm-opt, so the site is larger than it need be (`npm ci` in end2end brings it)"
            ),
        }
    }
    fs::write(&stamp_path, stamp)?;
    Ok(folder)
}

/// The one that end2end pins comes before the system's, which is often too old for what rustc writes.
fn find_optimiser() -> Option<PathBuf> {
    let pinned = root().join("end2end/node_modules/.bin/wasm-opt");
    if pinned.is_file() && find(&["node"]).is_some() { Some(pinned) } else { find(&["wasm-opt"]) }
}

fn optimise(optimiser: &Path, wasm: &Path) -> Result<()> {
    run(Command::new(optimiser).arg("-Oz").args(WASM_FEATURES).arg(wasm).arg("-o").arg(wasm))
}

/// Replaces `pkg/` and writes the hash last, so that a folder with a hash is whole.
fn write(files: &Files) -> Result<()> {
    let hash = hash(files);
    let (pkg, hash_path) = (folder().join("pkg"), folder().join("hash"));
    if fs::read_to_string(&hash_path).is_ok_and(|last| last == hash) && pkg.is_dir() {
        return Ok(());
    }
    remove_folder(&folder())?;
    for (path, bytes) in files {
        let path = pkg.join(path);
        fs::create_dir_all(path.parent().expect("a file of the site lies in its folder"))?;
        fs::write(path, bytes)?;
    }
    fs::write(hash_path, hash).context("cannot write the hash of the site")
}

/// The first 16 hexadecimal digits of the SHA-256 over each file's name, length and bytes.
fn hash(files: &Files) -> String {
    let mut hash = Sha256::new();
    for (path, bytes) in files {
        hash.update(format!("{}\0{}\0", path.display(), bytes.len()));
        hash.update(bytes);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Adds the files below `folder`, named from `base`. A folder that does not exist has none.
fn read_folder(folder: &Path, base: &Path, files: &mut Files) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_folder(&path, base, files)?;
        } else {
            files.insert(path.strip_prefix(base)?.to_owned(), fs::read(&path)?);
        }
    }
    Ok(())
}

fn remove_folder(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| folder.display().to_string())
    } else {
        Ok(())
    }
}
