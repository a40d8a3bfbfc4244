//! `ecot import`: a real election from a Pabulib file becomes a town, a cycle, projects and ballots.
//!
//! Guesses nothing about the ballots; what the format does not say (a time zone, a currency) it takes from the country.

use super::count::{keep, with_rule};
use super::town::check_slug;
use crate::config::Storage;
use crate::failure::Failure;
use app::access::House;
use app::actions::project::slug_of;
use app::record;
use app::text::zone;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use store::Translated;
use store::cycle::{Closing, Cycle, Load, Loading, Nature, Phase};
use store::municipality::{Label, Municipality};
use store::project::{Kind, NewProject};
use tally::Minor;
use tally::bundle::Publication;
use tally::format::pabulib::{self, Leniency, Pabulib, PbProject};
use tally::rule_sheet::RuleSheet;

/// What every JSON reader takes exactly (RFC 8259 §6): 2^53.
const MOST_MINOR: i128 = 1 << 53;

/// Import a real election from a Pabulib .pb file.
///
/// Points become steps, costs become ceilings, the budget a fixed purse. Then close, count and publish it in the
/// office, as any other cycle, or all at once with --publish.
#[derive(clap::Args)]
pub(super) struct Import {
    /// The file (see pabulib.org/format)
    file: PathBuf,
    /// The town's slug; the town is added when it is new
    #[arg(long)]
    town: String,
    /// The cycle's slug
    #[arg(long)]
    cycle: String,
    /// What each voter could spread, in the file's currency, such as 21.00; a whole number of cents for each point.
    /// Without it a point is 1.00
    #[arg(long)]
    envelope: Option<String>,
    /// The rule to count by, with options after a colon; `greedy` takes the file's own threshold
    #[arg(long, default_value = "greedy")]
    rule: String,
    /// Import what is valid in a faulty file, and list the rest
    #[arg(long)]
    lenient: bool,
    /// Close, count and publish at once
    #[arg(long)]
    publish: bool,
    /// The address that visitors use, for the record of what is published
    #[arg(long, env = "ECOT_PUBLIC_URL", default_value = "")]
    public_url: String,
    #[command(flatten)]
    storage: Storage,
}

impl Import {
    pub(super) async fn run(self) -> Result<(), Failure> {
        check_slug("--town", &self.town)?;
        check_slug("--cycle", &self.cycle)?;
        let pb = read_file(&self.file, self.lenient)?;
        let sheet = with_rule(&self.sheet(&pb)?, &self.rule, &[])?;
        let election = pb.election(sheet.step).map_err(|error| Failure::Input(error.to_string()))?;
        // Before anything is written: what cannot be counted is not imported.
        tally::count(&election, &sheet).map_err(|error| Failure::Input(error.to_string()))?;
        let costs: i128 = pb.projects.iter().map(|project| i128::from(project.cost_minor.get())).sum();
        if costs > MOST_MINOR {
            return Err(Failure::Input("the costs add up to more than can be counted exactly".into()));
        }
        let public_url = self.public_url.trim_end_matches('/').into();
        let house = House { public_url, ..self.storage.house(true).await? };
        let town = town(&house, &self.town, &pb);
        let cycle = self.cycle_of(&house, &town, &pb, sheet);
        let projects = projects(&house, &pb);
        let bar = bar(u64::from(election.ballots().len()));
        let load = Load {
            town: &town,
            cycle: cycle.clone(),
            projects: &projects,
            roll: &[],
            participation: &[],
            ballots: election.ballots(),
        };
        let progress = |done: usize| bar.set_position(done as u64);
        let loading = store::cycle::load(&house.db, load, || house.token(), progress, house.now()).await?;
        bar.finish_and_clear();
        if loading == Loading::CycleExists {
            return Err(Failure::Input(format!(
                "there is a cycle {}/{} already; nothing was written",
                self.town, self.cycle
            )));
        }
        println!(
            "{}: {} ballots and {} projects are now the cycle {}/{}.",
            self.file.display(),
            election.ballots().len(),
            projects.len(),
            self.town,
            self.cycle
        );
        if self.publish {
            publish(&house, &town, &cycle).await?;
            println!("It is closed, counted and published: see /{}/{}/results.", self.town, self.cycle);
        } else {
            println!(
                "Close, count and publish it at /office/{}/{}; for an officer of {}: ecot officer add.",
                self.town, self.cycle, self.town
            );
        }
        Ok(())
    }

