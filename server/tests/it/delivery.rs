//! What becomes of the money after the result, as a town tells it and as people read it.

use crate::app::TestApp;
use crate::browser::{Form, Page};
use crate::town::Cycle;
use jiff::SignedDuration;

/// A cycle whose garden received €12.00 and whose kiosk received nothing, and the code of the receipt of its one ballot.
async fn published(app: &TestApp) -> (Cycle<'_>, String) {
    let cycle = app.town().await.with_open_cycle().await;
    let citizen = cycle.citizen(0).await;
    citizen.vote(&[("garden", "12"), ("kiosk", "5")]).await;
    let code = citizen.get(cycle.at("/mine")).await.text(".receipt code");
    cycle.publish().await;
    (cycle, code)
}

async fn form(cycle: &Cycle<'_>) -> Form {
    let address = cycle.office("/projects/garden/delivery");
    cycle.officer.get(&address).await.form(&address)
}

/// Tells a step of the garden; the page that the officer is led to.
async fn tell(cycle: &Cycle<'_>, step: &str, amount: &str) -> Page {
    let form = form(cycle).await.smuggle("step", step).fill("amount", amount);
    cycle.app.clock.advance(SignedDuration::from_mins(1));
    let address = cycle.office("/projects/garden/delivery");
    cycle.officer.submit(&form).await.assert_redirect(&address);
    cycle.officer.get(&address).await
}

