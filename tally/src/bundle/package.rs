//! `datapackage.json`: what is in the bundle, with the size and hash of every file (Data Package, version 2,
//! <https://datapackage.org>).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::table::{self, Schema};
use super::{About, File, Link, Publication, Record};

/// The format that this program writes and reads.
pub(super) const FORMAT: u32 = 1;

/// What `datapackage.json` says of the result itself, under `ecot`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The format of the bundle.
    pub format: u32,
    /// The town's slug.
    pub municipality: String,
    /// The cycle's slug.
    pub cycle: String,
    /// `practice`, `import` or `real`.
    pub nature: String,
    /// How much of the ballots is told.
    pub publication: Publication,
    /// Counted from 1.
    pub version: i64,
    /// Why there is a version after the first, by language.
    pub reason: BTreeMap<String, String>,
    /// ISO 4217.
    pub currency: String,
    /// The rule sheet's hash.
    pub sheet_hash: String,
    /// How many could take part, where it is known.
    pub eligible: Option<u64>,
    /// How many took part.
    pub voted: u64,
    /// How many ballots a correction leaves out.
    pub void: u64,
    /// The public log of ballot commitments, where there is one.
    pub ledger: Option<serde_json::Value>,
}

#[derive(Serialize)]
struct Package<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    name: String,
    title: String,
    description: String,
    version: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    created: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    homepage: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<Licence<'a>>,
    contributors: [Contributor<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<Source<'a>>,
    resources: Vec<Resource<'a>>,
    ecot: Facts,
}

#[derive(Serialize)]
struct Licence<'a> {
    name: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    path: &'a str,
}

#[derive(Serialize)]
struct Contributor<'a> {
    title: &'a str,
    roles: [&'static str; 1],
}

#[derive(Serialize)]
struct Source<'a> {
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    path: &'a str,
}

#[derive(Serialize)]
struct Resource<'a> {
    name: String,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    title: &'a str,
    format: &'a str,
    mediatype: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    bytes: usize,
    hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    dialect: Option<Dialect>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<Schema>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dialect {
    header: bool,
    delimiter: &'static str,
    line_terminator: &'static str,
    quote_char: &'static str,
    double_quote: bool,
}

const DIALECT: Dialect =
    Dialect { header: true, delimiter: ",", line_terminator: "\r\n", quote_char: "\"", double_quote: true };

/// `datapackage.json`, which lists every file but itself.
pub(super) fn package(record: &Record<'_>, files: &[File]) -> File {
    let about = &record.about;
    let package = Package {
        schema: "https://datapackage.org/profiles/2.0/datapackage.json",
        name: format!("ecot-{}-{}", about.municipality, about.cycle),
        title: format!("{} – {}", about.municipality_name, about.title),
        description: description(record.publication).to_owned(),
        version: about.version.to_string(),
        created: &about.released_at,
        // Where the installation does not know its own address there is no whole one.
        homepage: if about.homepage.starts_with("http") { &about.homepage } else { "" },
        licenses: about.licence.iter().map(licence).collect(),
        contributors: [Contributor { title: &about.municipality_name, roles: ["publisher"] }],
        sources: about.source.iter().map(|Link { title, path, .. }| Source { title, path }).collect(),
        resources: files.iter().map(resource).collect(),
        ecot: facts(record, about),
    };
    let mut bytes =
        serde_json::to_vec_pretty(&package).expect("texts and integers with text keys are always JSON");
    bytes.push(b'\n');
    File {
        path: PATH.to_owned(),
        media_type: "application/json".to_owned(),
        title: "What is in this bundle".to_owned(),
        bytes,
    }
}

/// The name of the file that lists the others.
pub(super) const PATH: &str = "datapackage.json";

fn description(publication: Publication) -> &'static str {
    match publication {
        Publication::Ballots => {
            "Projects, ballots, rule sheet and outcome: everything that is needed to count again. \
             Projets, bulletins, règlement et résultat : tout ce qu’il faut pour recompter."
        }
        Publication::Notes => {
            "Projects, ballots cut into notes, rule sheet and outcome. \
             Projets, bulletins découpés en coupures, règlement et résultat."
        }
        Publication::Sealed => {
            "Projects, rule sheet and outcome; the ballots are under seal. \
             Projets, règlement et résultat ; les bulletins sont sous scellés."
        }
    }
}

fn facts(record: &Record<'_>, about: &About) -> Facts {
    Facts {
        format: FORMAT,
        municipality: about.municipality.clone(),
        cycle: about.cycle.clone(),
        nature: about.nature.clone(),
        publication: record.publication,
        version: about.version,
        reason: about.reason.clone(),
        currency: about.currency.clone(),
        sheet_hash: record.sheet.hash(),
        eligible: about.eligible,
        voted: about.voted,
        void: about.void,
        ledger: None,
    }
}

fn licence(Link { name, title, path }: &Link) -> Licence<'_> {
    Licence { name, title, path }
}

fn resource(file: &File) -> Resource<'_> {
    let table = table::ALL.into_iter().find(|table| table.path == file.path);
    let (stem, format) = file.path.rsplit_once('.').unwrap_or((&file.path, ""));
    let is_text = !file.media_type.starts_with("application/") || file.media_type.contains("json");
    Resource {
        name: stem.to_lowercase().replace(['_', '/', ' '], "-"),
        path: &file.path,
        r#type: table.map(|_| "table"),
        title: &file.title,
        // A workbook is listed as a file: by its ending, frictionless takes it for one more table, its first sheet, and
        // calls the package invalid where it has no reader of workbooks.
        format: if format == "xlsx" { "ooxml" } else { format },
        mediatype: file.media_type.split(';').next().unwrap_or_default(),
        encoding: is_text.then_some("utf-8"),
        bytes: file.bytes.len(),
        hash: format!("sha256:{}", sha256(&file.bytes)),
        dialect: table.map(|_| DIALECT),
        schema: table.map(table::Table::schema),
    }
}

/// SHA-256 in lower-case hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
