//! The twin of `equal-shares`.

use std::cmp::Ordering;

use num_traits::Signed;
use tally::rule_sheet::{Completion, Rule, Start, Ties, Utility};

use super::{Doubt, Exact, Found, Watch, exact, tolerance};
use crate::some::Parts;

/// The outcome of one run.
struct Run {
    funded: Vec<usize>,
    /// By ballot and project.
    paid: Vec<Vec<Exact>>,
    budget: Exact,
}

struct Twin<'a> {
    parts: &'a Parts,
    watch: Watch,
    utility: Utility,
    ties: Ties,
}

pub(super) fn equal_shares(parts: &Parts) -> Found {
    let Rule::EqualShares { utility, completion, unit, start, exhaustive_stop, ties } = parts.terms.rule
    else {
        unreachable!("the twin is chosen by the rule");
    };
    let unit = exact(unit.get());
    let mut twin = Twin { parts, watch: Watch::new(parts), utility, ties };
    let ballots = i64::try_from(parts.ballots.len()).unwrap();
    let budget = if ballots == 0 { exact(0) } else { exact(parts.voters_purse()) / exact(ballots) };
    let raised = matches!(completion, Completion::Add1 | Completion::Add1u);
    let budget = if raised && start == Start::Floor { (&budget / &unit).floor() * &unit } else { budget };

    let mut run = twin.run(budget);
    while raised && !twin.is_everything_funded(&run) && !(exhaustive_stop && twin.is_exhaustive(&run)) {
        let next = twin.run(&run.budget + &unit);
        if twin.cost(&next) > parts.voters_purse() {
            break;
        }
        run = next;
    }
    let mut funded = run.funded.clone();
    match completion {
        Completion::None | Completion::Add1 => {}
        Completion::Greedy => twin.fill(&mut funded, |p| parts.given(p)),
        Completion::Add1u => twin.fill(&mut funded, |p| twin.supporters(p)),
    }
    let mut received = vec![0; parts.projects.len()];
    funded.iter().for_each(|&p| received[p] = parts.ceiling(p));
    Found { received, paid: run.paid, budget: vec![run.budget; parts.ballots.len()], watch: twin.watch }
}

