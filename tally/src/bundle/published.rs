//! Whether a bundle is one that was published. No bundle tells that of itself: another one may agree with itself just as
//! well, so what is published must be known from elsewhere.

use serde::{Deserialize, Serialize};

use super::package;
use super::{Finding, Report};

/// A version as somebody publishes it. The list of files names each other file by its hash, so its own stands for all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Counted from 1.
    pub version: i64,
    /// The SHA-256 of `datapackage.json`, in lower-case hexadecimal.
    pub package_sha256: String,
    /// That of `bundle.zip`, where it is known.
    pub archive_sha256: Option<String>,
}

impl Published {
    /// The version that this `datapackage.json` lists; nothing where it cannot be read.
    pub fn by_package(bytes: &[u8]) -> Option<Published> {
        let package: super::verify::Package = serde_json::from_slice(bytes).ok()?;
        let version = package.ecot.version;
        Some(Published { version, package_sha256: package::sha256(bytes), archive_sha256: None })
    }
}

/// Which of the published versions a bundle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Origin {
    /// Its archive is the published one, byte for byte.
    SameArchive {
        /// Of which version.
        version: i64,
    },
    /// Each of its files is the published one, byte for byte; the archive around them is another, or there is none.
    SameFiles {
        /// Of which version.
        version: i64,
    },
    /// It is none of them.
    Other,
}

impl Report {
    /// Holds the bundle that the report is about against the versions that are published. `archive` is what its files came
    /// in, if they came in one.
    pub fn held_against(&mut self, published: &[Published], archive: Option<&[u8]>) {
        let archive = archive.map(package::sha256);
        let is_archive = |one: &&Published| one.archive_sha256.is_some() && one.archive_sha256 == archive;
        let origin = match published.iter().find(is_archive) {
            Some(one) => Origin::SameArchive { version: one.version },
            None => self.by_its_files(published),
        };
        self.origin = Some(origin);
    }

    fn by_its_files(&self, published: &[Published]) -> Origin {
        let package = self.files.iter().find(|file| file.path == package::PATH);
        let is_listed = |finding: &Finding| {
            !matches!(
                finding,
                Finding::Missing | Finding::Unlisted | Finding::Size { .. } | Finding::Hash { .. }
            )
        };
        let all_are_listed = self.files.iter().all(|file| file.findings.iter().all(is_listed));
        let same = |one: &&Published| package.is_some_and(|package| package.sha256 == one.package_sha256);
        match published.iter().find(same) {
            Some(one) if all_are_listed => Origin::SameFiles { version: one.version },
            _ => Origin::Other,
        }
    }
}
