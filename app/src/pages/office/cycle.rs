//! `/office/{town}/{cycle}`: where a cycle stands, what blocks the next step, and the button for it.

use super::way_to_office;
use crate::access::Visit;
use crate::error::Error;
use crate::pages::Page;
use crate::text::Text;
use crate::views::{Tone, alert, amount, breadcrumb, said};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use store::cycle::{Cycle, Nature, Phase};
use store::municipality::Municipality;
use store::project::Project;
use store::roll::Turnout;

/// What the page is about.
pub struct Desk {
    /// The town.
    pub town: Municipality,
    /// The cycle.
    pub cycle: Cycle,
    projects: Vec<Project>,
    /// Who is on the roll, and who took part.
    pub turnout: Turnout,
    /// Whether the ballots were counted.
    pub counted: bool,
    claims: u64,
}

impl Desk {
    /// Reads it for the officer who asks.
    ///
    /// # Errors
    /// As [`Visit::managed_cycle`].
    pub async fn read(visit: &Visit, town: &str, cycle: &str) -> Result<Self, Error> {
        let (town, cycle) = visit.managed_cycle(town, cycle).await?;
        Ok(Self {
            projects: store::project::of_cycle(visit.db(), &cycle.cycle_id).await?,
            turnout: store::roll::turnout(visit.db(), &cycle).await?,
            counted: store::outcome::is_counted(visit.db(), &cycle).await?,
            claims: store::claim::how_many_wait(visit.db(), &cycle.cycle_id).await?,
            town,
            cycle,
        })
    }

    /// The page's address.
    #[must_use]
    pub fn address(&self) -> String {
        format!("/office/{}/{}", self.town.slug, self.cycle.slug)
    }
}

/// The page.
pub async fn show(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let desk = Desk::read(&visit, &town, &cycle).await?;
    Ok(page(&visit, &desk, None))
}

/// The page, with why the last step was refused.
pub fn page(visit: &Visit, desk: &Desk, refused: Option<&str>) -> Response {
    let t = visit.text;
    let cycle = &desk.cycle;
    let status = if refused.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let refused = refused.map(|words| {
        let words = words.to_owned();
        view! { <div class="error-summary" role="alert" tabindex="-1"><h2>{t.step_refused()}</h2><p>{words}</p></div> }
    });
    let title = t.said(&cycle.title).to_owned();
    Page::new(visit, title.clone()).of_cycle(&desk.town, cycle).status(status).show(|| {
        view! {
            {breadcrumb(t, way_to_office(t), title)}
            {refused}
            <h1>{said(t, &cycle.title)}</h1>
            {steps(t, cycle)}
            {preview(t, desk)}
            <section>
                <h2>{t.next_step()}</h2>
                {next_step(visit, desk)}
            </section>
            {(cycle.nature != Nature::Import).then(|| roll_section(t, desk))}
            {(cycle.nature != Nature::Import).then(|| claims_section(t, desk))}
            {projects_section(t, desk)}
            <section>
                <h2>{t.rules()}</h2>
                <p class="meta">{t.rule_sheet_hash()}" "<span class="hash">{cycle.sheet.hash()}</span></p>
                {if cycle.phase.is_editable() {
                    view! { <p><a class="button button--secondary" href=format!("{}/edit", desk.address())>{t.edit_cycle()}</a></p> }.into_any()
                } else {
                    view! { <p>{t.rules_frozen()}</p> }.into_any()
                }}
            </section>
        }
        .into_any()
    })
}

/// The way to what everybody will see of a draft.
fn preview(t: Text, desk: &Desk) -> Option<AnyView> {
    let href = format!("/{}/{}", desk.town.slug, desk.cycle.slug);
    (desk.cycle.phase == Phase::Draft).then(|| {
        view! { <p><a href=href>{t.preview_see()}</a>" "<span class="meta">{t.preview_body()}</span></p> }
            .into_any()
    })
}

fn steps(t: Text, cycle: &Cycle) -> impl IntoView + use<> {
    let phase = cycle.phase;
    let steps = [
        (Phase::Draft, t.phase_draft()),
        (Phase::Allocating, t.phase_allocating()),
        (Phase::Counting, t.phase_counting()),
        (Phase::Published, t.phase_published()),
        (Phase::Delivering, t.phase_delivering()),
    ];
    let items = steps
        .map(|(step, words)| {
            let here = step == phase;
            let class = match (here, step < phase) {
                (true, _) => "steps__now",
                (false, true) => "steps__done",
                (false, false) => "",
            };
            let note = match (here, step < phase) {
                (true, _) => t.step_now(),
                (false, true) => t.step_done(),
                (false, false) => t.step_later(),
            };
            view! { <li class=class aria-current=here.then_some("step")><span>{words}</span>" "<span class="meta">{note}</span></li> }
        })
        .to_vec();
    view! { <ol class="steps steps--across" role="list">{items}</ol> }
}

