//! Published results, version by version.
//!
//! Before its release a result is the same 404 as what does not exist. A version never changes, so its address may be
//! kept for good; whether there is a later one is what the list says.

use super::answer::{Freshness, answer};
use super::asked::{At, Nothing};
use super::cycle::{self, Taken};
use super::page::Page;
use super::problem::Problem;
use app::access::House;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value};
use store::cycle::Cycle;
use store::outcome::Counted;
use store::project::Project;
use tally::Status;
use tally::outcome::ProjectOutcome;
use utoipa::ToSchema;

/// What a count gave.
#[derive(Serialize, ToSchema)]
#[schema(as = Result)]
pub(super) struct Published {
    /// The slug of the municipality.
    municipality: String,
    /// The slug of the cycle.
    cycle: String,
    /// Counted from 1; a later one corrects it.
    #[schema(minimum = 1)]
    version: i64,
    /// When it was counted.
    #[schema(format = DateTime)]
    counted_at: String,
    /// ISO 4217.
    currency: String,
    /// SHA-256 of the rule sheet by which it was counted.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sheet_hash: String,
    /// The name of the counting rule.
    rule: &'static str,
    /// Its options.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    options: Map<String, Value>,
    /// Who could take part and who did.
    turnout: Taken,
    /// Ballots that were counted, empty ones too.
    ballots: u32,
    /// All the money of the cycle: funded and returned.
    purse_minor: i64,
    /// The part of it that the ballots decide about.
    voters_minor: i64,
    /// The sum of all lines as cast.
    given_minor: i64,
    /// What projects receive.
    funded_minor: i64,
    /// What goes back to the town.
    returned_minor: i64,
    /// Every project: those that receive most first.
    projects: Vec<Of>,
    /// Where to go on.
    links: Links,
}

/// What became of a project.
#[derive(Serialize, ToSchema)]
#[schema(as = ProjectResult)]
struct Of {
    /// Its name in the count and in the files of the results.
    project: String,
    /// The last part of its address.
    slug: String,
    /// Its name, by language (BCP 47).
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    title: store::Translated,
    /// Whether it goes ahead.
    #[schema(value_type = Fate)]
    status: Status,
    /// How many ballots gave to it.
    supporters: u32,
    /// The sum of its lines as cast.
    given_minor: i64,
    /// What the rule compared when it decided about the project.
    support_minor: i64,
    /// The least sum with which it can go ahead.
    floor_minor: i64,
    /// Its full cost.
    ceiling_minor: i64,
    /// What it receives: zero, or between its floor and its full cost.
    received_minor: i64,
}

/// It receives its full cost; less, and at least its floor; it left the count before the end; it receives nothing.
#[derive(ToSchema)]
#[schema(as = Status, rename_all = "snake_case")]
#[expect(dead_code, reason = "the words of tally's enum, for the document")]
enum Fate {
    Funded,
    Partial,
    Dropped,
    NotFunded,
}

/// Addresses around a result.
#[derive(Serialize, ToSchema)]
#[schema(as = ResultLinks)]
struct Links {
    /// This version, by itself.
    #[serde(rename = "self")]
    #[schema(format = "uri")]
    own: String,
    /// Its page.
    #[schema(format = "uri")]
    page: String,
    /// All its files in one, to count again from.
    #[schema(format = "uri")]
    bundle: String,
    /// Its cycle.
    #[schema(format = "uri")]
    cycle: String,
    /// All versions.
    #[schema(format = "uri")]
    versions: String,
}

/// A version of a result, in the list of them.
#[derive(Serialize, ToSchema)]
pub(super) struct Version {
    /// Counted from 1.
    #[schema(minimum = 1)]
    version: i64,
    /// When it was counted.
    #[schema(format = DateTime)]
    counted_at: String,
    /// Where it is.
    links: Links,
}

fn links(house: &House, town: &str, cycle: &Cycle, version: i64) -> Links {
    let of = cycle::address(house, town, &cycle.slug);
    let page = format!("{}/{town}/{}/results/v{version}", house.public_url, cycle.slug);
    Links {
        own: format!("{of}/results/{version}"),
        bundle: format!("{page}/bundle.zip"),
        page,
        versions: format!("{of}/results"),
        cycle: of,
    }
}

