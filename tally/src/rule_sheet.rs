//! The rule sheet: everything a count depends on besides projects and ballots.
//!
//! It is published, hashed and frozen before anyone votes, so one sheet must have one text: [`RuleSheet`] writes itself
//! in one canonical way and refuses what it does not know, since a field that a counter skips is a rule broken
//! unnoticed. A sheet that contradicts itself cannot be built: [`Terms`] is what a form edits, [`RuleSheet::new`]
//! is the gate.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::money::Minor;

/// The greatest integer that every JSON reader takes exactly (RFC 8785 rests on I-JSON): 2^53 − 1.
const GREATEST_MINOR: Minor = Minor::new((1 << 53) - 1);

/// What a rule sheet says, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct Terms {
    /// What each citizen may spread.
    pub envelope: Minor,
    /// The smallest amount; every line is a multiple of it.
    pub step: Minor,
    /// The most that one ballot may give to one project.
    pub max_per_project: Option<Minor>,
    /// The least number of projects that a ballot must give to.
    pub min_projects: u32,
    /// Where the money comes from.
    pub purse: Purse,
    /// What becomes of the share of those who did not vote; read with [`Purse::Residents`] only.
    pub silent: Silent,
    /// How ballots become an outcome.
    pub rule: Rule,
    /// The least number of ballots that must give to a project, unless the project says otherwise.
    pub min_supporters: u32,
    /// How ties are decided.
    pub tie: Tie,
}

/// The fields of a sheet as they are written: the rule's name and its options side by side.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    #[serde(default = "default_envelope")]
    envelope: Minor,
    #[serde(default = "default_step")]
    step: Minor,
    #[serde(default)]
    max_per_project: Option<Minor>,
    #[serde(default = "default_min_projects")]
    min_projects: u32,
    #[serde(default)]
    purse: Purse,
    #[serde(default)]
    silent: Silent,
    #[serde(default = "default_rule")]
    rule: String,
    #[serde(default)]
    options: Map<String, Value>,
    #[serde(default)]
    min_supporters: u32,
    #[serde(default)]
    tie: Tie,
}

impl TryFrom<Fields> for Terms {
    type Error = serde_json::Error;

    fn try_from(fields: Fields) -> Result<Terms, serde_json::Error> {
        Ok(Terms {
            envelope: fields.envelope,
            step: fields.step,
            max_per_project: fields.max_per_project,
            min_projects: fields.min_projects,
            purse: fields.purse,
            silent: fields.silent,
            rule: Rule::new(&fields.rule, fields.options)?,
            min_supporters: fields.min_supporters,
            tie: fields.tie,
        })
    }
}

impl From<Terms> for Fields {
    fn from(terms: Terms) -> Fields {
        Fields {
            envelope: terms.envelope,
            step: terms.step,
            max_per_project: terms.max_per_project,
            min_projects: terms.min_projects,
            purse: terms.purse,
            silent: terms.silent,
            rule: terms.rule.name().to_owned(),
            options: terms.rule.options(),
            min_supporters: terms.min_supporters,
            tie: terms.tie,
        }
    }
}

fn default_envelope() -> Minor {
    Minor::new(2000)
}

fn default_step() -> Minor {
    Minor::new(100)
}

fn default_min_projects() -> u32 {
    1
}

fn default_rule() -> String {
    Rule::default().name().to_owned()
}

impl Terms {
    /// The usual terms under this rule: 20.00 in steps of 1.00, each ballot bringing its envelope.
    pub fn usual(rule: Rule) -> Terms {
        Terms {
            envelope: default_envelope(),
            step: default_step(),
            max_per_project: None,
            min_projects: default_min_projects(),
            purse: Purse::default(),
            silent: Silent::default(),
            rule,
            min_supporters: 0,
            tie: Tie::default(),
        }
    }
}

/// Where the money of a cycle comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purse {
    /// Each ballot brings its envelope.
    #[default]
    Ballots,
    /// Each citizen on the roll brings an envelope, voter or not.
    Residents,
    /// A sum that all ballots share equally, whatever each of them gave in all.
    Fixed(Minor),
}

