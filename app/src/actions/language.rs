//! The language switch.

use crate::access::{LANGUAGE, Visit};
use crate::error::Error;
use crate::form::{Fields, redirect};
use crate::text::Language;
use axum::response::Response;

/// Keeps the choice for a year, and for the mails of an account, and goes back to the page.
pub async fn choose(visit: Visit, form: Fields) -> Result<Response, Error> {
    let language = Language::parse(form.get("language")).unwrap_or(visit.text.language);
    let cookie = visit.set_cookie(LANGUAGE, language.tag(), 365 * 24 * 3600);
    if let Some(account) = &visit.account {
        store::account::set_language(visit.db(), account, language.tag()).await?;
    }
    Ok(redirect(local(form.get("back")), &[cookie]))
}

/// A path of this site, and nothing that could lead elsewhere.
fn local(path: &str) -> &str {
    let plain = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && !path.contains(|c: char| c.is_ascii_control());
    if plain && path.is_ascii() { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn the_way_back_never_leaves_the_site() {
        assert_eq!(local("/laudry/2026"), "/laudry/2026");
        for elsewhere in
            ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\r\nb", "/\t/evil.example"]
        {
            assert_eq!(local(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
