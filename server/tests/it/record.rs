//! The public record: for nobody before its second, for good after it, and never replaced.

use crate::app::TestApp;
use crate::browser::{Page, Visitor};
use crate::town::{Cycle, sign_in};
use axum::body::Body;
use axum::http::Request;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tally::bundle::unzip;

/// Two people have voted; the second gives to the lamps only.
async fn counted(app: &TestApp) -> Cycle<'_> {
    let cycle = app.town().await.with_open_cycle().await;
    cycle.citizen(0).await.vote(&[("garden", "13"), ("lamps", "4")]).await;
    cycle.citizen(1).await.vote(&[("lamps", "20")]).await;
    cycle.take_step("close").await;
    cycle.take_step("count").await;
    cycle
}

/// What a town's public may ask for of a result.
const PLACES: [&str; 6] = [
    "/results",
    "/results/v1/totals.csv",
    "/results/v1/bundle.zip",
    "/results/v1/datapackage.json",
    "/results/v1/outcome.json",
    "/results/v2/outcome.json",
];

async fn schedule(cycle: &Cycle<'_>, date: &str, time: &str) -> Page {
    let address = cycle.office("/publish");
    let form = cycle.officer.get(&address).await.form(&address);
    let form = form.fill("when", "later").fill("release_date", date).fill("release_time", time);
    cycle.officer.submit(&form).await
}

async fn statuses(visitor: &Visitor, cycle: &Cycle<'_>) -> Vec<u16> {
    let mut statuses = Vec::new();
    for place in PLACES {
        statuses.push(visitor.get(cycle.at(place)).await.status.as_u16());
    }
    statuses
}

async fn file(app: &TestApp, cycle: &Cycle<'_>, version: u8, path: &str) -> Vec<u8> {
    let page = app.visitor().get(cycle.at(&format!("/results/v{version}/{path}"))).await;
    page.assert_status(200);
    page.bytes
}

