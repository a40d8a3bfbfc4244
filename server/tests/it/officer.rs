//! The office: the whole way of a cycle by its forms, and everything that it refuses.

use crate::app::TestApp;
use crate::browser::{Form, Visitor};
use crate::routes;
use crate::town::{PASSWORD, Project, codes, enter, sign_in};
use store::officer::Role;

const GARDEN: Project = Project { slug: "garden", floor: "10", ceiling: "300", kind: "grant" };

/// A form to an address that no page showed: empty, but of the kind that the address takes.
fn form_to(visitor_has: &Form, path: &str) -> Form {
    let mut form = visitor_has.clone();
    form.action = path.into();
    form
}

async fn sign_in_with(visitor: &Visitor, mail: &str, password: &str) -> crate::browser::Page {
    let form = visitor
        .get("/office/enter")
        .await
        .form("/office/enter")
        .fill("mail", mail)
        .fill("password", password);
    visitor.submit(&form).await
}

on_both! {
    async fn a_cycle_goes_its_whole_way_by_forms(app: TestApp) {
        let town = app.town().await;
        let officer = town.officer().await;
        officer.get("/office").await.assert_status(200).assert_says("You are Camille.").assert_says("Town of laudry");

        let form = officer.get("/office/laudry/new").await.form("/office/laudry/new");
        assert_eq!((form.value("envelope"), form.value("step"), form.value("rule")), ("20", "1", "direct"));
        let form = form.fill("title.fr", "Budget des voisins").fill("title.en", "Neighbours’ budget");
        officer.submit(&form).await.assert_redirect("/office/laudry/budget-des-voisins");
        let office = "/office/laudry/budget-des-voisins";
        officer.get(office).await.assert_says("There is no project yet.").assert_says("Nobody is on the roll yet.");

        let edit = officer.get(format!("{office}/edit")).await.form("/edit");
        assert_eq!(edit.value("title.en"), "Neighbours’ budget");
        let edit = edit.fill("envelope", "25").fill("step", "0.50").fill("closes_date", "2026-03-31").fill("closes_time", "20:00");
        officer.submit(&edit).await.assert_redirect(office);
        let edit = officer.get(format!("{office}/edit")).await.form("/edit");
        assert_eq!((edit.value("envelope"), edit.value("step"), edit.value("closes_time")), ("25", "0.50", "20:00"));

        for slug in ["garden", "kiosk", "mistake"] {
            let new = officer.get(format!("{office}/projects/new")).await.form("/projects/new");
            officer.submit(&Project { slug, ..GARDEN }.fill(new)).await.assert_redirect(office);
        }
        let project = officer.get(format!("{office}/projects/garden")).await.form("/projects/garden");
        assert_eq!((project.value("title.fr"), project.value("ceiling")), ("Le projet garden", "300"));
        let project = project.fill("title.en", "The new garden").fill("ceiling", "40").fill("district", "Centre");
        let project = project.fill("line.0.en", "Trees").fill("line.0.amount", "30").fill("line.4.fr", "Bancs").fill("line.4.amount", "10");
        officer.submit(&project).await.assert_redirect(office);
        let remove = officer.get(format!("{office}/projects/mistake")).await.form("/remove");
        officer.submit(&remove).await.assert_redirect(office);
        assert_eq!(officer.get(office).await.texts("tbody th"), ["The new garden", "The kiosk"]);

        app.visitor().get("/laudry/budget-des-voisins").await.assert_status(404);
        let roll = officer.get(format!("{office}/roll")).await.form("/roll").attach("file", "reference\nA-1\nA-2\n");
        let letters = codes(&officer.submit(&roll).await);
        assert_eq!(letters.len(), 2);
        officer.submit(&officer.get(format!("{office}/open")).await.form("/open")).await.assert_redirect(office);
        officer.get(office).await.assert_says("Voting is open.");

        let public = app.visitor().get("/laudry/budget-des-voisins/projects/garden").await;
        public.assert_status(200).assert_says("The new garden").assert_says("Centre");
        assert_eq!(public.texts("tbody tr"), ["Trees €30.00", "Bancs €10.00"]);
        let citizen = app.visitor();
        enter(&citizen, &letters[0].1).await.assert_redirect("/ballot");
        let ballot = citizen.get("/laudry/budget-des-voisins/ballot").await.form("/ballot").fill("amount.garden", "24.50");
        citizen.submit(&ballot).await.assert_redirect("/ballot/check");
        let check = citizen.get("/laudry/budget-des-voisins/ballot/check").await;
        let check = check.form("/confirm").press("confirm", "yes");
        citizen.submit(&check).await.assert_redirect("/mine");

        officer.get(office).await.assert_says("2 people on the roll. 1 person has voted.");
        for step in ["close", "count", "publish"] {
            let at = if step == "count" { office.to_owned() } else { format!("{office}/{step}") };
            officer.submit(&officer.get(at).await.form(step)).await.assert_redirect(office);
        }
        officer.get(office).await.assert_says("The results are public.");
        let results = app.visitor().get("/laudry/budget-des-voisins/results").await;
        results.assert_status(200).assert_says("1 of 2 projects is funded, 1 of them in part, with €24.50, by 1 person.");
        let leave = officer.get("/office").await.form("/office/leave");
        officer.submit(&leave).await.assert_redirect("/office/enter");
        officer.get(office).await.assert_status(401);
    }

    async fn a_wrong_password_and_an_unknown_address_look_the_same(app: TestApp) {
        let town = app.town().await;
        town.hire("camille@laudry.example", Role::Manager).await;
        let visitor = app.visitor();
        let known = sign_in_with(&visitor, "camille@laudry.example", "not the password").await;
        let unknown = sign_in_with(&visitor, "camilla@laudry.example", "not the password").await;
        known.assert_refused("The address or the password is not right.");
        known.assert_says("Sign-in failed").assert_says_not("Nothing was recorded");
        assert_eq!(known.attributes(".error-summary a", "href"), ["#mail"]);
        assert_eq!(known.status, unknown.status);
        assert_eq!(known.body(), unknown.body().replace("camilla@", "camille@"));
        let form = visitor.get("/office/enter").await.form("/office/enter").fill("mail", "camille@laudry.example");
        let answer = visitor.send(form.request()).await;
        answer.assert_status(422);
        assert_eq!(visitor.cookie("answers"), None, "what the office answers is kept nowhere");
        let names = |page: &crate::browser::Page| page.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(&known), names(&unknown));
        assert!(!known.body().contains("not the password"), "a password is never sent back");
        assert_eq!(visitor.cookie("__Host-officer"), None);
        sign_in_with(&visitor, " Camille@Laudry.example ", PASSWORD).await.assert_redirect("/office");
    }

    async fn signing_out_ends_the_session_on_the_server_and_each_sign_in_has_its_own(app: TestApp) {
        let town = app.town().await;
        let officer = town.officer().await;
        let old = officer.copy();
        sign_in_with(&officer, "camille@laudry.example", PASSWORD).await.assert_redirect("/office");
        assert_ne!(officer.cookie("__Host-officer"), old.cookie("__Host-officer"));
        old.get("/office/laudry/new").await.assert_status(401);
        let thief = officer.copy();
        officer.submit(&officer.get("/office").await.form("/office/leave")).await.assert_redirect("/office/enter");
        thief.get("/office/laudry/new").await.assert_status(401);
    }

    async fn a_cycle_that_makes_no_sense_is_refused_with_the_input_kept(app: TestApp) {
        let town = app.town().await;
        let officer = town.officer().await;
        let form = officer.get("/office/laudry/new").await.form("/office/laudry/new").fill("title.fr", "Budget");
        officer.submit(&form.clone().fill("slug", "taken")).await.assert_redirect("/office/laudry/taken");
        for (field, typed, reason) in [
            ("title.fr", "", "Give it a title."),
            ("slug", "Pas Une Adresse", "An address is made of small letters"),
            ("slug", "new", "An address is made of small letters"),
            ("slug", "taken", "This address is taken"),
            ("envelope", "vingt", "“vingt” is not an amount."),
            ("envelope", "0", "This value is too small or too large."),
            ("envelope", "-20", "This value is too small or too large."),
            ("envelope", "20.50", "This amount must be a multiple"),
            ("step", "0", "This value is too small or too large."),
            ("max_per_project", "2.50", "This amount must be a multiple"),
            ("min_projects", "21", "At least 1, and no more than"),
            ("min_projects", "deux", "“deux” is not a whole number."),
            ("min_supporters", "-1", "“-1” is not a whole number."),
            ("closes_date", "31 mars", "Give the day and hour of the close."),
            ("closes_time", "", "Give the day and hour of the close."),
        ] {
            let page = officer.submit(&form.clone().fill("slug", "other").fill(field, typed)).await;
            page.assert_refused(reason);
            assert_eq!(page.value_of(field), typed, "{reason}");
            assert_eq!(page.value_of("intro.fr"), "");
        }
        let fixed = form.clone().fill("slug", "other").fill("purse", "fixed");
        for (sum, reason) in [
            ("", "Enter the fixed sum."),
            ("0", "Enter the fixed sum."),
            ("-1", "This value is too small or too large."),
            ("mille", "“mille” is not an amount. Use figures, for example 4."),
        ] {
            let page = officer.submit(&fixed.clone().fill("sum", sum)).await;
            page.assert_refused(reason);
            assert_eq!(page.texts(".error-summary li").len(), 1, "{sum:?}: {}", page.text(".error-summary"));
            assert_eq!(page.value_of("sum"), sum);
        }
        let untitled = officer.submit(&form.clone().fill("title.fr", "")).await;
        assert_eq!(untitled.texts(".error-summary li"), ["Give it a title."], "an address comes from the title");
        assert_eq!(officer.get("/office").await.count(".cycle-list li"), 1, "none of these was made");
    }

    async fn a_title_in_english_alone_gives_a_cycle_its_address(app: TestApp) {
        let town = app.town().await;
        let officer = town.officer().await;
        let form = officer.get("/office/laudry/new").await.form("/office/laudry/new");
        let form = form.fill("title.en", "The neighbours’ budget");
        officer.submit(&form).await.assert_redirect("/office/laudry/the-neighbours-budget");
        officer.submit(&form.fill("title.en", "!!!")).await.assert_refused("An address is made of small letters");
    }

    async fn a_project_that_makes_no_sense_is_refused_with_the_input_kept(app: TestApp) {
        let cycle = app.town().await.plan().projects(&[GARDEN]).people(0).draft().await;
        let new = cycle.office("/projects/new");
        let form = Project { slug: "bench", ..GARDEN }.fill(cycle.officer.get(&new).await.form(&new));
        for (field, typed, reason) in [
            ("title.fr", "", "Give it a title."),
            ("title.fr", "=1+1", "Do not begin with =, +, - or @"),
            ("title.fr", "\t=1+1", "Do not begin with =, +, - or @"),
            ("title.fr", "\r-1", "Do not begin with =, +, - or @"),
            ("title.fr", "+33", "Do not begin with =, +, - or @"),
            ("title.fr", "-5", "Do not begin with =, +, - or @"),
            ("holder", "=1+1", "Do not begin with =, +, - or @"),
            ("category", "+1", "Do not begin with =, +, - or @"),
            ("district", "@a", "Do not begin with =, +, - or @"),
            ("title.en", "@SUM(A1)", "Do not begin with =, +, - or @"),
            ("slug", "=1+1", "An address is made of small letters"),
            ("slug", "garden", "This address is taken"),
            ("slug", "new", "An address is made of small letters"),
            ("summary.fr", "", "Write a sentence that sums it up."),
            ("floor", "301", "The floor lies between zero and the full cost."),
            ("floor", "-1", "The floor lies between zero and the full cost."),
            ("ceiling", "0", "Say what the project costs."),
            ("ceiling", "beaucoup", "“beaucoup” is not an amount."),
        ] {
            let form = form.clone().fill("title.en", "").fill(field, typed);
            let page = cycle.officer.submit(&form).await;
            page.assert_refused(reason);
            // HTML reads a carriage return as a line feed.
            assert_eq!(page.value_of(field), typed.replace('\r', "\n"), "{reason}");
            if field != "holder" {
                assert_eq!(page.value_of("holder"), "Association");
            }
        }
        let partial = form.fill("kind", "threshold");
        cycle.officer.submit(&partial).await.assert_refused("For “all or nothing”, the floor is the full cost.");
        assert_eq!(cycle.officer.get(cycle.office("")).await.count("tbody tr"), 1);
    }

    async fn budget_lines_that_do_not_add_up_are_refused_with_the_input_kept(app: TestApp) {
        let cycle = app.town().await.plan().projects(&[]).people(0).draft().await;
        let new = cycle.office("/projects/new");
        let form = GARDEN.fill(cycle.officer.get(&new).await.form(&new));
        let lines = [("line.0.fr", "Arbres"), ("line.0.amount", "200"), ("line.3.fr", "Terre"), ("line.3.amount", "99,99")];
        let form = lines.iter().fold(form, |form, (name, value)| form.fill(name, *value));
        let page = cycle.officer.submit(&form).await;
        page.assert_refused("The lines add up to €299.99, and the full cost is €300.00. They must be equal.");
        for (name, value) in lines {
            assert_eq!(page.value_of(name), value);
        }
        let nameless = form.clone().fill("line.3.fr", "").fill("line.3.amount", "100");
        cycle.officer.submit(&nameless).await.assert_refused("Say what this sum pays for.");
        let unreadable = form.clone().fill("line.3.amount", "cent");
        cycle.officer.submit(&unreadable).await.assert_refused("“cent” is not an amount.");
        assert_eq!(cycle.officer.get(cycle.office("")).await.count("tbody tr"), 0);
        cycle.officer.submit(&form.fill("line.3.amount", "100")).await.assert_redirect(&cycle.office(""));
    }

    async fn a_roll_with_wrong_lines_is_refused_line_by_line_and_nobody_is_added(app: TestApp) {
        let cycle = app.town().await.plan().people(0).draft().await;
        let page = cycle.import_roll("reference;district\nA-1;Centre\n;Nord\na-1;Sud\n=1+1;\nA-2;Centre\n").await;
        page.assert_status(422);
        assert_eq!(page.texts(".error-summary li"), [
            "Line 3: the reference is missing.",
            "Line 4: the same reference is on line 2 already.",
            "Line 5: a reference does not begin with =, +, - or @: a spreadsheet would make a formula of it.",
        ]);
        for (table, reason) in [
            ("name;town\nx;y\n", "Line 1: the first line must name a column “reference”."),
            ("", "Line 1: the first line must name a column “reference”."),
            ("reference\n", "Line 2: there is nobody below the first line."),
        ] {
            cycle.import_roll(table).await.assert_refused(reason);
        }
        cycle.officer.get(cycle.office("")).await.assert_says("Nobody is on the roll yet.");
    }

    async fn the_codes_of_a_roll_are_given_once(app: TestApp) {
        let cycle = app.town().await.plan().people(0).draft().await;
        let roll = "Quartier,Référence\r\nCentre,\"A 1\"\r\nNord,\"x, \"\"y\"\"\"\r\n";
        let page = cycle.import_roll(roll).await;
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("content-disposition"), "attachment; filename=\"laudry-2026-codes.csv\"");
        let first = codes(&page);
        assert_eq!(first.iter().map(|(reference, _)| reference.as_str()).collect::<Vec<_>>(), ["A 1", "x, \"y\""]);

        cycle.import_roll(roll).await.assert_refused("All these people are on the roll already");
        let with_one_more = codes(&cycle.import_roll("reference\nB-2\na  1\n").await);
        assert_eq!(with_one_more.len(), 1, "those who are on the roll keep their codes: {with_one_more:?}");

        let form = cycle.roll_form().await.tick("reissue").attach("file", "reference\nA 1\n");
        let again = codes(&cycle.officer.submit(&form).await);
        assert_ne!(again[0].1, first[0].1);
        cycle.take_step("open").await;
        enter(&app.visitor(), &first[0].1).await.assert_refused("We do not know this code");
        for code in [&again[0].1, &first[1].1, &with_one_more[0].1] {
            enter(&app.visitor(), code).await.assert_redirect("/ballot");
        }
        let late = codes(&cycle.import_roll("reference\nC-3\n").await);
        enter(&app.visitor(), &late[0].1).await.assert_redirect("/ballot");
        cycle.officer.get(cycle.office("")).await.assert_says("4 people on the roll.");
    }

    async fn codes_open_in_a_french_spreadsheet_where_that_is_asked(app: TestApp) {
        let cycle = app.town().await.plan().people(0).draft().await;
        cycle.officer.set_cookie("language", "fr");
        let form = cycle.roll_form().await;
        assert_eq!(form.value("table"), "spreadsheet", "what a French office most likely wants");
        let table = cycle.officer.submit(&form.attach("file", "reference\nA-1\n")).await;
        let (head, row) = table.body().split_once("\r\n").unwrap();
        assert_eq!(head, "\u{feff}reference;code");
        assert!(row.starts_with("A-1;"), "{row}");
    }

    async fn a_draft_is_shown_to_its_officers_before_everybody_sees_it(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        let stranger = app.town_called("elsewhere").await.officer().await;
        for path in ["", "/projects/garden"] {
            app.visitor().get(cycle.at(path)).await.assert_status(404);
            stranger.get(cycle.at(path)).await.assert_status(404);
            let preview = cycle.officer.get(cycle.at(path)).await;
            preview.assert_status(200).assert_says("Preview. Only officers of the town see this page for now.");
        }
        cycle.officer.get(cycle.office("")).await.assert_says("See the page as everybody will");
        cycle.take_step("open").await;
        cycle.officer.get(cycle.at("")).await.assert_says_not("Preview.");
    }

    async fn a_step_that_cannot_be_undone_asks_first(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let asked = cycle.officer.get(cycle.office("/close")).await;
        asked.assert_status(200).assert_says("This cannot be undone.").assert_says("Nobody will be able to vote");
        assert_eq!(app.column("select phase from cycle").await, ["allocating"], "asking does nothing");
        for not_now in ["/open", "/publish"] {
            cycle.officer.get(cycle.office(not_now)).await.assert_status(409);
        }
        assert_eq!(cycle.officer.get(cycle.office("")).await.count("form[action$='/close']"), 0);
    }

    async fn a_roll_as_french_spreadsheets_save_it_is_read(app: TestApp) {
        let cycle = app.town().await.plan().people(0).draft().await;
        let form = cycle.roll_form().await.attach("file", b"R\xe9f\xe9rence;Quartier\r\nA-1;Ch\xe2teau\r\n".to_vec());
        assert_eq!(codes(&cycle.officer.submit(&form).await)[0].0, "A-1");
    }

    async fn opening_waits_for_projects_a_roll_and_a_future_date(app: TestApp) {
        let cycle = app.town().await.plan().with("closes_date", "2026-02-28").projects(&[]).people(0).draft().await;
        let open = form_to(&app.visitor().get("/").await.form("/language"), &cycle.office("/open"));
        let refused = async |reason: &str| {
            let page = cycle.officer.submit(&open).await;
            page.assert_status(409);
            assert!(page.text(".error-summary").contains(reason), "{}", page.words());
            let desk = cycle.officer.get(cycle.office("")).await;
            desk.assert_says("What blocks the opening").assert_says(reason);
            assert_eq!(desk.count("form[action$='/open']"), 0, "no button for what would be refused");
        };
        refused("There is no project yet.").await;
        cycle.add_project(GARDEN).await;
        refused("Nobody is on the roll yet.").await;
        codes(&cycle.import_roll("reference\nA-1\n").await);
        refused("The closing time has passed already.").await;
        let edit = cycle.officer.get(cycle.office("/edit")).await.form("/edit").fill("closes_date", "2026-03-31");
        cycle.officer.submit(&edit).await.assert_redirect(&cycle.office(""));
        cycle.take_step("open").await;
    }

    /// Promise 3.
    async fn after_the_opening_every_edit_answers_409(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        let officer = &cycle.officer;
        let edit = officer.get(cycle.office("/edit")).await.form("/edit").fill("envelope", "500").fill("step", "5");
        let new = officer.get(cycle.office("/projects/new")).await.form("/projects/new");
        let new = Project { slug: "late", ..GARDEN }.fill(new);
        let garden = officer.get(cycle.office("/projects/garden")).await;
        let save = garden.form("/projects/garden").fill("ceiling", "999").fill("title.fr", "Autre chose");
        let remove = garden.form("/remove");
        let open = officer.get(cycle.office("/open")).await.form("/open");
        cycle.take_step("open").await;
        let public = [cycle.at("/rule_sheet.json"), cycle.at("/projects/garden"), cycle.at("?order=4821")];
        let read = async || {
            let mut pages = Vec::new();
            for path in &public {
                let page = app.visitor().get(path).await;
                page.assert_status(200);
                pages.push(page.words());
            }
            pages
        };
        let before = read().await;
        for phase in ["allocating", "counting", "published"] {
            for path in ["/edit", "/projects/new", "/projects/garden"] {
                let page = officer.get(cycle.office(path)).await;
                page.assert_status(409).assert_says("Frozen: this no longer changes");
            }
            for form in [&edit, &new, &save, &remove, &open] {
                let page = officer.submit(form).await;
                assert_eq!(page.status.as_u16(), 409, "{} while {phase}: {}", form.action, page.words());
            }
            for path in ["/edit", "/projects/new", "/projects/garden"] {
                let page = officer.post(cycle.office(path), &[]).await;
                assert_eq!(page.status.as_u16(), 409, "an empty form to {path} while {phase}: {}", page.words());
            }
            match phase {
                "allocating" => {
                    assert_eq!(read().await, before);
                    cycle.take_step("close").await;
                    let roll = cycle.office("/roll");
                    officer.get(&roll).await.assert_status(409);
                }
                "counting" => {
                    cycle.take_step("count").await;
                    cycle.take_step("publish").await;
                }
                _ => {}
            }
        }
        assert_eq!(read().await[0], before[0], "the rule sheet");
    }

    async fn opening_a_closed_cycle_again_makes_no_key(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        let open = cycle.officer.get(cycle.office("/open")).await.form("/open");
        cycle.take_step("open").await;
        cycle.take_step("close").await;
        cycle.officer.submit(&open).await.assert_status(409);
        let keys: Vec<_> = app.keys_folder().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(keys, ["roll.key"]);
    }

    async fn steps_out_of_order_are_refused(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        let step = async |step: &str| cycle.officer.post(cycle.office(step), &[("x", "")]).await;
        for early in ["/close", "/count", "/publish"] {
            step(early).await.assert_status(409);
        }
        cycle.take_step("open").await;
        for early in ["/count", "/publish"] {
            step(early).await.assert_status(409);
        }
        cycle.take_step("close").await;
        step("/publish").await.assert_status(409);
        app.visitor().get(cycle.at("/results")).await.assert_status(404);
        cycle.take_step("count").await;
        cycle.take_step("publish").await;
        let published = app.visitor().get(cycle.at("/results.json")).await;
        for again in ["/close", "/count", "/publish"] {
            step(again).await.assert_redirect(&cycle.office(""));
        }
        assert_eq!(app.visitor().get(cycle.at("/results.json")).await.json(), published.json(), "pressed twice is pressed once");
    }

    async fn an_officer_of_elsewhere_finds_nothing_and_a_visitor_must_sign_in(app: TestApp) {
        let there = app.town_called("there").await.officer().await;
        let cycle = app.town().await.plan().draft().await;
        let roll = cycle.roll_form().await.attach("file", "reference\nX-1\n");
        let plain = app.visitor().get("/").await.form("/language");
        cycle.town.hire("dominique@laudry.example", Role::Desk).await;
        let desk = sign_in(&app, "dominique@laudry.example").await;
        for (who, visitor, expected) in [("elsewhere", &there, 404), ("desk", &desk, 404), ("nobody", &app.visitor(), 401)] {
            let mut asked = 0;
            for route in routes::all().into_iter().filter(|route| route.is_of_office_of_a_town()) {
                let path = route.at("laudry", "2026", "garden");
                let form = form_to(if route.takes_a_file() { &roll } else { &plain }, &path);
                if route.answers_get {
                    assert_eq!(visitor.get(&path).await.status.as_u16(), expected, "{who} GET {path}");
                    asked += 1;
                }
                if route.answers_post {
                    assert_eq!(visitor.submit(&form).await.status.as_u16(), expected, "{who} POST {path}");
                    asked += 1;
                }
            }
            assert!(asked >= 15, "{asked}");
        }
        there.get("/office").await.assert_says("Town of there").assert_says_not("laudry");
        desk.get("/office").await.assert_says("No town has given you a role.");
        app.visitor().get("/office").await.assert_redirect("/office/enter");
        cycle.officer.get(cycle.office("")).await.assert_status(200).assert_says("3 people on the roll.");
    }

    async fn every_page_of_a_practice_cycle_says_that_it_is_one(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        let mut seen = 0;
        for step in ["", "open", "close", "count", "publish"] {
            if !step.is_empty() {
                cycle.take_step(step).await;
            }
            let mut visitors = vec![cycle.officer.copy()];
            if step == "open" {
                let citizen = cycle.citizen(0).await;
                citizen.vote(&[("garden", "20")]).await;
                visitors.push(citizen.visitor);
            }
            for visitor in visitors {
                for route in routes::all().into_iter().filter(|route| route.answers_get && route.is_of_a_cycle()) {
                    let page = visitor.get(route.at("laudry", "2026", "garden")).await;
                    if page.is_html() && page.status == 200 {
                        // An embed is small, and says it in two words.
                        let is_embed = page.path.starts_with("/embed/");
                        let said = if is_embed { page.words() } else { page.text(".practice-banner") };
                        let begins = if is_embed { said.contains("Practice cycle.") } else { said.starts_with("Practice cycle:") };
                        assert!(begins, "{}: {said}", page.path);
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 20, "{seen}");
    }

    async fn one_officer_can_also_vote(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        enter(&cycle.officer, &cycle.codes[0]).await.assert_redirect("/ballot");
        cycle.officer.get(cycle.at("/ballot")).await.assert_status(200);
        cycle.officer.get(cycle.office("")).await.assert_status(200);
    }
}
