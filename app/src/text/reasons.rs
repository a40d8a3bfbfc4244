//! Why a project received what it did, in a sentence or two.
//!
//! Works nothing out: the figures are those of [`tally::explain`].

use super::Text;
use tally::Minor;
use tally::explain::{Explanation, Lacked, Reason};
use tally::rule_sheet::{Purse, Rule, RuleSheet};

/// What a sentence needs beyond the figures.
pub struct Told<'a> {
    /// The currency of the sums.
    pub currency: &'a str,
    /// What was counted by.
    pub sheet: &'a RuleSheet,
    /// What a project is called, by its id in the count.
    pub name: &'a dyn Fn(&str) -> String,
}

impl Text {
    /// Why, and what was lacking.
    #[must_use]
    pub fn explanation(&self, explanation: &Explanation, told: &Told<'_>) -> String {
        let reason = self.reason(&explanation.reason, told);
        match explanation.lacked.and_then(|lacked| self.lacked(lacked, &explanation.reason, told)) {
            Some(lacked) => format!("{reason} {lacked}"),
            None => reason,
        }
    }

    /// What ballots gave, in the measure in which they gave it: points, where a fixed purse makes amounts mere weights.
    #[must_use]
    pub fn as_given(&self, given: Minor, sheet: &RuleSheet, currency: &str) -> String {
        match sheet.purse {
            Purse::Fixed(_) => self.points(u64::try_from(given.get() / sheet.step.get()).unwrap_or(0)),
            Purse::Ballots | Purse::Residents => self.money(given, currency),
        }
    }

    fn reason(&self, reason: &Reason, told: &Told<'_>) -> String {
        let sum = |minor: Minor| self.money_short(minor, told.currency);
        let given = |minor: Minor| self.as_given(minor, told.sheet, told.currency);
        let people = |number: u32| self.supporters(number.into());
        let by_roots = matches!(told.sheet.rule, Rule::CubeRoot);
        match reason {
            Reason::Carried { cost_minor, .. } if by_roots => self.reason_share_full(&sum(*cost_minor)),
            Reason::Carried { support_minor, arrived_minor: Minor::ZERO, cost_minor } => {
                self.reason_carried(&sum(*support_minor), &sum(*cost_minor))
            }
            Reason::Carried { support_minor, arrived_minor, cost_minor } => {
                self.reason_carried_moved(&sum(*support_minor), &sum(*arrived_minor), &sum(*cost_minor))
            }
            Reason::Pulled { support_minor, floor_minor } => {
                self.reason_pulled(&sum(*support_minor), &sum(*floor_minor))
            }
            Reason::Filled { left_minor, .. } => self.reason_filled(&sum(*left_minor)),
            Reason::Partial { support_minor, .. } if by_roots => self.reason_share(&sum(*support_minor)),
            Reason::Partial { support_minor, arrived_minor: Minor::ZERO, ceiling_minor } => {
                self.reason_partial(&sum(*support_minor), &sum(*ceiling_minor))
            }
            Reason::Partial { support_minor, arrived_minor, ceiling_minor } => {
                self.reason_partial_moved(&sum(*support_minor), &sum(*arrived_minor), &sum(*ceiling_minor))
            }
            Reason::Ranked { place, support_minor, cost_minor, left_minor } => self.reason_ranked(
                &self.number((*place).into()),
                &given(*support_minor),
                &sum(*left_minor),
                &sum(*cost_minor),
            ),
            Reason::Bought { held_minor, cost_minor, supporters } => {
                self.reason_bought(&people(*supporters), &sum(*held_minor), &sum(*cost_minor))
            }
            Reason::Earned { cost_minor, supporters } => {
                self.reason_earned(&people(*supporters), &sum(*cost_minor))
            }
            unfunded => self.unfunded(unfunded, told),
        }
    }

    fn unfunded(&self, reason: &Reason, told: &Told<'_>) -> String {
        let sum = |minor: Minor| self.money_short(minor, told.currency);
        let given = |minor: Minor| self.as_given(minor, told.sheet, told.currency);
        let people = |number: u32| self.supporters(number.into());
        let and = |first: String, second: Option<String>| match second {
            Some(second) => format!("{first} {second}"),
            None => first,
        };
        let behind =
            |project: &Option<String>| project.as_ref().map(|id| self.reason_behind(&(told.name)(id)));
        match reason {
            Reason::UnderFloor { support_minor: Minor::ZERO, .. } => self.reason_nobody().to_owned(),
            Reason::UnderFloor { support_minor, floor_minor } => {
                self.reason_under_floor(&sum(*support_minor), &sum(*floor_minor))
            }
            Reason::Dropped { support_minor, floor_minor, passed_on, .. } => and(
                self.reason_dropped(&sum(*support_minor), &sum(*floor_minor)),
                passed_on
                    .first()
                    .map(|share| self.reason_passed_on(&(told.name)(&share.project), &sum(share.minor))),
            ),
            Reason::Unreachable { support_minor, floor_minor } => {
                self.reason_unreachable(&sum(*floor_minor), &sum(*support_minor))
            }
            Reason::UnderThreshold { support_minor, threshold_minor } => {
                self.reason_under_threshold(&given(*support_minor), &given(*threshold_minor))
            }
            Reason::DoesNotFit { cost_minor, left_minor, behind: project, .. } => {
                and(self.reason_does_not_fit(&sum(*cost_minor), &sum(*left_minor)), behind(project))
            }
            Reason::NotReached { cost_minor, left_minor, behind: project, .. } => {
                and(self.reason_not_reached(&sum(*cost_minor), &sum(*left_minor)), behind(project))
            }
            Reason::Unaffordable { supporters: 0, .. } => self.reason_nobody().to_owned(),
            Reason::Unaffordable { held_minor, cost_minor, supporters } => {
                self.reason_unaffordable(&people(*supporters), &sum(*held_minor), &sum(*cost_minor))
            }
            Reason::TooFewSupporters { supporters, least } => {
                self.reason_too_few(&people(*supporters), &self.number((*least).into()))
            }
            _ => String::new(),
        }
    }

    fn lacked(&self, lacked: Lacked, reason: &Reason, told: &Told<'_>) -> Option<String> {
        let sum = |minor: Minor| self.money_short(minor, told.currency);
        let given = |minor: Minor| self.as_given(minor, told.sheet, told.currency);
        let Lacked { minor, supporters } = lacked;
        match reason {
            Reason::DoesNotFit { .. } | Reason::NotReached { .. } => {
                Some(self.lacked_support(&given(minor?)))
            }
            Reason::UnderThreshold { .. } => Some(self.lacked_threshold(&given(minor?))),
            Reason::Partial { .. } => Some(self.lacked_full(&sum(minor?))),
            Reason::TooFewSupporters { .. } => None,
            _ => Some(match supporters {
                Some(people) => self.lacked_sum_from(&sum(minor?), &self.voters(people.into())),
                None => self.lacked_sum(&sum(minor?)),
            }),
        }
    }
}
