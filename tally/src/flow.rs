//! Where the money went, round by round: lanes that add up to the purse at every stage.
//!
//! A lane is a project, some small ones together, or the rest: money that lies on no project, and that in the end is what
//! returns. Under rules that move support (`transfer`, `cube-root`) and under `direct` a project's lane holds its support
//! until it is decided about, and then what it receives. Under `greedy`, `equal-shares` and `phragmen` support is no money
//! that could move: there all money is the rest, and projects are paid out of it, one after the other.
//!
//! Nothing is guessed: who passed money to whom is told only where one lane gave or one lane got. Projects that left
//! together, for want of supporters, therefore share a lane. Sums inside a count are rounded down, so a move may be a few
//! minor units off; what lanes hold at the end is exact.

use std::cmp::Reverse;

use crate::money::Minor;
use crate::outcome::{Outcome, Verdict};
use crate::rule_sheet::{Purse, Rule, RuleSheet, Silent};

/// Where the money of a count went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// All of it.
    pub purse_minor: Minor,
    /// Who holds some of it at some stage, in the order to be drawn.
    pub lanes: Vec<Lane>,
    /// How it lay, from the beginning to the end.
    pub stages: Vec<Stage>,
}

/// Who holds money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lane {
    /// A project, by its place in [`Outcome::projects`].
    Project(usize),
    /// Several projects, likewise.
    Several(Together, Vec<usize>),
    /// Nobody: not spread, not usable, or not spent yet.
    Rest,
}

/// Why projects share a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Together {
    /// They receive something, and are small.
    Funded,
    /// They receive nothing, and are small.
    NotFunded,
    /// They left together, because too few ballots gave to them.
    TooFewSupporters,
}

/// How the money lay at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The rounds that led here from the stage before, first and last, from 0; none at the beginning.
    pub rounds: Option<(usize, usize)>,
    /// What each lane held.
    pub sums: Vec<Sum>,
    /// What changed lanes since the stage before.
    pub moves: Vec<Step>,
}

/// What a lane holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Not decided about yet, or of the rest.
    pub open_minor: Minor,
    /// Awarded.
    pub paid_minor: Minor,
}

impl Sum {
    /// All of it.
    pub fn total(self) -> Minor {
        self.open_minor + self.paid_minor
    }

    fn plus(self, other: Sum) -> Sum {
        Sum { open_minor: self.open_minor + other.open_minor, paid_minor: self.paid_minor + other.paid_minor }
    }
}

/// Money that changed lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// From this lane.
    pub from: usize,
    /// To this one.
    pub to: usize,
    /// So much.
    pub minor: Minor,
}

impl Flow {
    /// The flow of this outcome, in which at most `most` projects have a lane of their own.
    pub fn of(outcome: &Outcome, sheet: &RuleSheet, most: usize) -> Flow {
        let moments = Moments::of(outcome, sheet);
        let lanes = lanes(outcome, &moments, most);
        let sums: Vec<Vec<Sum>> =
            moments.all.iter().map(|moment| by_lane(outcome.purse_minor, &lanes, moment)).collect();
        let mut flow = Flow { purse_minor: outcome.purse_minor, lanes, stages: Vec::new() };
        for (at, sums) in sums.into_iter().enumerate() {
            flow.add((moments.first + at).checked_sub(1).filter(|_| at > 0), sums);
        }
        flow
    }

    /// What the rest holds at the end.
    pub fn returned_minor(&self) -> Minor {
        let rest = self.lanes.iter().position(|lane| *lane == Lane::Rest);
        let last = self.stages.last().zip(rest);
        last.map_or(Minor::ZERO, |(stage, rest)| stage.sums[rest].total())
    }

    /// The sum of all that went from one project to another.
    pub fn moved_minor(&self) -> Minor {
        let between = |step: &&Step| self.lanes[step.from] != Lane::Rest && self.lanes[step.to] != Lane::Rest;
        self.stages.iter().flat_map(|stage| &stage.moves).filter(between).map(|step| step.minor).sum()
    }

    /// How many projects have a part in a lane: so many minor units may rounding move at most.
    pub fn projects(&self) -> usize {
        let in_lane = |lane: &Lane| match lane {
            Lane::Project(_) => 1,
            Lane::Several(_, projects) => projects.len(),
            Lane::Rest => 0,
        };
        self.lanes.iter().map(in_lane).sum()
    }

