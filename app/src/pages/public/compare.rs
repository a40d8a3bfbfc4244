//! `/compare`: the published results of all towns beside each other, and the same as `compare.csv`.
//!
//! Sums are divided by the people who live there, or by those who could take part where the town says no number of
//! residents; which of both it is stands in every row. Currencies are never compared with each other.

use super::nature;
use super::results::inert;
use crate::access::Visit;
use crate::error::Error;
use crate::pages::Page;
use crate::shelf::Keep;
use crate::text::Text;
use crate::views::{breadcrumb, icon, said};
use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use serde::Deserialize;
use std::cmp::Reverse;
use store::comparison::Edition;
use tally::Minor;
use tally::figures::{for_each, thousandths};

/// By what rows are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Town,
    Date,
    Turnout,
    Purse,
    Person,
    Funded,
}

impl Sort {
    const ALL: [Self; 6] = [Self::Town, Self::Date, Self::Turnout, Self::Purse, Self::Person, Self::Funded];

    fn as_str(self) -> &'static str {
        match self {
            Self::Town => "town",
            Self::Date => "date",
            Self::Turnout => "turnout",
            Self::Purse => "purse",
            Self::Person => "person",
            Self::Funded => "funded",
        }
    }

    /// Greatest first, but for names; what is not known comes last, and sums are in the order of their currencies.
    fn sort(self, editions: &mut [Edition]) {
        match self {
            Self::Town => {}
            Self::Date => editions.sort_by_key(|edition| Reverse(edition.closes_at)),
            Self::Turnout => editions.sort_by_key(|edition| Reverse(turnout_thousandths(edition))),
            Self::Purse => editions
                .sort_by_key(|edition| (edition.currency.clone(), Reverse(edition.totals.purse_minor))),
            Self::Person => editions.sort_by_key(|edition| {
                (edition.currency.clone(), Reverse(per_person(edition).map(|(minor, _)| minor)))
            }),
            Self::Funded => editions.sort_by_key(|edition| {
                Reverse(thousandths(edition.totals.funded(), edition.totals.projects.len() as u64))
            }),
        }
    }
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    sort: String,
}

/// Whom a sum is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum People {
    Residents,
    Eligible,
}

fn eligible(edition: &Edition) -> Option<u64> {
    edition.turnout.eligible.and_then(|eligible| u64::try_from(eligible).ok())
}

fn voted(edition: &Edition) -> u64 {
    u64::try_from(edition.turnout.voted).unwrap_or(0)
}

/// Who voted, of those who could.
pub(super) fn turnout_thousandths(edition: &Edition) -> Option<u64> {
    thousandths(voted(edition), eligible(edition)?)
}

/// What was awarded, for each person.
fn per_person(edition: &Edition) -> Option<(Minor, People)> {
    let residents = edition.residents.map(|residents| (residents, People::Residents));
    let (people, which) = residents.or_else(|| Some((eligible(edition)?, People::Eligible)))?;
    Some((for_each(edition.totals.funded_minor, people)?, which))
}

/// The page.
pub async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Error> {
    let sort = Sort::ALL.into_iter().find(|sort| sort.as_str() == asked.sort).unwrap_or(Sort::Town);
    let mut editions = store::comparison::published(visit.db(), visit.now).await?;
    sort.sort(&mut editions);
    let t = visit.text;
    Ok(Page::new(&visit, t.compare_title()).kept(Keep::Briefly).show(|| {
        let all: Vec<&Edition> = editions.iter().collect();
        let content = if all.is_empty() {
            view! { <p>{t.compare_none()}</p> }.into_any()
        } else {
            view! {
                {sorts(t, sort)}
                {table(t, &all, "")}
                <p class="figure-data"><span>{t.figure_data()}</span>" "<a href="/compare.csv" download>{icon("down")}"compare.csv"</a></p>
                <p class="meta">{t.compare_notes()}</p>
            }
            .into_any()
        };
        view! {
            {breadcrumb(t, vec![("/".into(), t.nav_home().into())], t.compare_title().to_owned())}
            <h1>{t.compare_title()}</h1>
            <p class="lede">{t.compare_lede()}</p>
            {content}
        }
        .into_any()
    }))
}

/// One link an order.
fn sorts(t: Text, current: Sort) -> impl IntoView {
    let links = Sort::ALL.map(|sort| {
        let words = match sort {
            Sort::Town => t.compare_town(),
            Sort::Date => t.compare_date(),
            Sort::Turnout => t.turnout(),
            Sort::Purse => t.compare_purse(),
            Sort::Person => t.compare_person(),
            Sort::Funded => t.others_funded(),
        };
        let here = (sort == current).then_some("true");
        view! { <li><a href=format!("/compare?sort={}", sort.as_str()) aria-current=here>{words}</a></li> }
    });
    view! { <nav class="contents no-print" aria-label=t.compare_sort()><p>{t.compare_sort()}</p><ul>{links.to_vec()}</ul></nav> }
}

