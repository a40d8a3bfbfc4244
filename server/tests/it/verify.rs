//! Counting a published result again: `ecot verify` of a folder, an archive and an address, and the page that tells how.

use crate::app::{Run, TestApp, run_ecot};
use crate::databases::Folder;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

impl TestApp {
    /// A file of its first version, as the site gives it.
    async fn published(&self, path: &str) -> Vec<u8> {
        let page = self.visitor().get(format!("/nowhere/2026/results/v1/{path}")).await;
        page.assert_status(200);
        page.bytes
    }

    /// A folder of its own with everything that is published.
    async fn taken_along(&self) -> Folder {
        let folder = Folder::new();
        let package: Value = serde_json::from_slice(&self.published("datapackage.json").await).unwrap();
        let listed =
            package["resources"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap());
        for path in listed.chain(["datapackage.json", "bundle.zip"]) {
            std::fs::write(folder.join(path), self.published(path).await).unwrap();
        }
        folder
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn verify(bundle: &Path, more: &[&str]) -> Run {
    run_ecot(&[&["verify", bundle.to_str().unwrap()], more].concat(), "")
}

fn folder_of(folder: &Folder) -> PathBuf {
    folder.join("")
}

on_both! {
    /// The demonstration in one: what the site publishes is what its ballots give.
    async fn a_published_result_verifies_as_a_folder_and_as_an_archive(app: TestApp) {
        let folder = app.with_village().taken_along().await;
        let run = verify(&folder_of(&folder), &[]).assert_code(0);
        assert!(run.said.starts_with("nowhere/2026, Version 1\n\n"), "{}", run.said);
        assert!(run.said.contains("  ballots.csv        Agrees (counted again)\n"), "{}", run.said);
        assert!(run.said.contains("  totals.csv         Agrees (as counted again)\n"), "{}", run.said);
        assert!(run.said.contains("  README.md          As listed (size and hash only)\n"), "{}", run.said);
        assert!(run.said.contains("Counting the 4 published ballots again gives the published result"), "{}", run.said);
        let run = verify(&folder.join("bundle.zip"), &["--json"]).assert_code(0);
        let report: Value = serde_json::from_str(&run.said).unwrap();
        assert_eq!((&report["matches"], &report["recount"]), (&Value::Bool(true), &Value::from("match")));
    }

    /// One ballot altered in a bundle whose hashes were written anew.
    async fn an_altered_ballot_is_named(app: TestApp) {
        let folder = app.with_village().taken_along().await;
        let path = folder.join("ballots.csv");
        let ballots = std::fs::read_to_string(&path).unwrap();
        assert!(ballots.contains("\r\n3,others,pond,500,EUR\r\n"), "{ballots}");
        std::fs::write(&path, ballots.replace("\r\n3,others,pond,500,", "\r\n3,others,pond,100,")).unwrap();
        let run = verify(&folder_of(&folder), &[]).assert_code(1);
        for said in [
            "Its content has changed: its hash is",
            "Ballot 3: ballots.csv says “Pond €1.00, Road €5.00”, election.pb says “Pond €5.00, Road €5.00”.",
            "Pond, given_minor is €9.00, and should be €5.00.",
            "It does not match.",
        ] {
            assert!(run.said.contains(said), "{said:?} in {}", run.said);
        }
        let french = verify(&folder_of(&folder), &["--lang", "fr"]).assert_code(1);
        assert!(french.said.contains("Bulletin 3\u{a0}: ballots.csv dit"), "{}", french.said);
    }

    /// The page tells of every way, and brings no more than a small script.
    async fn the_page_tells_how_to_count_again(app: TestApp) {
        let visitor = app.with_village().visitor();
        let page = visitor.get("/nowhere/2026/verify").await;
        page.assert_status(200)
            .assert_says("ecot verify https://ecot.example/nowhere/2026/results/v1/bundle.zip")
            .assert_says("python3 recount.py bundle.zip");
        assert_eq!(page.attributes("script", "src"), ["/pkg/none/verify.js"]);
        assert_eq!(page.attributes("#recount", "data-bundle"), ["/nowhere/2026/results/v1/bundle.zip"]);
        let size = app.published("bundle.zip").await.len().to_string();
        assert_eq!(page.attributes("#recount", "data-bytes"), [size]);
        let published: Value = serde_json::from_str(&page.attributes("#recount", "data-published")[0]).unwrap();
        let hash = |bytes: Vec<u8>| Value::from(sha256(&bytes));
        assert_eq!(published[0]["version"], 1);
        assert_eq!(published[0]["package_sha256"], hash(app.published("datapackage.json").await));
        assert_eq!(published[0]["archive_sha256"], hash(app.published("bundle.zip").await));
        let hashes = page.texts(".verify__hash");
        assert!(hashes.len() > 8 && hashes.iter().all(|hash| hash.len() == 64), "{hashes:?}");
        visitor.get("/nowhere/2026/verify?version=1").await.assert_status(200);
        visitor.get("/nowhere/2026/verify?version=2").await.assert_status(404);
        visitor.get("/nowhere/2026/verify?version=x").await.assert_status(404);
    }

    async fn there_is_nothing_to_verify_before_the_release(app: TestApp) {
        app.town().await.with_open_cycle().await;
        app.visitor().get("/laudry/2026/verify").await.assert_status(404);
    }
}

/// A site that answers so many times with these bytes, and then says what it was asked for.
fn site(answer: Vec<u8>, times: usize) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/nowhere/2026/results/v1", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for stream in listener.incoming().take(times) {
            let mut stream = stream.unwrap();
            let mut head = [0; 2048];
            let read = stream.read(&mut head).unwrap();
            let line = String::from_utf8_lossy(&head[..read]).lines().next().unwrap().to_owned();
            asked.push(line);
            let length = answer.len();
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")
                .unwrap();
            stream.write_all(&answer).unwrap();
        }
        asked
    });
    (address, server)
}

