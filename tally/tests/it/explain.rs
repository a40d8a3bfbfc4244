//! What an explanation says was lacking would have been enough.

use proptest::prelude::*;
use tally::explain::{Explanation, Lacked, Reason};
use tally::rule_sheet::{Completion, Purse, Rule};
use tally::{Fallback, Minor, Status, explain};

use crate::some::{Cast, Parts, elections};

/// The same election with this much more for p, from citizens who give to nothing else.
fn with_more(parts: &Parts, p: usize, minor: Minor) -> Parts {
    let mut more = parts.clone();
    let (envelope, project) = (parts.terms.envelope.get(), u16::try_from(p).unwrap());
    let mut left = minor.get();
    while left > 0 {
        more.ballots.push(Cast { lines: vec![(project, left.min(envelope))], fallback: Fallback::Others });
        more.roll += 1;
        left -= envelope;
    }
    more
}

/// Whether more support is all that more money brings, so that other projects fare as they did.
fn is_told_exactly(parts: &Parts) -> bool {
    match parts.terms.rule {
        Rule::Direct | Rule::Transfer { .. } => parts.terms.purse == Purse::Ballots,
        Rule::EqualShares { completion, .. } => {
            parts.terms.purse == Purse::Ballots && completion == Completion::None
        }
        Rule::Greedy { .. } => matches!(parts.terms.purse, Purse::Fixed(_)),
        Rule::Phragmen | Rule::CubeRoot => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn what_was_lacking_would_have_been_enough(parts in elections()) {
        let outcome = parts.count();
        for (p, project) in outcome.projects.iter().enumerate() {
            let Explanation { reason, lacked } = explain(&outcome, &project.id).expect("each project has a reason");
            let unfunded = matches!(project.status, Status::NotFunded | Status::Dropped);
            let by_support = !matches!(reason, Reason::TooFewSupporters { .. } | Reason::UnderThreshold { .. });
            let Some(Lacked { minor: Some(minor), .. }) = lacked else { continue };
            if unfunded && by_support && is_told_exactly(&parts) {
                let more = with_more(&parts, p, minor).count();
                prop_assert!(more.projects[p].received_minor > Minor::ZERO, "{reason:?} {lacked:?}");
            }
        }
    }

    #[test]
    fn every_project_has_a_reason_that_fits_what_it_received(parts in elections()) {
        let outcome = parts.count();
        for project in &outcome.projects {
            let Explanation { reason, .. } = explain(&outcome, &project.id).expect("each project has a reason");
            let says_funded = matches!(
                reason,
                Reason::Carried { .. } | Reason::Pulled { .. } | Reason::Filled { .. } | Reason::Partial { .. }
                    | Reason::Ranked { .. } | Reason::Bought { .. } | Reason::Earned { .. }
            );
            prop_assert_eq!(says_funded, project.received_minor > Minor::ZERO, "{:?}", reason);
        }
        prop_assert_eq!(explain(&outcome, "no such project"), None);
    }
}
