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
use store::Translated;
use store::bundle::BundleFile;
use store::cycle::Cycle;
use store::outcome::{Counted, Release};
use store::project::Project;
use tally::Status;
use tally::bundle::ParticipationRow;
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
    /// Why there is this version, by language (BCP 47); empty for the first.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    reason: Translated,
    /// When it was counted.
    #[schema(format = DateTime)]
    counted_at: String,
    /// When it was published.
    #[schema(format = DateTime)]
    published_at: Option<String>,
    /// How much of the ballots is published: whole ones, notes of one step, or none.
    #[schema(value_type = Publication)]
    publication: &'static str,
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
    /// The same by channel, district and day; groups of fewer than ten people are merged with others.
    participation: Vec<Group>,
    /// Ballots that were counted, empty ones too.
    ballots: u32,
    /// Ballots that this version and those before it leave out.
    void: u64,
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
    /// The files of this version, which never change.
    files: Vec<File>,
    /// Where to go on.
    links: Links,
}

/// How much of the ballots is published.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "the words of tally's enum, for the document")]
enum Publication {
    Ballots,
    Notes,
    Sealed,
}

/// How many of a group could take part, and how many did.
#[derive(Serialize, ToSchema)]
struct Group {
    /// `all`, `channel`, `district` or `day`.
    scope: &'static str,
    /// Which channel, district or day (or span of days); empty for all.
    value: String,
    /// How many could; null where nobody knows, or it has no meaning.
    eligible: Option<u64>,
    /// How many did.
    voted: u64,
}

/// A file of a result.
#[derive(Serialize, ToSchema)]
struct File {
    /// Its name.
    path: String,
    /// What it is (RFC 6838).
    media_type: String,
    /// Its length in bytes.
    size_bytes: i64,
    /// SHA-256 of its content.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: String,
    /// Where it is, for good.
    #[schema(format = "uri")]
    url: String,
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
    title: Translated,
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
    /// Why there is this version, by language (BCP 47); empty for the first.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    reason: Translated,
    /// When it was counted.
    #[schema(format = DateTime)]
    counted_at: String,
    /// When it was published.
    #[schema(format = DateTime)]
    published_at: String,
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
    async fn read(house: &House, town: String, cycle: Cycle, counted: Counted) -> Result<Self, Problem> {
        let projects = store::project::of_cycle(&house.db, &cycle.cycle_id).await?;
        let files = store::bundle::files(&house.db, &cycle.cycle_id, &counted).await?;
        let links = links(house, &town, &cycle, counted.version);
        let outcome = counted.outcome;
        Ok(Self {
            municipality: town,
            cycle: cycle.slug,
            version: counted.version,
            reason: counted.reason,
            counted_at: counted.counted_at.to_string(),
            published_at: counted.published_at.map(|at| at.to_string()),
            publication: cycle.publication.as_str(),
            currency: cycle.currency,
            rule: outcome.rule.name(),
            options: outcome.rule.options(),
            turnout: counted.turnout.into(),
            participation: counted.participation.into_iter().map(Group::from).collect(),
            ballots: outcome.ballots,
            void: counted.void,
            purse_minor: outcome.purse_minor.get(),
            voters_minor: outcome.voters_minor.get(),
            given_minor: outcome.given_minor.get(),
            funded_minor: outcome.funded_minor.get(),
            returned_minor: outcome.returned_minor.get(),
            projects: most_first(projects, &outcome.projects),
            sheet_hash: outcome.sheet_hash,
            files: files.into_iter().map(|file| File::new(file, &links.page)).collect(),
            links,
        })
    }
}

fn most_first(projects: Vec<Project>, outcomes: &[ProjectOutcome]) -> Vec<Of> {
    let with_outcome = |project: Project| {
        let of = outcomes.iter().find(|of| of.id == project.count_id)?;
        Some(Of::new(project, of))
    };
    let mut all: Vec<_> = projects.into_iter().filter_map(with_outcome).collect();
    all.sort_by(|a, b| {
        let key = |of: &Of| (of.received_minor, of.support_minor);
        key(b).cmp(&key(a)).then_with(|| a.slug.cmp(&b.slug))
    });
    all
}

impl From<ParticipationRow> for Group {
    fn from(row: ParticipationRow) -> Self {
        Self { scope: row.scope.as_str(), value: row.value, eligible: row.eligible, voted: row.voted }
    }
}

impl File {
    fn new(file: BundleFile, page: &str) -> Self {
        let BundleFile { path, media_type, sha256, size_bytes } = file;
        Self { url: format!("{page}/{path}"), path, media_type, size_bytes, sha256 }
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
    let mut released = store::outcome::releases(&house.db, &town.municipality_id, house.now()).await?;
    released.retain(|release| release.cycle_id == cycle.cycle_id);
    if released.is_empty() {
        return Err(Problem::NotFound);
    }
    let version = |release: Release| Version {
        version: release.version,
        reason: release.reason,
        counted_at: release.counted_at.to_string(),
        published_at: release.published_at.to_string(),
        links: links(&house, &town.slug, &cycle, release.version),
    };
    answer(&Page::whole(released.into_iter().map(version).collect()), Freshness::Minute, &headers)
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
    let (db, now) = (&house.db, house.now());
    let (counted, freshness) = match version.as_str() {
        "latest" => (store::outcome::published(db, &cycle, now).await?, Freshness::Minute),
        number => {
            let digits = Some(number).filter(|number| !number.starts_with(['0', '+']));
            let number = digits.and_then(|digits| digits.parse().ok()).ok_or(Problem::NotFound)?;
            (store::outcome::version(db, &cycle, number, now).await?, Freshness::Forever)
        }
    };
    let counted = counted.ok_or(Problem::NotFound)?;
    answer(&Published::read(&house, town.slug, cycle, counted).await?, freshness, &headers)
}
