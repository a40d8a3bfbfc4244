//! Incidents: tell one, for good.

use crate::access::Visit;
use crate::done::{Done, go_on};
use crate::error::Error;
use crate::form::Fields;
use crate::pages::office::incidents as page;
use crate::views::field::Problems;
use axum::extract::Path;
use axum::response::Response;
use store::incident::Incident;

/// How many characters an incident may have, in each language.
const LONGEST: usize = 2_000;

/// Tells an incident.
pub async fn tell(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let (town, cycle) = visit.managed_cycle(&town, &cycle).await?;
    let mut problems = Problems::default();
    problems.limit_translated(visit.text, &form, "body", LONGEST);
    let body = form.translated("body");
    if body.is_empty() {
        problems.add("body.fr", visit.text.incident_missing());
    }
    if !problems.is_empty() {
        return page::page(&visit, &town, &cycle, (&form, &problems)).await;
    }
    let incident = Incident { body, told_at: visit.now };
    let officer_id = &visit.officer()?.officer_id;
    store::incident::tell(visit.db(), &visit.house.id(), &cycle.cycle_id, &incident, officer_id).await?;
    Ok(go_on(&visit, &format!("/office/{}/{}/incidents", town.slug, cycle.slug), Done::IncidentTold))
}
