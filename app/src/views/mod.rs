//! Small shared pieces of pages.
//!
//! Each is a function from plain values to a view; none reads the database or decides anything.

pub mod bar;
pub mod delivery;
pub mod embed;
pub mod field;
pub mod flow;
pub mod icon;
pub mod map;
pub mod picture;
pub mod sign_in;

use crate::text::{Language, Text};
use jiff::Timestamp;
use leptos::prelude::*;
use store::Translated;
use store::cycle::{Cycle, Phase};
use tally::{Minor, Status};

pub use icon::icon;
pub use picture::picture;

/// What a town says, marked with its language where that is not the page's, and with its own direction.
pub fn said(t: Text, text: &Translated) -> impl IntoView + use<> {
    let (said, language) = text.read(t.language.tag());
    let (foreign, dir) = tongue(t, language);
    view! { <bdi lang=foreign dir=dir>{said.to_owned()}</bdi> }
}

/// A language as the attributes `lang`, where it is not the page's, and `dir`.
fn tongue(t: Text, language: &str) -> (Option<String>, &'static str) {
    let foreign = (language != t.language.tag()).then(|| language.to_owned());
    (foreign, Language::parse(language).map_or("auto", Language::dir))
}

/// Says that some of these texts are shown in another language than the page's, because the town has not translated
/// them. Names are not asked about: they are the same in every language.
pub fn untranslated<'a>(t: Text, texts: impl IntoIterator<Item = &'a Translated>) -> Option<AnyView> {
    let page = t.language.tag();
    let some = texts.into_iter().any(|text| !text.is_empty() && text.read(page).1 != page);
    some.then(|| view! { <p class="untranslated">{icon("languages")}{t.not_translated()}</p> }.into_any())
}

/// The same for one thing among others: in which language it is shown instead.
pub fn untranslated_short<'a>(t: Text, texts: impl IntoIterator<Item = &'a Translated>) -> Option<AnyView> {
    let page = t.language.tag();
    let shown = texts.into_iter().filter(|text| !text.is_empty()).map(|text| text.read(page).1);
    let other = shown.into_iter().find(|language| *language != page)?;
    let name = Language::parse(other).map(|language| t.in_language(language));
    let words = name.map_or_else(|| t.not_translated_short().to_owned(), |name| t.not_translated_shown(name));
    Some(view! { <p class="untranslated">{icon("languages")}{words}</p> }.into_any())
}

/// The paragraphs of a longer text.
pub fn prose(t: Text, text: &Translated) -> impl IntoView + use<> {
    let (said, language) = text.read(t.language.tag());
    let (foreign, dir) = tongue(t, language);
    let paragraphs: Vec<_> = said
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| view! { <p>{paragraph.to_owned()}</p> })
        .collect();
    view! { <div class="prose" lang=foreign dir=dir>{paragraphs}</div> }
}

/// An amount that does not break across lines.
pub fn amount(t: Text, amount: Minor, currency: &str) -> impl IntoView + use<> {
    view! { <span class="amount">{t.money(amount, currency)}</span> }
}

/// A row of coins: `left` whole ones, the rest spent.
pub fn coins(left: usize, total: usize) -> impl IntoView {
    let coins: Vec<_> = (0..total)
        .map(|place| view! { <span class=if place < left { "coin" } else { "coin coin--spent" }></span> })
        .collect();
    view! { <div class="coins" aria-hidden="true">{coins}</div> }
}

/// A part of a whole, drawn as a share of a coin.
pub fn share(part: u64, whole: u64) -> impl IntoView {
    let thousandths = u128::from(part.min(whole)) * 1000 / u128::from(whole.max(1));
    view! {
        <svg class="share" viewBox="0 0 32 32" aria-hidden="true">
            <circle class="share__coin" cx="16" cy="16" r="15" stroke-width="1.5"/>
            <circle class="share__part" cx="16" cy="16" r="6.5" stroke-width="13" pathLength="1000"
                stroke-dasharray=format!("{thousandths} 1000") transform="rotate(-90 16 16)"/>
        </svg>
    }
}

/// The way from the home page to here; the last one is the page itself.
pub fn breadcrumb(t: Text, way: Vec<(String, String)>, here: String) -> impl IntoView {
    let way: Vec<_> =
        way.into_iter().map(|(href, name)| view! { <li><a href=href><bdi>{name}</bdi></a></li> }).collect();
    view! {
        <nav class="breadcrumb" aria-label=t.breadcrumb()>
            <ol>{way}<li><span aria-current="page"><bdi>{here}</bdi></span></li></ol>
        </nav>
    }
}

/// A link back to where the visitor came from.
pub fn back_link(href: String, words: String) -> impl IntoView {
    view! { <a class="back-link" href=href>{icon::arrow_back()}{words}</a> }
}

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    Info,
    /// It went well.
    Success,
    /// Take care.
    Warning,
}

/// A message set apart.
pub fn alert(tone: Tone, content: impl IntoView) -> impl IntoView {
    let (class, name) = match tone {
        Tone::Info => ("alert", "info"),
        Tone::Success => ("alert alert--success", "ok"),
        Tone::Warning => ("alert alert--warning", "warn"),
    };
    view! { <div class=class>{icon(name)}<div>{content}</div></div> }
}

/// Where a cycle stands, in a word with a shape.
pub fn phase_badge(t: Text, cycle: &Cycle, now: Timestamp) -> impl IntoView + use<> {
    let (kind, words) = match cycle.phase {
        Phase::Draft => ("draft", t.phase_draft()),
        Phase::Proposing => ("draft", t.phase_proposing()),
        Phase::Reviewing => ("draft", t.phase_reviewing()),
        Phase::Allocating if cycle.takes_ballots(now) => ("open", t.phase_allocating()),
        Phase::Allocating => ("closed", t.closed_title()),
        Phase::Counting => ("closed", t.phase_counting()),
        Phase::Published => ("funded", t.phase_published()),
        Phase::Delivering => ("funded", t.phase_delivering()),
        Phase::Archived => ("closed", t.phase_archived()),
    };
    badge(kind, words)
}

/// What became of a project, in a word with a shape.
pub fn status_badge(t: Text, status: Status) -> impl IntoView {
    badge(status_kind(status), status_words(t, status))
}

fn badge(kind: &'static str, words: &'static str) -> impl IntoView {
    view! { <span class=format!("badge badge--{kind}")>{icon(kind)}{words}</span> }
}

fn status_kind(status: Status) -> &'static str {
    match status {
        Status::Funded => "funded",
        Status::Partial => "partial",
        Status::Dropped => "dropped",
        Status::NotFunded => "unfunded",
    }
}

/// What became of a project, in words.
#[must_use]
pub fn status_words(t: Text, status: Status) -> &'static str {
    match status {
        Status::Funded => t.status_funded(),
        Status::Partial => t.status_partial(),
        Status::Dropped => t.status_dropped(),
        Status::NotFunded => t.status_not_funded(),
    }
}
