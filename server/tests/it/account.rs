//! Accounts: made and kept by a mailed link, and never needed to vote.

use crate::app::TestApp;
use crate::browser::{Page, Visitor};
use crate::letter::Letter;
use crate::routes;
use crate::town::{Cycle, check, codes, enter};
use jiff::{SignedDuration, ToSpan};

const MAIL: &str = "jeanne@laudry.example";
const PASSWORD: &str = "quatre mots sans lien";

/// Asks for a link; the page that the visitor is led to.
async fn ask_link(visitor: &Visitor, mail: &str) -> Page {
    let form = visitor.get("/account/link").await.form("/account/link").fill("mail", mail);
    visitor.submit(&form).await
}

/// The only mail that has arrived.
async fn only_mail(app: &TestApp) -> Letter {
    let mut letters = app.mails().await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    letters.remove(0)
}

/// Chooses a password by the link of the mail that has arrived.
async fn choose(app: &TestApp, visitor: &Visitor, password: &str) -> Page {
    let link = only_mail(app).await.path("/account/password");
    let form = visitor.get(&link).await.form("/account/password").fill("password", password);
    visitor.submit(&form).await
}

/// Somebody with an account, signed in.
async fn with_account(app: &TestApp, mail: &str) -> Visitor {
    let visitor = app.visitor();
    ask_link(&visitor, mail).await.assert_redirect("/account/link/sent");
    choose(app, &visitor, PASSWORD).await.assert_redirect("/account?saved");
    visitor
}

async fn sign_in(visitor: &Visitor, mail: &str, password: &str) -> Page {
    let form = visitor.get("/account/enter").await.form("/account/enter");
    visitor.submit(&form.fill("mail", mail).fill("password", password)).await
}

async fn attach(visitor: &Visitor, code: &str) -> Page {
    let form = visitor.get("/account").await.form("/account/attach").fill("code", code);
    visitor.submit(&form).await
}

/// Goes to the ballot by the account's button.
async fn go_and_vote(visitor: &Visitor, cycle: &Cycle<'_>) -> Page {
    let at = cycle.at("").trim_start_matches('/').to_owned();
    let offered = visitor.get("/account").await.attributes("[action='/account/vote'] button", "value");
    assert!(offered.contains(&at), "{at} is not among {offered:?}");
    visitor.post("/account/vote", &[("cycle", &at)]).await
}

/// Everything that can be said differently to two visitors, without what is random in each answer.
fn said(page: &Page) -> (u16, String, String, String) {
    let nonce = page.header("content-security-policy").split("nonce-").nth(1).map_or("", |rest| &rest[..32]);
    let body = if nonce.is_empty() { page.nameless() } else { page.nameless().replace(nonce, "") };
    (page.status.as_u16(), body, page.header("location").to_owned(), page.header("set-cookie").to_owned())
}

