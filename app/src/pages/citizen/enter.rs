//! `/enter`: one field for the code of the letter.

use crate::access::Visit;
use crate::form::Fields;
use crate::pages::Page;
use crate::views::field::Problems;
use crate::views::{Tone, alert, back_link};
use crate::waiting;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

/// A ballot that was sent after its citizen's session had ended. It waits in the form of this page, and nowhere else,
/// until the code is entered again.
pub struct Kept {
    /// The address of the ballot that it is for.
    pub ballot: String,
    /// What was chosen.
    pub fields: Fields,
}

/// The field that names the ballot.
const BALLOT: &str = "ballot";

impl Kept {
    /// What a ballot's form says.
    #[must_use]
    pub fn new(ballot: String, form: &Fields) -> Self {
        Self { ballot, fields: waiting::chosen(form) }
    }

    /// What the form of this page brings back, if it kept something.
    #[must_use]
    pub fn read(form: &Fields) -> Option<Self> {
        let ballot = form.get(BALLOT);
        (!ballot.is_empty()).then(|| Self::new(ballot.to_owned(), form))
    }

    /// The hidden fields that keep it.
    fn hidden(&self) -> impl IntoView + use<> {
        let fields = self.fields.clone().with(BALLOT, self.ballot.as_str());
        let hidden = |(name, value): (&str, &str)| {
            view! { <input type="hidden" name=name.to_owned() value=value.to_owned()/> }
        };
        fields.starting("").map(hidden).collect_view()
    }
}

/// The page, empty.
pub async fn show(visit: Visit) -> Response {
    page(&visit, "", &Problems::default(), None)
}

/// The page with what was typed, what is wrong with it, and the ballot that waits for its citizen.
pub fn page(visit: &Visit, typed: &str, problems: &Problems, kept: Option<&Kept>) -> Response {
    let t = visit.text;
    let problem = problems.of("code");
    let status = match (&problem, kept) {
        (Some(_), _) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, Some(_)) => StatusCode::UNAUTHORIZED,
        (None, None) => StatusCode::OK,
    };
    let class = if problem.is_some() { "field field--code field--invalid" } else { "field field--code" };
    let described = if problem.is_some() { "code-hint code-error" } else { "code-hint" };
    let invalid = problem.as_ref().map(|_| "true");
    let typed = typed.to_owned();
    let waiting = kept.map(|_| alert(Tone::Info, view! { <p>{t.choices_kept()}</p> }));
    let hidden = kept.map(Kept::hidden);
    Page::new(visit, t.enter_my_code()).status(status).narrow().show(|| {
        view! {
            {back_link("/".into(), t.nav_home().into())}
            {problems.summary_of_question(t)}
            {waiting}
            <form class="stack" method="post" action="/enter">
                {hidden}
                <div class=class>
                    <h1><label class="field__label--page" for="code">{t.enter_question()}</label></h1>
                    <p class="field__hint" id="code-hint">{t.enter_hint()}</p>
                    {problem.map(|words| view! { <p class="field__error" id="code-error">{words}</p> })}
                    <input id="code" name="code" value=typed autocomplete="off" autocapitalize="characters" spellcheck="false"
                        maxlength="64" aria-describedby=described aria-invalid=invalid/>
                </div>
                <p class="cluster"><button class="button">{t.go_on()}</button></p>
            </form>
            <p><a href="/account">{t.have_account()}</a></p>
            <details class="details">
                <summary>{t.no_letter()}</summary>
                <div><p>{t.no_letter_body()}</p><p><a href="/claim">{t.claim_title()}</a></p></div>
            </details>
            <p><a href="/enter/used">{t.used_title()}</a></p>
        }
        .into_any()
    })
}
