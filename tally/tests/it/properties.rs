//! The laws of COUNTING that every rule here must keep, on random small elections, and the edges that chance misses.

use std::collections::BTreeMap;

use num_traits::Signed;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tally::outcome::{ProjectOutcome, TieMet, Verdict};
use tally::rule_sheet::{
    Completion, End, Move, Order, Purse, Rule, Silent, Start, Terms, Tie, Ties, TransferOrder, Utility,
};
use tally::{CountError, Election, Fallback, Minor, Outcome, Project, RuleSheet, Status, count};

use crate::some::{
    Cast, Parts, ballots, elections, elections_by, equal_shares, one_of_each, project, sheet, transfers,
};
use crate::twin::{Doubt, Exact, exact, received};

fn by_id(outcome: &Outcome) -> BTreeMap<&str, &ProjectOutcome> {
    outcome.projects.iter().map(|project| (project.id.as_str(), project)).collect()
}

/// Whether money left after the main phase funds more projects.
fn fills(rule: Rule) -> bool {
    match rule {
        Rule::Transfer { end, .. } => end == End::Fill,
        Rule::EqualShares { completion, .. } => {
            matches!(completion, Completion::Greedy | Completion::Add1u)
        }
        Rule::Direct | Rule::Greedy { .. } | Rule::Phragmen | Rule::CubeRoot => false,
    }
}

/// Whether what projects receive is so many times what they received, where neither atoms nor whole units decide.
fn is_many_times(parts: &Parts, many: &Parts, times: i64) -> Result<(), TestCaseError> {
    let watch = parts.twin().watch;
    let has_crumbs = watch.crumbs || watch.doubt != Doubt::None;
    if watch.doubt == Doubt::Winners || (has_crumbs && fills(parts.terms.rule)) {
        return Ok(());
    }
    let (once, many) = (received(&parts.count()), received(&many.count()));
    for (once, many) in once.iter().zip(&many) {
        let rounding = if has_crumbs { times } else { 0 };
        prop_assert!((once * times - many).abs() <= rounding, "{} times {} is not {}", times, once, many);
    }
    Ok(())
}

/// Subsets of so many, but the empty one.
fn subsets(of: usize) -> impl Iterator<Item = Vec<usize>> {
    (1_u32..1 << of).map(move |mask| (0..of).filter(|p| mask >> p & 1 == 1).collect())
}

/// u_i(p), as the rule sheet says.
fn gets(parts: &Parts, utility: Utility, i: usize, p: usize) -> i64 {
    let lines = parts.ballots[i].lines.iter();
    let amount: i64 = lines.filter(|line| usize::from(line.0) == p).map(|line| line.1).sum();
    match utility {
        Utility::Cardinal => amount,
        Utility::Approval => amount.signum(),
        Utility::Cost => amount.signum() * parts.ceiling(p),
        Utility::CardinalCost => amount * parts.ceiling(p),
    }
}

fn without_fallback(mut parts: Parts, fallback: Fallback) -> Parts {
    for cast in &mut parts.ballots {
        if cast.fallback == fallback {
            cast.fallback = Fallback::Others;
        }
    }
    parts
}

/// Some of the projects, and ballots that want these and nothing else.
#[derive(Clone, Debug)]
struct Coalition {
    wanted: Vec<usize>,
    members: usize,
}

