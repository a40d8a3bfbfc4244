//! The few signs that stand beside words, never instead of them.

use leptos::prelude::*;

/// The drawing of a sign, on a square of 24.
fn drawing(name: &str) -> &'static str {
    match name {
        "phone" => {
            r#"<path d="M6 3h3l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3Z"/>"#
        }
        "mail" => r#"<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M3.5 7l8.5 6 8.5-6"/>"#,
        "desk" => r#"<path d="M4 21V9l8-6 8 6v12M2 21h20M10 21v-6h4v6"/>"#,
        "down" => r#"<path d="M12 4v11m-5-5 5 5 5-5M5 20h14"/>"#,
        "ok" => r#"<circle cx="12" cy="12" r="9.5"/><path d="M7.5 12.5l3 3 6-6.5"/>"#,
        "warn" => r#"<path d="M12 3 2.5 20h19Zm0 7v4m0 3v.1"/>"#,
        "practice" => {
            r#"<circle cx="12" cy="12" r="9.5" stroke-dasharray="3.5 3"/><path d="M9 9.5c0-3.5 6-3.5 6 0 0 2.2-3 2.3-3 4.5m0 3v.1"/>"#
        }
        "open" => r#"<circle cx="12" cy="12" r="9.5"/><path d="M12 7v5.5l3.5 2"/>"#,
        "closed" => {
            r#"<rect x="5" y="11" width="14" height="10" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>"#
        }
        "languages" => {
            r#"<circle cx="12" cy="12" r="9.5"/><path d="M2.5 12h19M12 2.5c-5.5 5.5-5.5 13.5 0 19 5.5-5.5 5.5-13.5 0-19"/>"#
        }
        "draft" => r#"<path d="M4 20l1-5L16 4l4 4L9 19Z"/>"#,
        "funded" => {
            r#"<circle class="badge__fill" cx="12" cy="12" r="10"/><path class="badge__hole" d="M7.5 12.5l3 3 6-6.5"/>"#
        }
        "partial" => {
            r#"<circle cx="12" cy="12" r="9.5"/><path class="badge__fill" d="M12 2.5a9.5 9.5 0 0 0 0 19Z"/>"#
        }
        "unfunded" => r#"<circle cx="12" cy="12" r="9.5" stroke-dasharray="4 3"/>"#,
        "dropped" => r#"<circle cx="12" cy="12" r="9.5"/><path d="M8 8l8 8m0-8-8 8"/>"#,
        _ => r#"<circle cx="12" cy="12" r="9.5"/><path d="M12 11v6m0-10v.2"/>"#,
    }
}

/// A sign, hidden from screen readers; the general "info" for a name that has none. One that holds a question mark or
/// half a circle turns with the direction of reading.
pub fn icon(name: &str) -> impl IntoView + use<> {
    let class = if matches!(name, "practice" | "partial") { "icon icon--turns" } else { "icon" };
    view! { <svg class=class viewBox="0 0 24 24" aria-hidden="true" inner_html=drawing(name)></svg> }
}

/// An arrow against the direction of reading.
pub fn arrow_back() -> impl IntoView {
    view! { <svg class="icon icon--turns" viewBox="0 0 24 24" aria-hidden="true" inner_html=r#"<path d="M15 5l-7 7 7 7"/>"#></svg> }
}

/// An arrow in the direction of reading.
pub fn arrow_forth() -> impl IntoView {
    view! { <svg class="icon icon--turns" viewBox="0 0 24 24" aria-hidden="true" inner_html=r#"<path d="M9 5l7 7-7 7"/>"#></svg> }
}

/// The house's mark: a coin with one share set apart.
pub fn logo() -> impl IntoView {
    let drawing = r#"<path class="logo__coin" stroke-width="1.5" stroke-linejoin="round" d="M14.5 17.5L26.7 14.9A12.5 12.5 0 1 1 16.2 5.1Z"/><path class="logo__coin" fill-opacity="0" stroke-width="1.2" stroke-linecap="round" d="M23.1 16.9A8.6 8.6 0 1 1 14.5 8.9"/><path class="logo__share" stroke-width="1.5" stroke-linejoin="round" d="M16.6 15.2L18.3 2.8A12.5 12.5 0 0 1 28.8 12.6Z"/>"#;
    view! { <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" inner_html=drawing></svg> }
}

/// The tick of a confirmation, struck into a coin.
pub fn tick() -> impl IntoView {
    let drawing = r#"<circle class="coin" cx="32" cy="32" r="29" stroke-width="3"/><circle class="panel__ring" cx="32" cy="32" r="21.5"/><path class="panel__check" d="M22 33l7 7 14-15"/>"#;
    view! { <svg class="panel__mark" viewBox="0 0 64 64" aria-hidden="true" inner_html=drawing></svg> }
}
