//! The tables of a bundle: what they are called, what their columns mean, and how they are written.
//!
//! One description makes both the header of a file and its schema, so that the two cannot disagree.

use serde::Serialize;

use crate::outcome::{Status, Verdict};
use crate::rule_sheet::Rule;

/// A row, cell by cell.
pub(super) type Row = Vec<String>;

/// A CSV file of a bundle.
pub(super) struct Table {
    pub(super) path: &'static str,
    /// What it holds, in a few words.
    pub(super) title: &'static str,
    pub(super) columns: &'static [Column],
    /// The columns that tell rows apart; none where rows are known by their place.
    pub(super) key: &'static [&'static str],
    /// The columns that name a project.
    pub(super) projects: &'static [&'static str],
}

/// A column of a table.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Whether no cell may be empty.
    pub(super) required: bool,
    pub(super) description: &'static str,
}

/// What the cells of a column may be.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    /// ISO 4217.
    Currency,
    /// A whole number from this one.
    From(i64),
    /// One of a few words.
    Word(&'static [&'static str]),
}

const fn column(name: &'static str, kind: Kind, required: bool, description: &'static str) -> Column {
    Column { name, kind, required, description }
}

const PROJECT: Column = column("project", Kind::Text, true, "The project's id, the same in every file.");
const CURRENCY: Column = column("currency", Kind::Currency, true, "Currency of the amounts (ISO 4217).");
const TITLE: Column = column("title", Kind::Text, false, "Its name.");
const FLOOR: Column = minor("floor_minor", "The least sum with which it can go ahead, in minor units.");
const CEILING: Column = column(
    "ceiling_minor",
    Kind::From(1),
    true,
    "Its full cost, in minor units (cents, for most currencies).",
);

const fn minor(name: &'static str, description: &'static str) -> Column {
    column(name, Kind::From(0), true, description)
}

pub(super) const PROJECTS: Table = Table {
    path: "projects.csv",
    title: "The projects, in the order of the count",
    columns: &[
        PROJECT,
        column("slug", Kind::Text, true, "The last part of its address."),
        TITLE,
        column("kind", Kind::Text, true, "How it is funded: grant, threshold, monthly or advance."),
        column("category", Kind::Text, false, "What it is about."),
        column("district", Kind::Text, false, "Where in the town."),
        column("holder", Kind::Text, false, "Who carries it."),
        FLOOR,
        CEILING,
        column(
            "min_supporters",
            Kind::From(0),
            false,
            "The least number of ballots that must give to it; empty: as the rule sheet says.",
        ),
        CURRENCY,
    ],
    key: &["project"],
    projects: &[],
};

pub(super) const TOTALS: Table = Table {
    path: "totals.csv",
    title: "What each project was given and receives",
    columns: &[
        PROJECT,
        TITLE,
        column("status", Kind::Word(&STATUSES), true, "Whether it goes ahead."),
        column("supporters", Kind::From(0), true, "How many ballots gave to it, as cast."),
        minor("given_minor", "The sum of its lines as cast, in minor units."),
        minor("support_minor", "What the rule compared, in minor units rounded down."),
        FLOOR,
        CEILING,
        minor("received_minor", "What it receives, in minor units."),
        CURRENCY,
    ],
    key: &["project"],
    projects: &["project"],
};

pub(super) const ROUNDS: Table = Table {
    path: "rounds.csv",
    title: "What happened in the count, step by step",
    columns: &[
        column("round", Kind::From(1), true, "The round, from 1."),
        column(
            "what",
            Kind::Word(&["left", "support", "event", "received", "transfer", "returned", "tie"]),
            true,
            "left: money left when the round began; support: of a project, then; event: what the rule found about a \
             project, with its support; received: what it receives; transfer: money that moved between projects; \
             returned: money that went back to the town; tie: a project that was equal to the next ones, in the order \
             taken.",
        ),
        column("project", Kind::Text, false, "The project's id."),
        column(
            "to_project",
            Kind::Text,
            false,
            "Of a transfer: the id of the project that the money moved to.",
        ),
        column("verdict", Kind::Word(&VERDICTS), false, "Of an event: what the rule found."),
        column("amount_minor", Kind::From(i64::MIN), false, "In minor units rounded down."),
        column(
            "needed_minor",
            Kind::From(i64::MIN),
            false,
            "Of an event: what the rule held against that, in minor units.",
        ),
        CURRENCY,
    ],
    key: &[],
    projects: &["project", "to_project"],
};

pub(super) const PARTICIPATION: Table = Table {
    path: "participation.csv",
    title: "Who could take part and who did",
    columns: &[
        column("scope", Kind::Word(&["all", "channel", "district", "day"]), true, "Of whom."),
        column(
            "value",
            Kind::Text,
            false,
            "The channel (online, paper), the district (other: those with too few voters), or the day (two days with a \
             slash: from and until); empty for all.",
        ),
        column("eligible", Kind::From(0), false, "How many could take part; empty where it is not known."),
        column("voted", Kind::From(0), true, "How many did."),
    ],
    key: &["scope", "value"],
    projects: &[],
};

