//! The money that a vote awarded, as grant data: 360Giving 1.4 (`grants-360giving.json`) and the French SCDL
//! *subventions* 2.1 (`subventions.csv`).
//!
//! Says what the vote knows and nothing else. Both standards ask for numbers of organisations and for conditions that no
//! vote knows: these are left out, and the JSON names them, so that whoever completes the files knows what is wanting.

use super::{table_bytes, units};
use serde_json::{Value, json};
use store::project::Project;
use tally::Minor;
use tally::bundle::{About, File, media_type};
use tally::outcome::Outcome;

/// The longest `objet` that the schema takes.
const LONGEST_OBJECT: usize = 256;

/// The columns of *subventions* 2.1, in their order.
const COLUMNS: [&str; 16] = [
    "nomAttribuant",
    "idAttribuant",
    "dateConvention",
    "referenceDecision",
    "nomBeneficiaire",
    "idBeneficiaire",
    "rnaBeneficiaire",
    "objet",
    "montant",
    "nature",
    "conditionsVersement",
    "datesPeriodeVersement",
    "idRAE",
    "notificationUE",
    "pourcentageSubvention",
    "dispositifAide",
];

/// What 360Giving asks for and a vote does not know.
const MISSING: [(&str, &str); 3] = [
    (
        "id",
        "The prefix that 360Giving gives to a publisher is not known; the id is the address within this site.",
    ),
    ("fundingOrganization.id", "The town has not stated its number (org-id, such as FR-SIRET)."),
    ("recipientOrganization.id", "Holders state a name and no number (org-id, such as FR-RNA or FR-SIRET)."),
];

/// Both files; none for an imported election, which awarded nothing.
///
/// # Errors
/// Of the CSV writer.
pub(super) fn files(about: &About, projects: &[Project], outcome: &Outcome) -> Result<Vec<File>, csv::Error> {
    if about.nature == "import" {
        return Ok(Vec::new());
    }
    let grants: Vec<Grant<'_>> = grants(about, projects, outcome).collect();
    let json = serde_json::to_vec_pretty(&package(about, &grants)).expect("a JSON value is JSON");
    let csv = table_bytes(&COLUMNS, grants.iter().map(Grant::row))?;
    let file = |path: &str, title: &str, bytes| File {
        path: path.to_owned(),
        media_type: media_type(path).to_owned(),
        title: title.to_owned(),
        bytes,
    };
    Ok(vec![
        file("grants-360giving.json", "The money awarded, by 360Giving 1.4", json),
        file("subventions.csv", "The money awarded, by the French SCDL subventions 2.1", csv),
    ])
}

/// What one project was awarded.
struct Grant<'a> {
    about: &'a About,
    project: &'a Project,
    awarded: Minor,
}

/// In the order of the outcome.
fn grants<'a>(
    about: &'a About,
    projects: &'a [Project],
    outcome: &'a Outcome,
) -> impl Iterator<Item = Grant<'a>> {
    let funded = outcome.projects.iter().filter(|project| project.received_minor > Minor::ZERO);
    funded.filter_map(move |funded| {
        let project = projects.iter().find(|project| project.count_id == funded.id)?;
        Some(Grant { about, project, awarded: funded.received_minor })
    })
}

impl Grant<'_> {
    fn said(&self, text: &store::Translated) -> String {
        text.read(&self.about.language).0.to_owned()
    }

    /// A grant of 360Giving.
    fn json(&self) -> Value {
        let About { municipality, municipality_name, cycle, .. } = self.about;
        let mut grant = json!({
            "id": format!("{municipality}/{cycle}/{}", self.project.slug),
            "title": self.said(&self.project.title),
            "description": self.said(&self.project.summary),
            "currency": self.about.currency,
            "amountAwarded": units(self.awarded),
            "amountAppliedFor": units(self.project.ceiling),
            // When the result was made public.
            "awardDate": self.about.released_at.get(..10),
            "recipientOrganization": [{ "name": self.project.holder }],
            "fundingOrganization": [{ "name": municipality_name }],
            "grantProgramme": [{ "title": self.about.title, "url": self.about.homepage }],
            "dataSource": self.about.homepage,
        });
        if let Some(district) = &self.project.district {
            grant["beneficiaryLocation"] = json!([{ "name": self.said(district) }]);
        }
        grant
    }

    /// A row of *subventions*. Money and nothing in kind, to one holder: this a vote knows.
    fn row(&self) -> Vec<String> {
        let About { municipality_name, title, nature, .. } = self.about;
        let scheme = if nature == "practice" { format!("{title} (essai)") } else { title.clone() };
        let object: String = self.said(&self.project.title).chars().take(LONGEST_OBJECT).collect();
        let text = |text: &str| text.to_owned();
        let unknown = String::new;
        vec![
            text(municipality_name),
            unknown(),
            unknown(),
            unknown(),
            text(&self.project.holder),
            unknown(),
            unknown(),
            object,
            decimal(self.awarded),
            text("aide en numéraire"),
            unknown(),
            unknown(),
            unknown(),
            unknown(),
            text("1"),
            scheme,
        ]
    }
}

/// A package of 360Giving, with what is wanting beside it.
fn package(about: &About, grants: &[Grant<'_>]) -> Value {
    let missing = MISSING.map(|(field, why)| json!({ "field": field, "why": why }));
    let mut package = json!({
        "version": "1.4",
        "grants": grants.iter().map(Grant::json).collect::<Vec<_>>(),
        "ecot": { "nature": about.nature, "missing": missing },
    });
    if let Some(licence) = &about.licence {
        package["license"] = json!(licence.path);
    }
    package
}

/// With a decimal point and both decimals, as the schema wants it.
fn decimal(amount: Minor) -> String {
    format!("{}.{:02}", amount.get() / 100, amount.get() % 100)
}

#[cfg(test)]
mod tests {
    use super::decimal;
    use tally::Minor;

    #[test]
    fn amounts_have_two_decimals() {
        for (minor, written) in [(1_047_912, "10479.12"), (5, "0.05"), (20_000, "200.00")] {
            assert_eq!(decimal(Minor::new(minor)), written);
        }
    }
}