/// What is to be done now: the reasons that block it, or its button.
fn next_step(visit: &Visit, desk: &Desk) -> AnyView {
    let t = visit.text;
    let cycle = &desk.cycle;
    let address = desk.address();
    let public = format!("/{}/{}", desk.town.slug, cycle.slug);
    let closes = t.moment(cycle.closes_at, &desk.town.time_zone);
    let button = |step: &str, words: &'static str, explained: String, class: &'static str| {
        view! {
            <form class="stack" method="post" action=format!("{address}/{step}")>
                <p>{explained}</p>
                <p><button class=class>{words}</button></p>
            </form>
        }
        .into_any()
    };
    // What cannot be undone is asked on a page of its own.
    let ask = |step: &str, words: &'static str, explained: String, class: &'static str| {
        view! {
            <p>{explained}</p>
            <p><a class=class href=format!("{address}/{step}")>{words}</a></p>
        }
        .into_any()
    };
    match cycle.phase {
        Phase::Draft | Phase::Proposing | Phase::Reviewing => {
            let blocking = blocking(visit, desk);
            if blocking.is_empty() {
                return ask("open", t.open_voting(), t.open_explained(&closes), "button");
            }
            let items = blocking.into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
            alert(Tone::Warning, view! { <h3>{t.blocks_opening()}</h3><ul>{items}</ul> }).into_any()
        }
        Phase::Allocating => {
            let explained = if cycle.takes_ballots(visit.now) {
                t.close_early_explained(&closes)
            } else {
                t.close_explained().to_owned()
            };
            ask("close", t.close_voting(), explained, "button button--danger")
        }
        Phase::Counting if desk.counted => {
            if let Some(at) = cycle.published_at {
                let at = t.moment(at, &desk.town.time_zone);
                return ask(
                    "publish",
                    t.release_preview(),
                    t.release_scheduled(&at),
                    "button button--secondary",
                );
            }
            ask("publish", t.publish(), t.publish_explained().to_owned(), "button")
        }
        Phase::Counting => button("count", t.count(), t.count_explained().to_owned(), "button"),
        Phase::Published | Phase::Delivering | Phase::Archived => {
            let link = view! { <p>{t.is_published()}" "<a href=format!("{public}/results")>{t.see_results()}</a></p> };
            let deliver = (cycle.phase != Phase::Archived).then(|| {
                view! {
                    <p>{t.delivery_lede()}</p>
                    <p><a class="button button--secondary" href=format!("{address}/delivery")>{t.delivery()}</a></p>
                }
            });
            let correct = view! {
                <p><a class="button button--quiet" href=format!("{address}/corrections")>{t.corrections()}</a></p>
            };
            view! { {alert(Tone::Success, link)}{deliver}{correct} }.into_any()
        }
    }
}

fn blocking(visit: &Visit, desk: &Desk) -> Vec<&'static str> {
    let t = visit.text;
    let mut blocking = Vec::new();
    if desk.projects.is_empty() {
        blocking.push(t.blocks_no_projects());
    }
    if desk.turnout.eligible == Some(0) {
        blocking.push(t.blocks_empty_roll());
    }
    if desk.cycle.closes_at <= visit.now {
        blocking.push(t.blocks_closes_past());
    }
    blocking
}

fn roll_section(t: Text, desk: &Desk) -> impl IntoView + use<> {
    let eligible = u64::try_from(desk.turnout.eligible.unwrap_or(0)).unwrap_or(0);
    let voted = u64::try_from(desk.turnout.voted).unwrap_or(0);
    let open = desk.cycle.phase <= Phase::Allocating;
    let link = open.then(|| {
        view! { <p><a class="button button--secondary" href=format!("{}/roll", desk.address())>{t.import_roll()}</a></p> }
    });
    view! {
        <section>
            <h2>{t.roll()}</h2>
            <p>{t.entries(eligible)}" "{(desk.cycle.phase >= Phase::Allocating).then(|| t.voters_so_far(voted))}</p>
            {link}
        </section>
    }
}

/// What people ask of the town, and what the town tells them.
fn claims_section(t: Text, desk: &Desk) -> impl IntoView + use<> {
    let address = desk.address();
    let waiting = if desk.claims == 0 { t.claims_none().to_owned() } else { t.claims_waiting(desk.claims) };
    view! {
        <section>
            <h2>{t.claims()}</h2>
            <p>{waiting}</p>
            <p class="cluster">
                <a class="button button--secondary" href=format!("{address}/claims")>{t.claims()}</a>
                <a class="button button--secondary" href=format!("{address}/incidents")>{t.incident_tell()}</a>
            </p>
        </section>
    }
}

fn projects_section(t: Text, desk: &Desk) -> impl IntoView + use<> {
    let editable = desk.cycle.phase.is_editable();
    let address = desk.address();
    let rows = desk
        .projects
        .iter()
        .map(|project| {
            let href = if editable {
                format!("{address}/projects/{}", project.slug)
            } else {
                format!("/{}/{}/projects/{}", desk.town.slug, desk.cycle.slug, project.slug)
            };
            let holder = project.holder.clone();
            let title = t.said(&project.title).to_owned();
            let updates = format!("{address}/projects/{}/updates", project.slug);
            view! {
                <tr>
                    <th scope="row"><a href=href>{said(t, &project.title)}</a></th>
                    <td><bdi>{holder}</bdi></td>
                    <td class="num">{amount(t, project.floor, &desk.cycle.currency)}</td>
                    <td class="num">{amount(t, project.ceiling, &desk.cycle.currency)}</td>
                    <td><a href=updates>{t.updates()}<span class="visually-hidden">" "{title}</span></a></td>
                </tr>
            }
        })
        .collect_view();
    let add = editable.then(|| {
        view! { <a class="button button--secondary" href=format!("{address}/projects/new")>{t.add_project()}</a> }
    });
    view! {
        <section>
            <h2>{t.projects_title()}</h2>
            <div class="toolbar">{add}<span class="toolbar__end meta">{t.projects(desk.projects.len() as u64)}</span></div>
            <div class="table-scroll" tabindex="0" role="region" aria-label=t.projects_title()>
                <table class="table">
                    <thead><tr>
                        <th scope="col">{t.project()}</th>
                        <th scope="col">{t.holder()}</th>
                        <th scope="col" class="num">{t.floor()}</th>
                        <th scope="col" class="num">{t.ceiling()}</th>
                        <th scope="col">{t.updates()}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}