/// An election with a solid coalition whose money covers the cost of what it wants, and often is just that.
fn with_a_coalition(rule: impl Strategy<Value = Rule> + Clone) -> impl Strategy<Value = (Parts, Coalition)> {
    let amounts = prop::collection::vec(prop::collection::vec(1_i64..5, 5), 1..6);
    let shares = prop::collection::vec(1_i64..5, 5);
    (elections_by(rule), 1_u32..32, amounts, shares, 0_i64..3).prop_map(
        |(parts, mask, amounts, shares, spare)| {
            let mut parts = without_fallback(parts, Fallback::Back);
            parts.terms.min_supporters = 0;
            let step = parts.terms.step.get();
            let n = parts.projects.len();
            let mut wanted: Vec<usize> = (0..n).filter(|p| mask >> p & 1 == 1).collect();
            if wanted.is_empty() {
                wanted = vec![0];
            }
            let members = amounts.len();
            for amounts in &amounts {
                let line = |&p: &usize| (u16::try_from(p).unwrap(), amounts[p] * step);
                let lines = wanted.iter().map(line).collect();
                parts.ballots.push(Cast { lines, fallback: Fallback::Others });
                parts.roll += 1;
            }
            let first = parts.ballots.len() - members;
            let money: Exact = match parts.terms.rule {
                Rule::EqualShares { .. } => {
                    exact(parts.voters_purse()) * exact(i64::try_from(members).unwrap())
                        / exact(i64::try_from(parts.ballots.len()).unwrap())
                }
                _ => (first..first + members).map(|i| parts.brought(i)).sum(),
            };
            let money = i64::try_from(money.to_integer()).unwrap() - spare;
            let all: i64 = wanted.iter().map(|&p| shares[p]).sum();
            let mut left = money;
            for (place, &p) in wanted.iter().enumerate() {
                let is_last = place + 1 == wanted.len();
                let cost = if is_last { left } else { money * shares[p] / all }.max(1);
                left -= cost;
                let floor = parts.floor(p).min(cost);
                parts.projects[p] = project(parts.projects[p].id(), floor, cost);
            }
            let wanted = if left < 0 { Vec::new() } else { wanted };
            (parts, Coalition { wanted, members })
        },
    )
}

