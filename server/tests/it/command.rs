//! The command line: what it does, what it says, and how it ends.

use crate::app::{Run, TestApp, ecot, run_ecot};
use crate::databases::{Folder, PostgresDatabase};
use crate::town::{codes, enter};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

/// Four people share 40 €, ten points each: park 16, pond 9, road 9 and sign 6 points.
pub(crate) const VILLAGE: &str = "META
key;value
description;A village
country;France
unit;Nowhere
instance;2026
num_projects;4
num_votes;4
budget;40
currency;EUR
vote_type;cumulative
rule;greedy
date_begin;2026
date_end;2026
max_sum_points;10
PROJECTS
project_id;cost;name
park;20;Park
pond;12;Pond
road;15;Road
sign;3;Sign
VOTES
voter_id;vote;points
1;park;10
2;park,pond;6,4
3;road,pond;5,5
4;road,sign;4,6
";

impl TestApp {
    /// Imports the village, and publishes it.
    pub(crate) fn with_village(&self) -> &Self {
        let file = self.folder.join("village.pb");
        std::fs::write(&file, VILLAGE).unwrap();
        let arguments =
            ["import", file.to_str().unwrap(), "--town", "nowhere", "--cycle", "2026", "--publish"];
        self.ecot(&arguments).assert_code(0);
        // The command has the machine's clock, and nobody sees a result before it was released.
        self.clock.set("2099-01-01T00:00:00Z".parse().unwrap());
        self
    }
}

/// A real election's file; says what is skipped where it is absent.
pub(crate) fn election(name: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
    let folder = std::env::var("ECOT_DATA").unwrap_or_else(|_| beside.to_owned());
    let path = PathBuf::from(folder).join("pabulib").join(name);
    if path.exists() {
        return Some(path);
    }
    let _ = writeln!(
        std::io::stdout(),
        "skipped: no {}; set ECOT_DATA to the folder of the real elections",
        path.display()
    );
    None
}

/// The projects of a file as (id, cost, score, official choice), read without any of our own code.
fn projects_of(file: &Path) -> Vec<(String, i64, i64, Option<bool>)> {
    let text = std::fs::read_to_string(file).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let start = rows.iter().position(|row| &row[0] == "PROJECTS").unwrap();
    let end = rows.iter().position(|row| &row[0] == "VOTES").unwrap();
    let at = |name: &str| rows[start + 1].iter().position(|column| column == name);
    let number = |row: &csv::StringRecord, name: &str| row[at(name).unwrap()].parse::<i64>().unwrap();
    let selected = |row: &csv::StringRecord| at("selected").map(|at| &row[at] == "1");
    rows[start + 2..end]
        .iter()
        .map(|row| (row[0].to_owned(), number(row, "cost"), number(row, "score"), selected(row)))
        .collect()
}

/// Greedy in the plainest way: by score, whoever fits; `threshold` is the least score.
fn winners(projects: &[(String, i64, i64, Option<bool>)], mut budget: i64, threshold: i64) -> Vec<String> {
    let mut ranked: Vec<_> = projects.iter().filter(|(_, _, score, _)| *score >= threshold).collect();
    ranked.sort_by_key(|(_, _, score, _)| -score);
    let mut winners = Vec::new();
    for (id, cost, ..) in ranked {
        if *cost <= budget {
            budget -= cost;
            winners.push(id.to_lowercase().replace('/', "-"));
        }
    }
    winners.sort();
    winners
}

/// Imports and publishes a file, and gives the results as published.
async fn import(
    app: &TestApp,
    file: &Path,
    town: &str,
    cycle: &str,
) -> (serde_json::Value, crate::browser::Page) {
    let run = app
        .ecot(&["import", file.to_str().unwrap(), "--town", town, "--cycle", cycle, "--publish"])
        .assert_code(0);
    assert!(
        run.said.contains(&format!("It is closed, counted and published: see /{town}/{cycle}/results.")),
        "{run:?}"
    );
    // The command has the machine's clock, and what it publishes is released by that one.
    app.clock.set("2200-01-01T00:00:00Z".parse().unwrap());
    let json = app.visitor().get(format!("/{town}/{cycle}/results.json")).await.assert_status(200).json();
    (json, app.visitor().get(format!("/{town}/{cycle}/results")).await)
}

