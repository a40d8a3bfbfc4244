//! `/{town}/{cycle}/results`, and the same figures as `results.csv` and `results.json`.
//!
//! Answers 404 until the publication, to everybody. Computes nothing: it shows a published outcome, and page and files
//! are made from one value so that they cannot disagree.

use super::cycle::rules;
use super::shown::told;
use crate::access::Visit;
use crate::error::Error;
use crate::pages::Page;
use crate::shelf::Keep;
use crate::text::{Text, Told};
use crate::views::bar::bar;
use crate::views::embed::snippet;
use crate::views::{amount, breadcrumb, icon, said, share, status_badge, untranslated};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use serde_json::json;
use std::borrow::Cow;
use store::cycle::Cycle;
use store::municipality::Municipality;
use store::outcome::Counted;
use store::project::Project;
use tally::Minor;
use tally::explain::explain;
use tally::outcome::{ProjectOutcome, Status};
use tally::rule_sheet::Purse;

/// What is published of a cycle.
struct Results {
    town: Municipality,
    cycle: Cycle,
    counted: Counted,
    /// By what they receive, then by their support.
    rows: Vec<(Project, ProjectOutcome)>,
}

impl Results {
    async fn read(visit: &Visit, town: &str, cycle: &str) -> Result<Self, Error> {
        let (town, cycle) = visit.cycle(town, cycle).await?;
        let counted = store::outcome::published(visit.db(), &cycle, visit.now).await?.ok_or(Error::NotFound)?;
        let projects = store::project::of_cycle(visit.db(), &cycle.cycle_id).await?;
        let mut rows: Vec<_> = projects
            .into_iter()
            .filter_map(|project| {
                let outcome =
                    counted.outcome.projects.iter().find(|outcome| outcome.id == project.count_id)?.clone();
                Some((project, outcome))
            })
            .collect();
        rows.sort_by(|(a, x), (b, y)| {
            let key = |outcome: &ProjectOutcome| (outcome.received_minor, outcome.support_minor);
            key(y).cmp(&key(x)).then_with(|| a.slug.cmp(&b.slug))
        });
        Ok(Self { town, cycle, counted, rows })
    }

    fn base(&self) -> String {
        format!("/{}/{}", self.town.slug, self.cycle.slug)
    }

    fn funded(&self) -> u64 {
        self.rows.iter().filter(|(_, outcome)| outcome.received_minor.get() > 0).count() as u64
    }

    /// How many projects the city itself chose, and how many of these and no others are funded here too.
    fn agreement(&self) -> Option<(u64, u64)> {
        let official: Vec<_> =
            self.rows.iter().filter_map(|(project, outcome)| Some((project.official?, outcome))).collect();
        let same = official
            .iter()
            .filter(|(selected, outcome)| *selected == (outcome.received_minor.get() > 0))
            .count();
        (!official.is_empty()).then_some((same as u64, official.len() as u64))
    }
}

/// The page.
pub async fn show(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let results = Results::read(&visit, &town, &cycle).await?;
    let t = visit.text;
    let way = vec![
        ("/".into(), t.nav_home().into()),
        (format!("/{}", results.town.slug), results.town.name.clone()),
        (results.base(), t.said(&results.cycle.title).to_owned()),
    ];
    let title = format!("{}: {}", t.results(), t.said(&results.cycle.title));
    let page = Page::new(&visit, title.clone()).of_cycle(&results.town, &results.cycle).kept(Keep::Briefly);
    let page = told(page, &visit, &results.town, &results.cycle).await?;
    Ok(page.show(|| {
        view! {
            {breadcrumb(t, way, t.results().to_owned())}
            <h1>{t.results()}</h1>
            {answer(t, &results)}
            {untranslated(t, results.rows.iter().map(|(project, _)| &project.title))}
            {figures(t, &results)}
            <section>
                <h2>{t.what_each_receives()}</h2>
                <ul class="legend" role="list">
                    <li><svg viewBox="0 0 24 14" aria-hidden="true"><rect class="bar__received" width="24" height="14"/></svg>{t.received()}</li>
                    <li><svg viewBox="0 0 24 14" aria-hidden="true"><rect class="bar__asked" x="1" y="1" width="22" height="12"/></svg>{t.asked()}</li>
                </ul>
                {bars(t, &results)}
                <h3>{t.same_as_table()}</h3>
                {table(t, &results)}
            </section>
            <section>
                <h2>{t.cycle_rules()}</h2>
                {rules(t, &results.cycle)}
            </section>
            <section>
                <h2>{t.data()}</h2>
                <ul class="downloads" role="list">
                    <li><a href=format!("{}/results.csv", results.base()) download>{icon("down")}"results.csv"</a><span class="meta">{t.results_csv()}</span></li>
                    <li><a href=format!("{}/results.json", results.base())>{icon("down")}"results.json"</a><span class="meta">{t.results_json()}</span></li>
                    <li><a href=format!("{}/rule_sheet.json", results.base())>{icon("down")}"rule_sheet.json"</a><span class="meta">{t.rule_sheet_file()}</span></li>
                </ul>
                {snippet(t, &visit.house.public_url, &results.base(), &title)}
            </section>
        }
        .into_any()
    }))
}

