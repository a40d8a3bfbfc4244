//! `/euros`: what became of my euros, by the receipts that somebody typed, scanned, or keeps in this browser.
//!
//! Needs no code and no account, and stores nothing: kept receipts are in a cookie that the browser sends to this page
//! alone. It says what the projects of a receipt received, never where one ballot's money went, which no count follows.

use crate::access::Visit;
use crate::actions::ballot::say_receipt;
use crate::error::Error;
use crate::form::{Fields, redirect};
use crate::pages::Page;
use crate::receipt::{NotAReceipt, Receipt};
use crate::views::field::{Field, Problems};
use crate::views::{amount, icon, phase_badge, said, status_badge};
use axum::http::HeaderValue;
use axum::response::Response;
use leptos::prelude::*;
use store::cycle::Cycle;
use store::municipality::Municipality;
use store::outcome::Counted;
use store::project::Project;
use tally::Minor;

/// The cookie of kept receipts, each with its cycle's address, newest first, with a dot between.
const COOKIE: &str = "euros";

/// What a cookie may hold: browsers promise to keep 4096 bytes of name, value and attributes.
const MOST_KEPT_BYTES: usize = 3500;

/// So many receipts are looked at on one page.
const MOST_RECEIPTS: usize = 20;

/// For so long: ten years, though browsers end it earlier unless the page is visited.
const KEPT_SECONDS: i64 = 10 * 366 * 24 * 3600;

/// A receipt with all that its page needs.
struct Opened {
    town: Municipality,
    cycle: Cycle,
    projects: Vec<Project>,
    counted: Option<Counted>,
    receipt: Receipt,
    /// As it is kept.
    code: String,
}

/// The page, with the receipts that this browser keeps.
pub async fn show(visit: Visit) -> Result<Response, Error> {
    let kept = kept(&visit);
    let (opened, _) = open(&visit, kept.iter().map(String::as_str)).await?;
    Ok(page(&visit, &opened, &Fields::default(), &Problems::default()))
}

/// Shows what was typed; or, at wish, keeps it in this browser first.
pub async fn read(visit: Visit, form: Fields) -> Result<Response, Error> {
    let t = visit.text;
    let lines = form.get("receipts").lines().map(str::trim);
    let typed: Vec<&str> = lines.filter(|line| line.contains('/')).collect();
    let mut problems = Problems::default();
    if typed.is_empty() {
        let empty = form.trimmed("receipts").is_empty();
        problems.add("receipts", if empty { t.receipt_empty() } else { t.receipt_whole() });
        return Ok(page(&visit, &[], &form, &problems));
    }
    let (opened, wrong) = open(&visit, typed.into_iter()).await?;
    for (typed, wrong) in wrong {
        problems.add("receipts", t.receipt_wrong(&typed, &say_receipt(t, wrong)));
    }
    if problems.is_empty() && !form.get("keep").is_empty() {
        let mut codes: Vec<String> = opened.iter().map(|opened| opened.code.clone()).collect();
        codes.extend(kept(&visit).into_iter().filter(|kept| opened.iter().all(|new| !new.replaces(kept))));
        return Ok(redirect("/euros", &[cookie(&visit, &codes)]));
    }
    Ok(page(&visit, &opened, &form, &problems))
}

/// Forgets all receipts that this browser keeps.
pub async fn forget(visit: Visit) -> Result<Response, Error> {
    Ok(redirect("/euros", &[cookie(&visit, &[])]))
}

fn kept(visit: &Visit) -> Vec<String> {
    let kept = visit.cookie(COOKIE).unwrap_or_default();
    kept.split('.').filter(|code| !code.is_empty()).map(str::to_owned).collect()
}

/// Keeps these, and of too many those that come first. Nothing ends the cookie at once.
fn cookie(visit: &Visit, codes: &[String]) -> HeaderValue {
    let mut value = String::new();
    for code in codes.iter().take(MOST_RECEIPTS) {
        if value.len() + code.len() < MOST_KEPT_BYTES {
            let dot = if value.is_empty() { "" } else { "." };
            value = format!("{value}{dot}{code}");
        }
    }
    let seconds = if value.is_empty() { 0 } else { KEPT_SECONDS };
    visit.set_cookie_for("/euros", COOKIE, &value, seconds)
}

impl Opened {
    fn address(&self) -> String {
        format!("{}/{}", self.town.slug, self.cycle.slug)
    }

    /// Whether it is of the same cycle: the newer version takes the place of the older.
    fn replaces(&self, kept: &str) -> bool {
        kept.rsplit_once('/').is_some_and(|(address, _)| address == self.address())
    }
}

type Wrong = (String, NotAReceipt);

async fn open(visit: &Visit, codes: impl Iterator<Item = &str>) -> Result<(Vec<Opened>, Vec<Wrong>), Error> {
    let (mut opened, mut wrong) = (Vec::new(), Vec::new());
    for code in codes.take(MOST_RECEIPTS) {
        match open_one(visit, code).await? {
            Ok(found) => opened.push(found),
            Err(reason) => wrong.push((code.chars().take(80).collect(), reason)),
        }
    }
    Ok((opened, wrong))
}

