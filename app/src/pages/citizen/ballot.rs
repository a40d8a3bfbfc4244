//! `/{town}/{cycle}/ballot`: spread the envelope; then check your choices.
//!
//! One form with and without script. Nothing is kept here between its steps: what was chosen waits in the visitor's own
//! browser, or travels in the form where it is too long for that.

use crate::access::Visit;
use crate::actions::ballot::{Recorded, wrong};
use crate::browse::{draw, in_drawn_order};
use crate::error::Error;
use crate::form::Fields;
use crate::islands::allocator::{Allocation, Allocator, Row, Words};
use crate::pages::Page;
use crate::pages::citizen::reminder::invitation;
use crate::text::Text;
use crate::views::field::{Field, Problems};
use crate::views::picture::stamp;
use crate::views::{Tone, alert, amount, back_link, breadcrumb, said, untranslated};
use crate::waiting::{Step, Waiting};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use std::str::FromStr;
use store::cycle::{Cycle, Phase};
use store::municipality::Municipality;
use store::project::Project;
use tally::rule_sheet::{End, Rule};
use tally::{Fallback, Minor};

/// What the ballot pages are about.
pub struct Booth {
    /// The town.
    pub town: Municipality,
    /// The cycle.
    pub cycle: Cycle,
    /// Its projects.
    pub projects: Vec<Project>,
    /// The version that is in the urn already.
    pub version: Option<i64>,
    /// What marks a draft of this citizen, after this version.
    pub draft: String,
    /// The number of the drawn order in which this citizen sees the projects, here as in the list.
    pub order: u32,
}

impl Booth {
    /// The town's and cycle's part of the address.
    #[must_use]
    pub fn base(&self) -> String {
        format!("/{}/{}", self.town.slug, self.cycle.slug)
    }

    /// The same as a receipt has it, which belongs to one cycle.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}/{}", self.town.slug, self.cycle.slug)
    }

    /// Reads it for the citizen who asks.
    ///
    /// # Errors
    /// `EnterCode` when the visitor has no session in this cycle.
    pub async fn enter(visit: &Visit, town: &str, cycle: &str) -> Result<Self, Error> {
        let (town, cycle) = visit.cycle(town, cycle).await?;
        let projects = store::project::of_cycle(visit.db(), &cycle.cycle_id).await?;
        let order = draw(visit, &cycle);
        let mut booth = Self { town, cycle, projects, version: None, draft: String::new(), order };
        if booth.cycle.takes_ballots(visit.now) {
            let citizen = visit.citizen_of(&booth.cycle)?;
            match crate::actions::ballot::ballot_id(visit, &booth.cycle, citizen).await? {
                Some(ballot_id) => booth.version = store::ballot::version(visit.db(), &ballot_id).await?,
                // The close went on since the cycle was read, and its key is gone.
                None => booth.cycle.phase = Phase::Counting,
            }
            let version = booth.version.unwrap_or(0).to_string();
            let parts = ["draft", &booth.cycle.cycle_id, &citizen.roll_entry_id, &version];
            booth.draft = visit.house.roll_key.mark(&parts);
        }
        Ok(booth)
    }
}

/// The page, with the choices that wait to be checked in this browser; else empty: a code never shows what was cast before.
pub async fn show(visit: Visit, Path((town, cycle)): Path<(String, String)>) -> Result<Response, Error> {
    let booth = Booth::enter(&visit, &town, &cycle).await?;
    if !booth.cycle.takes_ballots(visit.now) {
        return Ok(closed(&visit, &booth, &[]));
    }
    // The browser that voted a moment ago still has the receipt, and need not copy it.
    let recorded = Recorded::read(&visit, visit.citizen_of(&booth.cycle)?);
    let receipt = recorded.filter(|recorded| booth.version == Some(recorded.version));
    let receipt = receipt.map_or_else(String::new, |recorded| recorded.receipt);
    let (step, fields) = match Waiting::read(&visit, &booth) {
        Some(waiting) => (Some(waiting.step), waiting.fields),
        None => (None, Fields::default()),
    };
    Ok(page(&visit, &booth, &fields.with("receipt", receipt), step))
}

