//! Payouts in whole minor units, where a rule owes projects fractions of them.

use std::cmp::Reverse;

use super::Count;
use crate::money::Minor;
use crate::outcome::TieMet;

/// What projects are paid of what is due to them.
pub(super) struct Payout {
    /// By project index.
    pub(super) received: Vec<Minor>,
    /// Those whose remainders were equal where the last unit was given.
    pub(super) tie: Option<TieMet>,
}

/// Pays whole minor units of what is `due` in atoms by largest remainder, ties by the tie order, to the sum of what is
/// due and may have been lost to roundings (`slack`), rounded down, and never more than `money` in all.
pub(super) fn pay(count: &Count<'_>, due: &[i128], slack: i128, money: Minor) -> Payout {
    let rest = |p: usize| due[p] % i128::from(count.purse.atoms_per_minor);
    let mut received: Vec<Minor> = due.iter().map(|&atoms| count.whole(atoms)).collect();
    let mut ranked: Vec<usize> = (0..due.len()).filter(|&p| due[p] > 0).collect();
    ranked.sort_unstable_by_key(|&p| (Reverse(rest(p)), count.tie_order.place(p)));

    let total = count.whole(due.iter().sum::<i128>() + slack).min(money);
    let paid: Minor = received.iter().copied().sum();
    let cut = if paid <= total {
        let units =
            usize::try_from((total - paid).get()).map_or(ranked.len(), |units| units.min(ranked.len()));
        for &p in &ranked[..units] {
            received[p] = received[p] + Minor::new(1);
        }
        units
    } else {
        ranked.retain(|&p| received[p] > Minor::ZERO);
        take_back(count, &ranked, &mut received, money)
    };
    let tie = cut > 0 && cut < ranked.len() && rest(ranked[cut - 1]) == rest(ranked[cut]);
    let equal = || ranked.iter().copied().filter(|&p| rest(p) == rest(ranked[cut])).collect::<Vec<_>>();
    let tie = tie.then(|| count.tie_between(&equal()));
    Payout { received, tie }
}

/// Takes a unit from one project after the other, the last ranked first, until the money suffices; a project that then
/// lacks its floor receives nothing. Returns how many of the ranked keep what they have.
///
/// With a million ballots an atom more for each of them is a whole unit more for a project, so that what is due, rounded
/// up as it is, can pass the money by almost a unit a project.
fn take_back(count: &Count<'_>, ranked: &[usize], received: &mut [Minor], money: Minor) -> usize {
    let mut paid: Minor = received.iter().copied().sum();
    let mut kept = ranked.len();
    while paid > money {
        kept = if kept == 0 { ranked.len() } else { kept } - 1;
        let p = ranked[kept];
        let less = Minor::new((received[p].get() - 1).max(0));
        let keeps = if less >= count.projects()[p].floor() { less } else { Minor::ZERO };
        paid = paid - (received[p] - keeps);
        received[p] = keeps;
    }
    kept
}
