//! `/office`: the officer's towns and their cycles.

use crate::access::{Visit, may_manage};
use crate::error::Error;
use crate::form::redirect;
use crate::pages::Page;
use crate::views::{phase_badge, said};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;

/// The page; a visitor who is not signed in is sent to the door.
pub async fn show(visit: Visit) -> Result<Response, Error> {
    let Ok(officer) = visit.officer() else { return Ok(redirect("/office/enter", &[]).into_response()) };
    let t = visit.text;
    let roles = store::officer::roles(visit.db(), &officer.officer_id).await?;
    let mut sections = Vec::new();
    for town in store::municipality::all(visit.db()).await? {
        if !may_manage(&roles, &town.slug) {
            continue;
        }
        let cycles = store::cycle::of_town(visit.db(), &town.municipality_id, visit.now).await?;
        let items = cycles
            .iter()
            .map(|cycle| {
                view! {
                    <li>
                        <h3><a href=format!("/office/{}/{}", town.slug, cycle.slug)>{said(t, &cycle.title)}</a></h3>
                        <p class="cycle-list__end">{phase_badge(t, cycle, visit.now)}</p>
                    </li>
                }
            })
            .collect_view();
        sections.push(view! {
            <section>
                <h2><bdi>{town.name.clone()}</bdi></h2>
                <ul class="cycle-list" role="list">{items}</ul>
                <p><a class="button button--secondary" href=format!("/office/{}/new", town.slug)>{t.new_cycle()}</a></p>
                <p class="cluster">
                    <a href=format!("/office/{}/map", town.slug)>{t.map_of(&town.name)}</a>
                    <a href=format!("/office/{}/look", town.slug)>{t.look()}</a>
                    <a href=format!("/office/legal/{}", town.slug)>{t.legal_notice_edit()}</a>
                </p>
            </section>
        });
    }
    let none = sections.is_empty().then(|| view! { <p>{t.no_town_of_yours()}</p> });
    let name = officer.name.clone();
    Ok(Page::new(&visit, t.nav_office()).show(|| {
        view! {
            <h1>{t.nav_office()}</h1>
            <form method="post" action="/office/leave">
                <p>{t.signed_in_as(&name)}" "<button class="link-button">{t.sign_out()}</button></p>
            </form>
            {none}
            {sections}
        }
        .into_any()
    }))
}
