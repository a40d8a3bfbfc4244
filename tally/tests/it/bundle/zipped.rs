//! Archives: the same bytes every time, and no archive of a stranger that does harm.

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use tally::bundle::{File, Publication, UnzipError, media_type, unzip, zip};

use super::town::laudry;

fn file(path: &str, bytes: &[u8]) -> File {
    File {
        path: path.to_owned(),
        media_type: media_type(path).to_owned(),
        title: String::new(),
        bytes: bytes.to_vec(),
    }
}

fn some_files() -> Vec<File> {
    vec![file("b.csv", &b"one,two\r\n".repeat(500)), file("a.txt", b"x"), file("empty.md", b"")]
}

#[test]
fn a_bundle_comes_out_as_it_went_in_by_path() {
    let mut files = laudry().files(Publication::Ballots);
    let archive = zip(&files);
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let titleless = files.into_iter().map(|file| File { title: String::new(), ..file }).collect::<Vec<_>>();
    assert_eq!(unzip(&archive).unwrap(), titleless);
}

/// A change of this hash changes that of every archive published from now on.
#[test]
fn an_archive_has_one_hash() {
    let archive = zip(&some_files());
    let hash: String = Sha256::digest(&archive).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, "062cefaaaa1156651e0bcf19b95d452bc0b5977c5294140530de23dfe66870c2");
    let mut turned = some_files();
    turned.reverse();
    turned.push(file("bundle.zip", b"itself"));
    assert!(zip(&turned) == archive);
}

#[test]
fn a_folder_around_the_files_is_taken_off() {
    let packed = [file("results/a.csv", b"1"), file("results/b.csv", b"2"), file("__MACOSX/._a.csv", b"3")];
    let paths: Vec<String> = unzip(&zip(&packed)).unwrap().into_iter().map(|file| file.path).collect();
    assert_eq!(paths, ["a.csv", "b.csv"]);
}

#[test]
fn what_cannot_be_read_is_refused_by_name() {
    assert_eq!(unzip(b"hello"), Err(UnzipError::NotZip));
    assert_eq!(unzip(&[]), Err(UnzipError::NotZip));
    let archive = zip(&some_files());
    assert_eq!(unzip(&archive[..archive.len() - 1]), Err(UnzipError::NotZip));
    let changed = |at: usize, byte: u8| {
        let mut changed = archive.clone();
        changed[at] = byte;
        unzip(&changed).unwrap_err()
    };
    // The first byte of a.txt, after its head and name.
    assert_eq!(changed(35, b'y'), UnzipError::DamagedFile { path: "a.txt".to_owned() });
    let directory = archive.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    assert_eq!(changed(directory, b'p'), UnzipError::Damaged);
    assert_eq!(changed(directory + 8, 1), UnzipError::Unsupported);
    assert_eq!(changed(directory + 10, 12), UnzipError::Unsupported);
    assert_eq!(changed(directory + 27, 0xf0), UnzipError::TooLarge);
    let twice = [file("a.csv", b"1"), file("a.csv", b"2")];
    assert_eq!(unzip(&zip(&twice)), Err(UnzipError::Repeated { path: "a.csv".to_owned() }));
}

/// An archive of a few kilobytes that says it holds two, and unpacks to many megabytes.
#[test]
fn an_archive_that_unpacks_to_more_than_it_says_is_damaged() {
    let mut archive = zip(&[file("a.csv", &vec![0; 64 << 20])]);
    let directory = archive.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    archive[directory + 24..directory + 28].copy_from_slice(&2_u32.to_le_bytes());
    assert_eq!(unzip(&archive), Err(UnzipError::DamagedFile { path: "a.csv".to_owned() }));
}

/// Many entries that share one compressed body stay within the limit of the whole.
#[test]
fn entries_that_share_a_body_count_each() {
    let one = zip(&[file("0000.csv", &vec![0; 257 << 20])]);
    let directory = one.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    let (entry, end) = (one[directory..one.len() - 22].to_vec(), one[one.len() - 22..].to_vec());
    let mut archive = one[..directory].to_vec();
    for number in 0..2_u8 {
        let mut copy = entry.clone();
        copy[46] = b'0' + number;
        archive.extend(copy);
    }
    archive.extend(end);
    let counts = archive.len() - 14;
    archive[counts..counts + 4].copy_from_slice(&[2, 0, 2, 0]);
    assert_eq!(unzip(&archive), Err(UnzipError::TooLarge));
}

proptest! {
    #[test]
    fn no_bytes_make_unzip_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = unzip(&bytes);
    }

    #[test]
    fn no_change_to_an_archive_makes_unzip_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let mut archive = zip(&some_files());
        for (at, byte) in changes {
            let at = at.index(archive.len());
            archive[at] = byte;
        }
        let _ = unzip(&archive);
    }
}
