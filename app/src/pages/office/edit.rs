//! `/office/{town}/new` and `/office/{town}/{cycle}/edit`: what a cycle is called, its rules, when it closes.

use super::way_to_office;
use crate::access::Visit;
use crate::error::Error;
use crate::form::Fields;
use crate::pages::Page;
use crate::pages::office::project::editable;
use crate::text::{Text, zone};
use crate::views::breadcrumb;
use crate::views::field::{Field, Problems, each_language};
use axum::extract::Path;
use axum::response::Response;
use jiff::ToSpan;
use leptos::prelude::*;
use store::cycle::Cycle;
use store::municipality::Municipality;
use tally::Minor;
use tally::rule_sheet::{Completion, End, Move, Order, Purse, Rule, Start, Ties, TransferOrder, Utility};

/// The form of a new cycle, filled with the usual terms.
pub async fn new(visit: Visit, Path(town): Path<String>) -> Result<Response, Error> {
    let town = visit.managed_town(&town).await?;
    let in_a_month = visit.now.to_zoned(zone(&town.time_zone)).date() + 30.days();
    let fields = Fields::default()
        .with("envelope", "20")
        .with("step", "1")
        .with("min_projects", "1")
        .with("min_supporters", "0")
        .with("rule", "direct")
        .with("publication", "ballots")
        .with("closes_date", in_a_month.to_string())
        .with("closes_time", "23:59");
    Ok(page(&visit, &town, None, &fields, &Problems::default()))
}

/// The form of a cycle that is not open yet.
pub async fn edit(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let (town, cycle) = editable(&visit, &town, &cycle).await?;
    let fields = fields(&visit, &town, &cycle);
    Ok(page(&visit, &town, Some(&cycle), &fields, &Problems::default()))
}

/// The rules that the form offers, by the names that it sends, the usual one first.
const RULES: [(&str, Rule); 11] = [
    ("transfer", transfer(Move::Eliminate, End::Keep)),
    ("transfer-fill", transfer(Move::Eliminate, End::Fill)),
    ("transfer-minimal", transfer(Move::Minimal, End::Fill)),
    (
        "equal-shares",
        Rule::EqualShares {
            utility: Utility::Cardinal,
            completion: Completion::Add1u,
            unit: Minor::new(100),
            start: Start::Exact,
            exhaustive_stop: false,
            ties: Ties::Order,
        },
    ),
    ("direct", Rule::Direct),
    ("greedy", greedy(Order::Support, true)),
    ("greedy-stop", greedy(Order::Support, false)),
    ("greedy-ratio", greedy(Order::Ratio, true)),
    ("greedy-ratio-stop", greedy(Order::Ratio, false)),
    ("phragmen", Rule::Phragmen),
    ("cube-root", Rule::CubeRoot),
];

const fn transfer(how: Move, end: End) -> Rule {
    Rule::Transfer { order: TransferOrder::Ratio, r#move: how, end }
}

const fn greedy(order: Order, skip: bool) -> Rule {
    Rule::Greedy { order, skip, threshold: Minor::ZERO }
}

/// The rule under this name, with the threshold where it has one.
pub fn rule_named(name: &str, threshold: Minor) -> Option<Rule> {
    let (_, rule) = RULES.into_iter().find(|(known, _)| *known == name)?;
    Some(match rule {
        Rule::Greedy { order, skip, .. } => Rule::Greedy { order, skip, threshold },
        other => other,
    })
}

/// The name of a rule in the form.
fn rule_name(rule: Rule) -> &'static str {
    let plain = match rule {
        Rule::Greedy { order, skip, .. } => greedy(order, skip),
        other => other,
    };
    RULES.iter().find(|(_, known)| *known == plain).map_or(AS_IT_IS, |&(name, _)| name)
}

/// What the form sends for a rule that it does not offer, and keeps.
pub const AS_IT_IS: &str = "as-it-is";

/// A cycle as the fields of its form.
fn fields(visit: &Visit, town: &Municipality, cycle: &Cycle) -> Fields {
    let money = visit.text.money_format(&cycle.currency);
    let typed = |minor: Minor| money.typed(minor.get());
    let sheet = &cycle.sheet;
    let closes = cycle.closes_at.to_zoned(zone(&town.time_zone));
    let rule = rule_name(sheet.rule);
    let threshold = match sheet.rule {
        Rule::Greedy { threshold, .. } => threshold,
        _ => Minor::ZERO,
    };
    let (purse, sum) = match sheet.purse {
        Purse::Ballots => ("ballots", String::new()),
        Purse::Residents => ("residents", String::new()),
        Purse::Fixed(sum) => ("fixed", typed(sum)),
    };
    Fields::default()
        .with_translated("title", &cycle.title)
        .with_translated("intro", &cycle.intro)
        .with("slug", cycle.slug.as_str())
        .with("envelope", typed(sheet.envelope))
        .with("step", typed(sheet.step))
        .with("max_per_project", sheet.max_per_project.map(typed).unwrap_or_default())
        .with("min_projects", sheet.min_projects.to_string())
        .with("min_supporters", sheet.min_supporters.to_string())
        .with("purse", purse)
        .with("publication", cycle.publication.as_str())
        .with("residents", cycle.residents.map(|residents| residents.to_string()).unwrap_or_default())
        .with("sum", sum)
        .with("rule", rule)
        .with("threshold", if threshold == Minor::ZERO { String::new() } else { typed(threshold) })
        .with("closes_date", closes.date().to_string())
        .with("closes_time", format!("{:02}:{:02}", closes.hour(), closes.minute()))
}

