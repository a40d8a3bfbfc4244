//! The pages that law and people expect: claims, whether a code was used, the status of a cycle with its incidents,
//! privacy, legal notice, accessibility; and what is said when a visit ends, breaks or takes too long.

use crate::app::TestApp;
use crate::browser::{Form, Visitor};
use crate::databases::connect;
use crate::routes;
use crate::town::{Citizen, Cycle, enter};
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use jiff::SignedDuration;
use std::time::Duration;

/// A claim about to be sent.
async fn claim(visitor: &Visitor, cycle: &Cycle<'_>, kind: &str, name: &str) -> Form {
    let form = visitor.get(cycle.at("/claim")).await.form("/claim");
    let form = form.smuggle("kind", kind).fill("name", name).fill("reach", "5 rue du Moulin\n06 00 00 00 00");
    form.fill("note", "La boîte aux lettres est cassée.")
}

/// Sends a claim; the address that keeps its number.
async fn sent(visitor: &Visitor, cycle: &Cycle<'_>, kind: &str, name: &str) -> String {
    let form = claim(visitor, cycle, kind, name).await;
    let page = visitor.submit(&form).await;
    page.assert_status(303);
    page.header("location").to_owned()
}

/// An officer's answer about to be sent.
async fn settling(cycle: &Cycle<'_>, address: &str, settlement: &str, answer: &str) -> Form {
    let number = address.rsplit('/').next().unwrap();
    let form = cycle.officer.get(cycle.office("/claims")).await.form(number);
    form.smuggle(&format!("settlement-{number}"), settlement).fill(&format!("answer-{number}"), answer)
}

async fn asks_about(visitor: &Visitor, code: &str) -> crate::browser::Page {
    let form = visitor.get("/enter/used").await.form("/enter/used").fill("code", code);
    visitor.submit(&form).await
}

/// The citizen's session is over, by the clock; the code is good still.
fn tomorrow(app: &TestApp) {
    app.clock.advance(SignedDuration::from_hours(13));
}