/// The allocator with what was typed, how it came to be there, and what is wrong with it.
pub fn page(visit: &Visit, booth: &Booth, form: &Fields, step: Option<Step>) -> Response {
    let t = visit.text;
    let problems = &step.map(|step| wrong(t, booth, step, form)).unwrap_or_default();
    let envelope = t.money_short(booth.cycle.sheet.envelope, &booth.cycle.currency);
    let title = t.spread_my(&envelope);
    let way = vec![
        (format!("/{}", booth.town.slug), booth.town.name.clone()),
        (booth.base(), t.said(&booth.cycle.title).to_owned()),
    ];
    // To put a receipt back records nothing, and its failing takes nothing away.
    let summary = if step == Some(Step::NoReceipt) {
        problems.summary_of_question(t).into_any()
    } else {
        problems.summary(t).into_any()
    };
    let version = booth.version.map(|version| in_urn(t, booth, version, form, problems));
    let done = step.and_then(|step| just_done(t, step));
    let allocation = allocation(t, booth, form, step, problems);
    let fallback = asks_fallback(&booth.cycle).then(|| fallback_choice(t, form));
    let lede = t.ballot_lede(
        &t.money_short(booth.cycle.sheet.step, &booth.cycle.currency),
        &t.moment(booth.cycle.closes_at, &booth.town.time_zone),
    );
    let cap =
        booth.cycle.sheet.max_per_project.map(|cap| t.rule_cap(&t.money_short(cap, &booth.cycle.currency)));
    let least = (booth.cycle.sheet.min_projects > 1)
        .then(|| t.rule_min_projects(&t.number(booth.cycle.sheet.min_projects.into())));
    let reminder = booth.version.is_none().then(|| invitation(visit, booth));
    Page::new(visit, title.clone())
        .of_cycle(&booth.town, &booth.cycle)
        .status(problems.status())
        .with_island()
        .show(|| {
            view! {
                {breadcrumb(t, way, t.my_choices().to_owned())}
                {summary}
                <h1>{title}</h1>
                <p class="lede">{lede}" "{cap}" "{least}</p>
                {untranslated(t, booth.projects.iter().map(|project| &project.title))}
                {done}
                {version}
                <noscript><p class="meta">{t.kept_when_sent()}</p></noscript>
                <form class="ballot" method="post" autocomplete="off" action=format!("{}/ballot", booth.base())>
                    <Allocator allocation=allocation>
                        {fallback}
                        <p class="cluster">
                            <button class="button">{t.check_choices()}</button>
                            <span class="meta">{t.nothing_sent_yet()}</span>
                        </p>
                    </Allocator>
                </form>
                {reminder}
            }
            .into_any()
        })
}

/// Which version is in the urn, and the way to put back what a receipt says.
fn in_urn(t: Text, booth: &Booth, version: i64, form: &Fields, problems: &Problems) -> impl IntoView + use<> {
    let version = t.number(u64::try_from(version).unwrap_or(0));
    let action = format!("{}/ballot/receipt", booth.base());
    let field =
        Field::line("receipt", t.receipt(), form.get("receipt")).hint(t.receipt_hint()).ltr().show(problems);
    alert(
        Tone::Info,
        view! {
            <p>{t.version_in_urn(&version)}</p>
            <details class="disclosure" open=!form.get("receipt").is_empty() || problems.of("receipt").is_some()>
                <summary>{t.receipt_load_question()}</summary>
                <form class="stack" method="post" action=action>
                    {field}
                    <p><button class="button button--secondary">{t.receipt_load()}</button></p>
                </form>
            </details>
        },
    )
}

