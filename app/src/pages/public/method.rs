//! `/method`: how ballots are counted: each rule in plain words, with one small example that is counted as the page is made.
//!
//! Holds no result of its own: what it shows is what [`tally::count`] gives for these ballots, so it cannot disagree with a
//! real count.

use super::results::flow::{listed, verdict_words};
use crate::access::Visit;
use crate::error::Error;
use crate::pages::Page;
use crate::pages::office::edit::rule_named;
use crate::shelf::Keep;
use crate::text::{Text, Told};
use crate::views::bar::bar;
use crate::views::{amount, breadcrumb, status_badge};
use axum::response::Response;
use leptos::prelude::*;
use tally::explain::explain;
use tally::outcome::{Outcome, Round};
use tally::rule_sheet::{Rule, RuleSheet, Terms};
use tally::{Ballots, Election, Fallback, Minor, Project};

const CURRENCY: &str = "EUR";

/// The rules, from the plainest on, by the names that the office's form gives them.
const RULES: [&str; 6] = ["direct", "transfer", "greedy", "equal-shares", "phragmen", "cube-root"];

/// The projects of the example: floor and ceiling, in euros.
const PROJECTS: [(&str, i64, i64); 4] =
    [("garden", 20, 40), ("kiosk", 20, 40), ("bikes", 45, 45), ("books", 30, 70)];

/// What six people give, in euros, in the order of the projects: each rule makes something else of it.
const BALLOTS: [[i64; 4]; 6] =
    [[0, 0, 10, 10], [15, 0, 0, 5], [0, 12, 8, 0], [8, 12, 0, 0], [0, 0, 8, 12], [10, 10, 0, 0]];

fn euros(whole: i64) -> Minor {
    Minor::new(whole * 100)
}

fn election() -> Election {
    let projects = PROJECTS
        .map(|(id, floor, ceiling)| Project::new(id, euros(floor), euros(ceiling), None))
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
        .expect("each floor is at most its ceiling");
    let mut ballots = Ballots::new();
    for given in BALLOTS {
        let lines: Vec<_> =
            (0..).zip(given).filter(|(_, sum)| *sum > 0).map(|(p, sum)| (p, euros(sum))).collect();
        ballots.push(&lines, Fallback::Others).expect("lines are above zero and name each project once");
    }
    let everybody = u64::try_from(BALLOTS.len()).ok();
    Election::new(projects, ballots, everybody).expect("ballots name these projects only")
}

/// The page.
pub async fn show(visit: Visit) -> Result<Response, Error> {
    let t = visit.text;
    let election = election();
    let rules = RULES.map(|name| {
        let rule = rule_named(name, Minor::ZERO).ok_or(Error::Broken)?;
        let sheet = RuleSheet::new(Terms::usual(rule)).map_err(|_| Error::Broken)?;
        let outcome = tally::count(&election, &sheet).map_err(|_| Error::Broken)?;
        Ok(Counted { name, sheet, outcome })
    });
    let rules = rules.into_iter().collect::<Result<Vec<_>, Error>>()?;
    let ways = rules
        .iter()
        .map(|rule| view! { <li><a href=format!("#{}", rule.name)>{t.rule_name(&rule.sheet.rule)}</a></li> })
        .collect_view();
    let sections = rules.iter().map(|rule| section(t, rule)).collect_view();
    Ok(Page::new(&visit, t.method_title()).kept(Keep::Briefly).show(|| {
        view! {
            {breadcrumb(t, vec![("/".into(), t.nav_home().into())], t.method_title().to_owned())}
            <h1>{t.method_title()}</h1>
            <p class="lede">{t.method_lede()}</p>
            <section>
                <h2>{t.method_example()}</h2>
                <p>{t.method_example_body()}</p>
                {ballots(t)}
                <p>{t.method_rules()}</p>
                <ul>{ways}</ul>
            </section>
            {sections}
            <section>
                <h2>{t.method_check_title()}</h2>
                <p>{t.method_check()}</p>
            </section>
        }
        .into_any()
    }))
}

/// The example under one rule.
struct Counted {
    name: &'static str,
    sheet: RuleSheet,
    outcome: Outcome,
}

fn title(t: Text, id: &str) -> &'static str {
    match id {
        "garden" => t.method_garden(),
        "kiosk" => t.method_kiosk(),
        "bikes" => t.method_bikes(),
        _ => t.method_books(),
    }
}

fn people(t: Text) -> [&'static str; 6] {
    [t.method_anne(), t.method_bilal(), t.method_chloe(), t.method_david(), t.method_emna(), t.method_farid()]
}

