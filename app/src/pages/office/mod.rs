//! What officers do: prepare a cycle, open it, close it, count it, publish it; the town's map, pictures and news. Plain
//! and complete.

pub mod claims;
pub mod cycle;
pub mod edit;
pub mod enter;
pub mod home;
pub mod imprint;
pub mod incidents;
pub mod look;
pub mod map;
pub mod news;
pub mod picture;
pub mod project;
pub mod roll;

use crate::views::field::Problems;
use leptos::prelude::*;

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
