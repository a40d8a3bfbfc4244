//! Verifies a bundle: reads everything that it says, counts again, and names what does not agree.
//!
//! A bundle comes from a stranger, and whoever alters one can write its hashes anew, so a hash proves little by itself:
//! each file is also held against the others and against the count. Nothing in it makes this panic or end early; what
//! cannot be read is named, and the rest is looked at all the same. What no file contradicts cannot be found here: that
//! the ballots are those that were cast is the ledger's to show.

mod ballots;
mod outcome;
mod participation;
mod read;
mod rows;

use std::collections::{BTreeMap, HashSet};

use self::read::Content;
pub(super) use self::read::Package;
use super::package::{self, FORMAT, sha256};
use super::report::Findings;
use super::zip::ARCHIVE;
use super::{Checked, Facts, File, FileReport, Finding, Publication, Recount, Report, table};

/// Verifies the files of a bundle; `bundle.zip` among them is passed over.
pub fn verify(files: &[File]) -> Report {
    let files: Vec<&File> = files.iter().filter(|file| file.path != ARCHIVE).collect();
    let mut findings = Findings::default();
    let hashes: Vec<String> = files.iter().map(|file| sha256(&file.bytes)).collect();
    let package = read::package(&files, &mut findings);
    if let Some(package) = &package {
        compare_listing(package, &files, &hashes, &mut findings);
    }
    let facts = package.as_ref().map(|package| &package.ecot);
    let counted = match facts {
        Some(facts) if facts.format == FORMAT => verify_content(facts, &files, &mut findings),
        Some(facts) => {
            findings.add(package::PATH, Finding::Format { format: facts.format });
            Counted::impossible()
        }
        None => Counted::impossible(),
    };
    let matches = findings.is_empty();
    Report {
        matches,
        recount: counted.recount,
        ballots: counted.ballots,
        facts: facts.cloned(),
        titles: counted.titles,
        files: report_files((package.as_ref(), counted.looked), &files, &hashes, findings),
        origin: None,
    }
}

/// What the content gave.
struct Counted {
    recount: Recount,
    ballots: Option<u32>,
    titles: BTreeMap<String, String>,
    looked: Looked,
}

impl Counted {
    fn impossible() -> Counted {
        let looked = Looked::List;
        Counted { recount: Recount::Impossible, ballots: None, titles: BTreeMap::new(), looked }
    }
}

/// What the files were looked at with.
#[derive(Clone, Copy)]
enum Looked {
    /// The list of their sizes and hashes.
    List,
    /// That, and each other.
    EachOther,
    /// That, and a new count.
    Count,
}

/// Size and hash of each file, files that are missing, and files too many.
fn compare_listing(package: &Package, files: &[&File], hashes: &[String], findings: &mut Findings) {
    for resource in &package.resources {
        let Some(at) = files.iter().position(|file| file.path == resource.path) else {
            findings.add(&resource.path, Finding::Missing);
            continue;
        };
        let found = files[at].bytes.len() as u64;
        if found != resource.bytes {
            findings.add(&resource.path, Finding::Size { listed: resource.bytes, found });
        }
        let listed = resource.hash.strip_prefix("sha256:").unwrap_or(&resource.hash);
        if listed != hashes[at] {
            let finding = Finding::Hash { listed: listed.to_owned(), found: hashes[at].clone() };
            findings.add(&resource.path, finding);
        }
    }
    let listed: HashSet<&str> = package.resources.iter().map(|resource| resource.path.as_str()).collect();
    for file in files.iter().filter(|file| file.path != package::PATH) {
        if !listed.contains(file.path.as_str()) {
            findings.add(&file.path, Finding::Unlisted);
        }
    }
    for path in needed(&package.ecot) {
        let is_there = files.iter().any(|file| file.path == path);
        if !is_there && !listed.contains(path) {
            findings.add(path, Finding::Missing);
        }
    }
}

/// The files without which a bundle of this profile is none. Where `election.pb` belongs, [`ballots`] knows.
fn needed(facts: &Facts) -> Vec<&'static str> {
    let mut needed = vec![
        table::PROJECTS.path,
        table::TOTALS.path,
        table::ROUNDS.path,
        table::PARTICIPATION.path,
        table::OTHER_RULES.path,
        read::SHEET,
        read::OUTCOME,
    ];
    needed.extend(match facts.publication {
        Publication::Ballots => Some(table::BALLOTS.path),
        Publication::Notes => Some(table::NOTES.path),
        Publication::Sealed => None,
    });
    needed
}

