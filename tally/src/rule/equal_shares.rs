//! `equal-shares`: the Method of Equal Shares.
//!
//! After Peters, Pierczyński and Skowron, "Proportional Participatory Budgeting with Additive Utilities" (NeurIPS
//! 2021), and equalshares.net. Each ballot holds b = purse / ballots. p is affordable if its supporters' b_i sum to its
//! cost c(p), the ceiling; ρ(p) is the least with Σ min(b_i, ρ · u_i(p)) = c(p). The project of least ρ is bought, and
//! its supporters pay min(b_i, ρ · u_i(p)).
//!
//! A ballot's budget only falls, so an old ρ(p) is a lower bound of the new one, and few are worked out again.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use hashbrown::HashMap;
use rayon::prelude::*;

use super::level::{Payer, Ratio, level};
use super::supporters::Supporters;
use super::{Award, Count};
use crate::ballot::Ballots;
use crate::money::Minor;
use crate::outcome::{Round, TieMet, Verdict};
use crate::rule_sheet::{Completion, Rule, Start, Ties, Utility};

pub(super) fn award(count: &Count<'_>) -> Award {
    let Rule::EqualShares { utility, completion, unit, start, exhaustive_stop, ties } = count.sheet.rule
    else {
        unreachable!("the sheet's rule is equal-shares");
    };
    let ballots = count.merged();
    let market = Market::new(count, &ballots, utility, ties);
    let budget = match completion {
        Completion::None | Completion::Greedy => count.purse.of_a_ballot(count.sheet),
        Completion::Add1 | Completion::Add1u => market.raise(unit, start, exhaustive_stop),
    };
    let mut record = Record::new(&market, budget);
    let purchases = market.run(budget, Some(&mut record));
    record.leave_the_rest(&purchases);
    match completion {
        Completion::None | Completion::Add1 => {}
        Completion::Add1u => record.fill(|p| i64::from(count.supporters[p])),
        Completion::Greedy => record.fill(|p| count.given[p].get()),
    }
    let dropped = vec![false; record.received.len()];
    Award { received: record.received, support: count.given.clone(), dropped, rounds: record.rounds }
}

/// Who gets what from which project. Columns are by project index.
struct Market<'c, 'b> {
    count: &'c Count<'c>,
    ballots: &'b Ballots,
    /// Where each project's supporters end in `seats`.
    supporters: Supporters,
    /// u_i(p) without the factor of p, by project and supporter.
    rates: Vec<Vec<i64>>,
    /// Supporters by rate: payers who are alike while all budgets are equal.
    alike: Vec<Vec<Payer>>,
    /// What all of p's utilities have in common.
    factor: Vec<i128>,
    /// Who comes first of those with equal ρ.
    rank: Vec<usize>,
}

/// ρ(p), and who comes first of equal ones.
#[derive(Clone, Copy)]
struct Offer {
    over: i128,
    under: i128,
    rank: usize,
    p: usize,
    /// How many purchases there were when it was worked out.
    at: usize,
}

impl Offer {
    fn rho(&self, other: &Offer) -> Ordering {
        compare_ratios((self.over, self.under), (other.over, other.under))
    }
}

impl Ord for Offer {
    fn cmp(&self, other: &Offer) -> Ordering {
        self.rho(other).then(self.rank.cmp(&other.rank))
    }
}

