//! What the files of a bundle say.

use proptest::prelude::*;
use serde_json::Value;
use tally::bundle::{Publication, WriteError, write};
use tally::{Minor, Outcome, RuleSheet};

use super::town::{Town, file, laudry, text};
use crate::some::elections;

#[test]
fn tables_are_written_as_the_contract_says() {
    let files = laudry().files(Publication::Ballots);
    assert_eq!(
        text(&files, "projects.csv").lines().take(3).collect::<Vec<_>>(),
        [
            "project,slug,title,kind,category,district,holder,floor_minor,ceiling_minor,min_supporters,currency",
            "verger,projet-verger,\"Projet « verger », \"\"beau\"\"\",grant,\"Nature, eau\",,'=Association,3000,5000,,EUR",
            "banc,projet-banc,\"Projet « banc », \"\"beau\"\"\",grant,\"Nature, eau\",,'=Association,2500,2500,,EUR",
        ]
    );
    assert_eq!(
        text(&files, "ballots.csv").split("\r\n").collect::<Vec<_>>(),
        [
            "ballot,fallback,project,amount_minor,currency",
            "1,others,verger,300,EUR",
            "1,others,four,700,EUR",
            "2,others,verger,1000,EUR",
            "2,others,banc,500,EUR",
            "2,others,nichoirs,500,EUR",
            "3,others,verger,2000,EUR",
            "4,others,verger,2000,EUR",
            "5,others,banc,1000,EUR",
            "5,others,nichoirs,1000,EUR",
            "6,everyone,banc,1000,EUR",
            "6,everyone,nichoirs,1000,EUR",
            "7,others,concert,1500,EUR",
            "7,others,four,500,EUR",
            "8,back,concert,2000,EUR",
            ""
        ]
    );
    assert_eq!(
        text(&files, "participation.csv"),
        "scope,value,eligible,voted\r\nall,,20,8\r\nchannel,online,,6\r\nchannel,paper,,2\r\n"
    );
    assert!(text(&files, "other_rules.csv").contains("greedy,order=support;skip=true;threshold=0,verger,"));
    let concert = "concert,\"Projet « concert », \"\"beau\"\"\",dropped,2,3500,";
    assert!(text(&files, "totals.csv").contains(concert), "{}", text(&files, "totals.csv"));
}

#[test]
fn rounds_tell_what_happened_in_order() {
    let files = laudry().files(Publication::Ballots);
    let rounds = text(&files, "rounds.csv");
    let first: Vec<&str> = rounds.split("\r\n").take(9).collect();
    assert_eq!(
        first,
        [
            "round,what,project,to_project,verdict,amount_minor,needed_minor,currency",
            "1,left,,,,16000,,EUR",
            "1,support,verger,,,5300,,EUR",
            "1,support,banc,,,2500,,EUR",
            "1,support,nichoirs,,,2500,,EUR",
            "1,support,concert,,,3500,,EUR",
            "1,support,four,,,1200,,EUR",
            "1,event,concert,,too-few-supporters,3500,,EUR",
            "1,returned,,,,0,,EUR",
        ],
        "{rounds}"
    );
    for part in [",transfer,", ",received,", ",tie,"] {
        assert!(rounds.contains(part), "{part} in {rounds}");
    }
}

#[test]
fn notes_tell_no_ballot_and_sealed_bundles_none_at_all() {
    let town = laudry();
    let paths =
        |publication| -> Vec<String> { town.files(publication).into_iter().map(|file| file.path).collect() };
    let notes = town.files(Publication::Notes);
    let notes = text(&notes, "notes.csv");
    assert_eq!(notes.lines().count(), 1 + 53 + 25 + 25 + 35 + 12);
    assert!(
        notes.starts_with("note,project,amount_minor,currency\r\n1,verger,100,EUR\r\n2,verger,100,EUR\r\n")
    );
    for publication in [Publication::Notes, Publication::Sealed] {
        let paths = paths(publication);
        assert!(!paths.iter().any(|path| path == "ballots.csv" || path == "election.pb"), "{paths:?}");
    }
    assert!(!paths(Publication::Sealed).contains(&"notes.csv".to_owned()));
}

#[test]
fn the_package_lists_every_file_with_its_size_and_schema() {
    let files = laudry().files(Publication::Ballots);
    let package: Value = serde_json::from_str(text(&files, "datapackage.json")).unwrap();
    let resources = package["resources"].as_array().unwrap();
    assert_eq!(resources.len(), files.len() - 1);
    for resource in resources {
        let file = file(&files, resource["path"].as_str().unwrap());
        assert_eq!(resource["bytes"], file.bytes.len());
        assert_eq!(resource["schema"].is_object(), file.path.ends_with(".csv"));
    }
    let ecot = &package["ecot"];
    assert_eq!((ecot["format"].as_u64(), ecot["voted"].as_u64()), (Some(1), Some(8)));
    assert_eq!(ecot["ledger"], Value::Null);
    let totals = resources.iter().find(|resource| resource["path"] == "totals.csv").unwrap();
    assert_eq!(totals["schema"]["primaryKey"], serde_json::json!(["project"]));
    assert_eq!(totals["schema"]["foreignKeys"][0]["reference"]["resource"], "projects");
}

#[test]
fn a_record_whose_parts_do_not_fit_is_refused() {
    let town = laudry();
    let record = town.record(Publication::Ballots);
    let fewer = tally::bundle::Record { projects: &town.projects[1..], ..record.clone() };
    assert_eq!(write(&fewer), Err(WriteError::OtherProjects));
    let outcome = Outcome { sheet_hash: String::new(), ..town.outcome.clone() };
    let other = tally::bundle::Record { outcome: &outcome, ..record };
    assert_eq!(write(&other), Err(WriteError::OtherSheet));
}

#[test]
fn amounts_that_pabulib_cannot_tell_leave_it_out() {
    let town = laudry();
    let sheet = RuleSheet::new(tally::Terms { step: Minor::new(1000), ..(*town.sheet).clone() }).unwrap();
    let files = Town::of(town.election, sheet).files(Publication::Ballots);
    assert!(files.iter().all(|file| file.path != "election.pb"));
}

proptest! {
    #[test]
    fn every_election_has_its_bundle(parts in elections()) {
        let town = Town::of_parts(&parts);
        for publication in Publication::ALL {
            let files = town.files(publication);
            prop_assert_eq!(&files, &town.files(publication));
        }
    }
}