/// What a coalition must get: every project that it wants, in full.
fn gets_all(parts: &Parts, coalition: &Coalition) -> Result<(), TestCaseError> {
    let outcome = parts.count();
    for &p in &coalition.wanted {
        let got = outcome.projects[p].status;
        prop_assert_eq!(got, Status::Funded, "project {} of {} members", p, coalition.members);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn money_is_conserved_and_bounds_are_kept(parts in elections()) {
        let outcome = parts.count();
        let received: Minor = outcome.projects.iter().map(|project| project.received_minor).sum();
        prop_assert_eq!(received, outcome.funded_minor);
        prop_assert_eq!(outcome.funded_minor + outcome.returned_minor, outcome.purse_minor);
        prop_assert!(outcome.returned_minor >= Minor::ZERO);
        prop_assert!(outcome.funded_minor.get() <= parts.voters_purse());
        for (project, outcome) in parts.projects.iter().zip(&outcome.projects) {
            let received = outcome.received_minor;
            prop_assert!(received == Minor::ZERO || received >= project.floor());
            prop_assert!(received <= project.ceiling());
            prop_assert_eq!(outcome.status == Status::Funded, received == project.ceiling());
        }
    }

    #[test]
    fn the_rounds_tell_the_outcome(parts in elections()) {
        let outcome = parts.count();
        let mut told: BTreeMap<&str, Minor> = BTreeMap::new();
        for event in outcome.rounds.iter().flat_map(|round| &round.events) {
            let sum = told.entry(&event.project).or_insert(Minor::ZERO);
            *sum = *sum + event.received_minor;
        }
        for project in &outcome.projects {
            let told = told.get(project.id.as_str()).copied().unwrap_or(Minor::ZERO);
            prop_assert_eq!(told, project.received_minor, "{}", &project.id);
        }
        for round in &outcome.rounds {
            prop_assert_eq!(round.support_minor.len(), parts.projects.len());
            prop_assert!(round.left_minor <= outcome.purse_minor);
            prop_assert!(round.ties.iter().all(|tie| tie.projects.len() > 1));
            let moved: Minor = round.transfers.iter().map(|transfer| transfer.minor).sum();
            prop_assert!(moved <= round.left_minor);
        }
    }

    #[test]
    fn the_order_of_ballots_changes_nothing((parts, shuffled) in elections().prop_flat_map(|parts| {
        (Just(parts.clone()), Just(parts.ballots).prop_shuffle())
    })) {
        let other = Parts { ballots: shuffled, ..parts.clone() };
        prop_assert_eq!(parts.count(), other.count());
    }

    #[test]
    fn merged_and_unmerged_agree(mut parts in elections(), copies in prop::collection::vec(any::<Index>(), 0..6)) {
        if !parts.ballots.is_empty() {
            for copy in copies {
                parts.ballots.push(copy.get(&parts.ballots).clone());
                parts.roll += 1;
            }
        }
        let cast = parts.election();
        let merged = cast.ballots().merged();
        prop_assert_eq!(merged.len(), cast.ballots().len());
        let merged = Election::new(parts.projects.clone(), merged, Some(parts.roll)).unwrap();
        prop_assert_eq!(count(&merged, &parts.sheet()).unwrap(), parts.count());
    }

    #[test]
    fn the_order_of_projects_changes_nothing(parts in elections()) {
        let last = u16::try_from(parts.projects.len() - 1).unwrap();
        let mut mirrored = parts.clone();
        mirrored.projects.reverse();
        mirrored.ballots.iter_mut().flat_map(|cast| &mut cast.lines).for_each(|line| line.0 = last - line.0);
        let (outcome, mirrored) = (parts.count(), mirrored.count());
        prop_assert_eq!(by_id(&outcome), by_id(&mirrored));
        let winners = |outcome: &Outcome| outcome.winners().map(str::to_owned).collect::<Vec<_>>();
        let mut orders = [winners(&outcome), winners(&mirrored)];
        if matches!(parts.terms.rule, Rule::Direct | Rule::CubeRoot | Rule::Transfer { .. }) {
            // Projects that receive their support at once have no order among themselves.
            orders.iter_mut().for_each(|ids| ids.sort());
        }
        prop_assert_eq!(&orders[0], &orders[1]);
    }

    #[test]
    fn cloning_ballots_and_bounds_multiplies_what_is_received(parts in elections(), times in 2_u32..4) {
        is_many_times(&parts, &parts.cloned(times), i64::from(times))?;
    }

    #[test]
    fn cloning_ballots_of_a_fixed_purse_changes_nothing(
        mut parts in elections(), sum in 1_i64..60, times in 2_u32..4,
    ) {
        parts.terms.purse = Purse::Fixed(Minor::new(sum));
        let mut cloned = parts.clone();
        cloned.clone_ballots(times);
        // A unit for each of more ballots is more in all.
        if let Rule::EqualShares { unit, .. } = &mut parts.terms.rule {
            *unit = Minor::new(unit.get() * i64::from(times));
        }
        is_many_times(&parts, &cloned, 1)?;
    }

    #[test]
    fn the_unit_of_currency_changes_nothing(parts in elections(), times in prop_oneof![Just(10_i64), Just(7)]) {
        is_many_times(&parts, &parts.in_units_of(times), times)?;
    }

    #[test]
    fn a_winner_made_cheaper_still_wins(parts in elections(), which in any::<Index>(), less in any::<Index>()) {
        prop_assume!(keeps_a_cheaper_winner(parts.terms.rule));
        let p = which.index(parts.projects.len());
        let cheaper = parts.with_cheaper(p, 1 + i64::try_from(less.index(15)).unwrap());
        let (dear, cheap) = (&parts.count().projects[p], &cheaper.count().projects[p]);
        prop_assert!(dear.status != Status::Funded || cheap.status == Status::Funded);
        let is_whole = parts.floor(p) > 0;
        prop_assert!(!is_whole || dear.received_minor == Minor::ZERO || cheap.received_minor > Minor::ZERO);
    }

    #[test]
    fn what_fills_or_skips_leaves_out_nothing_that_fits(parts in elections()) {
        let outcome = parts.count();
        let left = parts.voters_purse() - outcome.funded_minor.get();
        for (p, project) in outcome.projects.iter().enumerate() {
            let needed = match parts.terms.rule {
                Rule::Greedy { skip: true, threshold, .. } if project.given_minor >= threshold => parts.ceiling(p),
                Rule::Transfer { end: End::Fill, .. } if parts.floor(p) > 0 => parts.floor(p),
                Rule::EqualShares { completion: Completion::Greedy | Completion::Add1u, .. } => parts.ceiling(p),
                _ => continue,
            };
            let left_out = parts.is_open(p) && project.received_minor == Minor::ZERO;
            prop_assert!(!left_out || needed > left, "{} fits into {}", &project.id, left);
        }
    }

    #[test]
    fn a_solid_coalition_gets_what_it_can_pay_by_transfer((parts, coalition) in with_a_coalition(transfers())) {
        gets_all(&parts, &coalition)?;
    }

    #[test]
    fn a_solid_coalition_gets_what_it_can_pay_by_equal_shares(
        (mut parts, coalition) in with_a_coalition(equal_shares()),
    ) {
        if let Rule::EqualShares { start, .. } = &mut parts.terms.rule {
            *start = Start::Exact;
        }
        gets_all(&parts, &coalition)?;
    }

    /// Payments exist such that only supporters pay, none more than it has, and every winner is paid in full: by Hall's
    /// theorem that is so if the supporters of any winners together have what these received.
    #[test]
    fn winners_of_the_main_phase_can_be_paid_by_their_supporters(
        parts in elections_by(prop_oneof![transfers(), equal_shares()]),
    ) {
        let mut parts = without_fallback(parts, Fallback::Everyone);
        stop_after_the_main_phase(&mut parts.terms.rule);
        let outcome = parts.count();
        let found = parts.twin();
        for winners in subsets(parts.projects.len()) {
            let pays = |i: &usize| winners.iter().any(|&p| parts.supporters(p).contains(i));
            let money: Exact = (0..parts.ballots.len()).filter(pays).map(|i| found.budget[i].clone()).sum();
            let received: i64 = winners.iter().map(|&p| outcome.projects[p].received_minor.get()).sum();
            // Partial payouts are rounded to whole units, upwards too.
            let partial = winners.iter().filter(|&&p| parts.floor(p) < parts.ceiling(p)).count();
            prop_assert!(exact(received) <= money + exact(i64::try_from(partial).unwrap()), "{:?}", winners);
        }
    }

    /// Priceability in full: what the supporters of a project that lost have left could not pay for it either.
    #[test]
    fn no_supporters_keep_what_their_project_needs(
        parts in elections_by(prop_oneof![transfers(), equal_shares()]),
    ) {
        let parts = without_fallback(without_fallback(parts, Fallback::Everyone), Fallback::Back);
        let mut parts = parts;
        stop_after_the_main_phase(&mut parts.terms.rule);
        if let Rule::Transfer { r#move, .. } = &mut parts.terms.rule {
            *r#move = Move::Minimal;
        }
        let found = parts.twin();
        prop_assume!(found.watch.doubt == Doubt::None);
        let received = received(&parts.count());
        prop_assert_eq!(&received, &found.received);
        let paid = |i: usize| found.paid[i].iter().cloned().sum::<Exact>();
        for p in (0..received.len()).filter(|&p| parts.is_open(p) && parts.floor(p) > 0) {
            let kept: Exact = parts.supporters(p).into_iter().map(|i| &found.budget[i] - paid(i)).sum();
            let needed = match parts.terms.rule {
                Rule::EqualShares { .. } => parts.ceiling(p),
                _ => parts.floor(p),
            };
            prop_assert!(!kept.is_negative());
            prop_assert!(received[p] > 0 || kept < exact(needed), "{} is left for project {}", kept, p);
        }
    }

    /// EJR up to one project (Peters, Pierczyński and Skowron 2021, definition 2): to whatever T a group of ballots has
    /// the money for, one of them gets as much from the outcome as the group agrees to get from T, or more by any one
    /// project added.
    #[test]
    fn equal_shares_gives_every_group_its_part_up_to_one_project(parts in elections_by(equal_shares())) {
        let mut parts = parts;
        parts.ballots.truncate(7);
        let Rule::EqualShares { utility, start, .. } = &mut parts.terms.rule else { unreachable!() };
        *start = Start::Exact;
        let utility = *utility;
        let ballots = parts.ballots.len();
        let funded: Vec<bool> = parts.count().projects.iter().map(|p| p.status == Status::Funded).collect();
        let open: Vec<usize> = (0..funded.len()).filter(|&p| parts.is_open(p)).collect();
        let gets = |i: usize, p: usize| gets(&parts, utility, i, p);
        for group in subsets(ballots) {
            let money = i64::try_from(group.len()).unwrap() * parts.voters_purse();
            for target in subsets(open.len()) {
                let target: Vec<usize> = target.into_iter().map(|place| open[place]).collect();
                let cost: i64 = target.iter().map(|&p| parts.ceiling(p)).sum();
                if cost * i64::try_from(ballots).unwrap() > money {
                    continue;
                }
                let agreed = |&p: &usize| group.iter().map(|&i| gets(i, p)).min().unwrap();
                let agreed: i64 = target.iter().map(agreed).sum();
                let is_content = |&i: &usize| {
                    let has: i64 = (0..funded.len()).filter(|&p| funded[p]).map(|p| gets(i, p)).sum();
                    let more = open.iter().filter(|&&p| !funded[p]).map(|&p| gets(i, p)).max().unwrap_or(0);
                    has >= agreed || has + more > agreed
                };
                prop_assert!(group.iter().any(is_content), "{:?} for {:?}", group, target);
            }
        }
    }

    #[test]
    fn the_number_of_threads_changes_nothing(parts in elections()) {
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| parts.count())
        };
        prop_assert_eq!(on(1), on(3));
    }

    #[test]
    fn an_outcome_survives_json(parts in elections()) {
        let outcome = parts.count();
        let json = serde_json::to_string(&outcome).unwrap();
        prop_assert_eq!(serde_json::from_str::<Outcome>(&json).unwrap(), outcome);
    }
}

