//! `/office/legal/{town}`: what the law wants a town to state.

use super::way_to_office;
use crate::access::Visit;
use crate::error::Error;
use crate::form::Fields;
use crate::pages::Page;
use crate::views::breadcrumb;
use crate::views::field::{Field, Problems};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use store::municipality::Municipality;

/// The form, with what is stated now.
pub async fn show(visit: Visit, Path(town): Path<String>) -> Result<Response, Error> {
    let town = visit.managed_town(&town).await?;
    let legal_notice = store::legal_notice::of_town(visit.db(), &town.municipality_id).await?;
    let fields = Fields::default()
        .with("body", legal_notice.body)
        .with("address", legal_notice.address)
        .with("director", legal_notice.director)
        .with("data_protection", legal_notice.data_protection)
        .with("host", legal_notice.host);
    Ok(page(&visit, &town, &fields, &Problems::default()))
}

/// The form, with what was typed and what is wrong with it.
pub fn page(visit: &Visit, town: &Municipality, form: &Fields, problems: &Problems) -> Response {
    let t = visit.text;
    let of = |name: &str| form.get(name).to_owned();
    let fields = [
        Field::line("body", t.legal_body(), of("body")).hint(t.legal_notice_body_hint()),
        Field::area("address", t.legal_address(), of("address"), 3),
        Field::line("director", t.legal_director(), of("director")).hint(t.legal_notice_director_hint()),
        Field::area("data_protection", t.legal_protection(), of("data_protection"), 3)
            .hint(t.legal_notice_protection_hint()),
        Field::area("host", t.legal_host(), of("host"), 3).hint(t.legal_notice_host_hint()),
    ];
    let fields = fields.into_iter().map(|field| field.show(problems)).collect_view();
    Page::new(visit, t.legal_notice_edit()).of_town(town).status(problems.status()).narrow().show(|| {
        view! {
            {breadcrumb(t, way_to_office(t), t.legal_notice_edit().to_owned())}
            {problems.summary(t)}
            <h1>{t.legal_notice_edit()}</h1>
            <p class="lede">{t.legal_notice_lede()}</p>
            <form class="stack" method="post" action=format!("/office/legal/{}", town.slug)>
                {fields}
                <p class="cluster"><button class="button">{t.save()}</button><a href=format!("/legal/{}", town.slug)>{t.legal_notice_see()}</a></p>
            </form>
        }
        .into_any()
    })
}
