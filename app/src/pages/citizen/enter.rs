//! `/enter`: one field for the code of the letter.

use crate::access::Visit;
use crate::pages::Page;
use crate::views::back_link;
use crate::views::field::Problems;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

/// The page, empty.
pub async fn show(visit: Visit) -> Response {
    page(&visit, "", &Problems::default())
}

/// The page with what was typed and what is wrong with it.
pub fn page(visit: &Visit, typed: &str, problems: &Problems) -> Response {
    let t = visit.text;
    let problem = problems.of("code");
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let class = if problem.is_some() { "field field--code field--invalid" } else { "field field--code" };
    let described = if problem.is_some() { "code-hint code-error" } else { "code-hint" };
    let invalid = problem.as_ref().map(|_| "true");
    let typed = typed.to_owned();
    Page::new(visit, t.enter_my_code()).status(status).narrow().show(|| {
        view! {
            {back_link("/".into(), t.back().into())}
            {problems.summary(t)}
            <form class="stack" method="post" action="/enter">
                <div class=class>
                    <h1><label class="field__label--page" for="code">{t.enter_question()}</label></h1>
                    <p class="field__hint" id="code-hint">{t.enter_hint()}</p>
                    {problem.map(|words| view! { <p class="field__error" id="code-error">{words}</p> })}
                    <input id="code" name="code" value=typed autocomplete="off" autocapitalize="characters" spellcheck="false"
                        maxlength="64" required aria-describedby=described aria-invalid=invalid/>
                </div>
                <p class="cluster"><button class="button">{t.go_on()}</button></p>
            </form>
            <p><a href="/account">{t.have_account()}</a></p>
            <details class="details"><summary>{t.no_letter()}</summary><p>{t.no_letter_body()}</p></details>
        }
        .into_any()
    })
}
