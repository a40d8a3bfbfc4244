//! Reminders before the close, for those who asked and have not voted.

use crate::app::TestApp;
use crate::browser::Visitor;
use crate::letter::Letter;
use crate::town::{Cycle, closing, sign_in};
use axum::body::Body;
use axum::http::{Request, header};
use jiff::ToSpan;

const MAIL: &str = "jeanne@laudry.example";

async fn ask(visitor: &Visitor, cycle: &Cycle<'_>, mail: &str) {
    let at = cycle.at("/reminder");
    let form = visitor.get(&at).await.form(&at).fill("mail", mail);
    visitor.submit(&form).await.assert_redirect(&at);
}

async fn at(app: &TestApp, hours_before_the_close: i64) -> Vec<Letter> {
    app.clock.set(closing() - hours_before_the_close.hours());
    app.mails().await
}

on_both! {
    async fn who_asked_and_has_not_voted_is_reminded_twice(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let mine = citizen.get(cycle.at("/mine")).await;
        assert!(mine.attributes("main a", "href").contains(&cycle.at("/reminder")));
        ask(&citizen, &cycle, MAIL).await;
        citizen.get(cycle.at("/reminder")).await.assert_says(MAIL).assert_says("Remind me no more");
        assert!(at(&app, 73).await.is_empty());
        let first = at(&app, 72).await;
        assert_eq!(first.len(), 1);
        assert!(app.mails().await.is_empty(), "once");
        assert!(at(&app, 25).await.is_empty());
        let second = at(&app, 24).await;
        assert_eq!(second.len(), 1);
        assert!(at(&app, 1).await.is_empty());
        for letter in first.iter().chain(&second) {
            assert_eq!((letter.header("To"), letter.header("Subject")), (MAIL, "Town of laudry: voting closes soon"));
            assert!(letter.body.contains("“Budget 2026”") && letter.body.contains("Tuesday 31 March 2026, 20:00"), "{}", letter.body);
            for word in ["garden", "kiosk", "lamps", "€", "EUR", "20.00"] {
                assert!(!letter.body.contains(word), "{word}: {}", letter.body);
            }
            app.visitor().get(&letter.path("/enter")).await.assert_status(200);
        }
        assert_eq!(app.column("select count(*) from reminder").await, ["0"], "the address is not kept after the last one");
    }

    async fn who_has_voted_is_left_alone(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let (early, never) = (cycle.citizen(0).await, cycle.citizen(1).await);
        ask(&early, &cycle, MAIL).await;
        ask(&never, &cycle, "paul@laudry.example").await;
        early.vote(&[("garden", "3")]).await;
        early.get(cycle.at("/reminder")).await.assert_says("no reminder is needed");
        early.get(cycle.at("/mine")).await.assert_says_not("Remind me");
        for hours in [72, 24] {
            let letters = at(&app, hours).await;
            assert_eq!(letters.iter().map(|letter| letter.header("To")).collect::<Vec<_>>(), ["paul@laudry.example"]);
        }
    }

    async fn a_server_that_was_down_sends_one_and_not_two(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        ask(&cycle.citizen(0).await.visitor, &cycle, MAIL).await;
        assert_eq!(at(&app, 2).await.len(), 1);
        assert!(at(&app, 1).await.is_empty());
    }

    async fn a_reminder_is_ended_from_the_mail_by_a_button(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        ask(&cycle.citizen(0).await.visitor, &cycle, MAIL).await;
        let stop = at(&app, 72).await[0].path("/stop");
        let reader = app.visitor();
        let page = reader.get(&stop).await;
        page.assert_status(200).assert_says("Stop the reminders?");
        assert_eq!(app.column("select count(*) from reminder").await, ["1"], "a look ends nothing");
        let ended = reader.send(page.form(&stop).request()).await;
        ended.assert_status(200).assert_says("No more reminders will come");
        assert!(at(&app, 24).await.is_empty());
        reader.get(&stop).await.assert_status(200).assert_says("No more reminders will come");
        for made_up in ["/stop", "/stop?reminder=", "/stop?reminder=1&reminder=2"] {
            reader.get(made_up).await.assert_status(200);
        }
    }

    /// RFC 8058: the mail program posts by itself, without cookies, and follows no redirect.
    async fn a_reminder_is_ended_by_the_mail_program(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        ask(&cycle.citizen(0).await.visitor, &cycle, MAIL).await;
        let letter = at(&app, 72).await.remove(0);
        assert_eq!(letter.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        let url = letter.header("List-Unsubscribe").trim_matches(['<', '>']).to_owned();
        let path = url.strip_prefix("https://ecot.example").unwrap();
        let post = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        app.visitor().send(post.body(Body::from("List-Unsubscribe=One-Click")).unwrap()).await.assert_status(200);
        assert!(at(&app, 24).await.is_empty());
    }

    async fn a_reminder_is_ended_where_it_was_asked_for(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        ask(&citizen, &cycle, "wrong@laudry.example").await;
        let here = cycle.at("/reminder");
        let stop = citizen.get(&here).await.form(&here).press("stop", "yes");
        citizen.submit(&stop).await.assert_redirect(&here);
        ask(&citizen, &cycle, MAIL).await;
        assert_eq!(at(&app, 72).await[0].header("To"), MAIL);
    }

    async fn the_close_erases_every_address(app: TestApp) {
        let mut cycle = app.town().await.with_open_cycle().await;
        ask(&cycle.citizen(0).await.visitor, &cycle, MAIL).await;
        ask(&cycle.citizen(1).await.visitor, &cycle, "paul@laudry.example").await;
        app.clock.set(closing() - 72.hours());
        cycle.officer = sign_in(&app, "camille@laudry.example").await;
        app::mail::remind(&app.house).await.unwrap();
        assert_eq!(app.column("select count(*) from mail").await, ["2"], "not sent yet");
        cycle.take_step("close").await;
        for table in ["reminder", "mail"] {
            assert_eq!(app.column(&format!("select count(*) from {table}")).await, ["0"], "{table}");
        }
        assert!(app.mails().await.is_empty());
        if app.is_sqlite() {
            for name in ["ecot.db", "ecot.db-wal"] {
                let bytes = std::fs::read(app.folder.join(name)).unwrap_or_default();
                assert!(!bytes.windows(MAIL.len()).any(|window| window == MAIL.as_bytes()), "{name}");
            }
        }
    }

    async fn only_who_came_in_can_ask(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let here = cycle.at("/reminder");
        app.visitor().get(&here).await.assert_status(401);
        app.visitor().post(&here, &[("mail", MAIL)]).await.assert_status(401);
        let citizen = cycle.citizen(0).await;
        let form = citizen.get(&here).await.form(&here).fill("mail", "jeanne");
        let page = citizen.submit(&form).await;
        page.assert_refused("Type a whole mail address");
        assert_eq!(page.value_of("mail"), "jeanne");
        cycle.take_step("close").await;
        citizen.post(&here, &[("mail", MAIL)]).await.assert_says("Voting is closed");
    }

    async fn a_reminder_is_in_the_language_of_who_asked(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        for (place, language) in [(0, "fr"), (1, "ar")] {
            let citizen = cycle.citizen(place).await.visitor.reading(language);
            ask(&citizen, &cycle, &format!("{language}@laudry.example")).await;
        }
        let letters = at(&app, 72).await;
        assert!(letters[0].body.contains("ولم تصوّتوا بعد"), "{}", letters[0].body);
        assert!(letters[1].body.contains("mardi 31 mars 2026, 20:00"), "{}", letters[1].body);
    }
}
