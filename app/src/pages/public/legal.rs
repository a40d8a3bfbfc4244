//! `/legal` and `/privacy`, of a town or of the whole site: who answers for the pages, and what is kept about people.
//!
//! Says only what this program does, and where a town has stated nothing, that.

use crate::access::Visit;
use crate::error::Error;
use crate::pages::Page;
use crate::text::Text;
use crate::views::{back_link, said};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use store::legal_notice::LegalNotice;
use store::municipality::Municipality;

/// Whom a page of the law is about: one town with what it states, or all towns of this site.
pub(super) enum About {
    /// One town.
    Town(Box<Municipality>, LegalNotice),
    /// Every town, by name.
    Site(Vec<Municipality>),
}

impl About {
    /// The town at this address.
    pub(super) async fn town(visit: &Visit, slug: &str) -> Result<Self, Error> {
        let town = store::municipality::by_slug(visit.db(), slug).await?.ok_or(Error::NotFound)?;
        let legal_notice = store::legal_notice::of_town(visit.db(), &town.municipality_id).await?;
        Ok(Self::Town(Box::new(town), legal_notice))
    }

    /// All of them.
    pub(super) async fn site(visit: &Visit) -> Result<Self, Error> {
        Ok(Self::Site(store::municipality::all(visit.db()).await?))
    }

    /// The page around them: the town's help in the footer, the way back on top.
    pub(super) fn show(
        self,
        visit: &Visit,
        title: &'static str,
        content: impl FnOnce(&Self) -> AnyView,
    ) -> Response {
        let t = visit.text;
        let page = Page::new(visit, title).narrow();
        let (page, back) = match &self {
            Self::Town(town, _) => (page.of_town(town), (format!("/{}", town.slug), town.name.clone())),
            Self::Site(_) => (page, ("/".to_owned(), t.nav_home().to_owned())),
        };
        page.show(|| {
            view! {
                {back_link(back.0, back.1)}
                <h1>{title}</h1>
                {content(&self)}
            }
            .into_any()
        })
    }

    /// That each town answers for itself, with the way to each one's page; nothing on the page of a town.
    pub(super) fn towns(&self, t: Text, page: &str) -> Option<AnyView> {
        let Self::Site(towns) = self else { return None };
        let items = towns
            .iter()
            .map(|town| view! { <li><a href=format!("{page}/{}", town.slug)><bdi>{town.name.clone()}</bdi></a></li> })
            .collect_view();
        Some(view! { <p>{t.each_town()}</p><ul>{items}</ul> }.into_any())
    }

    /// Where the town is reached: telephone, mail and desk; nothing on the page of the site.
    pub(super) fn contact(&self, t: Text) -> Option<AnyView> {
        let Self::Town(town, _) = self else { return None };
        let (phone, mail) = (town.help_phone.clone(), town.help_mail.clone());
        let unstated = phone.is_empty() && mail.is_empty() && town.help_desk.is_empty();
        let items = view! {
            <ul>
                {(!phone.is_empty()).then(|| view! { <li><a href=format!("tel:{}", phone.replace(' ', ""))><bdi dir="ltr">{phone.clone()}</bdi></a></li> })}
                {(!mail.is_empty()).then(|| view! { <li><a href=format!("mailto:{mail}")><bdi dir="ltr">{mail.clone()}</bdi></a></li> })}
                {(!town.help_desk.is_empty()).then(|| view! { <li>{said(t, &town.help_desk)}</li> })}
            </ul>
        };
        Some(if unstated { view! { <p>{t.unstated()}</p> }.into_any() } else { items.into_any() })
    }
}

/// What a town states, line by line, or that it has not.
fn stated(t: Text, text: &str) -> AnyView {
    if text.is_empty() {
        return view! { <span class="meta">{t.unstated()}</span> }.into_any();
    }
    view! { <bdi class="as-typed">{text.to_owned()}</bdi> }.into_any()
}

/// `/legal`.
pub async fn legal_of_site(visit: Visit) -> Result<Response, Error> {
    Ok(legal(&visit, About::site(&visit).await?))
}

/// `/legal/{town}`.
pub async fn legal_of_town(visit: Visit, Path(town): Path<String>) -> Result<Response, Error> {
    Ok(legal(&visit, About::town(&visit, &town).await?))
}