/// Where a cheaper project changes who is dropped, or in which run of `add1` the purse is overspent, it can lose by it;
/// the two examples below show how.
fn keeps_a_cheaper_winner(rule: Rule) -> bool {
    match rule {
        Rule::Transfer { order, r#move, end } => {
            order == TransferOrder::Support || r#move == Move::Minimal || end == End::Keep
        }
        Rule::EqualShares { completion, .. } => {
            matches!(completion, Completion::None | Completion::Greedy)
        }
        Rule::Direct | Rule::Greedy { .. } | Rule::Phragmen | Rule::CubeRoot => true,
    }
}

fn stop_after_the_main_phase(rule: &mut Rule) {
    match rule {
        Rule::Transfer { end, .. } => *end = End::Keep,
        Rule::EqualShares { completion: completion @ Completion::Greedy, .. } => {
            *completion = Completion::None
        }
        Rule::EqualShares { completion: completion @ Completion::Add1u, .. } => {
            *completion = Completion::Add1
        }
        _ => {}
    }
}

fn three_projects(bound: i64) -> Vec<Project> {
    ["a", "b", "c"].map(|id| project(id, bound, bound)).to_vec()
}

fn checked(terms: Terms) -> RuleSheet {
    RuleSheet::new(terms).unwrap()
}

