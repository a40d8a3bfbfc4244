//! Stages: each is announced, timed, and its failure shown where it happens; a table closes the run.

use std::fmt::{self, Display, Formatter};
use std::time::{Duration, Instant};

use anyhow::Result;

/// What was run so far.
#[derive(Default)]
pub(crate) struct Stages {
    ended: Vec<Stage>,
}

struct Stage {
    name: &'static str,
    took: Duration,
    passed: bool,
}

impl Stages {
    /// Runs a stage. `None` says that it failed, and that the reason has been shown.
    pub(crate) fn run<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        eprintln!("── {name}");
        let begun = Instant::now();
        let result = work();
        let took = begun.elapsed();
        match &result {
            Ok(_) => eprintln!("   {name}: {:.1} s", took.as_secs_f32()),
            Err(error) => eprintln!("   {name} failed: {error:#}"),
        }
        self.ended.push(Stage { name, took, passed: result.is_ok() });
        result.ok()
    }

    /// Whether no stage failed.
    pub(crate) fn passed(&self) -> bool {
        self.ended.iter().all(|stage| stage.passed)
    }
}

impl Display for Stages {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        writeln!(out, "\n{:<14}{:>8}", "stage", "seconds")?;
        for Stage { name, took, passed } in &self.ended {
            let verdict = if *passed { "" } else { "  FAILED" };
            writeln!(out, "{name:<14}{:>8.1}{verdict}", took.as_secs_f32())?;
        }
        let total: Duration = self.ended.iter().map(|stage| stage.took).sum();
        write!(out, "{:<14}{:>8.1}", "total", total.as_secs_f32())
    }
}
