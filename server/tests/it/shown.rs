//! What other sites and programs take of ours: charts, pictures, tables, feeds, catalogues.

use crate::app::TestApp;
use crate::browser::{HOST, Page, Visitor};
use crate::databases::connect;
use crate::routes;
use crate::town::Cycle;
use serde_json::Value;

const SITE: &str = "https://ecot.example";

/// The path of an address of ours.
fn path(address: &str) -> &str {
    address.strip_prefix(SITE).unwrap_or_else(|| panic!("{address} is elsewhere"))
}

async fn published(app: &TestApp) -> Cycle<'_> {
    let cycle = app.town().await.with_open_cycle().await;
    cycle.citizen(0).await.vote(&[("garden", "12"), ("lamps", "3")]).await;
    cycle.citizen(1).await.vote(&[("garden", "8"), ("kiosk", "12")]).await;
    cycle.publish().await;
    cycle
}

/// As if two officers had made it; the office makes practice cycles only.
async fn make_real(app: &TestApp) {
    let mut connection = connect(&app.database_url).await;
    sqlx::query("update cycle set nature = 'real'").execute(&mut connection).await.unwrap();
}

async fn share_picture(visitor: &Visitor, page: &str) -> (String, Page) {
    let html = visitor.get(page).await;
    let address = html.attributes("meta[property='og:image']", "content").remove(0);
    let picture = visitor.get(path(&address)).await;
    (address, picture)
}

