//! Holds the figures of participation against one another.

use super::read;
use crate::bundle::package::{self, Facts};
use crate::bundle::report::Findings;
use crate::bundle::table::{PARTICIPATION, Row};
use crate::bundle::{File, Finding, SumOf};

/// `ballots` is how many the outcome counts, where that can be read.
pub(super) fn verify(facts: &Facts, files: &[&File], ballots: Option<u32>, findings: &mut Findings) {
    if let Some(ballots) = ballots {
        let parts = u64::from(ballots).saturating_add(facts.void);
        add_up(package::PATH, SumOf::Voted, (parts, facts.voted), findings);
    }
    let Some(rows) = read::rows(files, &PARTICIPATION, findings) else { return };
    let all =
        ["all", "", &facts.eligible.map(|n| n.to_string()).unwrap_or_default(), &facts.voted.to_string()];
    let all: Row = all.map(str::to_owned).to_vec();
    let of = |scope: &str| -> Vec<(u64, Row)> {
        rows.iter().filter(|(_, row)| row[0] == scope).cloned().collect()
    };
    super::rows::compare(&PARTICIPATION, &[all], &of("all"), findings);
    let scopes = [("channel", SumOf::Channels), ("district", SumOf::Districts), ("day", SumOf::Days)];
    for (scope, sum) in scopes {
        let voted = of(scope).iter().map(|(_, row)| row[3].parse().unwrap_or(0)).reduce(u64::saturating_add);
        // Entries of the roll may be of no district.
        let all_are_told = sum != SumOf::Districts;
        if let Some(parts) = voted.filter(|&parts| all_are_told || parts > facts.voted) {
            add_up(PARTICIPATION.path, sum, (parts, facts.voted), findings);
        }
    }
}

fn add_up(path: &str, of: SumOf, (parts, sum): (u64, u64), findings: &mut Findings) {
    if parts != sum {
        let [parts, sum] = [parts, sum].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        findings.add(path, Finding::Sum { of, parts, sum });
    }
}
