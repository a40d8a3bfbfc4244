//! `/office/{town}/{cycle}/projects/new` and `…/{project}`: what people will read and vote on.

use super::desk;
use crate::access::Visit;
use crate::error::Error;
use crate::form::Fields;
use crate::map::write_degrees;
use crate::pages::Page;
use crate::text::Text;
use crate::views::breadcrumb;
use crate::views::field::{Field, Problems, each_language};
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use store::cycle::Cycle;
use store::municipality::Municipality;
use store::project::{BudgetLine, Kind, Project};

/// How many budget lines the form has room for.
pub const BUDGET_LINES: usize = 10;

/// The form of a new project.
pub async fn new(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let (town, cycle) = editable(&visit, &town, &cycle).await?;
    Ok(page(&visit, &town, &cycle, None, (&Fields::default(), &Problems::default())))
}

/// The form of a project that is there.
pub async fn edit(
    visit: Visit,
    Path((town, cycle, project)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let (town, cycle) = editable(&visit, &town, &cycle).await?;
    let found = store::project::by_slug(visit.db(), &cycle.cycle_id, &project).await?;
    let (project, budget) = found.ok_or(Error::NotFound)?;
    let fields = fields(&visit, &cycle, &project, &budget);
    Ok(page(&visit, &town, &cycle, Some(&project.slug), (&fields, &Problems::default())))
}

/// A cycle of the officer's whose projects may still be changed.
///
/// # Errors
/// `Frozen` once voting has opened.
pub async fn editable(visit: &Visit, town: &str, cycle: &str) -> Result<(Municipality, Cycle), Error> {
    let (town, cycle) = visit.managed_cycle(town, cycle).await?;
    if cycle.phase.is_editable() { Ok((town, cycle)) } else { Err(Error::Frozen) }
}

/// A project as the fields of its form.
fn fields(visit: &Visit, cycle: &Cycle, project: &Project, budget: &[BudgetLine]) -> Fields {
    let money = visit.text.money_format(&cycle.currency);
    let label = |label: &Option<store::Translated>| {
        label.as_ref().map(|label| label.read("fr").0.to_owned()).unwrap_or_default()
    };
    let mut fields = Fields::default()
        .with("slug", project.slug.as_str())
        .with("kind", project.kind.as_str())
        .with("category", label(&project.category))
        .with("district", label(&project.district))
        .with("holder", project.holder.as_str())
        .with("floor", money.typed(project.floor.get()))
        .with("ceiling", money.typed(project.ceiling.get()));
    if let Some(point) = project.point {
        fields = fields
            .with("latitude", write_degrees(point.latitude_microdegrees))
            .with("longitude", write_degrees(point.longitude_microdegrees));
    }
    let texts = [
        ("title", &project.title),
        ("summary", &project.summary),
        ("body", &project.body),
        ("place", &project.place_name),
    ];
    for (name, text) in texts {
        fields = fields.with_translated(name, text);
    }
    for (place, line) in budget.iter().enumerate() {
        fields = fields
            .with_translated(&format!("line.{place}"), &line.label)
            .with(&format!("line.{place}.amount"), money.typed(line.amount.get()));
    }
    fields
}

/// The form, with what was typed and what is wrong with it.
pub fn page(
    visit: &Visit,
    town: &Municipality,
    cycle: &Cycle,
    slug: Option<&str>,
    (fields, problems): (&Fields, &Problems),
) -> Response {
    let t = visit.text;
    let (desk, way) = desk(t, town, cycle);
    let (title, action) = match slug {
        Some(slug) => (t.edit_project(), format!("{desk}/projects/{slug}")),
        None => (t.add_project(), format!("{desk}/projects/new")),
    };
    let of = |name: &str| fields.get(name).to_owned();
    let show = |field: Field| field.show(problems);
    let line = |name: &'static str, label: &'static str| Field::line(name, label, of(name));
    let line_of = |name: &str, label: String| Field::line(name, label, of(name));
    let kinds = Kind::ALL.map(|kind| (kind.as_str().to_owned(), kind_name(t, kind).to_owned())).to_vec();
    let budget = (0..BUDGET_LINES).map(|place| budget_line(t, place, fields, problems)).collect_view();
    let remove = slug.map(|slug| {
        view! {
            <p><a class="button button--secondary" href=format!("{desk}/projects/{slug}/picture")>{t.picture()}</a></p>
            <form method="post" action=format!("{desk}/projects/{slug}/remove")>
                <p><button class="button button--danger">{t.remove_project()}</button></p>
            </form>
        }
    });
    Page::new(visit, title).of_cycle(town, cycle).status(problems.status()).narrow().show(|| {
        view! {
            {breadcrumb(t, way, title.to_owned())}
            {problems.summary(t)}
            <h1>{title}</h1>
            <form class="stack" method="post" action=action>
                {each_language(t, "title", |name, words| line_of(name, t.title_in(words)), problems)}
                {show(line("slug", t.slug()).hint(t.slug_hint()).ltr())}
                {show(Field::select("kind", t.kind(), of("kind"), kinds))}
                {each_language(t, "summary", |name, words| line_of(name, t.summary_in(words)).hint(t.summary_hint()), problems)}
                {each_language(t, "body", |name, words| Field::area(name, t.body_in(words), of(name), 8).hint(t.body_hint()), problems)}
                {show(line("holder", t.holder()))}
                {show(line("category", t.category()))}
                {show(line("district", t.district()))}
                {each_language(t, "place", |name, words| line_of(name, t.place_in(words)), problems)}
                {show(line("latitude", t.latitude()).hint(t.latitude_hint()).ltr())}
                {show(line("longitude", t.longitude()).hint(t.longitude_hint()).ltr())}
                <h2>{t.money_title()}</h2>
                {show(Field::amount("floor", t.floor(), of("floor")).hint(t.floor_hint()))}
                {show(Field::amount("ceiling", t.ceiling(), of("ceiling")).hint(t.ceiling_hint()))}
                <h2 id="budget" tabindex="-1">{t.budget()}</h2>
                <p>{t.budget_hint()}</p>
                {problems.of("budget").map(|words| view! { <p class="field__error">{words}</p> })}
                {budget}
                <p class="cluster"><button class="button">{t.save()}</button></p>
            </form>
            {remove}
        }
        .into_any()
    })
}

fn budget_line(t: Text, place: usize, fields: &Fields, problems: &Problems) -> impl IntoView + use<> {
    let number = t.number(place as u64 + 1);
    let (line, amount) = (format!("line.{place}"), format!("line.{place}.amount"));
    view! {
        <fieldset class="budget-line">
            <legend class="meta">{t.budget_line(&number)}</legend>
            {each_language(t, &line, |name, words| Field::line(name, t.label_in(words), fields.get(name)), problems)}
            {Field::amount(&amount, t.amount(), fields.get(&amount)).show(problems)}
        </fieldset>
    }
}

fn kind_name(t: Text, kind: Kind) -> &'static str {
    match kind {
        Kind::Grant => t.kind_grant(),
        Kind::Threshold => t.kind_threshold(),
        Kind::Monthly => t.kind_monthly(),
        Kind::Advance => t.kind_advance(),
    }
}
