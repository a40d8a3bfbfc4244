//! `/euros`: what became of my euros, by the receipts that somebody typed, scanned, keeps in this browser, or asked their
//! account to keep.
//!
//! Needs no code and no account, and stores nothing: what a browser keeps is in a cookie that it sends to this page alone. It
//! says what the projects of a receipt received and what they have come to, never where one ballot's money went, which no
//! count follows.

use crate::access::Visit;
use crate::actions::account::kept_receipts;
use crate::actions::ballot::say_receipt;
use crate::error::Error;
use crate::form::{Fields, redirect};
use crate::pages::Page;
use crate::receipt::{NotAReceipt, Receipt};
use crate::text::Text;
use crate::views::delivery::stand_words;
use crate::views::field::{Field, Problems};
use crate::views::{amount, coins, icon, phase_badge, said, status_badge};
use axum::http::HeaderValue;
use axum::response::Response;
use leptos::prelude::*;
use std::collections::HashMap;
use store::cycle::Cycle;
use store::delivery::{Delivery, stand};
use store::municipality::Municipality;
use store::outcome::Counted;
use store::project::Project;
use tally::Minor;
use tally::delivery::Way;
use tally::outcome::ProjectOutcome;

/// The cookie of kept receipts, each with its cycle's address, newest first, with a dot between.
const COOKIE: &str = "euros";

/// What a cookie may hold: browsers promise to keep 4096 bytes of name, value and attributes.
const MOST_KEPT_BYTES: usize = 3500;

/// So many receipts are looked at on one page.
const MOST_RECEIPTS: usize = 20;

/// For so long: ten years, though browsers end it earlier unless the page is visited.
const KEPT_SECONDS: i64 = 10 * 366 * 24 * 3600;

/// A receipt with all that its page needs.
pub struct Opened {
    town: Municipality,
    /// Its cycle.
    pub cycle: Cycle,
    projects: Vec<Project>,
    counted: Option<Counted>,
    /// What was told of the money of each project, by project id.
    told: HashMap<String, Vec<Delivery>>,
    receipt: Receipt,
    /// As it is kept; empty where it is too long for that.
    pub code: String,
}

/// The page, with the receipts that the visitor's account and this browser keep.
pub async fn show(visit: Visit) -> Result<Response, Error> {
    let of_account = account_codes(&visit).await?;
    let of_browser = kept(&visit);
    let others = of_browser.iter().filter(|code| !of_account.contains(code));
    let (opened, _) = open(&visit, of_account.iter().chain(others).map(String::as_str)).await?;
    Ok(page(&visit, (&opened, &of_account), &Fields::default(), &Problems::default()))
}

/// The receipts that the visitor's account keeps.
async fn account_codes(visit: &Visit) -> Result<Vec<String>, Error> {
    let Some(account) = &visit.account else { return Ok(Vec::new()) };
    Ok(kept_receipts(visit, account).await?.into_iter().map(|(_, code)| code).collect())
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
        return Ok(page(&visit, (&[], &[]), &form, &problems));
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
    let of_account = account_codes(&visit).await?;
    Ok(page(&visit, (&opened, &of_account), &form, &problems))
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

/// Opens one receipt, typed with the address of its cycle before it.
///
/// # Errors
/// The database's; what is wrong with the receipt is an answer.
pub async fn open_one(visit: &Visit, typed: &str) -> Result<Result<Opened, NotAReceipt>, Error> {
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
    let told = store::delivery::of_cycle(visit.db(), &cycle.cycle_id).await?;
    let code = receipt.print(&address).map(|code| format!("{address}/{code}")).unwrap_or_default();
    Ok(Ok(Opened { town, cycle, projects, counted, told, receipt, code }))
}

fn page(
    visit: &Visit,
    (opened, of_account): (&[Opened], &[String]),
    form: &Fields,
    problems: &Problems,
) -> Response {
    let t = visit.text;
    let receipts =
        opened.iter().map(|opened| section(visit, opened, of_account.contains(&opened.code))).collect_view();
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
            {problems.summary_of_question(t)}
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

fn section(visit: &Visit, opened: &Opened, is_in_account: bool) -> impl IntoView + use<> {
    let t = visit.text;
    let Opened { town, cycle, counted, receipt, .. } = opened;
    let lines: Vec<_> = lines(opened).collect();
    let way = Way::of(lines.iter().map(|line| (line.given, line.received(), stand(line.told))));
    let answer = if counted.is_some() {
        let (sum, given) = (t.money(way.funded, &cycle.currency), t.money(way.given, &cycle.currency));
        t.euros_funded(&sum, &given)
    } else {
        t.euros_not_counted().to_owned()
    };
    let drawn = counted.as_ref().map(|_| way_drawn(t, cycle, way));
    let rows = lines.iter().map(|line| row(t, opened, line)).collect_view();
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
            {drawn}
            <table class="table table--stacked">
                <caption class="visually-hidden">{t.said(&cycle.title).to_owned()}</caption>
                <thead><tr><th scope="col">{t.project()}</th><th scope="col" class="num">{t.euros_given()}</th>{became}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
            {results}
            {of_account(visit, opened, is_in_account)}
        </section>
    }
}

/// A project of a receipt.
struct Line<'a> {
    project: &'a Project,
    given: Minor,
    outcome: Option<&'a ProjectOutcome>,
    told: &'a [Delivery],
}

