//! What everybody may read: home, town, cycle, map, project, results, feeds.

pub mod accessibility;
pub mod api;
mod browse;
pub mod bundle;
mod catalogue;
pub mod compare;
pub mod crawl;
pub mod cycle;
pub mod data;
pub mod embed;
pub mod feed;
pub mod home;
pub mod legal;
pub mod map;
pub mod method;
pub mod project;
pub mod results;
pub mod share;
mod shown;
pub mod status;
pub mod table;
pub mod town;
pub mod turnout;
pub mod verify;

use crate::access::Visitor;
use crate::text::Text;
use crate::views::{amount, phase_badge, picture, said, untranslated_short};
use jiff::Timestamp;
use leptos::prelude::*;
use store::cycle::{Cycle, Nature, Phase};
use store::municipality::Municipality;
use store::project::Project;

/// A cycle in a list: its name, where it stands, and what to do about it.
fn cycle_item(visit: &Visitor, town: &Municipality, cycle: &Cycle, with_town: bool) -> impl IntoView + use<> {
    let t = visit.text;
    let town_name = with_town.then(|| view! { <bdi>{town.name.clone()}</bdi>" · " });
    let href = format!("/{}/{}", town.slug, cycle.slug);
    let results = cycle.phase.is_published().then(|| {
        view! { <a href=format!("{href}/results")>{t.see_results()}</a> }
    });
    view! {
        <li>
            <h3><a href=href><span>{town_name}{said(t, &cycle.title)}</span></a></h3>
            <p class="meta">{when(visit, town, cycle)}" "{nature(t, cycle.nature)}</p>
            <p class="cycle-list__end">{results}" "{phase_badge(t, cycle, visit.now)}</p>
        </li>
    }
}

/// What must be said of a cycle wherever it is named.
fn nature(t: Text, nature: Nature) -> Option<&'static str> {
    match nature {
        Nature::Practice => Some(t.practice_short()),
        Nature::Import => Some(t.import_short()),
        Nature::Real => None,
    }
}

/// When a version of a result came out; an election of elsewhere had its own result there, long before.
fn standing(t: Text, nature: Nature, day: &str, version: i64) -> String {
    let version = t.number(u64::try_from(version).unwrap_or(0));
    match nature {
        Nature::Import => t.counted_here_version(day, &version),
        Nature::Practice | Nature::Real => t.published_version(day, &version),
    }
}

/// Until when a cycle is open, or since when it is not.
fn when(visit: &Visitor, town: &Municipality, cycle: &Cycle) -> String {
    when_at(visit.text, town, cycle, visit.now)
}

/// The same, at this moment.
fn when_at(t: Text, town: &Municipality, cycle: &Cycle, now: Timestamp) -> String {
    let moment = |at| t.moment(at, &town.time_zone);
    match (cycle.phase, cycle.published_at, cycle.closed_at) {
        (Phase::Draft | Phase::Proposing | Phase::Reviewing, ..) => t.opens_later().to_owned(),
        (Phase::Allocating, ..) if cycle.closes_at > now => t.open_until(&moment(cycle.closes_at)),
        (Phase::Allocating, ..) => t.closed_since(&moment(cycle.closes_at)),
        (phase, Some(at), _) if phase.is_published() => {
            let day = t.day(at, &town.time_zone);
            if cycle.nature == Nature::Import { t.counted_here_on(&day) } else { t.published_on(&day) }
        }
        (_, _, Some(at)) => t.closed_since(&moment(at)),
        (_, _, None) => t.closed_since(&moment(cycle.closes_at)),
    }
}

/// District and category, whichever there are.
fn whereabouts(t: Text, project: &Project) -> String {
    let parts = [&project.district, &project.category];
    parts.into_iter().flatten().map(|label| t.said(label)).collect::<Vec<_>>().join(" · ")
}

/// A project in a list; every one gets the same space. `query` is the list's, so that it can be come back to.
fn card(t: Text, (base, query): (&str, &str), project: &Project, currency: &str) -> impl IntoView + use<> {
    let untranslated = untranslated_short(t, [&project.title, &project.summary]);
    view! {
        <li class="card" id=format!("project-{}", project.slug)>
            <div class="card__picture">{picture(t, project, "(min-width: 42rem) 22rem, 100vw")}</div>
            <h3><a href=format!("{base}/projects/{}{query}", project.slug)>{said(t, &project.title)}</a></h3>
            <p class="card__meta">{whereabouts(t, project)}</p>
            <p class="card__summary">{said(t, &project.summary)}</p>
            {untranslated}
            <p class="card__asked"><span>{t.asks()}</span><strong>{amount(t, project.ceiling, currency)}</strong></p>
        </li>
    }
}

/// The number of a version as addresses name it, `v1`: written in one way only.
fn version_number(name: &str) -> Option<i64> {
    let digits = name.strip_prefix('v').filter(|digits| !digits.starts_with(['0', '+', '-']))?;
    digits.parse().ok()
}
