//! What is published, as catalogues of data know it: DCAT-AP 3 for those that collect catalogues, and schema.org for
//! search engines.
//!
//! Each is JSON-LD; Turtle is written from the same value, so that the two say the same. Practice cycles are told to
//! nobody here: what is collected elsewhere loses the word that says so.

use crate::access::House;
use crate::error::Error;
use serde_json::{Value, json};
use std::fmt::Write;
use store::Translated;
use store::bundle::BundleFile;
use store::cycle::{Cycle, Nature};
use store::municipality::Municipality;
use store::outcome::Release;

/// Under which terms towns publish; the same as in their bundles.
const LICENCE: &str = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/";

/// A published result, by its latest version.
pub(super) struct Entry {
    pub(super) town: Municipality,
    pub(super) cycle: Cycle,
    /// The latest.
    pub(super) release: Release,
    /// The first.
    first: Release,
    /// Of the latest.
    pub(super) files: Vec<BundleFile>,
}

impl Entry {
    /// All published results, practice among them; by town and then the newest first.
    pub(super) async fn all(house: &House) -> Result<Vec<Self>, Error> {
        let mut all = Vec::new();
        for town in store::municipality::all(&house.db).await? {
            all.extend(Self::of_town(house, &town).await?);
        }
        Ok(all)
    }

    async fn of_town(house: &House, town: &Municipality) -> Result<Vec<Self>, Error> {
        let now = house.now();
        let releases = store::outcome::releases(&house.db, &town.municipality_id, now).await?;
        let mut all = Vec::new();
        for cycle in house.public_cycles_of(town, now).await? {
            let of: Vec<_> = releases.iter().filter(|release| release.cycle_id == cycle.cycle_id).collect();
            let (Some(&release), Some(&first)) = (of.first(), of.last()) else { continue };
            let (release, first) = (release.clone(), first.clone());
            let files = store::bundle::of_release(&house.db, &release).await?;
            all.push(Self { town: town.clone(), cycle, release, first, files });
        }
        Ok(all)
    }

    /// The result of one cycle.
    pub(super) async fn of_cycle(
        house: &House,
        town: &Municipality,
        cycle_id: &str,
    ) -> Result<Option<Self>, Error> {
        let all = Self::of_town(house, town).await?;
        Ok(all.into_iter().find(|entry| entry.cycle.cycle_id == cycle_id))
    }

    /// The path of the results, whichever their version.
    pub(super) fn results(&self) -> String {
        format!("/{}/{}/results", self.town.slug, self.cycle.slug)
    }

    /// The path of this version.
    pub(super) fn version(&self) -> String {
        format!("{}/v{}", self.results(), self.release.version)
    }

