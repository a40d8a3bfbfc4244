//! Reads the ballots, holds each against the law, and holds both files of ballots against each other.

use std::collections::HashMap;

use super::read::{self, Content};
use crate::ballot::{Ballot, Ballots, Fallback, Law, Refusal};
use crate::bundle::report::Findings;
use crate::bundle::table::{BALLOTS, NOTES};
use crate::bundle::{Finding, Line, rows};
use crate::election::Election;
use crate::format::pabulib::{self, About, Leniency, Pabulib, PbProject};
use crate::money::Minor;
use crate::outcome::Outcome;

/// The election of `ballots.csv`, where every ballot can be counted; row by row, so that a row's number tells the ballot's.
pub(super) fn read(content: &Content<'_>, findings: &mut Findings) -> Option<Election> {
    let mut reading = Reading::of(content);
    let read = read::each_row(content.files, &BALLOTS, findings, |line, row, findings| {
        reading.take(line, row, findings);
    });
    reading.finish(findings);
    let Reading { ballots, all_are_right, .. } = reading;
    if !read || !all_are_right {
        return None;
    }
    verify_order(&ballots, findings);
    let election = Election::new(content.projects.clone(), ballots, content.facts.eligible);
    election.map_err(|error| findings.add(BALLOTS.path, read::unreadable(None, &error))).ok()
}

/// Ballots on their way out of the file, one at a time.
struct Reading<'a> {
    law: Law<'a>,
    index_of: HashMap<&'a str, u16>,
    projects: &'a [crate::project::Project],
    currency: &'a str,
    /// An import may have ballots that give nothing, which weigh all the same.
    may_be_empty: bool,
    ballots: Ballots,
    all_are_right: bool,
    number: u64,
    fallback: Fallback,
    lines: Vec<(&'a str, Minor)>,
    indexed: Vec<(u16, Minor)>,
}

impl<'a> Reading<'a> {
    fn of(content: &'a Content<'_>) -> Reading<'a> {
        let ids = content.projects.iter().map(|project| project.id());
        Reading {
            law: Law::new(&content.sheet, &content.projects),
            index_of: ids.zip(0..=u16::MAX).collect(),
            projects: &content.projects,
            currency: &content.facts.currency,
            may_be_empty: content.facts.nature == "import",
            ballots: Ballots::new(),
            all_are_right: true,
            number: 0,
            fallback: Fallback::Others,
            lines: Vec::new(),
            indexed: Vec::new(),
        }
    }

    fn take(&mut self, line: u64, row: &csv::StringRecord, findings: &mut Findings) {
        let number: u64 = row[0].parse().unwrap_or(0);
        let fallback: Fallback = row[1].parse().unwrap_or_default();
        if number != self.number {
            self.finish(findings);
            if number != self.number + 1 {
                self.all_are_right = false;
                findings.add(BALLOTS.path, Finding::BallotNumber { line, ballot: number });
            }
            self.number = number;
            self.fallback = fallback;
        } else if fallback != self.fallback || row[2].is_empty() || self.lines.is_empty() {
            // A further row of a ballot falls back alike, and gives something.
            return self.refuse(line, "fallback", &row[1], findings);
        }
        let (project, amount) = (&row[2], row[3].parse().ok().map(Minor::new));
        if &row[4] != self.currency {
            return self.refuse(line, "currency", &row[4], findings);
        }
        match (self.index_of.get(project), amount) {
            (Some(&index), Some(amount)) => {
                self.lines.push((self.projects[usize::from(index)].id(), amount));
                self.indexed.push((index, amount));
            }
            (None, None) if project.is_empty() => {}
            (None, _) => self.refuse(line, "project", project, findings),
            (Some(_), None) => self.refuse(line, "amount_minor", "", findings),
        }
    }

    fn refuse(&mut self, line: u64, column: &str, value: &str, findings: &mut Findings) {
        self.all_are_right = false;
        let (column, value) = (column.to_owned(), value.to_owned());
        findings.add(BALLOTS.path, Finding::Cell { line, column, value });
    }

    /// Ends the ballot at hand, if there is one.
    fn finish(&mut self, findings: &mut Findings) {
        if self.number == 0 {
            return;
        }
        if let Err(refusals) = self.law.check(&self.lines) {
            let told =
                refusals.into_iter().filter(|refusal| !(self.may_be_empty && *refusal == Refusal::Empty));
            for refusal in told {
                findings.add(BALLOTS.path, Finding::Law { ballot: self.number, refusal });
            }
        }
        if let Err(error) = self.ballots.push(&self.indexed, self.fallback) {
            self.all_are_right = false;
            let detail = format!("ballot {}: {error}", self.number);
            findings.add(BALLOTS.path, read::unreadable(None, &detail));
        }
        self.lines.clear();
        self.indexed.clear();
    }
}

