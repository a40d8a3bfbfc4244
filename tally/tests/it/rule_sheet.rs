//! One sheet, one text; and no sheet that contradicts itself.

use tally::rule_sheet::{Order, Purse, Rule, RuleSheetError, Silent, Terms, Tie};
use tally::{Minor, RuleSheet};

fn refusal(change: impl FnOnce(&mut Terms)) -> RuleSheetError {
    let mut terms = Terms::usual(Rule::Direct);
    change(&mut terms);
    RuleSheet::new(terms).unwrap_err()
}

#[test]
fn a_sheet_has_one_text_and_one_hash() {
    let sheet = RuleSheet::from_json(r#"{"rule": "direct"}"#).unwrap();
    assert_eq!(sheet, RuleSheet::new(Terms::usual(Rule::Direct)).unwrap());
    assert_eq!(
        sheet.to_canonical_json(),
        r#"{"envelope":2000,"max_per_project":null,"min_projects":1,"min_supporters":0,"options":{},"purse":"ballots","rule":"direct","silent":"general","step":100,"tie":"ids"}"#
    );
    assert_eq!(sheet.hash(), "e8bc6afc37622dc4362866ff1b9b51c48e20ec3833406427ad5b4579e33da554");
}

#[test]
fn every_field_survives_its_text() {
    let terms = Terms {
        envelope: Minor::new(5000),
        step: Minor::new(50),
        max_per_project: Some(Minor::new(1000)),
        min_projects: 3,
        purse: Purse::Fixed(Minor::new(9_000_000)),
        silent: Silent::Proportional,
        rule: Rule::Greedy { order: Order::Ratio, skip: false, threshold: Minor::new(400) },
        min_supporters: 7,
        tie: Tie::Seed("00ff".to_owned()),
    };
    let sheet = RuleSheet::new(terms).unwrap();
    let json = sheet.to_canonical_json();
    assert_eq!(
        json,
        r#"{"envelope":5000,"max_per_project":1000,"min_projects":3,"min_supporters":7,"options":{"order":"ratio","skip":false,"threshold":400},"purse":{"fixed":9000000},"rule":"greedy","silent":"proportional","step":50,"tie":{"seed":"00ff"}}"#
    );
    assert_eq!(RuleSheet::from_json(&json), Ok(sheet));
}

#[test]
fn unknown_fields_and_rules_are_refused() {
    for json in [
        r#"{"rule":"direct","rules":1}"#,
        r#"{"rule":"direct","step":100,"step":100}"#,
        r#"{"rule":"greedy","options":{"skips":true}}"#,
        r#"{"rule":"direct","options":{"skip":true}}"#,
        r#"{"rule":"transfer","options":{"order":"fame"}}"#,
        r#"{"rule":"lottery"}"#,
        r#"{"rule":"direct","step":1.5}"#,
        r#"{"rule":"direct","purse":{"fixed":"1"}}"#,
        r#"{"rule":"direct"} "#.repeat(2).as_str(),
    ] {
        assert!(matches!(RuleSheet::from_json(json), Err(RuleSheetError::Json(_))), "{json}");
    }
}

#[test]
fn what_a_sheet_does_not_say_is_as_usual() {
    let usual = RuleSheet::from_json("{}").unwrap();
    assert_eq!(usual.rule, Rule::default());
    assert_eq!(usual, RuleSheet::from_json(r#"{"rule":"transfer","options":{"order":"ratio"}}"#).unwrap());
    for name in Rule::NAMES {
        let sheet = RuleSheet::from_json(&format!(r#"{{"rule":"{name}"}}"#)).unwrap();
        assert_eq!(sheet.rule.name(), name);
        assert_eq!(RuleSheet::from_json(&sheet.to_canonical_json()), Ok(sheet));
    }
}

#[test]
fn a_sheet_that_contradicts_itself_is_refused() {
    let out_of_range = |field| RuleSheetError::OutOfRange { field };
    let not_a_step = |field| RuleSheetError::NotAStep { field };
    let greedy = Rule::Greedy { order: Order::Support, skip: true, threshold: Minor::new(-1) };
    assert_eq!(refusal(|terms| terms.envelope = Minor::ZERO), out_of_range("envelope"));
    assert_eq!(refusal(|terms| terms.envelope = Minor::new(1 << 53)), out_of_range("envelope"));
    assert_eq!(refusal(|terms| terms.step = Minor::ZERO), out_of_range("step"));
    assert_eq!(refusal(|terms| terms.max_per_project = Some(Minor::ZERO)), out_of_range("max_per_project"));
    assert_eq!(refusal(|terms| terms.purse = Purse::Fixed(Minor::ZERO)), out_of_range("purse"));
    assert_eq!(refusal(|terms| terms.rule = greedy), out_of_range("threshold"));
    assert_eq!(refusal(|terms| terms.step = Minor::new(300)), not_a_step("envelope"));
    assert_eq!(refusal(|terms| terms.max_per_project = Some(Minor::new(150))), not_a_step("max_per_project"));
    assert_eq!(refusal(|terms| terms.min_projects = 0), RuleSheetError::MinProjects);
    assert_eq!(refusal(|terms| terms.min_projects = 21), RuleSheetError::MinProjects);
    for seed in ["", "0", "0g", "0F"] {
        assert_eq!(refusal(|terms| terms.tie = Tie::Seed(seed.to_owned())), RuleSheetError::Seed);
    }
}