fn legal(visit: &Visit, about: About) -> Response {
    let t = visit.text;
    about.show(visit, t.nav_legal(), |about| {
        let stated = match about {
            About::Town(_, legal_notice) => Some(view! {
                <dl class="summary-list">
                    <div><dt>{t.legal_body()}</dt><dd>{stated(t, &legal_notice.body)}</dd></div>
                    <div><dt>{t.legal_address()}</dt><dd>{stated(t, &legal_notice.address)}</dd></div>
                    <div><dt>{t.legal_director()}</dt><dd>{stated(t, &legal_notice.director)}</dd></div>
                    <div><dt>{t.legal_contact()}</dt><dd>{about.contact(t)}</dd></div>
                    <div><dt>{t.legal_protection()}</dt><dd>{stated(t, &legal_notice.data_protection)}</dd></div>
                    <div><dt>{t.legal_host()}</dt><dd>{stated(t, &legal_notice.host)}</dd></div>
                </dl>
            }),
            About::Site(_) => None,
        };
        view! {
            <p class="lede">{t.legal_lede()}</p>
            {about.towns(t, "/legal")}
            {stated}
            <section><h2>{t.legal_software()}</h2><p>{t.legal_software_body()}</p></section>
        }
        .into_any()
    })
}

/// `/privacy`.
pub async fn privacy_of_site(visit: Visit) -> Result<Response, Error> {
    Ok(privacy(&visit, About::site(&visit).await?))
}

/// `/privacy/{town}`.
pub async fn privacy_of_town(visit: Visit, Path(town): Path<String>) -> Result<Response, Error> {
    Ok(privacy(&visit, About::town(&visit, &town).await?))
}

fn privacy(visit: &Visit, about: About) -> Response {
    let t = visit.text;
    let kept = [
        (t.privacy_roll(), t.privacy_roll_body()),
        (t.privacy_part(), t.privacy_part_body()),
        (t.privacy_ballot(), t.privacy_ballot_body()),
        (t.privacy_claim(), t.privacy_claim_body()),
        (t.privacy_account(), t.privacy_account_body()),
        (t.privacy_reminder(), t.privacy_reminder_body()),
        (t.privacy_staff(), t.privacy_staff_body()),
        (t.privacy_device(), t.privacy_device_body()),
        (t.privacy_log(), t.privacy_log_body()),
    ];
    let kept = kept.map(|(what, body)| view! { <h3>{what}</h3><p>{body}</p> }).to_vec();
    let limits = [
        t.privacy_limit_operator(),
        t.privacy_limit_copies(),
        t.privacy_limit_others(),
        t.privacy_limit_few(),
    ];
    let limits = limits.map(|words| view! { <li>{words}</li> }).to_vec();
    about.show(visit, t.nav_privacy(), |about| {
        let who = match about {
            About::Town(town, legal_notice) if legal_notice.body.is_empty() => Some(t.privacy_who_unstated(&town.name)),
            About::Town(_, legal_notice) => Some(t.privacy_who_body(&legal_notice.body)),
            About::Site(_) => None,
        };
        let ask = match about {
            About::Town(_, legal_notice) => Some(view! {
                <p>{t.privacy_ask()}</p>
                <dl class="summary-list">
                    <div><dt>{t.legal_protection()}</dt><dd>{stated(t, &legal_notice.data_protection)}</dd></div>
                    <div><dt>{t.legal_contact()}</dt><dd>{about.contact(t)}</dd></div>
                </dl>
            }),
            About::Site(_) => None,
        };
        view! {
            <p class="lede">{t.privacy_lede()}</p>
            <section>
                <h2>{t.privacy_who()}</h2>
                {who.map(|words| view! { <p>{words}</p> })}
                {about.towns(t, "/privacy")}
                <p>{t.privacy_basis()}</p>
            </section>
            <section><h2>{t.privacy_kept()}</h2>{kept}</section>
            <section><h2>{t.privacy_apart()}</h2><p>{t.privacy_apart_body()}</p></section>
            <section><h2>{t.privacy_limits()}</h2><ul>{limits}</ul></section>
            <section>
                <h2>{t.privacy_rights()}</h2>
                <p>{t.privacy_rights_body()}</p>
                {ask}
                <p>{t.privacy_cnil()}</p>
                <p><a href="https://www.cnil.fr/fr/plaintes" rel="noreferrer">{t.privacy_cnil_site()}</a></p>
            </section>
        }
        .into_any()
    })
}
