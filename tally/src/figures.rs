//! Figures that readers of a result ask for and that no rule needs: how concentrated the giving was, and what a sum makes
//! for each person.
//!
//! All of it is read off published figures, in integers, so that whoever has a bundle gets the same. Shares are in
//! thousandths or tenths, rounded to the nearest, halves up; they are for eyes, and nothing is decided by them.

use crate::money::Minor;
use crate::outcome::Outcome;

/// How the giving lay on the projects, as cast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concentration {
    /// How many projects there were.
    pub projects: u64,
    /// How many of them anybody gave to.
    pub supported: u64,
    /// How many projects the next figure is about: three, or fewer where there are fewer.
    pub top: u64,
    /// What the most given-to of them got together.
    pub top_minor: Minor,
    /// What all of them got.
    pub given_minor: Minor,
    /// The number of projects that, given the same sum each, would be as concentrated, in tenths: (Σg)² / Σg² (Laakso and
    /// Taagepera 1979, the inverse of the index of Herfindahl and Hirschman).
    pub effective_tenths: u64,
    /// The coefficient of Gini over all projects, in thousandths: 0 where each got the same, near 1000 where one got all.
    pub gini_thousandths: u64,
    /// How many projects a ballot gave to, on average, in tenths.
    pub per_ballot_tenths: u64,
    /// The curve of Lorenz: what the least given-to 0, 1, 2 … projects got together, in thousandths of all.
    pub lorenz_thousandths: Vec<u64>,
}

/// How concentrated the giving was; nothing where nobody gave anything.
pub fn concentration(outcome: &Outcome) -> Option<Concentration> {
    let mut given: Vec<u128> =
        outcome.projects.iter().map(|project| u128::from(project.given_minor.get().unsigned_abs())).collect();
    given.sort_unstable();
    let all: u128 = given.iter().sum();
    if all == 0 {
        return None;
    }
    let projects = given.len() as u128;
    let squares: u128 = given.iter().map(|sum| sum * sum).sum();
    // Σ i·g over rising sums, i from 1: G = (2 Σ i·g − (n + 1) Σ g) / (n Σ g).
    let ranked: u128 = given.iter().zip(1..).map(|(sum, place)| place * sum).sum();
    let top: Vec<u128> = given.iter().rev().take(3).copied().collect();
    let mut below = 0;
    let lorenz = [0].into_iter().chain(given.iter().map(|sum| {
        below += sum;
        nearest(1000 * below, all)
    }));
    let lines: u128 = outcome.projects.iter().map(|project| u128::from(project.supporters)).sum();
    Some(Concentration {
        projects: given.len() as u64,
        supported: given.iter().filter(|&&sum| sum > 0).count() as u64,
        top: top.len() as u64,
        top_minor: Minor::new(i64::try_from(top.iter().sum::<u128>()).unwrap_or(i64::MAX)),
        given_minor: outcome.projects.iter().map(|project| project.given_minor).sum(),
        effective_tenths: nearest(10 * all * all, squares),
        gini_thousandths: nearest(1000 * (2 * ranked - (projects + 1) * all), projects * all),
        per_ballot_tenths: nearest(10 * lines, outcome.ballots.max(1).into()),
        lorenz_thousandths: lorenz.collect(),
    })
}

/// A sum divided by so many people, to the nearest minor unit; nothing where there is nobody.
pub fn for_each(sum: Minor, people: u64) -> Option<Minor> {
    let people = i128::from(people);
    let share = (2 * i128::from(sum.get()) + people).checked_div_euclid(2 * people)?;
    i64::try_from(share).ok().map(Minor::new)
}

/// `part` of `whole` in thousandths; nothing where there is no whole.
pub fn thousandths(part: u64, whole: u64) -> Option<u64> {
    (whole > 0).then(|| nearest(1000 * u128::from(part), whole.into()))
}

