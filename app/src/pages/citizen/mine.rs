//! `/{town}/{cycle}/mine`: that the ballot is in, what it says for as long as its own browser knows, and what happens next.
//!
//! The time of submission and the receipt come from a cookie of the visitor's own and are stored nowhere else.

use crate::access::Visit;
use crate::actions::ballot::Recorded;
use crate::error::Error;
use crate::pages::Page;
use crate::pages::citizen::ballot::{Booth, asks_fallback, closed, fallback_words, not_spread};
use crate::pages::citizen::euros::keep_in_account;
use crate::pages::citizen::reminder::invitation;
use crate::receipt::{Receipt, qr};
use crate::text::Text;
use crate::views::{amount, breadcrumb, icon, said};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use store::project::Project;
use tally::Minor;

/// The page.
pub async fn show(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let booth = Booth::enter(&visit, &town, &cycle).await?;
    if !booth.cycle.takes_ballots(visit.now) {
        return Ok(closed(&visit, &booth, &[]));
    }
    let t = visit.text;
    let zone = &booth.town.time_zone;
    let until = t.moment(booth.cycle.closes_at, zone);
    let recorded = recorded(&visit, &booth)?;
    let (title, body) = match (booth.version, &recorded) {
        (None, _) => (t.no_ballot_title(), t.no_ballot_body(&until)),
        (Some(_), Some(recorded)) => (t.recorded_title(), said_at(t, &booth, recorded)),
        (Some(version), None) => (t.recorded_title(), t.recorded_version(&t.number(version.unsigned_abs()))),
    };
    let way = vec![
        (format!("/{}", booth.town.slug), booth.town.name.clone()),
        (booth.base(), t.said(&booth.cycle.title).to_owned()),
    ];
    let is_in = booth.version.is_some();
    let again = if is_in { t.change_my_ballot() } else { t.fill_my_ballot() };
    let kept = recorded.as_ref().and_then(|recorded| Kept::of(&booth, recorded));
    let hidden = if kept.is_some() { t.amounts_hidden_soon() } else { t.amounts_hidden() };
    let receipt = kept.map(|kept| {
        let keep = visit.account.as_ref().map(|_| keep_in_account(t, &kept.code));
        view! { {receipt(t, &booth, &kept)}{keep} }
    });
    let next = is_in.then(|| {
        view! {
            <h2>{t.what_happens_next()}</h2>
            <ul>
                <li>{t.next_change(&until)}</li>
                <li>{hidden}</li>
                <li>{t.next_count()}</li>
                <li>{t.next_results()}</li>
            </ul>
        }
    });
    Ok(Page::new(&visit, title).of_cycle(&booth.town, &booth.cycle).narrow().show(|| {
        view! {
            {breadcrumb(t, way, t.my_ballot().to_owned())}
            <div class="panel">
                <div class="panel__body">
                    {is_in.then(icon::tick)}
                    <h1>{title}</h1>
                    <p>{body}</p>
                </div>
            </div>
            {receipt}
            {next}
            {(!is_in).then(|| invitation(&visit, &booth))}
            <p class="cluster no-print">
                <a class="button button--secondary" href=format!("{}/ballot", booth.base())>{again}</a>
            </p>
            <form class="no-print" method="post" action="/leave">
                <button class="link-button">{t.leave()}</button>
                " "<span class="meta">{t.leave_hint()}</span>
            </form>
        }
        .into_any()
    }))
}

/// `/{town}/{cycle}/mine/receipt.txt`: the receipt as a file to keep, for as long as this browser knows it.
pub async fn file(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let booth = Booth::enter(&visit, &town, &cycle).await?;
    let recorded = recorded(&visit, &booth)?.ok_or(Error::NotFound)?;
    let kept = Kept::of(&booth, &recorded).ok_or(Error::NotFound)?;
    let name =
        format!("attachment; filename=\"{}-{}-{}.txt\"", booth.town.slug, booth.cycle.slug, recorded.version);
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, kept.text(visit.text, &booth)).into_response())
}

/// What this browser knows of the version that is in the urn.
fn recorded(visit: &Visit, booth: &Booth) -> Result<Option<Recorded>, Error> {
    if !booth.cycle.takes_ballots(visit.now) {
        return Ok(None);
    }
    let recorded = Recorded::read(visit, visit.citizen_of(&booth.cycle)?);
    Ok(recorded.filter(|recorded| booth.version == Some(recorded.version)))
}

fn said_at(t: Text, booth: &Booth, recorded: &Recorded) -> String {
    let zone = &booth.town.time_zone;
    let version = t.number(recorded.version.unsigned_abs());
    t.recorded_at(&t.day(recorded.at, zone), &t.time(recorded.at, zone), &version)
}

/// A receipt with what it is about.
struct Kept<'b> {
    recorded: &'b Recorded,
    receipt: Receipt,
    /// With the cycle's address, as it is typed or scanned.
    code: String,
    lines: Vec<(&'b Project, Minor)>,
}