    /// The rule sheet, with the step that makes the envelope what was asked.
    fn sheet(&self, pb: &Pabulib) -> Result<RuleSheet, Failure> {
        let of_step = |step| pb.rule_sheet(step).map_err(|error| Failure::Input(error.to_string()));
        let usual = of_step(Minor::new(100))?;
        let Some(envelope) = &self.envelope else { return Ok(usual) };
        let envelope_minor = app::money::parse(envelope).filter(|minor| *minor > 0).ok_or_else(|| {
            Failure::Input(format!("--envelope {envelope:?} is not an amount such as 21.00"))
        })?;
        let points = usual.envelope.get() / usual.step.get();
        if envelope_minor % points != 0 {
            return Err(Failure::Input(format!(
                "--envelope {envelope} cannot be shared into {points} points of whole cents; try a multiple of {points}"
            )));
        }
        of_step(Minor::new(envelope_minor / points))
    }

    fn cycle_of(&self, house: &House, town: &Municipality, pb: &Pabulib, sheet: RuleSheet) -> Cycle {
        let meta = |key: &str| pb.meta.get(key).map_or("", String::as_str);
        let day = |key: &str| date(meta(key)).and_then(|date| date.to_zoned(zone(&town.time_zone)).ok());
        let last = day("date_end").and_then(|day| day.end_of_day().ok()).map(|day| day.timestamp());
        let name = match meta("subunit") {
            "" => format!("{} {}", meta("unit"), meta("instance")),
            subunit => format!("{} – {subunit} {}", meta("unit"), meta("instance")),
        };
        let source = format!(
            "Pabulib (pabulib.org), {}, {}; vote_type: {}",
            self.file.file_name().unwrap_or_default().to_string_lossy(),
            meta("description"),
            meta("vote_type")
        );
        Cycle {
            cycle_id: house.id(),
            municipality_id: town.municipality_id.clone(),
            slug: self.cycle.clone(),
            title: Translated::new(language(meta("country")), name),
            intro: Translated::default(),
            nature: Nature::Import,
            source,
            phase: Phase::Allocating,
            currency: currency(meta("currency"), meta("country")).to_owned(),
            sheet,
            key_hash: None,
            closes_at: last.unwrap_or_else(|| house.now()),
            opened_at: day("date_begin").map(|day| day.timestamp()),
            closed_at: None,
            published_at: None,
            publication: Publication::Ballots,
            residents: None,
        }
    }
}

/// Reads a file, or says on which line it is wrong; what a lenient reading leaves out goes to standard error.
pub(super) fn read_file(path: &Path, lenient: bool) -> Result<Pabulib, Failure> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| Failure::Input(format!("cannot open {shown}: {error}")))?;
    let leniency = if lenient { Leniency::Lenient } else { Leniency::Strict };
    let pb = pabulib::read(BufReader::with_capacity(1 << 16, file), leniency).map_err(|error| {
        let hint = if lenient { "" } else { "\n--lenient counts what is valid and lists the rest" };
        Failure::Input(format!("{shown}: {error}{hint}"))
    })?;
    for warning in &pb.warnings {
        eprintln!("{shown}: {warning}");
    }
    Ok(pb)
}

/// Closes, counts and publishes, by the ways that the office goes.
async fn publish(house: &House, town: &Municipality, cycle: &Cycle) -> Result<(), Failure> {
    let now = house.now();
    match store::cycle::close(&house.db, &house.keys, &cycle.cycle_id, || house.token(), now).await? {
        Closing::Closed => {}
        Closing::NotOpen | Closing::TooEarly => {
            return Err(Failure::Trouble("the cycle could not be closed".into()));
        }
    }
    let closed = Cycle { phase: Phase::Counting, ..cycle.clone() };
    keep(house, &closed).await?;
    if record::publish(house, town, &closed, now).await? {
        Ok(())
    } else {
        Err(Failure::Trouble("the cycle could not be published".into()))
    }
}

