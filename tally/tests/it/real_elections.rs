//! Real elections, from Pabulib. `ECOT_DATA` names their folder; without them the tests say so and pass.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use tally::format::pabulib::{self, Leniency, Pabulib};
use tally::rule_sheet::Terms;
use tally::{Election, Minor, RuleSheet, Status, count};

use crate::some::one_of_each;
use crate::written::written_again;

pub(crate) const POINT: Minor = Minor::new(100);

pub(crate) fn files() -> Vec<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
    let folder = std::env::var("ECOT_DATA").unwrap_or_else(|_| beside.to_owned());
    let Ok(entries) = Path::new(&folder).join("pabulib").read_dir() else {
        println!("skipped: no real elections in {folder}; set ECOT_DATA to their folder");
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "pb"));
    files.sort();
    files
}

fn name(file: &Path) -> &str {
    file.file_stem().unwrap().to_str().unwrap()
}

pub(crate) fn read(file: &Path, leniency: Leniency) -> Result<Pabulib, pabulib::PbError> {
    pabulib::read(BufReader::new(File::open(file).unwrap()), leniency)
}

/// The one file that is wrong: its ballot of line 11740 names a project twice, so its own totals include that ballot.
const WRONG: &str = "Poland_Czestochowa_2020";

#[test]
fn every_file_is_read_strictly_but_one() {
    for file in files() {
        let refused = read(&file, Leniency::Strict).err();
        let line = refused.as_ref().map(|error| error.line);
        assert_eq!(line, (name(&file) == WRONG).then_some(11740), "{}: {refused:?}", name(&file));
    }
}

#[test]
fn support_and_supporters_are_those_that_the_files_state() {
    for file in files().iter().filter(|file| name(file) != WRONG) {
        let pabulib = read(file, Leniency::Strict).unwrap();
        let election = pabulib.election(POINT).unwrap();
        let outcome = count(&election, &pabulib.rule_sheet(POINT).unwrap()).unwrap();
        for (stated, counted) in pabulib.projects.iter().zip(&outcome.projects) {
            let score = stated.score.or(stated.votes.map(u64::from)).unwrap();
            assert_eq!(
                counted.given_minor,
                POINT.checked_mul(score.cast_signed()).unwrap(),
                "{} {}",
                name(file),
                stated.id
            );
            assert_eq!(Some(counted.supporters), stated.votes, "{} {}", name(file), stated.id);
        }
    }
}

/// No exception: with META's rule and threshold, every file that states an official result is reproduced.
#[test]
fn greedy_funds_what_the_cities_funded() {
    let mut reproduced = 0;
    for file in files() {
        let pabulib = read(&file, Leniency::Lenient).unwrap();
        let outcome = count(&pabulib.election(POINT).unwrap(), &pabulib.rule_sheet(POINT).unwrap()).unwrap();
        let official: Option<Vec<bool>> = pabulib.projects.iter().map(|p| Some(p.selected? == 1)).collect();
        let Some(official) = official else { continue };
        let counted: Vec<bool> = outcome.projects.iter().map(|p| p.status == Status::Funded).collect();
        assert_eq!(counted, official, "{}", name(&file));
        reproduced += 1;
    }
    println!("{reproduced} official results reproduced");
}

#[test]
fn merged_and_unmerged_agree_by_every_rule() {
    for file in files() {
        let pabulib = read(&file, Leniency::Lenient).unwrap();
        let cast = pabulib.election(POINT).unwrap();
        let merged = Election::new(cast.projects().to_vec(), cast.ballots().merged(), None).unwrap();
        let greedy = pabulib.rule_sheet(POINT).unwrap();
        for rule in one_of_each().into_iter().chain([greedy.rule]) {
            let sheet = RuleSheet::new(Terms { rule, ..(*greedy).clone() }).unwrap();
            assert_eq!(count(&cast, &sheet), count(&merged, &sheet), "{} {rule:?}", name(&file));
        }
    }
}

#[test]
fn a_file_that_is_written_and_read_again_tells_the_same_election() {
    for file in files() {
        written_again(&read(&file, Leniency::Lenient).unwrap()).unwrap();
    }
}
