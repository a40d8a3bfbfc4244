//! What a citizen can do, and what they cannot.

use crate::app::TestApp;
use crate::browser::Form;
use crate::town::{Cycle, Project, closing, codes, enter};
use jiff::{SignedDuration, ToSpan};

/// A code as somebody else would write it.
fn rewritten(code: &str, letters: &[(char, char)]) -> String {
    code.chars().map(|c| letters.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to)).collect()
}

/// The code with its character at `place` replaced by another one of the alphabet.
fn mistyped(code: &str, place: usize) -> String {
    let wrong = |c: char| if c == '7' { '8' } else { '7' };
    code.chars().enumerate().map(|(at, c)| if at == place { wrong(c) } else { c }).collect()
}

/// A garden of 12 and lamps of 5: what the tests vote for where nothing else matters.
const CHOICE: &[(&str, &str)] = &[("garden", "12"), ("lamps", "5")];

/// Votes are in points of envelopes of 20, at most 15 a project and on two projects at least.
async fn strict(app: &TestApp) -> Cycle<'_> {
    let elsewhere = app.town_called("elsewhere").await.plan();
    let orchard = Project { slug: "orchard", floor: "0", ceiling: "50", kind: "grant" };
    elsewhere.projects(&[orchard]).open().await;
    app.town().await.plan().with("max_per_project", "15").with("min_projects", "2").open().await
}

/// What a ballot can be refused for: the amounts, fields that no page offers, and the reason given.
type Refused = (&'static [(&'static str, &'static str)], Option<(&'static str, &'static str)>, &'static str);

const REFUSED: &[Refused] = &[
    (
        &[("garden", "12"), ("kiosk", "9")],
        None,
        "You spread €21.00, and your envelope holds €20.00. Take back €1.00.",
    ),
    (&[("garden", "999999999999"), ("kiosk", "999999999999")], None, "your envelope holds €20.00"),
    (&[("garden", "-3"), ("kiosk", "5")], None, "“The garden”: an amount is never below zero."),
    (&[("garden", "2.50"), ("kiosk", "5")], None, "“The garden”: give a multiple of €1.00."),
    (&[("garden", "16"), ("kiosk", "1")], None, "“The garden”: at most €15.00 a project."),
    (&[("garden", "5")], None, "Choose at least 2 projects; you have 1."),
    (&[("garden", "0")], None, "Give something to at least one project."),
    (&[("garden", "douze"), ("kiosk", "5")], None, "“douze” is not an amount. Use figures, for example 4."),
    (&[("garden", "1e1"), ("kiosk", "5")], None, "“1e1” is not an amount."),
    (&[("garden", "\"><script>"), ("kiosk", "5")], None, "“\"><script>” is not an amount."),
    (
        &[("garden", "5"), ("kiosk", "5")],
        Some(("amount.orchard", "3")),
        "The project “orchard” is not in this cycle.",
    ),
    (
        &[("garden", "5"), ("kiosk", "5")],
        Some(("amount.garden", "2")),
        "“The garden” is there twice; keep one amount.",
    ),
];

fn with_amounts(form: Form, (amounts, smuggled, _): &Refused) -> Form {
    let form =
        amounts.iter().fold(form, |form, (slug, amount)| form.fill(&format!("amount.{slug}"), *amount));
    smuggled.iter().fold(form, |form, (name, value)| form.smuggle(name, value))
}