/// Says what was just done for the visitor.
fn just_done(t: Text, step: Step) -> Option<AnyView> {
    let words = match step {
        Step::Receipt => t.receipt_loaded(),
        Step::Rest => t.rest_spread(),
        Step::Check | Step::Change => t.choices_back(),
        Step::Refused | Step::SentBefore | Step::RestOfNothing | Step::NoReceipt => return None,
    };
    let said = view! { <p role="status">{words}" "{t.nothing_sent_yet()}</p> };
    Some(alert(Tone::Success, said).into_any())
}

fn allocation(t: Text, booth: &Booth, form: &Fields, step: Option<Step>, problems: &Problems) -> Allocation {
    let currency = &booth.cycle.currency;
    let mut rows: Vec<_> = booth
        .projects
        .iter()
        .map(|project| {
            let (title, lang) = project.title.read(t.language.tag());
            let district = project.district.as_ref().map(|district| format!("{} · ", t.said(district)));
            Row {
                slug: project.slug.clone(),
                title: title.to_owned(),
                lang: if lang == t.language.tag() { String::new() } else { lang.to_owned() },
                href: format!("{}/projects/{}", booth.base(), project.slug),
                picture: stamp(project).unwrap_or_default(),
                meta: format!(
                    "{}{}",
                    district.unwrap_or_default(),
                    t.asks_sum(&t.money_short(project.ceiling, currency))
                ),
                typed: form.get(&format!("amount.{}", project.slug)).to_owned(),
                problem: problems.of(&format!("amount.{}", project.slug)).unwrap_or_default(),
            }
        })
        .collect();
    in_drawn_order(&mut rows, booth.order, |row| &row.slug);
    let cap = booth.cycle.sheet.max_per_project;
    let words = Words {
        envelope: t.your_envelope().to_owned(),
        left: t.left().to_owned(),
        over: t.over().to_owned(),
        of: t.of_envelope("{envelope}"),
        take_back: t.take_back("{amount}"),
        all_spread: t.all_spread().to_owned(),
        total: t.total_spread("{amount}", "{envelope}"),
        less: t.less_for("{title}"),
        more: t.more_for("{title}"),
        amount_for: t.amount_for("{title}"),
        spread_rest: t.spread_rest().to_owned(),
        spread_rest_hint: t.spread_rest_hint().to_owned(),
        draft: t.draft_found().to_owned(),
        not_an_amount: t.not_an_amount("{typed}"),
        negative: t.negative("{title}"),
        not_a_step: t.not_a_step("{title}", &t.money(booth.cycle.sheet.step, currency)),
        over_cap: cap.map_or_else(String::new, |cap| t.over_cap("{title}", &t.money(cap, currency))),
        start_afresh: t.start_afresh().to_owned(),
    };
    Allocation {
        rows,
        envelope_minor: booth.cycle.sheet.envelope.get(),
        step_minor: booth.cycle.sheet.step.get(),
        cap_minor: cap.map(Minor::get),
        draft: booth.draft.clone(),
        // What was put here is newer than any draft; what the visitor sent may have been changed since.
        is_draft_older: matches!(step, Some(Step::Receipt | Step::Rest)),
        money: t.money_format(currency),
        problem: problems.of("allocator"),
        words,
    }
}

const FALLBACKS: [Fallback; 3] = [Fallback::Others, Fallback::Everyone, Fallback::Back];

/// Whether the rule asks what becomes of money that a project cannot use.
#[must_use]
pub fn asks_fallback(cycle: &Cycle) -> bool {
    matches!(cycle.sheet.rule, Rule::Transfer { .. })
}

/// What becomes of money that a project cannot use, in words.
#[must_use]
pub fn fallback_words(t: Text, fallback: Fallback) -> &'static str {
    match fallback {
        Fallback::Others => t.fallback_others(),
        Fallback::Everyone => t.fallback_everyone(),
        Fallback::Back => t.fallback_back(),
    }
}

