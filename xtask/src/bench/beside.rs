//! Our times beside those of the peers: the same files, in the same run, one process at a time, the least of several runs.
//!
//! The peers are measured as favourably as they offer: their fastest profile, floats, and seconds of processor time, so that
//! what else the machine does is not held against them. Ours is time by the clock, for the whole process too.
//!
//! pabutools merges equal ballots before the clock of its rule starts, so there it is compared with our rule on merged ballots
//! ("merged"); muoblpbindings takes them one by one, and is compared with our rule that merges by itself ("rule"). The
//! whole job includes everything on both sides, for us from the file to the winners.

#![expect(
    clippy::float_arithmetic,
    reason = "seconds and ratios, for people to read; nothing counts with them"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{CountOptions, build, figures};
use crate::command::{cargo, run, target};
use crate::machine;
use crate::peers::{program, real_elections};

/// The real elections of at least 15,000 ballots.
const FILES: [&str; 4] =
    ["Poland_Czestochowa_2020", "Poland_Katowice_2022", "Poland_Katowice_2021", "Poland_Lodz_2023"];

/// The whole job, from a file to winners, is to be so many times faster.
const JOB_GOAL: f64 = 100.0;

/// The same rule of ours and of a peer.
struct Case {
    rule: &'static str,
    peer: &'static str,
    peers_rule: &'static [&'static str],
    /// The rule alone is to be so many times faster.
    goal: f64,
}

const PABUTOOLS: &str = "pabutools";
const COMPILED: &str = "muoblpbindings";
const ADD1_COST: &str = "equal-shares:utility=cost,completion=add1,exhaustive_stop=true";
const ADD1_CARDINAL_COST: &str = "equal-shares:utility=cardinal-cost,completion=add1,exhaustive_stop=true";
const CSTV: &str = "transfer:order=ratio,move=eliminate,end=fill";

#[rustfmt::skip]
const CASES: [Case; 10] = [
    Case { rule: "greedy", peer: PABUTOOLS, peers_rule: &["greedy"], goal: 30.0 },
    Case { rule: "equal-shares", peer: PABUTOOLS, peers_rule: &["equal-shares"], goal: 30.0 },
    Case { rule: "equal-shares:completion=add1,exhaustive_stop=true", peer: PABUTOOLS, peers_rule: &["equal-shares", "--completion=add1"], goal: 30.0 },
    Case { rule: "phragmen", peer: PABUTOOLS, peers_rule: &["phragmen"], goal: 30.0 },
    Case { rule: CSTV, peer: PABUTOOLS, peers_rule: &["cstv", "--variant=EWTC"], goal: 1000.0 },
    Case { rule: CSTV, peer: "pabutools, our profile", peers_rule: &["cstv", "--variant=EWTC", "--profile=coins"], goal: 0.0 },
    Case { rule: "equal-shares:utility=cost", peer: COMPILED, peers_rule: &["equal-shares", "--compiled", "--utility=cost"], goal: 10.0 },
    Case { rule: "equal-shares:utility=cardinal-cost", peer: COMPILED, peers_rule: &["equal-shares", "--compiled", "--utility=cardinal-cost"], goal: 10.0 },
    Case { rule: ADD1_COST, peer: COMPILED, peers_rule: &["equal-shares", "--compiled", "--utility=cost", "--completion=add1"], goal: 10.0 },
    Case { rule: ADD1_CARDINAL_COST, peer: COMPILED, peers_rule: &["equal-shares", "--compiled", "--utility=cardinal-cost", "--completion=add1"], goal: 10.0 },
];