impl Twin<'_> {
    /// Buys what supporters can pay for, while there is such a project, where each ballot holds this budget.
    fn run(&mut self, budget: Exact) -> Run {
        let n = self.parts.ballots.len();
        let mut left = vec![budget.clone(); n];
        let mut paid = vec![vec![exact(0); self.parts.projects.len()]; n];
        let mut funded = Vec::new();
        loop {
            let affordable: Vec<usize> = (0..self.parts.projects.len())
                .filter(|p| self.parts.is_open(*p) && !funded.contains(p))
                .filter(|&p| {
                    let held: Exact = self.parts.supporters(p).into_iter().map(|i| left[i].clone()).sum();
                    self.watch.reaches(&held, &exact(self.parts.ceiling(p)))
                })
                .collect();
            let Some(best) = self.least_price(&affordable, &left) else {
                return Run { funded, paid, budget };
            };
            let price = self.price(best, &left);
            for i in self.parts.supporters(best) {
                let payment = left[i].clone().min(&price * self.gets(i, best));
                self.watch.see(&payment);
                left[i] -= &payment;
                paid[i][best] = payment;
            }
            funded.push(best);
        }
    }

    /// u_i(p).
    fn gets(&self, i: usize, p: usize) -> Exact {
        let (amount, cost) = (self.parts.amount(i, p), self.parts.ceiling(p));
        exact(match self.utility {
            Utility::Cardinal => amount,
            Utility::Approval => 1,
            Utility::Cost => cost,
            Utility::CardinalCost => amount * cost,
        })
    }

    /// ρ(p), the least with Σ min(b_i, ρ·u_i(p)) = c(p): those whose money runs out first pay all that they have.
    fn price(&self, p: usize, left: &[Exact]) -> Exact {
        let mut supporters = self.parts.supporters(p);
        supporters.sort_by_key(|&i| &left[i] / self.gets(i, p));
        let mut needed = exact(self.parts.ceiling(p));
        for (place, &i) in supporters.iter().enumerate() {
            let utility: Exact = supporters[place..].iter().map(|&j| self.gets(j, p)).sum();
            let price = &needed / utility;
            if &price * self.gets(i, p) <= left[i] {
                return price;
            }
            needed -= &left[i];
        }
        unreachable!("all of them together can afford it");
    }

    fn least_price(&mut self, affordable: &[usize], left: &[Exact]) -> Option<usize> {
        let prices: Vec<(usize, Exact)> = affordable.iter().map(|&p| (p, self.price(p, left))).collect();
        let (best, least) =
            prices.iter().min_by(|(p, a), (q, b)| a.cmp(b).then_with(|| self.before(*p, *q)))?;
        for (p, price) in prices.iter().filter(|(p, _)| p != best) {
            let is_plain =
                self.are_alike(*p, *best) || [*p, *best].iter().all(|&p| self.is_paid_by_all(p, least, left));
            let is_tie = price == least && (!self.watch.split || is_plain);
            if !is_tie && (price - least).abs() * self.least_got(*p).min(self.least_got(*best)) < tolerance()
            {
                self.watch.raise(Doubt::Winners);
            }
        }
        Some(*best)
    }

    /// Whether nobody's money comes near running out, so that the price does not depend on what was paid before.
    fn is_paid_by_all(&self, p: usize, price: &Exact, left: &[Exact]) -> bool {
        let supporters = self.parts.supporters(p);
        let all: Exact = supporters.iter().map(|&i| self.gets(i, p)).sum();
        let is_rich = |&i: &usize| &left[i] - price * self.gets(i, p) >= tolerance();
        price * all == exact(self.parts.ceiling(p)) && supporters.iter().all(is_rich)
    }

    /// The least u_i(p): a price that is wrong by a little is wrong by at most that over this.
    fn least_got(&self, p: usize) -> Exact {
        let supporters = self.parts.supporters(p);
        supporters.into_iter().map(|i| self.gets(i, p)).min().expect("it was affordable to some")
    }

    /// Whether two projects are equal to all ballots, so that roundings are as well.
    fn are_alike(&self, p: usize, q: usize) -> bool {
        let all = 0..self.parts.ballots.len();
        self.parts.ceiling(p) == self.parts.ceiling(q)
            && all.into_iter().all(|i| self.parts.amount(i, p) == self.parts.amount(i, q))
    }

    fn before(&self, p: usize, q: usize) -> Ordering {
        let by_order = self.parts.before(p, q);
        match self.ties {
            Ties::Order => by_order,
            Ties::Cheaper => {
                let cheaper = self.parts.ceiling(p).cmp(&self.parts.ceiling(q));
                cheaper.then(self.supporters(q).cmp(&self.supporters(p))).then(by_order)
            }
        }
    }

    fn supporters(&self, p: usize) -> i64 {
        i64::try_from(self.parts.supporters(p).len()).unwrap()
    }

    fn cost(&self, run: &Run) -> i64 {
        run.funded.iter().map(|&p| self.parts.ceiling(p)).sum()
    }

    /// What some ballots wait for.
    fn unfunded<'a>(&'a self, run: &'a Run) -> impl Iterator<Item = usize> + 'a {
        (0..self.parts.projects.len())
            .filter(|p| self.parts.is_open(*p) && self.supporters(*p) > 0 && !run.funded.contains(p))
    }

    fn is_everything_funded(&self, run: &Run) -> bool {
        self.unfunded(run).next().is_none()
    }

    fn is_exhaustive(&self, run: &Run) -> bool {
        let left = self.parts.voters_purse() - self.cost(run);
        self.unfunded(run).all(|p| self.parts.ceiling(p) > left)
    }

    /// Fills the purse by votes, skipping what does not fit.
    fn fill(&self, funded: &mut Vec<usize>, merit: impl Fn(usize) -> i64) {
        let mut waiting: Vec<usize> = (0..self.parts.projects.len())
            .filter(|p| self.parts.is_open(*p) && !funded.contains(p))
            .collect();
        waiting.sort_by(|&p, &q| merit(q).cmp(&merit(p)).then(self.parts.before(p, q)));
        for p in waiting {
            let spent: i64 = funded.iter().map(|&p| self.parts.ceiling(p)).sum();
            if spent + self.parts.ceiling(p) <= self.parts.voters_purse() {
                funded.push(p);
            }
        }
    }
}