fn funded(json: &serde_json::Value) -> Vec<String> {
    let projects = json["projects"].as_array().unwrap().iter();
    let mut funded: Vec<_> = projects
        .filter(|project| project["received_minor"] != 0)
        .map(|project| project["project"].as_str().unwrap().to_owned())
        .collect();
    funded.sort();
    funded
}

/// The scores of a file, as sums that were given, in cents.
fn assert_scores(json: &serde_json::Value, projects: &[(String, i64, i64, Option<bool>)]) {
    for (id, cost, score, _) in projects {
        let slug = id.to_lowercase().replace('/', "-");
        let found =
            json["projects"].as_array().unwrap().iter().find(|project| project["project"] == slug).unwrap();
        assert_eq!(
            (&found["given_minor"], &found["ceiling_minor"]),
            (&(score * 100).into(), &(cost * 100).into()),
            "{id}"
        );
    }
}

on_both! {
    async fn toulouse_2019_is_imported_counted_and_published(app: TestApp) {
        let Some(file) = election("France_Toulouse_2019.pb") else { return };
        let (json, page) = import(&app, &file, "toulouse", "2019").await;
        let projects = projects_of(&file);
        assert_eq!((&json["voted"], &json["ballots"], &json["eligible"]), (&1494.into(), &1494.into(), &serde_json::Value::Null));
        assert_eq!((&json["purse_minor"], &json["currency"], &json["nature"]), (&100_000_000.into(), &"EUR".into(), &"import".into()));
        assert_eq!(funded(&json), winners(&projects, 1_000_000, 0));
        assert_scores(&json, &projects);
        page.assert_status(200).assert_says("1,494 ballots").assert_says("Imported data:");
        page.assert_says("14 of 30 projects are funded with €1,000,000, by 1,494 people.");
        let here = app.ecot(&["import", file.to_str().unwrap(), "--town", "toulouse", "--cycle", "2019"]).assert_code(2);
        assert!(here.complained.contains("there is a cycle toulouse/2019 already; nothing was written"), "{here:?}");
        enter(&app.visitor(), &store::roll::Code::new([1; 15]).print()).await.assert_refused("We do not know this code");
        app.visitor().get("/toulouse/2019/ballot").await.assert_status(409).assert_says("Nobody votes here");
    }

    async fn katowice_2022_gives_the_citys_official_result(app: TestApp) {
        let Some(file) = election("Poland_Katowice_2022.pb") else { return };
        let (json, page) = import(&app, &file, "katowice", "2022").await;
        let projects = projects_of(&file);
        assert_eq!((&json["voted"], &json["ballots"], &json["currency"]), (&32_815.into(), &32_815.into(), &"PLN".into()));
        assert_eq!(json["purse_minor"], 300_249_800);
        assert_scores(&json, &projects);
        let chosen = projects.iter().filter(|(.., selected)| *selected == Some(true));
        let mut chosen: Vec<_> = chosen.map(|(id, ..)| id.to_lowercase().replace('/', "-")).collect();
        chosen.sort();
        assert_eq!(funded(&json), chosen);
        assert_eq!(winners(&projects, 3_002_498, 200), chosen);
        page.assert_says("This count gives the city’s official result, for each of the 29 projects.");
        page.assert_says("2 of 29 projects are funded");
    }

    async fn a_cycle_that_was_imported_is_closed_counted_and_published_by_an_officer(app: TestApp) {
        let Some(file) = election("France_Toulouse_2019.pb") else { return };
        let run = app.ecot(&["import", file.to_str().unwrap(), "--town", "toulouse", "--cycle", "2019", "--envelope", "21.00"]);
        assert!(run.assert_code(0).said.contains("1494 ballots and 30 projects are now the cycle toulouse/2019."));
        let add = ["officer", "add", "--town", "toulouse", "--mail", "Sam@Toulouse.example", "--name", "Sam"];
        app.ecot_told(&add, "une phrase de passe assez longue\n").assert_code(0);
        let officer = crate::town::sign_in(&app, "sam@toulouse.example").await;
        for step in ["close", "count", "publish"] {
            // What cannot be undone is asked on a page of its own.
            let asked_at = if step == "count" { String::new() } else { format!("/{step}") };
            let form = officer.get(format!("/office/toulouse/2019{asked_at}")).await.form(&format!("/{step}"));
            officer.submit(&form).await.assert_redirect("/office/toulouse/2019");
        }
        let json = app.visitor().get("/toulouse/2019/results.json").await.json();
        assert_eq!(json["given_minor"].as_i64().unwrap() % 300, 0, "a point is 3.00");
        app.visitor().get("/toulouse/2019/results").await.assert_says("1,090 points");
    }

    async fn a_closed_cycle_is_counted_from_the_command_line_and_stays_hidden(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        cycle.citizen(0).await.vote(&[("garden", "20")]).await;
        let count = ["count", "--town", "laudry", "--cycle", "2026"];
        let early = app.ecot(&count).assert_code(2);
        assert!(early.complained.contains("nothing is counted before"), "{early:?}");
        cycle.take_step("close").await;
        let run = app.ecot(&count).assert_code(0);
        assert!(run.said.contains("stays hidden until an officer publishes it") && !run.said.contains('€'), "{run:?}");
        app.visitor().get(cycle.at("/results")).await.assert_status(404);
        cycle.take_step("publish").await;
        assert_eq!(app.visitor().get(cycle.at("/results.json")).await.json()["given_minor"], 2000);
        let nowhere = app.ecot(&["count", "--town", "laudry", "--cycle", "1999"]).assert_code(2);
        assert!(nowhere.complained.contains("there is no cycle laudry/1999 here"), "{nowhere:?}");
    }

    async fn a_bad_file_is_refused_with_its_line_and_leaves_nothing_behind(app: TestApp) {
        let file = app.folder.join("bad.pb");
        for vote in ["3;a,nothing;1,1", "3;a,a;1,1", "3;a;-1", "3;a;x", "3;a;9", "3;a"] {
            std::fs::write(&file, small_election(vote)).unwrap();
            let run = app.ecot(&["import", file.to_str().unwrap(), "--town", "nowhere", "--cycle", "2020", "--publish"]);
            let run = run.assert_code(2);
            assert!(run.complained.contains("bad.pb: line 21: "), "{vote}: {run:?}");
            for table in ["municipality", "cycle", "project", "category", "district", "rule_sheet", "ballot", "urn_ballot"] {
                assert_eq!(app.column(&format!("select count(*) from {table}")).await, ["0"], "{vote}: {table}");
            }
            app.visitor().get("/nowhere").await.assert_status(404);
        }
        let keys: Vec<_> = app.keys_folder().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(keys, ["roll.key"]);
        std::fs::write(&file, small_election("3;a,b;1,1")).unwrap();
        for (town, cycle) in [("office", "2020"), ("Nowhere", "2020"), ("nowhere", "new"), ("nowhere", "../x")] {
            app.ecot(&["import", file.to_str().unwrap(), "--town", town, "--cycle", cycle]).assert_code(2);
        }
        let envelope = ["import", file.to_str().unwrap(), "--town", "nowhere", "--cycle", "2020", "--envelope"];
        for wrong in ["0", "much", "10.01"] {
            app.ecot(&[&envelope[..], &[wrong]].concat()).assert_code(2);
        }
        app.ecot(&["import", file.to_str().unwrap(), "--town", "nowhere", "--cycle", "2020"]).assert_code(0);
        app.visitor().get("/nowhere/2020").await.assert_status(200);
    }

    /// A spreadsheet would run them. The page and the JSON, which nobody opens in one, show them as they are.
    async fn imported_names_that_would_be_formulas_are_not_in_the_results_table(app: TestApp) {
        let names = ["=1+1", "@SUM(A1)", "+33", "-5, \"or so\""];
        let mut file = String::from("META\nkey;value\ndescription;A village\ncountry;France\nunit;Nowhere\ninstance;2020\n");
        file.push_str("num_projects;4\nnum_votes;1\nbudget;9\nvote_type;cumulative\nrule;greedy\ndate_begin;2020\ndate_end;2020\nmax_sum_points;4\nPROJECTS\n");
        file.push_str("project_id;cost;name\n=1;6;=1+1\n@b;5;@SUM(A1)\n+c;5;+33\n-d;5;\"-5, \"\"or so\"\"\"\n");
        file.push_str("VOTES\nvoter_id;vote;points\n1;=1,@b,+c,-d;1,1,1,1\n");
        let path = app.folder.join("formulas.pb");
        std::fs::write(&path, file).unwrap();
        let (json, page) = import(&app, &path, "nowhere", "2020").await;
        let projects = json["projects"].as_array().unwrap();
        let mut titles: Vec<_> = projects.iter().map(|project| project["title"]["fr"].as_str().unwrap()).collect();
        titles.sort();
        let mut expected = names;
        expected.sort_unstable();
        assert_eq!(titles, expected);
        for name in names {
            assert!(page.texts("tbody th").contains(&name.to_owned()), "{name}");
        }
        let csv = app.visitor().get("/nowhere/2020/results.csv").await;
        let mut reader = csv::Reader::from_reader(csv.bytes.as_slice());
        let mut written = Vec::new();
        for row in reader.records().map(Result::unwrap) {
            assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{row:?}");
            written.push(row[1].to_owned());
        }
        written.sort();
        let mut expected = names.map(|name| format!("'{name}"));
        expected.sort();
        assert_eq!(written, expected);
    }

    async fn a_roll_is_imported_and_its_codes_are_written_once(app: TestApp) {
        let cycle = app.town().await.plan().people(0).draft().await;
        let (roll, table) = (app.folder.join("roll.csv"), app.folder.join("codes.csv"));
        std::fs::write(&roll, "reference;district\nA-1;Centre\nA-2;\n").unwrap();
        let (roll, written) = (roll.to_str().unwrap(), table.to_str().unwrap());
        let import = |codes: &str, more: &[&str]| -> Run {
            let arguments = ["roll", "import", roll, "--codes", codes, "--town", "laudry", "--cycle", "2026"];
            app.ecot(&[&arguments[..], more].concat())
        };
        let run = import(written, &[]).assert_code(0);
        assert!(run.said.starts_with("2 codes are in "), "{run:?}");
        let first = std::fs::read_to_string(&table).unwrap();
        assert_eq!(first.lines().next(), Some("reference,code"));
        let code = first.lines().nth(1).unwrap().split(',').nth(1).unwrap();
        assert!(!run.said.contains(code) && !run.complained.contains(code), "codes are not printed");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(table.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }

        let again = import(written, &["--reissue"]).assert_code(2);
        assert!(again.complained.contains("cannot write"), "{again:?}");
        assert_eq!(std::fs::read_to_string(&table).unwrap(), first, "the codes that are there are not overwritten");
        let other = app.folder.join("other.csv");
        let nobody_new = import(other.to_str().unwrap(), &[]).assert_code(2);
        assert!(nobody_new.complained.contains("on the roll already"), "{nobody_new:?}");
        assert!(!other.exists(), "no empty table is left");

        cycle.add_project(crate::town::Project { slug: "x", floor: "0", ceiling: "9", kind: "grant" }).await;
        codes(&cycle.import_roll("reference\nB-1\n").await);
        cycle.take_step("open").await;
        enter(&app.visitor(), code).await.assert_redirect("/laudry/2026/ballot");
        import(other.to_str().unwrap(), &["--reissue"]).assert_code(0);
        enter(&app.visitor(), code).await.assert_refused("We do not know this code");
        cycle.take_step("close").await;
        let late = app.folder.join("late.csv");
        import(late.to_str().unwrap(), &["--reissue"]).assert_code(2);
        assert!(!late.exists());
    }

    async fn a_roll_with_wrong_lines_is_refused_on_the_command_line_too(app: TestApp) {
        let _cycle = app.town().await.plan().people(0).draft().await;
        let (roll, table) = (app.folder.join("roll.csv"), app.folder.join("codes.csv"));
        std::fs::write(&roll, "reference\nA-1\na-1\n=x\n").unwrap();
        let paths = [roll.to_str().unwrap(), "--codes", table.to_str().unwrap()];
        let run = app.ecot(&[&["roll", "import"], &paths[..], &["--town", "laudry", "--cycle", "2026"]].concat());
        let run = run.assert_code(2);
        assert!(run.complained.contains("Line 3: ") && run.complained.contains("Line 4: "), "{run:?}");
        assert!(!table.exists());
        assert_eq!(app.column("select count(*) from roll_entry").await, ["0"]);
    }

    async fn a_town_is_added_where_no_other_page_is(app: TestApp) {
        let add = |slug: &str, more: &[&str]| {
            app.ecot(&[&["town", "add", "--slug", slug, "--name", "Laudry-sur-Sève"], more].concat())
        };
        for reserved in ["office", "enter", "healthz", "pkg", "new", "Laudry", "a/b", ""] {
            add(reserved, &[]).assert_code(2);
        }
        add("laudry", &["--time-zone", "Europe/Laudry"]).assert_code(2);
        assert_eq!(app.column("select count(*) from municipality").await, ["0"]);
        add("laudry", &["--help-phone", "05 00 00 00 00", "--about", "Une ville."]).assert_code(0);
        let page = app.visitor().get("/laudry").await;
        page.assert_status(200).assert_says("Laudry-sur-Sève").assert_says("05 00 00 00 00").assert_says("Une ville.");
        let again = add("laudry", &[]).assert_code(2);
        assert!(again.complained.contains("already; nothing was changed"), "{again:?}");
    }

    async fn an_officer_is_added_with_a_long_password_only(app: TestApp) {
        app.town().await;
        let add = |mail: &str, town: &str, password: &str| {
            app.ecot_told(&["officer", "add", "--town", town, "--mail", mail, "--name", "Sam"], password)
        };
        for short in ["", "\n", "elevenchars\n"] {
            let run = add("sam@laudry.example", "laudry", short).assert_code(2);
            assert!(run.complained.contains("12 characters or more"), "{run:?}");
        }
        add("sam", "laudry", "une phrase de passe assez longue\n").assert_code(2);
        let run = add("sam@laudry.example", "elsewhere", "une phrase de passe assez longue\n").assert_code(2);
        assert!(run.complained.contains("there is no town \"elsewhere\" here; there are: laudry"), "{run:?}");
        assert_eq!(app.column("select count(*) from officer").await, ["0"]);
        let run = add("sam@laudry.example", "laudry", "une phrase de passe assez longue\n").assert_code(0);
        assert!(!run.said.contains("phrase") && !run.complained.contains("phrase"), "{run:?}");
        crate::town::sign_in(&app, "sam@laudry.example").await.get("/office/laudry/new").await.assert_status(200);
        app.town_called("there").await;
        add("sam@laudry.example", "there", "").assert_code(0);
        crate::town::sign_in(&app, "sam@laudry.example").await.get("/office/there/new").await.assert_status(200);
    }

    async fn the_probes_answer(app: TestApp) {
        let visitor = app.visitor();
        assert_eq!(visitor.get("/healthz").await.assert_status(200).body(), "ok");
        assert_eq!(visitor.get("/readyz").await.assert_status(200).body(), "ready");
        app.house.db.close().await;
        visitor.get("/healthz").await.assert_status(200);
        let unready = visitor.get("/readyz").await;
        unready.assert_status(503);
        assert_eq!(unready.body(), "the database does not answer");
    }

    async fn a_server_answers_and_stops_when_it_is_asked_to(app: TestApp) {
        app.town().await;
        let keys = app.keys_folder();
        let mut server = Server::start(&["--database", &app.database_url, "--keys", keys.to_str().unwrap()]);
        let home = server.get("/laudry").unwrap();
        assert!(home.starts_with("HTTP/1.1 200") && home.contains("Town of laudry"), "{home}");
        // A visitor whose connection stays open does not hold it up.
        let _idle = TcpStream::connect(&server.address).unwrap();
        assert_eq!(server.stop(), Some(0));
    }
}

