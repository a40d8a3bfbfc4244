//! Why a project received what it did, in a sentence or two.
//!
//! Works nothing out: the figures are those of [`tally::explain`].

use super::Text;
use tally::Minor;
use tally::explain::{Explanation, Lacked, Reason, Share};
use tally::rule_sheet::{Completion, Move, Purse, Rule, RuleSheet, Silent, TransferOrder};

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
    /// A threshold between two points is that of the greater one.
    #[must_use]
    pub fn as_given(&self, given: Minor, sheet: &RuleSheet, currency: &str) -> String {
        match sheet.purse {
            Purse::Fixed(_) => {
                let step = sheet.step.get();
                self.points(u64::try_from((given.get() + step - 1) / step).unwrap_or(0))
            }
            Purse::Ballots | Purse::Residents => self.money(given, currency),
        }
    }

    /// The same, as a sentence writes sums.
    fn given_short(&self, given: Minor, told: &Told<'_>) -> String {
        match told.sheet.purse {
            Purse::Fixed(_) => self.as_given(given, told.sheet, told.currency),
            Purse::Ballots | Purse::Residents => self.money_short(given, told.currency),
        }
    }

    fn reason(&self, reason: &Reason, told: &Told<'_>) -> String {
        let sum = |minor: Minor| self.money_short(minor, told.currency);
        let given = |minor: Minor| self.given_short(minor, told);
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
                let (supporters, held, cost) = (people(*supporters), sum(*held_minor), sum(*cost_minor));
                if told.raises_shares() {
                    self.reason_bought_raised(&supporters, &held, &cost)
                } else {
                    self.reason_bought(&supporters, &held, &cost)
                }
            }
            Reason::Earned { cost_minor, supporters } => {
                self.reason_earned(&people(*supporters), &sum(*cost_minor))
            }
            Reason::Dropped { support_minor, floor_minor, passed_on, .. } => {
                self.dropped(*support_minor, *floor_minor, passed_on, told)
            }
            unfunded => self.unfunded(unfunded, told),
        }
    }

    fn unfunded(&self, reason: &Reason, told: &Told<'_>) -> String {
        let sum = |minor: Minor| self.money_short(minor, told.currency);
        let given = |minor: Minor| self.given_short(minor, told);
        let people = |number: u32| self.supporters(number.into());
        let and = |first: String, second: Option<String>| match second {
            Some(second) => format!("{first} {second}"),
            None => first,
        };
        let behind =
            |project: &Option<String>| project.as_ref().map(|id| self.reason_behind(&(told.name)(id)));
        match reason {
            Reason::UnderFloor { support_minor: Minor::ZERO, .. } if told.pulls() => {
                self.reason_no_support().to_owned()
            }
            Reason::Unreachable { held_minor: Minor::ZERO, .. } => self.reason_no_support().to_owned(),
            Reason::UnderFloor { support_minor: Minor::ZERO, .. }
            | Reason::NotReached { support_minor: Minor::ZERO, .. }
            | Reason::Unaffordable { supporters: 0, .. }
            | Reason::TooFewSupporters { supporters: 0, .. } => self.reason_nobody().to_owned(),
            Reason::UnderFloor { support_minor, floor_minor } => {
                self.reason_under_floor(&sum(*support_minor), &sum(*floor_minor))
            }
            Reason::Unreachable { held_minor, floor_minor } => {
                self.reason_unreachable(&sum(*held_minor), &sum(*floor_minor))
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
            Reason::Unaffordable { held_minor, cost_minor, supporters } => {
                let (supporters, held, cost) = (people(*supporters), sum(*held_minor), sum(*cost_minor));
                if told.raises_shares() {
                    self.reason_unaffordable_raised(&supporters, &held, &cost)
                } else {
                    self.reason_unaffordable(&supporters, &held, &cost)
                }
            }
            Reason::TooFewSupporters { supporters, least } => {
                self.reason_too_few(&people(*supporters), &self.number((*least).into()))
            }
            _ => String::new(),
        }
    }

    /// Why it was dropped, and where its support went.
    fn dropped(&self, support: Minor, floor: Minor, passed_on: &[Share], told: &Told<'_>) -> String {
        let sum = |minor: Minor| self.money_short(minor, told.currency);
        let (had, floor) = (sum(support), sum(floor));
        let reason = match told.sheet.rule {
            Rule::CubeRoot => return self.reason_share_dropped(&had, &floor),
            _ if support == Minor::ZERO => return self.reason_nobody().to_owned(),
            Rule::Transfer { order: TransferOrder::Support, .. } => self.reason_dropped_support(&had, &floor),
            Rule::Transfer { order: TransferOrder::Excess, .. } => self.reason_dropped_excess(&had, &floor),
            _ => self.reason_dropped_ratio(&had, &floor),
        };
        format!("{reason} {}", self.passed_on(support, passed_on, told))
    }

    /// Where its support went.
    fn passed_on(&self, support: Minor, passed_on: &[Share], told: &Told<'_>) -> String {
        let sum = |minor: Minor| self.money_short(minor, told.currency);
        let total: Minor = passed_on.iter().map(|share| share.minor).sum();
        let went = match passed_on {
            [] => return self.reason_nowhere().to_owned(),
            [only] => self.reason_passed_on(&sum(total), &(told.name)(&only.project)),
            [most, ..] => {
                self.reason_passed_on_mostly(&sum(total), &(told.name)(&most.project), &sum(most.minor))
            }
        };
        let rest = support - total;
        // Less is what rounding down left of every sum.
        if rest < Minor::new(100) { went } else { format!("{went} {}", self.reason_rest(&sum(rest))) }
    }

    fn lacked(&self, lacked: Lacked, reason: &Reason, told: &Told<'_>) -> Option<String> {
        let Lacked { minor, supporters } = lacked;
        let sum = self.money_short(minor?, told.currency);
        let given = self.given_short(told.in_steps(minor?), told);
        Some(match reason {
            Reason::DoesNotFit { .. } | Reason::NotReached { .. } => self.lacked_support(&given),
            Reason::UnderThreshold { .. } => self.lacked_threshold(&given),
            Reason::Partial { .. } => self.lacked_full(&sum),
            Reason::TooFewSupporters { .. } => return None,
            // With more money the shares might not have been raised as far.
            Reason::Unaffordable { supporters: 1.., .. } if told.raises_shares() => {
                self.lacked_threshold(&sum)
            }
            Reason::Unaffordable { .. } if told.raises_shares() => return None,
            _ => match supporters.filter(|_| told.each_brings_its_own()) {
                Some(people) => self.lacked_sum_from(&sum, &self.voters(people.into())),
                None => self.lacked_sum(&sum),
            },
        })
    }
}

impl Told<'_> {
    fn raises_shares(&self) -> bool {
        let Rule::EqualShares { completion, .. } = self.sheet.rule else { return false };
        matches!(completion, Completion::Add1 | Completion::Add1u)
    }

    /// Whether projects are paid with what their supporters had given to others.
    fn pulls(&self) -> bool {
        matches!(self.sheet.rule, Rule::Transfer { r#move: Move::Minimal, .. })
    }

    /// Whether one more ballot brings an envelope more, and may give all of it to one project: where ballots share a
    /// sum, one more makes all others lighter.
    fn each_brings_its_own(&self) -> bool {
        let brings = match self.sheet.purse {
            Purse::Ballots => true,
            Purse::Residents => self.sheet.silent == Silent::General,
            Purse::Fixed(_) => false,
        };
        brings && self.sheet.max_per_project.is_none() && self.sheet.min_projects == 1
    }

    /// The least sum of steps that is no smaller: nobody can give less than a step.
    fn in_steps(&self, given: Minor) -> Minor {
        let step = self.sheet.step.get();
        Minor::new((given.get() + step - 1) / step * step)
    }
}
