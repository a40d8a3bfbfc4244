//! `/office/{town}/{cycle}/open` and `…/close`: what a step will do, before it is taken. Neither can be undone, so neither
//! hangs on one click.

use super::cycle::Desk;
use super::desk;
use crate::access::Visit;
use crate::error::Error;
use crate::pages::Page;
use crate::views::{Tone, alert, breadcrumb, said};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use store::cycle::{Nature, Phase};

/// A step, as its page tells it.
struct Step {
    /// The last part of its address.
    name: &'static str,
    title: &'static str,
    /// What will happen.
    means: Vec<String>,
    class: &'static str,
}

/// Before voting opens.
pub async fn open(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let desk = Desk::read(&visit, &town, &cycle).await?;
    let t = visit.text;
    let closes = t.moment(desk.cycle.closes_at, &desk.town.time_zone);
    let means = vec![t.open_explained(&closes), t.step_open_codes().to_owned()];
    let step = Step { name: "open", title: t.open_voting(), means, class: "button" };
    ask(&visit, &desk, desk.cycle.phase.is_editable(), step)
}

/// Before voting closes.
pub async fn close(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let desk = Desk::read(&visit, &town, &cycle).await?;
    let t = visit.text;
    let early = desk.cycle.takes_ballots(visit.now);
    let explained = if early {
        t.close_early_explained(&t.moment(desk.cycle.closes_at, &desk.town.time_zone))
    } else {
        t.close_explained().to_owned()
    };
    let voted = t.voters_so_far(u64::try_from(desk.turnout.voted).unwrap_or(0));
    let means = vec![explained, voted, t.step_close_people().to_owned()];
    let step = Step { name: "close", title: t.close_voting(), means, class: "button button--danger" };
    ask(&visit, &desk, desk.cycle.phase == Phase::Allocating, step)
}

/// The page; `WrongPhase` where the step cannot be taken now.
fn ask(visit: &Visit, of: &Desk, is_next: bool, step: Step) -> Result<Response, Error> {
    if !is_next || of.cycle.nature == Nature::Real {
        return Err(Error::WrongPhase);
    }
    let t = visit.text;
    let (address, way) = desk(t, &of.town, &of.cycle);
    let Step { name, title, means, class } = step;
    let means = means.into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
    Ok(Page::new(visit, title).of_cycle(&of.town, &of.cycle).narrow().show(|| {
        view! {
            {breadcrumb(t, way, title.to_owned())}
            <h1>{title}</h1>
            <p class="lede"><bdi>{of.town.name.clone()}</bdi>" · "{said(t, &of.cycle.title)}</p>
            {alert(Tone::Warning, view! { <p>{t.step_for_good()}</p><ul>{means}</ul> })}
            <form class="cluster" method="post" action=format!("{address}/{name}")>
                <button class=class>{title}</button>
                <a href=address.clone()>{t.step_not_now()}</a>
            </form>
        }
        .into_any()
    }))
}