#[test]
fn without_ballots_every_purse_returns_whole() {
    for purse in [Purse::Ballots, Purse::Residents, Purse::Fixed(Minor::new(50))] {
        let election = Election::new(three_projects(5), ballots([]), Some(3)).unwrap();
        let outcome = count(&election, &checked(sheet(Rule::Direct, purse))).unwrap();
        assert_eq!(outcome.returned_minor, outcome.purse_minor);
    }
}

#[test]
fn the_share_of_the_silent_returns_or_follows_the_voters() {
    let projects = vec![project("a", 0, 100)];
    let election = Election::new(projects, ballots([&vec![(0, 20)]]), Some(3)).unwrap();
    let received = |silent| {
        let terms = Terms { silent, ..sheet(Rule::Direct, Purse::Residents) };
        let outcome = count(&election, &checked(terms)).unwrap();
        (outcome.purse_minor.get(), outcome.funded_minor.get(), outcome.projects[0].given_minor.get())
    };
    assert_eq!(received(Silent::General), (60, 20, 20));
    assert_eq!(received(Silent::Proportional), (60, 60, 20));
}

/// 2^20 ballots split 101 units in three: 33.67 each, 34 for each as atoms are a whole unit for all of them together.
#[test]
fn roundings_of_a_million_ballots_never_pass_the_purse() {
    let lines = vec![vec![(0, 1), (1, 1), (2, 1)]; 1 << 20];
    let sheet = checked(sheet(Rule::Direct, Purse::Fixed(Minor::new(101))));
    let received = |floor, ceiling| {
        let projects = ["a", "b", "c"].map(|id| project(id, floor, ceiling)).to_vec();
        let outcome = count(&Election::new(projects, ballots(&lines), None).unwrap(), &sheet).unwrap();
        assert_eq!(
            outcome.ties().cloned().collect::<Vec<_>>(),
            [TieMet { projects: ["a", "b", "c"].map(str::to_owned).to_vec() }]
        );
        [0, 1, 2].map(|p| outcome.projects[p].received_minor.get())
    };
    assert_eq!(received(34, 34), [34, 34, 0]);
    assert_eq!(received(0, 50), [34, 34, 33]);
}

