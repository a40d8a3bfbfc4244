//! Why a project received what it did, as figures: sentences are made elsewhere, in the reader's language.
//!
//! Everything is read off an [`Outcome`], so that whoever holds a published result can explain it without the ballots.
//! What a project lacked is what would have been *enough*, everything else being as it was: with so much more money from
//! citizens who give to nothing else, or so much more support where support is no money, it would have been funded.
//! Less may have been enough. Nothing is said where that cannot be known from the outcome.

use serde::{Deserialize, Serialize};

use crate::money::Minor;
use crate::outcome::{Event, Outcome, ProjectOutcome, Round, Verdict};
use crate::rule_sheet::{Order, Rule};

/// Why a project received what it did, and what it lacked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The reason.
    pub reason: Reason,
    /// What would have been enough for more, where that is known.
    pub lacked: Option<Lacked>,
}

/// What would have been enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacked {
    /// So much more support, by the measure of the rule: money, or amounts as cast.
    pub minor: Option<Minor>,
    /// So many more citizens who give it all they may, or just give to it where their number is what lacked.
    pub supporters: Option<u32>,
}

/// A sum that belongs to a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The project's id.
    pub project: String,
    /// The sum.
    pub minor: Minor,
}

/// The reason for what a project received. Sums are as the rule saw them when it decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// Its support reached its full cost.
    Carried {
        /// S(p).
        support_minor: Minor,
        /// The part of it that came from other projects.
        arrived_minor: Minor,
        /// Its ceiling.
        cost_minor: Minor,
    },
    /// Its supporters added what it lacked from what they had given to other projects.
    Pulled {
        /// S(p) before that.
        support_minor: Minor,
        /// Its floor.
        floor_minor: Minor,
    },
    /// It was funded from what the others left.
    Filled {
        /// What it received.
        cost_minor: Minor,
        /// What was left before.
        left_minor: Minor,
    },
    /// Its support lay between its floor and its full cost, and it received that.
    Partial {
        /// S(p), or its share of the pool.
        support_minor: Minor,
        /// The part of it that came from other projects.
        arrived_minor: Minor,
        /// Its ceiling.
        ceiling_minor: Minor,
    },
    /// It came in this place, and still fitted.
    Ranked {
        /// Its place, from 1.
        place: u32,
        /// What it was ranked by.
        support_minor: Minor,
        /// Its cost.
        cost_minor: Minor,
        /// What was left before.
        left_minor: Minor,
    },
    /// Its supporters paid for it out of equal shares of the purse.
    Bought {
        /// What they held together.
        held_minor: Minor,
        /// Its cost.
        cost_minor: Minor,
        /// How many they are.
        supporters: u32,
    },
    /// Its supporters had earned its cost before those of any project that was left.
    Earned {
        /// Its cost.
        cost_minor: Minor,
        /// How many its supporters are.
        supporters: u32,
    },
    /// Its support does not reach its floor.
    UnderFloor {
        /// S(p).
        support_minor: Minor,
        /// Its floor.
        floor_minor: Minor,
    },
    /// Its support did not reach its floor even with what arrived, and its money moved on.
    Dropped {
        /// S(p) when it was dropped.
        support_minor: Minor,
        /// The part of it that had come from other projects.
        arrived_minor: Minor,
        /// Its floor.
        floor_minor: Minor,
        /// Where its money went, the greatest sum first.
        passed_on: Vec<Share>,
    },
    /// All that its supporters held together does not reach its floor.
    Unreachable {
        /// What they held.
        held_minor: Minor,
        /// Its floor.
        floor_minor: Minor,
    },
    /// Its support does not reach the threshold.
    UnderThreshold {
        /// The sum of its lines.
        support_minor: Minor,
        /// The threshold.
        threshold_minor: Minor,
    },
    /// It cost more than was left when its turn came.
    DoesNotFit {
        /// What it was ranked by.
        support_minor: Minor,
        /// Its cost.
        cost_minor: Minor,
        /// What was left.
        left_minor: Minor,
        /// The project that was funded before it and left too little.
        behind: Option<String>,
    },
    /// The count had stopped before its turn came.
    NotReached {
        /// What it was ranked by.
        support_minor: Minor,
        /// Its cost.
        cost_minor: Minor,
        /// What was left.
        left_minor: Minor,
        /// The project before which it had to come.
        behind: Option<String>,
    },
    /// What its supporters had left does not pay for it.
    Unaffordable {
        /// What they held together at the end.
        held_minor: Minor,
        /// Its cost.
        cost_minor: Minor,
        /// How many they are.
        supporters: u32,
    },
    /// Too few citizens gave to it.
    TooFewSupporters {
        /// How many did.
        supporters: u32,
        /// How many had to.
        least: u32,
    },
}

