//! A town's own colour.

use crate::app::TestApp;

const LOOK: &str = "/office/laudry/look";

on_both! {
    async fn a_town_gives_its_pages_a_colour_that_stays_readable_and_takes_it_back(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        let sheets = async || visitor.get(cycle.at("")).await.attributes("link[rel=stylesheet]", "href");
        assert_eq!(sheets().await.len(), 1, "Écot's own needs no sheet");
        visitor.get("/laudry/accent.css").await.assert_status(404);

        let look = cycle.officer.get(LOOK).await;
        cycle.officer.submit(&look.form("/look").fill("accent", "#ffdd00")).await.assert_redirect(LOOK);
        let sheet = sheets().await.pop().unwrap();
        assert_eq!(sheet, "/laudry/accent.css?ffdd00");
        let css = visitor.get(&sheet).await;
        css.assert_status(200);
        assert_eq!(css.header("content-type"), "text/css; charset=utf-8");
        assert!(css.body().starts_with(":root{--accent:#") && !css.body().contains("--accent:#ffdd00;--accent-strong:#ffdd00"));
        cycle.officer.get(LOOK).await.assert_says("#ffdd00");
        assert_eq!(visitor.get("/").await.attributes("link[rel=stylesheet]", "href").len(), 1, "the house keeps its own");

        cycle.officer.submit(&look.form("/look").press("own", "yes")).await.assert_redirect(LOOK);
        assert_eq!(sheets().await.len(), 1);
    }

    async fn what_is_no_colour_is_refused_and_what_is_not_yours_stays_hidden(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let look = cycle.officer.get(LOOK).await;
        let refused = cycle.officer.submit(&look.form("/look").fill("accent", "yellow")).await;
        refused.assert_refused("“yellow” is not a colour.");
        assert_eq!(refused.value_of("accent"), "yellow");
        app.town_called("elsewhere").await;
        cycle.officer.get("/office/elsewhere/look").await.assert_status(404);
        app.visitor().get(LOOK).await.assert_status(401);
    }
}