/// What becomes of the share of those who did not vote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Silent {
    /// It returns to the town's general budget.
    #[default]
    General,
    /// It follows the voters, as Italy's five per mille does.
    Proportional,
}

/// How ballots become an outcome. Every option has a usual value; see [`mod@crate::rule`] for what each rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", content = "options", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Rule {
    /// Every project receives what was given to it, if that reaches its floor, up to its ceiling.
    Direct,
    /// Cumulative support transfer: what a project cannot use goes to the ballots' other choices.
    Transfer {
        /// f, which says who comes first.
        #[serde(default)]
        order: TransferOrder,
        /// What is done when no project is carried by its support.
        #[serde(default)]
        r#move: Move,
        /// What becomes of money left.
        #[serde(default)]
        end: End,
    },
    /// The Method of Equal Shares: the project whose supporters pay least for what they get from it comes first.
    EqualShares {
        /// u_i(p), what a ballot gets from a project.
        #[serde(default)]
        utility: Utility,
        /// What becomes of money left.
        #[serde(default)]
        completion: Completion,
        /// By how much `add1` and `add1u` raise every ballot's budget at a time.
        #[serde(default = "default_unit")]
        unit: Minor,
        /// With which budget they start.
        #[serde(default)]
        start: Start,
        /// Whether they stop as soon as nothing more would fit into the purse.
        #[serde(default)]
        exhaustive_stop: bool,
        /// What decides between equally good projects.
        #[serde(default)]
        ties: Ties,
    },
    /// The most supported project first, each at its ceiling, while the purse suffices.
    Greedy {
        /// What "most supported" means.
        #[serde(default)]
        order: Order,
        /// Whether a project that does not fit is skipped; if not, the count stops there.
        #[serde(default = "default_skip")]
        skip: bool,
        /// The least support with which a project is funded, in the amounts as cast.
        #[serde(default)]
        threshold: Minor,
    },
    /// Sequential Phragmén: the project that can be paid soonest, if all earn alike, comes first.
    Phragmen,
    /// The purse is shared by the cube roots of support.
    CubeRoot,
}

impl Default for Rule {
    fn default() -> Rule {
        Rule::Transfer { order: TransferOrder::default(), r#move: Move::default(), end: End::default() }
    }
}

impl Rule {
    /// The names of all rules.
    pub const NAMES: [&str; 6] = ["direct", "transfer", "equal-shares", "greedy", "phragmen", "cube-root"];

    /// The rule with this name and these options; those that are absent take their usual values.
    pub fn new(name: &str, options: Map<String, Value>) -> Result<Rule, serde_json::Error> {
        let mut rule = Map::from_iter([("rule".to_owned(), Value::from(name))]);
        // A rule without options has no place for an empty list of them.
        if !options.is_empty() || !matches!(name, "direct" | "phragmen" | "cube-root") {
            rule.insert("options".to_owned(), Value::from(options));
        }
        serde_json::from_value(Value::from(rule))
    }

    /// The rule's name.
    pub const fn name(&self) -> &'static str {
        match self {
            Rule::Direct => "direct",
            Rule::Transfer { .. } => "transfer",
            Rule::EqualShares { .. } => "equal-shares",
            Rule::Greedy { .. } => "greedy",
            Rule::Phragmen => "phragmen",
            Rule::CubeRoot => "cube-root",
        }
    }

    /// All options with their values; none where the rule has none.
    pub fn options(&self) -> Map<String, Value> {
        let rule = serde_json::to_value(self).expect("options are texts, integers and truth values");
        rule.get("options").and_then(Value::as_object).cloned().unwrap_or_default()
    }
}

fn default_skip() -> bool {
    true
}

fn default_unit() -> Minor {
    Minor::new(100)
}

/// f of `transfer`, where S is support and c what the project needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransferOrder {
    /// S.
    Support,
    /// S − c.
    Excess,
    /// S / c.
    #[default]
    Ratio,
}