/// The answer first, in a sentence.
fn answer(t: Text, results: &Results) -> impl IntoView + use<> {
    let outcome = &results.counted.outcome;
    let funded = t.funded_of(results.funded()).replace("{all}", &t.number(results.rows.len() as u64));
    let sum = t.money_short(outcome.funded_minor, &results.cycle.currency);
    let voters = t.voters(u64::try_from(results.counted.turnout.voted).unwrap_or(0));
    let published =
        results.cycle.published_at.map(|at| t.day(at, &results.town.time_zone)).unwrap_or_default();
    let version = t.number(u64::try_from(results.counted.version).unwrap_or(0));
    let agreement = results.agreement().map(|(same, all)| {
        let words = if same == all {
            t.official_agrees(&t.number(all))
        } else {
            t.official_differs(&t.number(same), &t.number(all))
        };
        view! { <p>{words}</p> }
    });
    view! {
        <p class="answer"><strong>{funded}</strong>" "{t.with_sum(&sum, &voters)}</p>
        {agreement}
        <p class="meta">{t.published_version(&published, &version)}</p>
    }
}

/// Totals, each with what it is a part of.
fn figures(t: Text, results: &Results) -> impl IntoView + use<> {
    let outcome = &results.counted.outcome;
    let voted = u64::try_from(results.counted.turnout.voted).unwrap_or(0);
    let eligible = results.counted.turnout.eligible.and_then(|eligible| u64::try_from(eligible).ok());
    let (value, of) = match eligible {
        Some(eligible) if eligible > 0 => {
            (t.percent(voted, eligible), t.of_eligible(&t.number(voted), &t.number(eligible)))
        }
        _ => (t.number(voted), t.eligible_unknown().to_owned()),
    };
    let money = |minor| t.money_short(minor, &results.cycle.currency);
    let part = |minor: Minor| u64::try_from(minor.get()).unwrap_or(0);
    let purse = part(outcome.purse_minor);
    let tile = |name: &'static str, value: String, of: String, drawn: Option<(u64, u64)>| {
        let drawn = drawn
            .filter(|(_, whole)| *whole > 0)
            .map(|(part, whole)| view! { <dd class="figures__share">{share(part, whole)}</dd> });
        view! { <div><dt>{name}</dt><dd class="figures__value amount">{value}</dd><dd class="figures__of">{of}</dd>{drawn}</div> }
    };
    let of_purse = t.of_purse(&money(outcome.purse_minor));
    let given = match results.cycle.sheet.purse {
        Purse::Fixed(_) => tile(
            t.given(),
            t.as_given(outcome.given_minor, &results.cycle.sheet, &results.cycle.currency),
            t.ballots(outcome.ballots.into()),
            None,
        ),
        Purse::Ballots | Purse::Residents => tile(
            t.given(),
            money(outcome.given_minor),
            of_purse.clone(),
            Some((part(outcome.given_minor), purse)),
        ),
    };
    view! {
        <dl class="figures">
            {tile(t.turnout(), value, of, eligible.map(|eligible| (voted, eligible)))}
            {given}
            {tile(t.funded(), money(outcome.funded_minor), of_purse.clone(), Some((part(outcome.funded_minor), purse)))}
            {tile(t.returned(), money(outcome.returned_minor), of_purse, Some((part(outcome.returned_minor), purse)))}
        </dl>
    }
}