/// Over HTTP, from the address of the version and from that of its archive.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_fetched_and_verified() {
    let app = TestApp::on_sqlite().await;
    let archive = app.with_village().published("bundle.zip").await;
    let (address, server) = site(archive, 2);
    for given in [address.clone(), format!("{address}/bundle.zip")] {
        run_ecot(&["verify", &given], "").assert_code(0);
    }
    let line = "GET /nowhere/2026/results/v1/bundle.zip HTTP/1.1";
    assert_eq!(server.join().unwrap(), [line, line]);
}

/// What is on one's disk, held against what a site publishes: the same, and one whose hashes were written anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bundle_from_elsewhere_is_told_from_the_published_one() {
    let app = TestApp::on_sqlite().await;
    let folder = app.with_village().taken_along().await;
    let (address, server) = site(app.published("datapackage.json").await, 3);
    for bundle in [folder_of(&folder), folder.join("bundle.zip")] {
        let run = verify(&bundle, &["--published", &address]).assert_code(0);
        let words =
            format!("Its files are, byte for byte, those that are published as version 1: {address}\n");
        assert!(run.said.ends_with(&words), "{}", run.said);
    }
    // The list names another release date, and agrees with every file all the same.
    let list = String::from_utf8(app.published("datapackage.json").await).unwrap();
    let other = list.replacen("\"created\": \"2", "\"created\": \"1", 1);
    assert_ne!(list, other);
    std::fs::write(folder.join("datapackage.json"), other).unwrap();
    let run = verify(&folder_of(&folder), &["--published", &address]).assert_code(1);
    assert!(run.said.contains(&format!("It is not what is published here: {address}.")), "{}", run.said);
    assert!(run.said.contains("It all matches."), "{}", run.said);
    assert!(run.complained.contains("not the one that is published there"), "{run:?}");
    let line = "GET /nowhere/2026/results/v1/datapackage.json HTTP/1.1";
    assert_eq!(server.join().unwrap(), [line; 3]);
}

#[test]
fn what_is_no_bundle_is_refused_with_another_code() {
    let folder = Folder::new();
    std::fs::write(folder.join("bundle.zip"), "hello").unwrap();
    let complains = |run: Run, words: &str| {
        let run = run.assert_code(2);
        assert!(run.complained.contains(words), "{run:?}");
    };
    complains(verify(&folder.join("bundle.zip"), &[]), "this is no ZIP archive");
    complains(verify(&folder.join("nothing.zip"), &[]), "cannot read");
    complains(verify(&folder_of(&folder), &[]), "is no bundle that can be read");
    complains(run_ecot(&["verify", "https://ecot.example/nowhere/2026"], ""), "names no version of a result");
    complains(
        run_ecot(&["verify", "http://127.0.0.1:1/results/v1"], ""),
        "cannot read http://127.0.0.1:1/results/v1",
    );
}
