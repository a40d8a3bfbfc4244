//! What every sign-in by mail address and password has, whoever signs in.

use crate::text::Text;
use crate::views::field::{Field, Problems};
use leptos::prelude::*;

/// That it was refused, with a link to where to begin again; nothing where it was not.
pub fn refused(t: Text, problems: &Problems) -> Option<AnyView> {
    let words = problems.of("mail")?;
    let summary = view! {
        <div class="error-summary" role="alert" tabindex="-1" autofocus>
            <h2>{t.sign_in_failed()}</h2>
            <p><a href="#mail">{words}</a></p>
        </div>
    };
    Some(summary.into_any())
}

/// The two fields and their button. The address stays as it was typed; the password is never sent back.
pub fn fields(t: Text, mail: &str, problems: &Problems) -> impl IntoView + use<> {
    let mail = Field::input("email", "mail", t.mail(), mail).autocomplete("username").ltr().required();
    let password = Field::input("password", "password", t.password(), "");
    let password = password.autocomplete("current-password").ltr().required();
    view! {
        {mail.show(problems)}
        {password.show(problems)}
        <p class="cluster"><button class="button">{t.sign_in()}</button></p>
    }
}
