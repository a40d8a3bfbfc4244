//! `/{town}/{cycle}/results`: the answer first, then why, then everything a reader may want to check.
//!
//! Answers 404 until the release, to everybody. Computes nothing: it shows a published outcome and figures of `tally`
//! about it, and page and files are made from one value so that they cannot disagree.
//!
//! | part | says |
//! | --- | --- |
//! | here | the answer, and the totals with what they are parts of |
//! | `projects` | what each project receives, and why |
//! | `turnout` | who took part, of how many |
//! | `flow` | where the money went, as a picture and round by round |
//! | `others` | what other rules would have given |
//! | `giving` | how concentrated the giving was |
//! | `compared` | earlier cycles of the town, and other towns |
//! | `version` | the permanent page of a version: files, citation, corrections |
//! | `files` | `results.csv` and `results.json` |

mod compared;
mod files;
pub(super) mod flow;
mod giving;
mod others;
mod projects;
mod turnout;
mod version;

pub(super) use files::inert;
pub use files::{csv, json};
pub use version::show as show_version;

use super::cycle::rules;
use super::shown::told;
use super::{embed, standing};
use crate::access::Visit;
use crate::error::Error;
use crate::pages::Page;
use crate::shelf::Keep;
use crate::text::Text;
use crate::views::embed::{Chart, snippet};
use crate::views::{Tone, alert, breadcrumb, icon, said, share, untranslated};
use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use leptos::prelude::*;
use store::bundle::BundleFile;
use store::cycle::Cycle;
use store::municipality::{Label, Municipality};
use store::outcome::Counted;
use store::project::Project;
use tally::Minor;
use tally::outcome::{ProjectOutcome, Status};
use tally::rule_sheet::Purse;

/// A version of what is published of a cycle.
struct Results {
    town: Municipality,
    cycle: Cycle,
    counted: Counted,
    /// By what they receive, then by their support.
    rows: Vec<(Project, ProjectOutcome)>,
    /// All that are released, the latest first.
    versions: Vec<Counted>,
    districts: Vec<Label>,
    /// Those of the version shown.
    files: Vec<BundleFile>,
}

impl Results {
    /// The version of this number, or the latest.
    async fn read(visit: &Visit, (town, cycle): (&str, &str), version: Option<i64>) -> Result<Self, Error> {
        let (town, cycle) = visit.cycle(town, cycle).await?;
        let versions = store::outcome::versions(visit.db(), &cycle, visit.now).await?;
        let wanted = |of: &&Counted| version.is_none_or(|version| of.version == version);
        let counted = versions.iter().find(wanted).cloned().ok_or(Error::NotFound)?;
        let projects = store::project::of_cycle(visit.db(), &cycle.cycle_id).await?;
        let districts = store::municipality::districts(visit.db(), &town.municipality_id).await?;
        let files = store::bundle::files(visit.db(), &cycle.cycle_id, &counted).await?;
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
        Ok(Self { town, cycle, counted, rows, versions, districts, files })
    }

    fn base(&self) -> String {
        format!("/{}/{}", self.town.slug, self.cycle.slug)
    }

    /// The permanent address of the version shown.
    fn permanent(&self) -> String {
        format!("{}/results/v{}", self.base(), self.counted.version)
    }

    /// Where the version shown is counted again.
    fn recount(&self) -> String {
        format!("{}/verify?version={}", self.base(), self.counted.version)
    }

    fn latest(&self) -> i64 {
        self.versions.first().map_or(self.counted.version, |latest| latest.version)
    }

    fn released_at(&self) -> Option<Timestamp> {
        self.counted.published_at.or(self.cycle.published_at)
    }

    /// The day of the release, in the town's time.
    fn released(&self, t: Text) -> String {
        self.released_at().map(|at| t.day(at, &self.town.time_zone)).unwrap_or_default()
    }

    fn funded(&self) -> u64 {
        self.rows.iter().filter(|(_, outcome)| outcome.received_minor.get() > 0).count() as u64
    }

    fn voted(&self) -> u64 {
        u64::try_from(self.counted.turnout.voted).unwrap_or(0)
    }

    fn eligible(&self) -> Option<u64> {
        self.counted.turnout.eligible.and_then(|eligible| u64::try_from(eligible).ok())
    }

    fn money(&self, t: Text, minor: Minor) -> String {
        t.money_short(minor, &self.cycle.currency)
    }

    /// What a project is called, by its id in the count.
    fn name(&self, t: Text, id: &str) -> String {
        let named = self.rows.iter().find(|(_, outcome)| outcome.id == id);
        named.map_or_else(|| id.to_owned(), |(project, _)| t.said(&project.title).to_owned())
    }