on_both! {
    async fn an_account_is_made_by_a_mailed_link_and_votes_without_the_code(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        ask_link(&visitor, " Jeanne@Laudry.example ").await.assert_redirect("/account/link/sent");
        visitor.get("/account/link/sent").await.assert_says("A link is on its way");
        let mail = only_mail(&app).await;
        assert_eq!((mail.header("To"), mail.header("Subject")), (MAIL, "Choose your password"));
        assert_eq!((mail.header("Content-Language"), mail.header("Auto-Submitted")), ("en", "auto-generated"));
        assert!(mail.body.contains("within an hour"), "{}", mail.body);
        assert!(app.mails().await.is_empty(), "a mail is sent once");
        let link = mail.path("/account/password");
        visitor.get(&link).await.assert_status(200).assert_says(MAIL);
        let form = visitor.get(&link).await.form("/account/password");
        visitor.submit(&form.clone().fill("password", "too short")).await.assert_refused("at least 10 characters");
        visitor.submit(&form.fill("password", PASSWORD)).await.assert_redirect("/account?saved");
        visitor.get("/account?saved").await.assert_says("Your password is saved.").assert_says(MAIL);

        attach(&visitor, &cycle.codes[0]).await.assert_redirect("/account");
        let later = app.visitor();
        sign_in(&later, "JEANNE@laudry.example", PASSWORD).await.assert_redirect("/account");
        later.get("/account").await.assert_says("Budget 2026").assert_says("You have not voted yet");
        go_and_vote(&later, &cycle).await.assert_redirect(&cycle.at("/ballot"));
        let form = later.get(cycle.at("/ballot")).await.form(&cycle.at("/ballot")).fill("amount.garden", "7");
        let check = check(&later, &cycle, &form).await;
        later.submit(&check.form("/ballot/confirm").press("confirm", "yes")).await.assert_redirect(&cycle.at("/mine"));
        later.get("/account").await.assert_says("You have voted.");
        // The code is as good as before, and votes for the same person.
        assert_eq!(cycle.citizen(0).await.version().await, Some(1));
    }

    /// Promise 15.
    async fn nobody_learns_whether_an_account_exists(app: TestApp) {
        with_account(&app, MAIL).await;
        for (path, fields) in [
            ("/account/link", vec![]),
            ("/account/enter", vec![("password", "a wrong password")]),
        ] {
            let mut answers = Vec::new();
            for mail in [MAIL, "nobody@laudry.example"] {
                let visitor = app.visitor();
                let fields = [vec![("mail", mail)], fields.clone()].concat();
                let answer = visitor.post(path, &fields).await;
                let (status, body, location, cookies) = said(&answer);
                answers.push((status, body.replace(mail, "MAIL"), location, cookies));
            }
            assert_eq!(answers[0], answers[1], "{path}");
        }
        let letters = app.mails().await;
        let bodies: Vec<_> = letters.iter().map(|letter| {
            let link = letter.path("/account/password");
            (letter.header("Subject").to_owned(), letter.body.replace(&link, "LINK"))
        }).collect();
        assert_eq!(letters.len(), 2);
        assert_eq!(bodies[0], bodies[1], "not even the mail says it");
    }

    /// Promise 15: what makes the time the same is that a hash is made where there is none to check.
    async fn an_unknown_address_takes_as_long_as_a_wrong_password(app: TestApp) {
        with_account(&app, MAIL).await;
        let mut micros = [Vec::new(), Vec::new()];
        for turn in 0..16 {
            for (place, mail) in [MAIL, "nobody@laudry.example"].into_iter().enumerate() {
                let visitor = app.visitor().at(&format!("198.51.100.{turn}"));
                #[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
                let start = std::time::Instant::now();
                visitor.post("/account/enter", &[("mail", mail), ("password", "wrong")]).await.assert_status(422);
                micros[place].push(start.elapsed().as_micros());
            }
        }
        // The least of many is what a busy machine disturbs least; without the hash it would be a tenth.
        let [known, unknown] = micros.map(|all| all.into_iter().min().unwrap());
        assert!(known < 2 * unknown && unknown < 2 * known, "{known} and {unknown} µs");
    }

    async fn a_link_works_once_and_for_an_hour(app: TestApp) {
        let visitor = app.visitor();
        ask_link(&visitor, MAIL).await;
        let link = only_mail(&app).await.path("/account/password");
        let form = visitor.get(&link).await.form("/account/password").fill("password", PASSWORD);
        app.clock.advance(SignedDuration::from_mins(59));
        visitor.submit(&form).await.assert_redirect("/account?saved");
        app.visitor().submit(&form).await.assert_status(410).assert_says("This link is no longer good");
        app.visitor().get(&link).await.assert_status(410);

        ask_link(&visitor, MAIL).await;
        let link = only_mail(&app).await.path("/account/password");
        app.clock.advance(SignedDuration::from_mins(61));
        app.visitor().get(&link).await.assert_status(410);
        for made_up in ["/account/password", "/account/password?token=", "/account/password?token=0&token=1"] {
            app.visitor().get(made_up).await.assert_status(410);
        }
    }

    async fn a_forgotten_password_is_chosen_anew_and_ends_all_sessions(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let before = with_account(&app, MAIL).await;
        attach(&before, &cycle.codes[0]).await;
        go_and_vote(&before, &cycle).await;
        before.get(cycle.at("/ballot")).await.assert_status(200);
        let now = app.visitor();
        ask_link(&now, MAIL).await;
        let older = only_mail(&app).await.path("/account/password");
        ask_link(&now, MAIL).await;
        choose(&app, &now, "cinq mots sans lien aucun").await.assert_redirect("/account?saved");
        before.get("/account").await.assert_redirect("/account/enter");
        before.get(cycle.at("/ballot")).await.assert_status(401);
        now.get(&older).await.assert_status(410);
        sign_in(&app.visitor(), MAIL, PASSWORD).await.assert_refused("The address or the password is not right.");
        sign_in(&app.visitor(), MAIL, "cinq mots sans lien aucun").await.assert_redirect("/account");
        now.get("/account").await.assert_says("Budget 2026");
    }

    async fn an_address_is_sent_three_links_an_hour_and_no_more(app: TestApp) {
        for _ in 0..5 {
            ask_link(&app.visitor(), MAIL).await.assert_redirect("/account/link/sent");
        }
        assert_eq!(app.mails().await.len(), 3);
        let one = app.visitor().at("2001:db8::1");
        for number in 0..31 {
            ask_link(&one, &format!("a{number}@laudry.example")).await.assert_redirect("/account/link/sent");
        }
        ask_link(&one, "a99@laudry.example").await.assert_status(429);
        assert_eq!(app.mails().await.len(), 31);
        app.clock.advance(SignedDuration::from_mins(61));
        ask_link(&app.visitor(), MAIL).await;
        assert_eq!(app.mails().await.len(), 1);
    }

    async fn what_is_no_address_is_refused_and_kept(app: TestApp) {
        let visitor = app.visitor();
        for typed in ["jeanne", "jeanne@laudry", "a@laudry.example, b@laudry.example"] {
            let page = ask_link(&visitor, typed).await;
            page.assert_refused("Type a whole mail address");
            assert_eq!(page.value_of("mail"), typed);
        }
        assert!(app.mails().await.is_empty());
    }

    async fn the_password_is_changed_with_the_present_one_and_the_address_is_told(app: TestApp) {
        let visitor = with_account(&app, MAIL).await;
        let elsewhere = app.visitor();
        sign_in(&elsewhere, MAIL, PASSWORD).await;
        let form = visitor.get("/account/password/change").await.form("/account/password/change");
        let wrong = form.clone().fill("current", "something else").fill("password", "un autre encore plus long");
        visitor.submit(&wrong).await.assert_refused("This is not the password of this account.");
        visitor.submit(&form.fill("current", PASSWORD).fill("password", "un autre encore plus long")).await.assert_redirect("/account?saved");
        visitor.get("/account").await.assert_status(200);
        elsewhere.get("/account").await.assert_redirect("/account/enter");
        let notice = only_mail(&app).await;
        assert_eq!((notice.header("To"), notice.header("Subject")), (MAIL, "Your password was changed"));
        sign_in(&app.visitor(), MAIL, PASSWORD).await.assert_status(422);
    }

    /// Promise 16.
    async fn who_signs_out_is_out_and_everywhere_if_they_wish(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let (here, there) = (with_account(&app, MAIL).await, app.visitor());
        sign_in(&there, MAIL, PASSWORD).await;
        attach(&here, &cycle.codes[0]).await;
        go_and_vote(&there, &cycle).await.assert_redirect(&cycle.at("/ballot"));
        let thief = here.copy();
        let form = here.get("/account").await.form("/account/leave");
        here.submit(&form).await.assert_redirect("/account/enter");
        assert_eq!(here.cookie("__Host-account"), None);
        thief.get("/account").await.assert_redirect("/account/enter");
        there.get("/account").await.assert_status(200);

        // Who leaves the ballot at a shared device leaves no account behind.
        there.post("/leave", &[]).await.assert_redirect("/");
        assert_eq!((there.cookie("__Host-account"), there.cookie("__Host-citizen")), (None, None));
        sign_in(&there, MAIL, PASSWORD).await;
        go_and_vote(&there, &cycle).await.assert_redirect(&cycle.at("/ballot"));

        sign_in(&here, MAIL, PASSWORD).await;
        let form = here.get("/account").await.form("/account/leave").press("everywhere", "yes");
        here.submit(&form).await.assert_redirect("/account/enter");
        there.get("/account").await.assert_redirect("/account/enter");
        there.get(cycle.at("/ballot")).await.assert_status(401);
    }

    /// Promise 16.
    async fn the_cookie_of_an_account_belongs_to_this_host_and_to_no_script(app: TestApp) {
        with_account(&app, MAIL).await;
        let visitor = app.visitor();
        let page = sign_in(&visitor, MAIL, PASSWORD).await;
        let (pair, attributes) = page.header("set-cookie").split_once("; ").unwrap();
        assert_eq!(attributes, "Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(pair.strip_prefix("__Host-account=").map(str::len), Some(64), "256 bits");
        let first = visitor.cookie("__Host-account").unwrap();
        sign_in(&visitor, MAIL, PASSWORD).await;
        assert_ne!(visitor.cookie("__Host-account"), Some(first.clone()), "a sign-in makes a new token");
        visitor.set_cookie("__Host-account", &first);
        visitor.get("/account").await.assert_redirect("/account/enter");
        app.clock.advance(SignedDuration::from_hours(13));
        sign_in(&visitor, MAIL, PASSWORD).await;
        visitor.get("/account").await.assert_status(200);
        app.clock.advance(SignedDuration::from_hours(13));
        visitor.get("/account").await.assert_redirect("/account/enter");
    }

    /// Promise 13.
    async fn nothing_of_an_account_is_anybody_elses(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let owner = with_account(&app, MAIL).await;
        attach(&owner, &cycle.codes[0]).await;
        let others = [app.visitor(), cycle.citizen(1).await.visitor, cycle.officer.copy()];
        let own = ["/account", "/account/leave", "/account/attach", "/account/detach", "/account/vote", "/account/data.json", "/account/delete", "/account/password/change"];
        for route in routes::all() {
            let path = route.at("laudry", "2026", "garden");
            if !own.contains(&path.as_str()) {
                continue;
            }
            for other in &others {
                if route.answers_get {
                    let page = other.get(&path).await;
                    assert!([303, 401].contains(&page.status.as_u16()), "{path}: {}", page.status);
                }
                if route.answers_post {
                    let fields = [("cycle", "laudry/2026"), ("code", cycle.codes[0].as_str()), ("current", PASSWORD), ("password", PASSWORD)];
                    let page = other.post(&path, &fields).await;
                    assert!([303, 401].contains(&page.status.as_u16()), "{path}: {}", page.status);
                    assert!(!page.header("set-cookie").contains("citizen=0") && !page.header("location").ends_with("/ballot"), "{path}");
                }
            }
        }
        // An account without the entry has no more than one who has none.
        let stranger = with_account(&app, "someone@laudry.example").await;
        stranger.post("/account/vote", &[("cycle", "laudry/2026")]).await.assert_status(401);
        stranger.post("/account/detach", &[("cycle", "laudry/2026")]).await.assert_redirect("/account");
        owner.get("/account").await.assert_says("Budget 2026");
        stranger.get("/account").await.assert_says("No code is attached to this account yet.");
    }

    async fn the_office_and_the_accounts_have_nothing_in_common(app: TestApp) {
        let town = app.town().await;
        let officer = town.officer().await;
        officer.get("/account").await.assert_redirect("/account/enter");
        sign_in(&app.visitor(), "camille@laudry.example", crate::town::PASSWORD).await.assert_status(422);
        let citizen = with_account(&app, MAIL).await;
        citizen.get("/office").await.assert_redirect("/office/enter");
        let token = citizen.cookie("__Host-account").unwrap();
        for cookie in ["__Host-officer", "__Host-citizen"] {
            let thief = app.visitor();
            thief.set_cookie(cookie, &token);
            thief.get("/office").await.assert_redirect("/office/enter");
        }
    }

    async fn whoever_holds_the_code_decides_whose_account_it_is_attached_to(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let first = with_account(&app, MAIL).await;
        let second = with_account(&app, "paul@laudry.example").await;
        attach(&first, "7K3M").await.assert_refused("A code has sixteen letters and digits; you typed 4.");
        attach(&first, &cycle.codes[0]).await.assert_redirect("/account");
        attach(&first, &cycle.codes[1]).await.assert_redirect("/account");
        assert_eq!(app.column("select count(*) from account_entry").await, ["1"], "one person of a cycle an account");
        attach(&second, &cycle.codes[1]).await.assert_redirect("/account");
        assert_eq!(app.column("select count(*) from account_entry").await, ["1"], "one account a person");
        first.get("/account").await.assert_says("No code is attached to this account yet.");
        go_and_vote(&second, &cycle).await.assert_redirect(&cycle.at("/ballot"));
        let form = second.get("/account").await.form("/account/detach").press("cycle", "laudry/2026");
        second.submit(&form).await.assert_redirect("/account");
        second.get(cycle.at("/ballot")).await.assert_status(401);
        second.get("/account").await.assert_says("No code is attached to this account yet.");
    }

    async fn a_code_that_is_replaced_takes_its_account_along(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let thief = with_account(&app, MAIL).await;
        attach(&thief, &cycle.codes[0]).await;
        go_and_vote(&thief, &cycle).await.assert_redirect(&cycle.at("/ballot"));
        let form = cycle.roll_form().await.tick("reissue").attach("file", "reference\nREF-0001\n");
        codes(&cycle.officer.submit(&form).await);
        thief.get(cycle.at("/ballot")).await.assert_status(401);
        thief.post("/account/vote", &[("cycle", "laudry/2026")]).await.assert_status(401);
    }

    async fn a_code_attached_once_is_kept_for_the_next_cycle_of_the_same_roll(app: TestApp) {
        let town = app.town().await;
        let officer = town.officer().await;
        let first = town.plan().draft_by(officer).await;
        first.take_step("open").await;
        let owner = with_account(&app, MAIL).await;
        attach(&owner, &first.codes[1]).await;
        let other = with_account(&app, "paul@laudry.example").await;
        attach(&other, &first.codes[2]).await;
        let Cycle { town, officer, .. } = first;
        let next = town.plan_called("2027").people(0).draft_by(officer).await;
        let roll = "reference;district\nref-0002 ;\nREF-0009;\n";
        codes(&next.import_roll(roll).await);
        assert_eq!(app.column("select count(*) from account_entry").await, ["2"], "not unless the officer says who they are");
        let form = next.roll_form().await.tick("same_people").attach("file", format!("{roll}REF-0001;\n"));
        codes(&next.officer.submit(&form).await);
        next.take_step("open").await;
        owner.get("/account").await.assert_says("Budget 2027");
        other.get("/account").await.assert_says_not("Budget 2027");
        go_and_vote(&owner, &next).await.assert_redirect(&next.at("/ballot"));
        // It is the entry of REF-0002 that votes.
        let entry = app.column("select roll_entry_id from session where roll_entry_id is not null and cycle_id = (select cycle_id from cycle where slug = '2027')").await;
        let (_, cycle) = store::cycle::by_slug(&app.house.db, "laudry", "2027", app.house.now()).await.unwrap().unwrap();
        let hash = app.house.roll_key.reference_hash(&cycle.cycle_id, "REF-0002");
        assert_eq!(app.column(&format!("select roll_entry_id from roll_entry where reference_hash = '{hash}'")).await, entry);
    }

    /// Promise 22.
    async fn ones_data_is_there_to_take_and_to_erase(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let owner = with_account(&app, MAIL).await;
        attach(&owner, &cycle.codes[0]).await;
        go_and_vote(&owner, &cycle).await;
        let reminder = cycle.at("/reminder");
        let form = owner.get(&reminder).await.form(&reminder).fill("mail", MAIL);
        owner.submit(&form).await.assert_redirect(&reminder);
        let file = owner.get("/account/data.json").await;
        file.assert_status(200);
        let json = file.json();
        assert_eq!((&json["mail"], &json["language"]), (&MAIL.into(), &"en".into()));
        assert_eq!(json["sessions_expire_at"].as_array().unwrap().len(), 1);
        let entry = &json["entries"][0];
        assert_eq!((&entry["town"], &entry["cycle"], &entry["reminder_to"]), (&"laudry".into(), &"2026".into(), &MAIL.into()));
        assert_eq!(entry["took_part_on"], serde_json::Value::Null);
        let stored = app.rows("select password_hash from account").await;
        assert_eq!(json["password_hash"], stored[0][0]);
        assert_eq!(json["receipts"], serde_json::json!([]), "nothing is kept unasked");

        let form = owner.get("/account/delete").await.form("/account/delete");
        owner.submit(&form.clone().fill("current", "a wrong one")).await.assert_refused("This is not the password");
        owner.submit(&form.fill("current", PASSWORD)).await.assert_redirect("/account/deleted");
        owner.get("/account").await.assert_redirect("/account/enter");
        owner.get(cycle.at("/ballot")).await.assert_status(401);
        for table in ["account", "account_session", "account_link", "account_entry", "reminder", "mail"] {
            assert_eq!(app.column(&format!("select count(*) from {table}")).await, ["0"], "{table}");
        }
        if app.is_sqlite() {
            for name in ["ecot.db", "ecot.db-wal"] {
                let bytes = std::fs::read(app.folder.join(name)).unwrap_or_default();
                assert!(!bytes.windows(MAIL.len()).any(|window| window == MAIL.as_bytes()), "{name} still knows the address");
            }
        }
        enter(&app.visitor(), &cycle.codes[0]).await.assert_redirect("/ballot");
    }

    async fn an_account_keeps_a_receipt_only_where_its_holder_asks_and_sealed(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let owner = with_account(&app, MAIL).await;
        attach(&owner, &cycle.codes[0]).await;
        go_and_vote(&owner, &cycle).await;
        let ballot = owner.get(cycle.at("/ballot")).await.form(&cycle.at("/ballot")).fill("amount.garden", "7");
        let confirm = check(&owner, &cycle, &ballot).await.form("/ballot/confirm").press("confirm", "yes");
        owner.submit(&confirm).await.assert_redirect("/mine");
        assert_eq!(app.column("select count(*) from account_receipt").await, ["0"]);
        let mine = owner.get(cycle.at("/mine")).await;
        mine.assert_says("Whoever opens your account, and whoever runs this server, can then read what you chose.");
        let code = mine.text(".receipt code");
        let keep = mine.form("/account/receipts").press("receipt", &code);
        for _ in 0..2 {
            owner.submit(&keep).await.assert_redirect("/account?kept#receipts");
        }
        let kept = app.column("select sealed from account_receipt").await;
        assert_eq!(kept.len(), 1);
        assert!(!kept[0].contains(code.rsplit('/').next().unwrap()), "a copy of the database reads no choice: {kept:?}");
        owner.get("/account?kept").await.assert_says("The receipt is kept in your account.").assert_says("Take it out");

        let elsewhere = app.visitor();
        sign_in(&elsewhere, MAIL, PASSWORD).await;
        let euros = elsewhere.get("/euros").await;
        euros.assert_says("This receipt is kept in your account.").assert_says("The garden €7.00");
        assert_eq!(elsewhere.get("/account/data.json").await.json()["receipts"], serde_json::json!([code]));
        assert_eq!(app.visitor().get("/euros").await.count(".euros"), 0);

        let cycle_id = app.column("select cycle_id from cycle").await.remove(0);
        let remove = euros.form("/account/receipts/remove").press("cycle", &cycle_id);
        app.visitor().submit(&remove).await.assert_status(401);
        elsewhere.submit(&remove).await.assert_redirect("/account?dropped#receipts");
        assert_eq!(app.column("select count(*) from account_receipt").await, ["0"]);
        owner.post("/account/receipts", &[("receipt", "laudry/2026/7777")]).await.assert_status(400);
        owner.submit(&keep).await.assert_redirect("#receipts");
        let form = owner.get("/account/delete").await.form("/account/delete").fill("current", PASSWORD);
        owner.submit(&form).await.assert_redirect("/account/deleted");
        assert_eq!(app.column("select count(*) from account_receipt").await, ["0"]);
    }

    async fn deleting_an_account_leaves_its_ballot_in_the_urn(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let owner = with_account(&app, MAIL).await;
        attach(&owner, &cycle.codes[0]).await;
        cycle.citizen(0).await.vote(&[("garden", "7")]).await;
        let json = owner.get("/account/data.json").await.json();
        assert_eq!(json["entries"][0]["took_part_on"], "2026-03-02");
        assert!(!owner.get("/account/data.json").await.body().contains("garden"), "no ballot is in it");
        let form = owner.get("/account/delete").await.form("/account/delete").fill("current", PASSWORD);
        owner.submit(&form).await.assert_redirect("/account/deleted");
        let results = cycle.publish().await;
        assert_eq!((&results["ballots"], &results["given_minor"]), (&1.into(), &700.into()));
    }

    async fn a_mail_is_in_the_language_of_its_reader(app: TestApp) {
        for (language, words) in [("fr", "Le lien sert une fois."), ("ar", "يُستعمل الرابط مرة واحدة.")] {
            ask_link(&app.visitor().reading(language), &format!("{language}@laudry.example")).await;
            let mail = only_mail(&app).await;
            assert!(mail.body.contains(words), "{}", mail.body);
            assert_eq!(mail.header("Content-Language"), language);
        }
    }

    async fn where_no_mail_is_sent_pages_say_so(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor_without_mail();
        visitor.get("/account/link").await.assert_status(200).assert_says("This site sends no mail at present");
        visitor.get("/account/enter").await.assert_says("This site sends no mail at present");
        visitor.post("/account/link", &[("mail", MAIL)]).await.assert_status(404);
        enter(&visitor, &cycle.codes[0]).await.assert_redirect("/ballot");
        visitor.get(cycle.at("/mine")).await.assert_says_not("Remind me");
        visitor.get(cycle.at("/reminder")).await.assert_says("This site sends no mail at present");
        visitor.post(cycle.at("/reminder"), &[("mail", MAIL)]).await.assert_status(404);
        assert!(app.mails().await.is_empty());
    }

    async fn neither_a_mailed_link_nor_a_session_can_be_read_from_the_database(app: TestApp) {
        let visitor = app.visitor();
        ask_link(&visitor, MAIL).await;
        let waiting = app.column("select body from mail").await;
        let link = only_mail(&app).await.path("/account/password");
        let token = link.split_once("token=").unwrap().1;
        assert_eq!(token.len(), 64, "256 bits");
        assert!(!waiting[0].contains(token));
        assert_ne!(app.column("select token_hash from account_link").await, [token]);
        choose_by(&visitor, &link).await;
        let session = visitor.cookie("__Host-account").unwrap();
        assert_ne!(app.column("select token_hash from account_session").await, [session]);
        let hash = app.column("select password_hash from account").await.remove(0);
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }

    async fn a_mail_that_cannot_be_sent_is_tried_again_and_then_given_up(app: TestApp) {
        ask_link(&app.visitor(), MAIL).await;
        // Taken by a server that died over it.
        let taken = store::mail::take(&app.house.db, app.house.now()).await.unwrap();
        assert_eq!(taken.map(|(_, attempts)| attempts), Some(1));
        assert!(app.mails().await.is_empty());
        app.clock.advance(SignedDuration::from_mins(5));
        let (mail, attempts) = store::mail::take(&app.house.db, app.house.now()).await.unwrap().unwrap();
        assert_eq!(attempts, 2);
        assert!(store::mail::put_back(&app.house.db, &mail.mail_id, attempts, app.house.now()).await.unwrap());
        assert!(app.mails().await.is_empty());
        app.clock.advance(SignedDuration::from_mins(2));
        assert_eq!(app.mails().await.len(), 1);
        assert_eq!(app.column("select count(*) from mail").await, ["0"], "the address is not kept");

        ask_link(&app.visitor(), MAIL).await;
        app.clock.set(app.house.now() + 61.minutes());
        assert!(app.mails().await.is_empty(), "a link that is over is not sent");
        assert_eq!(app.column("select count(*) from mail").await, ["0"]);

        ask_link(&app.visitor(), MAIL).await;
        let (mail, _) = store::mail::take(&app.house.db, app.house.now()).await.unwrap().unwrap();
        assert!(!store::mail::put_back(&app.house.db, &mail.mail_id, 8, app.house.now()).await.unwrap());
        assert_eq!(app.column("select count(*) from mail").await, ["0"], "tried often enough");
    }
}

async fn choose_by(visitor: &Visitor, link: &str) {
    let form = visitor.get(link).await.form("/account/password").fill("password", PASSWORD);
    visitor.submit(&form).await.assert_redirect("/account?saved");
}
