//! Guessing does not work, and locks nobody out: promise 19, through the doors.

use crate::app::TestApp;
use crate::browser::{Page, Visitor};
use crate::town::{PASSWORD, enter};
use jiff::SignedDuration;
use store::roll::Code;

/// A code of the right form that nobody has.
fn guess(number: u8) -> String {
    Code::new([number; 15]).print()
}

async fn sign_in_with(visitor: &Visitor, password: &str) -> Page {
    let form = visitor.get("/office/enter").await.form("/office/enter");
    visitor.submit(&form.fill("mail", "camille@laudry.example").fill("password", password)).await
}

on_both! {
    /// Promise 19.
    async fn wrong_codes_slow_the_connection_they_come_from(app: TestApp) {
        app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        for number in 0..21 {
            enter(&visitor, &guess(number)).await.assert_refused("We do not know this code.");
        }
        let page = enter(&visitor, &guess(21)).await;
        page.assert_status(429).assert_says("Try again in 1 second.");
        assert_eq!((page.header("retry-after"), page.value_of("code")), ("1", guess(21)));
        assert!(page.text("title").starts_with("Error: "));
        app.clock.advance(SignedDuration::from_secs(1));
        enter(&visitor, &guess(7)).await.assert_refused("We do not know this code.");
        enter(&visitor, &guess(8)).await.assert_status(429).assert_says("Try again in 2 seconds.");
        enter(&app.visitor().at("192.0.2.2"), &guess(9)).await.assert_status(422);
        let french = app.visitor().reading("fr");
        enter(&french, &guess(8)).await.assert_status(429).assert_says("Réessayez dans 2");
    }

    /// Promise 19.
    async fn a_right_code_comes_in_from_anywhere_even_beside_somebody_who_guesses(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let guesser = app.visitor();
        for number in 0..40 {
            enter(&guesser, &guess(number % 30)).await;
            app.clock.advance(SignedDuration::from_millis(100));
        }
        enter(&guesser, &guess(31)).await.assert_status(429);
        for (visitor, place) in [(app.visitor(), 0), (app.visitor().at("2001:db8::1"), 1)] {
            enter(&visitor, &cycle.codes[place]).await.assert_redirect("/laudry/2026/ballot");
        }
    }

    async fn a_mistyped_code_is_no_guess(app: TestApp) {
        app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        let mistyped = guess(7).replace('7', "8");
        for _ in 0..50 {
            enter(&visitor, &mistyped).await.assert_refused("This code has a typing mistake.");
        }
        enter(&visitor, &guess(1)).await.assert_status(422);
    }

    /// Promise 19.
    async fn wrong_passwords_slow_the_connection_they_come_from_and_nobody_else(app: TestApp) {
        app.town().await.officer().await;
        let guesser = app.visitor().at("192.0.2.66");
        for _ in 0..6 {
            sign_in_with(&guesser, "a guess").await.assert_status(422);
        }
        let page = sign_in_with(&guesser, PASSWORD).await;
        page.assert_status(429).assert_says("Try again in 1 second.");
        assert_eq!(page.header("set-cookie"), "", "not even the right one is looked at");
        assert_eq!((page.value_of("mail"), page.value_of("password")), ("camille@laudry.example".into(), String::new()));
        sign_in_with(&app.visitor(), PASSWORD).await.assert_redirect("/office");
        app.clock.advance(SignedDuration::from_secs(1));
        sign_in_with(&guesser, PASSWORD).await.assert_redirect("/office");
    }

    /// One network may be thousands of people: the mistakes of some are not the waiting of others.
    async fn wrong_passwords_of_one_person_do_not_slow_their_neighbours(app: TestApp) {
        let town = app.town().await;
        town.officer().await;
        for _ in 0..10 {
            app.visitor().post("/office/enter", &[("mail", "sam@laudry.example"), ("password", "a guess")]).await;
        }
        sign_in_with(&app.visitor(), PASSWORD).await.assert_redirect("/office");
        // Whoever tries many addresses is slowed all the same.
        let mut statuses = Vec::new();
        for number in 0..110 {
            let mail = format!("a{number}@laudry.example");
            statuses.push(app.visitor().post("/account/enter", &[("mail", &mail), ("password", "a guess")]).await.status.as_u16());
        }
        assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 95, "{statuses:?}");
    }

    async fn many_passwords_at_once_do_not_slip_through_together(app: TestApp) {
        app.town().await.officer().await;
        let guessers: Vec<_> = (0..20).map(|_| app.visitor().at("192.0.2.66")).collect();
        let mut guesses = tokio::task::JoinSet::new();
        for guesser in guessers {
            guesses.spawn(async move { sign_in_with(&guesser, "a guess").await.status.as_u16() });
        }
        let statuses = guesses.join_all().await;
        assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 6, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 14, "{statuses:?}");
    }

    async fn an_address_that_a_visitor_makes_up_is_not_believed(app: TestApp) {
        app.town().await.with_open_cycle().await;
        for number in 0..21 {
            let lie = app.visitor().at(&format!("198.51.100.{number}, 192.0.2.66"));
            enter(&lie, &guess(number)).await.assert_status(422);
        }
        enter(&app.visitor().at("198.51.100.99, 192.0.2.66"), &guess(9)).await.assert_status(429);
        enter(&app.visitor().at("192.0.2.66, 198.51.100.99"), &guess(9)).await.assert_status(422);
    }
}
