//! `results.csv` and `results.json`: the figures of the page, for who needs no more.

use super::Results;
use crate::access::Visit;
use crate::error::Error;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::borrow::Cow;
use tally::outcome::Status;

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Funded => "funded",
        Status::Partial => "partial",
        Status::Dropped => "dropped",
        Status::NotFunded => "not_funded",
    }
}

/// `results.csv`: a row a project (RFC 4180, UTF-8), amounts in minor units with their currency beside them. Texts are
/// `inert`.
pub async fn csv(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let results = Results::read(&visit, (&town, &cycle), None).await?;
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let written = write_csv(&mut writer, &results)
        .and_then(|()| writer.into_inner().map_err(|e| e.into_error().into()));
    let body = written.map_err(|cause: csv::Error| {
        tracing::error!(%cause, "results.csv could not be written");
        Error::Broken
    })?;
    let name = format!("attachment; filename=\"{}-{}-results.csv\"", results.town.slug, results.cycle.slug);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, name.as_str()),
    ];
    Ok((headers, body).into_response())
}

fn write_csv(writer: &mut csv::Writer<Vec<u8>>, results: &Results) -> Result<(), csv::Error> {
    writer.write_record([
        "project",
        "title",
        "status",
        "supporters",
        "given_minor",
        "support_minor",
        "floor_minor",
        "ceiling_minor",
        "received_minor",
        "currency",
    ])?;
    for (project, outcome) in &results.rows {
        writer.write_record([
            &inert(&project.slug),
            &inert(project.title.read("fr").0),
            status_word(outcome.status),
            &outcome.supporters.to_string(),
            &outcome.given_minor.get().to_string(),
            &outcome.support_minor.get().to_string(),
            &project.floor.get().to_string(),
            &project.ceiling.get().to_string(),
            &outcome.received_minor.get().to_string(),
            &inert(&results.cycle.currency),
        ])?;
    }
    Ok(())
}

/// A text that no spreadsheet runs as a formula: an apostrophe is put before what would begin one. The office refuses
/// such titles; an imported file may hold them.
pub(in crate::pages::public) fn inert(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// `results.json`: the same, with the totals and what they are parts of.
pub async fn json(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let results = Results::read(&visit, (&town, &cycle), None).await?;
    let outcome = &results.counted.outcome;
    let projects: Vec<_> = results
        .rows
        .iter()
        .map(|(project, of)| {
            json!({
                "project": project.slug, "title": project.title, "status": status_word(of.status),
                "supporters": of.supporters, "given_minor": of.given_minor, "support_minor": of.support_minor,
                "floor_minor": project.floor, "ceiling_minor": project.ceiling, "received_minor": of.received_minor,
            })
        })
        .collect();
    let body = json!({
        "municipality": results.town.slug, "cycle": results.cycle.slug, "nature": results.cycle.nature.as_str(),
        "version": results.counted.version, "published_at": results.released_at().map(|at| at.to_string()),
        "currency": results.cycle.currency, "sheet_hash": outcome.sheet_hash,
        "rule": outcome.rule.name(), "options": outcome.rule.options(),
        "eligible": results.counted.turnout.eligible, "voted": results.counted.turnout.voted, "ballots": outcome.ballots,
        "purse_minor": outcome.purse_minor, "given_minor": outcome.given_minor,
        "funded_minor": outcome.funded_minor, "returned_minor": outcome.returned_minor, "projects": projects,
    });
    Ok(axum::Json(body).into_response())
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn what_would_begin_a_formula_gets_an_apostrophe() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+33", "'+33"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("Un banc = repos", "Un banc = repos"),
            ("", ""),
        ] {
            assert_eq!(inert(text), written);
        }
    }
}
