//! What of a cycle or project is shown away from its pages: in embedded charts, share pictures and answers to oEmbed.
//!
//! One value, so that they say the same. Before the results are out it holds none of them.

use super::catalogue::Entry;
use crate::access::{House, Visit};
use crate::error::Error;
use crate::pages::Page;
use crate::share::Picture;
use crate::text::Text;
use jiff::Timestamp;
use std::cmp::Reverse;
use store::cycle::{Cycle, Nature};
use store::municipality::Municipality;
use store::outcome::Counted;
use store::project::Project;
use tally::outcome::ProjectOutcome;

/// A cycle with what may be told of it now.
pub(super) struct Shown {
    pub(super) town: Municipality,
    pub(super) cycle: Cycle,
    /// Its result, once it is out: the latest version, or the one that was asked for.
    pub(super) counted: Option<Counted>,
    /// The number of the latest version.
    pub(super) latest: Option<i64>,
    /// Those that receive most first; before the results, by their slugs.
    pub(super) projects: Vec<Project>,
}

impl Shown {
    /// A cycle that the public may know of.
    pub(super) async fn read(house: &House, town: &str, cycle: &str, now: Timestamp) -> Result<Self, Error> {
        let (town, cycle) = house.public_cycle(town, cycle, now).await?.ok_or(Error::NotFound)?;
        let projects = store::project::of_cycle(&house.db, &cycle.cycle_id).await?;
        Self::of(house, (town, cycle), projects, now).await
    }

    /// The same with a version of its result that stays what it is, whatever is corrected later.
    pub(super) async fn read_version(
        house: &House,
        (town, cycle, version): (&str, &str, i64),
        now: Timestamp,
    ) -> Result<Self, Error> {
        let mut shown = Self::read(house, town, cycle, now).await?;
        let counted = store::outcome::version(&house.db, &shown.cycle, version, now).await?;
        shown.counted = Some(counted.ok_or(Error::NotFound)?);
        shown.sort();
        Ok(shown)
    }

    /// The same of a cycle whose projects were read already.
    pub(super) async fn of(
        house: &House,
        (town, cycle): (Municipality, Cycle),
        projects: Vec<Project>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let counted = store::outcome::published(&house.db, &cycle, now).await?;
        let latest = counted.as_ref().map(|counted| counted.version);
        let mut shown = Self { town, cycle, counted, latest, projects };
        shown.sort();
        Ok(shown)
    }

    fn sort(&mut self) {
        let mut projects = std::mem::take(&mut self.projects);
        let received = |project: &Project| self.outcome_of(project).map(|of| of.received_minor);
        projects.sort_by_cached_key(|project| (Reverse(received(project)), project.slug.clone()));
        self.projects = projects;
    }

    /// What became of a project, once that is out.
    pub(super) fn outcome_of(&self, project: &Project) -> Option<&ProjectOutcome> {
        let outcomes = &self.counted.as_ref()?.outcome.projects;
        outcomes.iter().find(|of| of.id == project.count_id)
    }

    /// The project of this slug.
    pub(super) fn project(&self, slug: &str) -> Result<&Project, Error> {
        self.projects.iter().find(|project| project.slug == slug).ok_or(Error::NotFound)
    }

    /// The path of its page.
    pub(super) fn base(&self) -> String {
        format!("/{}/{}", self.town.slug, self.cycle.slug)
    }

    /// The path of the version that is shown, which stays.
    pub(super) fn permanent(&self) -> Option<String> {
        let version = self.counted.as_ref()?.version;
        Some(format!("{}/results/v{version}", self.base()))
    }

