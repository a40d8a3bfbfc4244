//! Where the money went: a picture from the envelopes to the projects, a sentence that says it, and every round as a row.

use super::Results;
use crate::text::Text;
use crate::views::flow::{Drawing, Name, flow as picture};
use leptos::prelude::*;
use tally::Minor;
use tally::flow::{Flow, Lane, Together};
use tally::outcome::{Event, Outcome, Round, Verdict};
use tally::rule_sheet::{Purse, Rule};

/// So many projects have a lane of their own: more make no picture.
const MOST_LANES: usize = 18;
/// So many projects are named in a cell before the rest is only counted.
const MOST_NAMED: usize = 3;

pub(super) fn section(t: Text, results: &Results) -> impl IntoView + use<> {
    let outcome = &results.counted.outcome;
    let flow = Flow::of(outcome, &results.cycle.sheet, MOST_LANES);
    let drawing = Drawing::of(&flow);
    let words = in_words(t, results, &flow);
    let purse = results.money(t, outcome.purse_minor);
    let names = (0..flow.lanes.len()).map(|lane| name(t, results, &flow, lane)).collect();
    let figure = (outcome.purse_minor > Minor::ZERO).then(|| {
        view! {
            <ul class="legend" role="list">{legend(t, pays_from_rest(outcome.rule))}</ul>
            <div class="flow">{picture(t.language, &drawing, (t.flow_title(), &words, &purse), names)}</div>
        }
    });
    let rounded = rounding_note(t, outcome);
    view! {
        <section id="flow">
            <h2>{t.flow_title()}</h2>
            <p class="flow__words">{words.clone()}</p>
            {figure}
            <details class="details details--wide">
                <summary>{t.flow_rounds()}</summary>
                {rounds(t, results)}
                {rounded}
            </details>
            {results.data(t, &["rounds.csv"])}
        </section>
    }
}

/// Whether projects are paid out of what is left, so that no support moves.
fn pays_from_rest(rule: Rule) -> bool {
    matches!(rule, Rule::Greedy { .. } | Rule::EqualShares { .. } | Rule::Phragmen)
}

/// Whether each ballot holds the same part of a fixed purse.
fn shares_equally(rule: Rule) -> bool {
    matches!(rule, Rule::Direct | Rule::Transfer { .. } | Rule::EqualShares { .. })
}

fn legend(t: Text, from_rest: bool) -> impl IntoView {
    let sign = |class: &'static str, words: &'static str| {
        view! { <li><svg viewBox="0 0 24 14" aria-hidden="true"><rect class=format!("flow__block {class}") width="24" height="14"/></svg>{words}</li> }
    };
    let open = (!from_rest).then(|| sign("flow__open", t.flow_open()));
    let rest = if from_rest { t.flow_left() } else { t.flow_rest() };
    view! { {open}{sign("flow__paid", t.flow_paid())}{sign("flow__rest", rest)} }
}

/// What the picture shows, for all who read and for those who cannot see it.
fn in_words(t: Text, results: &Results, flow: &Flow) -> String {
    let outcome = &results.counted.outcome;
    let sum = |minor| results.money(t, minor);
    let (purse, funded, returned) =
        (sum(outcome.purse_minor), sum(outcome.funded_minor), sum(outcome.returned_minor));
    let projects = t.projects(results.funded());
    let mut words = vec![match results.cycle.sheet.purse {
        Purse::Fixed(_) if shares_equally(outcome.rule) => t.flow_began_fixed(&purse),
        Purse::Fixed(_) => t.flow_began_pool(&purse),
        Purse::Ballots | Purse::Residents => t.flow_began(&purse, &sum(outcome.given_minor)),
    }];
    let moved = flow.moved_minor();
    // The cube root shares anew; nobody's money moves there.
    if moved >= Minor::new(100) && !matches!(outcome.rule, Rule::CubeRoot) {
        words.push(t.flow_moved(&sum(Minor::new(moved.get() / 100 * 100))));
    }
    words.push(t.flow_ended(&funded, &projects, &returned));
    words.join(" ")
}

/// Whose a lane is, and what became of it.
fn name(t: Text, results: &Results, flow: &Flow, lane: usize) -> Name {
    let outcome = &results.counted.outcome;
    let last = flow.stages.last().map(|stage| stage.sums[lane]).unwrap_or_default();
    let sum = results.money(t, last.total());
    let title = match &flow.lanes[lane] {
        Lane::Project(p) => results.name_at(t, *p),
        Lane::Several(why, projects) => {
            let projects = t.projects(projects.len() as u64);
            match why {
                Together::Funded | Together::NotFunded => t.flow_others(&projects),
                Together::TooFewSupporters => t.flow_too_few(&projects),
            }
        }
        Lane::Rest if pays_from_rest(outcome.rule) => t.flow_left().to_owned(),
        Lane::Rest => t.returned().to_owned(),
    };
    let end = match &flow.lanes[lane] {
        Lane::Rest if pays_from_rest(outcome.rule) => t.flow_returned(&sum),
        Lane::Rest => sum,
        _ if last.total() > Minor::ZERO => sum,
        _ => t.status_not_funded().to_owned(),
    };
    Name { title, end }
}

