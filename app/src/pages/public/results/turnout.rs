//! Who took part, of how many: each figure beside what it is a part of.
//!
//! Groups of fewer than ten voters were merged before anything was published, so none can be told apart here.

use super::Results;
use crate::text::Text;
use crate::views::bar::bar;
use leptos::prelude::*;
use tally::Minor;
use tally::bundle::{OTHER, ParticipationRow, Scope};
use tally::rule_sheet::Purse;

pub(super) fn section(t: Text, results: &Results) -> impl IntoView + use<> {
    let groups = [
        (Scope::Channel, t.turnout_by_channel()),
        (Scope::District, t.turnout_by_district()),
        (Scope::Day, t.turnout_by_day()),
    ];
    let groups = groups.map(|(scope, title)| group(t, results, scope, title)).into_iter().flatten();
    let groups: Vec<_> = groups.collect();
    let merged = (!groups.is_empty()).then(|| view! { <p class="meta">{t.turnout_merged()}</p> });
    view! {
        <section id="turnout">
            <h2>{t.results_turnout_title()}</h2>
            {facts(t, results)}
            {(results.counted.void > 0).then(|| view! { <p>{with_void(t, results)}</p> })}
            {groups}
            {merged}
            {results.data(t, &["participation.csv"])}
        </section>
    }
}

/// Why fewer ballots are counted than people voted: one that was left out later was cast all the same.
pub(super) fn with_void(t: Text, results: &Results) -> String {
    let ballots = t.number(results.counted.outcome.ballots.into());
    t.turnout_with_void(&t.number(results.voted()), &ballots, &t.number(results.counted.void))
}

/// The way from those who could to the money that they spread.
fn facts(t: Text, results: &Results) -> impl IntoView + use<> {
    let outcome = &results.counted.outcome;
    let (voted, eligible) = (results.voted(), results.eligible());
    let fact = |name: &'static str, value: String, of: Option<String>| {
        let of = of.map(|of| view! { <span class="meta">{of}</span> });
        view! { <div><dt>{name}</dt><dd><span class="amount">{value}</span>" "{of}</dd></div> }
    };
    let of = |part: u64, whole: u64, words: String| {
        (whole > 0).then(|| format!("{} {words}", t.percent(part, whole)))
    };
    let known = eligible.map_or_else(
        || fact(t.turnout_eligible(), t.turnout_unknown().to_owned(), None),
        |eligible| fact(t.turnout_eligible(), t.number(eligible), None),
    );
    let used = of(voted, eligible.unwrap_or(0), t.turnout_of_eligible().to_owned());
    let void =
        (results.counted.void > 0).then(|| fact(t.turnout_void(), t.number(results.counted.void), None));
    // Where a fixed purse makes amounts mere weights, nothing is left unspread.
    let spread = match results.cycle.sheet.purse {
        Purse::Fixed(_) => None,
        Purse::Ballots | Purse::Residents => Some(outcome.purse_minor - outcome.given_minor),
    };
    let cents = |minor: Minor| u64::try_from(minor.get()).unwrap_or(0);
    let unspread = spread.map(|unspread| {
        let of = of(
            cents(unspread),
            cents(outcome.purse_minor),
            t.of_purse(&results.money(t, outcome.purse_minor)),
        );
        fact(t.turnout_unspread(), results.money(t, unspread), of)
    });
    view! {
        <dl class="facts">
            {known}
            {fact(t.turnout_codes(), t.number(voted), used)}
            {fact(t.turnout_ballots(), t.number(outcome.ballots.into()), None)}
            {void}
            {unspread}
        </dl>
    }
}

/// A table of a group's parts, with bars; nothing where there is nothing to tell apart.
fn group(t: Text, results: &Results, scope: Scope, title: &'static str) -> Option<AnyView> {
    let rows: Vec<&ParticipationRow> =
        results.counted.participation.iter().filter(|row| row.scope == scope).collect();
    if rows.len() < 2 {
        return None;
    }
    let has_eligible = rows.iter().any(|row| row.eligible.is_some());
    let whole = |row: &ParticipationRow| row.eligible.unwrap_or_else(|| results.voted());
    let most = rows.iter().map(|row| if has_eligible { whole(row) } else { row.voted }).max().unwrap_or(0);
    let share = if has_eligible { t.turnout() } else { t.turnout_part() };
    let wide = |people: u64| i64::try_from(people).unwrap_or(0);
    let body = rows.into_iter().map(|row| {
        let asked = if has_eligible { whole(row) } else { 0 };
        view! {
            <tr>
                <th scope="row">{name(t, results, row)}</th>
                <td class="turnout__bar" aria-hidden="true">{bar(wide(asked), wide(row.voted), wide(most))}</td>
                <td class="num" data-label=t.turnout_codes()>{t.number(row.voted)}</td>
                {has_eligible.then(|| view! { <td class="num" data-label=t.turnout_eligible()>{row.eligible.map(|eligible| t.number(eligible))}</td> })}
                <td class="num" data-label=share>{t.percent(row.voted, whole(row))}</td>
            </tr>
        }
    });
    let body = body.collect_view();
    let table = view! {
        <table class="table table--stacked turnout">
            <caption>{title}</caption>
            <thead><tr>
                <th scope="col">{match scope { Scope::Channel => t.turnout_channel(), Scope::District => t.district(), _ => t.turnout_day() }}</th>
                <td class="turnout__bar"></td>
                <th scope="col" class="num">{t.turnout_codes()}</th>
                {has_eligible.then(|| view! { <th scope="col" class="num">{t.turnout_eligible()}</th> })}
                <th scope="col" class="num">{share}</th>
            </tr></thead>
            <tbody>{body}</tbody>
        </table>
    };
    // Days are many, and asked for by few.
    Some(match scope {
        Scope::Day => {
            view! { <details class="details details--wide"><summary>{title}</summary>{table}</details> }
                .into_any()
        }
        _ => table.into_any(),
    })
}

fn name(t: Text, results: &Results, row: &ParticipationRow) -> AnyView {
    let words = match (row.scope, row.value.as_str()) {
        (_, OTHER) => t.turnout_other().to_owned(),
        (Scope::Channel, "online") => t.turnout_online().to_owned(),
        (Scope::Channel, "paper") => t.turnout_paper().to_owned(),
        (Scope::District, slug) => {
            let found = results.districts.iter().find(|district| district.slug == slug);
            found.map_or_else(|| slug.to_owned(), |district| t.said(&district.name).to_owned())
        }
        (Scope::Day, days) => days
            .split('/')
            .map(|day| day.parse().map_or_else(|_| day.to_owned(), |date| t.date(date)))
            .collect::<Vec<_>>()
            .join(" – "),
        (_, value) => value.to_owned(),
    };
    view! { <bdi>{words}</bdi> }.into_any()
}