/// The rules to choose from; the one that is there and cannot be chosen, only if it is there.
fn rule_options(t: Text, chosen: &str) -> Vec<(String, String)> {
    let own = |(value, words): (&str, &str)| (value.to_owned(), words.to_owned());
    let mut rules: Vec<_> = [
        ("transfer", t.choose_transfer()),
        ("transfer-fill", t.choose_transfer_fill()),
        ("transfer-minimal", t.choose_transfer_minimal()),
        ("equal-shares", t.choose_equal_shares()),
        ("direct", t.choose_direct()),
        ("greedy", t.choose_greedy()),
        ("greedy-stop", t.choose_greedy_stop()),
        ("greedy-ratio", t.choose_greedy_ratio()),
        ("greedy-ratio-stop", t.choose_greedy_ratio_stop()),
        ("phragmen", t.choose_phragmen()),
        ("cube-root", t.choose_cube_root()),
    ]
    .map(own)
    .to_vec();
    if chosen == AS_IT_IS {
        rules.push((AS_IT_IS.to_owned(), t.choose_as_it_is().to_owned()));
    }
    rules
}

/// The form, with what was typed and what is wrong with it.
pub fn page(
    visit: &Visit,
    town: &Municipality,
    cycle: Option<&Cycle>,
    fields: &Fields,
    problems: &Problems,
) -> Response {
    let t = visit.text;
    let (title, action) = match cycle {
        Some(cycle) => (t.edit_cycle(), format!("/office/{}/{}/edit", town.slug, cycle.slug)),
        None => (t.new_cycle(), format!("/office/{}/new", town.slug)),
    };
    let of = |name: &str| fields.get(name).to_owned();
    let show = |field: Field| field.show(problems);
    let line = |name: &'static str, label: &'static str| Field::line(name, label, of(name));
    let sum = |name: &'static str, label: &'static str| Field::amount(name, label, of(name));
    let options =
        |list: &[(&str, &str)]| list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let rules = rule_options(t, &of("rule"));
    let purses = options(&[
        ("ballots", t.choose_purse_ballots()),
        ("residents", t.choose_purse_residents()),
        ("fixed", t.choose_purse_fixed()),
    ]);
    let publications = options(&[
        ("ballots", t.choose_publication_ballots()),
        ("notes", t.choose_publication_notes()),
        ("sealed", t.choose_publication_sealed()),
    ]);
    let slug = cycle.is_none().then(|| show(line("slug", t.slug()).hint(t.slug_hint()).ltr()));
    let document = Page::new(visit, title);
    let document = match cycle {
        Some(cycle) => document.of_cycle(town, cycle),
        None => document.of_town(town),
    };
    document.status(problems.status()).narrow().show(|| {
        view! {
            {breadcrumb(t, way_to_office(t), title.to_owned())}
            {problems.summary(t)}
            <h1>{title}</h1>
            <p>{t.practice_only()}</p>
            <form class="stack" method="post" action=action>
                <h2>{t.texts()}</h2>
                {each_language(t, "title", |name, words| Field::line(name, t.title_in(words), of(name)), problems)}
                {slug}
                {each_language(t, "intro", |name, words| Field::area(name, t.intro_in(words), of(name), 4), problems)}
                <h2>{t.rules()}</h2>
                {show(sum("envelope", t.envelope_field()))}
                {show(sum("step", t.step_field()).hint(t.step_hint()))}
                {show(sum("max_per_project", t.cap_field()).hint(t.optional()))}
                {show(sum("min_projects", t.min_projects_field()))}
                {show(sum("min_supporters", t.min_supporters_field()))}
                {show(Field::select("purse", t.purse_field(), of("purse"), purses))}
                {show(sum("sum", t.sum_field()).hint(t.sum_hint()))}
                {show(Field::select("rule", t.rule_field(), of("rule"), rules))}
                {show(sum("threshold", t.threshold_field()).hint(t.threshold_hint()))}
                <h2>{t.publication()}</h2>
                {show(Field::select("publication", t.publication_field(), of("publication"), publications).hint(t.publication_hint()))}
                {show(sum("residents", t.residents_field()).hint(t.residents_hint()))}
                <h2>{t.dates()}</h2>
                {show(Field::input("date", "closes_date", t.closes_date(), of("closes_date")))}
                {show(Field::input("time", "closes_time", t.closes_time(), of("closes_time")).hint(town.time_zone.clone()))}
                <p class="cluster"><button class="button">{t.save()}</button></p>
            </form>
        }
        .into_any()
    })
}