/// Two thirds of one ballot and a third of the other are no whole atoms, and yet exactly half of the purse.
#[test]
fn a_floor_that_is_reached_exactly_is_reached_in_atoms() {
    let projects = ["a", "b"].map(|id| project(id, 50, 50)).to_vec();
    let lines = [vec![(0, 1), (1, 2)], vec![(0, 2), (1, 1)]];
    let election = Election::new(projects, ballots(&lines), None).unwrap();
    let outcome = count(&election, &checked(sheet(Rule::Direct, Purse::Fixed(Minor::new(100))))).unwrap();
    assert_eq!(outcome.funded_minor, Minor::new(100));
}

#[test]
fn crumbs_go_by_largest_remainder_and_the_tie_is_reported() {
    let lines = vec![vec![(0, 1), (1, 1), (2, 1)]];
    let projects = ["a", "b", "c"].map(|id| project(id, 0, 100)).to_vec();
    let election = Election::new(projects, ballots(&lines), None).unwrap();
    let outcome = count(&election, &checked(sheet(Rule::Direct, Purse::Fixed(Minor::new(100))))).unwrap();
    assert_eq!([0, 1, 2].map(|p| outcome.projects[p].received_minor.get()), [34, 33, 33]);
    assert_eq!(
        outcome.ties().cloned().collect::<Vec<_>>(),
        [TieMet { projects: ["a", "b", "c"].map(str::to_owned).to_vec() }]
    );
}

#[test]
fn greedy_says_in_rounds_what_happened_to_whom() {
    let lines = vec![vec![(0, 9), (1, 9), (2, 1)], vec![(3, 5)], vec![(3, 1)]];
    let projects = [("10", 40), ("9", 30), ("x", 5), ("y", 20)].map(|(id, cost)| project(id, cost, cost));
    let election = Election::new(projects.to_vec(), ballots(&lines), None).unwrap();
    let greedy = |skip| Rule::Greedy { order: Order::Support, skip, threshold: Minor::new(2) };
    let rounds = |skip| {
        let outcome = count(&election, &checked(sheet(greedy(skip), Purse::Ballots))).unwrap();
        assert_eq!(
            outcome.ties().cloned().collect::<Vec<_>>(),
            [TieMet { projects: vec!["9".to_owned(), "10".to_owned()] }]
        );
        let told = |round: &tally::outcome::Round| {
            let event = &round.events[0];
            (round.left_minor.get(), event.project.clone(), event.verdict)
        };
        outcome.rounds.iter().map(told).collect::<Vec<_>>()
    };
    let skipping = rounds(true);
    assert_eq!(
        skipping,
        [
            (60, "x".to_owned(), Verdict::UnderThreshold),
            (60, "9".to_owned(), Verdict::Funded),
            (30, "10".to_owned(), Verdict::DoesNotFit),
            (30, "y".to_owned(), Verdict::Funded),
        ]
    );
    let stopping = rounds(false);
    assert_eq!(stopping[..3], skipping[..3]);
    assert_eq!(stopping[3..], [(30, "y".to_owned(), Verdict::NotReached)]);
}

