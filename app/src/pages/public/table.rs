//! `/{town}/{cycle}/projects.csv`, and how every table outside a bundle leaves: RFC 4180, UTF-8, no formulas.

use super::results::inert;
use crate::access::Visit;
use crate::error::Error;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use store::Translated;

/// The columns of `projects.csv`, the same as in the bundle of the results.
const COLUMNS: [&str; 11] = [
    "project",
    "slug",
    "title",
    "kind",
    "category",
    "district",
    "holder",
    "floor_minor",
    "ceiling_minor",
    "min_supporters",
    "currency",
];

/// A table to keep. Cells are `inert`.
pub(super) fn answer<const N: usize>(
    name: &str,
    columns: [&str; N],
    mut rows: impl Iterator<Item = [String; N]>,
) -> Result<Response, Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let written = writer.write_record(columns).and_then(|()| {
        rows.try_for_each(|row| writer.write_record(row.iter().map(|cell| inert(cell).into_owned())))
    });
    let body = written.and_then(|()| writer.into_inner().map_err(|error| error.into_error().into()));
    let body = body.map_err(|cause| {
        tracing::error!(%cause, "a table could not be written");
        Error::Broken
    })?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\"")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    Ok((headers, body).into_response())
}

/// `projects.csv`: what can be voted for, and nothing of what was given.
pub async fn projects(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let (town, cycle) = visit.cycle(&town, &cycle).await?;
    let projects = store::project::of_cycle(visit.db(), &cycle.cycle_id).await?;
    let french = |text: &Translated| text.read("fr").0.to_owned();
    let rows = projects.into_iter().map(|project| {
        [
            project.count_id,
            project.slug,
            french(&project.title),
            project.kind.as_str().to_owned(),
            project.category.as_ref().map(french).unwrap_or_default(),
            project.district.as_ref().map(french).unwrap_or_default(),
            project.holder,
            project.floor.get().to_string(),
            project.ceiling.get().to_string(),
            project.min_supporters.map(|least| least.to_string()).unwrap_or_default(),
            cycle.currency.clone(),
        ]
    });
    answer(&format!("{}-{}-projects.csv", town.slug, cycle.slug), COLUMNS, rows)
}
