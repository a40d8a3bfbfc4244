//! Our winners beside those that other programs found, saved for the files and rules that take them minutes.
//!
//! `cargo xtask test` runs the same programs live on the small files. docs/peers.md says where they count otherwise.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use tally::format::pabulib::Leniency;
use tally::rule_sheet::{Rule, Terms};
use tally::{Election, RuleSheet, count};

use crate::real_elections::{POINT, files, read};

#[derive(Deserialize)]
struct Facts {
    /// File, rule with its options, the winners' ids in order.
    winners: BTreeMap<String, BTreeMap<String, String>>,
}

#[test]
fn winners_are_those_of_the_peers_in_the_same_order() {
    let facts: Facts = serde_json::from_str(include_str!("../peers/winners.json")).unwrap();
    let mut compared = 0;
    let mut different = String::new();
    for file in files() {
        let name = file.file_name().unwrap().to_str().unwrap();
        let pabulib = read(&file, Leniency::Lenient).unwrap();
        let cast = pabulib.election(POINT).unwrap();
        let merged = Election::new(cast.projects().to_vec(), cast.ballots().merged(), None).unwrap();
        let usual = pabulib.rule_sheet(POINT).unwrap();
        for (rule_text, theirs) in facts.winners.get(name).into_iter().flatten() {
            let sheet = RuleSheet::new(Terms { rule: rule(rule_text), ..(*usual).clone() }).unwrap();
            let ours = count(&merged, &sheet).unwrap().winners().collect::<Vec<_>>().join(" ");
            compared += 1;
            if ours != *theirs {
                different += &format!("\n{name} {rule_text}\n  theirs {theirs}\n  ours   {ours}");
            }
        }
    }
    println!("{compared} counts compared");
    assert!(different.is_empty(), "{different}");
}

/// The rule in `name` or `name:option=value,…`.
fn rule(text: &str) -> Rule {
    let (name, options) = text.split_once(':').unwrap_or((text, ""));
    let options = options.split(',').filter_map(|option| option.split_once('='));
    let value = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    Rule::new(name, options.map(|(key, text)| (key.to_owned(), value(text))).collect::<Map<_, _>>()).unwrap()
}
