//! Projects: add, edit, take out, as long as voting has not opened.

use crate::access::Visit;
use crate::done::{Done, go_on};
use crate::error::Error;
use crate::form::{Fields, begins_formula};
use crate::map::{Map, parse_degrees};
use crate::money;
use crate::pages::office::project::{self as page, BUDGET_LINES, editable};
use crate::text::{Language, Text};
use crate::views::field::Problems;
use axum::extract::Path;
use axum::response::Response;
use store::Translated;
use store::cycle::Cycle;
use store::municipality::{Label, Municipality};
use store::project::{BudgetLine, Kind, NewProject, Point, Writing};
use tally::Minor;

/// How many characters each text of a project may have, in each language.
const LONGEST_TRANSLATED: [(&str, usize); 4] =
    [("title", 160), ("summary", 300), ("body", 20_000), ("place", 160)];

/// How many characters the names that have no translation may have.
const LONGEST: [(&str, usize); 3] = [("holder", 160), ("category", 60), ("district", 60)];

/// How many characters the words of a budget line may have.
const LONGEST_LABEL: usize = 160;

/// Adds a project.
pub async fn add(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let (town, cycle) = editable(&visit, &town, &cycle).await?;
    let mut problems = Problems::default();
    let near = drawing(&visit, &town).await?;
    let read = read(&visit, (&cycle, near.as_ref()), visit.house.id(), &form, &mut problems);
    let Some(project) = read else {
        return Ok(page::page(&visit, &town, &cycle, None, (&form, &problems)));
    };
    match store::project::add(visit.db(), &cycle, &project, visit.now).await? {
        Writing::Written => {
            Ok(go_on(&visit, &format!("/office/{}/{}", town.slug, cycle.slug), Done::ProjectAdded))
        }
        Writing::Frozen => Err(Error::Frozen),
        Writing::SlugTaken => {
            problems.add("slug", visit.text.slug_taken());
            Ok(page::page(&visit, &town, &cycle, None, (&form, &problems)))
        }
    }
}

