//! What a citizen keeps of a ballot, and what it is good for.

use crate::app::TestApp;
use crate::browser::Page;
use crate::town::Cycle;
use jiff::SignedDuration;

const CHOICE: &[(&str, &str)] = &[("garden", "12"), ("lamps", "5")];

/// A vote, the page after it, and the code of its receipt.
async fn voted(cycle: &Cycle<'_>) -> (Page, String) {
    let citizen = cycle.citizen(0).await;
    citizen.vote(CHOICE).await;
    let mine = citizen.get(cycle.at("/mine")).await;
    let code = mine.text(".receipt code");
    (mine, code)
}

/// Loads a receipt into the ballot of a device that knows nothing but the code of the letter.
/// With the next letter of the alphabet as its last one: it may stand for the same bytes.
fn last_mistyped(code: &str) -> String {
    const LETTERS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let (start, last) = code.split_at(code.len() - 1);
    let place = LETTERS.find(last).unwrap();
    format!("{start}{}", &LETTERS[place ^ 1..=place ^ 1])
}

async fn loaded(cycle: &Cycle<'_>, receipt: &str) -> Page {
    let device = cycle.citizen(0).await;
    let page = device.get(cycle.at("/ballot")).await;
    device.allocate(&page.form("/ballot/receipt").fill("receipt", receipt)).await
}