impl Of {
    fn new(project: Project, of: &ProjectOutcome) -> Self {
        Self {
            project: project.count_id,
            slug: project.slug,
            title: project.title,
            status: of.status,
            supporters: of.supporters,
            given_minor: of.given_minor.get(),
            support_minor: of.support_minor.get(),
            floor_minor: of.floor_minor.get(),
            ceiling_minor: of.ceiling_minor.get(),
            received_minor: of.received_minor.get(),
        }
    }
}

impl Published {
    fn new(house: &House, town: String, cycle: Cycle, counted: Counted, projects: Vec<Project>) -> Self {
        let outcome = counted.outcome;
        let mut projects: Vec<_> = projects
            .into_iter()
            .filter_map(|project| {
                let of = outcome.projects.iter().find(|of| of.id == project.count_id)?;
                Some(Of::new(project, of))
            })
            .collect();
        projects.sort_by(|a, b| {
            let key = |of: &Of| (of.received_minor, of.support_minor);
            key(b).cmp(&key(a)).then_with(|| a.slug.cmp(&b.slug))
        });
        let links = links(house, &town, &cycle, counted.version);
        Self {
            municipality: town,
            cycle: cycle.slug,
            version: counted.version,
            counted_at: counted.counted_at.to_string(),
            currency: cycle.currency,
            rule: outcome.rule.name(),
            options: outcome.rule.options(),
            turnout: counted.turnout.into(),
            ballots: outcome.ballots,
            purse_minor: outcome.purse_minor.get(),
            voters_minor: outcome.voters_minor.get(),
            given_minor: outcome.given_minor.get(),
            funded_minor: outcome.funded_minor.get(),
            returned_minor: outcome.returned_minor.get(),
            sheet_hash: outcome.sheet_hash,
            projects,
            links,
        }
    }
}

/// The versions of a cycle's result
///
/// The latest comes first. The list is whole: `next` is always null.
#[utoipa::path(
    get, path = "/api/v1/municipalities/{town}/cycles/{cycle}/results", operation_id = "results", tag = "results",
    params(
        ("town" = String, Path, description = "The slug of the municipality.", example = "laudry"),
        ("cycle" = String, Path, description = "The slug of the cycle.", example = "2026"),
    ),
    responses((status = 200, description = "Versions.", body = Page<Version>))
)]
pub(super) async fn list(
    State(house): State<House>,
    At((town, cycle)): At<(String, String)>,
    _: Nothing,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (town, cycle) = cycle::public(&house, &town, &cycle).await?;
    let latest = store::outcome::published(&house.db, &cycle).await?.ok_or(Problem::NotFound)?;
    let versions = vec![Version {
        version: latest.version,
        counted_at: latest.counted_at.to_string(),
        links: links(&house, &town.slug, &cycle, latest.version),
    }];
    answer(&Page::whole(versions), Freshness::Minute, &headers)
}

/// One version of a cycle's result
#[utoipa::path(
    get, path = "/api/v1/municipalities/{town}/cycles/{cycle}/results/{version}", operation_id = "result",
    tag = "results",
    params(
        ("town" = String, Path, description = "The slug of the municipality.", example = "laudry"),
        ("cycle" = String, Path, description = "The slug of the cycle.", example = "2026"),
        ("version" = String, Path, description = "The number of the version, or `latest`.",
            pattern = "^(latest|[1-9][0-9]{0,8})$", example = "1"),
    ),
    responses((status = 200, description = "The result.", body = Published))
)]
pub(super) async fn one(
    State(house): State<House>,
    At((town, cycle, version)): At<(String, String, String)>,
    _: Nothing,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (town, cycle) = cycle::public(&house, &town, &cycle).await?;
    let asked = match version.as_str() {
        "latest" => None,
        number => Some(number.parse().map_err(|_| Problem::NotFound)?),
    };
    let counted = store::outcome::published(&house.db, &cycle).await?.ok_or(Problem::NotFound)?;
    if asked.is_some_and(|asked: i64| asked != counted.version) {
        return Err(Problem::NotFound);
    }
    let projects = store::project::of_cycle(&house.db, &cycle.cycle_id).await?;
    let freshness = if asked.is_some() { Freshness::Forever } else { Freshness::Minute };
    answer(&Published::new(&house, town.slug, cycle, counted, projects), freshness, &headers)
}
