//! The public record of a result: put together once, at its publication, from what is stored.
//!
//! What its files are called and say is `tally`'s affair; here they get the names of people and places, a README and a
//! licence. Refuses to publish a version twice, and reads ballots only of a cycle that is closed.

mod grants;
mod workbook;

use crate::access::House;
use crate::text::zone;
use jiff::Timestamp;
use std::collections::BTreeMap;
use store::cycle::{Cycle, Nature};
use store::municipality::Municipality;
use store::outcome::Counted;
use store::project::Project;
use store::{Error, Translated};
use tally::Minor;
use tally::bundle::{self, About, File, Link, ProjectAbout, Publication, Record};
use tally::rule_sheet::Purse;

const README: &str = include_str!("README.md");

/// The lines of the README on grant data, and what these files want.
const GRANTS_FR: &str = "| `grants-360giving.json` | les sommes attribuées, au format 360Giving 1.4 ; il y manque les numéros d’organisation, que le vote ne connaît pas |
| `subventions.csv` | les mêmes, au schéma SCDL subventions 2.1 ; sont laissés vides : SIRET de la ville et des bénéficiaires, numéro RNA, date de convention, référence de la décision, conditions et dates de versement, notification à l’Union européenne |
";
const GRANTS_EN: &str = "| `grants-360giving.json` | the money awarded, by 360Giving 1.4; it lacks the numbers of organisations, which a vote does not know |
| `subventions.csv` | the same, by the French SCDL subventions 2.1; left empty: SIRET of town and recipients, RNA number, day of the agreement, reference of the decision, conditions and dates of payment, notification to the European Union |
";

/// Publishes the latest version of a counted cycle, to be seen by everybody from `released_at` on, with all its files.
/// False when there is none that waits for it.
///
/// # Errors
/// The database's, or [`Error::Encode`] where the files cannot be made; then nothing was written.
pub async fn publish(
    house: &House,
    town: &Municipality,
    cycle: &Cycle,
    released_at: Timestamp,
) -> store::Result<bool> {
    let counted = store::outcome::latest(&house.db, cycle).await?;
    let Some(counted) = counted.filter(|counted| counted.published_at.is_none()) else { return Ok(false) };
    publish_counted(house, (town, cycle), &counted, released_at).await
}

/// Publishes this version and no other: what an officer has looked at. False where it does not wait any more.
///
/// # Errors
/// As [`publish`].
pub async fn publish_counted(
    house: &House,
    (town, cycle): (&Municipality, &Cycle),
    counted: &Counted,
    released_at: Timestamp,
) -> store::Result<bool> {
    let files = files(house, town, cycle, counted, released_at).await?;
    store::outcome::publish(&house.db, cycle, (counted, &files), released_at).await
}

/// The files of a version, the archive of them last.
async fn files(
    house: &House,
    town: &Municipality,
    cycle: &Cycle,
    counted: &Counted,
    released_at: Timestamp,
) -> store::Result<Vec<File>> {
    let encode = |error: String| Error::Encode(error.into());
    let closed = store::cycle::closed(cycle.clone())
        .ok_or_else(|| encode("a cycle that is not closed has no record".into()))?;
    let election = store::ballot::urn(&house.db, &closed).await?.election(counted.turnout.eligible)?;
    let projects = store::project::of_cycle(&house.db, &cycle.cycle_id).await?;
    let about = about(house, town, cycle, counted, released_at);
    let names: Vec<_> = projects.iter().map(|project| name(project, &about.language)).collect();
    let mut extra = vec![
        readme(&about, cycle.publication),
        text_file("LICENSE.txt", "Under which terms this may be used", licence_text(&about)),
    ];
    extra.extend(
        grants::files(&about, &projects, &counted.outcome).map_err(|error| encode(error.to_string()))?,
    );
    let mut record = Record {
        about,
        projects: &names,
        election: &election,
        sheet: &cycle.sheet,
        outcome: &counted.outcome,
        others: &counted.others,
        participation: &counted.participation,
        publication: cycle.publication,
        extra,
    };
    // The workbook is made from the tables, and listed among them: so they are written first without it.
    let tables = bundle::write(&record).map_err(|error| encode(error.to_string()))?;
    let in_points = matches!(cycle.sheet.purse, Purse::Fixed(_));
    let workbook = workbook::file(&record.about, &tables, in_points);
    record.extra.push(workbook.map_err(|error| encode(error.to_string()))?);
    let mut files = bundle::write(&record).map_err(|error| encode(error.to_string()))?;
    files.push(File {
        path: "bundle.zip".to_owned(),
        media_type: bundle::media_type("bundle.zip").to_owned(),
        title: "All files in one".to_owned(),
        bytes: bundle::zip(&files),
    });
    Ok(files)
}