on_both! {
    async fn a_step_is_told_once_and_read_by_everybody(app: TestApp) {
        let (cycle, _) = published(&app).await;
        let visitor = app.visitor();
        visitor.get(cycle.at("/projects/garden")).await.assert_says("The town has told nothing yet.");
        let form = form(&cycle).await;
        assert_eq!((form.value("amount"), form.value("day")), ("12", "2026-03-02"), "what is likely stands there");
        let form = form
            .smuggle("step", "paid")
            .fill("amount", "8")
            .fill("document", "https://laudry.example/mandat-12.pdf")
            .fill("note.en", "A first payment.");
        for _ in 0..2 {
            cycle.officer.submit(&form).await.assert_redirect(&cycle.office("/projects/garden/delivery"));
        }
        let told = cycle.officer.get(cycle.office("/projects/garden/delivery")).await;
        assert_eq!(told.text("main .alert [role=status]"), "The step is public.");
        let again = cycle.officer.get(cycle.office("/projects/garden/delivery")).await;
        assert_eq!(again.count("main .alert [role=status]"), 0, "a thing is said once");
        assert_eq!(app.column("select count(*) from delivery").await, ["1"], "a form sent twice tells once");

        let page = visitor.get(cycle.at("/projects/garden")).await;
        page.assert_says("Paid €8.00 · Monday 2 March 2026 A first payment.").assert_says("laudry.example");
        assert_eq!(page.attributes(".steps a", "href"), ["https://laudry.example/mandat-12.pdf"]);
        visitor.get(cycle.at("/projects/kiosk")).await.assert_says_not("What becomes of the money");
        let whole = visitor.get(cycle.at("")).await;
        whole.assert_says("Of the €12 that the vote awarded, €8 has been paid. 0 projects of 1 are delivered.");
        whole.assert_says("Paid: €8, Monday 2 March 2026");
        visitor.get(cycle.office("/delivery")).await.assert_status(401);
        cycle.officer.get(cycle.office("/delivery")).await.assert_says("Paid: €8");
        for feed in ["/laudry/feed.xml?language=en", "/laudry/2026/projects/garden/feed.xml?language=en"] {
            let feed = visitor.get(feed).await;
            assert!(feed.body().contains("<title>The garden: Paid, €8</title>"), "{}", feed.body());
        }
        assert_eq!(app.column("select phase from cycle").await, ["delivering"]);
        visitor.get(cycle.at("/results")).await.assert_status(200);
    }

    async fn a_correction_is_a_further_row_and_what_was_told_before_stays(app: TestApp) {
        let (cycle, _) = published(&app).await;
        tell(&cycle, "agreed", "12").await;
        tell(&cycle, "paid", "8").await;
        tell(&cycle, "paid", "12").await;
        let page = app.visitor().get(cycle.at("/projects/garden")).await;
        assert_eq!(page.texts(".steps > li > span:first-child"), ["Won by the vote", "Agreement signed", "Paid", "Delivered"]);
        assert_eq!(page.count(".details .timeline > li"), 3);
        page.assert_says("Replaced since.");
        tell(&cycle, "paid", "0").await;
        let page = app.visitor().get(cycle.at("")).await;
        page.assert_says("Agreement signed: €12");
        tell(&cycle, "dropped", "12").await;
        let page = app.visitor().get(cycle.at("/projects/garden")).await;
        assert_eq!(page.texts(".steps > li > span:first-child"), ["Won by the vote", "Agreement signed", "Dropped"]);
        assert_eq!(app.column("select count(*) from delivery").await, ["5"]);
    }

    async fn what_cannot_be_told_is_refused_with_its_reason_and_the_input_kept(app: TestApp) {
        let (cycle, _) = published(&app).await;
        let good = form(&cycle).await.smuggle("step", "paid");
        for (field, typed, reason) in [
            ("amount", "12.01", "This is more than the €12 won by the vote."),
            ("amount", "-1", "is not an amount"),
            ("day", "2026-03-03", "That day has not come yet."),
            ("day", "yesterday", "Give the day"),
            ("document", "javascript:alert(1)", "Give a whole address"),
        ] {
            let refused = cycle.officer.submit(&good.clone().fill(field, typed)).await;
            refused.assert_refused(reason);
            assert_eq!(refused.value_of(field), typed);
        }
        cycle.officer.submit(&good.clone().without("step")).await.assert_refused("Choose the step.");
        cycle.officer.submit(&good.fill("delivery", "no id")).await.assert_status(400);
        cycle.officer.get(cycle.office("/projects/kiosk/delivery")).await.assert_status(404);
        assert_eq!(app.column("select count(*) from delivery").await, ["0"]);
    }

    async fn nothing_is_told_of_the_money_before_the_result_is_public(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        cycle.citizen(0).await.vote(&[("garden", "12")]).await;
        for step in ["", "close", "count"] {
            if !step.is_empty() {
                cycle.take_step(step).await;
            }
            for path in ["/delivery", "/projects/garden/delivery"] {
                cycle.officer.get(cycle.office(path)).await.assert_status(409);
            }
            cycle.officer.post(cycle.office("/projects/garden/delivery"), &[("step", "paid")]).await.assert_status(409);
        }
    }

    async fn my_euros_come_as_far_as_the_projects_they_went_to(app: TestApp) {
        let (cycle, code) = published(&app).await;
        let visitor = app.visitor();
        let asked = visitor.get("/euros").await.form("/euros").fill("receipts", &code);
        let way = async || visitor.submit(&asked).await.texts(".way > div");
        let expected = |paid, delivered| {
            [
                "Given by you €17.00".to_owned(),
                "To funded projects €12.00".to_owned(),
                format!("To projects that have been paid {paid}"),
                format!("To delivered projects {delivered}"),
            ]
        };
        assert_eq!(way().await, expected("€0.00", "€0.00"));
        tell(&cycle, "paid", "3").await;
        assert_eq!(way().await, expected("€12.00", "€0.00"));
        tell(&cycle, "delivered", "12").await;
        assert_eq!(way().await, expected("€12.00", "€12.00"));
        visitor.submit(&asked).await.assert_says("Delivered: €12, Monday 2 March 2026");
    }

    async fn a_cycle_has_a_feed_of_where_it_stands_and_of_what_went_wrong(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let incidents = cycle.office("/incidents");
        let form = cycle.officer.get(&incidents).await.form(&incidents).fill("body.en", "The site was down.\n\nIt is up again.");
        app.clock.advance(SignedDuration::from_mins(1));
        cycle.officer.submit(&form).await.assert_redirect(&incidents);
        cycle.officer.get(&incidents).await.assert_says("The incident is public.");
        let status = app.visitor().get(cycle.at("/status")).await;
        let feed = status.attributes("link[rel=alternate]", "href").concat();
        let feed = app.visitor().get(feed).await;
        feed.assert_status(200);
        assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
        for said in ["Budget 2026: an incident", "<p>The site was down.</p>", "<p>It is up again.</p>", "/laudry/2026/status#incidents"] {
            assert!(feed.body().contains(said), "{said} in {}", feed.body());
        }
        assert_eq!(feed.body().matches("<entry>").count(), 2, "the opening and the incident");
    }
}