impl Line<'_> {
    fn received(&self) -> Minor {
        self.outcome.map_or(Minor::ZERO, |outcome| outcome.received_minor)
    }
}

fn lines(opened: &Opened) -> impl Iterator<Item = Line<'_>> {
    let amounts = opened.receipt.amounts(&opened.projects, opened.cycle.sheet.step);
    amounts.into_iter().filter_map(|(slug, given)| {
        let project = opened.projects.iter().find(|project| project.slug == slug)?;
        let outcomes = opened.counted.iter().flat_map(|counted| &counted.outcome.projects);
        let outcome = outcomes.into_iter().find(|outcome| outcome.id == project.count_id);
        let told = opened.told.get(&project.project_id).map_or(&[][..], Vec::as_slice);
        Some(Line { project, given, outcome, told })
    })
}

fn row(t: Text, opened: &Opened, line: &Line<'_>) -> impl IntoView + use<> {
    let currency = opened.cycle.currency.as_str();
    let became = line.outcome.map(|outcome| {
        let received = t.euros_received(
            &t.money_short(outcome.received_minor, currency),
            &t.money_short(outcome.ceiling_minor, currency),
        );
        let stand = stand_words(t, &opened.town, currency, line.told);
        let stand = stand.map(|words| view! { <span class="euros__stand">{words}</span> });
        view! { <td data-label=t.euros_became()><div>{status_badge(t, outcome.status)}" "<span class="meta">{received}</span>{stand}</div></td> }
    });
    let href = format!("/{}/projects/{}", opened.address(), line.project.slug);
    view! {
        <tr>
            <th scope="row"><a href=href>{said(t, &line.project.title)}</a></th>
            <td class="num" data-label=t.euros_given()>{amount(t, line.given, currency)}</td>
            {became}
        </tr>
    }
}

/// More coins than this say less than their number.
const MOST_COINS: i64 = 40;

/// How far the euros have come: given, funded, paid, delivered, each a row of what was given.
fn way_drawn(t: Text, cycle: &Cycle, way: Way) -> impl IntoView + use<> {
    let steps = [
        (t.way_given(), way.given),
        (t.way_funded(), way.funded),
        (t.way_paid(), way.paid),
        (t.way_delivered(), way.delivered),
    ];
    let in_steps = |sum: Minor| usize::try_from(sum.get() / cycle.sheet.step.get()).unwrap_or(0);
    let total = in_steps(way.given);
    let is_drawn = way.given.get() / cycle.sheet.step.get() <= MOST_COINS;
    let rows = steps.map(|(words, sum)| {
        let drawn = is_drawn.then(|| view! { <dd class="way__coins">{coins(in_steps(sum), total)}</dd> });
        view! { <div><dt>{words}</dt><dd class="way__sum">{amount(t, sum, &cycle.currency)}</dd>{drawn}</div> }
    });
    view! { <dl class="way">{rows.into_iter().collect_view()}</dl> }
}

/// For somebody who is signed in: to keep a receipt with the account, with what that means; or to take it out.
fn of_account(visit: &Visit, opened: &Opened, is_in_account: bool) -> Option<AnyView> {
    visit.account.as_ref()?;
    let t = visit.text;
    if is_in_account {
        let cycle_id = opened.cycle.cycle_id.clone();
        return Some(
            view! {
                <form class="cluster" method="post" action="/account/receipts/remove">
                    <span class="meta">{t.receipt_in_account()}</span>
                    <button class="link-button" name="cycle" value=cycle_id>{t.receipt_leave_account()}</button>
                </form>
            }
            .into_any(),
        );
    }
    (!opened.code.is_empty()).then(|| keep_in_account(t, &opened.code))
}

/// The button that keeps a receipt with the account, and what that means, beside it.
pub fn keep_in_account(t: Text, code: &str) -> AnyView {
    view! {
        <form class="stack stack--tight no-print" method="post" action="/account/receipts">
            <p><button class="button button--secondary" name="receipt" value=code.to_owned()>{t.receipt_to_account()}</button></p>
            <p class="meta">{t.receipt_to_account_means()}</p>
        </form>
    }
    .into_any()
}
