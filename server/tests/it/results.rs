//! The results page in depth: where the money went, other rules, other towns, and versions with their citation.

use crate::app::TestApp;
use crate::browser::Page;
use crate::town::{Cycle, Project};

/// Four neighbours, of whom the last does not come; 12.00 of 60.00 are not spread. Counted by transfer: the pond is
/// dropped and its money goes on.
async fn neighbours<'a>(app: &'a TestApp, town: &'static str) -> Cycle<'a> {
    let project = |slug, floor, ceiling| Project { slug, floor, ceiling, kind: "grant" };
    let plan = app.town_called(town).await.plan().with("rule", "transfer").people(4).projects(&[
        project("park", "10", "50"),
        project("pond", "22", "24"),
        project("sign", "3", "3"),
    ]);
    let cycle = plan.open().await;
    cycle.citizen(0).await.vote(&[("park", "20")]).await;
    cycle.citizen(1).await.vote(&[("park", "4"), ("pond", "8")]).await;
    cycle.citizen(2).await.vote(&[("pond", "4"), ("sign", "12")]).await;
    cycle
}

/// The text with plain spaces.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

fn links(page: &Page) -> Vec<String> {
    page.attributes("main a", "href")
}

on_both! {
    async fn the_way_of_the_money_is_told_in_words_as_a_picture_and_round_by_round(app: TestApp) {
        let cycle = neighbours(&app, "laudry").await;
        cycle.publish().await;
        let page = app.visitor().get(cycle.at("/results")).await;
        assert_eq!(
            page.text(".flow__words"),
            "€60 could be spread, and €48 was given to projects. From round to round, €17 went from a project to its \
             supporters’ other choices. In the end €35 is awarded (2 projects), and €25 goes back to the town."
        );
        // The words are the picture's, for those who cannot see it.
        assert_eq!(page.text("svg.flow__picture > desc"), page.text(".flow__words"));
        assert_eq!(page.attributes("svg.flow__picture", "role"), ["img"]);
        assert_eq!(page.text("svg.flow__picture > title"), "Where the money went");
        let names: Vec<_> = page.texts(".flow__name").iter().map(|name| plain(name)).collect();
        assert_eq!(names, ["The park €32", "The sign €3", "The pond Not funded", "Returned to the town €25"]);
        let rows: Vec<_> = page.texts(".rounds tbody tr").iter().map(|row| plain(row)).collect();
        assert_eq!(rows.len(), 3, "{rows:?}");
        assert!(rows[0].contains("Funded: The sign"), "{rows:?}");
        assert!(rows[1].contains("Dropped: The pond") && rows[1].contains("to “The park”"), "{rows:?}");
        assert!(rows[2].contains("Partly funded: The park"), "{rows:?}");
        page.assert_says("Sums that moved are shown rounded down to whole cents");
    }

    async fn every_figure_says_of_how_many_and_leads_to_its_data(app: TestApp) {
        let cycle = neighbours(&app, "laudry").await;
        cycle.publish().await;
        let page = app.visitor().get(cycle.at("/results")).await;
        let facts: Vec<_> = page.texts("#turnout .facts > div").iter().map(|fact| plain(fact)).collect();
        assert_eq!(facts, [
            "People on the roll 4",
            "Voted 3 75.0% of those on the roll",
            "Ballots counted 3",
            "Money that no ballot gave €12 20.0% of €60 in all",
        ]);
        page.assert_says("The most supported (3 projects) gathered 100.0% of what was given. It is as if the money had been shared equally by 2.7 of the 3 projects.");
        let data = page.attributes(".figure-data a", "href");
        for file in ["totals.csv", "participation.csv", "rounds.csv", "other_rules.csv"] {
            let address = cycle.at(&format!("/results/v1/{file}"));
            assert!(data.contains(&address), "{file}: {data:?}");
            app.visitor().get(&address).await.assert_status(200);
        }
    }

    async fn what_other_rules_would_have_given_is_said_by_what_changes(app: TestApp) {
        let cycle = neighbours(&app, "laudry").await;
        cycle.publish().await;
        let page = app.visitor().get(cycle.at("/results")).await;
        let rows: Vec<_> = page.texts(".others tbody tr").iter().map(|row| plain(row)).collect();
        assert!(rows[0].starts_with("The rules of this vote") && rows[0].ends_with("The published result."), "{rows:?}");
        let direct = rows.iter().find(|row| row.starts_with("Direct")).unwrap();
        assert!(direct.ends_with("With another sum: The park"), "{direct}");
        let greedy = rows.iter().find(|row| row.starts_with("By support")).unwrap();
        assert!(greedy.contains("Funded as well: The pond") || greedy.contains("With another sum: The park"), "{greedy}");
    }

    async fn a_version_has_a_page_with_its_files_and_how_to_cite_it(app: TestApp) {
        let cycle = neighbours(&app, "laudry").await;
        assert_eq!(app.visitor().get(cycle.at("/results/v1")).await.status, 404, "before the release");
        cycle.publish().await;
        let page = app.visitor().get(cycle.at("/results/v1")).await;
        page.assert_status(200).assert_says("This is the latest version.").assert_says("Licence Ouverte 2.0");
        let cited = page.text(".cite");
        assert!(cited.starts_with("Town of laudry, “Budget 2026: results”, version 1, published on "), "{cited}");
        assert!(cited.ends_with(&format!("https://ecot.example{}?lang=en", cycle.at("/results/v1"))), "{cited}");
        let hashes = page.texts(".files .hash");
        assert!(!hashes.is_empty() && hashes.iter().all(|hash| hash.len() == 64), "{hashes:?}");
        for href in page.attributes(".files th a", "href") {
            app.visitor().get(&href).await.assert_status(200);
        }
        for nothing in ["v0", "v01", "v+1", "v2", "1", "latest"] {
            let address = cycle.at(&format!("/results/{nothing}"));
            assert_eq!(app.visitor().get(&address).await.status, 404, "{nothing}");
        }
    }

    async fn a_corrected_version_stays_and_says_that_there_is_a_newer_one(app: TestApp) {
        let cycle = neighbours(&app, "laudry").await;
        cycle.publish().await;
        app.visitor().get(cycle.at("/results")).await.assert_says_not("corrected");
        cycle.correct("1").await;
        let first = app.visitor().get(cycle.at("/results/v1")).await;
        first.assert_status(200).assert_says("This version has been corrected.");
        assert!(links(&first).contains(&cycle.at("/results/v2")));
        let second = app.visitor().get(cycle.at("/results/v2")).await;
        second.assert_says("Un bulletin en double.").assert_says("1 ballot is no longer counted.");
        second.assert_says_not("This version has been corrected.");
        assert_eq!(second.count(".versions > li"), 2);
        // All totals that changed are named, and not only the sums of projects.
        let rows: Vec<_> = second.texts(".changes tbody tr").iter().map(|row| plain(row)).collect();
        for row in ["Ballots counted 3 2", "Money of the vote €60 €40"] {
            assert!(rows.iter().any(|found| found == row), "{row}: {rows:?}");
        }
        for total in ["Given", "Funded", "Returned to the town"] {
            assert!(rows.iter().any(|found| found.starts_with(total)), "{total}: {rows:?}");
        }
        // Three people voted, and one of their ballots is left out; turnout and ballots say both.
        let void = "Voted: 3. Ballots counted: 2. Left out: 1.";
        second.assert_says(void).assert_says("3 of 4 on the roll. Ballots counted: 2");
        app.visitor().get(cycle.at("/results")).await.assert_says(void);
        app.visitor().get(cycle.at("/results/v1")).await.assert_says_not("Left out");
        let latest = app.visitor().get(cycle.at("/results")).await;
        latest.assert_says("This result is a corrected version");
        assert!(links(&latest).contains(&cycle.at("/results/v2")));
        assert!(latest.attributes(".figure-data a", "href").contains(&cycle.at("/results/v2/totals.csv")));
    }

    /// An election of elsewhere is told in the past, in its own measure, and with what was assumed.
    async fn an_imported_election_is_said_to_have_taken_place_elsewhere(app: TestApp) {
        let visitor = app.visitor();
        visitor.get("/").await.assert_says("yours to spread").assert_says_not("Votes of elsewhere");
        app.with_village();
        let results = visitor.get("/nowhere/2026/results").await;
        let standing = results.texts(".meta").into_iter().find(|words| words.contains("version 1")).unwrap();
        assert!(standing.starts_with("This vote took place elsewhere; counted again here on "), "{standing}");
        results
            .assert_says("Its ballots were read from a public file and counted again here, by the rules below.")
            .assert_says("A ballot gave 10 points at most")
            .assert_says("A tick is taken for one point, a rank for points by its place.")
            .assert_says_not("Each person spreads")
            .assert_says_not("published before the vote");
        let cycle = visitor.get("/nowhere/2026").await;
        cycle.assert_says("The vote took place elsewhere; counted again here on").assert_says("vote_type: cumulative");
        cycle.assert_says_not("Each person spreads");
        let verify = visitor.get("/nowhere/2026/verify").await;
        verify.assert_says("This vote took place elsewhere.").assert_says_not("your receipt");
        visitor.get("/data").await.assert_says("This vote took place elsewhere; counted again here on ");
        let home = visitor.get("/").await;
        home.assert_says("Votes of elsewhere, counted again.").assert_says_not("yours to spread").assert_says_not("the same envelope");
        assert_eq!(home.count(".hero a[href='/enter']"), 0);
    }

    async fn results_of_all_towns_stand_side_by_side(app: TestApp) {
        let (one, two) = (neighbours(&app, "laudry").await, neighbours(&app, "there").await);
        app.visitor().get("/compare").await.assert_says("No result is published yet.");
        one.publish().await;
        assert_eq!(app.visitor().get("/compare").await.count(".compare tbody tr"), 1, "only what is released");
        two.publish().await;
        let page = app.visitor().get("/compare?sort=turnout").await;
        let rows: Vec<_> = page.texts(".compare tbody tr").iter().map(|row| plain(row)).collect();
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert!(rows.iter().all(|row| row.contains("75.0% 3 of 4") && row.contains("€8.75 a person on the roll")), "{rows:?}");
        let table = app.visitor().get("/compare.csv").await;
        let mut reader = csv::Reader::from_reader(table.bytes.as_slice());
        let header = reader.headers().unwrap().clone();
        let cell = |row: &csv::StringRecord, name: &str| {
            row[header.iter().position(|column| column == name).unwrap()].to_owned()
        };
        let first = reader.records().next().unwrap().unwrap();
        let figures = ["town", "eligible", "voted", "purse_minor", "funded_minor", "funded_per_person_minor", "per"];
        let figures = figures.map(|name| cell(&first, name));
        assert_eq!(figures, ["laudry", "4", "3", "6000", "3500", "875", "eligible"]);
    }

    async fn an_address_may_ask_for_a_language_for_once(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        let page = visitor.get(cycle.at("?lang=ar")).await;
        assert_eq!(page.attributes("html", "lang"), ["ar"]);
        assert_eq!(page.attributes(".language [name=back]", "value"), [cycle.at("")], "the switch still switches");
        assert_eq!(visitor.get(cycle.at("")).await.attributes("html", "lang"), ["en"], "nothing was kept");
        assert_eq!(visitor.get(cycle.at("?lang=xx")).await.attributes("html", "lang"), ["en"]);
    }
}