on_both! {
    async fn a_lost_letter_is_claimed_seen_and_answered(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        visitor.get("/enter").await.assert_says("Letter lost, or not on the roll");
        visitor.get("/claim").await.assert_redirect("/laudry/2026/claim");
        let address = sent(&visitor, &cycle, "letter", "Amina Benali").await;
        let number = address.rsplit('/').next().unwrap().to_owned();
        let page = visitor.get(&address).await;
        page.assert_says(&number).assert_says("The town hall has not dealt with it yet.").assert_says("voids the old code");
        page.assert_says_not("Amina").assert_says_not("Moulin").assert_says_not("cassée");

        cycle.officer.get(cycle.office("")).await.assert_says("1 request is waiting.");
        let desk = cycle.officer.get(cycle.office("/claims")).await;
        desk.assert_says("Amina Benali").assert_says("5 rue du Moulin").assert_says("cassée").assert_says(&number);
        let form = settling(&cycle, &address, "refused", " ").await;
        cycle.officer.submit(&form).await.assert_refused("Say why the request is refused.");
        let form = settling(&cycle, &address, "granted", "Votre lettre vous attend au guichet.").await;
        cycle.officer.submit(&form).await.assert_redirect("/claims");
        cycle.officer.submit(&form).await.assert_refused("This request has been dealt with already.");
        visitor.get(&address).await.assert_says("has granted your request").assert_says("vous attend au guichet");
        let desk = cycle.officer.get(cycle.office("/claims")).await;
        desk.assert_says("No request is waiting.").assert_says("Dealt with already").assert_says("Amina Benali");
    }

    async fn who_asks_again_and_again_is_slowed_and_keeps_what_was_typed(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        for number in 0..11 {
            sent(&visitor, &cycle, "letter", &format!("Amina {number}")).await;
        }
        let form = claim(&visitor, &cycle, "letter", "Amina again").await;
        let page = visitor.submit(&form).await;
        page.assert_status(429).assert_says("Too many tries");
        assert_eq!(page.value_of("name"), "Amina again");
        app.clock.advance(SignedDuration::from_mins(1));
        visitor.submit(&form).await.assert_status(303);
    }

    async fn a_claim_says_what_is_missing_and_keeps_what_was_typed(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        let empty = visitor.get(cycle.at("/claim")).await.form("/claim");
        let page = visitor.submit(&empty).await;
        page.assert_refused("Choose what happened.").assert_refused("Write your name").assert_refused("Write an address");
        let long = empty.clone().smuggle("kind", "roll").fill("name", "n".repeat(121)).fill("reach", "06");
        let page = visitor.submit(&long).await;
        page.assert_refused("At most 120 characters.");
        assert_eq!((page.value_of("reach").as_str(), page.count("input[value=roll][checked]")), ("06", 1));
        assert_eq!(app.column("select cast(count(*) as text) from claim").await, ["0"]);
    }

    async fn a_claim_sent_twice_is_one_and_another_ones_number_is_nowhere(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        let first = sent(&visitor, &cycle, "roll", "Amina Benali").await;
        assert_eq!(sent(&visitor, &cycle, "roll", "Amina Benali").await, first);
        assert_ne!(sent(&visitor, &cycle, "roll", "Amina Bernard").await, first);
        assert_eq!(app.column("select cast(count(*) as text) from claim").await, ["2"]);
        visitor.get(cycle.at("/claim/0000-0000-0000")).await.assert_status(404);
        let elsewhere = app.town_called("elsewhere").await.with_open_cycle().await;
        visitor.get(elsewhere.at(&first["/laudry/2026".len()..])).await.assert_status(404);
    }

    async fn claims_are_erased_sixty_days_after_the_close_and_not_taken_after_the_results(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        let form = claim(&visitor, &cycle, "used", "Amina Benali").await;
        sent(&visitor, &cycle, "letter", "Amina Benali").await;
        cycle.take_step("close").await;
        app.clock.advance(SignedDuration::from_hours(60 * 24 - 1));
        assert_eq!(store::claim::sweep(&app.house.db, app.house.now()).await.unwrap(), 0);
        app.clock.advance(SignedDuration::from_hours(1));
        assert_eq!(store::claim::sweep(&app.house.db, app.house.now()).await.unwrap(), 1);
        visitor.submit(&form).await.assert_status(409).assert_says("takes no requests");
        visitor.get("/claim").await.assert_status(200).assert_says("No vote takes requests at the moment.");
    }

    async fn a_code_tells_whether_it_was_used_and_never_for_what(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        asks_about(&visitor, "").await.assert_refused("Type the code");
        asks_about(&visitor, "0000-0000-0000-0000").await.assert_refused("We do not know this code.");
        asks_about(&visitor, &cycle.codes[0]).await.assert_status(200).assert_says("No, nobody has voted with this code");
        cycle.citizen(0).await.vote(&[("garden", "13")]).await;
        let page = asks_about(&visitor, &cycle.codes[0]).await;
        page.assert_says("Yes, somebody has voted with this code").assert_says("on this site on Monday 2 March 2026");
        page.assert_says("yours replaces the other").assert_says_not("13").assert_says_not("garden");
        assert_eq!(visitor.cookie("__Host-citizen"), None, "it opens no session");
        visitor.get(cycle.at("/ballot")).await.assert_status(401);
        cycle.take_step("close").await;
        let page = asks_about(&visitor, &cycle.codes[0]).await;
        page.assert_says("Yes, somebody").assert_says("Voting is closed").assert_says_not("yours replaces");
    }

    async fn the_status_tells_the_steps_and_the_incidents_in_their_order(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        visitor.get(cycle.at("")).await.assert_says("Where this vote stands");
        let status = visitor.get(cycle.at("/status")).await;
        assert_eq!(status.texts("ol.timeline strong"), ["Voting opened", "Voting closes"]);
        status.assert_says("0 of 3").assert_says("No incident has been reported.");
        let tell = async |words: &str| {
            let form = cycle.officer.get(cycle.office("/incidents")).await.form("/incidents").fill("body.en", words);
            cycle.officer.submit(&form).await
        };
        tell(" ").await.assert_refused("Write what happened.");
        tell(&"x".repeat(2_001)).await.assert_refused("At most 2,000 characters.");
        tell("The site was away for an hour.").await.assert_redirect("/incidents");
        app.clock.advance(SignedDuration::from_hours(2));
        tell("It was two hours.\r\n\r\nNothing is lost.").await.assert_redirect("/incidents");
        for step in ["close", "count", "publish"] {
            cycle.take_step(step).await;
        }
        let status = visitor.get(cycle.at("/status")).await;
        let early = "Voting was closed before the announced end (Tuesday 31 March 2026, 20:00)";
        let steps = ["Voting opened", early, "The ballots were counted", "The results were published"];
        assert_eq!(status.texts("ol.timeline strong"), steps);
        assert_eq!(status.texts("#incidents .prose"), ["It was two hours. Nothing is lost.", "The site was away for an hour."]);
        assert_eq!(status.texts("#incidents .prose p").len(), 3, "a blank line ends a paragraph, as browsers send it too");
    }

    async fn a_draft_has_no_status_and_no_claims(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        for path in ["/status", "/claim", "/claim/0000-0000-0000"] {
            app.visitor().get(cycle.at(path)).await.assert_status(404);
        }
    }

    async fn what_a_town_has_not_stated_is_said_and_what_it_states_is_shown(app: TestApp) {
        let town = app.town().await;
        let officer = town.officer().await;
        let visitor = app.visitor();
        for page in ["/legal", "/privacy", "/accessibility"] {
            let site = visitor.get(page).await;
            site.assert_status(200).assert_says("Each town publishes its own pages");
            assert_eq!(site.attributes("main ul a", "href"), [format!("{page}/laudry")]);
            visitor.get(format!("{page}/nowhere")).await.assert_status(404);
        }
        assert_eq!(visitor.get("/legal/laudry").await.texts("main .meta"), ["The town has not stated it yet."; 5]);
        let privacy = visitor.get("/privacy/laudry").await;
        privacy.assert_says("Town of laudry has not stated yet which body").assert_says("CNIL").assert_says("What we cannot prevent");

        let form = officer.get("/office/legal/laudry").await.form("/office/legal/laudry");
        let long = form.clone().fill("director", "n".repeat(161));
        officer.submit(&long).await.assert_refused("At most 160 characters.");
        let form = form.fill("body", "Commune de Laudry").fill("host", "Ateliers <b>\n1 quai").fill("data_protection", "dpo@laudry.example");
        officer.submit(&form).await.assert_redirect("/office/legal/laudry");
        let legal = visitor.get("/legal/laudry").await;
        legal.assert_says("Commune de Laudry").assert_says("Ateliers <b>").assert_says("dpo@laudry.example").assert_says("05 00 00 00 00");
        let privacy = visitor.get("/privacy/laudry").await;
        privacy.assert_says("Commune de Laudry decides about this vote").assert_says("dpo@laudry.example");
        assert_eq!(officer.get("/office/legal/laudry").await.value_of("body"), "Commune de Laudry");
        let links = visitor.get("/laudry").await.attributes(".site-footer__links a", "href");
        for link in ["/privacy/laudry", "/legal/laudry", "/accessibility/laudry"] {
            assert!(links.iter().any(|href| href == link), "{links:?}");
        }
    }

    async fn the_accessibility_statement_tells_what_was_tested(app: TestApp) {
        app.town().await;
        let page = app.visitor().get("/accessibility/laudry").await;
        page.assert_says("does not comply").assert_says("Défenseur des droits").assert_says("axe-core");
        assert!(page.texts("tbody th").contains(&"home".to_owned()), "{}", page.words());
    }

    async fn what_was_chosen_survives_the_end_of_a_session(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let spread = citizen.spread(&[("garden", "12"), ("lamps", "5")]).await;
        let confirm = citizen.checked(&[("garden", "12"), ("lamps", "5")]).await;
        for form in [spread, confirm] {
            tomorrow(&app);
            let door = citizen.submit(&form).await;
            door.assert_status(401).assert_says("your choices are not lost");
            let wrong = citizen.submit(&door.form("/enter").fill("code", "nope")).await;
            wrong.assert_refused("A code has sixteen");
            let entered = citizen.submit(&wrong.form("/enter").fill("code", &*cycle.codes[0])).await;
            entered.assert_redirect(&cycle.at("/ballot/check"));
            let check = citizen.get(cycle.at("/ballot/check")).await;
            check.assert_status(200).assert_says("Check my choices").assert_says("€12.00").assert_says("€5.00");
        }
        let check = citizen.get(cycle.at("/ballot")).await;
        check.assert_status(200);
        assert_eq!(citizen.version().await, None, "nothing is recorded before it is confirmed");
        let form = citizen.checked(&[("garden", "12")]).await;
        citizen.submit(&form).await.assert_redirect("/mine");
    }

    async fn choices_that_wait_are_for_their_own_ballot_alone(app: TestApp) {
        let elsewhere = app.town_called("elsewhere").await.with_open_cycle().await;
        let cycle = app.town().await.with_open_cycle().await;
        let form = cycle.citizen(0).await.spread(&[("garden", "12")]).await;
        let stranger = app.visitor();
        let door = stranger.submit(&form).await.form("/enter").fill("code", &*elsewhere.codes[0]);
        stranger.submit(&door).await.assert_redirect("/elsewhere/2026/ballot");
    }

    async fn a_tab_left_open_does_not_replace_unseen_what_another_recorded(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let old_tab = citizen.checked(&[("garden", "12")]).await;
        citizen.vote(&[("lamps", "5")]).await;
        citizen.submit(&old_tab).await.assert_redirect(&cycle.at("/ballot/check"));
        let page = citizen.get(cycle.at("/ballot/check")).await;
        page.assert_status(200).assert_says("Meanwhile version 1 of your ballot was recorded").assert_says("€12.00");
        assert_eq!(citizen.version().await, Some(1));
        let again = page.form("/ballot/confirm").press("confirm", "yes");
        citizen.submit(&again).await.assert_redirect("/mine");
        assert_eq!(citizen.version().await, Some(2));
        citizen.submit(&again).await.assert_redirect("/mine");
        assert_eq!(citizen.version().await, Some(2), "sent twice is sent once");
    }

    async fn a_session_that_cannot_be_read_is_told_in_the_visitors_language(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let Citizen { visitor, .. } = cycle.citizen(0).await;
        let visitor = visitor.reading("fr");
        let mut connection = connect(&app.database_url).await;
        sqlx::query("drop table session").execute(&mut connection).await.unwrap();
        let page = visitor.get(cycle.at("/ballot")).await;
        page.assert_status(500).assert_says("Quelque chose a cassé chez nous");
        assert_eq!(page.header("cache-control"), "private, no-store");
    }
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up_in_words() {
    let app = TestApp::on_sqlite().await;
    let mut house = app.house.clone();
    house.patience = Duration::from_millis(20);
    let stuck = Router::new()
        .route("/", get(std::future::pending::<()>))
        .layer(from_fn_with_state(house, app::access::visit));
    let page = Visitor::new(stuck).reading("fr").get("/").await;
    page.assert_status(503).assert_says("La réponse met trop de temps");
}

#[tokio::test]
async fn a_code_of_elsewhere_opens_nothing_with_choices_that_wait() {
    let app = TestApp::on_sqlite().await;
    let cycle = app.town().await.with_open_cycle().await;
    let visitor = app.visitor();
    enter(&visitor, &cycle.codes[1]).await.assert_redirect(&cycle.at("/ballot"));
    let fields =
        [("code", cycle.codes[0].as_str()), ("ballot", "//evil.example/ballot"), ("amount.garden", "3")];
    visitor.post("/enter", &fields).await.assert_redirect(&cycle.at("/ballot"));
}

/// What axe looked at, from which the accessibility statement is made.
#[test]
fn the_accessibility_statement_lacks_no_page() {
    let tested: serde_json::Value =
        serde_json::from_str(include_str!("../../../docs/accessibility.json")).unwrap();
    let looked_at: Vec<_> =
        tested["pages"].as_array().unwrap().iter().map(|page| page["path"].as_str().unwrap()).collect();
    for route in routes::all().into_iter().filter(|route| route.is_page()) {
        assert!(
            looked_at.iter().any(|path| route.is_page_at(path)),
            "{route:?} is no state of end2end/tests/axe.spec.ts, or docs/accessibility.json was not made anew"
        );
    }
}
