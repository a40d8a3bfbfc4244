//! What became of a project's money, as steps in their order, with all that the town has told.

use super::{amount, prose, untranslated_short};
use crate::text::{Text, zone};
use jiff::civil::Date;
use leptos::prelude::*;
use store::delivery::{Delivery, stand};
use store::municipality::Municipality;
use tally::Minor;
use tally::delivery::{Stand, Step};

/// A step in words.
#[must_use]
pub fn step_words(t: Text, step: Step) -> &'static str {
    match step {
        Step::Awarded => t.step_awarded(),
        Step::Agreed => t.step_agreed(),
        Step::Paid => t.step_paid(),
        Step::Delivered => t.step_delivered(),
        Step::Dropped => t.step_dropped(),
    }
}

/// The day of a step in words.
#[must_use]
pub fn day_words(t: Text, town: &Municipality, day: &str) -> String {
    let zone = zone(&town.time_zone);
    let noon = day.parse::<Date>().ok().and_then(|day| day.at(12, 0, 0, 0).to_zoned(zone).ok());
    noon.map_or_else(|| day.to_owned(), |noon| t.day(noon.timestamp(), &town.time_zone))
}

/// Where a project stands, in a few words: the step, its day and its sum.
#[must_use]
pub fn stand_words(t: Text, town: &Municipality, currency: &str, told: &[Delivery]) -> Option<String> {
    let step = stand(told)?.step();
    let last = told.iter().rev().find(|delivery| delivery.step == step)?;
    let sum = t.money_short(last.amount, currency);
    Some(t.stand(step_words(t, step), &sum, &day_words(t, town, &last.day)))
}

/// The steps of a project that received this much: what was told, and what is still to come.
pub fn steps(t: Text, town: &Municipality, currency: &str, received: Minor, told: &[Delivery]) -> AnyView {
    let stand = stand(told);
    let items = Step::ALL
        .into_iter()
        .filter_map(|step| match last_word(stand, told, step) {
            Some(delivery) => Some(told_step(t, town, currency, delivery)),
            None => is_to_come(stand, step).then(|| {
                view! { <li><span>{step_words(t, step)}</span>" "<span class="meta">{t.step_later()}</span></li> }
                    .into_any()
            }),
        })
        .collect_view();
    view! {
        <ol class="steps" role="list">
            <li class="steps__done">
                <span>{t.step_voted()}</span>" "<span class="meta">{amount(t, received, currency)}</span>
            </li>
            {items}
        </ol>
        {history(t, town, currency, told)}
    }
    .into_any()
}

/// What was told last of a step that has happened.
fn last_word(stand: Option<Stand>, told: &[Delivery], step: Step) -> Option<&Delivery> {
    stand?.amount(step)?;
    told.iter().rev().find(|delivery| delivery.step == step)
}

/// Whether a step that was not told is still to be expected. The town's decision is not, once there is anything: few
/// towns vote on each sum again.
fn is_to_come(stand: Option<Stand>, step: Step) -> bool {
    match stand.map(|stand| stand.step()) {
        Some(Step::Dropped) => false,
        reached => {
            !matches!(step, Step::Awarded | Step::Dropped) && reached.is_none_or(|reached| step > reached)
        }
    }
}

fn told_step(t: Text, town: &Municipality, currency: &str, delivery: &Delivery) -> AnyView {
    let class = if delivery.step == Step::Dropped { "steps__dropped" } else { "steps__done" };
    view! {
        <li class=class id=format!("delivery-{}", delivery.delivery_id)>
            <span>{step_words(t, delivery.step)}</span>" "
            <span class="meta">{amount(t, delivery.amount, currency)}" · "{day_words(t, town, &delivery.day)}</span>
            {added(t, delivery)}
        </li>
    }
    .into_any()
}

/// What the town adds to a step: its words, a document.
fn added(t: Text, delivery: &Delivery) -> impl IntoView + use<> {
    let note = (!delivery.note.is_empty())
        .then(|| view! { {untranslated_short(t, [&delivery.note])}{prose(t, &delivery.note)} });
    let document = (!delivery.document.is_empty()).then(|| {
        let (href, host) = (delivery.document.clone(), host(&delivery.document).to_owned());
        view! { <p class="meta"><a href=href rel="noopener">{t.document()}</a>" "<bdi dir="ltr">{host}</bdi></p> }
    });
    view! { {note}{document} }
}

/// Whose site an address leads to: people should know before they follow.
fn host(address: &str) -> &str {
    let (_, rest) = address.split_once("://").unwrap_or(("", address));
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

/// Everything in the order in which it was told, where something was replaced.
fn history(t: Text, town: &Municipality, currency: &str, told: &[Delivery]) -> Option<AnyView> {
    let replaced = |place: usize| told[place + 1..].iter().any(|later| later.step == told[place].step);
    if !(0..told.len()).any(replaced) {
        return None;
    }
    let items = told
        .iter()
        .enumerate()
        .map(|(place, delivery)| {
            let on = t.told_on(&t.day(delivery.told_at, &town.time_zone));
            let replaced = replaced(place).then(|| view! { " "<strong>{t.delivery_replaced()}</strong> });
            view! {
                <li>
                    <p class="meta">{on}{replaced}</p>
                    <p>{step_words(t, delivery.step)}" · "{amount(t, delivery.amount, currency)}" · "{day_words(t, town, &delivery.day)}</p>
                    {added(t, delivery)}
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <details class="details">
                <summary>{t.delivery_history()}</summary>
                <ol class="timeline" role="list">{items}</ol>
            </details>
        }
        .into_any(),
    )
}