    /// Adds a stage if anything changed. Rounds in which small projects leave one after the other are one stage.
    fn add(&mut self, round: Option<usize>, sums: Vec<Sum>) {
        let Some(last) = self.stages.last() else {
            return self.stages.push(Stage { rounds: None, sums, moves: Vec::new() });
        };
        if last.sums == sums {
            return;
        }
        let round = round.expect("only the first moment has no round before it");
        let first = last.rounds.filter(|_| self.goes_on(&sums)).map(|(first, _)| first);
        if first.is_some() {
            self.stages.pop();
        }
        let before = &self.stages[self.stages.len() - 1].sums;
        let moves = moves(before, &sums);
        self.stages.push(Stage { rounds: Some((first.unwrap_or(round), round)), sums, moves });
    }

    /// Whether the same lane of several projects is in the middle of what led to the last stage, and of what follows.
    fn goes_on(&self, next: &[Sum]) -> bool {
        let [.., before, last] = self.stages.as_slice() else { return false };
        let centre = |from: &[Sum], to: &[Sum]| self.centre(from, to);
        let (then, now) = (centre(&before.sums, &last.sums), centre(&last.sums, next));
        then.is_some() && then == now
    }

    /// The lane of several projects that gave or got all that moved, but for crumbs; and whether it gave.
    fn centre(&self, before: &[Sum], after: &[Sum]) -> Option<(usize, bool)> {
        let crumbs = i64::try_from(self.projects()).unwrap_or(i64::MAX);
        let change = |at: usize| after[at].total().get() - before[at].total().get();
        let gave: Vec<usize> = (0..before.len()).filter(|&at| change(at) < -crumbs).collect();
        let got: Vec<usize> = (0..before.len()).filter(|&at| change(at) > crumbs).collect();
        let is_several = |at: usize| matches!(self.lanes[at], Lane::Several(..));
        match (gave.as_slice(), got.as_slice()) {
            (&[one], _) if is_several(one) => Some((one, true)),
            (_, &[one]) if is_several(one) => Some((one, false)),
            _ => None,
        }
    }
}

/// What every project held before each round from `first` on, and at the end.
struct Moments {
    first: usize,
    all: Vec<Vec<Sum>>,
}

impl Moments {
    fn of(outcome: &Outcome, sheet: &RuleSheet) -> Moments {
        let holds = match outcome.rule {
            Rule::Direct | Rule::Transfer { .. } | Rule::CubeRoot => true,
            Rule::Greedy { .. } | Rule::EqualShares { .. } | Rule::Phragmen => false,
        };
        // With a fixed purse the round of those with too few supporters shows amounts as cast, which are weights.
        let starts_with_weights = holds && !is_as_cast(outcome, sheet);
        let leave_early = |verdict| verdict == Verdict::TooFewSupporters;
        let first = outcome.rounds.first().filter(|round| {
            starts_with_weights && round.events.iter().all(|event| leave_early(event.verdict))
        });
        let first = usize::from(first.is_some());
        let mut paid = vec![Minor::ZERO; outcome.projects.len()];
        let place = |id: &str| outcome.projects.iter().position(|project| project.id == id);
        let mut all = Vec::with_capacity(outcome.rounds.len() + 1);
        for round in &outcome.rounds {
            let open = |p: usize| round.support_minor.get(p).copied().flatten().filter(|_| holds);
            let sum = |(p, &paid): (usize, &Minor)| match paid {
                Minor::ZERO => Sum { open_minor: open(p).unwrap_or_default(), paid_minor: Minor::ZERO },
                paid_minor => Sum { open_minor: Minor::ZERO, paid_minor },
            };
            all.push(trimmed(outcome.purse_minor, paid.iter().enumerate().map(sum).collect()));
            for event in round.events.iter().filter(|event| event.received_minor > Minor::ZERO) {
                if let Some(p) = place(&event.project) {
                    paid[p] = event.received_minor;
                }
            }
        }
        let at_end = |project: &crate::outcome::ProjectOutcome| Sum {
            open_minor: Minor::ZERO,
            paid_minor: project.received_minor,
        };
        all.push(outcome.projects.iter().map(at_end).collect());
        Moments { first, all: all.split_off(first) }
    }

    /// The most that a project held.
    fn peak(&self, p: usize) -> Minor {
        self.all.iter().map(|moment| moment[p].total()).max().unwrap_or_default()
    }

    /// The last moment at which it held something.
    fn left_at(&self, p: usize) -> Option<usize> {
        self.all.iter().rposition(|moment| moment[p].total() > Minor::ZERO)
    }
}

