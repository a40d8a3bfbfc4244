//! What each project receives, asked, and why.

use super::Results;
use super::flow::rounding_note;
use crate::text::{Text, Told};
use crate::views::bar::bar;
use crate::views::{amount, said, status_badge};
use leptos::prelude::*;
use tally::explain::explain;
use tally::outcome::ProjectOutcome;

pub(super) fn section(t: Text, results: &Results) -> impl IntoView + use<> {
    view! {
        <section id="projects">
            <h2>{t.what_each_receives()}</h2>
            <ul class="legend" role="list">
                <li><svg viewBox="0 0 24 14" aria-hidden="true"><rect class="bar__received" width="24" height="14"/></svg>{t.received()}</li>
                <li><svg viewBox="0 0 24 14" aria-hidden="true"><rect class="bar__asked" x="1" y="1" width="22" height="12"/></svg>{t.asked()}</li>
            </ul>
            {bars(t, results)}
            <details class="details details--wide">
                <summary>{t.same_as_table()}</summary>
                {table(t, results)}
            </details>
            {rounding_note(t, &results.counted.outcome)}
            {results.data(t, &["totals.csv", "projects.csv"])}
        </section>
    }
}

/// Why a project received what it did.
fn why(t: Text, results: &Results, outcome: &ProjectOutcome) -> impl IntoView + use<> {
    let name = |id: &str| results.name(t, id);
    let told = Told { currency: &results.cycle.currency, sheet: &results.cycle.sheet, name: &name };
    let words = explain(&results.counted.outcome, &outcome.id).map(|why| t.explanation(&why, &told));
    words.map(|words| view! { <p class="bars__why">{words}</p> })
}

fn bars(t: Text, results: &Results) -> impl IntoView + use<> {
    let currency = &results.cycle.currency;
    let most = results.rows.iter().map(|(project, _)| project.ceiling.get()).max().unwrap_or(0);
    let items = results
        .rows
        .iter()
        .map(|(project, outcome)| {
            let of = t.bar_note(
                &t.supporters(outcome.supporters.into()),
                &t.as_given(outcome.given_minor, &results.cycle.sheet, &results.cycle.currency),
                &t.money(project.ceiling, currency),
            );
            view! {
                <li>
                    <span class="bars__label"><a href=format!("{}/projects/{}", results.base(), project.slug)>{said(t, &project.title)}</a></span>
                    <span class="bars__amount"><strong>{amount(t, outcome.received_minor, currency)}</strong></span>
                    {bar(project.ceiling.get(), outcome.received_minor.get(), most)}
                    <span class="bars__note">{status_badge(t, outcome.status)}<span>{of}</span></span>
                    {why(t, results, outcome)}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="bars" role="list">{items}</ol> }
}

fn table(t: Text, results: &Results) -> impl IntoView + use<> {
    let currency = &results.cycle.currency;
    let official = results.agreement().is_some();
    let rows = results
        .rows
        .iter()
        .map(|(project, outcome)| {
            let chosen = official.then(|| {
                let words = if project.official == Some(true) { t.yes() } else { t.no() };
                view! { <td data-label=t.official()>{words}</td> }
            });
            view! {
                <tr>
                    <th scope="row">{said(t, &project.title)}</th>
                    <td data-label=t.status()>{status_badge(t, outcome.status)}</td>
                    <td class="num" data-label=t.supporters_column()>{t.number(outcome.supporters.into())}</td>
                    <td class="num" data-label=t.given()>{t.as_given(outcome.given_minor, &results.cycle.sheet, &results.cycle.currency)}</td>
                    <td class="num" data-label=t.asked()>{amount(t, project.ceiling, currency)}</td>
                    <td class="num" data-label=t.received()>{amount(t, outcome.received_minor, currency)}</td>
                    {chosen}
                </tr>
            }
        })
        .collect_view();
    let outcome = &results.counted.outcome;
    let asked = results.rows.iter().map(|(project, _)| project.ceiling).sum();
    view! {
        <div class="table-scroll" role="region" aria-label=t.same_as_table() tabindex="0">
            <table class="table" id="totals">
                <caption class="visually-hidden">{t.same_as_table()}</caption>
                <thead><tr>
                    <th scope="col">{t.project()}</th>
                    <th scope="col">{t.status()}</th>
                    <th scope="col" class="num">{t.supporters_column()}</th>
                    <th scope="col" class="num">{t.given()}</th>
                    <th scope="col" class="num">{t.asked()}</th>
                    <th scope="col" class="num">{t.received()}</th>
                    {official.then(|| view! { <th scope="col">{t.official()}</th> })}
                </tr></thead>
                <tbody>{rows}</tbody>
                <tfoot><tr>
                    <th scope="row">{t.total()}</th>
                    <td></td><td></td>
                    <td class="num">{t.as_given(outcome.given_minor, &results.cycle.sheet, &results.cycle.currency)}</td>
                    <td class="num">{amount(t, asked, currency)}</td>
                    <td class="num">{amount(t, outcome.funded_minor, currency)}</td>
                    {official.then(|| view! { <td></td> })}
                </tr></tfoot>
            </table>
        </div>
    }
}
