//! `/office/enter`: officers sign in.

use crate::access::Visit;
use crate::pages::Page;
use crate::views::field::{Field, Problems};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

/// The page, empty.
pub async fn show(visit: Visit) -> Response {
    page(&visit, "", &Problems::default())
}

/// The page with the address that was typed and what is wrong. The password is never sent back.
pub fn page(visit: &Visit, mail: &str, problems: &Problems) -> Response {
    let t = visit.text;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mail = Field::input("email", "mail", t.mail(), mail).autocomplete("username").ltr().required();
    let password = Field::input("password", "password", t.password(), "")
        .autocomplete("current-password")
        .ltr()
        .required();
    Page::new(visit, t.sign_in()).status(status).narrow().show(|| {
        view! {
            {(!problems.is_empty()).then(|| view! {
                <div class="error-summary" role="alert" tabindex="-1" autofocus>
                    <h2>{t.sign_in_failed()}</h2>
                    <p><a href="#mail">{problems.of("mail")}</a></p>
                </div>
            })}
            <h1>{t.sign_in_title()}</h1>
            <form class="stack" method="post" action="/office/enter">
                {mail.show(problems)}
                {password.show(problems)}
                <p class="cluster"><button class="button">{t.sign_in()}</button></p>
            </form>
        }
        .into_any()
    })
}