/// What everybody gives, and what each project needs.
fn ballots(t: Text) -> impl IntoView {
    let money = |whole: i64| t.money_short(euros(whole), CURRENCY);
    let cells = |sums: [i64; 4]| {
        let cell =
            |sum: i64| view! { <td class="num">{if sum == 0 { "–".to_owned() } else { money(sum) }}</td> };
        sums.map(cell).into_iter().collect_view()
    };
    let heads = PROJECTS.map(|(id, ..)| view! { <th scope="col" class="num">{title(t, id)}</th> });
    let rows = people(t).into_iter().zip(BALLOTS).map(|(person, given)| {
        view! { <tr><th scope="row"><bdi>{person}</bdi></th>{cells(given)}</tr> }
    });
    let rows = rows.collect_view();
    let total = [0, 1, 2, 3].map(|place| BALLOTS.iter().map(|given| given[place]).sum());
    let foot =
        |words: &'static str, sums: [i64; 4]| view! { <tr><th scope="row">{words}</th>{cells(sums)}</tr> };
    view! {
        <table class="table method__ballots">
            <caption class="visually-hidden">{t.method_example()}</caption>
            <thead><tr><td></td>{heads.into_iter().collect_view()}</tr></thead>
            <tbody>{rows}</tbody>
            <tfoot>
                {foot(t.total(), total)}
                {foot(t.method_floor(), PROJECTS.map(|(_, floor, _)| floor))}
                {foot(t.method_full(), PROJECTS.map(|(_, _, ceiling)| ceiling))}
            </tfoot>
        </table>
    }
}

/// One rule: what it does, what it gives here and why, and how it went.
fn section(t: Text, counted: &Counted) -> AnyView {
    let Counted { name, sheet, outcome } = counted;
    let sentences =
        t.rule(sheet, CURRENCY).into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
    let money = |minor| t.money_short(minor, CURRENCY);
    let steps =
        outcome.rounds.iter().enumerate().map(|(at, round)| step(t, outcome, (at, round))).collect_view();
    let ended = t.method_ended(&money(outcome.funded_minor), &money(outcome.returned_minor));
    view! {
        <section id=*name class="method">
            <h2>{t.rule_name(&sheet.rule)}</h2>
            <ul>{sentences}</ul>
            <p>{suits(t, sheet.rule)}</p>
            <h3>{t.method_gives()}</h3>
            <p>{ended}</p>
            {bars(t, counted)}
            <h3>{t.method_steps()}</h3>
            <ol class="timeline" role="list">{steps}</ol>
        </section>
    }
    .into_any()
}

/// What a rule is good at, and what it costs.
fn suits(t: Text, rule: Rule) -> &'static str {
    match rule {
        Rule::Direct => t.method_direct(),
        Rule::Transfer { .. } => t.method_transfer(),
        Rule::Greedy { .. } => t.method_greedy(),
        Rule::EqualShares { .. } => t.method_equal_shares(),
        Rule::Phragmen => t.method_phragmen(),
        Rule::CubeRoot => t.method_cube_root(),
    }
}

/// What each project receives, and why, as on a page of results.
fn bars(t: Text, counted: &Counted) -> impl IntoView + use<> {
    let Counted { sheet, outcome, .. } = counted;
    let most = outcome.projects.iter().map(|project| project.ceiling_minor.get()).max().unwrap_or(0);
    let name = |id: &str| title(t, id).to_owned();
    let told = Told { currency: CURRENCY, sheet, name: &name };
    let items = outcome
        .projects
        .iter()
        .map(|project| {
            let why = explain(outcome, &project.id).map(|why| t.explanation(&why, &told));
            view! {
                <li>
                    <span class="bars__label">{title(t, &project.id)}</span>
                    <span class="bars__amount"><strong>{amount(t, project.received_minor, CURRENCY)}</strong></span>
                    {bar(project.ceiling_minor.get(), project.received_minor.get(), most)}
                    <span class="bars__note">{status_badge(t, project.status)}</span>
                    <p class="bars__why">{why}</p>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="bars" role="list">{items}</ol> }
}

/// What happened in a round: verdicts, what moved, what returned.
fn step(t: Text, outcome: &Outcome, (at, round): (usize, &Round)) -> impl IntoView + use<> {
    let money = |minor| t.money(minor, CURRENCY);
    let name_at = |place: u16| title(t, &outcome.projects[usize::from(place)].id);
    let verdicts = round.events.iter().map(|event| {
        let received =
            (event.received_minor > Minor::ZERO).then(|| format!(" {}", money(event.received_minor)));
        let words = verdict_words(t, event.verdict);
        view! { <p><strong>{words}</strong>" "{title(t, &event.project)}{received}</p> }
    });
    let verdicts = verdicts.collect_view();
    let moves: Vec<String> = round
        .transfers
        .iter()
        .map(|moved| t.method_moved(&money(moved.minor), name_at(moved.from), name_at(moved.to)))
        .collect();
    let moves = (!moves.is_empty()).then(|| view! { <p>{listed(t, moves)}</p> });
    let returned = (round.returned_minor > Minor::ZERO)
        .then(|| view! { <p>{t.method_returned(&money(round.returned_minor))}</p> });
    let number = t.number(at as u64 + 1);
    view! { <li><p class="meta">{t.flow_round()}" "{number}</p>{verdicts}{moves}{returned}</li> }
}