/// Why the project with this id received what it did; nothing if there is none.
pub fn explain(outcome: &Outcome, project: &str) -> Option<Explanation> {
    let (index, project) = outcome.projects.iter().enumerate().find(|(_, of)| of.id == project)?;
    let events = || {
        let events =
            outcome.rounds.iter().flat_map(|round| round.events.iter().map(move |event| (round, event)));
        events.filter(|(_, event)| event.project == project.id)
    };
    let paid = events().find(|(_, event)| event.received_minor > Minor::ZERO);
    let (round, event) = paid.or_else(|| events().next())?;
    let found = Found { outcome, project, index, round, event };
    Some(Explanation { reason: found.reason(), lacked: found.lacked() })
}

/// A project and the event that decided about it.
struct Found<'o> {
    outcome: &'o Outcome,
    project: &'o ProjectOutcome,
    index: usize,
    round: &'o Round,
    event: &'o Event,
}

impl Found<'_> {
    fn reason(&self) -> Reason {
        let support_minor = self.event.support_minor;
        let (cost_minor, floor_minor) = (self.project.ceiling_minor, self.project.floor_minor);
        let left_minor = self.round.left_minor;
        let supporters = self.project.supporters;
        match self.event.verdict {
            Verdict::Funded => self.funded(),
            Verdict::Partial => Reason::Partial {
                // In whole units, as it is paid.
                support_minor: self.project.received_minor,
                arrived_minor: self.arrived(),
                ceiling_minor: cost_minor,
            },
            Verdict::Pulled => Reason::Pulled { support_minor, floor_minor },
            Verdict::Filled => Reason::Filled { cost_minor: self.project.received_minor, left_minor },
            Verdict::UnderFloor => Reason::UnderFloor { support_minor, floor_minor },
            Verdict::Dropped => Reason::Dropped {
                support_minor,
                arrived_minor: self.arrived(),
                floor_minor,
                passed_on: self.passed_on(),
            },
            Verdict::Unreachable => Reason::Unreachable { held_minor: support_minor, floor_minor },
            Verdict::UnderThreshold => Reason::UnderThreshold {
                support_minor,
                threshold_minor: self.event.needed_minor.unwrap_or_default(),
            },
            Verdict::DoesNotFit => {
                Reason::DoesNotFit { support_minor, cost_minor, left_minor, behind: self.behind_id() }
            }
            Verdict::NotReached => {
                Reason::NotReached { support_minor, cost_minor, left_minor, behind: self.behind_id() }
            }
            Verdict::Unaffordable => {
                Reason::Unaffordable { held_minor: support_minor, cost_minor, supporters }
            }
            Verdict::TooFewSupporters => {
                Reason::TooFewSupporters { supporters, least: self.project.min_supporters }
            }
        }
    }

    fn funded(&self) -> Reason {
        let (support_minor, cost_minor) = (self.event.support_minor, self.project.ceiling_minor);
        match self.outcome.rule {
            Rule::Direct | Rule::Transfer { .. } | Rule::CubeRoot => {
                Reason::Carried { support_minor, arrived_minor: self.arrived(), cost_minor }
            }
            Rule::Greedy { .. } => {
                let ranked = |verdict| matches!(verdict, Verdict::Funded | Verdict::DoesNotFit);
                let before = self.outcome.rounds.iter().take_while(|round| !std::ptr::eq(*round, self.round));
                let before =
                    before.flat_map(|round| &round.events).filter(|event| ranked(event.verdict)).count();
                Reason::Ranked {
                    place: u32::try_from(before + 1).expect("projects are numbered by u16"),
                    support_minor,
                    cost_minor,
                    left_minor: self.round.left_minor,
                }
            }
            Rule::EqualShares { .. } => {
                Reason::Bought { held_minor: support_minor, cost_minor, supporters: self.project.supporters }
            }
            Rule::Phragmen => Reason::Earned { cost_minor, supporters: self.project.supporters },
        }
    }

    /// What came to it from other projects since the count began.
    fn arrived(&self) -> Minor {
        let Rule::Transfer { .. } = self.outcome.rule else { return Minor::ZERO };
        let decided =
            |round: &&Round| !round.events.iter().all(|event| event.verdict == Verdict::TooFewSupporters);
        let first = self.outcome.rounds.iter().find(decided);
        let at_first = first.and_then(|round| round.support_minor[self.index]).unwrap_or_default();
        Minor::new((self.event.support_minor.get() - at_first.get()).max(0))
    }

    fn passed_on(&self) -> Vec<Share> {
        let id = |to: u16| self.outcome.projects[usize::from(to)].id.clone();
        let away = self.round.transfers.iter().filter(|transfer| usize::from(transfer.from) == self.index);
        let mut shares: Vec<Share> =
            away.map(|transfer| Share { project: id(transfer.to), minor: transfer.minor }).collect();
        shares.sort_by_key(|share| std::cmp::Reverse(share.minor));
        shares
    }

    /// The project whose funding left less than this one costs, if there was enough before.
    fn behind(&self) -> Option<&Event> {
        let cost = self.project.ceiling_minor;
        let funded = |event: &&Event| event.received_minor > Minor::ZERO;
        let first = self.outcome.rounds.iter().flat_map(|round| {
            round
                .events
                .iter()
                .filter(funded)
                .map(move |event| (round.left_minor - event.received_minor, event))
        });
        let (_, event) = first.into_iter().find(|&(left_after, _)| left_after < cost)?;
        let fitted_once = self.outcome.rounds.first().is_some_and(|round| round.left_minor >= cost);
        fitted_once.then_some(event)
    }

    fn behind_id(&self) -> Option<String> {
        self.behind().map(|event| event.project.clone())
    }

    fn lacked(&self) -> Option<Lacked> {
        // Under the cube root money is no measure of support.
        let by_roots = matches!(self.outcome.rule, Rule::CubeRoot);
        let lack = |minor: Minor| (minor > Minor::ZERO && !by_roots).then(|| self.money(minor));
        let support = self.event.support_minor;
        match self.event.verdict {
            Verdict::Funded | Verdict::Pulled | Verdict::Filled => None,
            Verdict::Partial => lack(self.project.ceiling_minor - self.project.received_minor),
            Verdict::UnderFloor | Verdict::Dropped | Verdict::Unreachable | Verdict::Unaffordable => {
                lack(self.event.needed_minor? - support)
            }
            Verdict::UnderThreshold => {
                Some(Lacked { minor: Some(self.event.needed_minor? - support), supporters: None })
            }
            Verdict::DoesNotFit | Verdict::NotReached => self.lacked_to_come_first(),
            Verdict::TooFewSupporters => {
                let supporters = self.project.min_supporters - self.project.supporters;
                Some(Lacked { minor: None, supporters: Some(supporters) })
            }
        }
    }

    /// Money, and how many citizens bring it.
    fn money(&self, minor: Minor) -> Lacked {
        let brings = self.outcome.voters_minor.get() / i64::from(self.outcome.ballots.max(1));
        let supporters = (brings > 0).then(|| (minor.get() + brings - 1) / brings);
        let supporters = supporters.and_then(|citizens| u32::try_from(citizens).ok());
        Lacked { minor: Some(minor), supporters }
    }

    /// The support with which `greedy` would have come to it while it still fitted.
    fn lacked_to_come_first(&self) -> Option<Lacked> {
        let Rule::Greedy { order, .. } = self.outcome.rule else { return None };
        let behind = self.behind()?;
        let needed = match order {
            Order::Support => i128::from(behind.support_minor.get()),
            Order::Ratio => {
                let cost = i128::from(behind.received_minor.get());
                let product =
                    i128::from(behind.support_minor.get()) * i128::from(self.project.ceiling_minor.get());
                (product + cost - 1) / cost
            }
        };
        let lacked = i64::try_from(needed - i128::from(self.event.support_minor.get())).ok()?;
        Some(Lacked { minor: Some(Minor::new(lacked.max(0) + 1)), supporters: None })
    }
}