impl<'b> Kept<'b> {
    fn of(booth: &'b Booth, recorded: &'b Recorded) -> Option<Kept<'b>> {
        let receipt = Receipt::parse(&recorded.receipt, &booth.address()).ok()?;
        let amounts = receipt.amounts(&booth.projects, booth.cycle.sheet.step);
        let amount = |project: &'b Project| {
            let (_, amount) = amounts.iter().find(|(slug, _)| *slug == project.slug)?;
            Some((project, *amount))
        };
        let lines = booth.projects.iter().filter_map(amount).collect();
        Some(Kept { recorded, receipt, code: format!("{}/{}", booth.address(), recorded.receipt), lines })
    }

    /// What was not spread, where something was not.
    fn rest(&self, booth: &Booth) -> Option<Minor> {
        let given: Minor = self.lines.iter().map(|(_, amount)| *amount).sum();
        Some(booth.cycle.sheet.envelope - given).filter(|rest| *rest > Minor::ZERO)
    }

    /// For a file or a mail.
    fn text(&self, t: Text, booth: &Booth) -> String {
        let currency = &booth.cycle.currency;
        let mut lines = vec![
            format!("{} – {}", booth.town.name, t.said(&booth.cycle.title)),
            said_at(t, booth, self.recorded),
            t.next_change(&t.moment(booth.cycle.closes_at, &booth.town.time_zone)),
            String::new(),
        ];
        let line = |(project, amount): &(&Project, Minor)| {
            t.receipt_line(t.said(&project.title), &t.money(*amount, currency))
        };
        lines.extend(self.lines.iter().map(line));
        if let Some(rest) = self.rest(booth) {
            lines.push(t.receipt_line(not_spread(t, &booth.cycle).0, &t.money(rest, currency)));
        }
        if asks_fallback(&booth.cycle) {
            lines.push(t.receipt_line(t.fallback_question(), fallback_words(t, self.receipt.fallback)));
        }
        lines.extend([String::new(), self.code.clone(), String::new(), t.receipt_secret().to_owned()]);
        lines.join("\r\n") + "\r\n"
    }
}

/// The receipt: to read, print, save, mail by one's own program, or keep in this browser.
fn receipt(t: Text, booth: &Booth, kept: &Kept<'_>) -> impl IntoView + use<> {
    let currency = booth.cycle.currency.as_str();
    let lines = kept
        .lines
        .iter()
        .map(|(project, sum)| {
            view! { <tr><th scope="row">{said(t, &project.title)}</th><td class="num">{amount(t, *sum, currency)}</td></tr> }
        })
        .collect_view();
    let rest = kept.rest(booth).map(|rest| {
        let words = not_spread(t, &booth.cycle).0;
        view! { <tfoot><tr><th scope="row">{words}</th><td class="num">{amount(t, rest, currency)}</td></tr></tfoot> }
    });
    let fallback = asks_fallback(&booth.cycle).then(|| {
        view! { <p>{t.receipt_line(t.fallback_question(), fallback_words(t, kept.receipt.fallback))}</p> }
    });
    let subject = format!("{}: {}", t.receipt(), t.said(&booth.cycle.title));
    let mail = format!("mailto:?subject={}&body={}", in_address(&subject), in_address(&kept.text(t, booth)));
    let code = kept.code.clone();
    let picture = qr(&code).map(|svg| {
        view! { <div class="receipt__qr" role="img" aria-label=t.receipt_qr() inner_html=svg></div> }
    });
    view! {
        <section class="receipt" aria-labelledby="receipt">
            <div class="receipt__body">
            <h2 id="receipt">{t.receipt()}</h2>
            <table class="table">
                <caption class="visually-hidden">{t.receipt()}</caption>
                <thead class="visually-hidden"><tr><th scope="col">{t.project()}</th><th scope="col">{t.amount()}</th></tr></thead>
                <tbody>{lines}</tbody>
                {rest}
            </table>
            {fallback}
            <div class="receipt__proof">
                {picture}
                <p class="receipt__code"><code>{code.clone()}</code></p>
            </div>
            <p class="meta">{t.receipt_use()}</p>
            <p class="meta">{t.receipt_secret()}</p>
            <div class="cluster no-print">
                <a class="button button--secondary" href=format!("{}/mine/receipt.txt", booth.base()) download="">{t.receipt_save()}</a>
                <a class="button button--secondary" href=mail>{t.receipt_mail()}</a>
                <form method="post" action="/euros">
                    <input type="hidden" name="receipts" value=code/>
                    <button class="button button--secondary" name="keep" value="yes">{t.receipt_keep()}</button>
                </form>
            </div>
            <p class="meta no-print">{t.receipt_print()}</p>
            </div>
        </section>
    }
}

/// What an address may not hold as it is (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text inside a `mailto:` address (RFC 6068).
fn in_address(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}