#[test]
fn ties_go_by_value_of_the_digits_and_then_by_bytes() {
    let projects = ["a", "10", "9", "009", "A", "é"].map(|id| project(id, 1, 1)).to_vec();
    let election = Election::new(projects, ballots([]), None).unwrap();
    let rule = Rule::Greedy { order: Order::Ratio, skip: true, threshold: Minor::ZERO };
    let order = |tie| {
        let outcome =
            count(&election, &checked(Terms { tie, ..sheet(rule, Purse::Fixed(Minor::new(6))) })).unwrap();
        outcome.ties().next().unwrap().projects.join(" ")
    };
    assert_eq!(order(Tie::Ids), "009 9 10 A a é");
    assert_ne!(order(Tie::Seed("00".to_owned())), order(Tie::Seed("01".to_owned())));
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let refused = |lines: Vec<Vec<(u16, i64)>>, roll, terms: Terms| {
        let election = Election::new(three_projects(5), ballots(&lines), roll).unwrap();
        count(&election, &checked(terms)).unwrap_err()
    };
    let one = || vec![vec![(0, 1)]];
    let direct = |purse| sheet(Rule::Direct, purse);
    let too_small = CountError::RollTooSmall { roll: 0, ballots: 1 };
    let rich = Terms { envelope: Minor::new(1 << 50), ..direct(Purse::Residents) };
    assert_eq!(refused(one(), None, direct(Purse::Residents)), CountError::RollMissing);
    assert_eq!(refused(one(), Some(0), direct(Purse::Residents)), too_small);
    assert_eq!(refused(one(), Some(u64::MAX), direct(Purse::Residents)), CountError::PurseTooLarge);
    assert_eq!(refused(one(), Some(1), rich), CountError::PurseTooLarge);
    assert_eq!(refused(one(), None, direct(Purse::Fixed(Minor::new(1 << 44)))), CountError::PurseTooLarge);
    assert_eq!(refused(vec![vec![(0, 21)]], None, direct(Purse::Ballots)), CountError::OverEnvelope);
    let fixed = direct(Purse::Fixed(Minor::new(9)));
    assert_eq!(refused(vec![vec![(0, i64::MAX)]; 2], None, fixed.clone()), CountError::GivenTooLarge);

    let extreme =
        Election::new(three_projects(5), ballots([&vec![(0, i64::MAX - 1), (1, 1)]]), None).unwrap();
    assert_eq!(count(&extreme, &checked(fixed)).unwrap().funded_minor, Minor::new(5));
}

/// An election in which every project is funded whole or not at all.
fn whole(costs: &[i64], lines: &[&[(u16, i64)]], terms: Terms) -> Parts {
    let of = |(i, &cost): (usize, &i64)| project(&(i + 1).to_string(), cost, cost);
    let cast = |lines: &&[(u16, i64)]| Cast { lines: lines.to_vec(), fallback: Fallback::Others };
    Parts {
        projects: costs.iter().enumerate().map(of).collect(),
        ballots: lines.iter().map(cast).collect(),
        roll: lines.len() as u64,
        terms,
    }
}