/// A row a round; what happened in it, and to whom the money went.
fn rounds(t: Text, results: &Results) -> impl IntoView + use<> {
    let rows = results.counted.outcome.rounds.iter().enumerate().map(|(at, round)| {
        let happened = happened(t, results, round);
        view! {
            <tr>
                <th scope="row">{t.number(at as u64 + 1)}</th>
                <td data-label=t.flow_happened()><div>{happened}</div></td>
                <td data-label=t.flow_moves()><div>{moves(t, results, round)}</div></td>
                <td class="num" data-label=t.received()>{some(t, results, round.events.iter().map(|event| event.received_minor).sum())}</td>
                <td class="num" data-label=t.returned()>{some(t, results, round.returned_minor)}</td>
                <td class="num" data-label=t.flow_left_before()>{results.money(t, round.left_minor)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <table class="table table--stacked rounds">
            <caption class="visually-hidden">{t.flow_rounds()}</caption>
            <thead><tr>
                <th scope="col">{t.flow_round()}</th>
                <th scope="col">{t.flow_happened()}</th>
                <th scope="col">{t.flow_moves()}</th>
                <th scope="col" class="num">{t.received()}</th>
                <th scope="col" class="num">{t.returned()}</th>
                <th scope="col" class="num">{t.flow_left_before()}</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// An amount, and a dash for none.
fn some(t: Text, results: &Results, minor: Minor) -> String {
    if minor == Minor::ZERO { "–".to_owned() } else { results.money(t, minor) }
}

/// What happened to whom: projects with the same fate together.
fn happened(t: Text, results: &Results, round: &Round) -> impl IntoView + use<> {
    let mut fates: Vec<(Verdict, Vec<&Event>)> = Vec::new();
    for event in &round.events {
        match fates.iter_mut().find(|(verdict, _)| *verdict == event.verdict) {
            Some((_, events)) => events.push(event),
            None => fates.push((event.verdict, vec![event])),
        }
    }
    let ties = (!round.ties.is_empty()).then(|| view! { <p class="meta">{t.flow_tie()}</p> });
    let fates = fates.into_iter().map(|(verdict, events)| {
        let names: Vec<String> = events.iter().map(|event| results.name(t, &event.project)).collect();
        view! { <p><strong>{verdict_words(t, verdict)}</strong>" "{listed(t, names)}</p> }
    });
    view! { {fates.collect_view()}{ties} }
}

/// Some names, and how many more.
pub(in crate::pages::public) fn listed(t: Text, names: Vec<String>) -> impl IntoView + use<> {
    let more = names.len().saturating_sub(MOST_NAMED);
    // One more would take no less room than its name.
    let (shown, more) = if more <= 1 { (names.len(), 0) } else { (MOST_NAMED, more) };
    let separator = t.list_separator();
    let shown = names.into_iter().take(shown).enumerate().map(|(at, name)| {
        view! { {(at > 0).then_some(separator)}<bdi>{name}</bdi> }
    });
    let more = (more > 0).then(|| format!("{separator}{}", t.and_more(more as u64)));
    view! { {shown.collect_view()}{more} }
}

/// Where support went, the greatest sum first.
fn moves(t: Text, results: &Results, round: &Round) -> impl IntoView + use<> {
    let mut transfers: Vec<_> = round.transfers.iter().collect();
    transfers.sort_by_key(|transfer| std::cmp::Reverse(transfer.minor));
    let decided = |place: u16| {
        let id = &results.counted.outcome.projects[usize::from(place)].id;
        round.events.iter().any(|event| event.project == *id)
    };
    let names = transfers.into_iter().map(|transfer| {
        let sum = results.money(t, transfer.minor);
        if decided(transfer.from) {
            t.flow_to(&sum, &results.name_at(t, transfer.to.into()))
        } else {
            t.flow_from(&sum, &results.name_at(t, transfer.from.into()))
        }
    });
    let names: Vec<String> = names.collect();
    if names.is_empty() { "–".into_any() } else { listed(t, names).into_any() }
}

/// What became of a project in a round, in words.
pub(in crate::pages::public) fn verdict_words(t: Text, verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Funded => t.verdict_funded(),
        Verdict::Partial => t.verdict_partial(),
        Verdict::Pulled => t.verdict_pulled(),
        Verdict::Filled => t.verdict_filled(),
        Verdict::UnderFloor => t.verdict_under_floor(),
        Verdict::Dropped => t.verdict_dropped(),
        Verdict::Unreachable => t.verdict_unreachable(),
        Verdict::UnderThreshold => t.verdict_under_threshold(),
        Verdict::DoesNotFit => t.verdict_does_not_fit(),
        Verdict::NotReached => t.verdict_not_reached(),
        Verdict::Unaffordable => t.verdict_unaffordable(),
        Verdict::TooFewSupporters => t.verdict_too_few(),
    }
}

/// For whoever adds up what moved, and may miss a cent; where nothing moved there is nothing to wonder about.
pub(super) fn rounding_note(t: Text, outcome: &Outcome) -> Option<AnyView> {
    let moved = outcome.rounds.iter().any(|round| !round.transfers.is_empty());
    moved.then(|| view! { <p class="meta">{t.flow_rounded()}</p> }.into_any())
}
