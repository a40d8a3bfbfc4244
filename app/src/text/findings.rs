//! What a verification found, in sentences: for commands here, and as a list of words for the script of `/verify`, which
//! fills them in the same way.
//!
//! Works nothing out; [`tally::bundle`] found it.

use super::{Language, Text};
use serde_json::{Map, Value};
use tally::Minor;
use tally::bundle::{FileReport, Finding, Report};

impl Text {
    /// The sentence for a finding of a report.
    #[must_use]
    pub fn finding(&self, finding: &Finding, report: &Report) -> String {
        let Ok(Value::Object(fields)) = serde_json::to_value(finding) else { return String::new() };
        let name = |tag: &str| fields.get(tag).and_then(Value::as_str);
        let name = name("refusal").map_or_else(
            || format!("finding-{}", name("finding").unwrap_or_default()),
            |refusal| format!("law-{refusal}"),
        );
        let words = Told { text: *self, fields: &fields, report };
        fill(self.recount_word(&name), |place| words.place(place))
    }

    /// What is said of a file: whether it is as it should be, and by what that was found.
    #[must_use]
    pub fn verdict(&self, file: &FileReport) -> (&'static str, &'static str) {
        let Ok(Value::String(checked)) = serde_json::to_value(file.checked) else { return ("", "") };
        let verdict = if file.findings.is_empty() { &checked } else { "wrong" };
        (self.recount_word(&format!("verdict-{verdict}")), self.recount_word(&format!("how-{checked}")))
    }

    fn recount_word(&self, name: &str) -> &'static str {
        self.recount_words().into_iter().find(|(known, _)| *known == name).map_or("", |(_, words)| words)
    }

    /// The words of a recount by their names: those of findings, of refusals, of sums, and of what is going on.
    #[must_use]
    pub fn recount_words(&self) -> Vec<(&'static str, &'static str)> {
        let mut words = self.words_of_findings();
        words.extend(self.words_of_laws_and_sums());
        words.extend(self.words_of_files());
        words.extend([
            ("downloading", self.recount_downloading()),
            ("reading", self.recount_reading()),
            ("loading", self.recount_loading()),
            ("counting", self.recount_counting()),
            ("match", self.recount_match()),
            ("match-else", self.recount_match_else()),
            ("mismatch", self.recount_mismatch()),
            ("not-published", self.recount_not_published()),
            ("not-published-else", self.recount_not_published_else()),
            ("impossible", self.recount_impossible()),
            ("failed", self.recount_failed()),
            ("took", self.recount_took()),
            ("same-archive", self.recount_same_archive()),
            ("same-files", self.recount_same_files()),
            ("other", self.recount_other()),
            ("not-zip", self.unzip_not_zip()),
            ("damaged", self.unzip_damaged()),
            ("repeated", self.unzip_repeated()),
            ("unsupported", self.unzip_unsupported()),
            ("too-large", self.unzip_too_large()),
        ]);
        words
    }

    /// What is said of a file, by `verdict-` or `how-` and how it was looked at; `wrong` is of one that differs.
    fn words_of_files(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("verdict-wrong", self.recount_wrong()),
            ("verdict-counted", self.recount_ok()),
            ("verdict-recounted", self.recount_ok()),
            ("verdict-compared", self.recount_ok()),
            ("verdict-hashed", self.recount_listed()),
            ("verdict-unchecked", self.recount_unchecked()),
            ("how-counted", self.recount_counted()),
            ("how-recounted", self.recount_recounted()),
            ("how-compared", self.recount_compared()),
            ("how-hashed", self.recount_hashed()),
            ("how-unchecked", self.recount_unlisted()),
        ]
    }

    fn words_of_findings(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("finding-missing", self.finding_missing()),
            ("finding-unlisted", self.finding_unlisted()),
            ("finding-size", self.finding_size()),
            ("finding-hash", self.finding_hash()),
            ("finding-format", self.finding_format()),
            ("finding-unreadable", self.finding_unreadable()),
            ("finding-columns", self.finding_columns()),
            ("finding-cell", self.finding_cell()),
            ("finding-sheet-hash", self.finding_sheet_hash()),
            ("finding-sheet-form", self.finding_sheet_form()),
            ("finding-ballot-number", self.finding_ballot_number()),
            ("finding-ballot-place", self.finding_ballot_place()),
            ("finding-ballot-differs", self.finding_ballot_differs()),
            ("finding-ballot-added", self.finding_ballot_added()),
            ("finding-ballot-lacking", self.finding_ballot_lacking()),
            ("finding-not-counted", self.finding_not_counted()),
            ("finding-received", self.finding_received()),
            ("finding-differs", self.finding_differs()),
            ("finding-round", self.finding_round()),
            ("finding-row-missing", self.finding_row_missing()),
            ("finding-row-added", self.finding_row_added()),
            ("finding-order", self.finding_order()),
            ("finding-sum", self.finding_sum()),
            ("finding-more", self.finding_more()),
            ("at-line", self.finding_at_line()),
            ("where-line", self.finding_where_line()),
            ("nothing", self.finding_nothing()),
        ]
    }

    fn words_of_laws_and_sums(&self) -> [(&'static str, &'static str); 15] {
        [
            ("law-empty", self.law_empty()),
            ("law-over-envelope", self.law_over_envelope()),
            ("law-too-few-projects", self.law_too_few_projects()),
            ("law-negative", self.law_negative()),
            ("law-not-a-step", self.law_not_a_step()),
            ("law-over-cap", self.law_over_cap()),
            ("law-unknown-project", self.law_unknown_project()),
            ("law-repeated-project", self.law_repeated_project()),
            ("sum-funded", self.sum_funded()),
            ("sum-purse", self.sum_purse()),
            ("sum-given", self.sum_given()),
            ("sum-voted", self.sum_voted()),
            ("sum-channels", self.sum_channels()),
            ("sum-districts", self.sum_districts()),
            ("sum-days", self.sum_days()),
        ]
    }
}

