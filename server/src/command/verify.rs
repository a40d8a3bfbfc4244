//! `ecot verify`: is a published result what its ballots give?
//!
//! Works offline and reads no database: a bundle is all it takes. The network is asked only for an address that was given.

use crate::failure::Failure;
use app::text::{Language, Text};
use std::fs;
use std::path::Path;
use std::time::Duration;
use tally::bundle::{self, Checked, File, Finding, Origin, Published, Recount, Report};

/// The most that is downloaded, or read from a folder.
const MOST_BYTES: u64 = 512 << 20;
/// So many findings of a file are printed; JSON has them all.
const SHOWN: usize = 10;
/// How long a download may take in all.
const PATIENCE: Duration = Duration::from_secs(600);

/// Verify.
#[derive(clap::Args)]
pub(super) struct Verify {
    /// A bundle.zip, a folder with its files, or the address of a version (…/results/v1) or of its bundle.zip
    bundle: String,
    /// Where it should be published, the address of a version (…/results/v1): say whether it is, byte for byte. What was
    /// fetched from an address needs none
    #[arg(long, value_name = "ADDRESS")]
    published: Option<String>,
    /// Print the whole report as JSON
    #[arg(long)]
    json: bool,
    /// The language of the report: fr, en or ar
    #[arg(long, default_value = "en", value_parser = super::count::language)]
    lang: Language,
}

impl Verify {
    pub(super) fn run(self) -> Result<(), Failure> {
        let busy = super::count::busy(&format!("reading {}", self.bundle));
        let files = read(&self.bundle)?;
        let published = self.published.as_deref().map(published).transpose()?;
        busy.set_message("counting again");
        let mut report = bundle::verify(&files);
        if let Some(published) = published {
            report.held_against(&[published], None);
        }
        busy.finish_and_clear();
        if self.json {
            super::count::print_json(&report)?;
        } else {
            print(&report, Text::of(self.lang), self.published.as_deref().unwrap_or_default());
        }
        match (&report.facts, report.matches) {
            (None, _) => Err(Failure::Input(format!("{} is no bundle that can be read", self.bundle))),
            (_, false) => Err(Failure::Trouble("the bundle does not match".into())),
            (_, true) if report.origin == Some(Origin::Other) => {
                Err(Failure::Trouble("the bundle is not the one that is published there".into()))
            }
            (_, true) => Ok(()),
        }
    }
}

/// The version that is published at an address, by its list of files: that names each of them by its hash.
fn published(given: &str) -> Result<Published, Failure> {
    let cannot = |error: &dyn std::fmt::Display| Failure::Input(format!("cannot read {given}: {error}"));
    let archive = address(given)?;
    let version = archive.split(['?', '#']).next().unwrap_or_default().rsplit_once('/');
    let list = format!("{}/datapackage.json", version.map_or("", |(version, _)| version));
    let bytes = download(&list).map_err(|error| cannot(&error))?;
    Published::by_package(&bytes).ok_or_else(|| cannot(&"there is no list of the files of a result"))
}

fn read(bundle: &str) -> Result<Vec<File>, Failure> {
    let cannot = |error: &dyn std::fmt::Display| Failure::Input(format!("cannot read {bundle}: {error}"));
    if bundle.starts_with("http://") || bundle.starts_with("https://") {
        let archive = download(&address(bundle)?).map_err(|error| cannot(&error))?;
        return bundle::unzip(&archive).map_err(|error| cannot(&error));
    }
    let path = Path::new(bundle);
    if path.is_dir() {
        let mut folder = Folder { files: Vec::new(), left_bytes: MOST_BYTES };
        folder.read(path, "").map_err(|error| cannot(&error))?;
        return Ok(folder.files);
    }
    let size = fs::metadata(path).map_err(|error| cannot(&error))?.len();
    if size > MOST_BYTES {
        return Err(cannot(&"it is larger than half a gibibyte"));
    }
    let archive = fs::read(path).map_err(|error| cannot(&error))?;
    bundle::unzip(&archive).map_err(|error| cannot(&error))
}

