//! News of a project: tell, and correct in sight of everybody.

use crate::access::Visit;
use crate::error::Error;
use crate::form::{Fields, redirect};
use crate::pages::office::news::{self as page, Paper};
use crate::text::Text;
use crate::views::field::Problems;
use axum::extract::Path;
use axum::response::Response;
use store::news::Words;

/// How many characters title and text may have, in each language.
const LONGEST: [(&str, usize); 2] = [("title", 160), ("body", 10_000)];

/// Tells.
pub async fn publish(
    visit: Visit,
    Path((town, cycle, project)): Path<(String, String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let paper = Paper::read(&visit, &town, &cycle, &project).await?;
    let news_id = uuid::Uuid::parse_str(form.get("news")).map_err(|_| Error::BadRequest)?.to_string();
    let mut problems = Problems::default();
    let words = read(visit.text, &form, &mut problems);
    if !problems.is_empty() {
        return Ok(page::page(&visit, &paper, (&form, &problems)));
    }
    let of = &paper.project.project_id;
    if !store::news::publish(visit.db(), &paper.cycle, of, (&news_id, &words), visit.now).await? {
        return Err(Error::WrongPhase);
    }
    Ok(redirect(&paper.address(), &[]))
}

/// Corrects.
pub async fn correct(
    visit: Visit,
    Path((town, cycle, project, news)): Path<(String, String, String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let paper = Paper::read(&visit, &town, &cycle, &project).await?;
    let news_id = paper.one(&news)?.news_id.clone();
    let mut problems = Problems::default();
    let words = read(visit.text, &form, &mut problems);
    if !problems.is_empty() {
        return Ok(page::correction(&visit, &paper, &news_id, (&form, &problems)));
    }
    let of = &paper.project.project_id;
    if !store::news::correct(visit.db(), &paper.cycle, of, (&news_id, &words), visit.now).await? {
        return Err(Error::WrongPhase);
    }
    Ok(redirect(&paper.address(), &[]))
}

fn read(t: Text, form: &Fields, problems: &mut Problems) -> Words {
    let words = Words { title: form.translated("title"), body: form.translated("body") };
    if words.title.is_empty() {
        problems.add("title.fr", t.title_missing());
    }
    if words.body.is_empty() {
        problems.add("body.fr", t.news_missing());
    }
    for (name, longest) in LONGEST {
        problems.limit_translated(t, form, name, longest);
    }
    words
}