/// What becomes of money that a project cannot use: the usual answer is chosen, as most never need another.
fn fallback_choice(t: Text, form: &Fields) -> impl IntoView + use<> {
    let chosen = Fallback::from_str(form.get("fallback")).unwrap_or_default();
    let choices = FALLBACKS.map(|fallback| {
        let (value, id) = (fallback.as_str(), format!("fallback-{}", fallback.as_str()));
        view! {
            <div class="choice">
                <input type="radio" name="fallback" id=id.clone() value=value checked={fallback == chosen}/>
                <label for=id>{fallback_words(t, fallback)}</label>
            </div>
        }
    });
    view! {
        <fieldset class="choices" id="fallback">
            <legend>{t.fallback_question()}</legend>
            <p class="meta">{t.fallback_hint()}</p>
            {choices.collect_view()}
        </fieldset>
    }
}

/// What money is called that is not spread, and where it goes where that name does not say it.
#[must_use]
pub fn not_spread(t: Text, cycle: &Cycle) -> (&'static str, Option<&'static str>) {
    match cycle.sheet.rule {
        Rule::Direct | Rule::CubeRoot | Rule::Transfer { end: End::Keep, .. } => {
            (t.not_spread(), Some(t.not_spread_goes()))
        }
        Rule::Transfer { end: End::Fill, .. }
        | Rule::EqualShares { .. }
        | Rule::Greedy { .. }
        | Rule::Phragmen => (t.not_spread_common(), None),
    }
}

/// A ballot that can be recorded, once its citizen has looked at it.
pub struct Choices<'a> {
    /// Project place and amount.
    pub lines: &'a [(u16, Minor)],
    /// What becomes of money that a project cannot use.
    pub fallback: Fallback,
    /// Whether another version was recorded since these were shown for checking.
    pub overtaken: bool,
}

/// The line of "check your choices" that says what becomes of money that a project cannot use.
fn fallback_chosen(t: Text, fallback: Fallback) -> impl IntoView + use<> {
    view! {
        <div>
            <dt>{t.fallback_question()}</dt>
            <dd>{fallback_words(t, fallback)}</dd>
            <dd class="summary-list__actions">
                <button class="link-button" name="change" value="fallback">
                    {t.change()}<span class="visually-hidden">" "{t.fallback_question()}</span>
                </button>
            </dd>
        </div>
    }
}

/// Which version these choices would replace, and whether it came while they were being checked.
fn replaces(t: Text, booth: &Booth, overtaken: bool) -> Option<AnyView> {
    let version = t.number(booth.version?.unsigned_abs());
    Some(if overtaken {
        alert(Tone::Warning, view! { <p>{t.newer_version(&version)}</p> }).into_any()
    } else {
        view! { <p>{t.replaces_version(&version)}</p> }.into_any()
    })
}

