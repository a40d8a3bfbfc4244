//! ZIP archives of a bundle (PKWARE's APPNOTE 6.3.9): the plain kind, written alike on every machine, read within limits.
//!
//! The same files give the same bytes, so that an archive has one hash: names are sorted, times are those of 1980, and
//! the compression is the same code everywhere. Archives of strangers are read by their directory; what is encrypted,
//! split, larger than 4 GiB or compressed in another way than ZIP's usual two is refused and not guessed at.

use std::fmt;

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::{File, media_type};

/// The most that all files of an archive may come to: some three million ballots, and less than a browser has.
const MOST_BYTES: usize = 512 << 20;
/// The most files.
const MOST_FILES: usize = 4096;

/// The usual compromise between time and size.
const LEVEL: u8 = 6;

const LOCAL: u32 = 0x0403_4b50;
const ENTRY: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const LOCAL_BYTES: usize = 30;
const ENTRY_BYTES: usize = 46;
const END_BYTES: usize = 22;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Names are UTF-8.
const UTF_8: u16 = 1 << 11;
const ENCRYPTED: u16 = 1;
/// The first day that the format can tell, 1 January 1980.
const DATE: u16 = 1 << 5 | 1;

/// One archive of the files, by their paths; `bundle.zip` itself stays out.
///
/// # Panics
/// Where they come to 4 GiB or 65,535 files, or a path has 65,536 bytes.
pub fn zip(files: &[File]) -> Vec<u8> {
    let mut files: Vec<&File> = files.iter().filter(|file| file.path != ARCHIVE).collect();
    files.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for file in &files {
        let head = Head::of(file, archive.len());
        put_u32(&mut archive, LOCAL);
        head.put_common(&mut archive);
        archive.extend_from_slice(file.path.as_bytes());
        archive.extend_from_slice(&head.packed);
        head.put_entry(&file.path, &mut directory);
    }
    let (start, count) = (in_32(archive.len()), in_16(files.len()));
    archive.extend_from_slice(&directory);
    put_u32(&mut archive, END);
    // One disk.
    put_u32(&mut archive, 0);
    put_u16(&mut archive, count);
    put_u16(&mut archive, count);
    put_u32(&mut archive, in_32(directory.len()));
    put_u32(&mut archive, start);
    put_u16(&mut archive, 0);
    archive
}

/// The name of the archive within a bundle.
pub(super) const ARCHIVE: &str = "bundle.zip";

/// What both places of the archive say of a file.
struct Head {
    packed: Vec<u8>,
    method: u16,
    crc: u32,
    bytes: u32,
    name_bytes: u16,
    offset: u32,
}

impl Head {
    fn of(file: &File, offset: usize) -> Head {
        let deflated = compress_to_vec(&file.bytes, LEVEL);
        let (method, packed) = if deflated.len() < file.bytes.len() {
            (DEFLATED, deflated)
        } else {
            (STORED, file.bytes.clone())
        };
        Head {
            packed,
            method,
            crc: crc32fast::hash(&file.bytes),
            bytes: in_32(file.bytes.len()),
            name_bytes: in_16(file.path.len()),
            offset: in_32(offset),
        }
    }

    fn put_common(&self, out: &mut Vec<u8>) {
        // Version 2.0 unpacks it.
        for number in [20, UTF_8, self.method, 0, DATE] {
            put_u16(out, number);
        }
        for number in [self.crc, in_32(self.packed.len()), self.bytes] {
            put_u32(out, number);
        }
        put_u16(out, self.name_bytes);
        put_u16(out, 0);
    }

    fn put_entry(&self, name: &str, out: &mut Vec<u8>) {
        put_u32(out, ENTRY);
        // Made by Unix, version 2.0, so that the mode below is believed.
        put_u16(out, 3 << 8 | 20);
        self.put_common(out);
        // No comment, first disk, no word on being text.
        for number in [0, 0, 0] {
            put_u16(out, number);
        }
        // An ordinary file that everybody may read.
        put_u32(out, 0o100_644 << 16);
        put_u32(out, self.offset);
        out.extend_from_slice(name.as_bytes());
    }
}

