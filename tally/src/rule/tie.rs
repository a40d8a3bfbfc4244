//! The order in which equal projects are taken, fixed before anyone looks at support.

use sha2::{Digest, Sha256};

use crate::project::Project;
use crate::rule_sheet::{Tie, unhex};

/// Each project's place in the tie order, by project index. No two share a place.
pub(super) struct TieOrder {
    place: Vec<usize>,
}

impl TieOrder {
    pub(super) fn new(projects: &[Project], tie: &Tie) -> TieOrder {
        let mut order: Vec<usize> = (0..projects.len()).collect();
        match tie {
            Tie::Seed(seed) => {
                let seed = unhex(seed).expect("a rule sheet's seed is hexadecimal");
                order.sort_by_cached_key(|&p| draw(&seed, projects[p].id()));
            }
            Tie::Ids => order.sort_by_key(|&p| by_id(projects[p].id())),
        }
        let mut place = vec![0; projects.len()];
        for (at, p) in order.into_iter().enumerate() {
            place[p] = at;
        }
        TieOrder { place }
    }

    /// The project's place; the least is taken first.
    pub(super) fn place(&self, p: usize) -> usize {
        self.place[p]
    }
}

fn draw(seed: &[u8], id: &str) -> Vec<u8> {
    Sha256::new().chain_update(seed).chain_update(id).finalize().to_vec()
}

/// Ids of ASCII digits first, by value; then all others; equal ones by bytes.
fn by_id(id: &str) -> (bool, usize, &str, &str) {
    if id.bytes().all(|byte| byte.is_ascii_digit()) {
        // Without leading zeros a longer number is the greater one, however long it is.
        let value = id.trim_start_matches('0');
        (false, value.len(), value, id)
    } else {
        (true, 0, "", id)
    }
}
