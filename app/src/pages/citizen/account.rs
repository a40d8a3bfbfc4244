//! `/account`: what a citizen's account holds, and the ways in and out of it.

use crate::access::Visit;
use crate::error::Error;
use crate::form::{Asked, redirect};
use crate::pages::Page;
use crate::views::field::{Field, Problems};
use crate::views::sign_in;
use crate::views::{Tone, alert, back_link, phase_badge, said};
use axum::response::Response;
use leptos::prelude::*;
use store::account::{Account, Attached};
use store::cycle::Cycle;
use store::municipality::Municipality;

/// The account; whoever is not signed in is sent to its door.
pub async fn show(visit: Visit, Asked(asked): Asked) -> Result<Response, Error> {
    let Ok(account) = visit.account() else { return Ok(redirect("/account/enter", &[])) };
    let said = [
        ("saved", visit.text.password_saved()),
        ("kept", visit.text.receipt_kept()),
        ("dropped", visit.text.receipt_dropped()),
    ];
    let said = said.into_iter().find(|(name, _)| asked.has(name)).map(|(_, words)| words);
    page_saying(&visit, account, (said, ""), &Problems::default()).await
}

/// The account, with a code that was typed and what is wrong with it.
///
/// # Errors
/// The database's.
pub async fn page(
    visit: &Visit,
    account: &Account,
    code: &str,
    problems: &Problems,
) -> Result<Response, Error> {
    page_saying(visit, account, (None, code), problems).await
}

