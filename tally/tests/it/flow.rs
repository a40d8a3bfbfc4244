//! The picture of the money loses none, and guesses none.

use proptest::prelude::*;
use tally::flow::{Flow, Lane, Stage, Step, Sum};
use tally::format::pabulib::Leniency;
use tally::rule_sheet::{Rule, Terms};
use tally::{Minor, Outcome, RuleSheet, count};

use crate::real_elections::{POINT, files, read};
use crate::some::{elections, one_of_each};

/// Every stage is the purse, every change is explained by what moved, and the end is what was published.
fn assert_whole(outcome: &Outcome, flow: &Flow) {
    let total = |sums: &[Sum]| sums.iter().map(|sum| sum.total()).sum::<Minor>();
    for stage in &flow.stages {
        assert_eq!(total(&stage.sums), outcome.purse_minor);
        assert!(stage.sums.iter().all(|sum| sum.open_minor >= Minor::ZERO && sum.paid_minor >= Minor::ZERO));
        assert_eq!(stage.sums.len(), flow.lanes.len());
    }
    for pair in flow.stages.windows(2) {
        let [before, after] = pair else { unreachable!("windows of two") };
        for lane in 0..flow.lanes.len() {
            let sum = |of: fn(&Step) -> usize| {
                let steps = after.moves.iter().filter(|step| of(step) == lane);
                steps.map(|step| step.minor.get()).sum::<i64>()
            };
            let (came, went) = (sum(|step| step.to), sum(|step| step.from));
            assert!(went <= before.sums[lane].total().get(), "a lane passes on no more than it has");
            assert_eq!(before.sums[lane].total().get() + came - went, after.sums[lane].total().get());
        }
        assert_is_no_guess(flow, after);
    }
    let last = flow.stages.last().unwrap();
    for (lane, sum) in flow.lanes.iter().zip(&last.sums) {
        let received = |p: &usize| outcome.projects[*p].received_minor;
        match lane {
            Lane::Project(p) => assert_eq!(sum.paid_minor, received(p)),
            Lane::Several(_, projects) => {
                assert_eq!(sum.paid_minor, projects.iter().map(received).sum());
            }
            Lane::Rest => assert_eq!(sum.total(), outcome.returned_minor),
        }
    }
    assert_eq!(flow.returned_minor(), outcome.returned_minor);
}

/// Apart from crumbs of rounding, one side of a round is a single lane, or all give to the rest.
fn assert_is_no_guess(flow: &Flow, stage: &Stage) {
    let crumbs = Minor::new(i64::try_from(flow.projects()).unwrap());
    let large = || stage.moves.iter().filter(|step| step.minor > crumbs);
    let distinct = |of: fn(&Step) -> usize| {
        let mut lanes: Vec<usize> = large().map(of).collect();
        lanes.sort_unstable();
        lanes.dedup();
        lanes.len()
    };
    assert!(distinct(|step| step.from) <= 1 || distinct(|step| step.to) <= 1, "{:?}", stage.moves);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_money_is_lost_or_made(parts in elections(), most in 1_usize..6) {
        let outcome = parts.count();
        let flow = Flow::of(&outcome, &parts.sheet(), most);
        assert_whole(&outcome, &flow);
        let alone = flow.lanes.iter().filter(|lane| matches!(lane, Lane::Project(_))).count();
        prop_assert!(alone <= most + 3, "one left over of each kind keeps its lane");
    }

    #[test]
    fn moves_are_the_transfers_of_the_rounds(parts in elections()) {
        let outcome = parts.count();
        if !matches!(outcome.rule, Rule::Transfer { .. }) {
            return Ok(());
        }
        let flow = Flow::of(&outcome, &parts.sheet(), 100);
        let crumbs = i64::try_from(2 * outcome.projects.len()).unwrap();
        let lane = |p: u16| flow.lanes.iter().position(|lane| *lane == Lane::Project(p.into()));
        for stage in &flow.stages {
            let Some((first, last)) = stage.rounds.filter(|(first, last)| first == last) else { continue };
            prop_assert_eq!(first, last);
            for transfer in &outcome.rounds[first].transfers {
                let (Some(from), Some(to)) = (lane(transfer.from), lane(transfer.to)) else { continue };
                let moved = stage.moves.iter().find(|step| (step.from, step.to) == (from, to));
                let moved = moved.map_or(0, |step| step.minor.get());
                prop_assert!((moved - transfer.minor.get()).abs() <= crumbs, "{transfer:?} {:?}", stage.moves);
            }
        }
    }
}

#[test]
fn real_elections_flow_whole_under_every_rule() {
    for file in files() {
        let pabulib = read(&file, Leniency::Lenient).unwrap();
        let election = pabulib.election(POINT).unwrap();
        let sheet = pabulib.rule_sheet(POINT).unwrap();
        for rule in one_of_each() {
            let sheet = RuleSheet::new(Terms { rule, ..(*sheet).clone() }).unwrap();
            let outcome = count(&election, &sheet).unwrap();
            for most in [12, 200] {
                let flow = Flow::of(&outcome, &sheet, most);
                assert_whole(&outcome, &flow);
                println!(
                    "{} {} {most}: {} lanes, {} stages",
                    file.display(),
                    outcome.rule.name(),
                    flow.lanes.len(),
                    flow.stages.len()
                );
            }
        }
    }
}