/// A row for each; the cycle at this address is marked.
pub(super) fn table(t: Text, editions: &[&Edition], here: &str) -> impl IntoView + use<> {
    let rows = editions.iter().map(|edition| row(t, edition, edition.cycle_slug == here)).collect_view();
    view! {
        <table class="table table--stacked compare">
            <caption class="visually-hidden">{t.compare_title()}</caption>
            <thead><tr>
                <th scope="col">{t.compare_town()}</th>
                <th scope="col" class="num">{t.turnout()}</th>
                <th scope="col" class="num">{t.compare_purse()}</th>
                <th scope="col" class="num">{t.funded()}</th>
                <th scope="col" class="num">{t.compare_person()}</th>
                <th scope="col" class="num">{t.others_funded()}</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(t: Text, edition: &Edition, here: bool) -> impl IntoView + use<> {
    let href = format!("/{}/{}/results", edition.town_slug, edition.cycle_slug);
    let money = |minor| t.money_short(minor, &edition.currency);
    // Imported cycles are called after their town.
    let is_named = t.said(&edition.title).starts_with(&edition.town_name);
    let town = (!is_named).then(|| view! { <bdi>{edition.town_name.clone()}</bdi>" – " });
    let (turnout, of) = match eligible(edition) {
        Some(eligible) if eligible > 0 => (
            t.percent(voted(edition), eligible),
            t.compare_of(&t.number(voted(edition)), &t.number(eligible)),
        ),
        _ => (t.voters(voted(edition)), t.compare_unknown().to_owned()),
    };
    let person = per_person(edition).map_or_else(
        || "–".into_any(),
        |(minor, which)| {
            let of = match which {
                People::Residents => t.compare_resident(),
                People::Eligible => t.compare_eligible(),
            };
            view! { <div><span class="amount">{t.money(minor, &edition.currency)}</span><span class="meta">{of}</span></div> }.into_any()
        },
    );
    let funded =
        t.compare_of(&t.number(edition.totals.funded()), &t.number(edition.totals.projects.len() as u64));
    view! {
        <tr class=here.then_some("compare__here")>
            <th scope="row">
                <a href=href aria-current=here.then_some("true")>{town}{said(t, &edition.title)}</a>
                <span class="meta">{nature(t, edition.nature)}</span>
            </th>
            <td class="num" data-label=t.turnout()><div><span class="amount">{turnout}</span><span class="meta">{of}</span></div></td>
            <td class="num" data-label=t.compare_purse()>{money(edition.totals.purse_minor)}</td>
            <td class="num" data-label=t.funded()>{money(edition.totals.funded_minor)}</td>
            <td class="num" data-label=t.compare_person()>{person}</td>
            <td class="num" data-label=t.others_funded()>{funded}</td>
        </tr>
    }
}

/// `/compare.csv`: the same figures (RFC 4180, UTF-8), amounts in minor units, nothing where something is not known.
pub async fn csv(visit: Visit) -> Result<Response, Error> {
    let editions = store::comparison::published(visit.db(), visit.now).await?;
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let written = write(&mut writer, &editions)
        .and_then(|()| writer.into_inner().map_err(|error| error.into_error().into()));
    let body = written.map_err(|cause: csv::Error| {
        tracing::error!(%cause, "compare.csv could not be written");
        Error::Broken
    })?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"compare.csv\""),
    ];
    Ok((headers, body).into_response())
}

fn write(writer: &mut csv::Writer<Vec<u8>>, editions: &[Edition]) -> Result<(), csv::Error> {
    writer.write_record([
        "town",
        "name",
        "cycle",
        "title",
        "nature",
        "version",
        "published",
        "residents",
        "eligible",
        "voted",
        "ballots",
        "projects",
        "projects_funded",
        "purse_minor",
        "given_minor",
        "funded_minor",
        "returned_minor",
        "funded_per_person_minor",
        "per",
        "currency",
    ])?;
    let known = |figure: Option<u64>| figure.map(|figure| figure.to_string()).unwrap_or_default();
    for edition in editions {
        let totals = &edition.totals;
        let person = per_person(edition);
        let per = person.map_or("", |(_, which)| match which {
            People::Residents => "resident",
            People::Eligible => "eligible",
        });
        writer.write_record([
            edition.town_slug.as_str(),
            &inert(&edition.town_name),
            &edition.cycle_slug,
            &inert(edition.title.read("fr").0),
            edition.nature.as_str(),
            &edition.version.to_string(),
            &edition.published_at.to_string(),
            &known(edition.residents),
            &known(eligible(edition)),
            &edition.turnout.voted.to_string(),
            &totals.ballots.to_string(),
            &totals.projects.len().to_string(),
            &totals.funded().to_string(),
            &totals.purse_minor.get().to_string(),
            &totals.given_minor.get().to_string(),
            &totals.funded_minor.get().to_string(),
            &totals.returned_minor.get().to_string(),
            &person.map(|(minor, _)| minor.get().to_string()).unwrap_or_default(),
            per,
            &inert(&edition.currency),
        ])?;
    }
    Ok(())
}
