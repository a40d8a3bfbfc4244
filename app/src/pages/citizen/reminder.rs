//! `/{town}/{cycle}/reminder`: a mail before the close for those who have not voted by then; and `/stop`, which ends it.

use crate::access::Visit;
use crate::error::Error;
use crate::form::Asked;
use crate::pages::Page;
use crate::pages::citizen::ballot::{Booth, closed};
use crate::views::breadcrumb;
use crate::views::field::{Field, Problems};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;

/// The page.
pub async fn show(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let booth = Booth::enter(&visit, &town, &cycle).await?;
    if !booth.cycle.takes_ballots(visit.now) {
        return Ok(closed(&visit, &booth, &[]));
    }
    page(&visit, &booth, "", &Problems::default()).await
}

/// The link to it, where mails can be sent.
pub fn invitation(visit: &Visit, booth: &Booth) -> Option<AnyView> {
    let href = format!("{}/reminder", booth.base());
    let words = visit.text.reminder_title();
    visit.house.sends_mail.then(|| view! { <p><a href=href>{words}</a></p> }.into_any())
}

/// The page, with what was typed and what is wrong with it.
///
/// # Errors
/// The database's.
pub async fn page(visit: &Visit, booth: &Booth, typed: &str, problems: &Problems) -> Result<Response, Error> {
    let t = visit.text;
    let asked = store::reminder::of_entry(visit.db(), &visit.citizen_of(&booth.cycle)?.roll_entry_id).await?;
    let content = match (visit.house.sends_mail, booth.version, asked) {
        (_, Some(_), _) => view! { <p class="lede">{t.reminder_voted()}</p> }.into_any(),
        (_, None, Some(mail)) => kept(visit, booth, mail),
        (true, None, None) => question(visit, booth, typed, problems),
        (false, None, None) => view! { <p class="lede">{t.no_mail_body()}</p> }.into_any(),
    };
    let way = vec![
        (format!("/{}", booth.town.slug), booth.town.name.clone()),
        (booth.base(), t.said(&booth.cycle.title).to_owned()),
        (format!("{}/mine", booth.base()), t.my_ballot().to_owned()),
    ];
    let page = Page::new(visit, t.reminder_title())
        .of_cycle(&booth.town, &booth.cycle)
        .status(problems.status())
        .narrow();
    Ok(page.show(|| {
        view! {
            {breadcrumb(t, way, t.reminder_title().to_owned())}
            {problems.summary(t)}
            <h1>{t.reminder_title()}</h1>
            {content}
            <p><a href=format!("{}/ballot", booth.base())>{t.my_choices()}</a></p>
        }
        .into_any()
    }))
}

fn question(visit: &Visit, booth: &Booth, typed: &str, problems: &Problems) -> AnyView {
    let t = visit.text;
    let until = t.moment(booth.cycle.closes_at, &booth.town.time_zone);
    let mail = Field::input("email", "mail", t.mail(), typed).autocomplete("email").ltr().required();
    view! {
        <p class="lede">{t.reminder_lede(&until)}</p>
        <form class="stack" method="post" action=format!("{}/reminder", booth.base())>
            {mail.show(problems)}
            <p class="cluster"><button class="button">{t.reminder_ask()}</button></p>
        </form>
        <h2>{t.reminder_promise_title()}</h2>
        <ul>
            <li>{t.reminder_promise_words()}</li>
            <li>{t.reminder_promise_joined()}</li>
            <li>{t.reminder_promise_erased()}</li>
        </ul>
    }
    .into_any()
}

fn kept(visit: &Visit, booth: &Booth, mail: String) -> AnyView {
    let t = visit.text;
    view! {
        <p class="lede">{t.reminder_kept()}" "<bdi dir="ltr">{mail}</bdi></p>
        <p>{t.reminder_promise_erased()}</p>
        <form method="post" action=format!("{}/reminder", booth.base())>
            <button class="button button--secondary" name="stop" value="yes">{t.reminder_stop()}</button>
        </form>
    }
    .into_any()
}

/// The page of a reminder's link: the mail is not opened by those alone who read it, so a button ends it and not the look.
pub async fn show_stop(visit: Visit, Asked(asked): Asked) -> Result<Response, Error> {
    let reminder_id = asked.get("reminder").to_owned();
    if !store::reminder::exists(visit.db(), &reminder_id).await? {
        return Ok(stopped(&visit));
    }
    let t = visit.text;
    Ok(Page::new(&visit, t.stop_title()).narrow().show(|| {
        view! {
            <h1>{t.stop_title()}</h1>
            <p class="lede">{t.stop_body()}</p>
            <form method="post" action=format!("/stop?reminder={reminder_id}")>
                <button class="button">{t.reminder_stop()}</button>
            </form>
        }
        .into_any()
    }))
}

/// That no further reminder comes.
pub fn stopped(visit: &Visit) -> Response {
    let t = visit.text;
    Page::new(visit, t.stopped_title()).narrow().show(|| {
        view! {
            <h1>{t.stopped_title()}</h1>
            <p class="lede">{t.stopped_body()}</p>
            <p><a class="button" href="/enter">{t.enter_my_code()}</a></p>
        }
        .into_any()
    })
}
