//! Times the count, and nothing else: no assertion here, so that a slow machine fails nothing.
//!
//! Started by `cargo xtask bench`, one process for each figure, since the most memory that was held is a figure too. Every
//! mode prints one line of JSON. Elections that are not files are made from a seed: the popularity of projects follows a
//! power law, and ballots split 20.00 in whole units over 1 to 9 of 100 projects, five on average.

#![expect(clippy::unwrap_used, reason = "a benchmark fails where it panics")]
#![expect(clippy::disallowed_methods, reason = "time is what this measures; no rule depends on it")]

use std::fs::File;
use std::hint::black_box;
use std::io::BufReader;
use std::path::Path;
use std::time::{Duration, Instant};

use rand::Rng;
use rand::SeedableRng;
use rand::distr::{Distribution, weighted::WeightedIndex};
use rand_chacha::ChaCha12Rng;
use rayon::ThreadPoolBuilder;
use serde_json::{Map, Value, json};
use tally::format::pabulib::{self, Leniency, Pabulib};
use tally::rule_sheet::{Purse, Rule, Terms};
use tally::{Ballots, Election, Fallback, Minor, Project, RuleSheet, count};

const POINT: Minor = Minor::new(100);
const PROJECTS: usize = 100;
const SEED: u64 = 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let figures = match arguments[..] {
        ["file", path, rule] => file(Path::new(path), rule),
        ["scale", ballots, rule] => scale(ballots.parse().unwrap(), rule),
        // For callgrind, which is told to look at `tally::rule::count` only.
        ["once", ballots, rule] => once(ballots.parse().unwrap(), rule),
        _ => json!({"usage": "file PATH RULE | scale BALLOTS RULE | once BALLOTS RULE"}),
    };
    println!("{figures}");
}

/// The rule `name` or `name:option=value,…`.
fn rule(text: &str) -> Rule {
    let (name, options) = text.split_once(':').unwrap_or((text, ""));
    let options = options.split(',').filter_map(|option| option.split_once('='));
    let value = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    Rule::new(name, options.map(|(key, text)| (key.to_owned(), value(text))).collect::<Map<_, _>>()).unwrap()
}

fn read(path: &Path) -> Pabulib {
    pabulib::read(BufReader::with_capacity(1 << 16, File::open(path).unwrap()), Leniency::Lenient).unwrap()
}

/// The least time of several runs: two, and up to fifty as long as they take two seconds together.
fn least<T>(mut run: impl FnMut() -> T) -> Duration {
    let begun = Instant::now();
    let mut least = Duration::MAX;
    let mut runs = 0;
    while runs < 2 || begun.elapsed() < Duration::from_secs(2) && runs < 50 {
        let start = Instant::now();
        black_box(run());
        least = least.min(start.elapsed());
        runs += 1;
    }
    least
}

fn file(path: &Path, rule_text: &str) -> Value {
    let job = || {
        let pb = read(path);
        let sheet = pb.rule_sheet(POINT).unwrap();
        let sheet = RuleSheet::new(Terms { rule: rule(rule_text), ..(*sheet).clone() }).unwrap();
        (pb.election(POINT).unwrap(), sheet)
    };
    let (election, sheet) = job();
    let reading = least(|| read(path));
    let merging = least(|| election.ballots().merged());
    let merged = Election::new(election.projects().to_vec(), election.ballots().merged(), None).unwrap();
    let outcome = count(&election, &sheet).unwrap();
    json!({
        "ballots": election.ballots().len(),
        "distinct": merged.ballots().rows(),
        "projects": election.projects().len(),
        "read_s": reading.as_secs_f64(),
        "merge_s": merging.as_secs_f64(),
        "rule_s": least(|| count(&election, &sheet).unwrap()).as_secs_f64(),
        "rule_merged_s": least(|| count(&merged, &sheet).unwrap()).as_secs_f64(),
        "job_s": least(|| { let (election, sheet) = job(); count(&election, &sheet).unwrap() }).as_secs_f64(),
        "winners": outcome.winners().collect::<Vec<_>>(),
    })
}

/// A town of so many ballots.
fn town(ballots: u32) -> Election {
    let mut chance = ChaCha12Rng::seed_from_u64(SEED);
    let popularity: Vec<u32> = (1..=100_u32).map(|rank| 1_000_000 / rank).collect();
    let popular = WeightedIndex::new(popularity).unwrap();
    // Two hundredths to spare: a column that has to grow doubles, and that would be the most memory of all.
    let mut columns = Ballots::with_capacity(ballots as usize, ballots as usize * 51 / 10 + 100);
    let mut lines: Vec<(u16, Minor)> = Vec::new();
    for _ in 0..ballots {
        lines.clear();
        let wanted = chance.random_range(1..=9);
        while lines.len() < wanted {
            let project = u16::try_from(popular.sample(&mut chance)).unwrap();
            if lines.iter().all(|&(other, _)| other != project) {
                lines.push((project, Minor::new(100)));
            }
        }
        for _ in wanted..20 {
            let line = chance.random_range(0..wanted);
            lines[line].1 = lines[line].1 + Minor::new(100);
        }
        columns.push(&lines, Fallback::Others).unwrap();
    }
    let mean = i64::from(ballots) * 2000 / 100;
    let projects = (0..PROJECTS).map(|p| {
        let ceiling = Minor::new(mean * chance.random_range(50..400) / 100);
        Project::new(p.to_string(), Minor::new(ceiling.get() / 2), ceiling, None).unwrap()
    });
    let projects = projects.collect();
    Election::new(projects, columns, None).unwrap()
}

fn sheet(rule_text: &str) -> RuleSheet {
    RuleSheet::new(Terms { purse: Purse::Ballots, ..Terms::usual(rule(rule_text)) }).unwrap()
}

fn lines(election: &Election) -> usize {
    election.ballots().iter().map(|ballot| ballot.lines().len()).sum()
}

/// One plain pass over the same columns, by one thread.
fn pass(election: &Election) -> Vec<i64> {
    let mut sums = vec![0; PROJECTS];
    for ballot in election.ballots().iter() {
        for (project, amount) in ballot.lines() {
            sums[usize::from(project)] += amount.get();
        }
    }
    sums
}

fn scale(ballots: u32, rule_text: &str) -> Value {
    let election = town(ballots);
    let made_bytes = peak_bytes();
    let sheet = sheet(rule_text);
    let passing = least(|| pass(&election));
    let counting = least(|| count(&election, &sheet).unwrap());
    json!({
        "ballots": ballots,
        "lines": lines(&election),
        "threads": rayon::current_num_threads(),
        "pass_s": passing.as_secs_f64(),
        "rule_s": counting.as_secs_f64(),
        "made_bytes": made_bytes,
        "peak_bytes": peak_bytes(),
    })
}

/// On one thread, which is the only one whose instructions are counted.
fn once(ballots: u32, rule_text: &str) -> Value {
    let (election, sheet) = (town(ballots), sheet(rule_text));
    let thread = ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let outcome = thread.install(|| count(&election, &sheet)).unwrap();
    json!({"ballots": ballots, "lines": lines(&election), "funded_minor": outcome.funded_minor})
}

/// The most memory that this process has had.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib =
        line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|kib| kib.trim().parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