/// What `transfer` does when no project is carried by its support.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Move {
    /// The project with the least f is dropped, and its money moves on.
    #[default]
    Eliminate,
    /// The project with the greatest f that its supporters can carry is funded, by as little as they must add to it.
    Minimal,
}

/// What becomes of money that `transfer` leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// It returns to the town.
    #[default]
    Keep,
    /// Unfunded projects whose floor still fits are funded with it.
    Fill,
}

/// u_i(p) of `equal-shares`, for a ballot i that gave to p.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Utility {
    /// The amount given.
    #[default]
    Cardinal,
    /// 1.
    Approval,
    /// The project's cost.
    Cost,
    /// The amount given, times the cost.
    CardinalCost,
}

/// What becomes of money that `equal-shares` leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Completion {
    /// It returns to the town.
    #[default]
    None,
    /// Every ballot's budget is raised by a unit, and all is counted anew, while the purse is not overspent.
    Add1,
    /// The same, and then what is left goes to the projects with the most supporters that still fit.
    Add1u,
    /// It goes to the projects with the greatest sum of lines that still fit, one after the other.
    Greedy,
}

/// The budget with which `add1` starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// Purse / ballots.
    #[default]
    Exact,
    /// That, rounded down to a whole unit.
    Floor,
}

/// What decides in `equal-shares` between projects of equal ρ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ties {
    /// The tie order.
    #[default]
    Order,
    /// The lower cost, then more supporters, then the tie order.
    Cheaper,
}

/// What `greedy` compares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Support S(p).
    #[default]
    Support,
    /// Support for each unit of cost, S(p) / c(p).
    Ratio,
}

/// How ties are decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tie {
    /// By SHA-256(seed ‖ project id), the least first. The seed is in lower-case hexadecimal; its bytes are hashed.
    Seed(String),
    /// By project id: those of ASCII digits first, by value, then all others by bytes.
    #[default]
    Ids,
}

/// Terms that passed every check; reads like [`Terms`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSheet(Terms);

impl Deref for RuleSheet {
    type Target = Terms;

    fn deref(&self) -> &Terms {
        &self.0
    }
}

impl RuleSheet {
    /// Whether any election of at most this many ballots stays within what a count can hold: purse in atoms below
    /// 2^63, an atom being at most one part in 10^6 + `ballots` of a minor unit.
    pub fn can_be_counted(&self, ballots: u64) -> bool {
        let purse = match self.purse {
            Purse::Ballots | Purse::Residents => i128::from(self.envelope.get()) * i128::from(ballots),
            Purse::Fixed(sum) => i128::from(sum.get()),
        };
        purse.checked_mul(1_000_000 + i128::from(ballots)).is_some_and(|atoms| atoms < 1 << 63)
    }

    /// The sheet with these terms, if they agree with one another.
    pub fn new(terms: Terms) -> Result<RuleSheet, RuleSheetError> {
        check_amounts(&terms)?;
        check_ballot_law(&terms)?;
        match &terms.tie {
            Tie::Seed(seed) if unhex(seed).is_none() => Err(RuleSheetError::Seed),
            _ => Ok(RuleSheet(terms)),
        }
    }

    /// Reads a sheet. Absent fields take their usual values.
    pub fn from_json(json: &str) -> Result<RuleSheet, RuleSheetError> {
        let terms = serde_json::from_str(json).map_err(|error| RuleSheetError::Json(error.to_string()))?;
        RuleSheet::new(terms)
    }

    /// The sheet's one text, after RFC 8785: every field, keys sorted, no spaces, integers only.
    pub fn to_canonical_json(&self) -> String {
        let value = serde_json::to_value(&self.0).expect("terms have text keys and integers only");
        let mut json = String::new();
        write_canonical(&value, &mut json);
        json
    }

