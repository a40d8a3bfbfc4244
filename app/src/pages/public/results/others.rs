//! What other rules would have given for the same ballots: who gains, who loses, how much is spent.

use super::Results;
use super::flow::listed;
use crate::text::Text;
use leptos::prelude::*;
use store::cycle::Nature;
use tally::Minor;
use tally::bundle::OtherRule;

pub(super) fn section(t: Text, results: &Results) -> Option<AnyView> {
    let others = &results.counted.others;
    if others.is_empty() {
        return None;
    }
    let outcome = &results.counted.outcome;
    let own = view! {
        <tr class="others__own">
            <th scope="row">{t.cycle_rules()}<span class="meta">{t.rule_name(&outcome.rule)}</span></th>
            <td class="num" data-label=t.others_funded()>{t.number(results.funded())}</td>
            <td class="num" data-label=t.funded()>{results.money(t, outcome.funded_minor)}</td>
            <td data-label=t.others_changes()>{t.others_published()}</td>
        </tr>
    };
    let rows = others.iter().map(|other| row(t, results, other)).collect_view();
    let same = others.iter().filter(|other| changes(results, other).is_empty()).count();
    let lede = match results.cycle.nature {
        Nature::Import => t.others_lede_import(),
        Nature::Practice | Nature::Real => t.others_lede(),
    };
    let summary = t.others_summary(&t.number(others.len() as u64), &t.number(same as u64));
    Some(
        view! {
            <section id="others">
                <h2>{t.others_title()}</h2>
                <p>{lede}" "{summary}</p>
                <table class="table table--stacked others">
                    <caption class="visually-hidden">{t.others_title()}</caption>
                    <thead><tr>
                        <th scope="col">{t.rules()}</th>
                        <th scope="col" class="num">{t.others_funded()}</th>
                        <th scope="col" class="num">{t.funded()}</th>
                        <th scope="col">{t.others_changes()}</th>
                    </tr></thead>
                    <tbody>{own}{rows}</tbody>
                </table>
                {results.data(t, &["other_rules.csv"])}
            </section>
        }
        .into_any(),
    )
}

/// What a project receives here and under the other rule, where that is not the same.
struct Change {
    place: usize,
    here: Minor,
    there: Minor,
}

fn changes(results: &Results, other: &OtherRule) -> Vec<Change> {
    let here = results.counted.outcome.projects.iter().map(|project| project.received_minor);
    let both = here.zip(other.received_minor.iter().copied()).enumerate();
    both.filter(|(_, (here, there))| here != there)
        .map(|(place, (here, there))| Change { place, here, there })
        .collect()
}

fn row(t: Text, results: &Results, other: &OtherRule) -> impl IntoView + use<> {
    let funded = other.received_minor.iter().filter(|minor| **minor > Minor::ZERO).count() as u64;
    let sum: Minor = other.received_minor.iter().copied().sum();
    let changes = changes(results, other);
    let of = |which: fn(&&Change) -> bool| {
        let mut found: Vec<&Change> = changes.iter().filter(which).collect();
        found.sort_by_key(|change| std::cmp::Reverse(change.here.max(change.there)));
        found.into_iter().map(|change| results.name_at(t, change.place)).collect::<Vec<_>>()
    };
    let part = |words: &'static str, names: Vec<String>| {
        (!names.is_empty()).then(|| view! { <p><strong>{words}</strong>" "{listed(t, names)}</p> })
    };
    let gained = part(t.others_gained(), of(|change| change.here == Minor::ZERO));
    let lost = part(t.others_lost(), of(|change| change.there == Minor::ZERO));
    let resized =
        part(t.others_resized(), of(|change| change.here > Minor::ZERO && change.there > Minor::ZERO));
    let same = changes.is_empty().then(|| t.others_same());
    view! {
        <tr>
            <th scope="row">{t.rule_name(&other.rule)}</th>
            <td class="num" data-label=t.others_funded()>{t.number(funded)}</td>
            <td class="num" data-label=t.funded()>{results.money(t, sum)}</td>
            <td data-label=t.others_changes()><div>{same}{gained}{lost}{resized}</div></td>
        </tr>
    }
}
