//! `/office/{town}/{cycle}/roll`: import the roll, and get the codes of its letters, once.

use super::desk;
use crate::access::Visit;
use crate::error::Error;
use crate::pages::Page;
use crate::text::Language;
use crate::views::breadcrumb;
use crate::views::field::{Choice, Problems, choices};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use store::cycle::{Cycle, Nature, Phase};
use store::municipality::Municipality;

/// The form.
pub async fn show(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let (town, cycle) = open(&visit, &town, &cycle).await?;
    Ok(page(&visit, &town, &cycle, &Problems::default()))
}

/// A cycle of the officer's whose roll may still grow.
///
/// # Errors
/// `WrongPhase` once voting is over.
pub async fn open(visit: &Visit, town: &str, cycle: &str) -> Result<(Municipality, Cycle), Error> {
    let (town, cycle) = visit.managed_cycle(town, cycle).await?;
    if cycle.phase <= Phase::Allocating && cycle.nature == Nature::Practice {
        Ok((town, cycle))
    } else {
        Err(Error::WrongPhase)
    }
}

/// The form, with what is wrong with the file.
pub fn page(visit: &Visit, town: &Municipality, cycle: &Cycle, problems: &Problems) -> Response {
    let t = visit.text;
    let (desk, way) = desk(t, town, cycle);
    let wrong = problems.all_of("file");
    let class = if wrong.is_empty() { "field" } else { "field field--invalid" };
    let invalid = (!wrong.is_empty()).then_some("true");
    let described = if wrong.is_empty() { "file-hint" } else { "file-hint file-error" };
    let lines = wrong.into_iter().map(|words| view! { <p class="field__error">{words}</p> }).collect_view();
    let tables = [
        Choice { value: "plain", words: t.codes_plain() },
        Choice { value: "spreadsheet", words: t.codes_spreadsheet() },
    ];
    // The spreadsheets of French offices take a comma for a decimal.
    let usual = if t.language == Language::Fr { "spreadsheet" } else { "plain" };
    let table = choices("table", t.codes_table(), &tables, usual, problems);
    Page::new(visit, t.import_roll()).of_cycle(town, cycle).status(problems.status()).narrow().show(|| {
        view! {
            {breadcrumb(t, way, t.import_roll().to_owned())}
            {problems.summary(t)}
            <h1>{t.import_roll()}</h1>
            <p class="lede">{t.roll_lede()}</p>
            <pre tabindex="0"><code>"reference;district\nA-1042;Centre\nA-1043;\n"</code></pre>
            <p>{t.roll_codes_once()}</p>
            <form class="stack" method="post" action=format!("{desk}/roll") enctype="multipart/form-data">
                <div class=class>
                    <label for="file">{t.roll_file()}</label>
                    <p class="field__hint" id="file-hint">{t.roll_file_hint()}</p>
                    <div id="file-error">{lines}</div>
                    <input id="file" name="file" type="file" accept=".csv,text/csv,text/plain" required
                        aria-describedby=described aria-invalid=invalid/>
                </div>
                <div class="field">
                    <div class="choice">
                        <input type="checkbox" id="reissue" name="reissue" value="yes"/>
                        <label for="reissue">{t.reissue()}<span class="field__hint">{t.reissue_hint()}</span></label>
                    </div>
                </div>
                <div class="field">
                    <div class="choice">
                        <input type="checkbox" id="same_people" name="same_people" value="yes"/>
                        <label for="same_people">{t.same_people()}<span class="field__hint">{t.same_people_hint()}</span></label>
                    </div>
                </div>
                {table}
                <p class="cluster"><button class="button">{t.import_and_download()}</button></p>
            </form>
        }
        .into_any()
    })
}
