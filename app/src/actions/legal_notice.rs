//! What a town states about itself, as the law wants it.

use crate::access::Visit;
use crate::done::{Done, go_on};
use crate::error::Error;
use crate::form::Fields;
use crate::pages::office::legal_notice as page;
use crate::views::field::Problems;
use axum::extract::Path;
use axum::response::Response;
use store::legal_notice::LegalNotice;

/// How many characters each part may have.
const LONGEST: [(&str, usize); 5] =
    [("body", 160), ("address", 400), ("director", 160), ("data_protection", 400), ("host", 400)];

/// Keeps it, and shows the page that it makes.
pub async fn save(visit: Visit, Path(town): Path<String>, form: Fields) -> Result<Response, Error> {
    let town = visit.managed_town(&town).await?;
    let mut problems = Problems::default();
    for (name, longest) in LONGEST {
        problems.limit(visit.text, &form, name, longest);
    }
    if !problems.is_empty() {
        return Ok(page::page(&visit, &town, &form, &problems));
    }
    let [body, address, director, data_protection, host] =
        LONGEST.map(|(name, _)| form.trimmed(name).to_owned());
    let legal_notice = LegalNotice { body, address, director, data_protection, host };
    store::legal_notice::keep(visit.db(), &town.municipality_id, &legal_notice, visit.now).await?;
    Ok(go_on(&visit, &format!("/office/legal/{}", town.slug), Done::LegalNoticeSaved))
}
