//! Pages, by audience, and the document around each of them.
//!
//! A page is a function from a visit to an answer: it reads the store and shows a view. A page carries a script only
//! when an island is on it.

pub mod citizen;
pub mod error;
pub mod office;
pub mod public;

use crate::access::Visit;
use crate::done::Done;
use crate::share::{self, Picture};
use crate::shelf::{Keep, PRIVATE};
use crate::text::Language;
use crate::views::{Tone, alert, icon, said};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use hydration_context::SsrSharedContext;
use leptos::nonce::Nonce;
use leptos::prelude::*;
use serde_json::Value;
use std::sync::Arc;
use store::cycle::{Cycle, Nature, Phase};
use store::municipality::Municipality;

/// The document around a page.
pub struct Page<'a> {
    visit: &'a Visit,
    title: String,
    town: Option<&'a Municipality>,
    nature: Option<Nature>,
    draft: bool,
    feed: Option<String>,
    status: StatusCode,
    island: bool,
    wide: bool,
    narrow: bool,
    keep: Option<Keep>,
    /// The path and the words of its share picture.
    picture: Option<(String, String)>,
    /// The path of what can be embedded of it.
    chart: Option<String>,
    /// What it is about, as JSON-LD.
    linked: Option<Value>,
}

impl<'a> Page<'a> {
    /// A page of this name.
    #[must_use]
    pub fn new(visit: &'a Visit, title: impl Into<String>) -> Self {
        let (status, title) = (StatusCode::OK, title.into());
        Self {
            visit,
            title,
            town: None,
            nature: None,
            draft: false,
            feed: None,
            status,
            island: false,
            wide: false,
            narrow: false,
            keep: None,
            picture: None,
            chart: None,
            linked: None,
        }
    }

    /// Of a town, whose help stands in the footer.
    #[must_use]
    pub fn of_town(self, town: &'a Municipality) -> Self {
        Self { town: Some(town), ..self }
    }

    /// Of a cycle, whose nature stands on top.
    #[must_use]
    pub fn of_cycle(self, town: &'a Municipality, cycle: &Cycle) -> Self {
        let draft = cycle.phase == Phase::Draft;
        Self { town: Some(town), nature: Some(cycle.nature), draft, ..self }
    }

    /// Whose updates are at this address, for those who subscribe.
    #[must_use]
    pub fn feed(self, address: String) -> Self {
        Self { feed: Some(address), ..self }
    }

    /// With a share picture of its own; it belongs to the page at this path.
    #[must_use]
    pub fn shared_as(self, picture: &Picture, page: &str) -> Self {
        Self { picture: Some((public::share::address(picture, page), picture.alt())), ..self }
    }

    /// That other sites can embed a chart of it; the chart belongs to the page at this path.
    #[must_use]
    pub fn embeddable(self, page: String) -> Self {
        Self { chart: Some(page), ..self }
    }

    /// With what it is about as JSON-LD, for search engines.
    #[must_use]
    pub fn linked(self, linked: Value) -> Self {
        Self { linked: Some(linked), ..self }
    }

    /// With another status than 200.
    #[must_use]
    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// With an island on it, and so with the script.
    #[must_use]
    pub fn with_island(self) -> Self {
        Self { island: true, ..self }
    }

    /// The same for everybody without a session.
    #[must_use]
    pub fn kept(self, keep: Keep) -> Self {
        Self { keep: Some(keep), ..self }
    }

    /// From edge to edge, for a page that begins with a hero.
    #[must_use]
    pub fn wide(self) -> Self {
        Self { wide: true, ..self }
    }

    /// In one narrow column, for a page that asks one thing.
    #[must_use]
    pub fn narrow(self) -> Self {
        Self { narrow: true, ..self }
    }