/// Made cheaper, the first project is no longer the first to be dropped. The second is, whose voters carry the third,
/// and then too little is left.
#[test]
fn a_project_that_was_filled_in_may_lose_by_being_cheaper() {
    let p: &[&[(u16, i64)]] = &[&[(0, 17), (1, 3)], &[(0, 17), (1, 3)], &[(0, 16), (1, 4)]];
    let q: &[&[(u16, i64)]] = &[&[(1, 16), (2, 4)], &[(1, 15), (2, 5)]];
    let r: &[&[(u16, i64)]] = &[&[(2, 20)], &[(2, 20)], &[(2, 20)], &[(2, 20)], &[(2, 20)]];
    let lines = [p, q, r].concat();
    let rule = |order| Rule::Transfer { order, r#move: Move::Eliminate, end: End::Fill };
    let outcome =
        |cost, order| received(&whole(&[cost, 80, 140], &lines, sheet(rule(order), Purse::Ballots)).count());
    assert_eq!(outcome(100, TransferOrder::Ratio), [100, 80, 0]);
    assert_eq!(outcome(95, TransferOrder::Ratio), [0, 0, 140]);
    assert_eq!(outcome(100, TransferOrder::Excess), [100, 80, 0]);
    assert_eq!(outcome(88, TransferOrder::Excess), [0, 0, 140]);
}

/// Made cheaper, the first project leaves its voters enough for the second too, which overspends the purse a run earlier.
#[test]
fn a_project_may_lose_under_add1_by_being_cheaper() {
    let lines: &[&[(u16, i64)]] = &[
        &[(1, 1)],
        &[],
        &[(0, 4), (1, 1)],
        &[(1, 1)],
        &[(0, 1)],
        &[],
        &[],
        &[(1, 1)],
        &[],
        &[(0, 3)],
        &[(0, 2)],
    ];
    let rule = Rule::EqualShares {
        utility: Utility::CardinalCost,
        completion: Completion::Add1,
        unit: Minor::new(3),
        start: Start::Exact,
        exhaustive_stop: false,
        ties: Ties::Order,
    };
    let outcome =
        |cost| received(&whole(&[cost, 14], lines, sheet(rule, Purse::Fixed(Minor::new(18)))).count());
    assert_eq!(outcome(14), [14, 0]);
    assert_eq!(outcome(11), [0, 0]);
}

/// Each of the first two voters could have kept the first project alive, had their money not moved on and been lost.
#[test]
fn elimination_may_leave_supporters_what_their_project_needs() {
    let lines: &[&[(u16, i64)]] = &[&[(0, 1), (1, 1)], &[(0, 1), (2, 1)], &[(1, 7)], &[(2, 7)]];
    let outcome = |r#move| {
        let rule = Rule::Transfer { order: TransferOrder::Ratio, r#move, end: End::Keep };
        received(&whole(&[3, 10, 10], lines, sheet(rule, Purse::Ballots)).count())
    };
    assert_eq!(outcome(Move::Eliminate), [0, 0, 0]);
    assert_eq!(outcome(Move::Minimal), [3, 0, 0]);
}

fn verdicts() -> [Verdict; 12] {
    [
        Verdict::Funded,
        Verdict::Partial,
        Verdict::Pulled,
        Verdict::Filled,
        Verdict::UnderFloor,
        Verdict::Dropped,
        Verdict::Unreachable,
        Verdict::UnderThreshold,
        Verdict::DoesNotFit,
        Verdict::NotReached,
        Verdict::Unaffordable,
        Verdict::TooFewSupporters,
    ]
}

/// What all other tests here rest on: chance leads to every verdict, and often.
#[test]
fn random_elections_meet_every_verdict() {
    let mut runner = TestRunner::deterministic();
    let mut met = Vec::new();
    for _ in 0..2_000 {
        let outcome = elections().new_tree(&mut runner).unwrap().current().count();
        let events = outcome.rounds.iter().flat_map(|round| &round.events);
        met.extend(events.map(|event| event.verdict));
    }
    for verdict in verdicts() {
        let times = met.iter().filter(|&&met| met == verdict).count();
        assert!(times >= 20, "{verdict:?} only {times} times");
    }
}

/// Enough ballots for the work to be shared out, all different and all alike, by every rule.
#[test]
fn the_number_of_threads_changes_nothing_where_there_is_work_for_them() {
    let mut state = 1_u64;
    let mut chance = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let fallbacks = [Fallback::Others, Fallback::Everyone, Fallback::Back];
    let mut ballots = Vec::new();
    for _ in 0..160_000 {
        let first = chance(20);
        let lines = (0..1 + chance(4)).map(|line| {
            let p = (first + line * (1 + first % 3)) % 20;
            (u16::try_from(p).unwrap(), i64::try_from(1 + chance(300)).unwrap())
        });
        let lines: BTreeMap<u16, i64> = lines.collect();
        let fallback = fallbacks[usize::try_from(chance(3)).unwrap()];
        ballots.push(Cast { lines: lines.into_iter().collect(), fallback });
    }
    let projects = (0..20_i64).map(|i| {
        let ceiling = 1_000_000 + 400_000 * i;
        project(&i.to_string(), if i % 3 == 0 { ceiling / 2 } else { ceiling }, ceiling)
    });
    let parts = Parts {
        projects: projects.collect(),
        roll: ballots.len() as u64,
        ballots,
        terms: Terms { envelope: Minor::new(2_000), ..sheet(Rule::Direct, Purse::Ballots) },
    };
    let cast = parts.election();
    let merged = Election::new(parts.projects.clone(), cast.ballots().merged(), Some(parts.roll)).unwrap();
    let pools = [1, 3].map(|n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap());
    for rule in one_of_each() {
        for purse in [Purse::Ballots, Purse::Fixed(Minor::new(50_000_000))] {
            let sheet = RuleSheet::new(Terms { rule, purse, ..parts.terms.clone() }).unwrap();
            let outcome = count(&cast, &sheet).unwrap();
            assert!(outcome.winners().next().is_some(), "{rule:?}");
            for pool in &pools {
                let other = pool.install(|| (count(&cast, &sheet).unwrap(), count(&merged, &sheet).unwrap()));
                assert!(other == (outcome.clone(), outcome.clone()), "{rule:?} {purse:?}");
            }
        }
    }
}