async fn page_saying(
    visit: &Visit,
    account: &Account,
    (said, code): (Option<&'static str>, &str),
    problems: &Problems,
) -> Result<Response, Error> {
    let t = visit.text;
    let mut attached = store::account::entries(visit.db(), account).await?;
    let mut items = Vec::new();
    for (town, cycle) in store::cycle::public(visit.db(), visit.now).await? {
        if let Some(entry) = attached.remove(&cycle.cycle_id) {
            items.push(item(visit, &town, &cycle, &entry));
        }
    }
    let none = items.is_empty().then(|| view! { <p>{t.account_no_entries()}</p> });
    let list = (!items.is_empty()).then(|| view! { <ul class="cycle-list" role="list">{items}</ul> });
    let said = said.map(|words| alert(Tone::Success, view! { <p role="status">{words}</p> }));
    let receipts = receipts(visit, account).await?;
    let mail = account.mail.clone();
    let attach = attach(visit, code, problems);
    let ways = ways(visit);
    let summary = problems.summary(t);
    Ok(Page::new(visit, t.account()).status(problems.status()).narrow().show(move || {
        view! {
            {summary}
            <h1>{t.account()}</h1>
            {said}
            <p>{t.account_of()}" "<bdi dir="ltr">{mail}</bdi></p>
            <section aria-labelledby="votes">
                <h2 id="votes">{t.account_entries()}</h2>
                {none}
                {list}
            </section>
            {receipts}
            {attach}
            {ways}
        }
        .into_any()
    }))
}

/// A vote that the account can take part in without a code, or did.
fn item(visit: &Visit, town: &Municipality, cycle: &Cycle, entry: &Attached) -> AnyView {
    let t = visit.text;
    let at = format!("{}/{}", town.slug, cycle.slug);
    let open = cycle.takes_ballots(visit.now);
    let took_part = entry.took_part_on.is_some();
    let words = match (took_part, open) {
        (true, _) => Some(t.took_part()),
        (false, true) => Some(t.no_ballot_title()),
        (false, false) => None,
    };
    let vote = open.then(|| {
        let go = if took_part { t.change_my_ballot() } else { t.fill_my_ballot() };
        view! { <form method="post" action="/account/vote"><button class="button" name="cycle" value=at.clone()>{go}</button></form> }
    });
    view! {
        <li>
            <div class="stack stack--tight">
                <h3><bdi>{town.name.clone()}</bdi>" · "<a href=format!("/{at}")>{said(t, &cycle.title)}</a></h3>
                <p class="cluster meta">{phase_badge(t, cycle, visit.now)}<span>{words}</span></p>
                <div class="cluster">
                    {vote}
                    <form method="post" action="/account/detach">
                        <button class="link-button" name="cycle" value=at.clone()>
                            {t.detach()}<span class="visually-hidden">" "{t.said(&cycle.title).to_owned()}</span>
                        </button>
                    </form>
                </div>
            </div>
        </li>
    }
    .into_any()
}

/// The receipts that the account keeps: each can be read at "my euros", and taken out.
async fn receipts(visit: &Visit, account: &Account) -> Result<AnyView, Error> {
    let t = visit.text;
    let kept = store::account::receipts(visit.db(), account).await?;
    let all = store::cycle::public(visit.db(), visit.now).await?;
    let named = kept.iter().filter_map(|(cycle_id, _)| {
        let (town, cycle) = all.iter().find(|(_, cycle)| cycle.cycle_id == *cycle_id)?;
        Some((town.name.clone(), cycle))
    });
    let items = named
        .map(|(town, cycle)| {
            view! {
                <li>
                    <div class="stack stack--tight">
                        <h3><bdi>{town}</bdi>" · "{said(t, &cycle.title)}</h3>
                        <form class="cluster" method="post" action="/account/receipts/remove">
                            <a href="/euros">{t.euros_show()}</a>
                            <button class="link-button" name="cycle" value=cycle.cycle_id.clone()>
                                {t.receipt_leave_account()}<span class="visually-hidden">" "{t.said(&cycle.title).to_owned()}</span>
                            </button>
                        </form>
                    </div>
                </li>
            }
        })
        .collect_view();
    let list = if kept.is_empty() {
        view! { <p>{t.account_no_receipts()}" "<a href="/euros">{t.euros()}</a></p> }.into_any()
    } else {
        view! { <p>{t.account_receipts_mean()}</p><ul class="cycle-list" role="list">{items}</ul> }.into_any()
    };
    Ok(view! { <section aria-labelledby="receipts"><h2 id="receipts">{t.account_receipts()}</h2>{list}</section> }
        .into_any())
}

fn attach(visit: &Visit, code: &str, problems: &Problems) -> AnyView {
    let t = visit.text;
    let field =
        Field::line("code", t.attach_code(), code).hint(t.enter_hint()).ltr().required().show(problems);
    view! {
        <section aria-labelledby="attach">
            <h2 id="attach">{t.attach_title()}</h2>
            <p>{t.attach_lede()}</p>
            <details class="details">
                <summary>{t.attach_secrecy_title()}</summary>
                <p>{t.attach_secrecy_joined()}</p>
                <p>{t.attach_secrecy_open()}</p>
                <p>{t.attach_secrecy_closed()}</p>
            </details>
            <form class="stack" method="post" action="/account/attach">
                {field}
                <p class="cluster"><button class="button button--secondary">{t.attach()}</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn ways(visit: &Visit) -> AnyView {
    let t = visit.text;
    view! {
        <section aria-labelledby="data">
            <h2 id="data">{t.my_data()}</h2>
            <p>{t.mails_language()}</p>
            <ul>
                <li><a href="/account/password/change">{t.change_password()}</a></li>
                <li><a href="/account/data.json">{t.export_data()}</a></li>
                <li><a href="/account/delete">{t.delete_account()}</a></li>
            </ul>
            <form class="cluster" method="post" action="/account/leave">
                <button class="button button--secondary">{t.sign_out()}</button>
                <button class="link-button" name="everywhere" value="yes">{t.sign_out_everywhere()}</button>
            </form>
        </section>
    }
    .into_any()
}

/// The way in, empty.
pub async fn show_enter(visit: Visit) -> Response {
    enter(&visit, "", &Problems::default())
}

/// The way in, with the address that was typed and what is wrong. The password is never sent back.
pub fn enter(visit: &Visit, mail: &str, problems: &Problems) -> Response {
    let t = visit.text;
    let fields = sign_in::fields(t, mail, problems);
    let make = if visit.house.sends_mail {
        view! {
            <p><a href="/account/link">{t.make_account()}</a></p>
            <p><a href="/account/link">{t.forgot_password()}</a></p>
        }
        .into_any()
    } else {
        view! { <p>{t.no_mail_body()}</p> }.into_any()
    };
    Page::new(visit, t.account_enter()).status(problems.status()).narrow().show(|| {
        view! {
            {back_link("/enter".into(), t.enter_my_code().into())}
            {sign_in::refused(t, problems)}
            <h1>{t.account_enter()}</h1>
            <p class="lede">{t.account_lede()}</p>
            <form class="stack" method="post" action="/account/enter">
                {fields}
            </form>
            {make}
        }
        .into_any()
    })
}

/// The question before an account is erased.
pub async fn show_delete(visit: Visit) -> Result<Response, Error> {
    let account = visit.account()?;
    Ok(delete_with(&visit, account, &Problems::default()))
}

/// The same, with what is wrong.
pub fn delete_with(visit: &Visit, account: &Account, problems: &Problems) -> Response {
    let t = visit.text;
    let mail = account.mail.clone();
    let current = Field::input("password", "current", t.password(), "")
        .autocomplete("current-password")
        .ltr()
        .required();
    Page::new(visit, t.delete_account()).status(problems.status()).narrow().show(|| {
        view! {
            {back_link("/account".into(), t.account().into())}
            {problems.summary(t)}
            <h1>{t.delete_account()}</h1>
            <p>{t.delete_erased()}" "<bdi dir="ltr">{mail}</bdi></p>
            <h2>{t.delete_kept_title()}</h2>
            <ul>
                <li>{t.delete_kept_ballot()}</li>
                <li>{t.delete_kept_roll()}</li>
                <li>{t.delete_kept_code()}</li>
            </ul>
            <form class="stack" method="post" action="/account/delete">
                {current.show(problems)}
                <p class="cluster"><button class="button button--danger">{t.delete_now()}</button></p>
            </form>
        }
        .into_any()
    })
}

/// That it is done.
pub async fn deleted(visit: Visit) -> Response {
    let t = visit.text;
    Page::new(&visit, t.deleted_title()).narrow().show(|| {
        view! {
            <h1>{t.deleted_title()}</h1>
            <p class="lede">{t.deleted_body()}</p>
            <p><a class="button" href="/">{t.go_home()}</a></p>
        }
        .into_any()
    })
}
