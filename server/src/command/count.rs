//! `ecot count`: a `.pb` file under one rule or several, told in words, tables or JSON; or a closed cycle, whose outcome
//! is kept.

mod shown;

use super::import::read_file;
use crate::config::Storage;
use crate::failure::Failure;
use app::access::House;
use app::text::Language;
use indicatif::ProgressBar;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::cycle::Cycle;
use store::municipality::Municipality;
use store::outcome::Counting;
use tally::format::pabulib::{self, Pabulib};
use tally::rule_sheet::{Rule, RuleSheet, Terms};
use tally::{Minor, Outcome, compare, count};

/// A point of a file, which may be worth as much as the town likes: ballots weigh alike in a fixed purse.
const POINT: Minor = Minor::new(100);

/// Count.
#[derive(clap::Args)]
pub(super) struct Count {
    /// A Pabulib .pb file. Without it: a closed cycle, by --town and --cycle
    file: Option<PathBuf>,
    /// The rule for the file: direct, transfer, equal-shares, greedy, phragmen or cube-root, with options after a colon
    /// (`transfer:order=excess,end=fill`). Without it, the city's own: greedy with the file's threshold. Several with
    /// commas between them, or given again, are compared
    #[arg(long, value_name = "RULE", conflicts_with = "rule_sheet")]
    rule: Vec<String>,
    /// An option of the rule, such as order=excess, move=minimal, end=fill, utility=cost, completion=add1, threshold=25;
    /// amounts in the file's currency, thresholds in points
    #[arg(long, value_name = "NAME=VALUE", requires = "rule")]
    option: Vec<String>,
    /// Count by this rule sheet
    #[arg(long, value_name = "FILE")]
    rule_sheet: Vec<PathBuf>,
    /// Compare rules: those given, or all
    #[arg(long)]
    compare: bool,
    /// Count what is valid in a faulty file, and list the rest
    #[arg(long)]
    lenient: bool,
    /// Print the whole outcome as JSON
    #[arg(long, conflicts_with = "table")]
    json: bool,
    /// Print only the table, without a reason for each project
    #[arg(long)]
    table: bool,
    /// Print every round too
    #[arg(long)]
    rounds: bool,
    /// Write outcome.json, rule_sheet.json and election.pb into this folder; of one rule only
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// The language of reasons: fr, en or ar
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// The town's slug
    #[arg(long, requires = "cycle", conflicts_with = "file")]
    town: Option<String>,
    /// The cycle's slug
    #[arg(long, requires = "town")]
    cycle: Option<String>,
    #[command(flatten)]
    storage: Storage,
}

pub(super) fn language(tag: &str) -> Result<Language, String> {
    Language::parse(tag).ok_or_else(|| Language::ALL.map(Language::tag).join(", "))
}

impl Count {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match (&self.file, &self.town, &self.cycle) {
            (Some(file), ..) => self.count_file(file),
            (None, Some(town), Some(cycle)) => {
                let house = self.storage.house(true).await?;
                let (town, cycle) = cycle_at(&house, town, cycle).await?;
                keep(&house, &cycle).await?;
                println!(
                    "{}/{} is counted. The outcome stays hidden until an officer publishes it, at /office/{}/{}.",
                    town.slug, cycle.slug, town.slug, cycle.slug
                );
                Ok(())
            }
            _ => Err(Failure::Input("give a .pb file, or --town and --cycle. See ecot count --help".into())),
        }
    }

    fn count_file(&self, file: &Path) -> Result<(), Failure> {
        let busy = busy(&format!("reading {}", file.display()));
        let pb = read_file(file, self.lenient)?;
        let election = pb.election(POINT).map_err(input)?;
        let sheets = self.sheets(&pb)?;
        busy.set_message(format!("counting {} ballots", election.ballots().len()));
        if self.compare || sheets.len() > 1 {
            if self.out.is_some() {
                return Err(Failure::Input(
                    "--out is for one rule; leave out --compare and the others".into(),
                ));
            }
            let comparison = compare(&election, &sheets).map_err(input)?;
            busy.finish_and_clear();
            if self.json {
                return print_json(&comparison);
            }
            shown::comparison(&pb, &sheets, &comparison, self.lang);
            return Ok(());
        }
        let sheet = &sheets[0];
        let outcome = count(&election, sheet).map_err(input)?;
        busy.finish_and_clear();
        if let Some(folder) = &self.out {
            write_out(folder, &pb, sheet, &outcome)?;
        }
        if self.json {
            return print_json(&outcome);
        }
        shown::outcome(
            &shown::Shown { pb: &pb, sheet, outcome: &outcome, lang: self.lang },
            !self.table,
            self.rounds,
        );
        Ok(())
    }

    /// One sheet for each rule that was asked for; at least one.
    fn sheets(&self, pb: &Pabulib) -> Result<Vec<RuleSheet>, Failure> {
        if !self.rule_sheet.is_empty() {
            return self.rule_sheet.iter().map(|path| read_sheet(path)).collect();
        }
        let base = pb.rule_sheet(POINT).map_err(input)?;
        let mut rules = self.rule.iter().flat_map(|list| split_rules(list)).collect::<Vec<_>>();
        if rules.is_empty() && self.compare {
            rules = Rule::NAMES.map(str::to_owned).to_vec();
        }
        if rules.is_empty() {
            return Ok(vec![base]);
        }
        rules.iter().map(|rule| with_rule(&base, rule, &self.option)).collect()
    }
}

