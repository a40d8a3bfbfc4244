//! `/office/legal/{town}`: what the law wants a town to state.

use crate::access::Visit;
use crate::error::Error;
use crate::form::Fields;
use crate::pages::Page;
use crate::views::breadcrumb;
use crate::views::field::{Field, Problems};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use store::municipality::Municipality;

/// The form, with what is stated now.
pub async fn show(visit: Visit, Path(town): Path<String>) -> Result<Response, Error> {
    let town = visit.managed_town(&town).await?;
    let imprint = store::imprint::of_town(visit.db(), &town.municipality_id).await?;
    let fields = Fields::default()
        .with("body", imprint.body)
        .with("address", imprint.address)
        .with("director", imprint.director)
        .with("data_protection", imprint.data_protection)
        .with("host", imprint.host);
    Ok(page(&visit, &town, &fields, &Problems::default()))
}

/// The form, with what was typed and what is wrong with it.
pub fn page(visit: &Visit, town: &Municipality, form: &Fields, problems: &Problems) -> Response {
    let t = visit.text;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let of = |name: &str| form.get(name).to_owned();
    let fields = [
        Field::line("body", t.legal_body(), of("body")).hint(t.imprint_body_hint()),
        Field::area("address", t.legal_address(), of("address"), 3),
        Field::line("director", t.legal_director(), of("director")).hint(t.imprint_director_hint()),
        Field::area("data_protection", t.legal_protection(), of("data_protection"), 3)
            .hint(t.imprint_protection_hint()),
        Field::area("host", t.legal_host(), of("host"), 3).hint(t.imprint_host_hint()),
    ];
    let fields = fields.into_iter().map(|field| field.show(problems)).collect_view();
    Page::new(visit, t.imprint_edit()).of_town(town).status(status).narrow().show(|| {
        view! {
            {breadcrumb(t, vec![("/office".into(), t.nav_office().into())], t.imprint_edit().to_owned())}
            {problems.summary(t)}
            <h1>{t.imprint_edit()}</h1>
            <p class="lede">{t.imprint_lede()}</p>
            <form class="stack" method="post" action=format!("/office/legal/{}", town.slug)>
                {fields}
                <p class="cluster"><button class="button">{t.save()}</button></p>
            </form>
        }
        .into_any()
    })
}
