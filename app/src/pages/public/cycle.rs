//! `/{town}/{cycle}`: where the cycle stands, its rules in plain words, its projects, its turnout, never amounts.

use super::browse::Listing;
use super::data::follow;
use super::map::of_town;
use super::shown::Shown;
use super::{card, when};
use crate::access::Visit;
use crate::browse::{Browse, draw, draw_again};
use crate::error::Error;
use crate::pages::Page;
use crate::shelf::Keep;
use crate::text::Text;
use crate::views::delivery::stand_words;
use crate::views::{amount, breadcrumb, phase_badge, prose, said, share, untranslated};
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use store::cycle::{Cycle, Nature, Phase};
use store::delivery::stand;
use store::municipality::Municipality;
use store::project::Project;
use store::roll::Turnout;
use tally::Minor;
use tally::delivery::Sums;
use tally::rule_sheet::{Purse, Silent};

/// The page.
pub async fn show(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let (town, cycle) = visit.cycle_or_draft(&town, &cycle).await?;
    let projects = store::project::of_cycle(visit.db(), &cycle.cycle_id).await?;
    let turnout = store::roll::turnout(visit.db(), &cycle).await?;
    let drawn = draw(&visit, &cycle);
    let browse = Browse::read(&asked, drawn);
    let keep = if browse.order == drawn { Keep::Drawn } else { Keep::Briefly };
    let money = money_section(&visit, &town, &cycle, &projects).await?;
    let shown = Shown::of(&visit.house, (town.clone(), cycle.clone()), projects.clone(), visit.now).await?;
    let t = visit.text;
    let base = format!("/{}/{}", town.slug, cycle.slug);
    let has_map =
        projects.iter().any(|project| project.point.is_some()) || of_town(&visit, &town).await?.is_some();
    let list = list(&visit, &cycle, (&base, has_map), &browse, &projects);
    let envelope = t.money_short(cycle.sheet.envelope, &cycle.currency);
    let action = action(&visit, &base, &cycle);
    let source = (!cycle.source.is_empty())
        .then(|| view! { <p class="meta">{t.source()}" "<bdi>{cycle.source.clone()}</bdi></p> });
    let way = vec![("/".into(), t.nav_home().into()), (format!("/{}", town.slug), town.name.clone())];
    let title = t.said(&cycle.title).to_owned();
    let count = t.projects(projects.len() as u64);
    let lede = match cycle.nature {
        Nature::Import => format!("{count}."),
        _ => t.cycle_lede(&count, &envelope),
    };
    let page = Page::new(&visit, format!("{title}, {}", town.name)).of_cycle(&town, &cycle);
    let feed = format!("{base}/feed.xml?language={}", t.language.tag());
    let page = page.shared_as(&shown.picture(t, visit.now), &base).embeddable(base.clone()).feed(feed);
    Ok(page.kept(keep).wide().show(|| {
        view! {
            <div class="hero hero--cycle">
                <div class="hero__inner">
                    <div class="hero__text">
                        {breadcrumb(t, way, title)}
                        <p>{phase_badge(t, &cycle, visit.now)}</p>
                        <h1>{said(t, &cycle.title)}</h1>
                        <p class="lede">{lede}" "{when(&visit, &town, &cycle)}</p>
                        <div class="cluster">
                            {action}
                            <a class="button button--quiet" href="#rules">{t.rules_in_plain_words()}</a>
                        </div>
                    </div>
                    <div class="hero__side">
                        {(cycle.phase >= Phase::Allocating).then(|| turnout_figure(t, turnout))}
                    </div>
                </div>
            </div>
            <div class="page">
                {untranslated(t, [&cycle.title, &cycle.intro])}
                {prose(t, &cycle.intro)}
                {source}
                {money}
                {list}
                <section id="rules">
                    <h2>{t.rules_in_plain_words()}</h2>
                    {rules(t, &cycle)}
                    <p class="meta">{t.rule_sheet_hash()}" "<span class="hash">{cycle.sheet.hash()}</span></p>
                    <p><a href=format!("{base}/rule_sheet.json")>{t.rule_sheet_file()}</a></p>
                </section>
                {elsewhere(&visit, &base, &cycle)}
            </div>
        }
        .into_any()
    }))
}

