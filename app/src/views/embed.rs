//! What somebody copies into a page of theirs to show one of our charts there.

use crate::text::Text;
use leptos::prelude::*;

/// The frame, as HTML: of the page at this path, so many pixels wide and high.
#[must_use]
pub fn frame(t: Text, site: &str, page: &str, title: &str, (width, height): (u32, u32)) -> String {
    let title = title.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    format!(
        "<iframe src=\"{site}/embed{page}?lang={}\" title=\"{title}\" width=\"{width}\" height=\"{height}\" \
         style=\"border:0;max-width:100%\" loading=\"lazy\"></iframe>",
        t.language.tag()
    )
}

/// The same, to be copied from the page that it is about.
pub fn snippet(t: Text, site: &str, page: &str, title: &str) -> impl IntoView + use<> {
    let code = frame(t, site, page, title, (640, 720));
    let alone = format!("/embed{page}?lang={}", t.language.tag());
    view! {
        <details class="details">
            <summary>{t.embed_title()}</summary>
            <p id="embed-hint">{t.embed_hint()}</p>
            <div class="field">
                <label class="field__label" for="embed-code">{t.embed_code()}</label>
                <textarea class="code" id="embed-code" dir="ltr" rows="4" readonly aria-describedby="embed-hint">{code}</textarea>
            </div>
            <p><a href=alone>{t.embed_look()}</a></p>
        </details>
    }
}
