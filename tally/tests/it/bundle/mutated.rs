//! Bundles that somebody altered, and wrote the hashes anew as an attacker would: each alteration is found and named.

use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tally::ballot::Refusal;
use tally::bundle::{File, Finding, Line, Publication, Recount, Report, SumOf, media_type, verify, write};
use tally::{Ballots, Election, Minor};

use super::town::{file, laudry, text};

/// A bundle in the hands of somebody.
struct Altered(Vec<File>);

impl Altered {
    fn new() -> Altered {
        Altered(laudry().files(Publication::Ballots))
    }

    fn of(publication: Publication) -> Altered {
        Altered(laudry().files(publication))
    }

    /// Replaces the one place where a text stands.
    fn replace(mut self, path: &str, from: &str, to: &str) -> Altered {
        let old = text(&self.0, path);
        assert_eq!(old.matches(from).count(), 1, "{from:?} in {path}:\n{old}");
        let new = old.replace(from, to);
        self.put(path, new.into_bytes());
        self
    }

    fn put(&mut self, path: &str, bytes: Vec<u8>) {
        self.0.retain(|file| file.path != path);
        let media_type = media_type(path).to_owned();
        self.0.push(File { path: path.to_owned(), media_type, title: String::new(), bytes });
    }

    fn drop(mut self, path: &str) -> Altered {
        self.0.retain(|file| file.path != path);
        self
    }

    fn json(mut self, path: &str, change: impl FnOnce(&mut Value)) -> Altered {
        let mut value: Value = serde_json::from_str(text(&self.0, path)).unwrap();
        change(&mut value);
        self.put(path, serde_json::to_vec_pretty(&value).unwrap());
        self
    }

    /// Lists the files as they are now.
    fn rehashed(self) -> Altered {
        let files = self.0.clone();
        self.json("datapackage.json", |package| {
            let resource = |file: &File| {
                let hash: String =
                    Sha256::digest(&file.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
                json!({ "path": file.path, "bytes": file.bytes.len(), "hash": format!("sha256:{hash}") })
            };
            let listed = files.iter().filter(|file| file.path != "datapackage.json").map(resource);
            package["resources"] = listed.collect();
        })
    }

    /// What is found about each file, after the hashes were written anew.
    fn found(self) -> Found {
        Found(verify(&self.rehashed().0))
    }
}

struct Found(Report);

impl Found {
    fn about(&self, path: &str) -> &[Finding] {
        let file = self.0.files.iter().find(|file| file.path == path);
        file.map_or(&[], |file| file.findings.as_slice())
    }

    #[track_caller]
    fn has(&self, path: &str, finding: &Finding) {
        assert!(!self.0.matches);
        assert!(self.about(path).contains(finding), "no {finding:?} of {path} in {:#?}", self.0);
    }