/// What the bundle says of the cycle, in French where there is French.
fn about(
    house: &House,
    town: &Municipality,
    cycle: &Cycle,
    counted: &Counted,
    released_at: Timestamp,
) -> About {
    let (title, language) = cycle.title.read("fr");
    let day = |at: Timestamp| at.to_zoned(zone(&town.time_zone)).date().to_string();
    let reason: BTreeMap<_, _> = counted
        .reason
        .languages()
        .map(|language| (language.to_owned(), counted.reason.exactly(language).to_owned()))
        .collect();
    let is_import = cycle.nature == Nature::Import;
    About {
        municipality: town.slug.clone(),
        municipality_name: town.name.clone(),
        country: town.country.clone(),
        cycle: cycle.slug.clone(),
        title: title.to_owned(),
        language: language.to_owned(),
        nature: cycle.nature.as_str().to_owned(),
        currency: cycle.currency.clone(),
        version: counted.version,
        reason,
        released_at: released_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        voting_from: cycle.opened_at.map(day).unwrap_or_default(),
        voting_until: day(cycle.closes_at),
        homepage: format!("{}/{}/{}/results/v{}", house.public_url, town.slug, cycle.slug, counted.version),
        licence: (!is_import).then(Link::etalab_2_0),
        source: is_import.then(|| Link {
            name: "pabulib".to_owned(),
            title: cycle.source.clone(),
            path: "https://pabulib.org".to_owned(),
        }),
        eligible: counted.turnout.eligible.and_then(|eligible| u64::try_from(eligible).ok()),
        voted: u64::try_from(counted.turnout.voted).unwrap_or(0),
        void: counted.void,
    }
}

fn name(project: &Project, language: &str) -> ProjectAbout {
    let said = |text: &Translated| text.read(language).0.to_owned();
    ProjectAbout {
        slug: project.slug.clone(),
        title: said(&project.title),
        kind: project.kind.as_str().to_owned(),
        category: project.category.as_ref().map(said).unwrap_or_default(),
        district: project.district.as_ref().map(said).unwrap_or_default(),
        holder: project.holder.clone(),
    }
}

/// An amount as spreadsheets and JSON have it, which know no other numbers than floating ones: read from its digits, so that
/// nothing is computed with it.
fn units(amount: Minor) -> f64 {
    let sign = if amount.get() < 0 { "-" } else { "" };
    let minor = amount.get().unsigned_abs();
    format!("{sign}{}.{:02}", minor / 100, minor % 100).parse().expect("digits with a point are a number")
}

/// A table as bundles have them (RFC 4180).
fn table_bytes(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(columns)?;
    for row in rows {
        writer.write_record(row)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn text_file(path: &str, title: &str, text: String) -> File {
    File {
        path: path.to_owned(),
        media_type: bundle::media_type(path).to_owned(),
        title: title.to_owned(),
        bytes: text.into_bytes(),
    }
}

fn readme(about: &About, publication: Publication) -> File {
    let ballots = |ballots: &str, notes: &str, none: &str| match publication {
        Publication::Ballots => format!("{ballots}\n"),
        Publication::Notes => format!("{notes}\n"),
        Publication::Sealed => none.to_owned(),
    };
    let correction = |language: &str, words: &str| {
        let reason = about.reason.get(language).or_else(|| about.reason.values().next());
        reason.map_or_else(String::new, |reason| format!("{words} {reason}\n\n"))
    };
    let grants = |words: &str| if about.nature == "import" { String::new() } else { words.to_owned() };
    let (licence_fr, licence_en) = licence_lines(about);
    let places = [
        ("title", format!("{} – {}", about.municipality_name, about.title)),
        ("version", about.version.to_string()),
        ("released", about.released_at.clone()),
        ("homepage", about.homepage.clone()),
        ("verify", verify_address(about)),
        ("correction_fr", correction("fr", "Cette version en corrige une autre :")),
        ("correction_en", correction("en", "This version corrects another one:")),
        (
            "ballots_fr",
            ballots(
                "| `ballots.csv` | chaque bulletin, sans heure ni lieu, rangés par contenu |\n| `election.pb` | les mêmes, au format Pabulib |",
                "| `notes.csv` | les bulletins coupés en coupures d’un pas, mélangées |",
                "",
            ),
        ),
        (
            "ballots_en",
            ballots(
                "| `ballots.csv` | each ballot, without time or place, sorted by what it says |\n| `election.pb` | the same, in the format of Pabulib |",
                "| `notes.csv` | the ballots cut into notes of one step, shuffled |",
                "",
            ),
        ),
        ("grants_fr", grants(GRANTS_FR)),
        ("grants_en", grants(GRANTS_EN)),
        ("licence_fr", licence_fr),
        ("licence_en", licence_en),
    ];
    text_file("README.md", "What each file is, and how to count again", fill(README, &places))
}

/// The template with words in its places, in one pass: what people wrote is not looked through for places again.
fn fill(template: &str, places: &[(&str, String)]) -> String {
    let mut parts = template.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, rest) = part.split_once('}').unwrap_or((part, ""));
        let words = places.iter().find(|(name, _)| *name == place).map_or("", |(_, words)| words.as_str());
        filled.push_str(words);
        filled.push_str(rest);
    }
    filled
}

/// The page on which this version is counted again.
fn verify_address(about: &About) -> String {
    let cycle = about.homepage.rsplit_once("/results/").map_or("", |(cycle, _)| cycle);
    format!("{cycle}/verify?version={}", about.version)
}

/// Under which terms, in French and in English.
fn licence_lines(about: &About) -> (String, String) {
    match (&about.licence, &about.source) {
        (Some(licence), _) => {
            let link = format!("{} ({})", licence.title, licence.path);
            let by = &about.municipality_name;
            (format!("Licence : {link}. Mention : {by}."), format!("Licence: {link}. Attribution: {by}."))
        }
        (None, source) => {
            let source = source
                .as_ref()
                .map_or_else(String::new, |source| format!("{} ({})", source.title, source.path));
            (
                format!("Données importées : {source}. La source n’énonce pas de licence."),
                format!("Imported data: {source}. The source states no licence."),
            )
        }
    }
}

fn licence_text(about: &About) -> String {
    let (french, english) = licence_lines(about);
    format!("{french}\n\n{english}\n")
}
