//! `ecot count`: a `.pb` file, shown as a table; or a closed cycle, whose outcome is kept.

use super::import::read_file;
use crate::config::Storage;
use crate::failure::Failure;
use app::access::House;
use app::text::{Language, Text};
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use store::cycle::Cycle;
use store::municipality::Municipality;
use store::outcome::Counting;
use tally::rule_sheet::{Rule, RuleSheet, Terms};
use tally::{Minor, Outcome, Status};

/// How ballots become an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RuleName {
    /// Every project receives what was given to it
    Direct,
    /// The most supported project first, while the money suffices
    Greedy,
}

/// Count.
#[derive(clap::Args)]
pub(super) struct Count {
    /// A Pabulib .pb file. Without it: a closed cycle, by --town and --cycle
    file: Option<PathBuf>,
    /// The rule for a file; `greedy` takes the file's own threshold
    #[arg(long, value_enum, default_value = "greedy")]
    rule: RuleName,
    /// Count what is valid in a faulty file, and list the rest
    #[arg(long)]
    lenient: bool,
    /// Print the whole outcome as JSON
    #[arg(long)]
    json: bool,
    /// The town's slug
    #[arg(long, requires = "cycle", conflicts_with = "file")]
    town: Option<String>,
    /// The cycle's slug
    #[arg(long, requires = "town")]
    cycle: Option<String>,
    #[command(flatten)]
    storage: Storage,
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
        let pb = read_file(file, self.lenient)?;
        let step = Minor::new(100);
        let sheet =
            with_rule(pb.rule_sheet(step).map_err(|error| Failure::Input(error.to_string()))?, self.rule);
        let election = pb.election(step).map_err(|error| Failure::Input(error.to_string()))?;
        let outcome = tally::count(&election, &sheet).map_err(|error| Failure::Input(error.to_string()))?;
        if self.json {
            let json = serde_json::to_string_pretty(&outcome)
                .map_err(|error| Failure::trouble("cannot print", error))?;
            println!("{json}");
            return Ok(());
        }
        print_table(&pb, &outcome);
        Ok(())
    }
}

/// The sheet with another rule; `greedy` keeps the options that the file gave it.
pub(super) fn with_rule(sheet: RuleSheet, rule: RuleName) -> RuleSheet {
    match rule {
        RuleName::Greedy => sheet,
        RuleName::Direct => RuleSheet::new(Terms { rule: Rule::Direct, ..(*sheet).clone() })
            .expect("a valid sheet stays valid under a rule without options"),
    }
}

fn print_table(pb: &tally::format::pabulib::Pabulib, outcome: &Outcome) {
    let t = Text::of(Language::En);
    let currency = pb.meta.get("currency").map_or("", String::as_str);
    let mut rows: Vec<_> = outcome.projects.iter().zip(&pb.projects).collect();
    rows.sort_by_key(|(project, _)| std::cmp::Reverse((project.received_minor, project.support_minor)));
    for (project, named) in rows {
        let status = match project.status {
            Status::Funded => "funded",
            Status::Partial => "partly funded",
            Status::Dropped => "dropped",
            Status::NotFunded => "not funded",
        };
        println!(
            "{status:13} {:>18}  {:>8} points {:>7} people  {} {}",
            t.money(project.received_minor, currency),
            t.number(project.given_minor.get().unsigned_abs() / 100),
            t.number(project.supporters.into()),
            project.id,
            named.name,
        );
    }
    println!(
        "{} of {} went to projects, {} returned; {} ballots.",
        t.money(outcome.funded_minor, currency),
        t.money(outcome.purse_minor, currency),
        t.money(outcome.returned_minor, currency),
        t.number(outcome.ballots.into()),
    );
}

/// The cycle at `town/slug`.
pub(super) async fn cycle_at(
    house: &House,
    town: &str,
    slug: &str,
) -> Result<(Municipality, Cycle), Failure> {
    let found = store::cycle::by_slug(&house.db, town, slug).await?;
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
