//! `ecot count` of a file: every rule and its options, what it says and writes, and what it refuses.

use crate::app::{Run, run_ecot};
use crate::command::{VILLAGE, election};
use crate::databases::Folder;
use serde_json::Value;
use std::path::{Path, PathBuf};

const RULES: [&str; 6] = ["direct", "transfer", "equal-shares", "greedy", "phragmen", "cube-root"];

/// A folder with the village's file, and `ecot count` of it.
struct Village {
    folder: Folder,
    file: PathBuf,
}

impl Village {
    fn new() -> Self {
        let folder = Folder::new();
        let file = folder.join("village.pb");
        std::fs::write(&file, VILLAGE).unwrap();
        Self { folder, file }
    }

    fn run(&self, more: &[&str]) -> Run {
        count(&self.file, more)
    }

    fn json(&self, more: &[&str]) -> Value {
        json(&self.run(&[more, &["--json"]].concat()).assert_code(0))
    }

    /// A rule sheet with this text.
    fn sheet(&self, text: &str) -> String {
        let path = self.folder.join("sheet.json");
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn count(file: &Path, more: &[&str]) -> Run {
    run_ecot(&[&["count", file.to_str().unwrap()], more].concat(), "")
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.said).unwrap()
}

/// The (id, reason) of each project, in the order in which they are told. Spaces of every width are written alike.
fn reasons(run: &Run) -> Vec<(String, String)> {
    let said = run.said.replace(['\u{a0}', '\u{202f}'], " ");
    let lines: Vec<&str> = said.lines().collect();
    let told = lines.windows(2).filter(|pair| pair[1].starts_with("    "));
    told.map(|pair| {
        // What stands before the id ends with the supporters.
        let id = pair[0].split("  ").last().unwrap();
        let id = id.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        let id = ["supporters ", "supporter ", "personnes ", "personne "]
            .iter()
            .find_map(|word| id.strip_prefix(word))
            .unwrap_or(id);
        (id.split(' ').next().unwrap().to_owned(), pair[1].trim().to_owned())
    })
    .collect()
}

#[track_caller]
fn assert_reason(run: &Run, project: &str, reason: &str) {
    let reasons = reasons(run);
    let found = reasons.iter().find(|(id, _)| id == project).map(|(_, reason)| reason.as_str());
    assert_eq!(found, Some(reason), "{project}: {}", run.said);
}

/// What each project of the village receives, in the order of the file.
fn received(json: &Value) -> Vec<i64> {
    let projects = json["projects"].as_array().unwrap().iter();
    projects.map(|project| project["received_minor"].as_i64().unwrap() / 100).collect()
}

fn keys(json: &Value) -> Vec<&str> {
    json.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn every_rule_gives_what_was_worked_out_by_hand() {
    let village = Village::new();
    for (rule, expected) in [
        ("direct", [0, 0, 0, 3]),
        ("transfer", [20, 0, 15, 3]),
        ("equal-shares", [0, 12, 0, 3]),
        ("greedy", [20, 12, 0, 3]),
        ("phragmen", [0, 12, 15, 3]),
        ("cube-root", [20, 12, 0, 3]),
    ] {
        let json = village.json(&["--rule", rule]);
        assert_eq!(received(&json), expected, "{rule}");
        let sum = |name: &str| json[name].as_i64().unwrap();
        assert_eq!((sum("purse_minor"), sum("funded_minor")), (4000, expected.iter().sum::<i64>() * 100));
        assert_eq!(sum("funded_minor") + sum("returned_minor"), 4000, "{rule}");
    }
}

#[test]
fn every_rule_tells_why_in_words_whose_figures_can_be_checked() {
    let village = Village::new();
    for (rule, project, reason) in [
        (
            "direct",
            "park",
            "Its support, €16, does not reach the €20 that it needs. €4 more would have been enough.",
        ),
        ("direct", "sign", "Its support, €6, pays its full cost of €3."),
        (
            "transfer",
            "park",
            "Its support, €20, of which €4 came from projects that could not use it, pays its full cost of €20.",
        ),
        (
            "transfer",
            "road",
            "Its support, €17, of which €8 came from projects that could not use it, pays its full cost of €15.",
        ),
        (
            "transfer",
            "pond",
            "It had €9 of the €12 that it needs. No project left had a smaller part of its need, so it was dropped. €9 of its support went on to other projects, most of all to “Road” (€5). €3 more would have been enough.",
        ),
        (
            "transfer:order=support",
            "pond",
            "It had €9 of the €12 that it needs. No project still short of its need had less support, so it was dropped. €9 of its support went on to other projects, most of all to “Road” (€5). €3 more would have been enough.",
        ),
        ("equal-shares", "sign", "Its 1 supporter held €10 in all and bought it for €3."),
        (
            "equal-shares",
            "park",
            "Its 2 supporters had €14.66 left in all, and it costs €20. €5.34 more would have been enough.",
        ),
        ("equal-shares:completion=greedy", "park", "It was paid from the €25 that the others had left."),
        ("greedy", "pond", "It came in place 2 with 9 points; €20 was left, and it costs €12."),
        (
            "greedy",
            "road",
            "It costs €15, and €8 was left when its turn came. “Pond” was funded before it. With 1 point more it would have come before that one and been funded.",
        ),
        (
            "greedy:skip=false",
            "sign",
            "The count ended before its turn came, at a project that cost more than was left. This one costs €3, and €8 was left.",
        ),
        (
            "greedy:threshold=7.50",
            "sign",
            "Its support, 6 points, does not reach the 8 points that the rule asks of every project. It lacked 2 points.",
        ),
        (
            "phragmen",
            "sign",
            "Of the projects left, it was the first whose cost, €3, had been earned by its 1 supporter.",
        ),
        (
            "phragmen",
            "park",
            "It costs €20, and €10 was left when its turn came. “Road” was funded before it.",
        ),
        ("cube-root", "park", "Its share of the common fund pays its full cost of €20."),
        (
            "cube-root",
            "road",
            "Its share of the common fund would have been €11.52, less than the €15 that it needs. It was dropped, and the others shared anew.",
        ),
    ] {
        assert_reason(&village.run(&["--rule", rule]).assert_code(0), project, reason);
    }
}

#[test]
fn reasons_are_told_in_french_too() {
    let village = Village::new();
    for (rule, project, reason) in [
        (
            "transfer",
            "pond",
            "Il avait 9 € sur les 12 € qu’il lui faut. Aucun projet restant n’avait une plus petite part de son besoin : il a été écarté. De son soutien, 9 € sont allés à d’autres projets, surtout à « Road » (5 €). Il aurait suffi de 3 € de plus.",
        ),
        (
            "equal-shares",
            "park",
            "Ceux qui le soutiennent (2 personnes) n’avaient plus en tout que 14,66 €, et il coûte 20 €. Il aurait suffi de 5,34 € de plus.",
        ),
        (
            "greedy",
            "road",
            "Il coûte 15 €, et il restait 8 € quand son tour est venu. « Pond » a été financé avant lui. Avec 1 point de plus, il serait passé devant et aurait été financé.",
        ),
        (
            "cube-root",
            "road",
            "Sa part de l’argent commun aurait été de 11,52 €, moins que les 15 € qu’il lui faut. Il a été écarté, et les autres ont partagé de nouveau.",
        ),
    ] {
        assert_reason(&village.run(&["--rule", rule, "--lang", "fr"]).assert_code(0), project, reason);
    }
}

#[test]
fn the_whole_outcome_is_printed_as_json() {
    let outcome = Village::new().json(&["--rule", "transfer"]);
    assert_eq!(
        keys(&outcome),
        [
            "ballots",
            "funded_minor",
            "given_minor",
            "options",
            "projects",
            "purse_minor",
            "returned_minor",
            "rounds",
            "rule",
            "sheet_hash",
            "voters_minor",
        ]
    );
    assert_eq!(outcome["rule"], "transfer");
    assert_eq!(outcome["options"], serde_json::json!({"order": "ratio", "move": "eliminate", "end": "keep"}));
    assert_eq!((&outcome["ballots"], &outcome["returned_minor"]), (&4.into(), &200.into()));
    assert_eq!(outcome["sheet_hash"].as_str().unwrap().len(), 64);
    let projects = outcome["projects"].as_array().unwrap();
    let said = |project: &Value| {
        let number = |name: &str| project[name].as_i64().unwrap();
        let word = |name: &str| project[name].as_str().unwrap().to_owned();
        (word("id"), word("status"), number("received_minor"), number("support_minor"), number("supporters"))
    };
    let row = |id: &str, status: &str, received, support, supporters| {
        (id.to_owned(), status.to_owned(), received, support, supporters)
    };
    assert_eq!(
        projects.iter().map(said).collect::<Vec<_>>(),
        [
            row("park", "funded", 2000, 2000, 2),
            row("pond", "dropped", 0, 900, 2),
            row("road", "funded", 1500, 1700, 2),
            row("sign", "funded", 300, 600, 1),
        ]
    );
    let verdicts: Vec<_> = outcome["rounds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|round| {
            let event = &round["events"][0];
            format!("{} {}", event["project"].as_str().unwrap(), event["verdict"].as_str().unwrap())
        })
        .collect();
    assert_eq!(verdicts, ["sign funded", "pond dropped", "road funded", "park funded"]);
    let statuses = |rule: &str| {
        let outcome = Village::new().json(&["--rule", rule]);
        let projects = outcome["projects"].as_array().unwrap().iter();
        projects.map(|project| project["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(statuses("greedy"), ["funded", "funded", "not_funded", "funded"]);
}

#[test]
fn a_rule_takes_options_after_it_or_beside_it() {
    let village = Village::new();
    let beside = ["--rule", "transfer", "--option", "order=excess", "--option", "end=fill"];
    let json = village.json(&beside);
    assert_eq!(json["options"], serde_json::json!({"order": "excess", "move": "eliminate", "end": "fill"}));
    assert_eq!(json, village.json(&["--rule", "transfer:order=excess,end=fill"]));
    assert_eq!(village.json(&["--rule", "greedy:threshold=2.50"])["options"]["threshold"], 250);
    assert_eq!(village.json(&["--rule", "equal-shares:unit=0.50"])["options"]["unit"], 50);
    assert_eq!(village.json(&[])["rule"], "greedy", "the file's own");
}

#[test]
fn what_cannot_be_counted_is_refused_and_what_can_is_named() {
    let village = Village::new();
    let sheet = village.sheet(r#"{"rule":"transfer","options":{"order":"size"}}"#);
    let broken = village.folder.join("broken.json");
    std::fs::write(&broken, r#"{"rule":"transfer","envelop":2000}"#).unwrap();
    let (broken, absent) = (broken.to_str().unwrap(), village.folder.join("absent.json"));
    let out = village.folder.join("out");
    let refusals: [(&[&str], &str); 14] = [
        (
            &["--rule", "transfers"],
            "there is no rule \"transfers\"; the rules are direct, transfer, equal-shares, greedy, phragmen, cube-root",
        ),
        (&["--rule", "transfer,lottery"], "there is no rule \"lottery\"; the rules are direct, "),
        (
            &["--rule", "transfer", "--option", "colour=red"],
            "transfer: unknown field `colour`, expected one of `order`, `move`, `end`",
        ),
        (
            &["--rule", "transfer:order=size"],
            "transfer: unknown variant `size`, expected one of `support`, `excess`, `ratio`",
        ),
        (&["--rule", "transfer", "--option", "order"], "\"order\" is no option; write NAME=VALUE"),
        (&["--rule", "greedy:threshold=much"], "threshold cannot be \"much\"; write an amount"),
        (&["--rule", "greedy:skip=maybe"], "skip is true or false"),
        (&["--rule", "phragmen:order=ratio"], "phragmen has no options"),
        (
            &["--rule-sheet", &sheet],
            "sheet.json: the rule sheet cannot be read: unknown variant `size`, expected one of",
        ),
        (
            &["--rule-sheet", broken],
            "broken.json: the rule sheet cannot be read: unknown field `envelop`, expected one of `envelope`, `step`",
        ),
        (&["--rule-sheet", absent.to_str().unwrap()], "cannot read "),
        (&["--lang", "de"], "fr, en, ar"),
        (&["--compare", "--out", out.to_str().unwrap()], "--out is for one rule"),
        (&["--option", "order=excess"], "--rule <RULE>"),
    ];
    for (arguments, message) in refusals {
        let run = village.run(arguments).assert_code(2);
        assert!(run.complained.contains(message) && run.said.is_empty(), "{arguments:?}: {run:?}");
    }
    assert!(!out.exists());
    village.run(&["--json", "--table"]).assert_code(2);
    village.run(&["--rule", "direct", "--rule-sheet", &sheet]).assert_code(2);
}

#[test]
fn a_rule_sheet_decides_everything() {
    let village = Village::new();
    let sheet = village.sheet(r#"{"rule":"direct","purse":"ballots","envelope":1000}"#);
    let json = village.json(&["--rule-sheet", &sheet]);
    assert_eq!((&json["rule"], &json["purse_minor"]), (&"direct".into(), &4000.into()));
    let run = village.run(&["--rule-sheet", &sheet]).assert_code(0);
    assert_reason(
        &run,
        "park",
        "Its support, €16, does not reach the €20 that it needs. €4 more would have been enough: 1 person giving it everything.",
    );
    let small = village.sheet(r#"{"rule":"direct","envelope":900}"#);
    let refused = village.run(&["--rule-sheet", &small]).assert_code(2);
    assert!(refused.complained.contains("a ballot gives more than its envelope"), "{refused:?}");
}

#[test]
fn the_written_rule_sheet_gives_the_written_outcome_again() {
    let village = Village::new();
    for rule in RULES {
        let out = village.folder.join(&format!("out/{rule}"));
        let run = village.run(&["--rule", rule, "--out", out.to_str().unwrap()]).assert_code(0);
        assert!(run.said.contains(rule), "{run:?}");
        let mut written: Vec<_> =
            out.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        written.sort();
        assert_eq!(written, ["election.pb", "outcome.json", "rule_sheet.json"]);
        let outcome: Value =
            serde_json::from_slice(&std::fs::read(out.join("outcome.json")).unwrap()).unwrap();
        let sheet = out.join("rule_sheet.json");
        let by_sheet = ["--json", "--rule-sheet", sheet.to_str().unwrap()];
        for file in [&village.file, &out.join("election.pb")] {
            assert_eq!(json(&count(file, &by_sheet).assert_code(0)), outcome, "{rule}, {}", file.display());
        }
        assert_eq!(village.json(&["--rule", rule]), outcome, "{rule}");
        let text = std::fs::read_to_string(&sheet).unwrap();
        assert_eq!(tally::RuleSheet::from_json(&text).unwrap().hash(), outcome["sheet_hash"], "{rule}");
    }
}

#[test]
fn rules_are_compared_side_by_side() {
    let village = Village::new();
    let all = village.run(&["--compare"]).assert_code(0);
    let lines: Vec<Vec<&str>> = all.said.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], RULES);
    assert_eq!(lines[1], ["≠", "—", "€20", "—", "€20", "—", "€20", "park", "Park"]);
    assert_eq!(lines[4], ["=", "€3", "€3", "€3", "€3", "€3", "€3", "sign", "Sign"]);
    assert_eq!(lines[5], ["Σ", "€3", "€38", "€15", "€35", "€30", "€35"]);
    let two = village.run(&["--rule", "transfer,equal-shares:completion=add1"]).assert_code(0);
    assert_eq!(
        two.said.lines().next().unwrap().split_whitespace().collect::<Vec<_>>(),
        ["transfer", "equal-shares"]
    );
    let json = village.json(&["--rule", "transfer,equal-shares:completion=add1"]);
    assert_eq!(json["outcomes"][1]["options"]["completion"], "add1");
    assert_eq!(json["outcomes"][0], village.json(&["--rule", "transfer"]));
    assert_eq!(village.json(&["--compare"])["outcomes"].as_array().unwrap().len(), 6);
}

#[test]
fn a_table_has_no_reasons_and_rounds_are_told_when_asked_for() {
    let village = Village::new();
    let table = village.run(&["--rule", "transfer", "--table"]).assert_code(0);
    assert_eq!(reasons(&table), []);
    assert_eq!(table.said.lines().count(), 5, "{table:?}");
    assert!(
        table.said.ends_with("transfer: €38.00 of €40.00 went to projects, €2.00 returned; 4 ballots.\n"),
        "{table:?}"
    );
    let rounds = village.run(&["--rule", "transfer", "--table", "--rounds"]).assert_code(0);
    let told: Vec<String> =
        rounds.said.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let from = told.iter().position(|line| line == "round 2, €37.00 left").unwrap();
    assert_eq!(
        told[from + 1..from + 4],
        ["dropped €0.00 pond Pond", "€4.00 pond → park", "€5.00 pond → road"]
    );
}

#[test]
fn toulouse_2019_has_a_reason_in_words_for_each_project_under_every_rule() {
    let Some(file) = election("France_Toulouse_2019.pb") else { return };
    for rule in RULES {
        for language in ["en", "fr", "ar"] {
            let run = count(&file, &["--rule", rule, "--lang", language]).assert_code(0);
            let reasons = reasons(&run);
            assert_eq!(reasons.len(), 30, "{rule}: {}", run.said);
            for (id, reason) in reasons {
                assert!(reason.ends_with('.') && reason.len() > 20, "{rule}, {id}: {reason}");
                assert!(!reason.contains(['{', '}']) && !reason.contains("  "), "{rule}, {id}: {reason}");
            }
        }
    }
}