    /// Asserts that something is found about these files and about no other.
    #[track_caller]
    fn is_about(&self, paths: &[&str]) {
        let found = self.0.files.iter().filter(|file| !file.findings.is_empty());
        let mut found: Vec<&str> = found.map(|file| file.path.as_str()).collect();
        found.sort_unstable();
        assert_eq!(found, paths, "{:#?}", self.0);
    }
}

fn line(project: &str, amount: i64) -> Line {
    Line { project: project.to_owned(), amount_minor: Minor::new(amount) }
}

fn differs(line: u64, project: &str, column: &str, published: &str, expected: &str) -> Finding {
    Finding::Differs {
        line: Some(line).filter(|&line| line > 0),
        project: (!project.is_empty()).then(|| project.to_owned()),
        column: column.to_owned(),
        published: published.to_owned(),
        expected: expected.to_owned(),
    }
}

#[test]
fn a_file_that_is_dropped_is_missed() {
    for dropped in laudry().files(Publication::Ballots) {
        let found = Found(verify(&Altered::new().drop(&dropped.path).0));
        found.has(&dropped.path, &Finding::Missing);
        // With the list written anew, all but the README are missed still.
        if !["README.md", "datapackage.json"].contains(&dropped.path.as_str()) {
            Altered::new().drop(&dropped.path).found().has(&dropped.path, &Finding::Missing);
        }
    }
}

/// A small archive holds two hundred mebibytes of commas, and every one of them was the end of a cell in memory.
#[test]
fn a_line_without_end_is_not_taken_apart() {
    let mut altered = Altered::new();
    altered.put("totals.csv", vec![b','; 8 << 20]);
    let found = altered.rehashed().found();
    let detail = "a line is longer than a mebibyte".to_owned();
    found.has("totals.csv", &Finding::Unreadable { line: Some(1), detail });
}

#[test]
fn a_file_that_is_added_is_not_listed() {
    let mut altered = Altered::new();
    altered.put("more.csv", b"x".to_vec());
    Found(verify(&altered.0)).has("more.csv", &Finding::Unlisted);
}

/// One byte of each file, the hashes as they were.
#[test]
fn a_byte_that_is_altered_changes_the_hash() {
    for whole in laudry().files(Publication::Ballots) {
        for at in [0, whole.bytes.len() / 2, whole.bytes.len() - 1] {
            let mut altered = Altered::new();
            let mut bytes = whole.bytes.clone();
            bytes[at] ^= 1;
            altered.put(&whole.path, bytes);
            let found = Found(verify(&altered.0));
            if whole.path == "datapackage.json" {
                // Who lists the others is listed nowhere; titles in it are verified by nobody.
                continue;
            }
            let is_of_hash = |finding: &Finding| matches!(finding, Finding::Hash { .. });
            assert!(found.about(&whole.path).iter().any(is_of_hash), "{} {at}", whole.path);
        }
    }
}

#[test]
fn an_amount_that_is_altered_names_the_ballot_and_the_projects() {
    let found =
        Altered::new().replace("ballots.csv", "7,others,concert,1500,", "7,others,concert,1200,").found();
    assert_eq!(found.0.recount, Recount::Mismatch);
    let (here, there) = (line("concert", 1200), line("concert", 1500));
    let (here, there) = (vec![here, line("four", 500)], vec![there, line("four", 500)]);
    found.has("ballots.csv", &Finding::BallotDiffers { ballot: 7, here, there });
    found.has("outcome.json", &differs(0, "concert", "given_minor", "3500", "3200"));
    found.has("totals.csv", &differs(5, "concert", "given_minor", "3500", "3200"));
    found.is_about(&["ballots.csv", "election.pb", "outcome.json", "rounds.csv", "totals.csv"]);
}

#[test]
fn an_amount_that_changes_the_result_says_what_projects_should_receive() {
    let found =
        Altered::new().replace("ballots.csv", "2,others,verger,1000,", "2,others,verger,100,").found();
    let received: Vec<&Finding> = found
        .about("outcome.json")
        .iter()
        .filter(|finding| matches!(finding, Finding::Received { .. }))
        .collect();
    assert!(!received.is_empty(), "{:#?}", found.0);
}

/// Both files of ballots and everything counted from them, by a forger who keeps the published result.
#[test]
fn a_forged_election_under_the_old_result_does_not_match() {
    let town = laudry();
    let mut ballots = Ballots::new();
    for (at, ballot) in town.election.ballots().iter().enumerate() {
        let lines: Vec<_> = if at == 1 { vec![(4, Minor::new(2000))] } else { ballot.lines().collect() };
        ballots.push(&lines, ballot.fallback()).unwrap();
    }
    let election = Election::new(town.election.projects().to_vec(), ballots, town.election.roll()).unwrap();
    let record = town.record(Publication::Ballots);
    let forged = write(&tally::bundle::Record { election: &election, ..record }).unwrap();
    let found = Altered(forged).found();
    assert_eq!(found.0.recount, Recount::Mismatch);
    found.has("outcome.json", &differs(0, "four", "given_minor", "1200", "3200"));
    let received =
        |finding: &Finding| matches!(finding, Finding::Received { project, .. } if project == "verger");
    assert!(found.about("outcome.json").iter().any(received), "{:#?}", found.0);
}

#[test]
fn a_ballot_that_is_added_or_taken_away_is_named() {
    let altered = Altered::new().replace("ballots.csv", "8,back,", "8,back,concert,2000,EUR\r\n9,back,");
    let found = altered.found();
    found.has("ballots.csv", &Finding::BallotAdded { ballot: 9, here: vec![line("concert", 2000)] });
    found.has("outcome.json", &differs(0, "", "ballots", "8", "9"));

    let found = Altered::new().replace("ballots.csv", "8,back,concert,2000,EUR\r\n", "").found();
    found.has("ballots.csv", &Finding::BallotLacking { there: vec![line("concert", 2000)] });
}

#[test]
fn ballots_must_be_in_order_and_lawful() {
    let law = |from: &str, to: &str| Altered::new().replace("ballots.csv", from, to).found();
    let of = |project: &str| project.to_owned();
    let refused =
        |found: &Found, ballot, refusal| found.has("ballots.csv", &Finding::Law { ballot, refusal });
    let found = law("8,back,concert,2000,", "8,back,concert,2050,");
    refused(&found, 8, Refusal::NotAStep { project: of("concert"), step_minor: Minor::new(100) });
    let (given_minor, envelope_minor) = (Minor::new(2050), Minor::new(2000));
    refused(&found, 8, Refusal::OverEnvelope { given_minor, envelope_minor });
    let found = law("8,back,concert,2000,EUR", "8,back,,,EUR");
    refused(&found, 8, Refusal::Empty);
    found.has("ballots.csv", &Finding::BallotPlace { ballot: 8 });
    let cell = |line, column: &str, value: &str| Finding::Cell { line, column: of(column), value: of(value) };
    law("8,back,concert,", "8,back,piscine,").has("ballots.csv", &cell(15, "project", "piscine"));
    law("8,back,concert,2000,EUR", "8,back,concert,2000,USD")
        .has("ballots.csv", &cell(15, "currency", "USD"));
    law("8,back,concert,2000,", "8,back,concert,02000,")
        .has("ballots.csv", &cell(15, "amount_minor", "02000"));
    law("8,back,", "9,back,").has("ballots.csv", &Finding::BallotNumber { line: 15, ballot: 9 });
}

#[test]
fn projects_that_are_swapped_or_altered_are_named() {
    let lines: Vec<String> = text(&Altered::new().0, "projects.csv").lines().map(str::to_owned).collect();
    let (two, three) = (format!("{}\r\n{}", lines[1], lines[2]), format!("{}\r\n{}", lines[2], lines[1]));
    let found = Altered::new().replace("projects.csv", &two, &three).found();
    found.has("projects.csv", &Finding::Order { line: 2 });
    let found = Altered::new().replace("projects.csv", "Projet « verger »", "Projet « piscine »").found();
    let names = ["Projet « verger », \"beau\"", "Projet « piscine », \"beau\""];
    found.has("totals.csv", &differs(2, "verger", "title", names[0], names[1]));
    found.is_about(&["election.pb", "totals.csv"]);
    let found = Altered::new().replace("projects.csv", ",3000,5000,", ",3000,5500,").found();
    found.has("projects.csv", &differs(0, "verger", "ceiling_minor", "5500", "5000"));
    let found = Altered::new().replace("projects.csv", "\r\nfour,", "\r\nfours,").found();
    found.has("projects.csv", &Finding::RowMissing { row: "four".to_owned() });
}

#[test]
fn another_sheet_is_told_by_its_hash_or_by_the_count() {
    let old = laudry().sheet.hash();
    let richer = || Altered::new().replace("rule_sheet.json", "\"envelope\":2000", "\"envelope\":2100");
    let found = richer().found();
    assert!(matches!(found.about("rule_sheet.json"), [Finding::SheetHash { listed, .. }] if *listed == old));
    let new = found.about("rule_sheet.json").iter().find_map(|finding| match finding {
        Finding::SheetHash { found, .. } => Some(found.clone()),
        _ => None,
    });
    let new = new.unwrap();
    // Written into every file, it still does not count to what was published.
    let found = richer()
        .json("datapackage.json", |package| package["ecot"]["sheet_hash"] = json!(new))
        .json("outcome.json", |outcome| outcome["sheet_hash"] = json!(new))
        .found();
    assert_eq!(found.0.recount, Recount::Mismatch);
    found.has("outcome.json", &differs(0, "", "purse_minor", "16000", "16800"));
    let spaced = Altered::new().replace("rule_sheet.json", "{\"envelope\"", "{ \"envelope\"").found();
    spaced.has("rule_sheet.json", &Finding::SheetForm);
    spaced.is_about(&["rule_sheet.json"]);
}

#[test]
fn a_published_figure_that_is_altered_is_named_with_both_sums() {
    let town = laudry();
    let row = text(&town.files(Publication::Ballots), "totals.csv").lines().nth(2).unwrap().to_owned();
    let more = row.replace(",2500,EUR", ",2600,EUR");
    let found = Altered::new().replace("totals.csv", &row, &more).found();
    found.has("totals.csv", &differs(3, "banc", "received_minor", "2600", "2500"));
    found.is_about(&["totals.csv"]);
    assert_eq!(found.0.recount, Recount::Match);

    let found =
        Altered::new().json("outcome.json", |outcome| outcome["projects"][1]["received_minor"] = json!(2400));
    let found = found.found();
    let (published_minor, recounted_minor) = (Minor::new(2400), Minor::new(2500));
    let project = "banc".to_owned();
    found.has("outcome.json", &Finding::Received { project, published_minor, recounted_minor });
    let funded = town.outcome.funded_minor.get();
    found.has("outcome.json", &Finding::Sum { of: SumOf::Funded, parts: funded - 100, sum: funded });
    found.is_about(&["outcome.json"]);

    let found =
        Altered::new().json("outcome.json", |outcome| outcome["rounds"][1]["left_minor"] = json!(1)).found();
    found.has("outcome.json", &Finding::Round { round: 2 });
}

#[test]
fn rounds_other_rules_and_participation_are_held_against_the_count() {
    let rounds = "1,event,concert,,too-few-supporters,3500,,EUR\r\n";
    let found = Altered::new().replace("rounds.csv", rounds, "").found();
    found.has("rounds.csv", &Finding::RowMissing { row: rounds.trim().to_owned() });
    found.is_about(&["rounds.csv"]);
    let found =
        Altered::new().replace("rounds.csv", "1,support,four,,,1200,", "1,support,four,,,1300,").found();
    found.has("rounds.csv", &differs(7, "four", "amount_minor", "1300", "1200"));

    let files = Altered::new().0;
    let row = text(&files, "other_rules.csv").lines().find(|row| row.starts_with("direct,,verger")).unwrap();
    let found = Altered::new().replace("other_rules.csv", row, "direct,,verger,1,EUR").found();
    assert!(
        matches!(found.about("other_rules.csv"), [Finding::Differs { published, .. }] if published == "1")
    );
    let found = Altered::new().replace("other_rules.csv", row, "direct,order=x,verger,1,EUR").found();
    assert!(matches!(found.about("other_rules.csv")[0], Finding::NotCounted { .. }));

    let found = Altered::new().replace("participation.csv", "online,,6", "online,,5").found();
    found.has("participation.csv", &Finding::Sum { of: SumOf::Channels, parts: 7, sum: 8 });
    found.is_about(&["participation.csv"]);
    let found = Altered::new().replace("participation.csv", "all,,20,8", "all,,10,8").found();
    found.has("participation.csv", &differs(2, "", "eligible", "10", "20"));
    let found =
        Altered::new().json("datapackage.json", |package| package["ecot"]["voted"] = json!(9)).found();
    found.has("datapackage.json", &Finding::Sum { of: SumOf::Voted, parts: 8, sum: 9 });
}

/// Without ballots nobody can say what another rule gives, but what no rule gives can be named; `recount.py` does too.
#[test]
fn other_rules_that_cannot_be_counted_must_be_possible() {
    for publication in [Publication::Notes, Publication::Sealed] {
        let files = Altered::of(publication).0;
        let row =
            text(&files, "other_rules.csv").lines().find(|row| row.starts_with("direct,,verger")).unwrap();
        let other = |new: &str| Altered::of(publication).replace("other_rules.csv", row, new).found();
        let found = other("direct,,verger,1,EUR");
        let cell = |value: &str| matches!(found.about("other_rules.csv"), [Finding::Cell { column, value: of, .. }] if column == "received_minor" && of == value);
        assert!(cell("1"), "{:?}", found.about("other_rules.csv"));
        found.is_about(&["other_rules.csv"]);
        let found = other("direct,order=x,verger,0,EUR");
        assert!(
            found.about("other_rules.csv").iter().any(|of| matches!(of, Finding::NotCounted { .. })),
            "{:?}",
            found.about("other_rules.csv")
        );
        let found = other("direct,,nobody,0,EUR");
        let named = found.about("other_rules.csv");
        assert!(named.iter().any(|of| matches!(of, Finding::RowMissing { .. })), "{named:?}");
        assert!(named.iter().any(|of| matches!(of, Finding::RowAdded { .. })), "{named:?}");
    }
}

#[test]
fn the_file_for_researchers_is_held_against_the_ballots() {
    let found = Altered::new().replace("election.pb", ";concert;20\n", ";concert;19\n").found();
    let (here, there) = (vec![line("concert", 2000)], vec![line("concert", 1900)]);
    found.has("election.pb", &Finding::BallotDiffers { ballot: 8, here, there });
    found.is_about(&["election.pb"]);
    let found = Altered::new().replace("election.pb", "budget;160\n", "budget;170\n").found();
    found.has("election.pb", &differs(0, "", "budget", "17000", "16000"));
    let found = Altered::new().replace("election.pb", "META\n", "META\n\"").found();
    assert!(matches!(found.about("election.pb"), [Finding::Unreadable { .. }]));
}

#[test]
fn notes_are_held_against_what_projects_were_given() {
    let found =
        Altered::of(Publication::Notes).replace("notes.csv", "\r\n2,verger,100,", "\r\n2,verger,50,").found();
    found.has("notes.csv", &differs(0, "verger", "given_minor", "5250", "5300"));
    let found =
        Altered::of(Publication::Notes).replace("notes.csv", "\r\n2,verger,", "\r\n3,verger,").found();
    let (column, value) = ("note".to_owned(), "3".to_owned());
    found.has("notes.csv", &Finding::Cell { line: 3, column, value });
}

#[test]
fn what_cannot_be_read_is_named_with_its_line() {
    let found = Altered::new().replace("totals.csv", "project,title,", "project,name,").found();
    assert!(matches!(found.about("totals.csv"), [Finding::Columns { .. }]));
    let mut altered = Altered::new();
    let mut bytes = file(&altered.0, "totals.csv").bytes.clone();
    let at = bytes.windows(6).position(|six| six == "Projet".as_bytes()).unwrap();
    bytes[at] = 0xff;
    altered.put("totals.csv", bytes);
    assert!(matches!(altered.found().about("totals.csv"), [Finding::Unreadable { line: Some(2), .. }]));
    let found = Altered::new().replace("outcome.json", "\"rule\": \"transfer\",", "").found();
    assert!(matches!(found.about("outcome.json"), [Finding::Unreadable { .. }]));
    assert_eq!(found.0.recount, Recount::Impossible);
    let found =
        Altered::new().json("datapackage.json", |package| package["ecot"]["format"] = json!(2)).found();
    found.has("datapackage.json", &Finding::Format { format: 2 });
}

/// A report of a file that is wholly wrong has an end.
#[test]
fn a_report_stays_short() {
    let mut altered = Altered::new();
    let row = "1,others,piscine,100,EUR\r\n".repeat(200);
    altered
        .put("ballots.csv", format!("ballot,fallback,project,amount_minor,currency\r\n{row}").into_bytes());
    let found = altered.found();
    let findings = found.about("ballots.csv");
    assert_eq!(findings.len(), 51);
    assert!(matches!(findings[50], Finding::More { more } if more > 100));
}

proptest! {
    /// Nothing in a bundle makes verifying panic, and nothing that changes the election or the result matches.
    #[test]
    fn no_change_to_a_bundle_makes_verify_panic(
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[0-9]|-|,|\r\n|\"|9223372036854775807|[a-z]|", 0_usize..5),
            1..4,
        )
    ) {
        let mut altered = Altered::new();
        for (which, at, put, cut) in changes {
            let paths: Vec<String> = altered.0.iter().map(|file| file.path.clone()).collect();
            let path = &paths[which.index(paths.len())];
            let mut bytes = file(&altered.0, path).bytes.clone();
            let at = at.index(bytes.len() + 1);
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, put.into_bytes());
            altered.put(path, bytes);
        }
        let _ = verify(&altered.0);
        if serde_json::from_slice::<Value>(&file(&altered.0, "datapackage.json").bytes).is_ok_and(|package| package.is_object()) {
            let _ = altered.found();
        }
    }
}
