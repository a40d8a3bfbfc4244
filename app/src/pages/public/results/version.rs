//! `/{town}/{cycle}/results/v{n}`: the permanent page of a version, with its files, how to cite it, and what changed.
//!
//! Nothing at this address is ever replaced. What is corrected gets a further version, and this page then says so.

use super::{Results, answer, figures, turnout, way};
use crate::access::Visit;
use crate::error::Error;
use crate::pages::Page;
use crate::pages::public::shown::told;
use crate::pages::public::version_number;
use crate::shelf::Keep;
use crate::text::{Language, Text};
use crate::views::{Tone, alert, icon, said};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use store::bundle::BundleFile;
use store::cycle::Nature;
use store::outcome::Counted;
use tally::Minor;
use tally::compare::{Change, Total, changes, totals_changed};

/// Where the licence of towns' own data stands.
const OPEN_LICENCE: &str = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/";

/// All tables in one, for who works in a spreadsheet.
const WORKBOOK: &str = "results.xlsx";

/// The page.
pub async fn show(
    visit: Visit,
    Path((town, cycle, version)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let version = version_number(&version).ok_or(Error::NotFound)?;
    let results = Results::read(&visit, (&town, &cycle), Some(version)).await?;
    let t = visit.text;
    let here = t.version_title(&number(t, version));
    let title = format!("{}: {here}", t.said(&results.cycle.title));
    let site = visit.house.public_url.clone();
    let page = Page::new(&visit, title).of_cycle(&results.town, &results.cycle).kept(Keep::Briefly);
    let page = told(page, &visit, &results.town, &results.cycle).await?.embeddable(results.permanent());
    Ok(page.show(|| {
        view! {
            {way(t, &results, here.clone(), true)}
            <h1>{t.results()}", "{here}</h1>
            {standing(t, &results)}
            {answer(t, &results)}
            {figures(t, &results)}
            {correction(t, &results)}
            {files_section(t, &results)}
            {citation(t, &results, &site)}
            {terms(t, &results)}
            {versions(t, &results)}
        }
        .into_any()
    }))
}

fn number(t: Text, version: i64) -> String {
    t.number(u64::try_from(version).unwrap_or(0))
}

/// Whether there is a newer one.
fn standing(t: Text, results: &Results) -> impl IntoView + use<> {
    let latest = results.latest();
    if latest == results.counted.version {
        return view! { <p>{t.version_is_latest()}" "<a href=format!("{}/results", results.base())>{t.version_read()}</a></p> }
            .into_any();
    }
    let href = format!("{}/results/v{latest}", results.base());
    let words = t.version_newer(&number(t, latest));
    alert(Tone::Warning, view! { <p><strong>{t.version_old()}</strong>" "<a href=href>{words}</a></p> })
        .into_any()
}

/// Why there is this version, and what every project receives that did not receive the same before.
fn correction(t: Text, results: &Results) -> Option<AnyView> {
    let before = before(results, &results.counted)?;
    let changes = changes(&[&before.outcome, &results.counted.outcome]);
    let void = results.counted.void.saturating_sub(before.void);
    let void = (void > 0).then(|| view! { <p>{t.version_void(void)}" "{turnout::with_void(t, results)}</p> });
    Some(
        view! {
            <section id="changes">
                <h2>{t.version_why()}</h2>
                <p>{said(t, &results.counted.reason)}</p>
                {void}
                <h3>{t.results_what_changed()}</h3>
                {totals(t, results, before)}
                {changed(t, results, &changes)}
            </section>
        }
        .into_any(),
    )
}

/// The totals that are others than before: of ballots, and of all money.
fn totals(t: Text, results: &Results, before: &Counted) -> Option<AnyView> {
    let changes = totals_changed(&before.outcome, &results.counted.outcome);
    let row = |(total, before, now): (Total, i64, i64)| {
        let figure = |figure: i64| match total {
            Total::Ballots => t.number(u64::try_from(figure).unwrap_or(0)),
            Total::Purse | Total::Given | Total::Funded | Total::Returned => {
                results.money(t, Minor::new(figure))
            }
        };
        (total_name(t, total).into_any(), figure(before), figure(now))
    };
    let rows: Vec<_> = changes.into_iter().map(row).collect();
    (!rows.is_empty()).then(|| before_and_now(t, t.version_total(), rows))
}

fn total_name(t: Text, total: Total) -> &'static str {
    match total {
        Total::Ballots => t.turnout_ballots(),
        Total::Purse => t.compare_purse(),
        Total::Given => t.given(),
        Total::Funded => t.funded(),
        Total::Returned => t.returned(),
    }
}

fn before<'a>(results: &'a Results, of: &Counted) -> Option<&'a Counted> {
    results.versions.iter().find(|version| version.version == of.version - 1)
}

