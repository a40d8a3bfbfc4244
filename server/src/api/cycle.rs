//! Cycles, past their drafts.

use super::answer::{Freshness, answer};
use super::asked::{At, Nothing, Part};
use super::municipality;
use super::page::{Page, after};
use super::problem::Problem;
use app::access::House;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use store::Translated;
use store::cycle::Phase;
use store::municipality::Municipality;
use store::roll::Turnout;
use utoipa::ToSchema;

/// One edition of a participatory budget.
#[derive(Serialize, ToSchema)]
pub(super) struct Cycle {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// The slug of its municipality.
    municipality: String,
    /// The second part of its addresses, unique in its municipality.
    slug: String,
    /// Its name, by language (BCP 47).
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    title: Translated,
    /// What it is about; blank lines separate paragraphs.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    intro: Translated,
    /// `real`: public money. `practice`: to try things out. `import`: a real election of elsewhere, read from a file.
    #[schema(value_type = Nature)]
    nature: &'static str,
    /// Where imported data came from; null otherwise.
    source: Option<String>,
    /// Where it stands.
    #[schema(value_type = Stand)]
    phase: &'static str,
    /// ISO 4217. Every `…_minor` of this cycle is in hundredths of it.
    currency: String,
    /// What each citizen may spread.
    envelope_minor: i64,
    /// The smallest amount.
    step_minor: i64,
    /// The name of the counting rule.
    rule: &'static str,
    /// Its options.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    options: Map<String, Value>,
    /// SHA-256 of the rule sheet.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sheet_hash: String,
    /// When voting opened.
    #[schema(format = DateTime)]
    opened_at: Option<String>,
    /// When online voting ends, or ended.
    #[schema(format = DateTime)]
    closes_at: String,
    /// When it was closed.
    #[schema(format = DateTime)]
    closed_at: Option<String>,
    /// When the result was published.
    #[schema(format = DateTime)]
    published_at: Option<String>,
    /// How many people live where it is held; null where nobody said.
    residents: Option<i64>,
    /// Who could take part and who did; null before the opening.
    turnout: Option<Taken>,
    /// Where to go on.
    links: Links,
}

/// What kind of exercise a cycle is.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "the words of store's enum, for the document")]
enum Nature {
    Practice,
    Import,
    Real,
}

/// The phases, in order; a draft is not public.
#[derive(ToSchema)]
#[schema(as = Phase, rename_all = "snake_case")]
#[expect(dead_code, reason = "the words of store's enum, for the document")]
enum Stand {
    Proposing,
    Reviewing,
    Allocating,
    Counting,
    Published,
    Delivering,
    Archived,
}

/// How many could take part, and how many did.
#[derive(Serialize, ToSchema)]
#[schema(as = Turnout)]
pub(super) struct Taken {
    /// People on the roll; null where nobody knows.
    eligible: Option<i64>,
    /// People who took part.
    voted: i64,
}

impl From<Turnout> for Taken {
    fn from(turnout: Turnout) -> Self {
        Self { eligible: turnout.eligible, voted: turnout.voted }
    }
}

/// Addresses around a cycle.
#[derive(Serialize, ToSchema)]
#[schema(as = CycleLinks)]
struct Links {
    /// This, by itself.
    #[serde(rename = "self")]
    #[schema(format = "uri")]
    own: String,
    /// Its page.
    #[schema(format = "uri")]
    page: String,
    /// Its municipality.
    #[schema(format = "uri")]
    municipality: String,
    /// Its projects.
    #[schema(format = "uri")]
    projects: String,
    /// The rules, as they are hashed.
    #[schema(format = "uri")]
    rule_sheet: String,
    /// The projects as a table.
    #[schema(format = "uri")]
    projects_csv: String,
    /// How many took part by day, as a table.
    #[schema(format = "uri")]
    turnout_csv: String,
    /// The results; null before they are published.
    #[schema(format = "uri")]
    results: Option<String>,
}

/// The address of a cycle in this API.
pub(super) fn address(house: &House, town: &str, cycle: &str) -> String {
    format!("{}/cycles/{cycle}", municipality::address(house, town))
}

/// A town and one of its cycles that the public may know of.
pub(super) async fn public(
    house: &House,
    town: &str,
    cycle: &str,
) -> Result<(Municipality, store::cycle::Cycle), Problem> {
    house.public_cycle(town, cycle, house.now()).await?.ok_or(Problem::NotFound)
}

