//! `/account/link` and `/account/password`: ask for a link by mail, and choose the password with it.
//!
//! None of these pages says whether there is an account, but to the reader of the mail.

use crate::access::Visit;
use crate::actions::account::SHORTEST_PASSWORD;
use crate::error::Error;
use crate::form::Asked;
use crate::pages::Page;
use crate::views::back_link;
use crate::views::field::{Field, Problems};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

/// Where to send the link.
pub async fn show_ask(visit: Visit) -> Response {
    ask(&visit, "", &Problems::default())
}

/// The same, with what was typed and what is wrong with it.
pub fn ask(visit: &Visit, typed: &str, problems: &Problems) -> Response {
    let t = visit.text;
    let mail = Field::input("email", "mail", t.mail(), typed).autocomplete("email").ltr().required();
    let sends_mail = visit.house.sends_mail;
    let form = move || {
        if !sends_mail {
            return view! { <p class="lede">{t.no_mail_body()}</p> }.into_any();
        }
        view! {
            <p class="lede">{t.link_lede()}</p>
            <form class="stack" method="post" action="/account/link">
                {mail.show(problems)}
                <p class="cluster"><button class="button">{t.send_link()}</button></p>
            </form>
            <p class="meta">{t.account_not_needed()}</p>
        }
        .into_any()
    };
    Page::new(visit, t.link_title()).status(problems.status()).narrow().show(|| {
        view! {
            {back_link("/account/enter".into(), t.account_enter().into())}
            {problems.summary(t)}
            <h1>{t.link_title()}</h1>
            {form()}
        }
        .into_any()
    })
}

/// That a mail is on its way.
pub async fn sent(visit: Visit) -> Response {
    let t = visit.text;
    Page::new(&visit, t.link_sent_title()).narrow().show(|| {
        view! {
            <h1>{t.link_sent_title()}</h1>
            <p class="lede">{t.link_sent_body()}</p>
            <details class="details"><summary>{t.nothing_came()}</summary><p>{t.nothing_came_body()}</p></details>
        }
        .into_any()
    })
}

/// The page of the link: looking at it uses nothing up, because mail programs look at links too.
pub async fn show_choose(visit: Visit, Asked(asked): Asked) -> Result<Response, Error> {
    let token = asked.get("token");
    Ok(match store::account::link(visit.db(), token, visit.now).await? {
        Some((mail, _)) => choose(&visit, token, &mail, &Problems::default()),
        None => dead_link(&visit),
    })
}

/// The form that chooses the password of the account of this address.
pub fn choose(visit: &Visit, token: &str, mail: &str, problems: &Problems) -> Response {
    let t = visit.text;
    let (token, mail) = (token.to_owned(), mail.to_owned());
    let password = new_password(visit).show(problems);
    Page::new(visit, t.choose_password()).status(problems.status()).narrow().show(|| {
        view! {
            {problems.summary(t)}
            <h1>{t.choose_password()}</h1>
            <p>{t.account_of()}" "<bdi dir="ltr">{mail.clone()}</bdi></p>
            <form class="stack" method="post" action="/account/password">
                <input type="hidden" name="token" value=token/>
                // For password managers, which keep the address with the password.
                <input type="hidden" name="mail" value=mail autocomplete="username"/>
                {password}
                <p class="cluster"><button class="button">{t.save()}</button></p>
            </form>
        }
        .into_any()
    })
}

fn new_password(visit: &Visit) -> Field {
    let t = visit.text;
    let hint = t.password_hint(&t.number(SHORTEST_PASSWORD as u64));
    Field::input("password", "password", t.new_password(), "")
        .hint(hint)
        .autocomplete("new-password")
        .ltr()
        .required()
}

/// The link was used, or its hour is over.
pub fn dead_link(visit: &Visit) -> Response {
    let t = visit.text;
    Page::new(visit, t.link_dead_title()).status(StatusCode::GONE).narrow().show(|| {
        view! {
            <h1>{t.link_dead_title()}</h1>
            <p class="lede">{t.link_dead_body()}</p>
            <p><a class="button" href="/account/link">{t.link_title()}</a></p>
        }
        .into_any()
    })
}

/// Another password, for whoever is signed in.
pub async fn show_change(visit: Visit) -> Result<Response, Error> {
    visit.account()?;
    Ok(change_with(&visit, &Problems::default()))
}

/// The same, with what is wrong.
pub fn change_with(visit: &Visit, problems: &Problems) -> Response {
    let t = visit.text;
    let current = Field::input("password", "current", t.current_password(), "")
        .autocomplete("current-password")
        .ltr()
        .required()
        .show(problems);
    let password = new_password(visit).show(problems);
    Page::new(visit, t.change_password()).status(problems.status()).narrow().show(|| {
        view! {
            {back_link("/account".into(), t.account().into())}
            {problems.summary(t)}
            <h1>{t.change_password()}</h1>
            <p>{t.change_password_lede()}</p>
            <form class="stack" method="post" action="/account/password/change">
                {current}
                {password}
                <p class="cluster"><button class="button">{t.save()}</button></p>
            </form>
        }
        .into_any()
    })
}