on_both! {
    async fn an_announced_result_is_there_at_its_second_and_for_nobody_before(app: TestApp) {
        let cycle = counted(&app).await;
        schedule(&cycle, "2026-04-02", "18:00").await.assert_redirect(&cycle.office(""));
        let release: Timestamp = "2026-04-02T16:00:00Z".parse().unwrap();
        app.clock.set(release - SignedDuration::from_micros(1));
        let citizen = app.visitor();
        assert_eq!(statuses(&citizen, &cycle).await, [404; 6]);
        let page = citizen.get(cycle.at("")).await;
        page.assert_status(200).assert_says_not("See the results");
        // The officers who release it see it, on their own page.
        let officer = sign_in(&app, "camille@laudry.example").await;
        assert_eq!(statuses(&officer, &cycle).await, [404; 6]);
        let preview = officer.get(cycle.office("/publish")).await;
        preview.assert_says("Only you see it").assert_says("The lamps");

        app.clock.set(release);
        for visitor in [&citizen, &officer] {
            assert_eq!(statuses(visitor, &cycle).await, [200, 200, 200, 200, 200, 404]);
        }
        let package: Value = serde_json::from_slice(&file(&app, &cycle, 1, "datapackage.json").await).unwrap();
        assert_eq!(package["created"], "2026-04-02T16:00:00Z");
        assert_eq!(package["homepage"], format!("https://ecot.example{}", cycle.at("/results/v1")));
    }

    async fn an_announcement_can_be_taken_back_while_nobody_has_seen_it(app: TestApp) {
        let cycle = counted(&app).await;
        schedule(&cycle, "2026-03-02", "18:00").await.assert_redirect(&cycle.office(""));
        let address = cycle.office("/publish");
        let withdraw = cycle.officer.get(&address).await.form(&cycle.office("/publish/withdraw"));
        cycle.officer.submit(&withdraw).await.assert_redirect(&cycle.office(""));
        assert_eq!(app.column("select count(*) from bundle_file").await, ["0"]);
        app.clock.set("2026-03-02T17:00:01Z".parse().unwrap());
        assert_eq!(statuses(&app.visitor(), &cycle).await, [404; 6]);
        cycle.take_step("publish").await;
        assert_eq!(app.visitor().get(cycle.at("/results")).await.status, 200);
        // What is out cannot be taken back.
        cycle.officer.submit(&withdraw).await.assert_status(409);
        assert_eq!(app.visitor().get(cycle.at("/results")).await.status, 200);
    }

    async fn a_moment_that_is_over_is_refused_with_what_was_typed(app: TestApp) {
        let cycle = counted(&app).await;
        let page = schedule(&cycle, "2020-01-01", "18:00").await;
        page.assert_refused("Choose a day and a time to come.");
        assert_eq!(page.value_of("release_date"), "2020-01-01");
        assert_eq!(statuses(&app.visitor(), &cycle).await, [404; 6]);
    }

    async fn a_bundle_holds_the_files_that_it_lists_byte_for_byte(app: TestApp) {
        let cycle = counted(&app).await;
        cycle.take_step("publish").await;
        let files = unzip(&file(&app, &cycle, 1, "bundle.zip").await).unwrap();
        let package: Value = serde_json::from_slice(&file(&app, &cycle, 1, "datapackage.json").await).unwrap();
        let listed = package["resources"].as_array().unwrap();
        assert_eq!(files.len(), listed.len() + 1);
        for of in listed {
            let path = of["path"].as_str().unwrap();
            let bytes = file(&app, &cycle, 1, path).await;
            assert_eq!(of["hash"], format!("sha256:{}", store::hex(&Sha256::digest(&bytes))), "{path}");
            assert_eq!(files.iter().find(|file| file.path == path).unwrap().bytes, bytes, "{path}");
        }
        let ballots = String::from_utf8(file(&app, &cycle, 1, "ballots.csv").await).unwrap();
        let rows: Vec<_> = ballots.lines().skip(1).collect();
        assert_eq!(
            rows,
            ["1,others,garden,1300,EUR", "1,others,lamps,400,EUR", "2,others,lamps,2000,EUR"]
        );
        let participation = String::from_utf8(file(&app, &cycle, 1, "participation.csv").await).unwrap();
        assert_eq!(participation, "scope,value,eligible,voted\r\nall,,3,2\r\n", "two people are too few to tell apart");
    }

    async fn a_file_is_kept_for_good_and_given_once(app: TestApp) {
        let cycle = counted(&app).await;
        cycle.take_step("publish").await;
        let address = cycle.at("/results/v1/totals.csv");
        let first = app.visitor().get(&address).await;
        assert_eq!(first.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(first.header("access-control-allow-origin"), "*");
        assert!(!first.header("etag").is_empty() && first.header("set-cookie").is_empty());
        let again = Request::get(&address).header("if-none-match", first.header("etag"));
        let again = app.visitor().send(again.body(Body::empty()).unwrap()).await;
        again.assert_status(304);
        assert!(again.bytes.is_empty());
        // With a session the answer is the same.
        assert_eq!(cycle.officer.get(&address).await.bytes, first.bytes);
    }

    async fn a_correction_is_a_further_version_and_the_first_stays_as_it_was(app: TestApp) {
        let cycle = counted(&app).await;
        cycle.take_step("publish").await;
        let paths = ["totals.csv", "ballots.csv", "outcome.json", "datapackage.json", "bundle.zip"];
        let mut before = Vec::new();
        for path in paths {
            before.push(file(&app, &cycle, 1, path).await);
        }
        let page = app.visitor().get(cycle.at("/results")).await;
        page.assert_says_not("Un bulletin en double.");

        cycle.correct("2").await;
        for (path, before) in paths.into_iter().zip(before) {
            assert!(file(&app, &cycle, 1, path).await == before, "{path}");
        }
        let ballots = String::from_utf8(file(&app, &cycle, 2, "ballots.csv").await).unwrap();
        assert_eq!(ballots.lines().count(), 3, "the header and the two lines of the ballot that is left");
        let package: Value = serde_json::from_slice(&file(&app, &cycle, 2, "datapackage.json").await).unwrap();
        let facts = &package["ecot"];
        assert_eq!(
            (&facts["version"], &facts["voted"], &facts["void"], &facts["reason"]["fr"]),
            (&2.into(), &2.into(), &1.into(), &"Un bulletin en double.".into())
        );
        // A third version names ballots by the numbers of the second.
        cycle.correct("1").await;
        let outcome: Value = serde_json::from_slice(&file(&app, &cycle, 3, "outcome.json").await).unwrap();
        assert_eq!(outcome["ballots"], 0);
    }

    async fn a_correction_is_seen_by_nobody_before_it_is_published_and_can_be_thrown_away(app: TestApp) {
        let cycle = counted(&app).await;
        cycle.take_step("publish").await;
        let address = cycle.office("/corrections");
        let form = cycle.officer.get(&address).await.form(&address).fill("reason.fr", "Recompte.");
        cycle.officer.submit(&form).await.assert_redirect(&address);
        assert_eq!(app.visitor().get(cycle.at("/results/v2/totals.csv")).await.status, 404);
        // One at a time.
        cycle.officer.submit(&form).await.assert_status(409);
        let discard = cycle.officer.get(&address).await.form(&cycle.office("/corrections/discard"));
        cycle.officer.submit(&discard).await.assert_redirect(&address);
        assert_eq!(app.column("select count(*) from outcome").await, ["1"]);
        cycle.officer.submit(&form).await.assert_redirect(&address);
    }

    /// Another officer threw away what this one looks at, and counted something else under its number.
    async fn only_the_correction_that_was_looked_at_is_published(app: TestApp) {
        let cycle = counted(&app).await;
        cycle.take_step("publish").await;
        let address = cycle.office("/corrections");
        let form = cycle.officer.get(&address).await.form(&address).fill("reason.fr", "La première.");
        cycle.officer.submit(&form.clone().fill("void", "1")).await.assert_redirect(&address);
        let looked_at = cycle.officer.get(&address).await.form(&cycle.office("/corrections/publish"));
        let discard = cycle.officer.get(&address).await.form(&cycle.office("/corrections/discard"));
        cycle.officer.submit(&discard).await.assert_redirect(&address);
        app.clock.advance(SignedDuration::from_secs(1));
        let other = form.fill("reason.fr", "La seconde.").fill("void", "2");
        cycle.officer.submit(&other).await.assert_redirect(&address);
        cycle.officer.submit(&looked_at).await.assert_status(409);
        assert_eq!(app.visitor().get(cycle.at("/results/v2/outcome.json")).await.status, 404);
        let looked_at = cycle.officer.get(&address).await.form(&cycle.office("/corrections/publish"));
        cycle.officer.submit(&looked_at).await.assert_redirect(&address);
        let package = file(&app, &cycle, 2, "datapackage.json").await;
        let package: Value = serde_json::from_slice(&package).unwrap();
        assert_eq!(package["ecot"]["reason"]["fr"], "La seconde.");
    }

    async fn a_correction_without_a_reason_or_of_no_such_ballot_is_refused(app: TestApp) {
        let cycle = counted(&app).await;
        cycle.take_step("publish").await;
        let address = cycle.office("/corrections");
        let form = cycle.officer.get(&address).await.form(&address);
        cycle.officer.submit(&form.clone().fill("void", "1")).await.assert_refused("Give the reason");
        let form = form.fill("reason.fr", "Doublon.");
        for (void, words) in [("3", "There is no ballot 3"), ("1, 1", "There is no ballot 1"), ("deux", "Write numbers")] {
            let page = cycle.officer.submit(&form.clone().fill("void", void)).await;
            page.assert_refused(words);
            assert_eq!((page.value_of("void"), page.value_of("reason.fr")), (void.to_owned(), "Doublon.".to_owned()));
        }
        assert_eq!(app.column("select count(*) from outcome").await, ["1"]);
    }

    async fn what_is_kept_ready_is_not_shown_after_a_change_nor_to_others(app: TestApp) {
        let cycle = counted(&app).await;
        let visitor = app.visitor();
        let town = format!("/{}", cycle.town.slug);
        visitor.get(&town).await.assert_says_not("See the results");
        cycle.take_step("publish").await;
        visitor.get(&town).await.assert_says("See the results");
        // An officer's header is the officer's.
        let page = cycle.officer.get(&town).await;
        assert_eq!(page.header("cache-control"), "private, no-store");
        let page = visitor.get(&town).await;
        assert_eq!(page.header("cache-control"), "public, max-age=0, must-revalidate");
        // Each language is kept apart, also where the address names it.
        assert_eq!(app.visitor().reading("fr").get(&town).await.attributes("html", "lang"), ["fr"]);
        assert_eq!(visitor.get(&town).await.attributes("html", "lang"), ["en"]);
        assert_eq!(visitor.get(format!("{town}?lang=ar")).await.attributes("html", "lang"), ["ar"]);
    }

    async fn notes_need_the_plainest_rule_and_sealed_ballots_stay_sealed(app: TestApp) {
        let town = app.town().await;
        let cycle = town.plan().with("rule", "direct").with("publication", "sealed").open().await;
        cycle.citizen(0).await.vote(&[("lamps", "20")]).await;
        cycle.publish().await;
        for path in ["ballots.csv", "notes.csv", "election.pb"] {
            assert_eq!(app.visitor().get(cycle.at(&format!("/results/v1/{path}"))).await.status, 404, "{path}");
        }
        let new = format!("/office/{}/new", cycle.town.slug);
        let form = cycle.officer.get(&new).await.form(&new).fill("slug", "2027").fill("title.fr", "Budget");
        let form = form.fill("publication", "notes");
        cycle.officer.submit(&form.clone().fill("rule", "transfer")).await.assert_refused("Notes are enough");
        cycle.officer.submit(&form.fill("rule", "direct")).await.assert_redirect("/2027");
    }
}