on_both! {
    async fn a_code_is_taken_however_it_is_typed(app: TestApp) {
        let cycle = app.town().await.plan().people(12).open().await;
        let has = |code: &&String, letter: char| code.contains(letter);
        let with_one = cycle.codes.iter().find(|code| has(code, '1')).unwrap();
        let with_nought = cycle.codes.iter().find(|code| has(code, '0')).unwrap();
        let code = &cycle.codes[0];
        for typed in [
            code.clone(),
            code.to_lowercase(),
            code.replace('-', ""),
            code.replace('-', " "),
            format!("  {}\t", code.replace('-', " – ")),
            rewritten(with_one, &[('1', 'I')]),
            rewritten(with_one, &[('1', 'l')]),
            rewritten(with_nought, &[('0', 'O')]),
            rewritten(&with_nought.to_lowercase(), &[('0', 'o')]),
        ] {
            let visitor = app.visitor();
            enter(&visitor, &typed).await.assert_redirect("/laudry/2026/ballot");
            visitor.get("/laudry/2026/ballot").await.assert_status(200);
        }
    }

    async fn a_wrong_code_is_refused_with_its_reason_and_what_was_typed(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let code = &cycle.codes[0];
        let unknown = store::roll::Code::new([3; 15]).print();
        let cases = [
            (String::new(), "Type the code that is in your letter."),
            (code[..18].to_owned(), "A code has sixteen letters and digits; you typed 15."),
            (format!("{code}7"), "A code has sixteen letters and digits; you typed 17."),
            (format!("U{}", &code[1..]), "No code contains “U”."),
            (format!("é{}", &code[1..]), "No code contains “é”."),
            (mistyped(code, 2), "This code has a typing mistake."),
            (mistyped(code, 18), "This code has a typing mistake."),
            (unknown, "We do not know this code."),
        ];
        let visitor = app.visitor();
        for (typed, reason) in cases {
            let page = enter(&visitor, &typed).await;
            page.assert_refused(reason);
            assert_eq!(page.value_of("code"), typed);
            assert_eq!(page.text("#code-error"), page.text(".error-summary li"), "the same words in both places");
            assert_eq!(visitor.cookie("__Host-citizen"), None);
        }
        visitor.get("/laudry/2026/ballot").await.assert_status(401);
    }

    async fn what_a_form_answers_has_an_address_for_its_browser_and_for_a_while(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        let sent = async |path: &str, code: &str| {
            let answer = visitor.send(visitor.get(path).await.form(path).fill("code", code).request()).await;
            answer.assert_status(303).header("location").to_owned()
        };
        let refused = sent("/enter", "7K3M").await;
        assert!(refused.starts_with("/enter?answer="), "{refused}");
        for _ in 0..2 {
            let page = visitor.get(&refused).await;
            page.assert_refused("A code has sixteen letters and digits; you typed 4.");
            assert_eq!(page.value_of("code"), "7K3M");
            let nonce = page.header("content-security-policy").split("nonce-").nth(1).unwrap()[..32].to_owned();
            assert_eq!(page.attributes("script", "nonce"), vec![nonce; page.count("script")], "its scripts may run");
        }
        visitor.get("/enter").await.assert_status(200).assert_says_not("7K3M");
        let (used, other) = (sent("/enter/used", &cycle.codes[0]).await, app.visitor());
        visitor.get(&used).await.assert_status(200).assert_says("No, nobody has voted with this code");
        // In another language the same is asked again; what was refused too.
        visitor.set_cookie("language", "fr");
        visitor.get(&used).await.assert_status(200).assert_says("Non, personne n’a voté avec ce code");
        let page = visitor.get(&refused).await;
        page.assert_refused("Un code a seize lettres et chiffres");
        assert_eq!(page.value_of("code"), "7K3M");
        visitor.set_cookie("language", "en");
        visitor.get(format!("{used}&lang=fr")).await.assert_status(200).assert_says("Non, personne n’a voté");
        for path in [&used, &refused] {
            other.get(path).await.assert_status(200).assert_says_not("7K3M").assert_says_not("nobody has voted");
        }
        app.clock.advance(SignedDuration::from_mins(10));
        visitor.get(&used).await.assert_status(200).assert_says_not("nobody has voted");
        sent("/enter", "7K3M").await;
        enter(&visitor, &cycle.codes[0]).await.assert_redirect("/ballot");
        let leave = visitor.get(cycle.at("/mine")).await.form("/leave");
        visitor.submit(&leave).await.assert_redirect("/");
        assert_eq!(visitor.cookie("answers"), None, "the next person at this device finds nothing");
    }

    async fn a_code_of_a_cycle_that_is_not_open_yet_is_unknown(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        enter(&app.visitor(), &cycle.codes[0]).await.assert_refused("We do not know this code.");
    }

    async fn a_ballot_is_spread_checked_confirmed_and_has_a_receipt(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        assert_eq!(citizen.version().await, None);
        citizen.get("/laudry/2026/mine").await.assert_status(200).assert_says("You have not voted yet");

        let spread = citizen.spread(CHOICE).await;
        let check = citizen.check(&spread).await;
        check.assert_says("Nothing is recorded until you confirm.");
        // Projects stand in the order that was drawn for the ballot.
        let mut said = check.texts(".summary-list > div");
        said[..2].sort();
        assert_eq!(said, [
            "The garden €12.00 Change The garden",
            "The lamps €5.00 Change The lamps",
            "Not spread €3.00 Change Not spread",
        ]);
        check.assert_says("Money that you do not spread goes back to the town.");
        assert_eq!(citizen.version().await, None, "nothing is stored before it is confirmed");

        app.clock.set("2026-03-02T09:41:00Z".parse().unwrap());
        let confirm = check.form("/ballot/confirm").press("confirm", "yes");
        citizen.submit(&confirm).await.assert_redirect("/laudry/2026/mine");
        let mine = citizen.get("/laudry/2026/mine").await;
        mine.assert_status(200).assert_says("Your ballot is recorded");
        mine.assert_says("Submitted on Monday 2 March 2026 at 10:41, version 1.");
        mine.assert_says("This receipt is shown for ten minutes only, and in this browser");
        assert_eq!(citizen.version().await, Some(1));
    }

    async fn money_that_is_not_spread_stays_in_the_common_fund_where_the_most_supported_come_first(app: TestApp) {
        let cycle = app.town().await.plan().with("rule", "greedy").open().await;
        let citizen = cycle.citizen(0).await;
        for (language, expected) in [
            ("en", "Not spread, stays in the common fund €3.00 Change Not spread, stays in the common fund"),
            ("fr", "Pas réparti, reste dans l’argent commun 3,00 € Changer Pas réparti, reste dans l’argent commun"),
        ] {
            citizen.set_cookie("language", language);
            let spread = citizen.spread(CHOICE).await;
            let rows = citizen.check(&spread).await.texts(".summary-list > div");
            assert_eq!(rows.last().unwrap().replace(['\u{a0}', '\u{202f}'], " "), expected);
        }
    }

    async fn the_time_of_submission_is_shown_for_a_while_and_then_only_the_version(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        citizen.vote(CHOICE).await;
        citizen.get(cycle.at("/mine")).await.assert_says("at 09:00, version 1.");
        let other_device = cycle.citizen(0).await;
        other_device.get(cycle.at("/mine")).await.assert_says("Version 1 is in the ballot box.").assert_says_not("09:00");
    }

    async fn a_ballot_can_be_changed_and_the_last_one_counts(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        cycle.citizen(0).await.vote(CHOICE).await;
        let again = cycle.citizen(0).await;
        let form = again.spread(&[("kiosk", "20")]).await;
        let check = again.check(&form).await;
        check.assert_says("This will replace version 1.");
        again.submit(&check.form("/ballot/confirm").press("confirm", "yes")).await.assert_redirect("/mine");
        assert_eq!(again.version().await, Some(2));
        again.get(cycle.at("/mine")).await.assert_says("version 2.");
        let results = cycle.publish().await;
        assert_eq!((&results["ballots"], &results["voted"], &results["given_minor"]), (&1.into(), &1.into(), &2000.into()));
    }

    async fn a_choice_can_be_changed_before_it_is_confirmed(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let form = citizen.spread(CHOICE).await;
        let check = citizen.check(&form).await;
        for (button, place) in [("garden", "amount.garden"), ("rest", "allocator"), ("nothing\r\n", "allocator")] {
            let change = check.form("/ballot/confirm").smuggle("change", button);
            // To the line to be changed, which no server's log sees.
            citizen.submit(&change).await.assert_redirect(&format!("/laudry/2026/ballot#{place}"));
            let page = citizen.get("/laudry/2026/ballot").await;
            page.assert_status(200).assert_says("Your choices are still here. Nothing is sent yet.");
            assert_eq!((page.value_of("amount.garden"), page.value_of("amount.lamps")), ("12".into(), "5".into()));
            assert_eq!(page.count(&format!("[id='{place}']")), 1);
        }
        assert_eq!(citizen.version().await, None);
    }

    async fn a_submission_sent_again_is_recorded_once(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let form = citizen.checked(CHOICE).await;
        for _ in 0..5 {
            citizen.submit(&form).await.assert_redirect("/mine");
            assert_eq!(citizen.version().await, Some(1));
        }
        citizen.vote(&[("kiosk", "3")]).await;
        assert_eq!(citizen.version().await, Some(2));
        citizen.submit(&form).await.assert_redirect("/mine");
        assert_eq!(citizen.version().await, Some(2), "a late repetition does not undo what came after it");
        assert_eq!(cycle.publish().await["given_minor"], 300);
    }

    /// It was answered with the receipt of the first, as if these amounts had been recorded.
    async fn a_submission_sent_again_with_other_amounts_is_told_so_and_keeps_the_input(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let form = citizen.checked(CHOICE).await;
        citizen.submit(&form).await.assert_redirect("/mine");
        let changed = form.clone().fill("amount.garden", "9");
        let (fewer, more) = (form.clone().without("amount.lamps"), form.clone().smuggle("amount.kiosk", "2"));
        for (other, amounts) in [(&changed, ["9", "", "5"]), (&fewer, ["12", "", ""]), (&more, ["12", "2", "5"])] {
            let page = citizen.allocate(other).await;
            page.assert_refused("This form was used to vote before, with other amounts.");
            page.assert_says("Those you see here were not recorded: check them, then confirm.");
            let kept = ["garden", "kiosk", "lamps"].map(|slug| page.value_of(&format!("amount.{slug}")));
            assert_eq!(kept, amounts);
            assert_eq!(citizen.version().await, Some(1));
        }
        citizen.set_cookie("language", "fr");
        let page = citizen.allocate(&changed).await;
        page.assert_refused("Ce formulaire a déjà servi à voter, avec d’autres montants.");
        citizen.set_cookie("language", "en");
        citizen.submit(&form).await.assert_redirect("/mine");
        assert_eq!(citizen.version().await, Some(1), "with the same amounts it is the same submission");

        let check = citizen.check(&page.form("/ballot")).await;
        citizen.submit(&check.form("/ballot/confirm").press("confirm", "yes")).await.assert_redirect("/mine");
        assert_eq!(citizen.version().await, Some(2));
        assert_eq!(cycle.publish().await["given_minor"], 1400);
    }

    async fn a_submission_sent_again_keeps_the_time_of_the_first(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let form = citizen.checked(CHOICE).await;
        citizen.submit(&form).await.assert_redirect("/mine");
        app.clock.advance(SignedDuration::from_mins(5));
        citizen.submit(&form).await.assert_redirect("/mine");
        citizen.get(cycle.at("/mine")).await.assert_says("at 09:00, version 1.");
    }

    async fn a_ballot_against_the_rules_is_refused_with_its_reason_and_stores_nothing(app: TestApp) {
        let cycle = strict(&app).await;
        let citizen = cycle.citizen(0).await;
        citizen.vote(&[("garden", "7"), ("lamps", "4")]).await;
        let confirm = citizen.checked(&[("garden", "1"), ("kiosk", "1"), ("lamps", "1")]).await;
        let confirm = confirm.fill("amount.lamps", "");
        for refused in REFUSED {
            let (amounts, _, reason) = refused;
            citizen.set_cookie("choices", "");
            let spread = with_amounts(citizen.spread(&[]).await, refused);
            let tampered = with_amounts(confirm.clone().fill("amount.kiosk", ""), refused);
            for form in [spread, tampered] {
                let page = citizen.allocate(&form).await;
                page.assert_refused(reason);
                for (slug, typed) in *amounts {
                    assert_eq!(page.value_of(&format!("amount.{slug}")), *typed, "{reason}");
                }
                assert_eq!(citizen.version().await, Some(1), "{reason}");
            }
        }
        let results = cycle.publish().await;
        assert_eq!((&results["ballots"], &results["given_minor"]), (&1.into(), &1100.into()));
    }

    async fn a_confirmation_without_its_mark_is_refused(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let form = citizen.checked(CHOICE).await;
        for mark in ["", "0", "not hexadecimal, though it has just as many characters as 64 do!"] {
            citizen.submit(&form.clone().fill("submission", mark)).await.assert_status(400);
        }
        citizen.submit(&form.without("submission")).await.assert_status(400);
        assert_eq!(citizen.version().await, None);
    }

    async fn a_ballot_after_the_hour_is_refused_and_what_was_chosen_is_listed(app: TestApp) {
        app.clock.set(closing() - 1.hours());
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        citizen.vote(&[("kiosk", "2")]).await;
        let (spread, confirm) = (citizen.spread(CHOICE).await, citizen.checked(CHOICE).await);
        app.clock.set(closing() + 1.minutes());
        for form in [spread, confirm] {
            let page = citizen.submit(&form).await;
            page.assert_status(409).assert_says("Voting is closed").assert_says("This was not recorded");
            assert_eq!(page.texts("main li"), ["The garden : €12.00", "The lamps : €5.00"]);
        }
        citizen.get(cycle.at("/ballot")).await.assert_status(409);
        citizen.get(cycle.at("/mine")).await.assert_status(409);
        assert_eq!(cycle.publish().await["given_minor"], 200);
    }

    async fn a_ballot_after_an_officer_closed_is_refused_and_what_was_chosen_is_listed(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        citizen.vote(&[("kiosk", "2")]).await;
        let confirm = citizen.checked(CHOICE).await;
        cycle.take_step("close").await;
        let page = citizen.submit(&confirm).await;
        page.assert_status(409).assert_says("This was not recorded");
        assert_eq!(page.texts("main li"), ["The garden : €12.00", "The lamps : €5.00"]);
        enter(&app.visitor(), &cycle.codes[1]).await.assert_redirect("/ballot");
        app.visitor().get(cycle.at("/ballot")).await.assert_status(409);
        for step in ["count", "publish"] {
            cycle.take_step(step).await;
        }
        assert_eq!(app.visitor().get(cycle.at("/results.json")).await.json()["given_minor"], 200);
    }

    async fn the_closing_instant_is_too_late_and_a_microsecond_before_is_in_time(app: TestApp) {
        app.clock.set(closing() - 1.hours());
        let cycle = app.town().await.with_open_cycle().await;
        let (early, late) = (cycle.citizen(0).await, cycle.citizen(1).await);
        let (in_time, too_late) = (early.checked(CHOICE).await, late.checked(CHOICE).await);
        app.clock.set(closing() - 1.microsecond());
        early.submit(&in_time).await.assert_redirect("/mine");
        app.clock.set(closing());
        late.submit(&too_late).await.assert_status(409);
        assert_eq!(cycle.publish().await["ballots"], 1);
    }

    async fn what_arrives_in_time_and_would_be_recorded_too_late_is_refused(app: TestApp) {
        app.clock.set(closing() - 1.hours());
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let form = citizen.checked(CHOICE).await;
        app.clock.set(closing() - 1.microsecond());
        app.clock.pass_with_each_look(1);
        let page = citizen.submit(&form).await;
        app.clock.pass_with_each_look(0);
        page.assert_status(409).assert_says("This was not recorded");
        assert_eq!(page.count("main li"), 2);
        assert_eq!(cycle.publish().await["ballots"], 0);
    }

    async fn a_code_never_shows_what_was_cast(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let first = cycle.citizen(0).await;
        first.vote(&[("garden", "17")]).await;
        // Its own browser shows the receipt for ten minutes, which is no part of this.
        first.set_cookie("receipt", "");
        for citizen in [first, cycle.citizen(0).await] {
            for path in ["/ballot", "/mine", "", "/projects/garden"] {
                let page = citizen.get(cycle.at(path)).await;
                page.assert_status(200);
                for cast in ["€17", "17.00", "17,00", "\"17\"", ">17<"] {
                    assert!(!page.body().contains(cast), "{path} shows {cast}");
                }
            }
            let ballot = citizen.get(cycle.at("/ballot")).await;
            assert_eq!(ballot.attributes("input[name^='amount.']", "value").concat(), "");
            ballot.assert_says("Version 1 of your ballot is in the ballot box").assert_says("What it says is not shown");
        }
    }

    async fn checking_has_an_address_to_come_back_to_and_to_read_in_another_language(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let address = cycle.at("/ballot/check");
        citizen.get(&address).await.assert_redirect(&cycle.at("/ballot"));
        citizen.check(&citizen.spread(CHOICE).await).await;
        let cookie = citizen.cookie("choices").unwrap();
        assert!(cookie.len() < 200, "{cookie}");
        let switch = citizen.get(&address).await.form("/language").smuggle("language", "fr");
        citizen.submit(&switch).await.assert_redirect(&address);
        let check = citizen.get(&address).await;
        check.assert_status(200).assert_says("Le projet garden").assert_says("12,00\u{a0}€");
        assert_eq!(citizen.version().await, None, "looking records nothing");
        citizen.set_cookie("language", "en");
        let confirm = citizen.get(&address).await.form("/ballot/confirm").press("confirm", "yes");
        citizen.submit(&confirm).await.assert_redirect("/mine");
        assert_eq!(citizen.cookie("choices"), None, "what is recorded waits no more");
        let empty = citizen.get(cycle.at("/ballot")).await;
        assert_eq!(empty.value_of("amount.garden"), "", "a code never shows what was cast before");
    }

    async fn what_was_refused_has_an_address_to_come_back_to_and_to_read_in_another_language(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let page = citizen.allocate(&citizen.spread(&[("garden", "19"), ("lamps", "abc")]).await).await;
        page.assert_refused("“abc” is not an amount.");
        let switch = page.form("/language").smuggle("language", "fr");
        citizen.submit(&switch).await.assert_redirect(&cycle.at("/ballot"));
        let page = citizen.get(cycle.at("/ballot")).await;
        page.assert_refused("abc\u{a0}» n’est pas un montant.");
        assert_eq!((page.value_of("amount.garden"), page.value_of("amount.lamps")), ("19".into(), "abc".into()));
        citizen.set_cookie("language", "en");
        citizen.get(cycle.at("/ballot/check")).await.assert_redirect(&cycle.at("/ballot"));
        citizen.check(&page.form(&cycle.at("/ballot")).fill("amount.lamps", "1")).await;
        citizen.get(cycle.at("/ballot")).await.assert_status(200).assert_says("Your choices are still here.");
    }

    async fn what_is_spread_without_script_has_an_address_too(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let nothing = citizen.allocate(&citizen.spread(&[]).await.press("spread", "rest")).await;
        nothing.assert_refused("");
        let page = citizen.allocate(&citizen.spread(&[("garden", "12"), ("lamps", "5")]).await.press("spread", "rest")).await;
        assert_eq!((page.value_of("amount.garden"), page.value_of("amount.lamps")), ("14".into(), "6".into()));
        page.assert_status(200);
        let over = citizen.allocate(&citizen.spread(&[("garden", "25")]).await.press("spread", "rest")).await;
        over.assert_refused("your envelope holds €20.00");
    }

    async fn what_is_too_long_for_a_cookie_is_answered_at_once(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let long = "9".repeat(4_000);
        let page = citizen.submit(&citizen.spread(&[("garden", &long)]).await).await;
        page.assert_refused("is not an amount.");
        assert_eq!(page.value_of("amount.garden"), long);
        assert_eq!(citizen.cookie("choices"), None);
    }

    async fn choices_that_wait_are_shown_to_nobody_else(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        citizen.check(&citizen.spread(CHOICE).await).await;
        let cookie = citizen.cookie("choices").unwrap();
        // The same browser, with another person's code.
        enter(&citizen, &cycle.codes[1]).await.assert_redirect("/ballot");
        citizen.get(cycle.at("/ballot/check")).await.assert_redirect("/ballot");
        assert_eq!(citizen.get(cycle.at("/ballot")).await.value_of("amount.garden"), "");
        let tampered = cycle.citizen(0).await;
        tampered.set_cookie("choices", &cookie.replacen(|c: char| c.is_ascii_digit(), "7", 3));
        tampered.get(cycle.at("/ballot/check")).await.assert_redirect("/ballot");
        let own = cycle.citizen(0).await;
        own.set_cookie("choices", &cookie);
        own.get(cycle.at("/ballot/check")).await.assert_status(200);
        let leave = own.get(cycle.at("/mine")).await.form("/leave");
        own.submit(&leave).await.assert_redirect("/");
        assert_eq!(own.cookie("choices"), None);
        own.get(cycle.at("/ballot/check")).await.assert_status(401);
    }

    async fn who_leaves_has_no_session_left_on_the_server(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        citizen.vote(CHOICE).await;
        let thief = citizen.copy();
        thief.get(cycle.at("/ballot")).await.assert_status(200);
        let leave = citizen.get(cycle.at("/mine")).await.form("/leave");
        citizen.submit(&leave).await.assert_redirect("/");
        assert_eq!(citizen.cookie("__Host-citizen"), None);
        for browser in [&citizen.visitor, &thief] {
            browser.get(cycle.at("/ballot")).await.assert_status(401).assert_says("Enter your code first");
            browser.get(cycle.at("/mine")).await.assert_status(401);
        }
    }

    async fn the_next_person_at_a_device_does_not_see_when_the_last_one_voted(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        cycle.citizen(1).await.vote(CHOICE).await;
        app.clock.advance(SignedDuration::from_hours(3));
        let first = cycle.citizen(0).await;
        first.vote(CHOICE).await;
        let leave = first.get(cycle.at("/mine")).await.form("/leave");
        first.submit(&leave).await.assert_redirect("/");
        // The same browser, for somebody who voted at home three hours ago.
        enter(&first, &cycle.codes[1]).await.assert_redirect("/ballot");
        first.get(cycle.at("/mine")).await.assert_says("Version 1 is in the ballot box.").assert_says_not("12:00");
    }

    async fn each_entry_gives_a_new_token_and_ends_the_old_one(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let old = citizen.copy();
        enter(&citizen, &cycle.codes[0]).await.assert_redirect("/ballot");
        assert_ne!(citizen.cookie("__Host-citizen"), old.cookie("__Host-citizen"));
        citizen.get(cycle.at("/ballot")).await.assert_status(200);
        old.get(cycle.at("/ballot")).await.assert_status(401);
    }

    async fn a_token_that_somebody_planted_is_not_taken_over(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let victim = app.visitor();
        victim.set_cookie("__Host-citizen", "planted");
        enter(&victim, &cycle.codes[0]).await.assert_redirect("/ballot");
        let attacker = app.visitor();
        attacker.set_cookie("__Host-citizen", "planted");
        attacker.get(cycle.at("/ballot")).await.assert_status(401);
    }

    async fn a_session_ends_by_itself_after_twelve_hours(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        app.clock.advance(SignedDuration::from_hours(12) - SignedDuration::from_micros(1));
        citizen.get(cycle.at("/ballot")).await.assert_status(200);
        app.clock.advance(SignedDuration::from_micros(1));
        citizen.get(cycle.at("/ballot")).await.assert_status(401);
    }

    async fn a_code_opens_the_ballot_of_its_own_cycle_only(app: TestApp) {
        let other = app.town_called("elsewhere").await.with_open_cycle().await;
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let form = citizen.checked(CHOICE).await;
        citizen.get(other.at("/ballot")).await.assert_status(401);
        let mut elsewhere = form;
        elsewhere.action = other.at("/ballot/confirm");
        citizen.submit(&elsewhere).await.assert_status(401);
        assert_eq!(other.publish().await["ballots"], 0);
    }

    async fn a_replaced_code_is_void_and_the_ballot_stays(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        citizen.vote(CHOICE).await;
        let form = cycle.roll_form().await.tick("reissue").attach("file", "reference\nref-0001\n");
        let table = codes(&cycle.officer.submit(&form).await);
        let [(_, new)] = table.as_slice() else { panic!("{table:?}") };
        citizen.get(cycle.at("/ballot")).await.assert_status(401);
        enter(&citizen, &cycle.codes[0]).await.assert_refused("We do not know this code");
        enter(&citizen, new).await.assert_redirect("/ballot");
        assert_eq!(citizen.version().await, Some(1));
    }
}
