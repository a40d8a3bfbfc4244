//! A bundle that nobody touched verifies, whatever the election; and its report says what was looked at.

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use tally::bundle::{
    Checked, File, Finding, Origin, Publication, Published, Recount, Report, unzip, verify, zip,
};
use tally::rule_sheet::Rule;
use tally::{Election, Fallback};

use super::town::{Town, laudry, laudry_by, text};
use crate::some::elections;

#[test]
fn an_untouched_bundle_matches_by_every_rule() {
    for name in Rule::NAMES {
        let town = laudry_by(Rule::new(name, serde_json::Map::new()).unwrap());
        let report = verify(&town.files(Publication::Ballots));
        assert!(report.matches, "{name}: {report:#?}");
        assert_eq!((report.recount, report.ballots), (Recount::Match, Some(8)));
    }
}

#[test]
fn ballots_that_are_not_published_cannot_be_recounted_and_all_else_is_looked_at() {
    for publication in [Publication::Notes, Publication::Sealed] {
        let report = verify(&laudry().files(publication));
        assert!(report.matches, "{report:#?}");
        assert_eq!(report.recount, Recount::NotPublished);
    }
}

/// Where nothing was counted no file says that it was, and what nothing tells of is only as listed.
#[test]
fn a_report_without_a_count_says_of_no_file_that_it_was_counted() {
    let checked = |files: &[File]| {
        let report = verify(files);
        let files = report.files.into_iter().map(|file| (file.path, file.checked));
        files.collect::<std::collections::BTreeMap<_, _>>()
    };
    for publication in [Publication::Notes, Publication::Sealed] {
        let files = checked(&laudry().files(publication));
        for (path, checked) in &files {
            let is_told = !["other_rules.csv", "README.md"].contains(&path.as_str());
            assert_eq!(*checked, if is_told { Checked::Compared } else { Checked::Hashed }, "{path}");
        }
    }
    let mut files = laudry().files(Publication::Ballots);
    files.retain(|file| file.path != "datapackage.json");
    let files = checked(&files);
    assert!(files.values().all(|checked| *checked == Checked::Unchecked), "{files:?}");
}

#[test]
fn an_archive_verifies_as_its_files_do() {
    let mut files = laudry().files(Publication::Ballots);
    let archive = zip(&files);
    files.push(File { path: "bundle.zip".to_owned(), bytes: archive.clone(), ..files[0].clone() });
    assert_eq!(verify(&unzip(&archive).unwrap()), verify(&files));
}

#[test]
fn a_report_names_every_file_and_how_it_was_looked_at() {
    let report = verify(&laudry().files(Publication::Ballots));
    let files: Vec<(&str, Checked)> =
        report.files.iter().map(|file| (file.path.as_str(), file.checked)).collect();
    let (counted, recounted, compared) = (Checked::Counted, Checked::Recounted, Checked::Compared);
    assert_eq!(
        files,
        [
            ("datapackage.json", compared),
            ("projects.csv", counted),
            ("totals.csv", recounted),
            ("rounds.csv", recounted),
            ("participation.csv", compared),
            ("other_rules.csv", recounted),
            ("ballots.csv", counted),
            ("election.pb", compared),
            ("rule_sheet.json", counted),
            ("outcome.json", recounted),
            ("README.md", Checked::Hashed),
        ]
    );
    assert_eq!(report.titles["banc"], "Projet « banc », \"beau\"");
    assert_eq!(report.facts.as_ref().unwrap().municipality, "laudry");
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
}

/// Ballots of imported files may give nothing, and weigh all the same.
#[test]
fn an_import_with_an_empty_ballot_matches() {
    let town = laudry();
    let mut ballots = town.election.ballots().clone();
    ballots.push(&[], Fallback::Others).unwrap();
    let projects = town.election.projects().to_vec();
    let mut town = Town::of(Election::new(projects, ballots, Some(20)).unwrap(), town.sheet);
    assert_eq!(verify(&town.files(Publication::Ballots)).files[6].findings.len(), 1);
    town.about.nature = "import".to_owned();
    let files = town.files(Publication::Ballots);
    assert!(text(&files, "ballots.csv").contains("\r\n1,others,,,EUR\r\n2,others,verger,300,EUR\r\n"));
    assert!(verify(&files).matches);
}

/// A bundle that agrees with itself may still be another one than the town publishes.
#[test]
fn a_bundle_is_told_from_those_that_are_published() {
    let files = laudry().files(Publication::Ballots);
    let archive = zip(&files);
    let held = |files: &[File], archive: Option<&[u8]>, published: &[Published]| {
        let mut report = verify(files);
        report.held_against(published, archive);
        report.origin.unwrap()
    };
    let package = files.iter().find(|file| file.path == "datapackage.json").unwrap();
    let by_package = Published::by_package(&package.bytes).unwrap();
    let by_archive = Published { archive_sha256: Some(sha256(&archive)), ..by_package.clone() };
    let before = Published { version: 4, package_sha256: sha256(b"4"), archive_sha256: Some(sha256(b"4")) };
    let published = [before.clone(), by_archive];
    assert_eq!(held(&files, Some(&archive), &published), Origin::SameArchive { version: 1 });
    assert_eq!(held(&files, None, &published), Origin::SameFiles { version: 1 });
    assert_eq!(
        held(&files, Some(b"packed by another program"), &published),
        Origin::SameFiles { version: 1 }
    );
    assert_eq!(held(&files, Some(&archive), &[by_package]), Origin::SameFiles { version: 1 });
    assert_eq!(held(&files, Some(&archive), &[before]), Origin::Other);

    // One word of the README is another, under the list that is published.
    let mut altered = files.clone();
    altered.iter_mut().find(|file| file.path == "README.md").unwrap().bytes.push(b'!');
    assert_eq!(held(&altered, None, &published), Origin::Other);
    // A whole other result, which agrees with itself.
    let mut other = laudry();
    other.about.title = "Another".to_owned();
    let other = other.files(Publication::Ballots);
    assert!(verify(&other).matches);
    assert_eq!(held(&other, None, &published), Origin::Other);
    assert_eq!(Published::by_package(b"hello"), None);
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn nothing_at_all_is_no_bundle() {
    let report = verify(&[]);
    assert_eq!((report.matches, report.recount), (false, Recount::Impossible));
    assert_eq!(report.files[0].findings, [Finding::Missing]);
}

proptest! {
    /// Random elections have ballots that no form would take, which is all that may be found.
    #[test]
    fn every_election_verifies(parts in elections()) {
        let town = Town::of_parts(&parts);
        for publication in Publication::ALL {
            let report = verify(&town.files(publication));
            let mut findings = report.files.iter().flat_map(|file| &file.findings);
            prop_assert!(findings.all(|finding| matches!(finding, Finding::Law { .. } | Finding::More { .. })), "{:#?}", report);
            let whole = publication == Publication::Ballots;
            prop_assert_eq!(report.recount, if whole { Recount::Match } else { Recount::NotPublished });
        }
    }
}
