//! Updates of a project: tell, and correct in sight of everybody.

use crate::access::Visit;
use crate::done::{Done, go_on};
use crate::error::Error;
use crate::form::Fields;
use crate::pages::office::updates::{self as page, Paper};
use crate::text::Text;
use crate::views::field::Problems;
use axum::extract::Path;
use axum::response::Response;
use store::update::Words;

/// How many characters title and text may have, in each language.
const LONGEST: [(&str, usize); 2] = [("title", 160), ("body", 10_000)];

/// Tells.
pub async fn publish(
    visit: Visit,
    Path((town, cycle, project)): Path<(String, String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let paper = Paper::read(&visit, &town, &cycle, &project).await?;
    let update_id = uuid::Uuid::parse_str(form.get("update")).map_err(|_| Error::BadRequest)?.to_string();
    let mut problems = Problems::default();
    let words = read(visit.text, &form, &mut problems);
    if !problems.is_empty() {
        return Ok(page::page(&visit, &paper, (&form, &problems)));
    }
    let of = &paper.project.project_id;
    if !store::update::publish(visit.db(), &paper.cycle, of, (&update_id, &words), visit.now).await? {
        return Err(Error::WrongPhase);
    }
    Ok(go_on(&visit, &paper.address(), Done::UpdateTold))
}

/// Corrects.
pub async fn correct(
    visit: Visit,
    Path((town, cycle, project, update)): Path<(String, String, String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let paper = Paper::read(&visit, &town, &cycle, &project).await?;
    let update_id = paper.one(&update)?.update_id.clone();
    let mut problems = Problems::default();
    let words = read(visit.text, &form, &mut problems);
    if !problems.is_empty() {
        return Ok(page::correction(&visit, &paper, &update_id, (&form, &problems)));
    }
    let of = &paper.project.project_id;
    if !store::update::correct(visit.db(), &paper.cycle, of, (&update_id, &words), visit.now).await? {
        return Err(Error::WrongPhase);
    }
    Ok(go_on(&visit, &paper.address(), Done::UpdateCorrected))
}

fn read(t: Text, form: &Fields, problems: &mut Problems) -> Words {
    let words = Words { title: form.translated("title"), body: form.translated("body") };
    if words.title.is_empty() {
        problems.add("title.fr", t.title_missing());
    }
    if words.body.is_empty() {
        problems.add("body.fr", t.update_missing());
    }
    for (name, longest) in LONGEST {
        problems.limit_translated(t, form, name, longest);
    }
    words
}
