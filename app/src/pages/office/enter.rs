//! `/office/enter`: officers sign in.

use crate::access::Visit;
use crate::pages::Page;
use crate::views::field::Problems;
use crate::views::sign_in;
use axum::response::Response;
use leptos::prelude::*;

/// The page, empty.
pub async fn show(visit: Visit) -> Response {
    page(&visit, "", &Problems::default())
}

/// The page with the address that was typed and what is wrong. The password is never sent back.
pub fn page(visit: &Visit, mail: &str, problems: &Problems) -> Response {
    let t = visit.text;
    let fields = sign_in::fields(t, mail, problems);
    Page::new(visit, t.sign_in()).status(problems.status()).narrow().show(|| {
        view! {
            {sign_in::refused(t, problems)}
            <h1>{t.sign_in_title()}</h1>
            <form class="stack" method="post" action="/office/enter">
                {fields}
            </form>
        }
        .into_any()
    })
}