/// Check your choices: nothing is recorded until they are confirmed. `submission` marks this form.
pub fn check(visit: &Visit, booth: &Booth, choices: &Choices<'_>, submission: String) -> Response {
    let t = visit.text;
    let Choices { lines, fallback, overtaken } = *choices;
    let currency = booth.cycle.currency.as_str();
    let given: Minor = lines.iter().map(|(_, amount)| *amount).sum();
    let rest = booth.cycle.sheet.envelope - given;
    let mut in_order: Vec<_> = chosen(booth, lines).collect();
    in_drawn_order(&mut in_order, booth.order, |(project, _)| &project.slug);
    let items = in_order
        .into_iter()
        .map(|(project, sum)| {
            view! {
                <div>
                    <dt>{said(t, &project.title)}</dt>
                    <dd>{amount(t, sum, currency)}</dd>
                    <dd class="summary-list__actions">
                        <button class="link-button" name="change" value=project.slug.clone()>
                            {t.change()}<span class="visually-hidden">" "{t.said(&project.title).to_owned()}</span>
                        </button>
                    </dd>
                </div>
            }
        })
        .collect_view();
    let typed = t.money_format(currency);
    let hidden = chosen(booth, lines)
        .map(|(project, sum)| {
            view! { <input type="hidden" name=format!("amount.{}", project.slug) value=typed.typed(sum.get())/> }
        })
        .collect_view();
    let (not_spread, goes) = not_spread(t, &booth.cycle);
    let goes = goes.filter(|_| rest > Minor::ZERO).map(|words| view! { <p class="meta">{words}</p> });
    let asked = asks_fallback(&booth.cycle);
    let fallback_sent =
        asked.then(|| view! { <input type="hidden" name="fallback" value=fallback.as_str()/> });
    let fallback = asked.then(|| fallback_chosen(t, fallback));
    Page::new(visit, t.check_choices()).of_cycle(&booth.town, &booth.cycle).narrow().show(|| {
        view! {
            {back_link(format!("{}/ballot", booth.base()), t.my_choices().to_owned())}
            <form class="stack" method="post" action=format!("{}/ballot/confirm", booth.base())>
                {hidden}
                {fallback_sent}
                <input type="hidden" name="submission" value=submission/>
                <input type="hidden" name="version" value=booth.version.unwrap_or(0).to_string()/>
                <h1>{t.check_choices()}</h1>
                <p class="lede">{t.nothing_recorded_yet()}</p>
                {replaces(t, booth, overtaken)}
                <dl class="summary-list">
                    {items}
                    <div>
                        <dt>{not_spread}</dt>
                        <dd>{amount(t, rest, currency)}</dd>
                        <dd class="summary-list__actions">
                            <button class="link-button" name="change" value="rest">
                                {t.change()}<span class="visually-hidden">" "{not_spread}</span>
                            </button>
                        </dd>
                    </div>
                    {fallback}
                </dl>
                {goes}
                <p class="cluster"><button class="button" name="confirm" value="yes">{t.confirm()}</button></p>
            </form>
        }
        .into_any()
    })
}

fn chosen<'a>(booth: &'a Booth, lines: &'a [(u16, Minor)]) -> impl Iterator<Item = (&'a Project, Minor)> {
    lines.iter().filter_map(|(place, amount)| Some((booth.projects.get(usize::from(*place))?, *amount)))
}

/// Voting is closed, or not open yet: nothing was recorded, and what was chosen is still here to read.
pub fn closed(visit: &Visit, booth: &Booth, lines: &[(u16, Minor)]) -> Response {
    let t = visit.text;
    let later = booth.cycle.phase.is_editable();
    let (title, body) = match (later, booth.cycle.nature) {
        (_, store::cycle::Nature::Import) => (t.closed_title(), t.import_body().to_owned()),
        (true, _) => (t.not_open_title(), t.opens_later().to_owned()),
        (false, _) => {
            let since = booth.cycle.closed_at.unwrap_or(booth.cycle.closes_at);
            let since = t.moment(since, &booth.town.time_zone);
            let body = if lines.is_empty() { t.closed_to_readers(&since) } else { t.closed_body(&since) };
            (t.closed_title(), body)
        }
    };
    let kept = (!lines.is_empty()).then(|| {
        let items = chosen(booth, lines)
            .map(|(project, sum)| view! { <li>{said(t, &project.title)}" : "{amount(t, sum, &booth.cycle.currency)}</li> })
            .collect_view();
        view! { <h2>{t.not_recorded()}</h2><ul>{items}</ul> }
    });
    Page::new(visit, title).of_cycle(&booth.town, &booth.cycle).status(StatusCode::CONFLICT).narrow().show(
        || {
            view! {
                <h1>{title}</h1>
                <p class="lede">{body}</p>
                {kept}
                <p><a class="button" href=booth.base()>{t.see_cycle()}</a></p>
            }
            .into_any()
        },
    )
}