    /// The same by its place in the outcome.
    fn name_at(&self, t: Text, place: usize) -> String {
        self.counted.outcome.projects.get(place).map(|of| self.name(t, &of.id)).unwrap_or_default()
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

    /// What others may show of it.
    fn chart(&self, t: Text, title: &str) -> Chart {
        let titles = self.rows.iter().map(|(project, _)| t.said(&project.title));
        Chart {
            page: self.base(),
            version: (self.permanent(), t.number(u64::try_from(self.counted.version).unwrap_or(0))),
            title: title.to_owned(),
            size_px: (embed::WIDTH_PX, embed::height_px(titles)),
        }
    }

    /// The files behind a figure, at their permanent addresses.
    fn data(&self, t: Text, files: &[&'static str]) -> Option<AnyView> {
        let are_there = files.iter().filter(|path| self.files.iter().any(|file| file.path == **path));
        let links = are_there.map(|path| {
            let href = format!("{}/{path}", self.permanent());
            view! { <a href=href>{icon("down")}<bdi>{*path}</bdi></a>" " }
        });
        let links = links.collect_view();
        (!links.is_empty())
            .then(|| view! { <p class="figure-data"><span>{t.figure_data()}</span>" "{links}</p> }.into_any())
    }
}

/// The page.
pub async fn show(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let results = Results::read(&visit, (&town, &cycle), None).await?;
    let editions = store::comparison::published(visit.db(), visit.now).await?;
    let t = visit.text;
    let title = format!("{}: {}", t.results(), t.said(&results.cycle.title));
    let site = visit.house.public_url.clone();
    let page = Page::new(&visit, title.clone()).of_cycle(&results.town, &results.cycle).kept(Keep::Briefly);
    let page = told(page, &visit, &results.town, &results.cycle).await?;
    Ok(page.show(|| {
        view! {
            {way(t, &results, t.results().to_owned(), false)}
            <h1>{t.results()}</h1>
            {on_paper(t, &results, &site)}
            {answer(t, &results)}
            {untranslated(t, results.rows.iter().map(|(project, _)| &project.title))}
            {figures(t, &results)}
            {contents(t, &results)}
            {projects::section(t, &results)}
            {snippet(t, &site, &results.chart(t, &title))}
            {turnout::section(t, &results)}
            {flow::section(t, &results)}
            {others::section(t, &results)}
            {giving::section(t, &results)}
            {compared::section(t, &results, &editions)}
            <section id="rules">
                <h2>{t.cycle_rules()}</h2>
                {rules(t, &results.cycle)}
            </section>
            {version::data_section(t, &results)}
        }
        .into_any()
    }))
}

fn way(t: Text, results: &Results, here: String, with_results: bool) -> impl IntoView + use<> {
    let mut way = vec![
        ("/".into(), t.nav_home().into()),
        (format!("/{}", results.town.slug), results.town.name.clone()),
        (results.base(), t.said(&results.cycle.title).to_owned()),
    ];
    if with_results {
        way.push((format!("{}/results", results.base()), t.results().to_owned()));
    }
    breadcrumb(t, way, here)
}

/// Of what and from where it is, which on the screen the way above says.
fn on_paper(t: Text, results: &Results, site: &str) -> impl IntoView + use<> {
    let (town, address) = (results.town.name.clone(), format!("{site}{}", results.permanent()));
    view! { <p class="on-paper"><bdi>{town}</bdi>" – "{said(t, &results.cycle.title)}<br/><bdi>{address}</bdi></p> }
}

/// The answer first, in a sentence.
fn answer(t: Text, results: &Results) -> impl IntoView + use<> {
    let outcome = &results.counted.outcome;
    let funded = t.funded_of(results.funded()).replace("{all}", &t.number(results.rows.len() as u64));
    let partly = outcome.projects.iter().filter(|project| project.status == Status::Partial).count() as u64;
    let partly = if partly > 0 { t.partly_of_these(partly) } else { String::new() };
    let funded = format!("{funded}{partly}");
    let sum = results.money(t, outcome.funded_minor);
    let voters = t.voters(outcome.ballots.into());
    let agreement = results.agreement().map(|(same, all)| {
        let words = if same == all {
            t.official_agrees(&t.number(all))
        } else {
            t.official_differs(&t.number(same), &t.number(all))
        };
        view! { <p>{words}</p> }
    });
    let standing = standing(t, results.cycle.nature, &results.released(t), results.counted.version);
    let correction = (results.counted.version > 1).then(|| {
        let words = t.results_corrected(&results.released(t));
        alert(
            Tone::Warning,
            view! { <p>{words}" "<a href=format!("{}#changes", results.permanent())>{t.results_what_changed()}</a></p> },
        )
    });
    view! {
        <p class="answer"><strong>{funded}</strong>" "{t.with_sum(&sum, &voters)}</p>
        {correction}
        {agreement}
        <p class="meta">{standing}" "<a href=format!("{}#cite", results.permanent())>{t.results_cite_link()}</a>" · "<a href=results.recount()>{t.verify_title()}</a></p>
    }
}

/// Where to find what, for a reader in a hurry.
fn contents(t: Text, results: &Results) -> impl IntoView + use<> {
    let outcome = &results.counted.outcome;
    let missing =
        [("#others", results.counted.others.is_empty()), ("#giving", outcome.given_minor == Minor::ZERO)];
    let parts = [
        ("#projects", t.what_each_receives()),
        ("#turnout", t.results_turnout_title()),
        ("#flow", t.flow_title()),
        ("#others", t.others_title()),
        ("#giving", t.giving_title()),
        ("#compared", t.compared_title()),
        ("#rules", t.cycle_rules()),
        ("#data", t.data()),
    ];
    let links = parts
        .into_iter()
        .filter(|(href, _)| !missing.contains(&(*href, true)))
        .map(|(href, words)| view! { <li><a href=href>{words}</a></li> })
        .collect_view();
    view! { <nav class="contents no-print" aria-label=t.results_contents()><ul>{links}</ul></nav> }
}

/// Totals, each with what it is a part of.
fn figures(t: Text, results: &Results) -> impl IntoView + use<> {
    let outcome = &results.counted.outcome;
    let (voted, eligible) = (results.voted(), results.eligible());
    let (value, of) = match eligible {
        Some(eligible) if eligible > 0 => {
            (t.percent(voted, eligible), t.of_eligible(&t.number(voted), &t.number(eligible)))
        }
        _ => (t.number(voted), t.eligible_unknown().to_owned()),
    };
    let ballots = t.number(outcome.ballots.into());
    let of = if results.counted.void > 0 { t.of_eligible_counted(&of, &ballots) } else { of };
    let money = |minor| results.money(t, minor);
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
