//! What officers do: prepare a cycle, open it, close it, count it, publish it; the town's map, pictures and updates. Plain
//! and complete.

pub mod claims;
pub mod correction;
pub mod cycle;
pub mod delivery;
pub mod edit;
pub mod enter;
pub mod home;
pub mod incidents;
pub mod legal_notice;
pub mod look;
pub mod map;
pub mod picture;
pub mod project;
pub mod release;
pub mod roll;
pub mod step;
pub mod updates;

use crate::text::Text;
use crate::views::field::Problems;
use leptos::prelude::*;
use store::cycle::Cycle;
use store::municipality::Municipality;

/// The way of a breadcrumb to the office.
fn way_to_office(t: Text) -> Vec<(String, String)> {
    vec![("/office".to_owned(), t.nav_office().to_owned())]
}

/// The office's address of a cycle, and the way of a breadcrumb to it.
fn desk(t: Text, town: &Municipality, cycle: &Cycle) -> (String, Vec<(String, String)>) {
    let desk = format!("/office/{}/{}", town.slug, cycle.slug);
    let mut way = way_to_office(t);
    way.push((desk.clone(), t.said(&cycle.title).to_owned()));
    (desk, way)
}

/// The field of a form that takes one file, called `file`; `accept` as HTML has it.
fn upload(
    label: &'static str,
    hint: &'static str,
    accept: &'static str,
    problems: &Problems,
) -> impl IntoView + use<> {
    let problem = problems.of("file");
    let class = if problem.is_some() { "field field--invalid" } else { "field" };
    let described = if problem.is_some() { "file-hint file-error" } else { "file-hint" };
    let invalid = problem.as_ref().map(|_| "true");
    let error = problem.map(|words| view! { <p class="field__error" id="file-error">{words}</p> });
    view! {
        <div class=class>
            <label for="file">{label}</label>
            <p class="field__hint" id="file-hint">{hint}</p>
            {error}
            <input id="file" name="file" type="file" accept=accept aria-describedby=described aria-invalid=invalid/>
        </div>
    }
}