/// What lies in the middle of these figures, of two the lower one; nothing where there is none.
pub fn middle(mut figures: Vec<u64>) -> Option<u64> {
    figures.sort_unstable();
    figures.get(figures.len().checked_sub(1)? / 2).copied()
}

fn nearest(over: u128, under: u128) -> u64 {
    u64::try_from((2 * over + under) / (2 * under)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{ProjectOutcome, Status};
    use crate::rule_sheet::Rule;

    /// An outcome in which projects were given these sums, each by one ballot of its own.
    fn given(sums: &[i64]) -> Outcome {
        let project = |(at, &sum): (usize, &i64)| ProjectOutcome {
            id: at.to_string(),
            status: Status::NotFunded,
            floor_minor: Minor::ZERO,
            ceiling_minor: Minor::new(1),
            received_minor: Minor::ZERO,
            support_minor: Minor::ZERO,
            given_minor: Minor::new(sum),
            supporters: u32::from(sum > 0),
            min_supporters: 0,
        };
        Outcome {
            rule: Rule::Direct,
            sheet_hash: String::new(),
            ballots: 4,
            purse_minor: Minor::ZERO,
            voters_minor: Minor::ZERO,
            given_minor: sums.iter().copied().map(Minor::new).sum(),
            funded_minor: Minor::ZERO,
            returned_minor: Minor::ZERO,
            projects: sums.iter().enumerate().map(project).collect(),
            rounds: Vec::new(),
        }
    }

    #[test]
    fn equal_sums_are_not_concentrated() {
        let found = concentration(&given(&[500; 8])).unwrap();
        assert_eq!((found.effective_tenths, found.gini_thousandths), (80, 0));
        assert_eq!(found.lorenz_thousandths, [0, 125, 250, 375, 500, 625, 750, 875, 1000]);
        assert_eq!((found.top, found.top_minor, found.given_minor), (3, Minor::new(1500), Minor::new(4000)));
        assert_eq!(found.per_ballot_tenths, 20);
    }

    #[test]
    fn all_on_one_project_is_as_concentrated_as_can_be() {
        let found = concentration(&given(&[0, 900, 0, 0])).unwrap();
        assert_eq!((found.effective_tenths, found.gini_thousandths), (10, 750));
        assert_eq!((found.projects, found.supported, found.top_minor), (4, 1, Minor::new(900)));
        assert_eq!(concentration(&given(&[0, 0])), None);
        assert_eq!(concentration(&given(&[])), None);
    }

    /// By the mean of all differences, which is how Gini put it.
    #[test]
    fn the_coefficient_is_that_of_all_pairs() {
        let sums = [700, 150, 1, 1200, 0, 333, 333];
        let found = concentration(&given(&sums)).unwrap();
        let pairs: i64 = sums.iter().flat_map(|a| sums.iter().map(move |b| (a - b).abs())).sum();
        let count = i64::try_from(sums.len()).unwrap();
        let twice = 2 * count * sums.iter().sum::<i64>();
        assert_eq!(i64::try_from(found.gini_thousandths).unwrap(), (2000 * pairs + twice) / (2 * twice));
    }

    #[test]
    fn a_share_is_the_nearest() {
        assert_eq!(for_each(Minor::new(1000), 3), Some(Minor::new(333)));
        assert_eq!(for_each(Minor::new(2000), 3), Some(Minor::new(667)));
        assert_eq!(for_each(Minor::new(5), 2), Some(Minor::new(3)));
        assert_eq!(for_each(Minor::new(5), 0), None);
        assert_eq!((thousandths(1, 3), thousandths(2, 3), thousandths(1, 0)), (Some(333), Some(667), None));
    }

    #[test]
    fn the_middle_is_one_of_the_figures() {
        assert_eq!(middle(vec![9, 1, 5]), Some(5));
        assert_eq!(middle(vec![9, 1, 5, 7]), Some(5));
        assert_eq!(middle(Vec::new()), None);
    }
}