    /// The answer: the view in its document.
    pub fn show(self, content: impl FnOnce() -> AnyView) -> Response {
        let (status, keep, visit) = (self.status, self.keep, self.visit);
        let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
        let html = owner.with(|| {
            provide_context(Nonce::from_value(self.visit.nonce.clone()));
            self.document(content).to_html()
        });
        owner.unset();
        let mut answer = (status, Html(format!("<!DOCTYPE html>{html}"))).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(PRIVATE));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
        if status.is_success() && Done::read(visit).is_some() {
            headers.append(header::SET_COOKIE, Done::forget(visit));
        }
        if let Some(keep) = keep {
            keep.mark(&mut answer);
        }
        answer
    }

    fn document(self, content: impl FnOnce() -> AnyView) -> impl IntoView {
        let t = self.visit.text;
        let site = format!("/pkg/{}", self.visit.house.site);
        let error = if self.status.is_success() { "" } else { t.error_in_title() };
        let office = self.visit.path.starts_with("/office").then_some("office");
        let done = Done::read(self.visit)
            .filter(|_| self.status.is_success())
            .map(|done| alert(Tone::Success, view! { <p role="status">{done.words(t)}</p> }));
        let main = match (self.wide, self.narrow) {
            (true, _) => "",
            (_, true) => "page page--narrow",
            _ => "page",
        };
        view! {
            <html lang=t.language.tag() dir=t.language.dir()>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content="light dark"/>
                    <title>{format!("{error}{} – Écot", self.title)}</title>
                    {self.status.is_success().then(|| shared(self.visit, &self.title, self.picture))}
                    {self.chart.map(|page| discovery(self.visit, &page, &self.title))}
                    {self.linked.map(|linked| data_block(&linked))}
                    <link rel="icon" type="image/svg+xml" href=format!("{site}/favicon.svg")/>
                    <link rel="stylesheet" href=format!("{site}/ecot.css")/>
                    {self.town.and_then(own_style)}
                    {self.feed.map(|href| feeds(self.visit, &href))}
                    {self.island.then(|| script(&self.visit.house.site))}
                </head>
                <body class=office>
                    <a class="skip-link" href="#content">{t.skip_to_content()}</a>
                    {header(self.visit)}
                    {self.nature.map(|nature| banner(self.visit, nature))}
                    {(self.draft && office.is_none()).then(|| preview(self.visit))}
                    <main class=main id="content" tabindex="-1">{done}{content()}</main>
                    {footer(self.visit, self.town)}
                </body>
            </html>
        }
    }
}

/// The page's feed, in both of its formats, for programs that look for one.
fn feeds(visit: &Visit, href: &str) -> impl IntoView + use<> {
    let title = visit.text.updates();
    [("application/atom+xml", href.to_owned()), ("application/feed+json", href.replacen(".xml", ".json", 1))]
        .map(|(media_type, href)| view! { <link rel="alternate" type=media_type title=title href=href/> })
        .to_vec()
}

/// What others show of the page when somebody passes its address on (Open Graph). A page without a picture of its own has
/// one that names no town and holds no figure, so that it is true of every page.
fn shared(visit: &Visit, title: &str, picture: Option<(String, String)>) -> impl IntoView + use<> {
    let house = &visit.house;
    let (picture, alt) = picture
        .unwrap_or_else(|| (format!("/pkg/{}/share.png", house.site), visit.text.hero_alt().to_owned()));
    let said = [
        ("og:site_name", "Écot".to_owned()),
        ("og:title", title.to_owned()),
        ("og:image", format!("{}{picture}", house.public_url)),
        ("og:image:width", share::WIDTH_PX.to_string()),
        ("og:image:height", share::HEIGHT_PX.to_string()),
        ("og:image:alt", alt),
    ];
    said.map(|(name, content)| leptos::html::meta().attr("property", name).content(content)).to_vec()
}

/// Where programs learn how to embed the page's chart (oEmbed, 4).
fn discovery(visit: &Visit, page: &str, title: &str) -> impl IntoView + use<> {
    let site = &visit.house.public_url;
    let address = format!("{site}{page}?lang={}", visit.text.language.tag());
    let address: String = form_urlencoded::byte_serialize(address.as_bytes()).collect();
    let href = format!("{site}/oembed?url={address}&format=json");
    view! { <link rel="alternate" type="application/json+oembed" title=title.to_owned() href=href/> }
}

/// JSON-LD in a page. A block of data is no script, so no policy for scripts asks about it; but it ends where HTML says
/// it ends, so that none of its texts may say so.
fn data_block(linked: &Value) -> impl IntoView + use<> {
    let json = linked.to_string().replace('<', "\\u003c");
    view! { <script type="application/ld+json" inner_html=json></script> }
}

/// The style sheet of a town with a colour of its own, at an address that changes with the colour.
pub(crate) fn own_style(town: &Municipality) -> Option<impl IntoView + use<>> {
    let colour = town.accent.as_ref()?.trim_start_matches('#');
    let href = format!("/{}/accent.css?{colour}", town.slug);
    Some(view! { <link rel="stylesheet" href=href/> })
}

/// The script that wakes the islands, from an address that changes with its content.
fn script(site: &str) -> impl IntoView + use<> {
    let options = LeptosOptions::builder().output_name("ecot").site_pkg_dir(format!("pkg/{site}")).build();
    view! { <HydrationScripts options=options islands=true/> }
}