    fn licence(&self) -> Option<&'static str> {
        (self.cycle.nature != Nature::Import).then_some(LICENCE)
    }

    /// As schema.org has it, for the page of the results.
    pub(super) fn to_schema_org(&self, site: &str) -> Value {
        let files: Vec<_> = self
            .files
            .iter()
            .map(|file| {
                json!({
                    "@type": "DataDownload", "name": file.path, "encodingFormat": plain_type(&file.media_type),
                    "contentUrl": format!("{site}{}/{}", self.version(), file.path),
                    "contentSize": format!("{} B", file.size_bytes), "sha256": file.sha256,
                })
            })
            .collect();
        let mut told = json!({
            "@context": "https://schema.org", "@type": "Dataset",
            "@id": format!("{site}{}", self.results()), "url": format!("{site}{}", self.results()),
            "name": self.named("fr"), "description": self.described("fr"), "inLanguage": "fr",
            "version": self.release.version.to_string(),
            "datePublished": self.first.published_at.to_string(),
            "dateModified": self.release.published_at.to_string(),
            "temporalCoverage": self.span(), "spatialCoverage": self.town.name, "isAccessibleForFree": true,
            "creator": { "@type": "GovernmentOrganization", "name": self.town.name, "url": format!("{site}/{}", self.town.slug) },
            "includedInDataCatalog": { "@type": "DataCatalog", "url": format!("{site}/data") },
            "distribution": files,
        });
        if let Some(licence) = self.licence() {
            told["license"] = json!(licence);
        }
        if !self.cycle.source.is_empty() {
            told["isBasedOn"] = json!(self.cycle.source);
        }
        told
    }

    fn named(&self, language: &str) -> String {
        let results = if language == "fr" {
            "résultats du budget participatif"
        } else {
            "participatory budget, results"
        };
        format!("{}, {}, {results}", self.town.name, self.cycle.title.read(language).0)
    }

    fn described(&self, language: &str) -> String {
        let data = if language == "fr" {
            "Projets, sommes reçues, déroulement du comptage, participation et bulletins publiés, de quoi recompter."
        } else {
            "Projects, sums received, the rounds of the count, turnout and published ballots: all it takes to count again."
        };
        data.to_owned()
    }

    /// From the opening to the close (ISO 8601).
    fn span(&self) -> String {
        let from = self.cycle.opened_at.map_or_else(|| "..".to_owned(), |at| at.to_string());
        format!("{from}/{}", self.cycle.closes_at)
    }

    /// As DCAT-AP has it.
    fn to_dcat(&self, site: &str) -> Value {
        let mut told = json!({
            "@id": format!("{site}{}", self.results()), "@type": "dcat:Dataset",
            "dct:identifier": format!("{site}{}", self.results()),
            "dct:title": both(|language| self.named(language)),
            "dct:description": both(|language| self.described(language)),
            "dcat:version": self.release.version.to_string(),
            "dct:issued": instant(&self.first.published_at.to_string()),
            "dct:modified": instant(&self.release.published_at.to_string()),
            "dct:publisher": self.publisher(site),
            "dct:language": languages(&self.cycle.title),
            "dct:spatial": { "@type": "dct:Location", "rdfs:label": self.town.name },
            "dct:temporal": self.period(),
            "dcat:theme": [{ "@id": format!("{EU}data-theme/GOVE"), "@type": "skos:Concept" }],
            "dcat:keyword": [{ "@value": "budget participatif", "@language": "fr" }, { "@value": "participatory budgeting", "@language": "en" }],
            "dcat:landingPage": { "@id": format!("{site}{}", self.version()), "@type": "foaf:Document" },
            "dct:accessRights": { "@id": format!("{EU}access-right/PUBLIC"), "@type": "dct:RightsStatement" },
            "dcat:distribution": self.files.iter().map(|file| self.distribution(site, file)).collect::<Vec<_>>(),
        });
        if !self.cycle.source.is_empty() {
            told["dct:provenance"] =
                json!({ "@type": "dct:ProvenanceStatement", "rdfs:label": self.cycle.source });
        }
        if let Some(reason) = Some(self.release.reason.read("fr")).filter(|(reason, _)| !reason.is_empty()) {
            told["adms:versionNotes"] = json!({ "@value": reason.0, "@language": reason.1 });
        }
        told
    }

    fn publisher(&self, site: &str) -> Value {
        json!({
            "@id": format!("{site}/{}#town", self.town.slug), "@type": "foaf:Agent", "foaf:name": self.town.name,
            "dct:type": { "@id": "http://purl.org/adms/publishertype/LocalAuthority", "@type": "skos:Concept" },
        })
    }

    fn period(&self) -> Value {
        let mut period = json!({ "@type": "dct:PeriodOfTime", "dcat:endDate": instant(&self.cycle.closes_at.to_string()) });
        if let Some(at) = self.cycle.opened_at {
            period["dcat:startDate"] = instant(&at.to_string());
        }
        period
    }

    fn distribution(&self, site: &str, file: &BundleFile) -> Value {
        let address = format!("{site}{}/{}", self.version(), file.path);
        let mut told = json!({
            "@id": address, "@type": "dcat:Distribution", "dct:title": file.path,
            "dcat:accessURL": { "@id": format!("{site}{}", self.version()) }, "dcat:downloadURL": { "@id": address },
            "dcat:mediaType": {
                "@id": format!("https://www.iana.org/assignments/media-types/{}", plain_type(&file.media_type)),
                "@type": "dct:MediaType",
            },
            "dcat:byteSize": { "@value": file.size_bytes.to_string(), "@type": "xsd:nonNegativeInteger" },
            "spdx:checksum": {
                "@type": "spdx:Checksum",
                "spdx:algorithm": {
                    "@id": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256", "@type": "spdx:ChecksumAlgorithm",
                },
                "spdx:checksumValue": { "@value": file.sha256, "@type": "xsd:hexBinary" },
            },
            "dct:issued": instant(&self.release.published_at.to_string()),
            "dcatap:availability": { "@id": format!("{EU}planned-availability/STABLE"), "@type": "skos:Concept" },
        });
        if let Some(format) = file_type(&file.path) {
            told["dct:format"] =
                json!({ "@id": format!("{EU}file-type/{format}"), "@type": "dct:MediaTypeOrExtent" });
        }
        if let Some(licence) = self.licence() {
            told["dct:license"] = json!({ "@id": licence, "@type": "dct:LicenseDocument" });
        }
        told
    }
}

