//! How many tests passed, failed and were skipped, read from what the runners say.

use std::fmt::{self, Display, Formatter};
use std::ops::AddAssign;

use serde_json::Value;

/// Numbers of tests. Its text is the last line of `cargo xtask test`, which CI reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    passed: i64,
    failed: i64,
    skipped: i64,
}

impl Counts {
    /// From a line of `cargo test`. A test that lacks its data cannot tell libtest so: it prints a line that
    /// begins with `skipped:` and passes, and is moved here to where it belongs.
    pub(crate) fn of_cargo_line(line: &str) -> Self {
        if line.starts_with("skipped:") {
            return Self { passed: -1, failed: 0, skipped: 1 };
        }
        let Some(result) = line.strip_prefix("test result: ") else { return Self::default() };
        let number_before = |word: &str| {
            let words: Vec<_> = result.split([' ', ';']).filter(|word| !word.is_empty()).collect();
            words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
        };
        Self {
            passed: number_before("passed"),
            failed: number_before("failed"),
            skipped: number_before("ignored"),
        }
    }

    /// Of one check made here.
    pub(crate) fn of_check(passed: bool) -> Self {
        Self { passed: passed.into(), failed: (!passed).into(), skipped: 0 }
    }

    /// Of checks that could not even begin, although they should.
    pub(crate) fn of_failed(checks: usize) -> Self {
        Self { failed: Self::of_skipped(checks).skipped, ..Self::default() }
    }

    /// Of checks that could not be made here.
    pub(crate) fn of_skipped(checks: usize) -> Self {
        Self { skipped: i64::try_from(checks).expect("checks are few"), ..Self::default() }
    }

    /// From the report of Playwright. A test that passed at the second try is not a passed one.
    pub(crate) fn of_playwright(report: &Value) -> Self {
        let number = |name| report["stats"][name].as_i64().unwrap_or(0);
        Self {
            passed: number("expected"),
            failed: number("unexpected") + number("flaky"),
            skipped: number("skipped"),
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Display for Counts {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_cargo_add_up() {
        let mut counts = Counts::default();
        for line in [
            "running 5 tests",
            "test money::reads ... ok",
            "skipped: no data/toulouse.pb",
            "test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s",
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
        ] {
            counts += Counts::of_cargo_line(line);
        }
        assert_eq!(counts.to_string(), "5 passed, 3 failed, 2 skipped");
    }

    #[test]
    fn a_flaky_journey_has_failed() {
        let report =
            serde_json::json!({ "stats": { "expected": 7, "unexpected": 1, "flaky": 1, "skipped": 2 } });
        assert_eq!(Counts::of_playwright(&report).to_string(), "7 passed, 2 failed, 2 skipped");
    }
}
