//! How much money there is, and what one ballot weighs in it.
//!
//! Inside a count money is held in atoms, so fine that a ballot can be split without loss that anyone could notice:
//! one minor unit is A atoms.

use crate::election::Election;
use crate::money::Minor;
use crate::rule::CountError;
use crate::rule_sheet::{self, RuleSheet, Silent};

/// A is a million, or the least multiple of the number of ballots that is no less.
const LEAST_ATOMS_PER_MINOR: i64 = 1_000_000;

/// The money of a cycle.
pub(super) struct Purse {
    /// All of it, the share of those who did not vote included.
    pub(super) sum: Minor,
    /// What the ballots decide about.
    pub(super) voters: Minor,
    /// A. `sum` times this is below 2^63.
    pub(super) atoms_per_minor: i64,
    pub(super) weighing: Weighing,
}

/// What one ballot weighs.
pub(super) enum Weighing {
    /// Its lines, as cast.
    AsCast,
    /// m_i, an equal part of the purse, in atoms, whatever it gave in all.
    Equally { atoms: i64 },
}

impl Purse {
    /// What a ballot brings that says nothing yet, in atoms.
    pub(super) fn of_a_ballot(&self, sheet: &RuleSheet) -> i64 {
        match self.weighing {
            Weighing::AsCast => sheet.envelope.get() * self.atoms_per_minor,
            Weighing::Equally { atoms } => atoms,
        }
    }

    /// What a ballot holds that gives so much, in atoms.
    pub(super) fn held(&self, given: Minor) -> i64 {
        match self.weighing {
            Weighing::AsCast => given.get() * self.atoms_per_minor,
            Weighing::Equally { .. } if given == Minor::ZERO => 0,
            Weighing::Equally { atoms } => atoms,
        }
    }

    pub(super) fn of(election: &Election, sheet: &RuleSheet) -> Result<Purse, CountError> {
        let ballots = election.ballots().len();
        match sheet.purse {
            rule_sheet::Purse::Ballots => brought(sheet, i64::from(ballots), ballots),
            rule_sheet::Purse::Fixed(sum) => shared(sum, ballots),
            rule_sheet::Purse::Residents => {
                let roll = election.roll().ok_or(CountError::RollMissing)?;
                if roll < u64::from(ballots) {
                    return Err(CountError::RollTooSmall { roll, ballots });
                }
                let roll = i64::try_from(roll).map_err(|_| CountError::PurseTooLarge)?;
                match sheet.silent {
                    Silent::General => brought(sheet, roll, ballots),
                    Silent::Proportional => shared(envelopes(sheet, roll)?, ballots),
                }
            }
        }
    }
}

fn envelopes(sheet: &RuleSheet, number: i64) -> Result<Minor, CountError> {
    sheet.envelope.checked_mul(number).ok_or(CountError::PurseTooLarge)
}

/// Each of so many citizens brings an envelope, and a ballot weighs what it gives.
fn brought(sheet: &RuleSheet, citizens: i64, ballots: u32) -> Result<Purse, CountError> {
    let sum = envelopes(sheet, citizens)?;
    let voters = envelopes(sheet, i64::from(ballots))?;
    sum.checked_mul(LEAST_ATOMS_PER_MINOR).ok_or(CountError::PurseTooLarge)?;
    Ok(Purse { sum, voters, atoms_per_minor: LEAST_ATOMS_PER_MINOR, weighing: Weighing::AsCast })
}

/// All ballots share the sum equally: A = n·⌈10^6 / n⌉ and m_i = sum·⌈10^6 / n⌉, so that nothing is lost.
fn shared(sum: Minor, ballots: u32) -> Result<Purse, CountError> {
    let n = i64::from(ballots.max(1));
    let atoms_per_minor_and_ballot = (LEAST_ATOMS_PER_MINOR + n - 1) / n;
    let atoms_per_minor = n * atoms_per_minor_and_ballot;
    sum.checked_mul(atoms_per_minor).ok_or(CountError::PurseTooLarge)?;
    let atoms = sum.get() * atoms_per_minor_and_ballot;
    Ok(Purse { sum, voters: sum, atoms_per_minor, weighing: Weighing::Equally { atoms } })
}