/// Why a project received what it did.
fn why(t: Text, results: &Results, outcome: &ProjectOutcome) -> impl IntoView + use<> {
    let name = |id: &str| {
        let named = results.rows.iter().find(|(_, outcome)| outcome.id == id);
        named.map_or_else(|| id.to_owned(), |(project, _)| t.said(&project.title).to_owned())
    };
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
            <table class="table">
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

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Funded => "funded",
        Status::Partial => "partial",
        Status::Dropped => "dropped",
        Status::NotFunded => "not_funded",
    }
}

/// `results.csv`: a row a project (RFC 4180, UTF-8), amounts in minor units with their currency beside them. Texts are
/// `inert`.
pub async fn csv(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let results = Results::read(&visit, &town, &cycle).await?;
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let written = write_csv(&mut writer, &results)
        .and_then(|()| writer.into_inner().map_err(|e| e.into_error().into()));
    let body = written.map_err(|cause: csv::Error| {
        tracing::error!(%cause, "results.csv could not be written");
        Error::Broken
    })?;
    let name = format!("attachment; filename=\"{}-{}-results.csv\"", results.town.slug, results.cycle.slug);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, name.as_str()),
    ];
    Ok((headers, body).into_response())
}

fn write_csv(writer: &mut csv::Writer<Vec<u8>>, results: &Results) -> Result<(), csv::Error> {
    writer.write_record([
        "project",
        "title",
        "status",
        "supporters",
        "given_minor",
        "support_minor",
        "floor_minor",
        "ceiling_minor",
        "received_minor",
        "currency",
    ])?;
    for (project, outcome) in &results.rows {
        writer.write_record([
            &inert(&project.slug),
            &inert(project.title.read("fr").0),
            status_word(outcome.status),
            &outcome.supporters.to_string(),
            &outcome.given_minor.get().to_string(),
            &outcome.support_minor.get().to_string(),
            &project.floor.get().to_string(),
            &project.ceiling.get().to_string(),
            &outcome.received_minor.get().to_string(),
            &inert(&results.cycle.currency),
        ])?;
    }
    Ok(())
}

/// A text that no spreadsheet runs as a formula: an apostrophe is put before what would begin one. The office refuses
/// such titles; an imported file may hold them.
fn inert(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// `results.json`: the same, with the totals and what they are parts of.
pub async fn json(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let results = Results::read(&visit, &town, &cycle).await?;
    let outcome = &results.counted.outcome;
    let projects: Vec<_> = results
        .rows
        .iter()
        .map(|(project, of)| {
            json!({
                "project": project.slug, "title": project.title, "status": status_word(of.status),
                "supporters": of.supporters, "given_minor": of.given_minor, "support_minor": of.support_minor,
                "floor_minor": project.floor, "ceiling_minor": project.ceiling, "received_minor": of.received_minor,
            })
        })
        .collect();
    let body = json!({
        "municipality": results.town.slug, "cycle": results.cycle.slug, "nature": results.cycle.nature.as_str(),
        "version": results.counted.version, "published_at": results.cycle.published_at.map(|at| at.to_string()),
        "currency": results.cycle.currency, "sheet_hash": outcome.sheet_hash,
        "rule": outcome.rule.name(), "options": outcome.rule.options(),
        "eligible": results.counted.turnout.eligible, "voted": results.counted.turnout.voted, "ballots": outcome.ballots,
        "purse_minor": outcome.purse_minor, "given_minor": outcome.given_minor,
        "funded_minor": outcome.funded_minor, "returned_minor": outcome.returned_minor, "projects": projects,
    });
    Ok(axum::Json(body).into_response())
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn what_would_begin_a_formula_gets_an_apostrophe() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+33", "'+33"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("Un banc = repos", "Un banc = repos"),
            ("", ""),
        ] {
            assert_eq!(inert(text), written);
        }
    }
}
