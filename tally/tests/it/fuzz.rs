//! What strangers may send: the readers of `.pb` files and of rolls on saved, random and mutilated files.
//!
//! Plain `cargo test` replays `__fuzz__/*/corpus`, small files of our own making, and goes on with chance for a second or
//! two. To search for longer, led by coverage, which found rolls whose lines end with CR alone within seconds:
//!
//! ```sh
//! cargo install cargo-bolero
//! export CARGO_PROFILE_FUZZ_INHERITS=release CARGO_PROFILE_FUZZ_CODEGEN_UNITS=1 CARGO_PROFILE_FUZZ_LTO=off
//! RUSTFLAGS=-Clink-arg=-Wl,--warn-unresolved-symbols cargo bolero test fuzz::pb_bytes -p tally \
//!     --rustc-bootstrap -s NONE --target-dir target/fuzz
//! # It builds the test and then stumbles over the unit tests, which have no fuzzer in them. So run what it built:
//! BOLERO_TEST_NAME=fuzz::pb_bytes BOLERO_LIBTEST_HARNESS=1 BOLERO_FUZZER=libfuzzer \
//!     BOLERO_LIBFUZZER_ARGS="/tmp/corpus tally/tests/it/__fuzz__/fuzz__pb_bytes/corpus -max_total_time=600" \
//!     target/fuzz/x86_64-unknown-linux-gnu/fuzz/deps/it-*[0-9a-f] fuzz::pb_bytes --exact --nocapture --test-threads 1
//! ```
//!
//! What it finds becomes a file of the corpus with a name that says what it is.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use tally::format::pabulib::{self, Leniency, Pabulib, PbError};
use tally::format::roll::{self, LONGEST_REFERENCE, MOST_PROBLEMS, RollRow};

use crate::written::written_again;

const TIME: Duration = Duration::from_secs(2);
const ITERATIONS: usize = 2_000;

#[test]
fn pb_bytes() {
    bolero::check!()
        .with_test_time(TIME)
        .with_iterations(ITERATIONS)
        .for_each(|bytes: &[u8]| check_pb(bytes));
}

#[test]
fn roll_bytes() {
    bolero::check!()
        .with_test_time(TIME)
        .with_iterations(ITERATIONS)
        .for_each(|bytes: &[u8]| check_roll(bytes));
}

/// Which file, and its changes: where, how many bytes go, and which piece comes.
type Changes = (u8, Vec<(u16, u8, u8)>);

#[test]
fn pb_changed() {
    let files = corpus("fuzz__pb_bytes");
    bolero::check!()
        .with_type::<Changes>()
        .with_test_time(TIME)
        .with_iterations(ITERATIONS)
        .for_each(|changes| check_pb(&changed(&files, changes)));
}

#[test]
fn roll_changed() {
    let files = corpus("fuzz__roll_bytes");
    bolero::check!()
        .with_type::<Changes>()
        .with_test_time(TIME)
        .with_iterations(ITERATIONS)
        .for_each(|changes| check_roll(&changed(&files, changes)));
}

fn corpus(test: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/__fuzz__").join(test).join("corpus");
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Pieces that mean something to one of the readers.
const PIECES: [&[u8]; 32] = [
    b"",
    b";",
    b",",
    b"\"",
    b"\"\"",
    b"\n",
    b"\r\n",
    b"\r",
    b".",
    b"0",
    b"1",
    b"-1",
    b"+",
    b"=",
    b" ",
    b"\t",
    b"\xef\xbb\xbf",
    b"\xff",
    "é".as_bytes(),
    "\u{2028}".as_bytes(),
    b"META\n",
    b"PROJECTS\n",
    b"VOTES\n",
    b"none",
    b"4294967295",
    b"4294967296",
    b"9223372036854775807",
    b"99999999999999999999",
    b"1.005",
    b"b;1;x\n",
    b"reference",
    b"district",
];

fn changed(files: &[Vec<u8>], (file, changes): &Changes) -> Vec<u8> {
    let mut bytes = files[usize::from(*file) % files.len()].clone();
    for &(at, cut, piece) in changes.iter().take(12) {
        let start = usize::from(at) % (bytes.len() + 1);
        let end = (start + usize::from(cut % 16)).min(bytes.len());
        bytes.splice(start..end, PIECES[usize::from(piece) % PIECES.len()].iter().copied());
    }
    bytes
}

fn check_pb(bytes: &[u8]) {
    let strict = pabulib::read(bytes, Leniency::Strict);
    let lenient = pabulib::read(bytes, Leniency::Lenient);
    for error in [&strict, &lenient].into_iter().filter_map(|read| read.as_ref().err()) {
        check_line(bytes, error);
    }
    let Ok(lenient) = lenient else {
        assert!(strict.is_err(), "what is accepted strictly is accepted leniently");
        return;
    };
    assert_eq!(strict.is_ok(), lenient.warnings.is_empty());
    if let Ok(strict) = strict {
        assert!(says_the_same(&strict, &lenient));
    }
    for error in &lenient.warnings {
        check_line(bytes, error);
    }
    let lines: usize = lenient.ballots.iter().map(|ballot| ballot.lines().len()).sum();
    assert!(lenient.projects.len() + lenient.ballots.rows() + lines <= bytes.len());
    written_again(&lenient).unwrap();
}

fn check_line(bytes: &[u8], error: &PbError) {
    let lines = bytes.split(|&byte| byte == b'\n').count() as u64;
    assert!((1..=lines).contains(&error.line), "{error}");
    assert!(error.to_string().len() < 600);
}

fn says_the_same(one: &Pabulib, other: &Pabulib) -> bool {
    one.meta == other.meta
        && (one.vote_type, one.budget) == (other.vote_type, other.budget)
        && one.projects == other.projects
        && one.ballots == other.ballots
}

fn check_roll(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let same = str::to_uppercase;
    match roll::read(text, same) {
        Ok(rows) => check_rows(text, &rows, same),
        Err(problems) => {
            assert!((1..=MOST_PROBLEMS).contains(&problems.len()));
            assert!(problems.is_sorted_by_key(|problem| problem.line));
            // Below a header alone, the line that is missing is the second.
            let lines = text.split(['\r', '\n']).count().max(2) as u64;
            assert!(problems.iter().all(|problem| (1..=lines).contains(&problem.line)), "{problems:?}");
        }
    }
}

fn check_rows(text: &str, rows: &[RollRow], same: impl Fn(&str) -> String + Copy) {
    let read: usize = rows.iter().map(|row| row.reference.len() + row.district.len()).sum();
    assert!(!rows.is_empty() && rows.len() <= text.len() && read <= text.len());
    let mut people = HashSet::new();
    for RollRow { reference, .. } in rows {
        assert!(
            (1..=LONGEST_REFERENCE).contains(&reference.len())
                && !reference.starts_with(['=', '+', '-', '@'])
        );
        assert!(people.insert(same(reference)));
    }
    let mut table = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    table.write_record(["reference", "district"]).unwrap();
    for row in rows {
        table.write_record([&row.reference, &row.district]).unwrap();
    }
    let table = String::from_utf8(table.into_inner().unwrap()).unwrap();
    assert_eq!(roll::read(&table, same).as_deref(), Ok(rows), "{table}");
}
