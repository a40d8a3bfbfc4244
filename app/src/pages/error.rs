//! The page of each [`Error`]: what happened, that nothing was changed, and what to do next.

use super::Page;
use crate::access::Visit;
use crate::error::Error;
use axum::response::Response;
use leptos::prelude::*;

/// The page of an error.
pub fn show(visit: &Visit, error: Error) -> Response {
    let t = visit.text;
    let (title, body, href, words) = match error {
        Error::NotFound => (t.not_found_title(), t.not_found_body(), "/", t.go_home()),
        Error::SignIn => (t.sign_in_first_title(), t.sign_in_first_body(), "/office/enter", t.sign_in()),
        Error::SignInToAccount => {
            (t.account_first_title(), t.account_first_body(), "/account/enter", t.sign_in())
        }
        Error::EnterCode => (t.enter_first_title(), t.enter_first_body(), "/enter", t.enter_my_code()),
        Error::Frozen => (t.frozen_title(), t.frozen_body(), "/office", t.nav_office()),
        Error::WrongPhase => (t.wrong_phase_title(), t.wrong_phase_body(), "/office", t.nav_office()),
        Error::CrossSite => (t.cross_site_title(), t.cross_site_body(), "/", t.go_home()),
        Error::BadRequest => (t.bad_request_title(), t.bad_request_body(), "/", t.go_home()),
        Error::Busy if visit.path.starts_with("/account") => {
            (t.busy_title(), t.busy_body(), "/account/enter", t.sign_in())
        }
        Error::Busy => (t.busy_title(), t.busy_body(), "/office/enter", t.sign_in()),
        Error::Slow => (t.slow_title(), t.slow_body(), "/", t.go_home()),
        Error::Broken => (t.broken_title(), t.broken_body(), "/", t.go_home()),
    };
    // Who has an account comes in by it.
    let account = (error == Error::EnterCode && visit.account.is_some())
        .then(|| view! { <p><a href="/account">{t.go_to_account()}</a></p> });
    Page::new(visit, title).status(error.status()).narrow().show(move || {
        view! {
            <h1>{title}</h1>
            <p class="lede">{body}</p>
            <p><a class="button" href=href>{words}</a></p>
            {account}
        }
        .into_any()
    })
}