on_both! {
    async fn charts_may_be_framed_anywhere_and_nothing_else_may(app: TestApp) {
        let cycle = published(&app).await;
        let visitor = app.visitor();
        for address in ["/embed/laudry/2026?lang=fr", "/embed/laudry/2026/projects/garden", "/embed/laudry/1999"] {
            let chart = visitor.get(address).await;
            assert!(chart.header("content-security-policy").contains("frame-ancestors *"), "{address}");
            assert_eq!(chart.header("x-frame-options"), "", "{address}");
            assert_eq!(chart.header("cross-origin-resource-policy"), "cross-origin");
            assert_eq!(chart.header("set-cookie"), "");
            assert_eq!(chart.count("script, form, iframe, [style]"), 0, "{address}");
            // Nobody's session changes a chart.
            assert_eq!(cycle.officer.get(address).await.body(), chart.body());
        }
        for route in routes::all().into_iter().filter(|route| route.answers_get) {
            let address = route.at("laudry", "2026", "garden");
            if address.starts_with("/embed/") {
                continue;
            }
            let page = visitor.get(&address).await;
            assert_eq!(page.header("x-frame-options"), "DENY", "{address}");
            assert!(!page.header("content-security-policy").contains("frame-ancestors *"), "{address}");
        }
    }

    async fn a_chart_shows_the_results_once_they_are_out(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        cycle.citizen(0).await.vote(&[("garden", "12")]).await;
        let visitor = app.visitor();
        let chart = visitor.get("/embed/laudry/2026").await;
        chart.assert_status(200).assert_says("Budget 2026").assert_says("3 projects").assert_says_not("€12");
        cycle.take_step("close").await;
        cycle.take_step("count").await;
        let counting = visitor.get("/embed/laudry/2026").await;
        assert_eq!((counting.header("cache-control"), counting.count(".bars")), ("public, no-cache", 0));
        cycle.take_step("publish").await;
        let chart = visitor.get("/embed/laudry/2026").await;
        chart.assert_says("1 of 3 projects is funded").assert_says("€12.00");
        assert_eq!(chart.texts(".bars__label")[0], "The garden");
        assert_eq!(chart.attributes(".embed__end a", "href"), ["https://ecot.example/laudry/2026/results"]);
        visitor.get("/embed/laudry/2026?lang=ar").await.assert_says("فتح في Écot");
        visitor.get("/embed/laudry/2026/projects/garden").await.assert_says("€12 received of €300");
        visitor.get("/embed/laudry/2026/projects/nothing").await.assert_status(404);
    }

    /// A newspaper's chart says which version it shows, and one that was pinned stays when the result is corrected.
    async fn a_chart_can_stay_at_a_version(app: TestApp) {
        let cycle = published(&app).await;
        let visitor = app.visitor();
        let first = visitor.get("/embed/laudry/2026/results/v1").await;
        let href = "https://ecot.example/laudry/2026/results/v1";
        let version = |page: &Page| page.texts(".embed__main > .meta").pop().unwrap();
        assert!(version(&first).starts_with("Version 1, published on "), "{}", version(&first));
        assert_eq!(first.attributes(".embed__main > .meta a", "href"), [href]);
        assert_eq!(first.attributes(".embed__end a", "href"), [href]);
        // A step of the cycle is no part of its figures.
        assert_eq!(first.count(".embed__of .badge"), 0);
        cycle.correct("1").await;
        let latest = visitor.get("/embed/laudry/2026").await;
        assert!(version(&latest).starts_with("Version 2, published on "), "{}", version(&latest));
        let first = visitor.get("/embed/laudry/2026/results/v1").await;
        assert!(version(&first).starts_with("This version has been corrected. See version 2"), "{}", version(&first));
        for nothing in ["v3", "v0", "v01", "1", "v-1"] {
            visitor.get(format!("/embed/laudry/2026/results/{nothing}")).await.assert_status(404);
        }
        let results = visitor.get("/laudry/2026/results").await;
        let pinned = format!("<iframe src=\"{SITE}/embed/laudry/2026/results/v2?lang=en\"");
        assert!(results.text("#embed-code-version").starts_with(&pinned), "{}", results.text("#embed-code-version"));
        let told = visitor.get("/oembed?url=https%3A%2F%2Fecot.example%2Flaudry%2F2026%2Fresults%2Fv2").await.json();
        assert!(told["html"].as_str().unwrap().starts_with(&pinned), "{told}");
        let missing = visitor.get("/oembed?url=https%3A%2F%2Fecot.example%2Flaudry%2F2026%2Fresults%2Fv3").await;
        assert_eq!(missing.status.as_u16(), 404);
    }

    async fn a_page_says_how_it_can_be_embedded(app: TestApp) {
        let _cycle = published(&app).await;
        let visitor = app.visitor();
        for (page, chart) in [
            ("/laudry/2026", "/embed/laudry/2026?lang=en"),
            ("/laudry/2026/results", "/embed/laudry/2026?lang=en"),
            ("/laudry/2026/projects/garden", "/embed/laudry/2026/projects/garden?lang=en"),
        ] {
            let html = visitor.get(page).await;
            let found = html.attributes("link[type='application/json+oembed']", "href").remove(0);
            let told = visitor.get(path(&found)).await.assert_status(200).json();
            assert_eq!((&told["version"], &told["type"]), (&"1.0".into(), &"rich".into()), "{page}");
            assert!(told["html"].as_str().unwrap().starts_with(&format!("<iframe src=\"{SITE}{chart}\"")), "{told}");
            let picture = visitor.get(path(told["thumbnail_url"].as_str().unwrap())).await;
            assert_eq!((picture.status.as_u16(), picture.header("content-type")), (200, "image/png"));
        }
        let results = visitor.get("/laudry/2026/results").await;
        assert!(results.text("#embed-code").starts_with("<iframe src=\"https://ecot.example/embed/laudry/2026?lang=en\""));
        let ask = async |query: &str| visitor.get(format!("/oembed?{query}")).await.status.as_u16();
        assert_eq!(ask("").await, 400);
        assert_eq!(ask("url=https%3A%2F%2Fecot.example%2Flaudry%2F2026&format=xml").await, 501);
        assert_eq!(ask("url=https%3A%2F%2Fecot.example%2Flaudry%2F1999").await, 404);
        assert_eq!(ask("url=https%3A%2F%2Fecot.example%2Foffice").await, 404);
        assert_eq!(ask("url=https%3A%2F%2Felsewhere.example%2Flaudry%2F2026").await, 404);
        let narrow = visitor.get("/oembed?url=https%3A%2F%2Fecot.example%2Flaudry%2F2026&maxwidth=300").await.json();
        assert_eq!(narrow["width"], 300);
    }

    async fn a_share_picture_changes_its_address_with_its_figures(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        cycle.citizen(0).await.vote(&[("garden", "12")]).await;
        let visitor = app.visitor();
        let (before, picture) = share_picture(&visitor, "/laudry/2026").await;
        assert_eq!(picture.header("content-type"), "image/png");
        assert_eq!(picture.header("cache-control"), "public, max-age=31536000, immutable");
        let read = image::load_from_memory(&picture.bytes).unwrap();
        assert_eq!((read.width(), read.height()), (1200, 630));
        let alt = visitor.get("/laudry/2026").await.attributes("meta[property='og:image:alt']", "content").remove(0);
        assert!(alt.contains("Budget 2026") && !alt.contains("12"), "{alt}");
        cycle.publish().await;
        let (after, _) = share_picture(&visitor, "/laudry/2026").await;
        assert_ne!(before, after);
        let led_on = visitor.get("/share/en/0000/laudry/2026.png").await;
        led_on.assert_status(307);
        assert_eq!(led_on.header("location"), path(&after));
        let alt = visitor.get("/laudry/2026/results").await.attributes("meta[property='og:image:alt']", "content").remove(0);
        assert!(alt.contains("1 of 3 projects is funded"), "{alt}");
        for page in ["/laudry", "/laudry/2026/projects/garden"] {
            let (_, picture) = share_picture(&visitor.copy(), page).await;
            assert_eq!((picture.status.as_u16(), picture.header("content-type")), (200, "image/png"), "{page}");
        }
        let arabic = app.visitor().reading("ar");
        assert_ne!(share_picture(&arabic, "/laudry").await.1.bytes, share_picture(&visitor, "/laudry").await.1.bytes);
        visitor.get("/share/fr/0000/nowhere.png").await.assert_status(404);
        visitor.get("/share/tlh/0000/laudry.png").await.assert_status(404);
    }

    /// A day is told when it is over and ten people or more voted since the last that was told; amounts never.
    async fn an_open_cycle_is_followed_by_its_tables(app: TestApp) {
        let cycle = app.town().await.plan().people(24).open().await;
        let visitor = app.visitor();
        let rows = async || {
            let table = visitor.get(cycle.at("/turnout.csv")).await;
            table.assert_status(200);
            assert_eq!(table.header("content-type"), "text/csv; charset=utf-8; header=present");
            table.body().split("\r\n").filter(|row| !row.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        let header = "day,voted,voted_so_far,eligible";
        for (place, day) in [(0..4, "2026-03-03"), (4..11, "2026-03-05"), (11..23, "2026-03-06"), (23..24, "2026-03-07")] {
            app.clock.set(format!("{day}T10:00:00Z").parse().unwrap());
            for place in place {
                cycle.citizen(place).await.vote(&[("garden", "7")]).await;
            }
            match day {
                "2026-03-03" | "2026-03-05" => assert_eq!(rows().await, [header]),
                _ => assert_eq!(rows().await[1], "2026-03-03/2026-03-05,11,11,24"),
            }
        }
        app.clock.set("2026-03-09T10:00:00Z".parse().unwrap());
        assert_eq!(rows().await, [header, "2026-03-03/2026-03-05,11,11,24", "2026-03-06,12,23,24"]);
        let feed = visitor.get(cycle.at("/turnout.json?language=en")).await;
        assert_eq!(feed.header("content-type"), "application/feed+json; charset=utf-8");
        let items = feed.json()["items"].clone();
        assert_eq!(items[0]["title"], "Friday 6 March 2026: 12 people");
        assert_eq!(items[0]["content_text"], "Since the opening: 23 of 24 on the roll.");
        assert_eq!(items[0]["date_published"], "2026-03-06T23:00:00Z");
        assert_eq!(items.as_array().unwrap().len(), 2);
        visitor.get(cycle.at("/turnout.xml?language=fr")).await.assert_says("du mardi 3 mars 2026 au jeudi 5 mars 2026");
        let projects = visitor.get(cycle.at("/projects.csv")).await;
        let lines: Vec<_> = projects.body().split("\r\n").collect();
        assert_eq!(lines[0], "project,slug,title,kind,category,district,holder,floor_minor,ceiling_minor,min_supporters,currency");
        assert_eq!(lines[1], "garden,garden,Le projet garden,grant,,,Association,1000,30000,,EUR");
        assert_eq!(lines.len(), 5);
    }

    async fn feeds_are_json_as_well(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        cycle.citizen(0).await.vote(&[("garden", "12")]).await;
        app.clock.advance(jiff::SignedDuration::from_mins(1));
        cycle.publish().await;
        let visitor = app.visitor();
        for page in ["/laudry", "/laudry/2026", "/laudry/2026/projects/garden"] {
            let feed = visitor.get(format!("{page}/feed.json?language=en")).await;
            feed.assert_status(200);
            let json: Value = feed.json();
            assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
            assert_eq!(json["home_page_url"], format!("https://{HOST}{page}"));
            assert_eq!(json["feed_url"], format!("https://{HOST}{page}/feed.json?language=en"));
            let newest = &json["items"][0];
            assert_eq!(newest["url"], format!("https://{HOST}/laudry/2026/results/v1"), "{page}");
            assert_eq!(newest["title"], "Budget 2026: the results are public");
            let atom = visitor.get(format!("{page}/feed.xml?language=en")).await;
            atom.assert_says(newest["id"].as_str().unwrap());
        }
    }

    async fn catalogues_list_what_is_published(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        cycle.citizen(0).await.vote(&[("garden", "12")]).await;
        let visitor = app.visitor();
        visitor.get("/data").await.assert_status(200).assert_says("No result is published yet.").assert_says("turnout.csv");
        cycle.publish().await;
        let page = visitor.get("/data").await;
        page.assert_says("Budget 2026");
        assert!(page.attributes(".downloads a", "href").contains(&"/laudry/2026/results/v1/totals.csv".to_owned()));
        // Practice is told to nobody elsewhere.
        assert_eq!(visitor.get("/data.jsonld").await.json()["dcat:dataset"], serde_json::json!([]));
        visitor.get("/sitemap.xml").await.assert_says_not("/laudry/2026");
        make_real(&app).await;
        app.clock.advance(jiff::SignedDuration::from_mins(1));
        let catalogue = visitor.get("/data.jsonld").await.json();
        let dataset = &catalogue["dcat:dataset"][0];
        assert_eq!(dataset["@id"], "https://ecot.example/laudry/2026/results");
        let files = dataset["dcat:distribution"].as_array().unwrap();
        assert!(files.len() > 5, "{files:?}");
        for file in files {
            let address = file["dcat:downloadURL"]["@id"].as_str().unwrap();
            let body = visitor.get(path(address)).await;
            assert_eq!(body.bytes.len().to_string(), file["dcat:byteSize"]["@value"].as_str().unwrap(), "{address}");
        }
        let turtle = visitor.get("/data.ttl").await;
        assert_eq!(turtle.header("content-type"), "text/turtle; charset=utf-8");
        turtle.assert_says("<https://ecot.example/laudry/2026/results> a dcat:Dataset");
        visitor.get("/sitemap.xml").await.assert_says("<loc>https://ecot.example/laudry/2026/results</loc>");
        visitor.get("/robots.txt").await.assert_says("Sitemap: https://ecot.example/sitemap.xml").assert_says("Disallow: /office");
        let results = visitor.get("/laudry/2026/results").await;
        let linked: Value = serde_json::from_str(results.text("script[type='application/ld+json']").trim()).unwrap();
        assert_eq!((&linked["@type"], &linked["version"]), (&"Dataset".into(), &"1".into()));
        assert_eq!(linked["distribution"].as_array().unwrap().len(), files.len());
    }

    async fn no_text_of_a_town_ends_a_block_of_data(app: TestApp) {
        let town = app.town().await;
        let plan = town.plan().with("title.fr", "</script><script>alert(1)</script>");
        let cycle = plan.open().await;
        cycle.citizen(0).await.vote(&[("garden", "12")]).await;
        cycle.publish().await;
        let results = app.visitor().get("/laudry/2026/results").await;
        assert_eq!(results.count("script"), 1, "the block of data");
        let linked: Value = serde_json::from_str(results.text("script").trim()).unwrap();
        assert!(linked["name"].as_str().unwrap().contains("</script>"));
    }

    async fn the_readable_page_of_the_api_has_every_address(app: TestApp) {
        for language in ["fr", "en", "ar"] {
            let visitor = app.visitor().reading(language);
            let document = visitor.get("/api/v1/openapi.json").await.json();
            let page = visitor.get("/api").await;
            page.assert_status(200);
            let listed = page.texts(".api__list code");
            let paths: Vec<_> = document["paths"].as_object().unwrap().keys().cloned().collect();
            assert_eq!(listed.iter().collect::<std::collections::BTreeSet<_>>(), paths.iter().collect());
            for words in page.texts(".api__list a").into_iter().chain(page.texts(".api h3")).chain(page.texts(".api td")) {
                assert!(!words.is_empty(), "{language}: words are missing");
            }
            assert!(page.texts(".api pre code").iter().any(|curl| curl == "curl https://ecot.example/api/v1/municipalities/laudry/cycles/2026"));
        }
    }
}