/// A small file with one line to try out, on line 21.
fn small_election(vote: &str) -> String {
    let mut text =
        String::from("META\nkey;value\ndescription;A village\ncountry;France\nunit;Nowhere\ninstance;2020\n");
    text.push_str("num_projects;2\nnum_votes;3\nbudget;10\nvote_type;cumulative\nrule;greedy\ndate_begin;2020\ndate_end;2020\nmax_sum_points;4\nPROJECTS\n");
    text.push_str("project_id;cost;name\na;6;A\nb;5;B\nVOTES\nvoter_id;vote;points\n");
    write!(text, "{vote}\n2;a;1\n1;a,b;2,1\n").unwrap();
    text
}

/// `ecot serve` on a port of its own.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(storage: &[&str]) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let child = ecot(&[&["serve", "--addr", &address], storage].concat()).spawn().unwrap();
        let server = Self { child, address };
        for _ in 0..600 {
            if server.get("/healthz").is_ok_and(|answer| answer.ends_with("ok")) {
                return server;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the server does not answer");
    }

    fn get(&self, path: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// Asks it to stop; its exit code, if it does within fifteen seconds.
    fn stop(&mut self) -> Option<i32> {
        assert!(
            Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success()
        );
        for _ in 0..300 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        None
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_command_explains_itself() {
    let commands: [&[&str]; 12] = [
        &[],
        &["town"],
        &["town", "add"],
        &["serve"],
        &["migrate"],
        &["import"],
        &["count"],
        &["roll"],
        &["roll", "import"],
        &["officer"],
        &["officer", "add"],
        &["demo"],
    ];
    for command in commands {
        let run = run_ecot(&[command, &["--help"]].concat(), "").assert_code(0);
        assert!(run.said.contains("Usage: ecot") && run.complained.is_empty(), "{run:?}");
    }
    let own = run_ecot(&["--help"], "").said;
    for command in ["serve", "migrate", "import", "count", "town", "roll", "officer", "demo"] {
        assert!(own.contains(&format!("\n  {command} ")), "{command} is not in the list: {own}");
    }
    run_ecot(&["--version"], "").assert_code(0);
    run_ecot(&["no-such-command"], "").assert_code(2);
}

#[test]
fn a_file_is_counted_without_any_database() {
    let Some(file) = election("Poland_Katowice_2022.pb") else { return };
    let folder = Folder::new();
    let nowhere = format!("sqlite://{}", folder.join("none.db").display());
    let count = |more: &[&str]| {
        run_ecot(&[&["count", file.to_str().unwrap(), "--database", &nowhere], more].concat(), "")
            .assert_code(0)
    };
    let run = count(&[]);
    assert!(run.said.ends_with("32,815 ballots.\n"), "{run:?}");
    assert_eq!(run.said.lines().filter(|line| line.starts_with("funded ")).count(), 2, "{run:?}");
    let json: serde_json::Value = serde_json::from_str(&count(&["--json"]).said).unwrap();
    let sum = |name: &str| json[name].as_i64().unwrap();
    assert_eq!((sum("purse_minor"), sum("funded_minor") + sum("returned_minor")), (300_249_800, 300_249_800));
    assert!(!folder.join("none.db").exists());
    run_ecot(&["count", folder.join("absent.pb").to_str().unwrap()], "").assert_code(2);
    run_ecot(&["count"], "").assert_code(2);
}

#[test]
fn a_public_address_without_https_is_refused() {
    let folder = Folder::new();
    let database = format!("sqlite://{}", folder.join("ecot.db").display());
    let keys = folder.join("keys");
    let storage = ["--database", &database, "--keys", keys.to_str().unwrap()];
    let public = ["serve", "--addr", "127.0.0.1:0", "--public-url", "http://ecot.example"];
    let run = run_ecot(&[&public[..], &storage].concat(), "").assert_code(2);
    assert!(run.complained.contains("without https"), "{run:?}");
    run_ecot(&["migrate", "--database", "mysql://x/y", "--keys", keys.to_str().unwrap()], "").assert_code(2);
}

fn assert_migrates(database: &str, folder: &Folder) {
    let keys = folder.join("keys");
    for _ in 0..2 {
        let run = run_ecot(&["migrate", "--database", database, "--keys", keys.to_str().unwrap()], "")
            .assert_code(0);
        assert_eq!(run.said, "The database is up to date.\n");
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    assert!(runtime.block_on(async { store::Db::open(database).await.unwrap().ready().await.unwrap() }));
}

#[test]
fn an_empty_sqlite_is_brought_up_to_date_once() {
    let folder = Folder::new();
    assert_migrates(&format!("sqlite://{}", folder.join("deeper/ecot.db").display()), &folder);
}

#[test]
fn an_empty_postgres_is_brought_up_to_date_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(database) = runtime.block_on(PostgresDatabase::empty()) {
        assert_migrates(&database.url, &Folder::new());
    }
}
