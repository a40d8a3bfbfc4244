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

/// A chart that can be shown elsewhere.
pub struct Chart {
    /// The path of the page that it is about; what is there may be corrected.
    pub page: String,
    /// The path and the number of the version shown now, which stays what it is.
    pub version: (String, String),
    /// What a screen reader calls it.
    pub title: String,
    /// Its width and height.
    pub size_px: (u32, u32),
}

/// The frames of a chart, to be copied from the page that it is about: one that follows corrections, one that does not.
pub fn snippet(t: Text, site: &str, chart: &Chart) -> impl IntoView + use<> {
    let (permanent, number) = &chart.version;
    let alone = format!("/embed{}?lang={}", chart.page, t.language.tag());
    let code = |id: &'static str, label: String, page: &str| {
        let code = frame(t, site, page, &chart.title, chart.size_px);
        view! {
            <div class="field">
                <label class="field__label" for=id>{label}</label>
                <textarea class="code" id=id dir="ltr" rows="4" readonly aria-describedby="embed-hint">{code}</textarea>
            </div>
        }
    };
    view! {
        <details class="details no-print">
            <summary>{t.embed_title()}</summary>
            <p id="embed-hint">{t.embed_hint()}</p>
            {code("embed-code", t.embed_code().to_owned(), &chart.page)}
            {code("embed-code-version", t.embed_code_version(number), permanent)}
            <p><a href=alone>{t.embed_look()}</a></p>
        </details>
    }
}