fn town(house: &House, slug: &str, pb: &Pabulib) -> Municipality {
    let meta = |key: &str| pb.meta.get(key).map_or("", String::as_str);
    let country = meta("country");
    Municipality {
        municipality_id: house.id(),
        slug: slug.to_owned(),
        name: if meta("unit").is_empty() { slug.to_owned() } else { meta("unit").chars().take(60).collect() },
        country: if country.chars().count() < 2 {
            "--".to_owned()
        } else {
            country.chars().take(30).collect()
        },
        time_zone: time_zone(country).to_owned(),
        about: Translated::default(),
        help_phone: String::new(),
        help_mail: String::new(),
        help_desk: Translated::default(),
        accent: None,
    }
}

/// Projects under addresses made of their ids, which stay unique.
fn projects(house: &House, pb: &Pabulib) -> Vec<NewProject> {
    let meta = |key: &str| pb.meta.get(key).map_or("", String::as_str);
    let language = language(meta("country"));
    let decided = pb.projects.iter().any(|project| project.selected.is_some());
    let mut taken = HashSet::new();
    let mut project = |of: &PbProject| {
        let mut slug = slug_of(&of.id);
        if slug.is_empty() || slug == "new" {
            slug = "project".to_owned();
        }
        let mut again = 2;
        let first = slug.clone();
        while !taken.insert(slug.clone()) {
            slug = format!("{}-{again}", &first[..first.len().min(56)]);
            again += 1;
        }
        let label = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default();
            let slug = slug_of(text);
            (!slug.is_empty()).then(|| Label {
                label_id: house.id(),
                slug,
                name: Translated::new(language, text),
            })
        };
        let title = if of.name.is_empty() { of.id.as_str() } else { of.name.as_str() };
        NewProject {
            project_id: house.id(),
            slug,
            count_id: of.id.clone(),
            kind: Kind::Threshold,
            category: label(&of.category),
            district: label(if of.district.is_some() { &of.district } else { &of.subunit }),
            place_name: Translated::default(),
            point: None,
            holder: of.extra.get("proposer").cloned().unwrap_or_default(),
            floor: of.cost_minor,
            ceiling: of.cost_minor,
            title: Translated::new(language, title),
            summary: Translated::default(),
            body: Translated::default(),
            picture_svg: None,
            picture_alt: Translated::default(),
            budget: Vec::new(),
            official: decided.then_some(of.selected == Some(1)),
        }
    };
    pb.projects.iter().map(&mut project).collect()
}

fn bar(ballots: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} ballots, {eta} left");
    ProgressBar::new(ballots).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// `15.10.2019` or `2019-10-15` or `2019`.
fn date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split('.').collect();
    match parts[..] {
        [day, month, year] => Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok(),
        _ => text.parse().ok().or_else(|| Date::new(text.parse().ok()?, 12, 31).ok()),
    }
}

fn language(country: &str) -> &'static str {
    match country {
        "France" => "fr",
        "Poland" => "pl",
        "Switzerland" => "de",
        _ => "en",
    }
}

fn time_zone(country: &str) -> &'static str {
    match country {
        "France" => "Europe/Paris",
        "Poland" => "Europe/Warsaw",
        "Switzerland" => "Europe/Zurich",
        _ => "UTC",
    }
}

fn currency<'a>(given: &'a str, country: &str) -> &'a str {
    match (given.len() == 3 && given.bytes().all(|byte| byte.is_ascii_uppercase()), country) {
        (true, _) => given,
        (_, "Poland") => "PLN",
        (_, "Switzerland") => "CHF",
        _ => "EUR",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_files_write_them() {
        let expected = Some(Date::constant(2019, 10, 15));
        assert_eq!(date("15.10.2019"), expected);
        assert_eq!(date("2019-10-15"), expected);
        assert_eq!(date("2019"), Some(Date::constant(2019, 12, 31)));
        assert_eq!(date("soon"), None);
    }
}