async fn open_one(visit: &Visit, typed: &str) -> Result<Result<Opened, NotAReceipt>, Error> {
    let mut parts = typed.rsplitn(3, '/');
    let (code, cycle, town) = (parts.next(), parts.next(), parts.next());
    let (Some(code), Some(cycle), Some(town)) = (code, cycle, town) else {
        return Ok(Err(NotAReceipt::Check));
    };
    let town = town.rsplit('/').next().unwrap_or(town).to_lowercase();
    let (town, cycle) = match visit.cycle(&town, &cycle.to_lowercase()).await {
        Ok(found) => found,
        Err(Error::NotFound) => return Ok(Err(NotAReceipt::Check)),
        Err(other) => return Err(other),
    };
    let address = format!("{}/{}", town.slug, cycle.slug);
    let receipt = match Receipt::parse(code, &address) {
        Ok(receipt) => receipt,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let projects = store::project::of_cycle(visit.db(), &cycle.cycle_id).await?;
    let counted = store::outcome::published(visit.db(), &cycle, visit.now).await?;
    let code = receipt.print(&address).map(|code| format!("{address}/{code}")).unwrap_or_default();
    Ok(Ok(Opened { town, cycle, projects, counted, receipt, code }))
}

fn page(visit: &Visit, opened: &[Opened], form: &Fields, problems: &Problems) -> Response {
    let t = visit.text;
    let receipts = opened.iter().map(|opened| section(visit, opened)).collect_view();
    let field = Field::area("receipts", t.receipt(), form.get("receipts"), 3).hint(t.euros_hint()).ltr();
    let field = field.show(problems);
    let forget = (!kept(visit).is_empty()).then(|| {
        view! {
            <form method="post" action="/euros/forget">
                <button class="link-button">{t.euros_forget()}</button>
            </form>
        }
    });
    Page::new(visit, t.euros()).status(problems.status()).narrow().show(|| {
        view! {
            {problems.summary(t)}
            <h1>{t.euros()}</h1>
            <p class="lede">{t.euros_lede()}</p>
            {receipts}
            {forget}
            <form class="stack" method="post" action="/euros">
                {field}
                <div class="choice">
                    <input type="checkbox" name="keep" id="keep" value="yes" checked={!form.get("keep").is_empty()}/>
                    <label for="keep">{t.euros_keep()}</label>
                </div>
                <p class="cluster"><button class="button">{t.euros_show()}</button></p>
            </form>
        }
        .into_any()
    })
}

fn section(visit: &Visit, opened: &Opened) -> impl IntoView + use<> {
    let t = visit.text;
    let Opened { town, cycle, projects, counted, receipt, .. } = opened;
    let currency = cycle.currency.as_str();
    let amounts = receipt.amounts(projects, cycle.sheet.step);
    let given: Minor = amounts.iter().map(|(_, amount)| *amount).sum();
    let mut on_funded = Minor::ZERO;
    let lines = amounts
        .iter()
        .filter_map(|(slug, sum)| Some((projects.iter().find(|project| project.slug == *slug)?, *sum)))
        .map(|(project, sum)| {
            let found = counted.as_ref().and_then(|counted| {
                counted.outcome.projects.iter().find(|outcome| outcome.id == project.count_id)
            });
            let became = found.map(|outcome| {
                if outcome.received_minor > Minor::ZERO {
                    on_funded = on_funded + sum;
                }
                let received = t.euros_received(
                    &t.money_short(outcome.received_minor, currency),
                    &t.money_short(outcome.ceiling_minor, currency),
                );
                view! { <td>{status_badge(t, outcome.status)}" "<span class="meta">{received}</span></td> }
            });
            let href = format!("/{}/projects/{}", opened.address(), project.slug);
            view! {
                <tr>
                    <th scope="row"><a href=href>{said(t, &project.title)}</a></th>
                    <td class="num">{amount(t, sum, currency)}</td>
                    {became}
                </tr>
            }
        })
        .collect_view();
    let answer = if counted.is_some() {
        t.euros_funded(&t.money(on_funded, currency), &t.money(given, currency))
    } else {
        t.euros_not_counted().to_owned()
    };
    let became = counted.as_ref().map(|_| view! { <th scope="col">{t.euros_became()}</th> });
    let results = counted.as_ref().map(|_| {
        let href = format!("/{}/results", opened.address());
        view! { <p><a href=href>{t.see_results()}{icon::arrow_forth()}</a></p> }
    });
    view! {
        <section class="euros">
            <h2>
                <a href=format!("/{}", opened.address())><bdi>{town.name.clone()}</bdi>" – "{said(t, &cycle.title)}</a>
            </h2>
            <p class="cluster">{phase_badge(t, cycle, visit.now)}<span class="meta">{t.euros_version(&t.number(receipt.version.into()))}</span></p>
            <p>{answer}</p>
            <table class="table">
                <caption class="visually-hidden">{t.said(&cycle.title).to_owned()}</caption>
                <thead><tr><th scope="col">{t.project()}</th><th scope="col" class="num">{t.euros_given()}</th>{became}</tr></thead>
                <tbody>{lines}</tbody>
            </table>
            {results}
        </section>
    }
}