/// Whether a ballot weighs what it gave.
fn is_as_cast(outcome: &Outcome, sheet: &RuleSheet) -> bool {
    let weighs = match sheet.purse {
        Purse::Ballots => true,
        Purse::Residents => sheet.silent == Silent::General,
        Purse::Fixed(_) => false,
    };
    // The cube root shares a pool; amounts as cast only say how.
    weighs && !matches!(outcome.rule, Rule::CubeRoot)
}

/// Ballots hold parts rounded up, which may make a unit more than there is; it is taken from where it is least missed.
fn trimmed(purse: Minor, mut sums: Vec<Sum>) -> Vec<Sum> {
    let all: Minor = sums.iter().map(|sum| sum.total()).sum();
    if all > purse {
        let over = all - purse;
        if let Some(most) = sums.iter_mut().max_by_key(|sum| sum.open_minor) {
            most.open_minor = most.open_minor - over.min(most.open_minor);
        }
    }
    sums
}

/// Which lanes there are. The rest comes first where projects are paid out of it, else last.
fn lanes(outcome: &Outcome, moments: &Moments, most: usize) -> Vec<Lane> {
    let all: Vec<usize> = (0..outcome.projects.len()).filter(|&p| moments.peak(p) > Minor::ZERO).collect();
    let too_few = |&p: &usize| {
        let project = &outcome.projects[p];
        project.supporters < project.min_supporters
    };
    let (too_few, counted): (Vec<usize>, Vec<usize>) = all.into_iter().partition(too_few);
    let received = |p: usize| outcome.projects[p].received_minor;
    let mut by_size = counted;
    by_size.sort_by_key(|&p| (Reverse(received(p) > Minor::ZERO), Reverse(moments.peak(p)), p));
    let small = by_size.split_off(most.min(by_size.len()));
    let (small_funded, small_unfunded): (Vec<usize>, Vec<usize>) =
        small.into_iter().partition(|&p| received(p) > Minor::ZERO);
    let (mut funded, mut unfunded): (Vec<usize>, Vec<usize>) =
        by_size.into_iter().partition(|&p| received(p) > Minor::ZERO);
    funded.sort_by_key(|&p| (Reverse(received(p)), p));
    unfunded.sort_by_key(|&p| (Reverse(moments.left_at(p)), p));
    let several = |why: Together, projects: Vec<usize>| match projects.as_slice() {
        [] => None,
        &[one] => Some(Lane::Project(one)),
        _ => Some(Lane::Several(why, projects)),
    };
    let projects = funded
        .into_iter()
        .map(Lane::Project)
        .chain(several(Together::Funded, small_funded))
        .chain(unfunded.into_iter().map(Lane::Project))
        .chain(several(Together::NotFunded, small_unfunded))
        .chain(several(Together::TooFewSupporters, too_few));
    match outcome.rule {
        Rule::Greedy { .. } | Rule::EqualShares { .. } | Rule::Phragmen => {
            [Lane::Rest].into_iter().chain(projects).collect()
        }
        Rule::Direct | Rule::Transfer { .. } | Rule::CubeRoot => projects.chain([Lane::Rest]).collect(),
    }
}

fn by_lane(purse: Minor, lanes: &[Lane], moment: &[Sum]) -> Vec<Sum> {
    let on_projects: Minor = moment.iter().map(|sum| sum.total()).sum();
    let sum = |lane: &Lane| match lane {
        Lane::Project(p) => moment[*p],
        Lane::Several(_, projects) => projects.iter().fold(Sum::default(), |sum, &p| sum.plus(moment[p])),
        Lane::Rest => Sum { open_minor: purse - on_projects, paid_minor: Minor::ZERO },
    };
    lanes.iter().map(sum).collect()
}

/// Who passed how much to whom: what lanes lost, in their order, is what others gained. One of both sides is a single
/// lane in every round, so that this is no guess.
fn moves(before: &[Sum], after: &[Sum]) -> Vec<Step> {
    let change = |at: usize| after[at].total().get() - before[at].total().get();
    let mut gave: Vec<(usize, i64)> =
        (0..before.len()).map(|at| (at, -change(at))).filter(|(_, minor)| *minor > 0).rev().collect();
    let mut steps = Vec::new();
    for (to, mut lacks) in (0..before.len()).map(|at| (at, change(at))).filter(|(_, minor)| *minor > 0) {
        while let Some((from, has)) = gave.last_mut().filter(|_| lacks > 0) {
            let minor = lacks.min(*has);
            steps.push(Step { from: *from, to, minor: Minor::new(minor) });
            lacks -= minor;
            *has -= minor;
            if *has == 0 {
                gave.pop();
            }
        }
    }
    steps
}