    /// SHA-256 of the canonical JSON, in lower-case hexadecimal.
    pub fn hash(&self) -> String {
        Sha256::digest(self.to_canonical_json()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn check_amounts(terms: &Terms) -> Result<(), RuleSheetError> {
    let least = Minor::new(1);
    let purse = match terms.purse {
        Purse::Fixed(sum) => sum,
        Purse::Ballots | Purse::Residents => least,
    };
    let (threshold, unit) = match terms.rule {
        Rule::Greedy { threshold, .. } => (threshold, least),
        Rule::EqualShares { unit, .. } => (Minor::ZERO, unit),
        Rule::Direct | Rule::Transfer { .. } | Rule::Phragmen | Rule::CubeRoot => (Minor::ZERO, least),
    };
    let bounds = [
        ("envelope", terms.envelope, least),
        ("step", terms.step, least),
        ("max_per_project", terms.max_per_project.unwrap_or(least), least),
        ("purse", purse, least),
        ("threshold", threshold, Minor::ZERO),
        ("unit", unit, least),
    ];
    match bounds.into_iter().find(|&(_, amount, least)| amount < least || amount > GREATEST_MINOR) {
        Some((field, ..)) => Err(RuleSheetError::OutOfRange { field }),
        None => Ok(()),
    }
}

/// Whether some ballot can satisfy the sheet. Amounts are in range already.
fn check_ballot_law(terms: &Terms) -> Result<(), RuleSheetError> {
    let step_minor = terms.step.get();
    if terms.envelope.get() % step_minor != 0 {
        return Err(RuleSheetError::NotAStep { field: "envelope" });
    }
    if terms.max_per_project.is_some_and(|cap| cap.get() % step_minor != 0) {
        return Err(RuleSheetError::NotAStep { field: "max_per_project" });
    }
    if terms.min_projects == 0 || i64::from(terms.min_projects) > terms.envelope.get() / step_minor {
        return Err(RuleSheetError::MinProjects);
    }
    Ok(())
}

/// Sorts keys itself: whether `serde_json` does depends on features that any crate of the build may switch on.
fn write_canonical(value: &Value, json: &mut String) {
    let Value::Object(fields) = value else {
        json.push_str(&value.to_string());
        return;
    };
    let mut fields: Vec<_> = fields.iter().collect();
    fields.sort_unstable_by_key(|&(key, _)| key);
    json.push('{');
    for (i, (key, field)) in fields.into_iter().enumerate() {
        if i > 0 {
            json.push(',');
        }
        json.push('"');
        json.push_str(key);
        json.push_str("\":");
        write_canonical(field, json);
    }
    json.push('}');
}

/// The bytes of a lower-case hexadecimal text; nothing if it is empty or anything else.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    fn digit(byte: u8) -> Option<u8> {
        match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        }
    }
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    if pairs.is_empty() {
        return None;
    }
    pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

/// Why a text or some terms are not a rule sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleSheetError {
    /// Not JSON, an unknown field or value, or no rule.
    Json(String),
    /// An amount is below its least value or above 2^53 − 1 minor units.
    OutOfRange {
        /// The field's name.
        field: &'static str,
    },
    /// An amount is not a whole number of steps.
    NotAStep {
        /// The field's name.
        field: &'static str,
    },
    /// The least number of projects is zero, or more than the envelope has steps.
    MinProjects,
    /// The seed is not bytes in lower-case hexadecimal.
    Seed,
}

impl fmt::Display for RuleSheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleSheetError::Json(reason) => write!(f, "the rule sheet cannot be read: {reason}"),
            RuleSheetError::OutOfRange { field } => write!(f, "the rule sheet's {field} is out of range"),
            RuleSheetError::NotAStep { field } => {
                write!(f, "the rule sheet's {field} must be a whole number of steps")
            }
            RuleSheetError::MinProjects => f.write_str(
                "the rule sheet's min_projects must be 1 or more, and at most the steps of an envelope",
            ),
            RuleSheetError::Seed => {
                f.write_str("the rule sheet's tie seed must be bytes in lower-case hexadecimal")
            }
        }
    }
}

impl std::error::Error for RuleSheetError {}