/// Puts a value into each place `{name}` of a text.
fn fill(text: &str, value: impl Fn(&str) -> String) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, place, after)) = rest
        .split_once('{')
        .and_then(|(before, after)| after.split_once('}').map(|(place, after)| (before, place, after)))
    {
        filled.push_str(before);
        filled.push_str(&value(place));
        rest = after;
    }
    filled + rest
}

/// What a finding says, on its way into words.
struct Told<'a> {
    text: Text,
    fields: &'a Map<String, Value>,
    report: &'a Report,
}

impl Told<'_> {
    fn place(&self, place: &str) -> String {
        let line = self.fields.get("line").and_then(Value::as_u64);
        let with_line =
            |words: &str| line.map(|line| fill(words, |_| self.text.number(line))).unwrap_or_default();
        match place {
            "at" => with_line(self.text.finding_at_line()),
            "where" => {
                let project = self.fields.get("project").and_then(Value::as_str);
                let project = project.map(|project| format!("{}, ", self.title(project))).unwrap_or_default();
                with_line(self.text.finding_where_line()) + &project
            }
            "of" => self.text.recount_word(&format!("sum-{}", self.string("of"))).to_owned(),
            "project" => self.title(self.string("project")),
            "here" | "there" => self.lines(place),
            "parts" | "sum" if self.is_of_money() => self.money(self.fields.get(place)),
            "published" | "expected" => self.cell(self.string(place)),
            name if name.ends_with("_minor") => self.money(self.fields.get(name)),
            name => match self.fields.get(name) {
                Some(Value::Number(number)) => {
                    number.as_u64().map_or_else(|| number.to_string(), |number| self.text.number(number))
                }
                _ => self.apart(self.string(name)),
            },
        }
    }

    fn string(&self, name: &str) -> &str {
        self.fields.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn is_of_money(&self) -> bool {
        matches!(self.string("of"), "funded" | "purse" | "given")
    }

    fn title(&self, project: &str) -> String {
        self.apart(
            self.report.titles.get(project).filter(|title| !title.is_empty()).map_or(project, String::as_str),
        )
    }

    fn money(&self, minor: Option<&Value>) -> String {
        let minor = minor.and_then(Value::as_i64).unwrap_or_default();
        let currency = self.report.facts.as_ref().map_or("", |facts| facts.currency.as_str());
        self.text.money(Minor::new(minor), currency)
    }

    /// A published value, as an amount where its column holds amounts.
    fn cell(&self, value: &str) -> String {
        let column = self.string("column");
        match value.parse::<i64>() {
            _ if value.is_empty() => self.text.finding_nothing().to_owned(),
            Ok(minor) if column.ends_with("_minor") || matches!(column, "budget" | "cost") => {
                self.money(Some(&minor.into()))
            }
            _ => self.apart(value),
        }
    }

    fn lines(&self, name: &str) -> String {
        let lines = self.fields.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let line = |line: &Value| {
            let project = line.get("project").and_then(Value::as_str).unwrap_or_default();
            format!("{} {}", self.title(project), self.money(line.get("amount_minor")))
        };
        match lines {
            [] => self.text.finding_nothing().to_owned(),
            lines => lines.iter().map(line).collect::<Vec<_>>().join(", "),
        }
    }

    /// A stranger's text within a sentence of another direction.
    fn apart(&self, text: &str) -> String {
        match self.text.language {
            Language::Fr | Language::En => text.to_owned(),
            Language::Ar => format!("\u{2068}{text}\u{2069}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use tally::Refusal;
    use tally::bundle::{Line, Recount, SumOf};

    fn report() -> Report {
        Report {
            matches: false,
            recount: Recount::Mismatch,
            ballots: None,
            facts: None,
            titles: BTreeMap::from([("banc".to_owned(), "Un banc".to_owned())]),
            files: Vec::new(),
            origin: None,
        }
    }

    fn laws() -> Vec<Refusal> {
        let (one, project) = (Minor::new(100), "banc".to_owned());
        vec![
            Refusal::Empty,
            Refusal::OverEnvelope { given_minor: one, envelope_minor: one },
            Refusal::TooFewProjects { chosen: 1, least: 2 },
            Refusal::Negative { project: project.clone() },
            Refusal::NotAStep { project: project.clone(), step_minor: one },
            Refusal::OverCap { project: project.clone(), cap_minor: one },
            Refusal::UnknownProject { project: project.clone() },
            Refusal::RepeatedProject { project },
        ]
    }

    fn sums() -> [SumOf; 7] {
        [
            SumOf::Funded,
            SumOf::Purse,
            SumOf::Given,
            SumOf::Voted,
            SumOf::Channels,
            SumOf::Districts,
            SumOf::Days,
        ]
    }

    fn differs(line: Option<u64>, project: Option<&str>, column: &str, published: &str) -> Finding {
        Finding::Differs {
            line,
            project: project.map(str::to_owned),
            column: column.to_owned(),
            published: published.to_owned(),
            expected: String::new(),
        }
    }

    fn findings() -> Vec<Finding> {
        let (project, amount_minor) = ("banc".to_owned(), Minor::new(100));
        let (row, line) = (project.clone(), vec![Line { project: project.clone(), amount_minor }]);
        let (listed, found, detail, column) = (row.clone(), row.clone(), row.clone(), row.clone());
        let mut findings = vec![
            Finding::Missing,
            Finding::Unlisted,
            Finding::Size { listed: 1, found: 2 },
            Finding::Hash { listed: listed.clone(), found: found.clone() },
            Finding::Format { format: 2 },
            Finding::Unreadable { line: Some(3), detail: detail.clone() },
            Finding::Unreadable { line: None, detail: detail.clone() },
            Finding::Columns { expected: listed.clone(), found: found.clone() },
            Finding::Cell { line: 3, column, value: row.clone() },
            Finding::SheetHash { listed, found },
            Finding::SheetForm,
            Finding::BallotNumber { line: 3, ballot: 4 },
            Finding::BallotPlace { ballot: 4 },
            Finding::BallotDiffers { ballot: 4, here: line.clone(), there: Vec::new() },
            Finding::BallotAdded { ballot: 4, here: line.clone() },
            Finding::BallotLacking { there: line },
            Finding::NotCounted { detail },
            Finding::Received { project, published_minor: amount_minor, recounted_minor: amount_minor },
            differs(Some(3), Some("banc"), "received_minor", "100"),
            differs(None, None, "ballots", "1"),
            Finding::Round { round: 2 },
            Finding::RowMissing { row: row.clone() },
            Finding::RowAdded { line: 3, row },
            Finding::Order { line: 3 },
            Finding::More { more: 5 },
        ];
        findings.extend(laws().into_iter().map(|refusal| Finding::Law { ballot: 4, refusal }));
        findings.extend(sums().map(|of| Finding::Sum { of, parts: 1, sum: 2 }));
        findings
    }

    #[test]
    fn every_finding_is_a_sentence_without_gaps_in_every_language() {
        for text in Language::ALL.map(Text::of) {
            for finding in findings() {
                let words = text.finding(&finding, &report());
                assert!(!words.is_empty() && !words.contains(['{', '}']), "{finding:?}: {words:?}");
                assert!(!words.contains(" : "), "{words:?}");
            }
        }
    }

    #[test]
    fn findings_name_projects_and_amounts() {
        let text = Text::of(Language::En);
        let words = |finding: &Finding| text.finding(finding, &report()).replace('\u{a0}', " ");
        let found = differs(Some(3), Some("banc"), "received_minor", "260000");
        assert_eq!(words(&found), "Line 3, Un banc, received_minor is  2,600.00, and should be nothing.");
        let here = vec![Line { project: "banc".to_owned(), amount_minor: Minor::new(100) }];
        let found = Finding::BallotDiffers { ballot: 1234, here, there: Vec::new() };
        assert_eq!(
            words(&found),
            "Ballot 1,234: ballots.csv says “Un banc  1.00”, election.pb says “nothing”."
        );
    }
}
