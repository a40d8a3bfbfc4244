//! Bars: amounts beside each other, drawn on the server to one scale.

use leptos::prelude::*;

/// One bar: what was asked, and what of it was received, on a scale that ends at `most`.
pub fn bar(asked: i64, received: i64, most: i64) -> impl IntoView {
    let width = |amount: i64| {
        let hundredths = if most <= 0 { 0 } else { i128::from(amount.max(0)) * 10_000 / i128::from(most) };
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    };
    view! {
        <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect class="bar__asked" x="0" y="0" width=width(asked) height="4"/>
            {(received > 0).then(|| view! { <rect class="bar__received" x="0" y="0" width=width(received) height="4"/> })}
        </svg>
    }
}
