//! Key files, kept beside the database and never in it: what joins a ballot to a roll entry.
//!
//! `roll.key` makes reference hashes; `cycle-ID.key` makes ballot ids while a cycle is open, and is destroyed at its
//! close. Refuses to make a key where one is expected, and to use one whose hash is not the cycle's.

use crate::hex;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// 256 secret bits; prints nothing of itself.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// HMAC-SHA256 (RFC 2104) of the parts, each preceded by its length so that no two lists of parts agree.
    fn authenticate(&self, parts: &[&str]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        hex(&mac.finalize().into_bytes())
    }

    /// The public SHA-256 of the key, which pins it.
    #[must_use]
    pub fn hash(&self) -> String {
        hex(&Sha256::digest(self.0))
    }

    /// The ballot of a roll entry (`self` being the cycle's key).
    #[must_use]
    pub fn ballot_id(&self, roll_entry_id: &str) -> String {
        self.authenticate(&["ballot", roll_entry_id])
    }

    /// How a roll stores a reference (`self` being the roll's key).
    #[must_use]
    pub fn reference_hash(&self, cycle_id: &str, reference: &str) -> String {
        self.authenticate(&["reference", cycle_id, reference])
    }

    /// A mark that only this server can make, for what a visitor's browser keeps for a while.
    #[must_use]
    pub fn mark(&self, parts: &[&str]) -> String {
        self.authenticate(&[&["mark"], parts].concat())
    }
}

/// The bytes of a nonce of XChaCha20-Poly1305, which may be drawn at random.
pub const NONCE_BYTES: usize = 24;

impl Key {
    /// A text that only this server can read again (XChaCha20-Poly1305), and only as what it is `about`. In hexadecimal,
    /// its nonce first.
    ///
    /// # Panics
    /// Never: the cipher takes any text shorter than 256 GiB.
    #[must_use]
    pub fn seal(&self, about: &[&str], text: &str, nonce: [u8; NONCE_BYTES]) -> String {
        let (cipher, about) = self.cipher(about);
        let payload = Payload { msg: text.as_bytes(), aad: about.as_bytes() };
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload);
        hex(&nonce) + &hex(&sealed.expect("a text of ours is shorter than 256 GiB"))
    }

    /// The text that was sealed; none where it was sealed by another key, or about something else.
    #[must_use]
    pub fn open(&self, about: &[&str], sealed: &str) -> Option<String> {
        let bytes = from_hex(sealed)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        let (cipher, about) = self.cipher(about);
        let payload = Payload { msg: sealed, aad: about.as_bytes() };
        String::from_utf8(cipher.decrypt(&XNonce::from(*nonce), payload).ok()?).ok()
    }

    /// The cipher of a key made for nothing else, and the mark of what is sealed.
    fn cipher(&self, about: &[&str]) -> (XChaCha20Poly1305, String) {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(b"seal");
        let key: [u8; 32] = mac.finalize().into_bytes().into();
        (XChaCha20Poly1305::new(&key.into()), self.mark(&[&["sealed"], about].concat()))
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// The folder of the key files, readable by its owner alone.
#[derive(Clone, Debug)]
pub struct Keys {
    folder: PathBuf,
}

impl Keys {
    /// Opens the folder, making it, for its owner alone, when absent.
    ///
    /// # Errors
    /// When it cannot be made or its permissions cannot be set.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let made = !folder.exists();
        fs::create_dir_all(folder)?;
        #[cfg(unix)]
        if made {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// The installation's roll key, made from `fresh` when there is none yet.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn roll(&self, fresh: [u8; 32]) -> io::Result<Key> {
        let path = self.folder.join("roll.key");
        match create(&path, fresh) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read(&path),
            made => made,
        }
    }

    /// Makes the key of a cycle that opens; the same cycle opened again (a retry) finds the one it has.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn make_cycle(&self, cycle_id: &str, fresh: [u8; 32]) -> io::Result<Key> {
        let path = self.cycle_path(cycle_id);
        match create(&path, fresh) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read(&path),
            made => made,
        }
    }

    /// The key of an open cycle, which must be the one whose hash was pinned at the opening.
    ///
    /// # Errors
    /// When the file is absent or is not that key.
    pub fn cycle(&self, cycle_id: &str, key_hash: &str) -> io::Result<Key> {
        let key = read(&self.cycle_path(cycle_id))?;
        if key.hash() == key_hash {
            Ok(key)
        } else {
            Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the cycle's key file is not the key it was opened with",
            ))
        }
    }

    /// Destroys the key of a closed cycle: taken away under another name, so that nobody reads half of it, then
    /// overwritten and removed. Harmless when it is gone already; finishes what was cut off.
    ///
    /// # Errors
    /// When the file is there and cannot be removed.
    pub fn destroy_cycle(&self, cycle_id: &str) -> io::Result<()> {
        let doomed = self.folder.join(format!("cycle-{cycle_id}.destroyed"));
        unless_gone(fs::rename(self.cycle_path(cycle_id), &doomed))?;
        match fs::OpenOptions::new().write(true).open(&doomed) {
            Ok(mut file) => {
                file.write_all(&[0; 64])?;
                file.sync_all()?;
                unless_gone(fs::remove_file(&doomed))
            }
            gone => unless_gone(gone.map(drop)),
        }
    }

    fn cycle_path(&self, cycle_id: &str) -> PathBuf {
        self.folder.join(format!("cycle-{cycle_id}.key"))
    }
}

/// What was to be done, or had been done already.
fn unless_gone(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Writes a new key file, on disk before it returns; `AlreadyExists` when there is one.
///
/// It is written under another name and then linked, so that nobody ever reads half a key.
fn create(path: &Path, fresh: [u8; 32]) -> io::Result<Key> {
    let key = Key(fresh);
    let draft = path.with_extension(format!("{}.draft", &key.hash()[..16]));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&draft)?;
    file.write_all(hex(&key.0).as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    linked?;
    if let Some(folder) = path.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(key)
}

fn read(path: &Path) -> io::Result<Key> {
    let invalid = || io::Error::new(io::ErrorKind::InvalidData, "a key file holds 64 hexadecimal digits");
    let text = fs::read_to_string(path)?;
    let text = text.trim();
    if text.len() != 64 || !text.is_ascii() {
        return Err(invalid());
    }
    let mut key = [0; 32];
    for (byte, pair) in key.iter_mut().zip(0..32) {
        *byte = u8::from_str_radix(&text[2 * pair..2 * pair + 2], 16).map_err(|_| invalid())?;
    }
    Ok(Key(key))
}

#[cfg(test)]
mod tests {
    use super::{Key, NONCE_BYTES};

    #[test]
    fn what_is_sealed_is_read_by_its_own_key_and_as_what_it_is_about() {
        let (ours, other) = (Key([1; 32]), Key([2; 32]));
        let sealed = ours.seal(&["account", "cycle"], "laudry/2026/7K3M", [9; NONCE_BYTES]);
        assert_eq!(ours.open(&["account", "cycle"], &sealed).as_deref(), Some("laudry/2026/7K3M"));
        assert_eq!(ours.open(&["another account", "cycle"], &sealed), None);
        assert_eq!(other.open(&["account", "cycle"], &sealed), None);
        assert!(!sealed.contains("7K3M"));
        for broken in ["", "7", "é", &sealed[2..], &sealed.replacen(&sealed[60..62], "zz", 1)] {
            assert_eq!(ours.open(&["account", "cycle"], broken), None, "{broken}");
        }
    }
}