on_both! {
    async fn a_receipt_says_what_was_given_and_is_kept_nowhere_else(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        citizen.vote(CHOICE).await;
        let mine = citizen.get(cycle.at("/mine")).await;
        assert_eq!(mine.texts(".receipt tbody tr"), ["The garden €12.00", "The lamps €5.00"]);
        assert_eq!(mine.texts(".receipt tfoot tr"), ["Not spread €3.00"]);
        let code = mine.text(".receipt code");
        assert!(code.starts_with("laudry/2026/"), "{code}");
        assert_eq!(mine.count(".receipt__qr svg"), 1);
        let file = citizen.get(cycle.at("/mine/receipt.txt")).await;
        file.assert_status(200);
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"laudry-2026-1.txt\"");
        for words in ["The garden: €12.00", "The lamps: €5.00", "at 09:00, version 1.", &code] {
            assert!(file.body().contains(words), "{words} in {}", file.body());
        }
        let mail = mine.attributes(".receipt a[href^=mailto]", "href").concat();
        let written = mail.contains("The%20garden%3A%20%E2%82%AC12.00") && mail.contains(&code.replace('/', "%2F"));
        assert!(written, "{mail}");

        let again = citizen.get(cycle.at("/ballot")).await;
        assert!(code.ends_with(&again.value_of("receipt")), "who has just voted need not copy it");
        let other = cycle.citizen(0).await;
        other.get(cycle.at("/mine")).await.assert_says_not("12.00").assert_says("Version 1 is in the ballot box.");
        other.get(cycle.at("/mine/receipt.txt")).await.assert_status(404);
        let neighbour = cycle.citizen(1).await;
        neighbour.set_cookie("receipt", &citizen.cookie("receipt").unwrap());
        neighbour.get(cycle.at("/mine")).await.assert_says_not("12.00");
    }

    async fn a_receipt_puts_the_amounts_back_into_a_new_ballot(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let (_, code) = voted(&cycle).await;
        for typed in [code.clone(), code.to_lowercase().replace('-', " "), code.rsplit('/').next().unwrap().into()] {
            let page = loaded(&cycle, &typed).await;
            page.assert_status(200).assert_says("The amounts of your receipt are back.");
            let amounts = ["garden", "kiosk", "lamps"].map(|slug| page.value_of(&format!("amount.{slug}")));
            assert_eq!(amounts, ["12", "", "5"]);
        }
        assert_eq!(cycle.citizen(0).await.version().await, Some(1), "loading records nothing");
    }

    async fn what_is_no_receipt_of_this_cycle_is_refused_with_its_reason_and_what_was_typed(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let (_, code) = voted(&cycle).await;
        let own = code.rsplit('/').next().unwrap();
        for (typed, reason) in [
            (String::new(), "Paste or type the code of your receipt."),
            (format!("U{own}"), "No receipt contains “U”."),
            (format!("7{own}"), "This is not a receipt of this vote, or something is mistyped."),
            (last_mistyped(own), "This is not a receipt of this vote, or something is mistyped."),
        ] {
            let page = loaded(&cycle, &typed).await;
            page.assert_refused(reason);
            assert_eq!(page.value_of("receipt"), typed);
        }
    }

    async fn what_is_no_receipt_takes_no_choice_away(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        voted(&cycle).await;
        let citizen = cycle.citizen(0).await;
        let page = citizen.allocate(&citizen.spread(&[("garden", "27")]).await).await;
        let page = citizen.allocate(&page.form("/ballot/receipt").fill("receipt", "7K3M")).await;
        page.assert_refused("something is mistyped");
        assert_eq!((page.value_of("amount.garden"), page.value_of("receipt")), ("27".into(), "7K3M".into()));
    }

    async fn my_euros_say_what_became_of_the_projects_once_it_is_public(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        citizen.vote(&[("garden", "12"), ("kiosk", "5")]).await;
        let code = citizen.get(cycle.at("/mine")).await.text(".receipt code");
        let visitor = app.visitor();
        let page = visitor.get("/euros").await;
        let asked = page.form("/euros").fill("receipts", &code);
        let before = visitor.submit(&asked).await;
        before.assert_status(200).assert_says("The vote is not counted yet.").assert_says("The garden €12.00");
        assert_eq!(visitor.get("/euros").await.count(".euros"), 0, "nothing is kept unasked");
        cycle.publish().await;
        let after = visitor.submit(&asked).await;
        after.assert_status(200).assert_says_not("not counted yet");
        after.assert_says("Of the €17.00 that you spread, €12.00 were for projects that will go ahead.");
        after.assert_says("€12 received of €300");
    }

    async fn receipts_are_kept_in_the_browser_at_wish_and_forgotten_at_wish(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        citizen.vote(CHOICE).await;
        let mine = citizen.get(cycle.at("/mine")).await;
        citizen.submit(&mine.form("/euros").press("keep", "yes")).await.assert_redirect("/euros");
        assert_eq!(citizen.get("/euros").await.count(".euros"), 1);
        app.clock.advance(SignedDuration::from_hours(2));
        citizen.vote(&[("kiosk", "3")]).await;
        let newer = citizen.get(cycle.at("/mine")).await;
        citizen.submit(&newer.form("/euros").press("keep", "yes")).await.assert_redirect("/euros");
        let kept = citizen.get("/euros").await;
        assert_eq!(kept.count(".euros"), 1, "the newer version takes the place of the older");
        kept.assert_says("Version 2 of your ballot").assert_says_not("€12.00");
        citizen.submit(&kept.form("/euros/forget")).await.assert_redirect("/euros");
        assert_eq!(citizen.get("/euros").await.count(".euros"), 0);
    }

    async fn what_my_euros_cannot_read_is_said_and_kept(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let (_, code) = voted(&cycle).await;
        let visitor = app.visitor();
        let page = visitor.get("/euros").await;
        for (typed, reason) in [
            (String::new(), "Paste or type the code of your receipt."),
            (code.rsplit('/').next().unwrap().to_owned(), "Give the whole code, with the town and the vote before it"),
            (code.replace("2026", "2025"), "This is not a receipt of this vote"),
            (format!("{code}\n{code}7"), "This is not a receipt of this vote"),
        ] {
            let refused = visitor.submit(&page.form("/euros").fill("receipts", &typed)).await;
            refused.assert_refused(reason);
            assert_eq!(refused.value_of("receipts"), typed);
        }
    }
}