/// Rewrites a project.
pub async fn save(
    visit: Visit,
    Path((town, cycle, slug)): Path<(String, String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let (town, cycle) = editable(&visit, &town, &cycle).await?;
    let found = store::project::by_slug(visit.db(), &cycle.cycle_id, &slug).await?;
    let (old, _) = found.ok_or(Error::NotFound)?;
    let mut problems = Problems::default();
    let near = drawing(&visit, &town).await?;
    let read = read(&visit, (&cycle, near.as_ref()), old.project_id, &form, &mut problems);
    let Some(new) = read else {
        return Ok(page::page(&visit, &town, &cycle, Some(&slug), (&form, &problems)));
    };
    // What the form does not ask stays as it is.
    let new = NewProject { picture_alt: old.picture_alt, ..new };
    match store::project::edit(visit.db(), &cycle, &new).await? {
        Writing::Written => {
            Ok(go_on(&visit, &format!("/office/{}/{}", town.slug, cycle.slug), Done::ProjectSaved))
        }
        Writing::Frozen => Err(Error::Frozen),
        Writing::SlugTaken => {
            problems.add("slug", visit.text.slug_taken());
            Ok(page::page(&visit, &town, &cycle, Some(&slug), (&form, &problems)))
        }
    }
}

/// Takes a project out.
pub async fn remove(
    visit: Visit,
    Path((town, cycle, slug)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let (town, cycle) = editable(&visit, &town, &cycle).await?;
    let found = store::project::by_slug(visit.db(), &cycle.cycle_id, &slug).await?;
    let (project, _) = found.ok_or(Error::NotFound)?;
    match store::project::remove(visit.db(), &cycle, &project.project_id).await? {
        Writing::Frozen => Err(Error::Frozen),
        Writing::Written | Writing::SlugTaken => {
            Ok(go_on(&visit, &format!("/office/{}/{}", town.slug, cycle.slug), Done::ProjectRemoved))
        }
    }
}

/// The project that a form describes; none when something is wrong with it.
fn read(
    visit: &Visit,
    (cycle, drawing): (&Cycle, Option<&Map>),
    project_id: String,
    form: &Fields,
    problems: &mut Problems,
) -> Option<NewProject> {
    let t = visit.text;
    for (name, longest) in LONGEST_TRANSLATED {
        problems.limit_translated(t, form, name, longest);
    }
    for (name, longest) in LONGEST {
        problems.limit(t, form, name, longest);
    }
    let title = form.translated("title");
    if title.is_empty() {
        problems.add("title.fr", t.title_missing());
    }
    let written = ["holder", "category", "district"].map(str::to_owned);
    for name in Language::ALL.map(|language| language.field("title")).into_iter().chain(written) {
        if begins_formula(form.trimmed(&name)) {
            problems.add(name, t.formula_refused());
        }
    }
    let slug = read_slug(t, form, &title, problems);
    let summary = form.translated("summary");
    if summary.is_empty() {
        problems.add("summary.fr", t.summary_missing());
    }
    let point = point(t, drawing, form, problems);
    let kind = Kind::parse(form.get("kind")).unwrap_or(Kind::Grant);
    let (floor, ceiling) = floor_and_ceiling(visit, kind, form, problems);
    let budget = budget(visit, ceiling, form, problems);
    let label = |name: &str| {
        let typed = form.trimmed(name);
        let slug = slug_of(typed);
        (!slug.is_empty()).then(|| Label {
            label_id: visit.house.id(),
            slug,
            name: Translated::new("fr", typed),
        })
    };
    problems
        .is_empty()
        .then(|| NewProject {
            project_id,
            count_id: slug.clone(),
            slug,
            kind,
            category: label("category"),
            district: label("district"),
            place_name: form.translated("place"),
            point,
            holder: form.trimmed("holder").to_owned(),
            floor,
            ceiling,
            title,
            summary,
            body: form.translated("body"),
            picture_svg: None,
            picture_alt: Translated::default(),
            budget,
            official: None,
        })
        .filter(|_| cycle.phase.is_editable())
}

/// The town's map, which tells a slip of the hand from a place.
async fn drawing(visit: &Visit, town: &Municipality) -> Result<Option<Map>, Error> {
    let json = store::municipality::map(visit.db(), &town.municipality_id).await?;
    Ok(json.and_then(|json| Map::from_json(&json)))
}

/// Where the project is: both degrees, or neither, and not far from the town.
fn point(t: Text, drawing: Option<&Map>, form: &Fields, problems: &mut Problems) -> Option<Point> {
    let typed = ["latitude", "longitude"].map(|name| form.trimmed(name));
    if typed == ["", ""] {
        return None;
    }
    let mut degrees = |name: &str, most: i64| {
        let read = parse_degrees(form.trimmed(name), most);
        if read.is_none() {
            problems.add(name, t.not_degrees(form.trimmed(name), &t.number(most.unsigned_abs())));
        }
        read
    };
    let (latitude, longitude) = (degrees("latitude", 90), degrees("longitude", 180));
    let point = Point { latitude_microdegrees: latitude?, longitude_microdegrees: longitude? };
    if drawing.is_some_and(|drawing| !drawing.is_near(point)) {
        problems.add("latitude", t.far_from_town());
    }
    Some(point)
}

fn floor_and_ceiling(visit: &Visit, kind: Kind, form: &Fields, problems: &mut Problems) -> (Minor, Minor) {
    let t = visit.text;
    let mut amount = |name: &str| {
        let read = money::parse(form.get(name));
        if read.is_none() {
            problems.add(name, t.not_an_amount(form.get(name)));
        }
        read
    };
    let (floor, ceiling) = (amount("floor"), amount("ceiling"));
    let (Some(floor), Some(ceiling)) = (floor, ceiling) else { return (Minor::ZERO, Minor::ZERO) };
    // All or nothing: the floor is the ceiling, and need not be typed twice.
    let floor = if kind == Kind::Threshold && form.trimmed("floor").is_empty() { ceiling } else { floor };
    if ceiling <= 0 {
        problems.add("ceiling", t.ceiling_missing());
    } else if floor < 0 || floor > ceiling {
        problems.add("floor", t.floor_refused());
    } else if kind == Kind::Threshold && floor != ceiling {
        problems.add("floor", t.threshold_floor());
    }
    (Minor::new(floor), Minor::new(ceiling))
}

fn budget(visit: &Visit, ceiling: Minor, form: &Fields, problems: &mut Problems) -> Vec<BudgetLine> {
    let t = visit.text;
    let mut budget = Vec::new();
    for place in 0..BUDGET_LINES {
        let of = |part: &str| form.trimmed(&format!("line.{place}.{part}")).to_owned();
        let label = form.translated(&format!("line.{place}"));
        let amount = of("amount");
        problems.limit_translated(t, form, &format!("line.{place}"), LONGEST_LABEL);
        match money::parse(&amount) {
            Some(0) if label.is_empty() => {}
            Some(minor) if minor >= 0 && !label.is_empty() => {
                budget.push(BudgetLine { label, amount: Minor::new(minor) });
            }
            Some(minor) if minor >= 0 => problems.add(format!("line.{place}.fr"), t.label_missing()),
            _ => problems.add(format!("line.{place}.amount"), t.not_an_amount(&amount)),
        }
    }
    let total: Minor = budget.iter().map(|line| line.amount).sum();
    if !budget.is_empty() && total != ceiling && problems.is_empty() {
        problems.add("budget", t.budget_differs(&t.money(total, "EUR"), &t.money(ceiling, "EUR")));
    }
    budget
}

/// Addresses of the office's own, which no cycle and no project can have.
pub const TAKEN_SLUGS: [&str; 3] = ["look", "map", "new"];

/// The address that was typed, or else one made from the title. Without either, that the title is missing says enough.
pub(super) fn read_slug(t: Text, form: &Fields, title: &Translated, problems: &mut Problems) -> String {
    let typed = form.trimmed("slug");
    let slug = if typed.is_empty() { slug_of(title.read("fr").0) } else { typed.to_owned() };
    let nothing_to_go_by = typed.is_empty() && title.is_empty();
    if !nothing_to_go_by && (!is_slug(&slug) || TAKEN_SLUGS.contains(&slug.as_str())) {
        problems.add("slug", t.slug_refused());
    }
    slug
}

/// Whether a text can be part of an address: small letters, digits and single dashes within, at most 64.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    text.len() <= 64
        && !text.is_empty()
        && text.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// An address made from a title: letters without their accents, everything else a dash.
#[must_use]
pub fn slug_of(title: &str) -> String {
    let plain: String = title.to_lowercase().chars().map(plain_letter).collect();
    let mut slug = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    slug.truncate(64);
    slug.trim_end_matches('-').to_owned()
}

fn plain_letter(letter: char) -> char {
    match letter {
        'a'..='z' | '0'..='9' => letter,
        'à' | 'â' | 'ä' | 'á' | 'ą' => 'a',
        'ç' | 'ć' => 'c',
        'é' | 'è' | 'ê' | 'ë' | 'ę' => 'e',
        'î' | 'ï' | 'í' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ô' | 'ö' | 'ó' => 'o',
        'ś' => 's',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        'ÿ' => 'y',
        'ź' | 'ż' => 'z',
        _ => '-',
    }
}

#[cfg(test)]
mod tests {
    use super::{is_slug, slug_of};

    #[test]
    fn titles_become_addresses() {
        assert_eq!(slug_of("Un abri à vélos, devant l’École !"), "un-abri-a-velos-devant-l-ecole");
        assert_eq!(slug_of("Łódź 2023"), "lodz-2023");
        assert_eq!(slug_of("!!!"), "");
        assert!(is_slug(&slug_of(&"très long ".repeat(20))));
    }

    #[test]
    fn an_address_has_small_letters_digits_and_dashes() {
        for good in ["2026", "budget-2026", "a"] {
            assert!(is_slug(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "A", "é", "a/b", "a b"] {
            assert!(!is_slug(bad), "{bad}");
        }
    }
}