    /// In a sentence: the answer, or where the cycle stands.
    pub(super) fn says(&self, t: Text, now: Timestamp) -> String {
        let Some(counted) = &self.counted else {
            let projects = t.projects(self.projects.len() as u64);
            let envelope = t.money_short(self.cycle.sheet.envelope, &self.cycle.currency);
            let when = super::when_at(t, &self.town, &self.cycle, now);
            return match self.cycle.nature {
                Nature::Import => format!("{projects}. {when}"),
                Nature::Practice | Nature::Real => format!("{} {when}", t.cycle_lede(&projects, &envelope)),
            };
        };
        let funded = counted.outcome.projects.iter().filter(|of| of.received_minor.get() > 0).count();
        let all = t.number(self.projects.len() as u64);
        let funded = t.funded_of(funded as u64).replace("{all}", &all);
        let sum = t.money_short(counted.outcome.funded_minor, &self.cycle.currency);
        let voters = t.voters(counted.outcome.ballots.into());
        format!("{funded} {}", t.with_sum(&sum, &voters))
    }

    /// The same of one project: what it asks, or what it receives of that.
    pub(super) fn says_of(&self, t: Text, project: &Project) -> String {
        let money = |minor| t.money_short(minor, &self.cycle.currency);
        match self.outcome_of(project) {
            Some(of) => t.euros_received(&money(of.received_minor), &money(project.ceiling)),
            None => t.asks_sum(&money(project.ceiling)),
        }
    }

    /// The picture of its pages.
    pub(super) fn picture(&self, t: Text, now: Timestamp) -> Picture {
        let part = |minor: tally::Minor| u64::try_from(minor.get()).unwrap_or(0);
        let outcome = self.counted.as_ref().map(|counted| &counted.outcome);
        Picture {
            above: self.town.name.clone(),
            title: t.said(&self.cycle.title).to_owned(),
            says: self.says(t, now),
            bar: outcome.map(|outcome| (part(outcome.funded_minor), part(outcome.purse_minor))),
            ..self.blank(t)
        }
    }

    /// The picture of a project's page.
    pub(super) fn picture_of(&self, t: Text, project: &Project) -> Picture {
        let part = |minor: tally::Minor| u64::try_from(minor.get()).unwrap_or(0);
        Picture {
            above: format!("{} · {}", self.town.name, t.said(&self.cycle.title)),
            title: t.said(&project.title).to_owned(),
            says: self.says_of(t, project),
            bar: self.outcome_of(project).map(|of| (part(of.received_minor), part(project.ceiling))),
            ..self.blank(t)
        }
    }

    fn blank(&self, t: Text) -> Picture {
        blank(t, &self.town)
    }
}

/// The page of a result, with all that others show and read of it: its picture, its chart, its data.
pub(super) async fn told<'a>(
    page: Page<'a>,
    visit: &Visit,
    town: &Municipality,
    cycle: &Cycle,
) -> Result<Page<'a>, Error> {
    let projects = store::project::of_cycle(visit.db(), &cycle.cycle_id).await?;
    let shown = Shown::of(&visit.house, (town.clone(), cycle.clone()), projects, visit.now).await?;
    let base = shown.base();
    let feed = format!("{base}/feed.xml?language={}", visit.text.language.tag());
    let page = page.shared_as(&shown.picture(visit.text, visit.now), &base).embeddable(base).feed(feed);
    let entry = Entry::of_cycle(&visit.house, town, &cycle.cycle_id).await?;
    Ok(match entry {
        Some(entry) => page.linked(entry.to_schema_org(&visit.house.public_url)),
        None => page,
    })
}

/// The picture of a town's page.
pub(super) fn picture_of_town(t: Text, town: &Municipality, cycles: &[Cycle]) -> Picture {
    let titles: Vec<_> = cycles.iter().take(4).map(|cycle| t.said(&cycle.title)).collect();
    let says = if titles.is_empty() { t.no_cycles().to_owned() } else { t.share_town(&titles.join(" · ")) };
    Picture { title: town.name.clone(), says, ..blank(t, town) }
}

fn blank(t: Text, town: &Municipality) -> Picture {
    Picture {
        language: t.language,
        accent: town.accent.as_ref().and_then(|accent| accent.parse().ok()),
        above: String::new(),
        title: String::new(),
        says: String::new(),
        bar: None,
    }
}