fn changed(t: Text, results: &Results, changes: &[Change]) -> AnyView {
    if changes.is_empty() {
        return view! { <p>{t.version_nothing_changed()}</p> }.into_any();
    }
    let rows = changes.iter().map(|change| {
        let sum = |at: usize| results.money(t, change.received_minor.get(at).copied().unwrap_or(Minor::ZERO));
        let name = results.name(t, &change.project);
        (view! { <bdi>{name}</bdi> }.into_any(), sum(0), sum(1))
    });
    before_and_now(t, t.project(), rows.collect())
}

/// A table of what something was in the version before, and what it is in this one.
fn before_and_now(t: Text, of: &'static str, rows: Vec<(AnyView, String, String)>) -> AnyView {
    let rows = rows.into_iter().map(|(name, before, now)| {
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="num" data-label=t.version_before()>{before}</td>
                <td class="num" data-label=t.version_now()>{now}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <table class="table table--stacked changes">
            <caption class="visually-hidden">{t.results_what_changed()}</caption>
            <thead><tr>
                <th scope="col">{of}</th>
                <th scope="col" class="num">{t.version_before()}</th>
                <th scope="col" class="num">{t.version_now()}</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// Every file, what it is, how long, and its hash.
fn files_section(t: Text, results: &Results) -> Option<AnyView> {
    if results.files.is_empty() {
        return None;
    }
    let all = results.files.iter().find(|file| file.path == "bundle.zip").map(|file| {
        let size = t.size(bytes(file));
        let href = format!("{}/{}", results.permanent(), file.path);
        view! { <a class="button" href=href download>{icon("down")}{t.files_all(&size)}</a> }
    });
    let rows = results.files.iter().filter(|file| file.path != "bundle.zip").map(|file| {
        let href = format!("{}/{}", results.permanent(), file.path);
        view! {
            <tr>
                <th scope="row"><a href=href><bdi>{file.path.clone()}</bdi></a></th>
                <td data-label=t.files_what()><div>{t.file_words(&file.path)}</div></td>
                <td class="num" data-label=t.files_size()>{t.size(bytes(file))}</td>
                <td class="files__hash" data-label="SHA-256"><code class="hash">{file.sha256.clone()}</code></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    Some(
        view! {
            <section id="files">
                <h2>{t.files_title()}</h2>
                <p>{t.files_lede()}</p>
                <p class="cluster">{all}<a class="button button--secondary" href=results.recount()>{t.verify_title()}</a></p>
                <table class="table table--stacked files">
                    <caption class="visually-hidden">{t.files_title()}</caption>
                    <thead><tr>
                        <th scope="col">{t.files_file()}</th>
                        <th scope="col">{t.files_what()}</th>
                        <th scope="col" class="num">{t.files_size()}</th>
                        <th scope="col">"SHA-256"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        }
        .into_any(),
    )
}

fn bytes(file: &BundleFile) -> u64 {
    u64::try_from(file.size_bytes).unwrap_or(0)
}

/// How to cite the version, so that who follows sees the same words and figures.
fn citation(t: Text, results: &Results, site: &str) -> impl IntoView + use<> {
    let address = format!("{site}{}?lang={}", results.permanent(), t.language.tag());
    let version = number(t, results.counted.version);
    let title = t.said(&results.cycle.title);
    let work = t.cite_work(&results.town.name, title);
    let plain = t.cite_plain(&work, &version, &results.released(t), &address);
    let hash = results.files.iter().find(|file| file.path == "bundle.zip").map(|file| file.sha256.clone());
    let shown =
        hash.clone().map(|hash| view! { <p>"bundle.zip, SHA-256: "<code class="hash">{hash}</code></p> });
    let languages = Language::ALL.map(|language| {
        let href = format!("{}?lang={}", results.permanent(), language.tag());
        view! { <li><a href=href lang=language.tag() hreflang=language.tag() dir=language.dir()>{language.name()}</a></li> }
    });
    view! {
        <section id="cite">
            <h2>{t.cite_title()}</h2>
            <p>{t.cite_lede()}</p>
            <blockquote class="cite"><p>{plain}</p></blockquote>
            {shown}
            <details class="details"><summary>"BibTeX"</summary><pre tabindex="0"><code>{bibtex(results, title, &address, hash)}</code></pre></details>
            <p>{t.cite_languages()}</p>
            <ul class="cluster" role="list">{languages.to_vec()}</ul>
        </section>
    }
}

/// An entry for bibliographies. Braces and backslashes would end a field, and no title needs them.
fn bibtex(results: &Results, title: &str, address: &str, hash: Option<String>) -> String {
    let plain = |text: &str| text.replace(['{', '}', '\\'], "");
    let date = results.released_at().map(|at| at.to_zoned(crate::text::zone(&results.town.time_zone)).date());
    let (date, year) = date.map_or_else(Default::default, |date| (date.to_string(), date.year().to_string()));
    let note = hash.map(|hash| format!("  note    = {{bundle.zip, SHA-256: {hash}}},\n")).unwrap_or_default();
    let (town, cycle, version) = (&results.town.slug, &results.cycle.slug, results.counted.version);
    format!(
        "@misc{{{town}-{cycle}-v{version},\n  author  = {{{{{}}}}},\n  title   = {{{{{}}}}},\n  year    = {{{year}}},\n  date    = {{{date}}},\n  version = {{{version}}},\n{note}  url     = {{{address}}}\n}}\n",
        plain(&results.town.name),
        plain(title),
    )
}

/// Under which terms the data may be used, whom to ask, and how errors are corrected.
fn terms(t: Text, results: &Results) -> impl IntoView + use<> {
    let licence = match results.cycle.nature {
        Nature::Import => view! {
            <p>{t.licence_unstated()}</p>
            <p>{t.source()}" "<bdi>{results.cycle.source.clone()}</bdi></p>
        }
        .into_any(),
        Nature::Practice | Nature::Real => {
            view! { <p>{t.licence_open()}" "<a href=OPEN_LICENCE>{t.licence_text()}</a></p> }.into_any()
        }
    };
    let town = &results.town;
    let contact = if town.help_mail.is_empty() {
        view! { <p>{t.contact_unstated()}</p> }.into_any()
    } else {
        let mail = town.help_mail.clone();
        view! { <p>{t.contact_words()}" "<a href=format!("mailto:{mail}")><bdi>{mail.clone()}</bdi></a></p> }
            .into_any()
    };
    view! {
        <section>
            <h2>{t.licence_title()}</h2>
            {licence}
        </section>
        <section>
            <h2>{t.contact_title()}</h2>
            {contact}
            <p>{t.correction_policy()}</p>
        </section>
    }
}

/// All versions, the latest first, each with its reason and how much it changed.
fn versions(t: Text, results: &Results) -> impl IntoView + use<> {
    let items = results.versions.iter().map(|version| {
        let href = format!("{}/results/v{}", results.base(), version.version);
        let at = version.published_at.or(results.cycle.published_at);
        let day = at.map(|at| t.day(at, &results.town.time_zone)).unwrap_or_default();
        let here = (version.version == results.counted.version).then_some("page");
        let reason = (!version.reason.is_empty()).then(|| view! { <p>{said(t, &version.reason)}</p> });
        let changed = before(results, version).map(|before| {
            let changed = changes(&[&before.outcome, &version.outcome]).len() as u64;
            view! { <p class="meta">{t.projects_changed(changed)}</p> }
        });
        view! {
            <li>
                <p><a href=href aria-current=here>{t.version_title(&number(t, version.version))}</a>" "<span class="meta">{t.published_on(&day)}</span></p>
                {reason}
                {changed}
            </li>
        }
    });
    let items = items.collect_view();
    view! {
        <section id="versions">
            <h2>{t.versions_title()}</h2>
            <ol class="versions" role="list">{items}</ol>
        </section>
    }
}

/// The end of the results page: the data, the citation, and the versions where there are several.
pub(super) fn data_section(t: Text, results: &Results) -> impl IntoView + use<> {
    let base = results.base();
    let permanent = results.permanent();
    let all = results.files.iter().find(|file| file.path == "bundle.zip").map(|file| {
        let (href, size) = (format!("{permanent}/bundle.zip"), t.size(bytes(file)));
        view! { <li><a href=href download>{icon("down")}"bundle.zip"</a><span class="meta">{t.files_all(&size)}</span></li> }
    });
    let workbook = results.files.iter().find(|file| file.path == WORKBOOK).map(|file| {
        let href = format!("{permanent}/{WORKBOOK}");
        view! { <li><a href=href download>{icon("down")}{WORKBOOK}</a><span class="meta">{t.file_words(&file.path)}</span></li> }
    });
    let several = (results.versions.len() > 1).then(|| versions(t, results));
    view! {
        <section id="data">
            <h2>{t.data()}</h2>
            <p>{t.data_lede()}" "<a href=permanent.clone()>{t.data_all_files()}</a></p>
            <ul class="downloads" role="list">
                {all}
                {workbook}
                <li><a href=format!("{base}/results.csv") download>{icon("down")}"results.csv"</a><span class="meta">{t.results_csv()}</span></li>
                <li><a href=format!("{base}/results.json")>{icon("down")}"results.json"</a><span class="meta">{t.results_json()}</span></li>
                <li><a href=format!("{base}/rule_sheet.json")>{icon("down")}"rule_sheet.json"</a><span class="meta">{t.rule_sheet_file()}</span></li>
            </ul>
        </section>
        {several}
    }
}
