//! `ecot roll import`.

use super::count::cycle_at;
use crate::config::Storage;
use crate::failure::Failure;
use app::actions::roll::{Import, Wishes, say};
use app::text::{Language, Text};
use clap::Subcommand;
use std::io::Write;
use std::path::PathBuf;

/// The roll of eligible citizens.
#[derive(Subcommand)]
pub(super) enum Roll {
    /// Import a roll (CSV with a column `reference`, and `district` if you like) and write the codes of the letters,
    /// once. The same table can never be made again
    Import {
        /// The roll
        file: PathBuf,
        /// Where to write the codes; must not exist yet
        #[arg(long)]
        codes: PathBuf,
        /// The town's slug
        #[arg(long)]
        town: String,
        /// The cycle's slug
        #[arg(long)]
        cycle: String,
        /// Give new codes to those who are on the roll already; their old ones are void
        #[arg(long)]
        reissue: bool,
        /// A reference means the same person as on the town's earlier rolls: those who attached their code to an account
        /// then can vote without their letter. Never where numbers were given out anew
        #[arg(long)]
        same_people: bool,
        #[command(flatten)]
        storage: Storage,
    },
}

impl Roll {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let Self::Import { file, codes, town, cycle, reissue, same_people, storage } = self;
        let house = storage.house(true).await?;
        let (_, cycle) = cycle_at(&house, &town, &cycle).await?;
        let bytes = std::fs::read(&file)
            .map_err(|error| Failure::Input(format!("cannot read {}: {error}", file.display())))?;
        // Taken before anything is written to the database: codes that cannot be kept must not be made.
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut out = options
            .open(&codes)
            .map_err(|error| Failure::Input(format!("cannot write {}: {error}", codes.display())))?;
        let wishes = Wishes { reissue, same_people, for_spreadsheet: false };
        let imported = app::actions::roll::import(&house, &cycle, &bytes, wishes).await;
        let refused = match imported {
            Ok(Import::Codes { table, added, kept }) => {
                out.write_all(&table)?;
                out.sync_all()?;
                println!("{added} codes are in {}; {kept} people kept theirs.", codes.display());
                return Ok(());
            }
            Ok(Import::Wrong(problems)) => {
                let lines: Vec<_> = problems.iter().map(|problem| say(Text::of(Language::En), problem)).collect();
                Failure::Input(format!("{} cannot be used; nothing was written.\n{}", file.display(), lines.join("\n")))
            }
            Ok(Import::NobodyNew) => Failure::Input(
                "all these people are on the roll already; nothing has changed. --reissue gives them new codes".into(),
            ),
            Ok(Import::Closed) => Failure::Input("voting is over; the roll no longer changes".into()),
            Err(error) => error.into(),
        };
        drop(out);
        std::fs::remove_file(&codes)?;
        Err(refused)
    }
}
