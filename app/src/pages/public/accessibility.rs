//! `/accessibility`, of a town or of the whole site: the statement that French law asks for, made from what was tested.
//!
//! Claims nothing beyond `docs/accessibility.json`, which the browser tests write and which is part of the program.

use super::legal::About;
use crate::access::Visit;
use crate::error::Error;
use crate::text::Text;
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;
use std::sync::LazyLock;

/// What the tests wrote.
#[derive(Debug, Deserialize)]
struct Tested {
    /// When they ran: `2026-11-22`.
    day: String,
    /// On which commit, abbreviated.
    commit: String,
    /// With which programs, each with its version.
    tools: Vec<String>,
    /// What they looked at.
    pages: Vec<TestedPage>,
}

/// A page in one state.
#[derive(Debug, Deserialize)]
struct TestedPage {
    /// What the tests call it.
    name: String,
    /// In which languages and themes: "fr light".
    looks: Vec<String>,
    /// How many faults were found, over all of them.
    faults: u64,
}

static TESTED: LazyLock<Tested> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../docs/accessibility.json"))
        .expect("the file is part of the program and read by its tests")
});

/// `/accessibility`.
pub async fn of_site(visit: Visit) -> Result<Response, Error> {
    Ok(page(&visit, About::site(&visit).await?))
}

/// `/accessibility/{town}`.
pub async fn of_town(visit: Visit, Path(town): Path<String>) -> Result<Response, Error> {
    Ok(page(&visit, About::town(&visit, &town).await?))
}

fn page(visit: &Visit, about: About) -> Response {
    let t = visit.text;
    about.show(visit, t.accessibility_title(), |about| {
        view! {
            <p class="lede">{t.accessibility_lede()}</p>
            {about.towns(t, "/accessibility")}
            <section><h2>{t.accessibility_state()}</h2><p>{t.accessibility_state_body()}</p></section>
            <section>
                <h2>{t.accessibility_tests()}</h2>
                {tests(t, &TESTED)}
            </section>
            <section>
                <h2>{t.accessibility_gaps()}</h2>
                <ul><li>{t.accessibility_gap_people()}</li><li>{t.accessibility_gap_texts()}</li></ul>
            </section>
            <section>
                <h2>{t.accessibility_contact()}</h2>
                <p>{t.accessibility_contact_body()}</p>
                {about.contact(t)}
            </section>
            <section>
                <h2>{t.accessibility_recourse()}</h2>
                <p>{t.accessibility_recourse_body()}</p>
                <p><a href="https://formulaire.defenseurdesdroits.fr/" rel="noreferrer">{t.accessibility_recourse_site()}</a></p>
            </section>
        }
        .into_any()
    })
}

fn tests(t: Text, tested: &Tested) -> impl IntoView + use<> {
    let faults = tested.pages.iter().map(|page| page.faults).sum();
    let checks = tested.pages.iter().map(|page| page.looks.len() as u64).sum();
    let states = t.accessibility_states(tested.pages.len() as u64);
    let noon = format!("{}T12:00:00Z", tested.day).parse();
    let day = noon.map_or_else(|_| tested.day.clone(), |noon| t.day(noon, "UTC"));
    let rows = tested
        .pages
        .iter()
        .map(|page| {
            let name = page.name.clone();
            view! {
                <tr>
                    <th scope="row"><bdi lang="en" dir="ltr">{name}</bdi></th>
                    <td class="num">{t.number(page.looks.len() as u64)}</td>
                    <td class="num">{t.number(page.faults)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <p>{t.accessibility_tested(&day, &tested.commit)}" "{t.accessibility_tools(&tested.tools.join(", "))}</p>
        <ul>
            <li>{t.accessibility_checked(&states, &t.number(checks))}" "<strong>{t.accessibility_found(faults)}"."</strong></li>
            <li>{t.accessibility_rules()}</li>
            <li>{t.accessibility_looks()}</li>
            <li>{t.accessibility_journeys()}</li>
            <li>{t.accessibility_technologies()}</li>
        </ul>
        <p>{t.accessibility_half()}</p>
        <details class="details">
            <summary>{t.accessibility_pages()}</summary>
            <div>
                <table class="table">
                    <thead><tr>
                        <th scope="col">{t.accessibility_page()}</th>
                        <th scope="col" class="num">{t.accessibility_checks()}</th>
                        <th scope="col" class="num">{t.accessibility_faults()}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_tests_wrote_can_be_read_and_names_each_page_once() {
        let names: std::collections::BTreeSet<_> = TESTED.pages.iter().map(|page| &page.name).collect();
        assert_eq!(names.len(), TESTED.pages.len());
        assert!(!names.is_empty());
        for page in &TESTED.pages {
            for language in ["fr", "en", "ar"] {
                for theme in ["light", "dark"] {
                    let look = format!("{language} {theme}");
                    assert!(page.looks.contains(&look), "{} was not looked at in {look}", page.name);
                }
            }
        }
    }
}