pub(super) const BALLOTS: Table = Table {
    path: "ballots.csv",
    title: "The ballots, a row for each line, sorted by what they say",
    columns: &[
        column(
            "ballot",
            Kind::From(1),
            true,
            "The ballot's number. The order is that of the content and of nothing else.",
        ),
        column(
            "fallback",
            Kind::Word(&["others", "everyone", "back"]),
            true,
            "What becomes of money that its project cannot use: it goes to the ballot's other choices; these, then what \
             everyone supports; or back to the town.",
        ),
        column(
            "project",
            Kind::Text,
            false,
            "The project's id; empty in the one row of a ballot that gives nothing.",
        ),
        column("amount_minor", Kind::From(1), false, "What the ballot gives to it, in minor units."),
        CURRENCY,
    ],
    key: &[],
    projects: &["project"],
};

pub(super) const NOTES: Table = Table {
    path: "notes.csv",
    title: "The ballots cut into notes of one step, sorted by project",
    columns: &[
        column("note", Kind::From(1), true, "The note's number."),
        PROJECT,
        column("amount_minor", Kind::From(1), true, "Its worth, in minor units."),
        CURRENCY,
    ],
    key: &[],
    projects: &["project"],
};

pub(super) const OTHER_RULES: Table = Table {
    path: "other_rules.csv",
    title: "What other rules would have given",
    columns: &[
        column("rule", Kind::Word(&Rule::NAMES), true, "The rule."),
        column("options", Kind::Text, false, "Its options, such as order=ratio;end=fill."),
        PROJECT,
        minor("received_minor", "What the project would have received, in minor units."),
        CURRENCY,
    ],
    key: &["rule", "options", "project"],
    projects: &["project"],
};

/// Every table there can be.
pub(super) const ALL: [&Table; 7] =
    [&PROJECTS, &TOTALS, &ROUNDS, &PARTICIPATION, &BALLOTS, &NOTES, &OTHER_RULES];

const STATUSES: [&str; 4] =
    [Status::Funded.as_str(), Status::Partial.as_str(), Status::Dropped.as_str(), Status::NotFunded.as_str()];

const VERDICTS: [&str; 12] = [
    Verdict::Funded.as_str(),
    Verdict::Partial.as_str(),
    Verdict::Pulled.as_str(),
    Verdict::Filled.as_str(),
    Verdict::UnderFloor.as_str(),
    Verdict::Dropped.as_str(),
    Verdict::Unreachable.as_str(),
    Verdict::UnderThreshold.as_str(),
    Verdict::DoesNotFit.as_str(),
    Verdict::NotReached.as_str(),
    Verdict::Unaffordable.as_str(),
    Verdict::TooFewSupporters.as_str(),
];

impl Table {
    pub(super) fn header(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.name).collect()
    }

    /// The file with these rows.
    pub(super) fn csv<R, C>(&self, rows: impl IntoIterator<Item = R>) -> Vec<u8>
    where
        R: IntoIterator<Item = C>,
        C: AsRef<[u8]>,
    {
        let fits = "a table in memory takes every row that has its columns";
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        csv.write_record(self.header()).expect(fits);
        for row in rows {
            csv.write_record(row).expect(fits);
        }
        csv.into_inner().expect(fits)
    }

    /// The table as a Table Schema (version 2) tells it.
    pub(super) fn schema(&self) -> Schema {
        let unique = self.key == ["project"];
        Schema {
            schema: "https://datapackage.org/profiles/2.0/tableschema.json",
            fields: self
                .columns
                .iter()
                .map(|column| Field::of(column, unique && self.key == [column.name]))
                .collect(),
            missing_values: [""],
            primary_key: if unique { self.key } else { &[] },
            unique_keys: if unique || self.key.is_empty() { Vec::new() } else { vec![self.key] },
            foreign_keys: self.projects.iter().map(|&column| ForeignKey::to_projects(column)).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Schema {
    #[serde(rename = "$schema")]
    schema: &'static str,
    fields: Vec<Field>,
    missing_values: [&'static str; 1],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    primary_key: &'static [&'static str],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unique_keys: Vec<&'static [&'static str]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    foreign_keys: Vec<ForeignKey>,
}

#[derive(Serialize)]
struct Field {
    name: &'static str,
    r#type: &'static str,
    description: &'static str,
    constraints: Constraints,
}

impl Field {
    fn of(column: &Column, unique: bool) -> Field {
        let none = Constraints { required: column.required, unique, ..Constraints::default() };
        let (r#type, constraints) = match column.kind {
            Kind::Text => ("string", none),
            Kind::Currency => ("string", Constraints { pattern: Some("[A-Z]{3}"), ..none }),
            Kind::From(i64::MIN) => ("integer", none),
            Kind::From(least) => ("integer", Constraints { minimum: Some(least), ..none }),
            Kind::Word(words) => ("string", Constraints { r#enum: words, ..none }),
        };
        Field { name: column.name, r#type, description: column.description, constraints }
    }
}

#[derive(Default, Serialize)]
struct Constraints {
    required: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unique: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    r#enum: &'static [&'static str],
}

#[derive(Serialize)]
struct ForeignKey {
    fields: [&'static str; 1],
    reference: Reference,
}

#[derive(Serialize)]
struct Reference {
    resource: &'static str,
    fields: [&'static str; 1],
}

impl ForeignKey {
    fn to_projects(column: &'static str) -> ForeignKey {
        ForeignKey { fields: [column], reference: Reference { resource: "projects", fields: ["project"] } }
    }
}