/// Ballots are sorted by what they say, so that their order tells nothing else.
fn verify_order(ballots: &Ballots, findings: &mut Findings) {
    let order = |one: &Ballot<'_>, other: &Ballot<'_>| {
        one.lines().cmp(other.lines()).then(one.fallback().cmp(&other.fallback()))
    };
    for (number, at) in (2_u64..).zip(1..ballots.rows()) {
        if order(&ballots.row(at - 1), &ballots.row(at)).is_gt() {
            findings.add(BALLOTS.path, Finding::BallotPlace { ballot: number });
        }
    }
}

/// Holds `election.pb` against the other files. Where the recount agrees it is this file that differs, else `ballots.csv`.
pub(super) fn compare_with_pabulib(
    content: &Content<'_>,
    election: &Election,
    outcome: &Outcome,
    recount_agrees: bool,
    findings: &mut Findings,
) {
    let Some(file) = read::find(content.files, read::PABULIB) else {
        // Told by the listing where that has it; some elections this format cannot tell.
        let about = About { budget: outcome.purse_minor, ..About::default() };
        let rows = content.projects.iter().map(PbProject::of).collect();
        let can_be_told = Pabulib::of_election(about, rows, election, &content.sheet).is_ok();
        if can_be_told && findings.is_clean(read::PABULIB) {
            findings.add(read::PABULIB, Finding::Missing);
        }
        return;
    };
    let pb = match pabulib::read(&file.bytes[..], Leniency::Strict) {
        Ok(pb) => pb,
        Err(error) => {
            let detail = error.problem.to_string();
            return findings.add(read::PABULIB, Finding::Unreadable { line: Some(error.line), detail });
        }
    };
    compare_facts(content, &pb, outcome, findings);
    let ids = pb.projects.iter().map(|project| project.id.as_str());
    let same_projects = ids.eq(content.projects.iter().map(|project| project.id()));
    let Ok(ballots) = pb.ballots.scaled(content.sheet.step) else {
        return findings
            .add(read::PABULIB, read::unreadable(None, &"a ballot gives more than can be counted"));
    };
    if !same_projects {
        return findings.add(read::PABULIB, Finding::Order { line: 0 });
    }
    let suspect = if recount_agrees { read::PABULIB } else { BALLOTS.path };
    Both { here: election.ballots(), there: &ballots, projects: &content.projects }
        .compare(suspect, findings);
}

/// What a `.pb` file says besides ballots.
fn compare_facts(content: &Content<'_>, pb: &Pabulib, outcome: &Outcome, findings: &mut Findings) {
    let mut note =
        |project: Option<&str>, line: u64, column: &str, (published, expected): (String, String)| {
            if published != expected {
                let (line, project) = (Some(line).filter(|&line| line > 0), project.map(str::to_owned));
                let column = column.to_owned();
                findings.add(read::PABULIB, Finding::Differs { line, project, column, published, expected });
            }
        };
    let steps = |amount: Minor| (amount.get() / content.sheet.step.get()).to_string();
    let budget = (pb.budget.get().to_string(), outcome.purse_minor.get().to_string());
    note(None, 0, "budget", budget);
    let most = pb.meta.get("max_sum_points").cloned().unwrap_or_default();
    note(None, 0, "max_sum_points", (most, steps(content.sheet.envelope)));
    let by_id: HashMap<&str, usize> =
        outcome.projects.iter().enumerate().map(|(at, project)| (project.id.as_str(), at)).collect();
    let or_empty = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    for project in &pb.projects {
        let Some(counted) = by_id.get(project.id.as_str()).map(|&at| &outcome.projects[at]) else { continue };
        let cost = (project.cost_minor.get().to_string(), counted.ceiling_minor.get().to_string());
        let name = (rows::inert(&project.name), content.title(&project.id).trim().to_owned());
        let votes = (or_empty(project.votes.map(u64::from)), counted.supporters.to_string());
        let selected = u32::from(rows::is_selected(counted)).to_string();
        let selected = (or_empty(project.selected.map(u64::from)), selected);
        let score = (or_empty(project.score), steps(counted.given_minor));
        let cells =
            [("cost", cost), ("name", name), ("votes", votes), ("score", score), ("selected", selected)];
        for (column, texts) in cells {
            note(Some(&project.id), project.line, column, texts);
        }
    }
}

/// The ballots of both files, by the same projects. `here` has a row for each, in the order of `ballots.csv`.
struct Both<'a> {
    here: &'a Ballots,
    there: &'a Ballots,
    projects: &'a [crate::project::Project],
}