fn told(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

impl Cycle {
    /// Cycles with the slugs of their towns, and how long an answer of all of them stays true.
    async fn read_all(
        house: &House,
        found: Vec<(String, store::cycle::Cycle)>,
    ) -> Result<(Vec<Self>, Freshness), Problem> {
        let mut freshness = Freshness::Minute;
        let mut cycles = Vec::with_capacity(found.len());
        for (town, cycle) in found {
            freshness = freshness.min(Freshness::of(&cycle));
            cycles.push(Self::read(house, &town, cycle).await?);
        }
        Ok((cycles, freshness))
    }

    async fn read(house: &House, town: &str, cycle: store::cycle::Cycle) -> Result<Self, Problem> {
        let turnout = match cycle.phase {
            Phase::Draft | Phase::Proposing | Phase::Reviewing => None,
            _ => Some(store::roll::turnout(&house.db, &cycle).await?.into()),
        };
        let own = address(house, town, &cycle.slug);
        let page = format!("{}/{town}/{}", house.public_url, cycle.slug);
        let links = Links {
            municipality: municipality::address(house, town),
            projects: format!("{own}/projects"),
            rule_sheet: format!("{page}/rule_sheet.json"),
            projects_csv: format!("{page}/projects.csv"),
            turnout_csv: format!("{page}/turnout.csv"),
            results: cycle.phase.is_published().then(|| format!("{own}/results")),
            own,
            page,
        };
        Ok(Self {
            municipality: town.to_owned(),
            nature: cycle.nature.as_str(),
            phase: cycle.phase.as_str(),
            envelope_minor: cycle.sheet.envelope.get(),
            step_minor: cycle.sheet.step.get(),
            rule: cycle.sheet.rule.name(),
            options: cycle.sheet.rule.options(),
            sheet_hash: cycle.sheet.hash(),
            opened_at: told(cycle.opened_at),
            closes_at: cycle.closes_at.to_string(),
            closed_at: told(cycle.closed_at),
            published_at: told(cycle.published_at.filter(|_| cycle.phase.is_published())),
            residents: cycle.residents,
            source: Some(cycle.source).filter(|source| !source.is_empty()),
            id: cycle.cycle_id,
            slug: cycle.slug,
            title: cycle.title,
            intro: cycle.intro,
            currency: cycle.currency,
            turnout,
            links,
        })
    }
}

/// The cycles of all municipalities
///
/// Those that close last come first. The list is whole: `next` is always null.
#[utoipa::path(
    get, path = "/api/v1/cycles", operation_id = "cycles", tag = "cycles",
    responses((status = 200, description = "Cycles.", body = Page<Cycle>))
)]
pub(super) async fn list(
    State(house): State<House>,
    _: Nothing,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = store::cycle::public(&house.db, house.now()).await?;
    let found = found.into_iter().map(|(town, cycle)| (town.slug, cycle)).collect();
    let (cycles, freshness) = Cycle::read_all(&house, found).await?;
    answer(&Page::whole(cycles), freshness, &headers)
}

/// The cycles of a municipality
///
/// In the order of their slugs. Drafts are not among them.
#[utoipa::path(
    get, path = "/api/v1/municipalities/{town}/cycles", operation_id = "municipality_cycles", tag = "cycles",
    params(("town" = String, Path, description = "The slug of the municipality.", example = "laudry"), Part),
    responses((status = 200, description = "Cycles.", body = Page<Cycle>))
)]
pub(super) async fn of_town(
    State(house): State<House>,
    At(town): At<String>,
    part: Part,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let town = store::municipality::by_slug(&house.db, &town).await?.ok_or(Problem::NotFound)?;
    let found = house.public_cycles_of(&town, house.now()).await?;
    let found = after(found, &part, |cycle| &cycle.slug);
    let found = found.into_iter().map(|cycle| (town.slug.clone(), cycle)).collect();
    let (cycles, freshness) = Cycle::read_all(&house, found).await?;
    let address = format!("{}/cycles", municipality::address(&house, &town.slug));
    answer(&Page::new(cycles, &part, &address, |cycle: &Cycle| &cycle.slug), freshness, &headers)
}

/// One cycle
#[utoipa::path(
    get, path = "/api/v1/municipalities/{town}/cycles/{cycle}", operation_id = "cycle", tag = "cycles",
    params(
        ("town" = String, Path, description = "The slug of the municipality.", example = "laudry"),
        ("cycle" = String, Path, description = "The slug of the cycle.", example = "2026"),
    ),
    responses((status = 200, description = "The cycle.", body = Cycle))
)]
pub(super) async fn one(
    State(house): State<House>,
    At((town, cycle)): At<(String, String)>,
    _: Nothing,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (town, cycle) = public(&house, &town, &cycle).await?;
    let freshness = Freshness::of(&cycle);
    answer(&Cycle::read(&house, &town.slug, cycle).await?, freshness, &headers)
}
