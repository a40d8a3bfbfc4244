//! The count for a browser: the very code that the town runs, apart from the islands, so that only who recounts loads it.
//!
//! Knows no page and fetches nothing: bytes and a rule sheet come in, an outcome goes out.

use tally::bundle::{self, Published};
use tally::format::pabulib::{self, Leniency};
use tally::{Minor, RuleSheet, count};
use wasm_bindgen::prelude::wasm_bindgen;

/// The outcome of a `.pb` file under a rule sheet, as the JSON that `ecot count --json` prints; or what is wrong.
#[wasm_bindgen]
pub fn recount(file: &[u8], sheet: &str) -> Result<String, String> {
    let read = pabulib::read(file, Leniency::Lenient).map_err(|error| error.to_string())?;
    let sheet = RuleSheet::from_json(sheet).map_err(|error| error.to_string())?;
    let election = read.election(Minor::new(100)).map_err(|error| error.to_string())?;
    let outcome = count(&election, &sheet).map_err(|error| error.to_string())?;
    serde_json::to_string_pretty(&outcome).map_err(|error| error.to_string())
}

/// What is found in a `bundle.zip`, as the JSON that `ecot verify --json` prints; or `{"unzip": …}` where it is no archive.
/// It is held against the versions that the page knows as `published`, a list of [`Published`] in JSON.
#[wasm_bindgen]
pub fn verify(archive: &[u8], published: &str) -> Result<String, String> {
    let published: Vec<Published> = serde_json::from_str(published).map_err(|error| error.to_string())?;
    match bundle::unzip(archive) {
        Ok(files) => {
            let mut report = bundle::verify(&files);
            report.held_against(&published, Some(archive));
            serde_json::to_string(&report).map_err(|error| error.to_string())
        }
        Err(error) => Ok(format!("{{\"unzip\":\"{}\"}}", error.as_str())),
    }
}

fn main() {}
