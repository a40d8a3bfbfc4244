//! This result beside the town's earlier ones, and beside those of other towns.

use super::Results;
use crate::pages::public::compare;
use crate::text::Text;
use leptos::prelude::*;
use store::comparison::Edition;
use tally::figures::{middle, thousandths};

/// With fewer results than this there is no middle to speak of.
const LEAST_FOR_A_MIDDLE: usize = 3;

pub(super) fn section(t: Text, results: &Results, editions: &[Edition]) -> impl IntoView + use<> {
    let own: Vec<&Edition> =
        editions.iter().filter(|edition| edition.town_slug == results.town.slug).collect();
    let words = if own.len() > 1 { t.compared_lede() } else { t.compared_first() };
    let table = (own.len() > 1).then(|| compare::table(t, &own, &results.cycle.slug));
    view! {
        <section id="compared">
            <h2>{t.compared_title()}</h2>
            <p>{words}" "{in_the_middle(t, results, editions)}</p>
            {table}
            <p><a href="/compare">{t.compare_link()}</a></p>
        </section>
    }
}

/// Where the turnout of other results on this site lies.
fn in_the_middle(t: Text, results: &Results, editions: &[Edition]) -> Option<String> {
    let others = editions.iter().filter(|edition| {
        (edition.town_slug.as_str(), edition.cycle_slug.as_str())
            != (results.town.slug.as_str(), results.cycle.slug.as_str())
    });
    let turnouts: Vec<u64> = others.filter_map(compare::turnout_thousandths).collect();
    let own = thousandths(results.voted(), results.eligible()?)?;
    let count = turnouts.len();
    let middle = middle(turnouts).filter(|_| count >= LEAST_FOR_A_MIDDLE)?;
    Some(t.compared_middle(&t.percent(own, 1000), &t.number(count as u64), &t.percent(middle, 1000)))
}
