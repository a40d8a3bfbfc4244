//! What a file of a bundle holds, in a few words.

use super::Text;

impl Text {
    /// What the file at this path of a bundle holds; nothing of one that is not known here.
    #[must_use]
    pub fn file_words(&self, path: &str) -> &'static str {
        match path {
            "datapackage.json" => self.file_datapackage(),
            "projects.csv" => self.file_projects(),
            "totals.csv" => self.file_totals(),
            "rounds.csv" => self.file_rounds(),
            "participation.csv" => self.file_participation(),
            "ballots.csv" => self.file_ballots(),
            "notes.csv" => self.file_notes(),
            "election.pb" => self.file_election(),
            "rule_sheet.json" => self.file_rule_sheet(),
            "outcome.json" => self.file_outcome(),
            "other_rules.csv" => self.file_other_rules(),
            "grants-360giving.json" => self.file_grants(),
            "subventions.csv" => self.file_subventions(),
            "results.xlsx" => self.file_xlsx(),
            "README.md" => self.file_readme(),
            "LICENSE.txt" => self.file_licence(),
            _ => "",
        }
    }
}
