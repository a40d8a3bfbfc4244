//! `/{town}/{cycle}/status`: what happened in a cycle and when, its turnout, and its incidents. Never amounts.

use crate::access::Visit;
use crate::error::Error;
use crate::pages::Page;
use crate::shelf::Keep;
use crate::text::Text;
use crate::views::{breadcrumb, phase_badge, prose, untranslated};
use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use leptos::prelude::*;
use store::cycle::{Cycle, Phase};
use store::incident::Incident;
use store::municipality::Municipality;
use store::roll::Turnout;

/// The page.
pub async fn show(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let (town, cycle) = visit.cycle(&town, &cycle).await?;
    let incidents = store::incident::of_cycle(visit.db(), &cycle.cycle_id).await?;
    let turnout = store::roll::turnout(visit.db(), &cycle).await?;
    let counted_at = store::outcome::counted_at(visit.db(), &cycle).await?;
    let t = visit.text;
    let way = vec![
        (format!("/{}", town.slug), town.name.clone()),
        (format!("/{}/{}", town.slug, cycle.slug), t.said(&cycle.title).to_owned()),
    ];
    let steps = steps(t, &town, &cycle, counted_at)
        .into_iter()
        .map(|(words, at)| {
            view! { <li><p><strong>{words}</strong></p><p class="meta">{t.moment(at, &town.time_zone)}</p></li> }
        })
        .collect_view();
    let texts = incidents.iter().map(|incident| &incident.body);
    let feed = format!("/{}/{}/feed.xml?language={}", town.slug, cycle.slug, t.language.tag());
    Ok(Page::new(&visit, t.where_it_stands()).of_cycle(&town, &cycle).feed(feed.clone()).kept(Keep::Briefly).narrow().show(|| {
        view! {
            {breadcrumb(t, way, t.where_it_stands().to_owned())}
            <p>{phase_badge(t, &cycle, visit.now)}</p>
            <h1>{t.where_it_stands()}</h1>
            {(cycle.phase >= Phase::Allocating).then(|| view! { <p class="lede">{turnout_words(t, turnout)}</p> })}
            {(cycle.opened_at.is_none() && cycle.phase.is_editable()).then(|| view! { <p class="lede">{t.opens_later()}</p> })}
            <section>
                <h2>{t.status_steps()}</h2>
                <ol class="timeline" role="list">{steps}</ol>
            </section>
            <section id="incidents">
                <h2>{t.incidents()}</h2>
                <p>{t.incidents_lede()}</p>
                {untranslated(t, texts)}
                {list(t, &town, &incidents)}
            </section>
            <p class="meta"><a href=feed>{t.status_feed()}</a></p>
        }
        .into_any()
    }))
}

/// What has happened, and the one thing that is known to come, in the order of time.
fn steps(
    t: Text,
    town: &Municipality,
    cycle: &Cycle,
    counted_at: Option<Timestamp>,
) -> Vec<(String, Timestamp)> {
    let told = |words: &str, at: Option<Timestamp>| at.map(|at| (words.to_owned(), at));
    let closed = |at: Timestamp| {
        if at < cycle.closes_at {
            (t.status_closed_early(&t.moment(cycle.closes_at, &town.time_zone)), at)
        } else {
            (t.status_closed().to_owned(), at)
        }
    };
    let steps = [
        told(t.status_opened(), cycle.opened_at),
        told(t.status_closes(), cycle.closed_at.is_none().then_some(cycle.closes_at)),
        cycle.closed_at.map(closed),
        told(t.status_counted(), counted_at),
        told(t.status_published(), cycle.published_at),
    ];
    steps.into_iter().flatten().collect()
}

/// How many took part, of how many, in a sentence.
fn turnout_words(t: Text, turnout: Turnout) -> String {
    let voted = u64::try_from(turnout.voted).unwrap_or(0);
    match turnout.eligible.and_then(|eligible| u64::try_from(eligible).ok()) {
        Some(eligible) if eligible > 0 => {
            let of = t.of_eligible(&t.number(voted), &t.number(eligible));
            t.turnout_is(&of, &t.percent(voted, eligible))
        }
        Some(_) => t.voters_so_far(voted),
        None => format!("{} {}.", t.number(voted), t.eligible_unknown()),
    }
}

/// The incidents, the newest first, each with its moment.
pub fn list(t: Text, town: &Municipality, incidents: &[Incident]) -> AnyView {
    if incidents.is_empty() {
        return view! { <p>{t.incidents_none()}</p> }.into_any();
    }
    let items = incidents
        .iter()
        .map(|incident| {
            let at = t.moment(incident.told_at, &town.time_zone);
            view! { <li><p class="meta">{at}</p>{prose(t, &incident.body)}</li> }
        })
        .collect_view();
    view! { <ul class="timeline" role="list">{items}</ul> }.into_any()
}
