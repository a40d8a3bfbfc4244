//! Real elections, all in one installation: what is published of them is browsable, and gives itself when counted again.

use crate::app::TestApp;
use crate::command::election;
use std::fs;
use tally::bundle::{unzip, verify};

/// The names of all cumulative elections that are here, and whether they are faulty.
fn cumulative() -> Vec<String> {
    let Some(manifest) = election("../manifest.csv") else { return Vec::new() };
    let table = fs::read_to_string(manifest).unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows = reader.records().map(Result::unwrap);
    rows.filter(|row| &row[5] == "cumulative").map(|row| row[0].to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cumulative_election_is_published_browsable_and_counts_again() {
    let app = TestApp::on_sqlite().await;
    let files = cumulative();
    for (number, name) in files.iter().enumerate() {
        let Some(file) = election(name) else { return };
        let cycle = format!("e{number}");
        let path = file.to_str().unwrap();
        // One of them names a project twice on one ballot.
        app.ecot(&["import", path, "--town", "all", "--cycle", &cycle, "--publish", "--lenient"])
            .assert_code(0);
    }
    // The command has the machine's clock.
    app.clock.set("2200-01-01T00:00:00Z".parse().unwrap());
    let visitor = app.visitor();
    for (number, name) in files.iter().enumerate() {
        let results = format!("/all/e{number}/results");
        visitor.get(&results).await.assert_status(200);
        visitor.get(format!("{results}/v1")).await.assert_status(200);
        let bundle = visitor.get(format!("{results}/v1/bundle.zip")).await;
        let report = verify(&unzip(&bundle.assert_status(200).bytes).unwrap());
        assert!(report.matches, "{name}: {report:?}");
    }
    if let Some(compared) = (!files.is_empty()).then_some(files.len()) {
        assert_eq!(visitor.get("/compare").await.count(".compare tbody tr"), compared);
    }
}
