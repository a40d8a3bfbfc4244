//! The picture of a project: a photograph in the size that the page has room for, a drawing, or a plain coin.

use crate::text::Text;
use leptos::prelude::*;
use store::photo::Photo;
use store::project::Project;

/// The picture; `sizes` says how wide the page shows it (HTML `sizes`).
pub fn picture(t: Text, project: &Project, sizes: &'static str) -> AnyView {
    let alt = t.said(&project.picture_alt).to_owned();
    match (&project.photo, &project.picture_hash) {
        (Some(photo), _) => photograph(photo, alt, sizes),
        (None, Some(hash)) => view! {
            <img src=format!("/pictures/{hash}.svg") alt=alt width="640" height="400" loading="lazy"/>
        }
        .into_any(),
        (None, None) => view! {
            <svg viewBox="0 0 160 100" aria-hidden="true">
                <path class="art-sky" d="M0 0h160v100H0Z"/>
                <circle class="art-coin" cx="80" cy="50" r="26"/>
            </svg>
        }
        .into_any(),
    }
}

/// Width and height are said, so that nothing moves when it arrives.
fn photograph(photo: &Photo, alt: String, sizes: &'static str) -> AnyView {
    let all: Vec<_> = photo.widths().map(|width| format!("{} {width}w", photo.address(width))).collect();
    let src = photo.address(photo.widths().next().unwrap_or(photo.width_px));
    let (width, height) = (photo.width_px.to_string(), photo.height_px.to_string());
    view! { <img src=src srcset=all.join(", ") sizes=sizes alt=alt width=width height=height loading="lazy"/> }.into_any()
}

/// The smallest address of a project's picture, for where it is a stamp.
#[must_use]
pub fn stamp(project: &Project) -> Option<String> {
    let photo =
        project.photo.as_ref().map(|photo| photo.address(photo.widths().next().unwrap_or(photo.width_px)));
    photo.or_else(|| project.picture_hash.as_ref().map(|hash| format!("/pictures/{hash}.svg")))
}