/// What there is to do now: vote, or read the results.
fn action(visit: &Visit, base: &str, cycle: &Cycle) -> Option<AnyView> {
    let t = visit.text;
    let (href, words) = if cycle.takes_ballots(visit.now) {
        (format!("{base}/ballot"), t.spread_my(&t.money_short(cycle.sheet.envelope, &cycle.currency)))
    } else if cycle.phase.is_published() {
        (format!("{base}/results"), t.see_results().to_owned())
    } else {
        return None;
    };
    Some(view! { <a class="button" href=href>{words}</a> }.into_any())
}

/// What became of the money, once the town has told something of it: in a sentence, and project by project.
async fn money_section(
    visit: &Visit,
    town: &Municipality,
    cycle: &Cycle,
    projects: &[Project],
) -> Result<Option<AnyView>, Error> {
    if cycle.phase < Phase::Delivering {
        return Ok(None);
    }
    let Some(counted) = store::outcome::published(visit.db(), cycle, visit.now).await? else {
        return Ok(None);
    };
    let told = store::delivery::of_cycle(visit.db(), &cycle.cycle_id).await?;
    let sums = Sums::of(told.values().filter_map(|told| stand(told)));
    if sums.told == 0 {
        return Ok(None);
    }
    let t = visit.text;
    let base = format!("/{}/{}", town.slug, cycle.slug);
    let outcomes = counted.outcome.projects.iter().filter(|outcome| outcome.received_minor > Minor::ZERO);
    let funded = outcomes.filter_map(|outcome| {
        let project = projects.iter().find(|project| project.count_id == outcome.id)?;
        Some((project, outcome.received_minor))
    });
    let rows: Vec<_> = funded
        .map(|(project, received)| {
            let told = told.get(&project.project_id).map_or(&[][..], Vec::as_slice);
            let words = stand_words(t, town, &cycle.currency, told);
            let words = words.unwrap_or_else(|| t.delivery_none().to_owned());
            view! {
                <li>
                    <h3><a href=format!("{base}/projects/{}#delivery", project.slug)>{said(t, &project.title)}</a></h3>
                    <p>{words}</p>
                    <p class="meta">{t.step_voted()}" "{amount(t, received, &cycle.currency)}</p>
                </li>
            }
        })
        .collect();
    let paid = t.money_short(sums.paid, &cycle.currency);
    let all = t.money_short(counted.outcome.funded_minor, &cycle.currency);
    let projects = t.delivered_of(sums.delivered).replace("{all}", &t.number(rows.len() as u64));
    Ok(Some(
        view! {
            <section id="money">
                <h2>{t.delivery()}</h2>
                <p class="lede">{t.delivery_sums(&paid, &all)}" "{projects}</p>
                <ul class="stands" role="list">{rows}</ul>
            </section>
        }
        .into_any(),
    ))
}

/// The way to what happened in the cycle, and to the town's help.
fn elsewhere(visit: &Visit, base: &str, cycle: &Cycle) -> impl IntoView + use<> {
    let t = visit.text;
    let claim = store::claim::takes_claims(cycle, visit.now)
        .then(|| view! { <p><a href=format!("{base}/claim")>{t.claim_title()}</a></p> });
    view! {
        <section>
            <h2>{t.where_it_stands()}</h2>
            <p><a href=format!("{base}/status")>{t.status_link()}</a></p>
            {claim}
        </section>
        <section>
            <h2>{t.data_follow()}</h2>
            {follow(t, base)}
        </section>
    }
}