impl PartialOrd for Offer {
    fn partial_cmp(&self, other: &Offer) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Offer {
    fn eq(&self, other: &Offer) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Offer {}

/// Compares fractions above zero; exact where products would pass 2^127, by Euclid's algorithm.
fn compare_ratios((a, b): (i128, i128), (c, d): (i128, i128)) -> Ordering {
    if let (Some(ad), Some(cb)) = (a.checked_mul(d), c.checked_mul(b)) {
        return ad.cmp(&cb);
    }
    match (a / b).cmp(&(c / d)) {
        Ordering::Equal => match (a % b, c % d) {
            (0, rest) => 0.cmp(&rest),
            (_, 0) => Ordering::Greater,
            (one, other) => compare_ratios((d, other), (b, one)),
        },
        unequal => unequal,
    }
}

impl<'c, 'b> Market<'c, 'b> {
    fn new(count: &'c Count<'c>, ballots: &'b Ballots, utility: Utility, ties: Ties) -> Market<'c, 'b> {
        let projects = 0..count.projects().len();
        let supporters = Supporters::of(ballots, projects.len());
        let mut rates = vec![Vec::new(); projects.len()];
        for ballot in ballots.iter() {
            for (project, amount) in ballot.lines() {
                rates[usize::from(project)].push(match utility {
                    Utility::Approval | Utility::Cost => 1,
                    Utility::Cardinal | Utility::CardinalCost => amount.get(),
                });
            }
        }
        let cost = |p: usize| count.projects()[p].ceiling();
        let factor = |p: usize| match utility {
            Utility::Cardinal | Utility::Approval => 1,
            Utility::Cost | Utility::CardinalCost => i128::from(cost(p).get()),
        };
        let place = |p: usize| count.tie_order.place(p);
        let mut order: Vec<usize> = projects.clone().collect();
        match ties {
            Ties::Order => order.sort_unstable_by_key(|&p| place(p)),
            Ties::Cheaper => {
                order.sort_unstable_by_key(|&p| (cost(p), Reverse(count.supporters[p]), place(p)));
            }
        }
        let mut rank = vec![0; order.len()];
        order.iter().enumerate().for_each(|(at, &p)| rank[p] = at);
        let mut market = Market {
            count,
            ballots,
            supporters,
            rates,
            alike: Vec::new(),
            factor: projects.clone().map(factor).collect(),
            rank,
        };
        market.alike = projects.map(|p| market.alike(p)).collect();
        market
    }

    /// The supporters of p by rate.
    fn alike(&self, p: usize) -> Vec<Payer> {
        let mut weights: HashMap<i64, i64> = HashMap::new();
        for (&row, &rate) in self.supporters.rows(p).iter().zip(&self.rates[p]) {
            *weights.entry(rate).or_default() += i64::from(self.ballots.weight(row as usize));
        }
        weights.into_iter().map(|(rate, weight)| Payer { most: 0, rate, weight }).collect()
    }

    fn cost(&self, p: usize) -> Minor {
        self.count.projects()[p].ceiling()
    }

    /// Buys by equal shares while anything is affordable, each ballot holding `budget` atoms. Returns what was bought,
    /// in this order.
    fn run(&self, budget: i64, mut record: Option<&mut Record<'_, '_, '_>>) -> Vec<usize> {
        let mut purse = Purses { budgets: vec![budget; self.ballots.rows()], pot: 0, bought: Vec::new() };
        let mut payers = Vec::new();
        let offers = (0..self.alike.len()).filter(|&p| self.count.is_open(p)).filter_map(|p| {
            payers.clear();
            payers.extend(self.alike[p].iter().map(|payer| Payer { most: budget, ..*payer }));
            self.offer(p, &mut payers, &purse)
        });
        let mut offers: BinaryHeap<Reverse<Offer>> = offers.map(Reverse).collect();
        while let Some(Reverse(best)) = offers.pop() {
            if best.at < purse.bought.len() {
                offers.extend(self.offer_anew(best.p, &mut payers, &purse).map(Reverse));
                continue;
            }
            if let Some(record) = record.as_deref_mut() {
                let equal = self.equal_offers(best, &mut offers, &mut payers, &purse);
                record.buy(best.p, equal);
            }
            self.buy(best, &mut purse, record.as_deref_mut());
        }
        purse.bought
    }

    fn offer_anew(&self, p: usize, payers: &mut Vec<Payer>, purse: &Purses) -> Option<Offer> {
        payers.clear();
        for (&row, &rate) in self.supporters.rows(p).iter().zip(&self.rates[p]) {
            let (row, most) = (row as usize, purse.budgets[row as usize]);
            if most > 0 {
                payers.push(Payer { most, rate, weight: i64::from(self.ballots.weight(row)) });
            }
        }
        self.offer(p, payers, purse)
    }

    /// ρ(p), if its supporters can pay.
    fn offer(&self, p: usize, payers: &mut Vec<Payer>, purse: &Purses) -> Option<Offer> {
        let price = self.count.atoms(self.cost(p));
        // What all ballots hold is below 2^63.
        let wealth: i64 = payers.iter().map(|payer| payer.most * payer.weight).sum();
        let slack = i128::from(self.count.supporters[p]) * (purse.bought.len() as i128 + 1);
        if payers.is_empty() || i128::from(wealth) + purse.pot.min(slack) < price {
            return None;
        }
        let Ratio { over, under } = level(payers, price);
        let under = under * self.factor[p];
        Some(Offer { over, under, rank: self.rank[p], p, at: purse.bought.len() })
    }

    /// Those of equal ρ, by rank, `best` first. Old offers among them are made anew.
    fn equal_offers(
        &self,
        best: Offer,
        offers: &mut BinaryHeap<Reverse<Offer>>,
        payers: &mut Vec<Payer>,
        purse: &Purses,
    ) -> Vec<usize> {
        let mut equal = vec![best];
        while let Some(&Reverse(next)) = offers.peek() {
            if next.rho(&best).is_ne() {
                break;
            }
            offers.pop();
            let anew = if next.at < purse.bought.len() {
                self.offer_anew(next.p, payers, purse)
            } else {
                Some(next)
            };
            match anew {
                Some(offer) if offer.rho(&best).is_eq() => equal.push(offer),
                Some(offer) => offers.push(Reverse(offer)),
                None => {}
            }
        }
        offers.extend(equal[1..].iter().copied().map(Reverse));
        equal.iter().map(|offer| offer.p).collect()
    }

    fn buy(&self, offer: Offer, purse: &mut Purses, mut record: Option<&mut Record<'_, '_, '_>>) {
        let p = offer.p;
        let level = Ratio { over: offer.over, under: offer.under / self.factor[p] };
        let mut collected = 0;
        for (&row, &rate) in self.supporters.rows(p).iter().zip(&self.rates[p]) {
            let budget = &mut purse.budgets[row as usize];
            if *budget == 0 {
                continue;
            }
            let paid = i64::try_from(level.of(rate)).map_or(*budget, |due| due.min(*budget));
            *budget -= paid;
            let paid = i128::from(paid) * i128::from(self.ballots.weight(row as usize));
            collected += paid;
            if let Some(record) = record.as_deref_mut() {
                self.ballots
                    .row(row as usize)
                    .lines()
                    .for_each(|(q, _)| record.wealth[usize::from(q)] -= paid);
            }
        }
        purse.pot += collected - self.count.atoms(self.cost(p));
        assert!(purse.pot >= 0, "payments cover what a project costs");
        purse.bought.push(p);
    }

    /// The budget of a ballot by `add1`: raised by a unit while the purse is not overspent.
    fn raise(&self, unit: Minor, start: Start, exhaustive_stop: bool) -> i64 {
        let unit = self.count.atoms(unit);
        let exact = i128::from(self.count.purse.of_a_ballot(self.count.sheet));
        let ballots = i128::from(self.count.election.ballots().len());
        let first = match start {
            Start::Exact => exact,
            Start::Floor => exact - exact % unit,
        };
        let supported = self.count.open().filter(|&p| self.count.supporters[p] > 0).count();
        let mut best = i64::try_from(first).expect("a part of the purse is below 2^63 atoms");
        // Budgets that add up to 2^63 atoms are out of reach: a limit, not a rule.
        let budgets = (0..).map(|times| first + times * unit).take_while(|budget| budget * ballots < 1 << 63);
        let budgets = budgets.map_while(|budget| i64::try_from(budget).ok());
        for (budget, bought) in self.runs(budgets) {
            let cost: i128 = bought.iter().map(|&p| i128::from(self.cost(p).get())).sum();
            let left = i128::from(self.count.purse.voters.get()) - cost;
            if left < 0 {
                break;
            }
            best = budget;
            // One that nobody supports can never be bought, and is not waited for.
            let waits = |p: usize| self.count.supporters[p] > 0 && !bought.contains(&p);
            let fits = |p: &usize| waits(*p) && i128::from(self.cost(*p).get()) <= left;
            if bought.len() == supported || exhaustive_stop && !self.count.open().any(|p| fits(&p)) {
                break;
            }
        }
        best
    }

    /// What each budget buys. As many at once as there are cores: of those after the last that is asked for, nothing is
    /// used.
    fn runs(&self, mut budgets: impl Iterator<Item = i64>) -> impl Iterator<Item = (i64, Vec<usize>)> {
        let at_once = rayon::current_num_threads();
        std::iter::from_fn(move || {
            let budgets: Vec<i64> = budgets.by_ref().take(at_once).collect();
            let run = |budget: i64| (budget, self.run(budget, None));
            (!budgets.is_empty()).then(|| budgets.into_par_iter().map(run).collect::<Vec<_>>())
        })
        .flatten()
    }
}

/// What ballots hold during a run, in atoms.
struct Purses {
    /// b_i, by row.
    budgets: Vec<i64>,
    /// What roundings gave too much.
    pot: i128,
    bought: Vec<usize>,
}

/// The rounds of the run that decides.
struct Record<'m, 'c, 'b> {
    market: &'m Market<'c, 'b>,
    /// What each project's supporters hold, in atoms.
    wealth: Vec<i128>,
    left: Minor,
    waiting: Vec<bool>,
    received: Vec<Minor>,
    rounds: Vec<Round>,
}

impl<'m, 'c, 'b> Record<'m, 'c, 'b> {
    fn new(market: &'m Market<'c, 'b>, budget: i64) -> Record<'m, 'c, 'b> {
        let count = market.count;
        Record {
            market,
            wealth: count.supporters.iter().map(|&n| i128::from(n) * i128::from(budget)).collect(),
            left: count.purse.voters,
            waiting: (0..count.given.len()).map(|p| count.is_open(p)).collect(),
            received: vec![Minor::ZERO; count.given.len()],
            rounds: Vec::new(),
        }
    }

    fn round(&self) -> Round {
        let held = |p: usize| self.waiting[p].then(|| self.market.count.whole(self.wealth[p]));
        let support_minor = (0..self.waiting.len()).map(held).collect();
        Round { left_minor: self.left, support_minor, ..Round::default() }
    }

    /// Before p is bought, which was as good as these.
    fn buy(&mut self, p: usize, equal: Vec<usize>) {
        let mut round = self.round();
        if equal.len() > 1 {
            round.ties.push(self.market.count.tie_between(&equal));
        }
        self.decide(p, Verdict::Funded, self.market.count.whole(self.wealth[p]), &mut round);
        self.rounds.push(round);
    }

    fn decide(&mut self, p: usize, verdict: Verdict, support: Minor, round: &mut Round) {
        let cost = self.market.cost(p);
        if matches!(verdict, Verdict::Funded | Verdict::Filled) {
            self.received[p] = cost;
            self.left = self.left - cost;
        }
        self.waiting[p] = false;
        let event = self.market.count.event(p, verdict, support);
        round.events.push(event.against(cost).receiving(self.received[p]));
    }

    /// The round in which nothing more is affordable.
    fn leave_the_rest(&mut self, bought: &[usize]) {
        let mut round = self.round();
        let rest: Vec<usize> = self.market.count.open().filter(|p| !bought.contains(p)).collect();
        for p in rest {
            self.decide(p, Verdict::Unaffordable, self.market.count.whole(self.wealth[p]), &mut round);
        }
        if !round.events.is_empty() {
            self.rounds.push(round);
        }
    }

    /// Spends what is left on the projects with the most votes that still fit.
    fn fill(&mut self, votes: impl Fn(usize) -> i64) {
        let count = self.market.count;
        let mut rest: Vec<usize> = count.open().filter(|&p| self.received[p] == Minor::ZERO).collect();
        rest.sort_unstable_by_key(|&p| (Reverse(votes(p)), count.tie_order.place(p)));
        for equal in rest.chunk_by(|&p, &q| votes(p) == votes(q)) {
            for (at, &p) in equal.iter().enumerate() {
                let mut round = Round { support_minor: vec![None; self.waiting.len()], ..self.round() };
                if at == 0 && equal.len() > 1 {
                    round.ties.push(TieMet { projects: count.tie_between(equal).projects });
                }
                let fits = self.market.cost(p) <= self.left;
                let verdict = if fits { Verdict::Filled } else { Verdict::DoesNotFit };
                self.decide(p, verdict, count.given[p], &mut round);
                self.rounds.push(round);
            }
        }
    }
}
