//! The picture of a project: send one, describe it, take it away, as long as voting has not opened.

use crate::access::{Staff, Visit};
use crate::done::{Done, go_on};
use crate::error::Error;
use crate::form::Upload;
use crate::pages::office::picture::{Wall, page};
use crate::photo::{PhotoProblem, rewrite};
use crate::text::Text;
use crate::views::field::Problems;
use axum::extract::Path;
use axum::response::Response;
use store::project::Writing;

/// How many characters the words for a picture may have, in each language.
const LONGEST_ALT: usize = 300;

/// Takes the officer's file, or new words for the picture that is there.
pub async fn save(
    visit: Visit,
    _: Staff,
    Path((town, cycle, project)): Path<(String, String, String)>,
    upload: Result<Upload, Error>,
) -> Result<Response, Error> {
    let wall = Wall::read(&visit, &town, &cycle, &project).await?;
    let t = visit.text;
    let mut problems = Problems::default();
    let Ok(Upload { file, fields }) = upload else {
        problems.add("file", say(t, PhotoProblem::TooLarge));
        return Ok(page(&visit, &wall, (&Default::default(), &problems)));
    };
    let new = if file.is_empty() {
        if !wall.has_picture() {
            problems.add("file", t.picture_missing());
        }
        None
    } else {
        rewrite(file).await.map_err(|problem| problems.add("file", say(t, problem))).ok()
    };
    problems.limit_translated(t, &fields, "alt", LONGEST_ALT);
    let alt = fields.translated("alt");
    if alt.is_empty() {
        problems.add("alt.fr", t.alt_missing());
    }
    if !problems.is_empty() {
        return Ok(page(&visit, &wall, (&fields, &problems)));
    }
    let project_id = &wall.project.project_id;
    let written = match &new {
        Some(new) => store::photo::set(visit.db(), &wall.cycle, project_id, (new, &alt)).await?,
        None => store::photo::describe(visit.db(), &wall.cycle, project_id, &alt).await?,
    };
    answer(&visit, &wall, written, Done::PictureSaved)
}

/// Takes the picture away.
pub async fn remove(
    visit: Visit,
    Path((town, cycle, project)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let wall = Wall::read(&visit, &town, &cycle, &project).await?;
    let written = store::photo::remove(visit.db(), &wall.cycle, &wall.project.project_id).await?;
    answer(&visit, &wall, written, Done::PictureRemoved)
}

fn answer(visit: &Visit, wall: &Wall, written: Writing, done: Done) -> Result<Response, Error> {
    match written {
        Writing::Frozen => Err(Error::Frozen),
        Writing::Written | Writing::SlugTaken => Ok(go_on(visit, &wall.address(), done)),
    }
}

fn say(t: Text, problem: PhotoProblem) -> &'static str {
    match problem {
        PhotoProblem::TooLarge => t.picture_too_large(),
        PhotoProblem::Unreadable => t.picture_unreadable(),
        PhotoProblem::TooManyPixels => t.picture_too_many_pixels(),
        PhotoProblem::TooSmall => t.picture_too_small(),
    }
}