/// The projects that were asked for, and the form to ask for others.
fn list(
    visit: &Visit,
    cycle: &Cycle,
    (base, has_map): (&str, bool),
    browse: &Browse,
    projects: &[Project],
) -> impl IntoView + use<> {
    let t = visit.text;
    let chosen = browse.choose(t, projects.to_vec());
    let query = browse.query();
    let listing = Listing {
        browse,
        address: base.to_owned(),
        currency: &cycle.currency,
        all: projects,
        found: chosen.len(),
        another: draw_again(visit),
    };
    let cards = chosen.iter().map(|project| card(t, (base, &query), project, &cycle.currency)).collect_view();
    let map =
        has_map.then(|| view! { <p><a href=format!("{base}/map{query}#projects")>{t.on_the_map()}</a></p> });
    view! {
        <section id="projects">
            <h2>{t.projects_title()}</h2>
            {listing.form(t)}
            {listing.summary(t)}
            {map}
            <ul class="cards" role="list">{cards}</ul>
        </section>
    }
}

/// How many took part, of how many; where nobody knows of how many, that is said.
fn turnout_figure(t: Text, turnout: Turnout) -> impl IntoView {
    let voted = u64::try_from(turnout.voted).unwrap_or(0);
    let eligible = turnout.eligible.and_then(|eligible| u64::try_from(eligible).ok());
    let (value, of) = match eligible {
        Some(eligible) if eligible > 0 => {
            (t.percent(voted, eligible), t.of_eligible(&t.number(voted), &t.number(eligible)))
        }
        Some(_) => (t.number(voted), t.voters(voted)),
        None => (t.number(voted), t.eligible_unknown().to_owned()),
    };
    view! {
        <dl class="figures">
            <div>
                <dt>{t.turnout()}</dt>
                <dd class="figures__value">{value}</dd>
                <dd class="figures__of">{of}</dd>
                {eligible.map(|eligible| view! { <dd class="figures__share">{share(voted, eligible)}</dd> })}
            </div>
        </dl>
    }
}

/// The rule sheet, said plainly.
pub(super) fn rules(t: Text, cycle: &Cycle) -> impl IntoView + use<> {
    let sheet = &cycle.sheet;
    let money = |minor| t.money_short(minor, &cycle.currency);
    // Nobody votes in an imported one, and its ballots held no money.
    let is_import = cycle.nature == Nature::Import;
    let points = |minor| t.as_given(minor, sheet, &cycle.currency);
    let mut sentences = if is_import {
        vec![t.rule_import().to_owned(), t.rule_import_points(&points(sheet.envelope))]
    } else {
        vec![t.rule_envelope(&money(sheet.envelope), &money(sheet.step))]
    };
    let cap = |cap| if is_import { points(cap) } else { money(cap) };
    sentences.extend(sheet.max_per_project.map(|most| t.rule_cap(&cap(most))));
    if sheet.min_projects > 1 {
        sentences.push(t.rule_min_projects(&t.number(sheet.min_projects.into())));
    }
    sentences.push(match sheet.purse {
        Purse::Ballots => t.rule_purse_ballots().to_owned(),
        Purse::Residents => match sheet.silent {
            Silent::General => t.rule_purse_residents().to_owned(),
            Silent::Proportional => t.rule_purse_residents_shared().to_owned(),
        },
        Purse::Fixed(sum) => t.rule_purse_fixed(&money(sum)),
    });
    if sheet.min_supporters > 0 {
        sentences.push(t.rule_min_supporters(&t.number(sheet.min_supporters.into())));
    }
    sentences.extend(t.rule(sheet, &cycle.currency));
    if !is_import {
        sentences.push(t.rule_change().to_owned());
    }
    let sentences = sentences.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view();
    view! { <ul>{sentences}</ul><p><a href="/method">{t.method_link()}</a></p> }
}

/// `/{town}/{cycle}/rule_sheet.json`: the sheet as it is hashed, byte for byte.
pub async fn rule_sheet(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
) -> Result<Response, Error> {
    let (_, cycle) = visit.cycle(&town, &cycle).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], cycle.sheet.to_canonical_json()).into_response())
}
