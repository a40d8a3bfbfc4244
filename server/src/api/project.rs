//! The projects of a cycle: what people read of them, and never what they were given.

use super::answer::{Freshness, answer};
use super::asked::{At, Nothing, Part};
use super::cycle;
use super::page::{Page, after};
use super::problem::Problem;
use app::access::House;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use store::Translated;
use store::project::BudgetLine;
use utoipa::ToSchema;

/// Something that can be funded.
#[derive(Serialize, ToSchema)]
pub(super) struct Project {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// Its name in the count and in the files of the results.
    project: String,
    /// The last part of its address, unique in its cycle.
    slug: String,
    /// Its name, by language (BCP 47).
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    title: Translated,
    /// One sentence.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    summary: Translated,
    /// How it is funded.
    #[schema(value_type = Kind)]
    kind: &'static str,
    /// What it is about.
    category: Option<Label>,
    /// Where in the town.
    district: Option<Label>,
    /// The name of the place.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    place: Translated,
    /// Where that is (WGS 84).
    point: Option<Point>,
    /// Who carries it; empty where nobody said so.
    holder: String,
    /// The least sum with which it can go ahead.
    floor_minor: i64,
    /// Its full cost.
    ceiling_minor: i64,
    /// The least number of ballots that must give to it, where that differs from the rule sheet's.
    min_supporters: Option<u32>,
    /// ISO 4217.
    currency: String,
    /// Where to go on.
    links: Links,
}

/// Ways of funding: partial sums welcome; all or nothing; per month; repayable.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "the words of store's enum, for the document")]
enum Kind {
    Grant,
    Threshold,
    Monthly,
    Advance,
}

/// A word by which a town sorts its projects.
#[derive(Serialize, ToSchema)]
struct Label {
    /// Its name in addresses.
    slug: String,
    /// What people read, by language (BCP 47).
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    name: Translated,
}

/// A place, in millionths of a degree.
#[derive(Serialize, ToSchema)]
struct Point {
    /// North is positive.
    #[schema(minimum = -90_000_000, maximum = 90_000_000)]
    latitude_microdegrees: i64,
    /// East is positive.
    #[schema(minimum = -180_000_000, maximum = 180_000_000)]
    longitude_microdegrees: i64,
}

/// A project with all that is said of it.
#[derive(Serialize, ToSchema)]
pub(super) struct WholeProject {
    /// What the list says of it too.
    #[serde(flatten)]
    project: Project,
    /// What it is, at length; blank lines separate paragraphs.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    body: Translated,
    /// What the money pays for; the lines add up to the full cost, where there are any.
    budget: Vec<Item>,
}

/// A line of a budget.
#[derive(Serialize, ToSchema)]
#[schema(as = BudgetLine)]
struct Item {
    /// What is paid for, by language (BCP 47).
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    label: Translated,
    /// What it costs.
    amount_minor: i64,
}

impl From<BudgetLine> for Item {
    fn from(line: BudgetLine) -> Self {
        Self { label: line.label, amount_minor: line.amount.get() }
    }
}

/// Addresses around a project.
#[derive(Serialize, ToSchema)]
#[schema(as = ProjectLinks)]
struct Links {
    /// This, by itself.
    #[serde(rename = "self")]
    #[schema(format = "uri")]
    own: String,
    /// Its page.
    #[schema(format = "uri")]
    page: String,
    /// Its cycle.
    #[schema(format = "uri")]
    cycle: String,
    /// What is new (JSON Feed 1.1).
    #[schema(format = "uri")]
    feed: String,
}

impl Project {
    fn new(house: &House, town: &str, cycle: &store::cycle::Cycle, project: store::project::Project) -> Self {
        let of = cycle::address(house, town, &cycle.slug);
        let page = format!("{}/{town}/{}/projects/{}", house.public_url, cycle.slug, project.slug);
        let links = Links {
            own: format!("{of}/projects/{}", project.slug),
            cycle: of,
            feed: format!("{page}/feed.json"),
            page,
        };
        let label = |slug: Option<String>, name: Option<Translated>| Some(Label { slug: slug?, name: name? });
        Self {
            id: project.project_id,
            project: project.count_id,
            slug: project.slug,
            title: project.title,
            summary: project.summary,
            kind: project.kind.as_str(),
            category: label(project.category_slug, project.category),
            district: label(project.district_slug, project.district),
            place: project.place_name,
            point: project.point.map(|point| Point {
                latitude_microdegrees: point.latitude_microdegrees,
                longitude_microdegrees: point.longitude_microdegrees,
            }),
            holder: project.holder,
            floor_minor: project.floor.get(),
            ceiling_minor: project.ceiling.get(),
            min_supporters: project.min_supporters,
            currency: cycle.currency.clone(),
            links,
        }
    }
}

/// The projects of a cycle
///
/// In the order of their slugs.
#[utoipa::path(
    get, path = "/api/v1/municipalities/{town}/cycles/{cycle}/projects", operation_id = "projects", tag = "projects",
    params(
        ("town" = String, Path, description = "The slug of the municipality.", example = "laudry"),
        ("cycle" = String, Path, description = "The slug of the cycle.", example = "2026"),
        Part,
    ),
    responses((status = 200, description = "Projects.", body = Page<Project>))
)]
pub(super) async fn list(
    State(house): State<House>,
    At((town, cycle)): At<(String, String)>,
    part: Part,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (town, cycle) = cycle::public(&house, &town, &cycle).await?;
    let found = store::project::of_cycle(&house.db, &cycle.cycle_id).await?;
    let found = after(found, &part, |project| &project.slug);
    let projects =
        found.into_iter().map(|project| Project::new(&house, &town.slug, &cycle, project)).collect();
    let address = format!("{}/projects", cycle::address(&house, &town.slug, &cycle.slug));
    let page = Page::new(projects, &part, &address, |project: &Project| &project.slug);
    answer(&page, Freshness::Minute, &headers)
}

/// One project
#[utoipa::path(
    get, path = "/api/v1/municipalities/{town}/cycles/{cycle}/projects/{project}", operation_id = "project",
    tag = "projects",
    params(
        ("town" = String, Path, description = "The slug of the municipality.", example = "laudry"),
        ("cycle" = String, Path, description = "The slug of the cycle.", example = "2026"),
        ("project" = String, Path, description = "The slug of the project.", example = "garden"),
    ),
    responses((status = 200, description = "The project.", body = WholeProject))
)]
pub(super) async fn one(
    State(house): State<House>,
    At((town, cycle, project)): At<(String, String, String)>,
    _: Nothing,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (town, cycle) = cycle::public(&house, &town, &cycle).await?;
    let found = store::project::by_slug(&house.db, &cycle.cycle_id, &project).await?;
    let (project, budget) = found.ok_or(Problem::NotFound)?;
    let body = project.body.clone();
    let project = Project::new(&house, &town.slug, &cycle, project);
    let budget = budget.into_iter().map(Item::from).collect();
    answer(&WholeProject { project, body, budget }, Freshness::Minute, &headers)
}