fn put_u16(out: &mut Vec<u8>, number: u16) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn put_u32(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn in_16(number: usize) -> u16 {
    u16::try_from(number).expect("a bundle has few files with short names")
}

fn in_32(number: usize) -> u32 {
    u32::try_from(number).expect("a bundle stays below 4 GiB")
}

/// The files of an archive. One folder around all of them, as a person who packs a folder makes it, is taken off.
///
/// # Errors
/// Where the archive is damaged, of a kind that is not read, or larger than the limits.
pub fn unzip(bytes: &[u8]) -> Result<Vec<File>, UnzipError> {
    let (count, start) = find_directory(bytes)?;
    if count > MOST_FILES {
        return Err(UnzipError::TooLarge);
    }
    let mut at = start;
    let mut left_bytes = MOST_BYTES;
    let mut files: Vec<File> = Vec::with_capacity(count);
    for _ in 0..count {
        let entry = Entry::read(bytes, at).ok_or(UnzipError::Damaged)?;
        at += ENTRY_BYTES + entry.tail_bytes;
        if is_of_no_bundle(&entry.name) {
            continue;
        }
        if files.iter().any(|file| file.path == entry.name) {
            return Err(UnzipError::Repeated { path: entry.name });
        }
        let unpacked = entry.unpack(bytes, left_bytes)?;
        left_bytes -= unpacked.len();
        let media_type = media_type(&entry.name).to_owned();
        files.push(File { path: entry.name, media_type, title: String::new(), bytes: unpacked });
    }
    without_folder(&mut files);
    Ok(files)
}

/// Folders, and what a desktop puts beside the files.
fn is_of_no_bundle(name: &str) -> bool {
    name.ends_with('/') || name.starts_with("__MACOSX/") || name.ends_with(".DS_Store")
}

fn without_folder(files: &mut [File]) {
    let Some((folder, _)) = files.first().and_then(|file| file.path.split_once('/')) else { return };
    let folder = format!("{folder}/");
    if files.iter().all(|file| file.path.starts_with(&folder)) {
        for file in files {
            file.path.drain(..folder.len());
        }
    }
}

/// How many entries the directory has, and where it begins.
fn find_directory(bytes: &[u8]) -> Result<(usize, usize), UnzipError> {
    let last = bytes.len().checked_sub(END_BYTES).ok_or(UnzipError::NotZip)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    let end = (first..=last).rev().find(|&at| u32_at(bytes, at) == Some(END)).ok_or(UnzipError::NotZip)?;
    let count = u16_at(bytes, end + 10).ok_or(UnzipError::Damaged)?;
    let start = u32_at(bytes, end + 16).ok_or(UnzipError::Damaged)?;
    match (count, start) {
        (u16::MAX, _) | (_, u32::MAX) => Err(UnzipError::Unsupported),
        (_, start) if start as usize > bytes.len() => Err(UnzipError::Damaged),
        _ => Ok((count.into(), start as usize)),
    }
}

/// A file by the archive's directory.
struct Entry {
    name: String,
    flags: u16,
    method: u16,
    crc: u32,
    packed_bytes: usize,
    bytes: usize,
    offset: usize,
    /// What follows the fixed part: name, extra fields, comment.
    tail_bytes: usize,
}

impl Entry {
    fn read(archive: &[u8], at: usize) -> Option<Entry> {
        if u32_at(archive, at)? != ENTRY {
            return None;
        }
        let name_bytes = usize::from(u16_at(archive, at + 28)?);
        let name = archive.get(at + ENTRY_BYTES..)?.get(..name_bytes)?;
        let others = usize::from(u16_at(archive, at + 30)?) + usize::from(u16_at(archive, at + 32)?);
        Some(Entry {
            name: String::from_utf8_lossy(name).into_owned(),
            flags: u16_at(archive, at + 8)?,
            method: u16_at(archive, at + 10)?,
            crc: u32_at(archive, at + 16)?,
            packed_bytes: u32_at(archive, at + 20)? as usize,
            bytes: u32_at(archive, at + 24)? as usize,
            offset: u32_at(archive, at + 42)? as usize,
            tail_bytes: name_bytes + others,
        })
    }

    fn unpack(&self, archive: &[u8], most_bytes: usize) -> Result<Vec<u8>, UnzipError> {
        if self.flags & ENCRYPTED != 0 || !matches!(self.method, STORED | DEFLATED) {
            return Err(UnzipError::Unsupported);
        }
        if self.bytes > most_bytes {
            return Err(UnzipError::TooLarge);
        }
        let damaged = || UnzipError::DamagedFile { path: self.name.clone() };
        let packed = self.packed(archive).ok_or_else(damaged)?;
        // What it says of its size is a limit and not a promise.
        let bytes = match self.method {
            STORED => packed.to_vec(),
            _ => decompress_to_vec_with_limit(packed, self.bytes.max(1)).map_err(|_| damaged())?,
        };
        if bytes.len() != self.bytes || crc32fast::hash(&bytes) != self.crc {
            return Err(damaged());
        }
        Ok(bytes)
    }

    fn packed<'a>(&self, archive: &'a [u8]) -> Option<&'a [u8]> {
        let local = archive.get(self.offset..)?;
        if u32_at(local, 0)? != LOCAL {
            return None;
        }
        let skipped = usize::from(u16_at(local, 26)?) + usize::from(u16_at(local, 28)?);
        local.get(LOCAL_BYTES + skipped..)?.get(..self.packed_bytes)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Why there are no files in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnzipError {
    /// It is no ZIP archive, or its end is missing.
    NotZip,
    /// Its directory is damaged.
    Damaged,
    /// A file in it is damaged.
    DamagedFile {
        /// The file.
        path: String,
    },
    /// It has two files of one name.
    Repeated {
        /// The name.
        path: String,
    },
    /// It is encrypted, split, larger than 4 GiB, or compressed in an unusual way.
    Unsupported,
    /// Unpacked it would take more than half a gibibyte, or has more than 4,096 files.
    TooLarge,
}

impl UnzipError {
    /// The name in files.
    pub const fn as_str(&self) -> &'static str {
        match self {
            UnzipError::NotZip => "not-zip",
            UnzipError::Damaged | UnzipError::DamagedFile { .. } => "damaged",
            UnzipError::Repeated { .. } => "repeated",
            UnzipError::Unsupported => "unsupported",
            UnzipError::TooLarge => "too-large",
        }
    }
}

impl fmt::Display for UnzipError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnzipError::NotZip => f.write_str("this is no ZIP archive, or its end is missing"),
            UnzipError::Damaged => f.write_str("the archive is damaged"),
            UnzipError::DamagedFile { path } => write!(f, "{path} is damaged in the archive"),
            UnzipError::Repeated { path } => write!(f, "the archive has two files named {path}"),
            UnzipError::Unsupported => {
                f.write_str("the archive is encrypted, split, or packed in a way that is not read here")
            }
            UnzipError::TooLarge => f.write_str("unpacked, the archive is larger than half a gibibyte"),
        }
    }
}

impl std::error::Error for UnzipError {}