/// Prints the table, a row as soon as it is measured.
pub(super) fn print(options: &CountOptions) -> Result<()> {
    let files = real_elections()?.context("no real elections; set ECOT_DATA to their folder")?;
    let python = machine::python_with_peers()?;
    let bench = build(&["--release", "--package=tally"])?;
    run(&mut cargo(&["build", "--release", "--package=server"]))?;
    let files: Vec<PathBuf> = FILES
        .iter()
        .filter_map(|name| files.iter().find(|file| file.file_stem().is_some_and(|stem| stem == *name)))
        .take(if options.quick { 2 } else { FILES.len() })
        .cloned()
        .collect();
    let (mut goals, mut missed) = (0, 0);
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let reading = figures(Command::new(&bench).arg("file").arg(&file).arg("direct"))?;
        println!(
            "\n**{name}**: {} ballots, {} of them distinct, {} projects. Read by pabutools and by us as below.\n",
            reading["ballots"], reading["distinct"], reading["projects"]
        );
        println!(
            "| rule | peer | its read s | its rule s | its job s | our read ms | rule ms | merged ms | job ms | process ms | rule × | job × | process × | goals |"
        );
        println!("| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --- |");
        for case in &CASES {
            let measured = Measured {
                theirs: theirs(&python, &file, case, options.limit())?,
                ours: figures(Command::new(&bench).arg("file").arg(&file).arg(case.rule))?,
                process_s: process(&file, case.rule)?.as_secs_f64(),
                limit_s: options.limit().into(),
            };
            let verdicts = measured.row(case);
            goals += verdicts.len();
            missed += verdicts.iter().filter(|met| !**met).count();
        }
    }
    println!("\n{} of {goals} goals are met.", goals - missed);
    Ok(())
}

struct Measured {
    theirs: Value,
    ours: Value,
    process_s: f64,
    limit_s: f64,
}

impl Measured {
    /// Prints it, and says which goals are met.
    fn row(&self, case: &Case) -> Vec<bool> {
        let their = |name: &str| self.theirs[name].as_f64().unwrap_or(0.0);
        let our = |name: &str| self.ours[name].as_f64().unwrap_or(0.0);
        let finished = self.theirs["count"].is_number();
        let (rule_s, more) = if finished { (their("count"), "") } else { (self.limit_s, "> ") };
        let job_s = their("read") + their("prepare") + rule_s;
        let alike_s = our(if case.peer == COMPILED { "rule_s" } else { "rule_merged_s" });
        let (rule, job, process) = (rule_s / alike_s, job_s / our("job_s"), job_s / self.process_s);
        let mut verdicts = vec![("job", job, JOB_GOAL)];
        if case.goal > 0.0 {
            verdicts.push(("rule", rule, case.goal));
        }
        let missed: Vec<_> = verdicts
            .iter()
            .filter(|(_, ratio, goal)| ratio < goal)
            .map(|(what, _, goal)| format!("**{what} below {goal}**"))
            .collect();
        println!(
            "| {} | {} | {:.2} | {} | {more}{job_s:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.1} | {more}{rule:.0} | {more}{job:.0} | {more}{process:.0} | {} |",
            case.rule,
            case.peer,
            their("read"),
            if finished { format!("{rule_s:.3}") } else { format!("did not finish in {rule_s:.0}") },
            our("read_s") * 1e3,
            our("rule_s") * 1e3,
            our("rule_merged_s") * 1e3,
            our("job_s") * 1e3,
            self.process_s * 1e3,
            if missed.is_empty() { "met".to_owned() } else { missed.join(", ") },
        );
        verdicts.iter().map(|(_, ratio, goal)| ratio >= goal).collect()
    }
}

fn theirs(python: &Path, file: &Path, case: &Case, limit: u32) -> Result<Value> {
    let limit = format!("--limit={limit}");
    figures(
        program(python, "peers.py").arg("time").arg(file).args(case.peers_rule).args(["--repeat=3", &limit]),
    )
}

/// The least time of ten runs of the whole program, from its start to its end.
fn process(file: &Path, rule: &str) -> Result<Duration> {
    let mut least = Duration::MAX;
    for _ in 0..10 {
        let start = Instant::now();
        let status = Command::new(target().join("release/ecot"))
            .arg("count")
            .arg(file)
            .args(["--lenient", "--table", "--rule", rule])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        ensure!(status.success(), "ecot count {}: {status}", file.display());
        least = least.min(start.elapsed());
    }
    Ok(least)
}