fn header(visit: &Visit) -> impl IntoView + use<> {
    let t = visit.text;
    let links = [("/", t.nav_home()), ("/enter", t.nav_enter())].map(|(href, words)| {
        let here = (visit.path == href).then_some("page");
        view! { <li><a href=href aria-current=here>{words}</a></li> }
    });
    let office = visit.officer.is_some().then(|| view! { <li><a href="/office">{t.nav_office()}</a></li> });
    let account = visit.account.is_some().then(|| view! { <li><a href="/account">{t.account()}</a></li> });
    let languages: Vec<_> = Language::ALL
        .into_iter()
        .map(|language| {
            let current = (language == t.language).then_some("true");
            view! {
                <button name="language" value=language.tag() lang=language.tag() dir=language.dir() aria-current=current>
                    {language.name()}
                </button>
            }
        })
        .collect();
    view! {
        <header class="site-header">
            <div class="site-header__inner">
                <a class="site-header__brand" href="/">{icon::logo()}"Écot"</a>
                <nav class="site-header__nav" aria-label=t.nav_main()><ul>{links}{account}{office}</ul></nav>
                <form class="language" method="post" action="/language" aria-label=t.nav_language()>
                    <input type="hidden" name="back" value=visit.address.clone()/>
                    {languages}
                </form>
            </div>
        </header>
    }
}

fn banner(visit: &Visit, nature: Nature) -> impl IntoView + use<> {
    let t = visit.text;
    let words = match nature {
        Nature::Practice => Some((t.practice_lead(), t.practice_body())),
        Nature::Import => Some((t.import_lead(), t.import_body())),
        Nature::Real => None,
    };
    words.map(|(lead, body)| {
        view! {
            <aside class="practice-banner" aria-label=lead>
                <p class="practice-banner__inner">{icon("practice")}<span><strong>{lead}</strong>" "{body}</span></p>
            </aside>
        }
    })
}

/// That only officers see this page, and everybody will.
fn preview(visit: &Visit) -> impl IntoView + use<> {
    let t = visit.text;
    view! {
        <aside class="preview-banner" aria-label=t.preview_lead()>
            <p class="preview-banner__inner">{icon("draft")}<span><strong>{t.preview_lead()}</strong>" "{t.preview_body()}</span></p>
        </aside>
    }
}

fn footer(visit: &Visit, town: Option<&Municipality>) -> impl IntoView + use<> {
    let t = visit.text;
    let of_town = |page: &str| town.map_or_else(|| page.to_owned(), |town| format!("{page}/{}", town.slug));
    let help = town.map(|town| {
        let phone = (!town.help_phone.is_empty()).then(|| {
            let href = format!("tel:{}", town.help_phone.replace(' ', ""));
            view! { <li>{icon("phone")}<div><a href=href><bdi>{town.help_phone.clone()}</bdi></a><br/><span class="meta">{t.help_phone()}</span></div></li> }
        });
        let mail = (!town.help_mail.is_empty()).then(|| {
            let href = format!("mailto:{}", town.help_mail);
            view! { <li>{icon("mail")}<div><a href=href><bdi>{town.help_mail.clone()}</bdi></a><br/><span class="meta">{t.help_mail()}</span></div></li> }
        });
        let desk = (!town.help_desk.is_empty()).then(|| {
            view! { <li>{icon("desk")}<div>{said(t, &town.help_desk)}<br/><span class="meta">{t.help_desk()}</span></div></li> }
        });
        view! {
            <section class="site-footer__help" aria-labelledby="help">
                <h2 id="help">{t.help_title()}</h2>
                <ul>{phone}{mail}{desk}</ul>
            </section>
        }
    });
    view! {
        <footer class="site-footer">
            <div class="site-footer__inner">
                {help}
                <nav class="site-footer__links" aria-label=t.nav_footer()>
                    <a href="/">{t.nav_home()}</a>
                    <a href="/euros">{t.euros()}</a>
                    <a href="/data">{t.nav_data()}</a>
                    <a href=of_town("/privacy")>{t.nav_privacy()}</a>
                    <a href=of_town("/legal")>{t.nav_legal()}</a>
                    <a href=of_town("/accessibility")>{t.nav_accessibility()}</a>
                    <a href="/office">{t.nav_office()}</a>
                </nav>
                <p class="meta">{t.footer_promise()}</p>
            </div>
        </footer>
    }
}