/// Splits `a:x=1,y=2,b` at the commas that begin another rule.
fn split_rules(list: &str) -> Vec<String> {
    list.split(',').fold(Vec::new(), |mut rules: Vec<String>, part| {
        match rules.last_mut() {
            Some(rule) if part.contains('=') && !part.contains(':') => {
                rule.push(',');
                rule.push_str(part);
            }
            _ => rules.push(part.to_owned()),
        }
        rules
    })
}

/// The sheet with another rule, its options after a colon and in `more`. `greedy` keeps the file's own where it is not
/// told otherwise.
pub(super) fn with_rule(sheet: &RuleSheet, rule: &str, more: &[String]) -> Result<RuleSheet, Failure> {
    let (name, own) = rule.split_once(':').unwrap_or((rule, ""));
    if !Rule::NAMES.contains(&name) {
        let names = Rule::NAMES.join(", ");
        return Err(Failure::Input(format!("there is no rule {name:?}; the rules are {names}")));
    }
    let mut options = if name == sheet.rule.name() { sheet.rule.options() } else { serde_json::Map::new() };
    for option in own.split(',').filter(|option| !option.is_empty()).chain(more.iter().map(String::as_str)) {
        let (key, value) = option
            .split_once('=')
            .ok_or_else(|| Failure::Input(format!("{option:?} is no option; write NAME=VALUE")))?;
        options.insert(key.to_owned(), option_value(key, value)?);
    }
    let takes_none = Rule::new(name, serde_json::Map::new()).is_ok_and(|usual| usual.options().is_empty());
    if takes_none && !options.is_empty() {
        return Err(Failure::Input(format!("{name} has no options")));
    }
    let rule = Rule::new(name, options).map_err(|error| Failure::Input(format!("{name}: {error}")))?;
    RuleSheet::new(Terms { rule, ..(**sheet).clone() }).map_err(input)
}

/// Amounts are typed in whole units, everything else as it stands in a rule sheet, which knows what it may be.
fn option_value(key: &str, value: &str) -> Result<serde_json::Value, Failure> {
    Ok(match (key, value) {
        ("threshold" | "unit", amount) => app::money::parse(amount)
            .ok_or_else(|| Failure::Input(format!("{key} cannot be {amount:?}; write an amount")))?
            .into(),
        ("skip" | "exhaustive_stop", "true") => true.into(),
        ("skip" | "exhaustive_stop", "false") => false.into(),
        ("skip" | "exhaustive_stop", other) => {
            return Err(Failure::Input(format!("{key} is true or false, and cannot be {other:?}")));
        }
        (_, word) => word.into(),
    })
}

fn read_sheet(path: &Path) -> Result<RuleSheet, Failure> {
    let shown = path.display();
    let json =
        fs::read_to_string(path).map_err(|error| Failure::Input(format!("cannot read {shown}: {error}")))?;
    RuleSheet::from_json(&json).map_err(|error| Failure::Input(format!("{shown}: {error}")))
}

/// Everything that a recount needs, and what it gave.
fn write_out(folder: &Path, pb: &Pabulib, sheet: &RuleSheet, outcome: &Outcome) -> Result<(), Failure> {
    let failed = |path: &Path, error: std::io::Error| Failure::Input(format!("{}: {error}", path.display()));
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let json = serde_json::to_string_pretty(outcome)
        .map_err(|error| Failure::trouble("cannot write the outcome", error))?;
    let mut election = Vec::new();
    pabulib::write(pb, &mut election)
        .map_err(|error| Failure::trouble("cannot write the election", error))?;
    let files = [
        ("outcome.json", json.into_bytes()),
        ("rule_sheet.json", sheet.to_canonical_json().into_bytes()),
        ("election.pb", election),
    ];
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

pub(super) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let json =
        serde_json::to_string_pretty(value).map_err(|error| Failure::trouble("cannot print", error))?;
    println!("{json}");
    Ok(())
}

fn input(error: impl std::fmt::Display) -> Failure {
    Failure::Input(error.to_string())
}

/// Says on a terminal what is being done.
pub(super) fn busy(what: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// The cycle at `town/slug`.
pub(super) async fn cycle_at(
    house: &House,
    town: &str,
    slug: &str,
) -> Result<(Municipality, Cycle), Failure> {
    let found = store::cycle::by_slug(&house.db, town, slug, house.now()).await?;
    found.ok_or_else(|| Failure::Input(format!("there is no cycle {town}/{slug} here")))
}

/// Counts a closed cycle and keeps the outcome.
pub(super) async fn keep(house: &House, cycle: &Cycle) -> Result<(), Failure> {
    let closed = store::cycle::closed(cycle.clone()).ok_or_else(|| {
        Failure::Input(format!("{} is not closed yet; nothing is counted before", cycle.slug))
    })?;
    match store::outcome::count(&house.db, &closed, house.now()).await? {
        Counting::Counted => Ok(()),
        Counting::Refused(error) => Err(Failure::Input(format!("the rule cannot count this cycle: {error}"))),
    }
}