fn verify_content(facts: &Facts, files: &[&File], findings: &mut Findings) -> Counted {
    let content = Content::read(facts, files, findings);
    let counted = content.as_ref().map(|content| content.published.ballots);
    participation::verify(facts, files, counted, findings);
    let Some(content) = content else { return Counted::impossible() };
    outcome::agree(&content, findings);
    let recount = match facts.publication {
        Publication::Ballots => recount(&content, findings),
        Publication::Notes => {
            ballots::verify_notes(&content, findings);
            compare_published(&content, findings);
            Recount::NotPublished
        }
        Publication::Sealed => {
            compare_published(&content, findings);
            Recount::NotPublished
        }
    };
    let looked = match recount {
        Recount::Match | Recount::Mismatch => Looked::Count,
        Recount::NotPublished | Recount::Impossible => Looked::EachOther,
    };
    Counted { recount, ballots: counted, titles: content.titles, looked }
}

/// Without a count, what is published can still be held against itself.
fn compare_published(content: &Content<'_>, findings: &mut Findings) {
    outcome::verify_tables(content, &content.published, findings);
    outcome::verify_form_of_other_rules(content, findings);
}

/// Counts the published ballots by the published rules, and holds everything against that.
fn recount(content: &Content<'_>, findings: &mut Findings) -> Recount {
    let election = ballots::read(content, findings);
    let counted = election.as_ref().and_then(|election| outcome::count(content, election, findings));
    let (Some(election), Some(outcome)) = (election, counted) else {
        compare_published(content, findings);
        return Recount::Impossible;
    };
    let same = outcome == content.published;
    if !same {
        outcome::compare(content, &outcome, findings);
    }
    outcome::verify_tables(content, &outcome, findings);
    outcome::verify_other_rules(content, &election, findings);
    ballots::compare_with_pabulib(content, &election, &outcome, same, findings);
    if same { Recount::Match } else { Recount::Mismatch }
}

/// The files in the order of the package, then those that it does not know.
fn report_files(
    (package, looked): (Option<&Package>, Looked),
    files: &[&File],
    hashes: &[String],
    mut findings: Findings,
) -> Vec<FileReport> {
    let listed = package.iter().flat_map(|package| &package.resources).map(|resource| resource.path.clone());
    let there = files.iter().map(|file| file.path.clone());
    let found = findings.paths();
    let mut seen = HashSet::new();
    let paths = std::iter::once(package::PATH.to_owned()).chain(listed).chain(there).chain(found);
    let paths: Vec<String> = paths.filter(|path| seen.insert(path.clone())).collect();
    let report = |path: String| {
        let at = files.iter().position(|file| file.path == path);
        FileReport {
            bytes: at.map(|at| files[at].bytes.len() as u64),
            sha256: at.map(|at| hashes[at].clone()).unwrap_or_default(),
            checked: if package.is_some() { checked(&path, looked) } else { Checked::Unchecked },
            findings: findings.take(&path),
            path,
        }
    };
    paths.into_iter().map(report).collect()
}

/// How a file that is listed was looked at.
fn checked(path: &str, looked: Looked) -> Checked {
    let counted = [table::PROJECTS.path, table::BALLOTS.path, read::SHEET];
    let recounted = [table::TOTALS.path, table::ROUNDS.path, read::OUTCOME];
    let compared = [table::PARTICIPATION.path, table::NOTES.path];
    match looked {
        _ if path == package::PATH => Checked::Compared,
        Looked::Count if counted.contains(&path) => Checked::Counted,
        Looked::Count if recounted.contains(&path) || path == table::OTHER_RULES.path => Checked::Recounted,
        Looked::Count if path == read::PABULIB => Checked::Compared,
        Looked::Count | Looked::EachOther if compared.contains(&path) => Checked::Compared,
        Looked::EachOther if counted.contains(&path) || recounted.contains(&path) => Checked::Compared,
        _ => Checked::Hashed,
    }
}