/// The address of the archive, where that of a version was given.
fn address(given: &str) -> Result<String, Failure> {
    let plain = given.split(['?', '#']).next().unwrap_or(given).trim_end_matches('/');
    let last = plain.rsplit('/').next().unwrap_or_default();
    let is_version = last.strip_prefix('v').is_some_and(|number| number.parse::<u32>().is_ok());
    if plain.ends_with(".zip") {
        Ok(given.to_owned())
    } else if is_version {
        Ok(format!("{plain}/bundle.zip"))
    } else {
        Err(Failure::Input(format!(
            "{given} names no version of a result; give an address that ends in /results/v1, or its bundle.zip"
        )))
    }
}

fn download(address: &str) -> Result<Vec<u8>, ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
    let mut answer = agent.get(address).call()?;
    answer.body_mut().with_config().limit(MOST_BYTES).read_to_vec()
}

/// The files below a folder, with their paths as a bundle has them.
struct Folder {
    files: Vec<File>,
    left_bytes: u64,
}

impl Folder {
    fn read(&mut self, folder: &Path, prefix: &str) -> std::io::Result<()> {
        let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type()?;
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{prefix}{name}");
            if kind.is_dir() {
                self.read(&entry.path(), &format!("{path}/"))?;
            } else if kind.is_file() {
                let size = entry.metadata()?.len();
                self.left_bytes = self
                    .left_bytes
                    .checked_sub(size)
                    .ok_or_else(|| std::io::Error::other("it is larger than half a gibibyte"))?;
                let media_type = bundle::media_type(&path).to_owned();
                let bytes = fs::read(entry.path())?;
                self.files.push(File { path, media_type, title: String::new(), bytes });
            }
        }
        Ok(())
    }
}

fn print(report: &Report, t: Text, published: &str) {
    if let Some(facts) = &report.facts {
        println!("{}/{}, {}", facts.municipality, facts.cycle, t.verify_version(&facts.version.to_string()));
        println!();
    }
    let width = report.files.iter().map(|file| file.path.len()).max().unwrap_or(0);
    // What the count rests on comes first, where it differs: the rest may only follow from it.
    let mut files: Vec<_> = report.files.iter().collect();
    files.sort_by_key(|file| match (file.findings.is_empty(), file.checked) {
        (false, Checked::Counted) => 0,
        (false, _) => 1,
        (true, _) => 2,
    });
    for file in files {
        let (verdict, how) = t.verdict(file);
        println!("  {:<width$}  {verdict} ({how})", file.path);
        for finding in file.findings.iter().take(SHOWN) {
            println!("      {}", t.finding(finding, report));
        }
        if let Some(more) = file.findings.len().checked_sub(SHOWN).filter(|&more| more > 0) {
            println!("      {} (--json)", t.finding(&Finding::More { more: more as u64 }, report));
        }
    }
    println!();
    println!("{}", conclusion(report, t));
    if let Some(origin) = report.origin {
        println!("{}", told_origin(origin, t, published));
    }
}

/// Whether it is what is published at the address that was given.
fn told_origin(origin: Origin, t: Text, address: &str) -> String {
    let (words, version) = match origin {
        Origin::SameArchive { version } => (t.recount_same_archive(), version),
        Origin::SameFiles { version } => (t.recount_same_files(), version),
        Origin::Other => (t.recount_other(), 0),
    };
    words.replace("{address}", address).replace("{version}", &version.to_string())
}

/// The same sentence as the page's.
fn conclusion(report: &Report, t: Text) -> String {
    let wrong = report.files.iter().filter(|file| !file.findings.is_empty()).count();
    let words = match (report.recount, wrong) {
        (Recount::Match, 0) => t.recount_match(),
        (Recount::Match, _) => t.recount_match_else(),
        (Recount::Mismatch, _) => t.recount_mismatch(),
        (Recount::NotPublished, 0) => t.recount_not_published(),
        (Recount::NotPublished, _) => t.recount_not_published_else(),
        (Recount::Impossible, _) => t.recount_impossible(),
    };
    let ballots = t.number(report.ballots.unwrap_or_default().into());
    let number = |number: usize| t.number(number as u64);
    words
        .replace("{ballots}", &ballots)
        .replace("{files}", &number(report.files.len()))
        .replace("{wrong}", &number(wrong))
}
