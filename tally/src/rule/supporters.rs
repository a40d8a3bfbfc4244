//! Who gave to which project: the ballots' columns turned round.

use std::ops::Range;

use crate::ballot::Ballots;

/// For each project, the rows that gave to it, rising.
pub(super) struct Supporters {
    /// Where each project's rows end in `rows`.
    ends: Vec<usize>,
    rows: Vec<u32>,
}

impl Supporters {
    /// The supporters among these rows, by their place in the range.
    pub(super) fn among(ballots: &Ballots, range: Range<usize>, projects: usize) -> Supporters {
        let mut ends = vec![0; projects];
        for row in range.clone() {
            ballots.row(row).lines().for_each(|(p, _)| ends[usize::from(p)] += 1);
        }
        // From the number of each project's rows to where they start; filling moves that to where they end.
        let mut sum = 0;
        for end in &mut ends {
            sum += std::mem::replace(end, sum);
        }
        let mut rows = vec![0; sum];
        for (row, place) in range.zip(0_u32..) {
            for (p, _) in ballots.row(row).lines() {
                let end = &mut ends[usize::from(p)];
                rows[*end] = place;
                *end += 1;
            }
        }
        Supporters { ends, rows }
    }

    /// The supporters of every project.
    pub(super) fn of(ballots: &Ballots, projects: usize) -> Supporters {
        Supporters::among(ballots, 0..ballots.rows(), projects)
    }

    /// The rows that gave to the project.
    pub(super) fn rows(&self, p: usize) -> &[u32] {
        let start = if p == 0 { 0 } else { self.ends[p - 1] };
        &self.rows[start..self.ends[p]]
    }
}