/// The controlled vocabularies of the Publications Office of the European Union.
const EU: &str = "http://publications.europa.eu/resource/authority/";

/// The prefixes of the names that are used here.
const PREFIXES: [(&str, &str); 10] = [
    ("adms", "http://www.w3.org/ns/adms#"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dcatap", "http://data.europa.eu/r5r/"),
    ("dct", "http://purl.org/dc/terms/"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("spdx", "http://spdx.org/rdf/terms#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// A media type without its parameters.
fn plain_type(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// A file's name in the European list of file types; none where it is not in it.
fn file_type(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "csv" => Some("CSV"),
        "json" => Some("JSON"),
        "md" | "txt" | "pb" => Some("TXT"),
        "xlsx" => Some("XLSX"),
        "zip" => Some("ZIP"),
        _ => None,
    }
}

fn both(words: impl Fn(&str) -> String) -> Value {
    json!(["fr", "en"].map(|language| json!({ "@value": words(language), "@language": language })))
}

fn instant(at: &str) -> Value {
    json!({ "@value": at, "@type": "xsd:dateTime" })
}

/// The languages of a text, in the European list of them.
fn languages(text: &Translated) -> Value {
    let named = text.languages().filter_map(|language| match language {
        "ar" => Some("ARA"),
        "en" => Some("ENG"),
        "fr" => Some("FRA"),
        "pl" => Some("POL"),
        _ => None,
    });
    let named =
        named.map(|name| json!({ "@id": format!("{EU}language/{name}"), "@type": "dct:LinguisticSystem" }));
    json!(named.collect::<Vec<_>>())
}

/// The catalogue as schema.org has it, for the page of it.
pub(super) fn schema_org(site: &str, entries: &[Entry]) -> Value {
    let told = entries.iter().filter(|entry| entry.cycle.nature != Nature::Practice);
    json!({
        "@context": "https://schema.org", "@type": "DataCatalog", "@id": format!("{site}/data"),
        "url": format!("{site}/data"), "name": "Écot", "inLanguage": "fr",
        "dataset": told.map(|entry| json!({
            "@type": "Dataset", "@id": format!("{site}{}", entry.results()), "url": format!("{site}{}", entry.results()),
            "name": entry.named("fr"), "description": entry.described("fr"),
        })).collect::<Vec<_>>(),
    })
}

/// The catalogue as DCAT-AP 3 has it, in JSON-LD 1.1.
pub(super) fn json_ld(site: &str, entries: &[Entry]) -> Value {
    let told = entries.iter().filter(|entry| entry.cycle.nature != Nature::Practice);
    let modified = told.clone().map(|entry| entry.release.published_at).max();
    let mut catalogue = json!({
        "@id": format!("{site}/data"), "@type": "dcat:Catalog",
        "dct:title": both(|language| if language == "fr" { "Écot, données ouvertes".into() } else { "Écot, open data".into() }),
        "dct:description": both(|language| if language == "fr" {
            "Résultats de budgets participatifs, avec de quoi les recompter.".into()
        } else {
            "Results of participatory budgets, with all it takes to count them again.".into()
        }),
        "dct:publisher": { "@type": "foaf:Agent", "foaf:name": "Écot" },
        "foaf:homepage": { "@id": format!("{site}/"), "@type": "foaf:Document" },
        "dct:language": [{ "@id": format!("{EU}language/FRA"), "@type": "dct:LinguisticSystem" }],
        "dcat:themeTaxonomy": { "@id": "http://publications.europa.eu/resource/authority/data-theme", "@type": "skos:ConceptScheme" },
        "dcat:dataset": told.map(|entry| entry.to_dcat(site)).collect::<Vec<_>>(),
    });
    if let Some(modified) = modified {
        catalogue["dct:modified"] = instant(&modified.to_string());
    }
    let prefixes: serde_json::Map<_, _> =
        PREFIXES.iter().map(|(prefix, address)| ((*prefix).to_owned(), json!(address))).collect();
    catalogue["@context"] = Value::Object(prefixes);
    catalogue
}

/// The same value in Turtle (RDF 1.1): what has an address is a subject of its own, what has none stays where it is.
pub(super) fn turtle(json_ld: &Value) -> String {
    let mut text = String::new();
    for (prefix, address) in PREFIXES {
        let _ = writeln!(text, "@prefix {prefix}: <{address}> .");
    }
    let mut subjects = Vec::new();
    gather(json_ld, &mut subjects);
    let mut written: Vec<&str> = Vec::new();
    for subject in subjects {
        let address = subject["@id"].as_str().unwrap_or_default();
        let said = properties(subject);
        // A type that many name is said once.
        if said.is_empty()
            || (written.contains(&address) && subject.as_object().is_some_and(|of| of.len() <= 2))
        {
            continue;
        }
        written.push(address);
        let _ = writeln!(text, "\n<{}> {said} .", iri(address));
    }
    text
}

/// Everything with an address that something is said of, in order.
fn gather<'a>(value: &'a Value, subjects: &mut Vec<&'a Value>) {
    match value {
        Value::Object(object) => {
            if object.contains_key("@id") && object.len() > 1 {
                subjects.push(value);
            }
            object
                .iter()
                .filter(|(name, _)| *name != "@context")
                .for_each(|(_, value)| gather(value, subjects));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, subjects)),
        _ => {}
    }
}

fn properties(subject: &Value) -> String {
    let named = subject.as_object().into_iter().flatten();
    let said =
        named.filter(|(name, _)| !matches!(name.as_str(), "@id" | "@context")).filter_map(|(name, value)| {
            if name == "@type" {
                return Some(format!("a {}", value.as_str()?));
            }
            let objects = match value {
                Value::Array(items) => items.iter().map(object).collect::<Vec<_>>().join(", "),
                one => object(one),
            };
            (!objects.is_empty()).then(|| format!("{name} {objects}"))
        });
    said.collect::<Vec<_>>().join(" ;\n    ")
}

fn object(value: &Value) -> String {
    if let Some(text) = value.as_str() {
        return literal(text);
    }
    if let Some(address) = value["@id"].as_str() {
        return format!("<{}>", iri(address));
    }
    match (value["@value"].as_str(), value["@language"].as_str(), value["@type"].as_str()) {
        (Some(text), Some(language), _) => format!("{}@{language}", literal(text)),
        (Some(text), None, Some(kind)) => format!("{}^^{kind}", literal(text)),
        _ => format!("[ {} ]", properties(value)),
    }
}

fn literal(text: &str) -> String {
    let mut written = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => written.extend(['\\', c]),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            c if c.is_control() => {}
            c => written.push(c),
        }
    }
    written.push('"');
    written
}

/// An address as Turtle takes it between angle brackets.
fn iri(address: &str) -> String {
    address
        .chars()
        .filter(|c| {
            !c.is_control() && !matches!(c, ' ' | '<' | '>' | '"' | '{' | '}' | '|' | '^' | '`' | '\\')
        })
        .collect()
}