impl Both<'_> {
    fn compare(&self, suspect: &str, findings: &mut Findings) {
        let here = without_fallbacks(self.here).merged();
        let there = self.there.merged();
        let (added, lacking) = difference(&here, &there);
        let changed: u32 = added.iter().map(|&(_, times)| times).sum();
        let absent: u32 = lacking.iter().map(|&(_, times)| times).sum();
        if changed == 0 && absent == 0 {
            return;
        }
        if changed == absent && self.name_by_place(&there, changed, suspect, findings) {
            return;
        }
        let mut left: Vec<(Ballot<'_>, u32)> =
            added.iter().map(|&(at, times)| (here.row(at), times)).collect();
        // The last ballots that say it: which of several alike was added, nobody can tell.
        let mut named = Vec::new();
        for at in (0..self.here.rows()).rev() {
            let row = self.here.row(at);
            if let Some((_, times)) =
                left.iter_mut().find(|(said, times)| *times > 0 && said.lines().eq(row.lines()))
            {
                *times -= 1;
                named.push(at);
            }
        }
        for at in named.into_iter().rev() {
            let here = self.lines(self.here.row(at));
            findings.add(suspect, Finding::BallotAdded { ballot: at as u64 + 1, here });
        }
        for &(at, times) in &lacking {
            for _ in 0..times {
                findings.add(suspect, Finding::BallotLacking { there: self.lines(there.row(at)) });
            }
        }
    }

    /// Where so many ballots were altered and none moved, each is named by its number.
    fn name_by_place(&self, there: &Ballots, altered: u32, suspect: &str, findings: &mut Findings) -> bool {
        let sorted = there.iter().flat_map(|row| std::iter::repeat_n(row, row.weight() as usize));
        let pairs: Vec<(u64, Ballot<'_>, Ballot<'_>)> = (1..)
            .zip(self.here.iter().zip(sorted))
            .filter(|(_, (here, there))| !here.lines().eq(there.lines()))
            .map(|(ballot, (here, there))| (ballot, here, there))
            .collect();
        if pairs.len() != altered as usize {
            return false;
        }
        for (ballot, here, there) in pairs {
            let (here, there) = (self.lines(here), self.lines(there));
            findings.add(suspect, Finding::BallotDiffers { ballot, here, there });
        }
        true
    }

    fn lines(&self, ballot: Ballot<'_>) -> Vec<Line> {
        let line = |(project, amount_minor)| Line {
            project: self.projects[usize::from(project)].id().to_owned(),
            amount_minor,
        };
        ballot.lines().map(line).collect()
    }
}

/// A `.pb` file knows no fallbacks.
fn without_fallbacks(ballots: &Ballots) -> Ballots {
    let mut plain = Ballots::new();
    let mut lines = Vec::new();
    for ballot in ballots.iter() {
        lines.clear();
        lines.extend(ballot.lines());
        plain.push(&lines, Fallback::Others).expect("it was pushed like this before");
    }
    plain
}

/// Row and number of the ballots that only one side has; both sides are merged, and so sorted.
type Difference = (Vec<(usize, u32)>, Vec<(usize, u32)>);

fn difference(here: &Ballots, there: &Ballots) -> Difference {
    let (mut added, mut lacking) = (Vec::new(), Vec::new());
    let (mut h, mut t) = (0, 0);
    while h < here.rows() || t < there.rows() {
        let order = match (h < here.rows(), t < there.rows()) {
            (true, true) => here.row(h).lines().cmp(there.row(t).lines()),
            (true, false) => std::cmp::Ordering::Less,
            (false, _) => std::cmp::Ordering::Greater,
        };
        let more = |one: u32, other: u32| one.saturating_sub(other);
        let (ours, theirs) = (
            if order.is_le() { here.row(h).weight() } else { 0 },
            if order.is_ge() { there.row(t).weight() } else { 0 },
        );
        if more(ours, theirs) > 0 {
            added.push((h, more(ours, theirs)));
        }
        if more(theirs, ours) > 0 {
            lacking.push((t, more(theirs, ours)));
        }
        h += usize::from(order.is_le());
        t += usize::from(order.is_ge());
    }
    (added, lacking)
}

/// Notes are in the order of the projects, and those of each come to what it was given.
pub(super) fn verify_notes(content: &Content<'_>, findings: &mut Findings) {
    let mut sums: HashMap<String, i64> = HashMap::new();
    let place_of: HashMap<&str, usize> =
        content.projects.iter().enumerate().map(|(at, project)| (project.id(), at)).collect();
    let (mut notes, mut place) = (0_u64, 0);
    let step = content.sheet.step.get();
    let read = read::each_row(content.files, &NOTES, findings, |line, row, findings| {
        notes += 1;
        let amount: i64 = row[2].parse().unwrap_or(0);
        let here = place_of.get(&row[1]).copied();
        let wrong = match here {
            _ if row[0] != *notes.to_string() => Some(0),
            None => Some(1),
            Some(here) if here < place => Some(1),
            _ if amount > step => Some(2),
            _ if row[3] != content.facts.currency => Some(3),
            _ => None,
        };
        if let Some(at) = wrong {
            let (column, value) = (NOTES.columns[at].name.to_owned(), row[at].to_owned());
            findings.add(NOTES.path, Finding::Cell { line, column, value });
        }
        place = here.unwrap_or(place);
        let sum = sums.entry(row[1].to_owned()).or_default();
        *sum = sum.saturating_add(amount);
    });
    if !read {
        return;
    }
    for project in &content.published.projects {
        let parts = sums.get(&project.id).copied().unwrap_or(0);
        let sum = project.given_minor.get();
        if parts != sum {
            let column = "given_minor".to_owned();
            let (published, expected) = (parts.to_string(), sum.to_string());
            let project = Some(project.id.clone());
            findings.add(NOTES.path, Finding::Differs { line: None, project, column, published, expected });
        }
    }
}
