//! The allocator: a citizen's envelope, spread over projects by − and +, or by typing.
//!
//! It shows what is left while the visitor changes amounts, and keeps a draft in the visitor's own browser until the
//! ballot is in. It decides nothing: the server checks every ballot, and an envelope that is overspent here is only
//! said to be.

#![expect(missing_docs, reason = "the island macro makes public items of its own; ours are documented")]

use crate::money::{self, MoneyFormat};
use leptos::html::Input;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Texts that travel as a list in their order: names would make the script larger by some kilobytes.
macro_rules! texts {
    ($(#[$about:meta])* pub struct $Texts:ident { $($(#[$doc:meta])* $name:ident,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        #[serde(from = "Vec<String>", into = "Vec<String>")]
        pub struct $Texts {
            $($(#[$doc])* pub $name: String,)*
        }

        impl From<Vec<String>> for $Texts {
            fn from(texts: Vec<String>) -> Self {
                let mut texts = texts.into_iter();
                Self { $($name: texts.next().unwrap_or_default(),)* }
            }
        }

        impl From<$Texts> for Vec<String> {
            fn from(texts: $Texts) -> Self {
                vec![$(texts.$name,)*]
            }
        }
    };
}

/// What the allocator is made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Allocation {
    /// The projects, in the order of the page.
    pub rows: Vec<Row>,
    /// What may be spread.
    pub envelope_minor: i64,
    /// The smallest amount, by which − and + go.
    pub step_minor: i64,
    /// The most that one project may be given.
    pub cap_minor: Option<i64>,
    /// Whose draft it is, and before which version: a mark that tells nobody else anything.
    pub draft: String,
    /// Whether what stands in the fields was put there after any draft.
    pub is_draft_older: bool,
    /// How amounts are written.
    pub money: MoneyFormat,
    /// What is wrong with the whole.
    pub problem: Option<String>,
    /// What it says.
    pub words: Words,
}

texts! {
    /// One project. What it has not is an empty text.
    pub struct Row {
        /// The project's slug; the field is named `amount.SLUG`.
        slug,
        /// Its name.
        title,
        /// The language of the name, where that is not the page's.
        lang,
        /// The address of its page.
        href,
        /// The address of its picture.
        picture,
        /// Where it is and what it asks.
        meta,
        /// What stands in the field.
        typed,
        /// What is wrong with it.
        problem,
    }
}

texts! {
    /// The words of the allocator. `{amount}`, `{envelope}`, `{title}` and `{typed}` are filled in.
    pub struct Words {
        /// Names the envelope.
        envelope,
        /// Before what is left.
        left,
        /// Before what is too much.
        over,
        /// After either: out of the envelope.
        of,
        /// What to do about too much.
        take_back,
        /// Said when nothing is left.
        all_spread,
        /// The total.
        total,
        /// The button that takes a step away.
        less,
        /// The button that adds a step.
        more,
        /// The label of a field.
        amount_for,
        /// Said of what is no amount.
        not_an_amount,
        /// Said of less than nothing.
        negative,
        /// Said of what is no multiple of the step.
        not_a_step,
        /// Said of more than the cap; empty where there is none.
        over_cap,
        /// The button that spreads the rest over what is chosen already.
        spread_rest,
        /// What it does.
        spread_rest_hint,
        /// Said when a draft was found.
        draft,
        /// The button that throws it away.
        start_afresh,
    }
}

impl Words {
    /// What is wrong with an amount of its own, as the server would say it.
    fn wrong(&self, typed: &str, step_minor: i64, cap_minor: Option<i64>, title: &str) -> Option<String> {
        let words = match money::parse(typed) {
            None => &self.not_an_amount,
            Some(..0) => &self.negative,
            Some(minor) if minor % step_minor.max(1) != 0 => &self.not_a_step,
            Some(minor) if cap_minor.is_some_and(|cap| minor > cap) => &self.over_cap,
            Some(_) => return None,
        };
        Some(words.replace("{typed}", typed).replace("{title}", title))
    }
}

/// A row as it stands in the browser.
#[derive(Clone, Copy)]
struct Live {
    typed: RwSignal<String>,
    field: NodeRef<Input>,
}

impl Live {
    /// The amount, nothing where it is not one.
    fn minor(self) -> i64 {
        money::parse(&self.typed.get()).unwrap_or(0).max(0)
    }

    /// Writes an amount into the field and its signal.
    fn write(self, typed: String) {
        if let Some(field) = self.field.get_untracked() {
            field.set_value(&typed);
        }
        self.typed.set(typed);
        self.tell(None);
    }

    /// Says what is wrong with the amount, or no more that anything is. By hand, because attributes that listen to a
    /// signal make the script larger.
    fn tell(self, problem: Option<&str>) {
        let Some(field) = self.field.get_untracked() else { return };
        // An attribute that is not taken leaves the page as it is, and the server says it again.
        drop(field.set_attribute("aria-invalid", if problem.is_some() { "true" } else { "false" }));
        if let Some(words) = document().get_element_by_id(&error_id(&field.id())) {
            words.set_text_content(problem);
        }
    }
}

/// The id of what is said about the field of this id.
fn error_id(field: &str) -> String {
    format!("{field}-error")
}

/// The amounts with what is left of the envelope shared equally, in whole steps, between those that are above zero; odd
/// steps go to the first. Nothing passes the cap, and what no amount can take stays left.
#[must_use]
pub fn spread_rest(
    amounts: &[i64],
    envelope_minor: i64,
    step_minor: i64,
    cap_minor: Option<i64>,
) -> Vec<i64> {
    let mut amounts = amounts.to_vec();
    let step = step_minor.max(1);
    let mut rest =
        envelope_minor.saturating_sub(amounts.iter().fold(0, |sum: i64, &amount| sum.saturating_add(amount)));
    let chosen: Vec<usize> = (0..amounts.len()).filter(|&row| amounts[row] > 0).collect();
    while rest >= step {
        let before = rest;
        for &row in &chosen {
            let fits = cap_minor.is_none_or(|cap| amounts[row] + step <= cap);
            if fits && rest >= step {
                amounts[row] += step;
                rest -= step;
            }
        }
        if rest == before {
            break;
        }
    }
    amounts
}

/// How many coins a sum is drawn with, where that is few enough to be seen at a glance.
fn coins_of(minor: i64, step_minor: i64) -> Option<i64> {
    Some(minor / step_minor.max(1)).filter(|coins| (0..=40).contains(coins))
}

/// The allocator with the rest of its form in `children`.
#[island]
pub fn Allocator(mut allocation: Allocation, children: Children) -> impl IntoView {
    let rows = std::mem::take(&mut allocation.rows);
    let envelope_minor = allocation.envelope_minor;
    let live: Vec<Live> = rows
        .iter()
        .map(|row| Live { typed: RwSignal::new(row.typed.clone()), field: NodeRef::new() })
        .collect();
    // Without the script, what was typed into the page that was sent is still told.
    let awake = RwSignal::new(rows.iter().any(|row| !row.typed.is_empty()));
    // Buttons that only a script obeys wait for it.
    let scripted = RwSignal::new(false);
    let restored = RwSignal::new(false);
    let total = {
        let live = live.clone();
        Memo::new(move |_| live.iter().fold(0_i64, |sum, row| sum.saturating_add(row.minor())))
    };
    let (mark, is_older) = (allocation.draft.clone(), allocation.is_draft_older);
    Effect::new({
        let live = live.clone();
        move |_| {
            // What was typed before the script came, or what the browser restored, is what counts.
            for row in &live {
                if let Some(field) = row.field.get_untracked() {
                    row.typed.set(field.value());
                }
            }
            restored.set(restore(&live, &mark, is_older));
            awake.set(true);
            scripted.set(true);
            let (live, mark) = (live.clone(), mark.clone());
            Effect::new(move |_| keep(&live, &mark));
        }
    });
    let items = rows
        .into_iter()
        .zip(&live)
        .map(|(row, live)| allocator_row(row, *live, (awake, scripted), &allocation))
        .collect_view();
    let rest = Memo::new(move |_| envelope_minor - total.get());
    let sum = {
        let (money, words) = (allocation.money.clone(), allocation.words.clone());
        move || {
            awake.get().then(|| {
                words
                    .total
                    .replace("{amount}", &money.write(total.get()))
                    .replace("{envelope}", &money.write(envelope_minor))
            })
        }
    };
    let described = allocation.problem.as_ref().map(|_| "allocator-error");
    view! {
        <div class="ballot__main">
            {draft_note(restored, live.clone(), allocation.words.clone())}
            {allocation.problem.clone().map(|problem| view! { <p class="field__error" id="allocator-error">{problem}</p> })}
            <ol class="allocator" role="list" id="allocator" tabindex="-1" aria-describedby=described>{items}</ol>
            <p class="allocator__total">{sum}</p>
            {children()}
        </div>
        {purse(rest, live, awake, allocation)}
    }
}

fn allocator_row(
    row: Row,
    live: Live,
    (awake, scripted): (RwSignal<bool>, RwSignal<bool>),
    allocation: &Allocation,
) -> impl IntoView + use<> {
    let Allocation { step_minor, cap_minor, money, words, .. } = allocation;
    let (step_minor, cap_minor) = (*step_minor, *cap_minor);
    let id = format!("amount.{}", row.slug);
    let name_for = |words: &str| words.replace("{title}", &row.title);
    let (less, more) = (name_for(&words.less), name_for(&words.more));
    let is_capped = move || cap_minor.is_some_and(|cap| live.minor().saturating_add(step_minor) > cap);
    // A button that cannot do anything keeps the focus, and does nothing.
    let change = {
        let money = money.clone();
        move |by: i64| {
            if by > 0 && is_capped() {
                return;
            }
            let minor = live.minor().saturating_add(by).max(0);
            live.write(if minor == 0 { String::new() } else { money.typed(minor) });
        }
    };
    let (minus, plus) = (change.clone(), change);
    let error_id = error_id(&id);
    // Not an empty text: for that a space is written, and the element would not be `:empty`.
    let problem = (!row.problem.is_empty()).then_some(row.problem);
    let invalid = problem.as_ref().map(|_| "true");
    let (judge, title) = (words.clone(), row.title.clone());
    // While a figure is being typed nothing is held against it; once it is right, nothing is any more.
    let judge = move |typed: &str, is_done: bool| {
        let problem = judge.wrong(typed, step_minor, cap_minor, &title);
        if is_done || problem.is_none() {
            live.tell(problem.as_deref());
        }
    };
    let judge_done = judge.clone();
    let sign = money.sign();
    let coins = move || {
        let minor = live.minor();
        let count = if awake.get() { coins_of(minor, step_minor).unwrap_or(0) } else { 0 };
        (0..count).map(|_| view! { <span class="coin"></span> }).collect_view()
    };
    view! {
        <li class="allocator__row" class:allocator__row--given=move || { awake.get() && live.minor() > 0 }
            id=format!("row-{}", row.slug)>
            <div class="allocator__picture">
                {(!row.picture.is_empty()).then(|| view! { <img src=row.picture alt="" width="160" height="100" loading="lazy"/> })}
            </div>
            <div class="allocator__text">
                <h2 class="allocator__title"><a href=row.href lang=(!row.lang.is_empty()).then_some(row.lang) dir="auto">{row.title.clone()}</a></h2>
                <p class="meta">{row.meta}</p>
            </div>
            <div class="allocator__amount">
                <label class="visually-hidden" for=id.clone()>{name_for(&words.amount_for)}</label>
                <div class="stepper">
                    <button type="button" class="stepper__button" aria-label=less hidden=move || !scripted.get()
                        aria-disabled=move || (live.minor() <= 0).then_some("true") on:click=move |_| minus(-step_minor)>"−"</button>
                    <span class="stepper__value">
                        <input class="stepper__input" id=id.clone() name=id inputmode="decimal" autocomplete="off" dir="ltr"
                            value=row.typed node_ref=live.field aria-describedby=error_id.clone() aria-invalid=invalid
                            on:input=move |event| {
                                let typed = event_target_value(&event);
                                judge(&typed, false);
                                live.typed.set(typed);
                            }
                            on:change=move |event| judge_done(&event_target_value(&event), true)/>
                        <span aria-hidden="true">{sign}</span>
                    </span>
                    <button type="button" class="stepper__button" aria-label=more hidden=move || !scripted.get()
                        aria-disabled=move || is_capped().then_some("true")
                        on:click=move |_| plus(step_minor)>"+"</button>
                </div>
                <div class="coins coins--small" aria-hidden="true">{coins}</div>
            </div>
            <p class="field__error" id=error_id>{problem}</p>
        </li>
    }
}

/// The envelope, always in sight: what is left of it, as a figure and as coins, and announced politely.
fn purse(rest: Memo<i64>, live: Vec<Live>, awake: RwSignal<bool>, allocation: Allocation) -> impl IntoView {
    let Allocation { envelope_minor, step_minor, cap_minor, money, words, .. } = allocation;
    let spread = {
        let money = money.clone();
        move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            let amounts: Vec<i64> = live.iter().map(|row| row.minor()).collect();
            let spread = spread_rest(&amounts, envelope_minor, step_minor, cap_minor);
            for (row, (before, after)) in live.iter().zip(amounts.iter().zip(spread)) {
                if after != *before {
                    row.write(money.typed(after));
                }
            }
        }
    };
    let useless = move || awake.get() && (rest.get() == envelope_minor || rest.get() <= 0);
    let over = move || awake.get() && rest.get() < 0;
    let label = {
        let words = words.clone();
        move || match (awake.get(), rest.get() < 0) {
            (false, _) => words.envelope.clone(),
            (true, true) => words.over.clone(),
            (true, false) => words.left.clone(),
        }
    };
    let figure = {
        let money = money.clone();
        move || money.write(if awake.get() { rest.get().saturating_abs() } else { envelope_minor })
    };
    let of = {
        let of = words.of.replace("{envelope}", &money.write(envelope_minor));
        move || awake.get().then(|| of.clone())
    };
    let coins = move || {
        let all = coins_of(envelope_minor, step_minor).unwrap_or(0);
        let left = if awake.get() { rest.get().max(0) / step_minor.max(1) } else { all };
        (0..all)
            .map(|place| view! { <span class=if place < left { "coin" } else { "coin coin--spent" }></span> })
            .collect_view()
    };
    let status = {
        let words = words.clone();
        move || {
            let rest = rest.get();
            match rest {
                _ if !awake.get() || rest == envelope_minor => String::new(),
                ..0 => words.take_back.replace("{amount}", &money.write(-rest)),
                0 => words.all_spread.clone(),
                _ => format!("{} {}", words.left, money.write(rest)),
            }
        }
    };
    view! {
        <aside class="purse" class:purse--over=over aria-label=words.envelope.clone()>
            <p class="purse__rest">
                <span class="purse__label">{label}</span>" "
                <strong class="purse__figure amount">{figure}</strong>" "
                <span class="purse__of">{of}</span>
            </p>
            <div class="coins" aria-hidden="true">{coins}</div>
            <button class="button button--small button--secondary purse__spread" name="spread" value="rest"
                title=words.spread_rest_hint.clone() aria-disabled=move || useless().then_some("true") on:click=spread>{words.spread_rest.clone()}</button>
            <p class="purse__status" class:visually-hidden=move || { rest.get() > 0 } role="status">{status}</p>
        </aside>
    }
}

/// Says that a draft was found, with a way to throw it away.
fn draft_note(restored: RwSignal<bool>, live: Vec<Live>, words: Words) -> impl IntoView {
    let afresh = move |_| {
        live.iter().for_each(|row| row.write(String::new()));
        restored.set(false);
    };
    view! {
        <p class="allocator__draft" role="status" hidden=move || !restored.get()>
            {words.draft}" "
            <button type="button" class="link-button" on:click=afresh>{words.start_afresh}</button>
        </p>
    }
}

/// The browser's own memory, where it has one and lets us.
fn memory() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// Where the one draft of this browser is kept: its mark, and what was typed into each field, a line each.
const DRAFT: &str = "draft";

/// Puts the draft with this mark into the fields, unless they hold what came after it. Says whether that changed any.
fn restore(live: &[Live], mark: &str, is_older: bool) -> bool {
    let Some(memory) = memory() else { return false };
    let kept = memory.get_item(DRAFT).ok().flatten().unwrap_or_default();
    let mut lines = kept.split('\n');
    if lines.next() != Some(mark) || kept.split('\n').count() != live.len() + 1 {
        // It became a ballot, or is somebody else's, whom it concerns alone.
        drop(memory.remove_item(DRAFT));
        return false;
    }
    let mut is_changed = false;
    for (row, typed) in live.iter().zip(lines).filter(|_| !is_older) {
        if row.typed.get_untracked() != typed {
            row.write(typed.to_owned());
            is_changed = true;
        }
    }
    is_changed
}

/// Keeps what is in the fields; nothing where nothing is.
fn keep(live: &[Live], mark: &str) {
    let mut draft = mark.to_owned();
    let mut is_empty = true;
    for row in live {
        let typed = row.typed.get();
        is_empty &= typed.is_empty();
        draft.push('\n');
        draft.push_str(&typed);
    }
    let Some(memory) = memory() else { return };
    // A browser that keeps nothing, or is full, takes nothing away from the form.
    if is_empty {
        drop(memory.remove_item(DRAFT));
    } else {
        drop(memory.set_item(DRAFT, &draft));
    }
}

#[cfg(test)]
mod tests {
    use super::{Row, spread_rest};

    #[test]
    fn texts_travel_in_their_order() {
        let texts =
            ["slug", "title", "ar", "/there", "", "meta", "4,50", "wrong"].map(str::to_owned).to_vec();
        let row = Row::from(texts.clone());
        assert_eq!((&*row.slug, &*row.lang, &*row.picture, &*row.problem), ("slug", "ar", "", "wrong"));
        assert_eq!(Vec::from(row), texts);
    }

    #[test]
    fn the_rest_is_shared_equally_between_what_is_chosen() {
        assert_eq!(spread_rest(&[100, 0, 500], 2000, 100, None), [800, 0, 1200]);
        assert_eq!(spread_rest(&[100, 0, 500], 1900, 100, None), [800, 0, 1100]);
        assert_eq!(spread_rest(&[100, 300], 2000, 100, Some(500)), [500, 500]);
        assert_eq!(spread_rest(&[0, 0], 2000, 100, None), [0, 0]);
        assert_eq!(spread_rest(&[1500, 700], 2000, 100, None), [1500, 700]);
        assert_eq!(spread_rest(&[50], 2000, 100, None), [1950]);
    }
}
