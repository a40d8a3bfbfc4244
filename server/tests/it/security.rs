//! Headers, cookies, scripts, other sites, and what every page has.

use crate::app::TestApp;
use crate::browser::{HOST, Page, Visitor};
use crate::routes;
use crate::town::{Cycle, PASSWORD, Project, enter};
use axum::body::Body;
use axum::http::{Request, header};
use store::Translated;
use store::project::{Kind, NewProject};
use tally::Minor;

/// The security headers of every answer, `NONCE` standing for its nonce.
const HEADERS: &str = "\
content-security-policy: default-src 'none'; script-src 'self' 'nonce-NONCE' 'wasm-unsafe-eval'; style-src 'self'; \
img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
cross-origin-opener-policy: same-origin
cross-origin-resource-policy: same-origin
permissions-policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()
referrer-policy: same-origin
strict-transport-security: max-age=31536000
x-content-type-options: nosniff
x-frame-options: DENY";

fn nonce(page: &Page) -> String {
    let policy = page.header("content-security-policy");
    policy.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\'')).unwrap().0.to_owned()
}

/// Everybody who can ask, each with all that they can have.
async fn everybody(cycle: &Cycle<'_>) -> [Visitor; 3] {
    let citizen = cycle.citizen(0).await;
    citizen.vote(&[("garden", "3")]).await;
    [cycle.app.visitor(), citizen.visitor, cycle.officer.copy()]
}

/// Every GET address, asked by everybody.
async fn all_pages(cycle: &Cycle<'_>) -> Vec<Page> {
    let mut pages = Vec::new();
    for visitor in everybody(cycle).await {
        for route in
            routes::all().into_iter().filter(|route| route.answers_get && !route.is_for_other_sites())
        {
            pages.push(visitor.get(route.at("laudry", "2026", "garden")).await);
        }
        pages.push(visitor.get("/no/such/thing/here").await);
    }
    pages
}

/// A post from a page of elsewhere, or of here, as browsers say it.
async fn post_from(visitor: &Visitor, path: &str, body: &str, site: &[(&str, &str)]) -> Page {
    let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in site {
        request = request.header(*name, *value);
    }
    visitor.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

on_both! {
    /// Promise 18.
    async fn every_answer_has_the_security_headers_and_a_nonce_of_its_own(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let mut nonces = Vec::new();
        for page in all_pages(&cycle).await {
            let nonce = nonce(&page);
            let ours = HEADERS.lines().map(|line| line.split(':').next().unwrap());
            let found: Vec<_> = ours.map(|name| format!("{name}: {}", page.header(name).replace(&nonce, "NONCE"))).collect();
            assert_eq!(found.join("\n"), HEADERS, "{}", page.path);
            assert!(!page.header("content-security-policy").contains("unsafe-inline"));
            assert_eq!(nonce.len(), 32, "128 bits");
            nonces.push(nonce);
        }
        let all = nonces.len();
        nonces.sort_unstable();
        nonces.dedup();
        assert_eq!(nonces.len(), all, "no nonce is used twice");
    }

    /// Promise 16.
    async fn session_cookies_belong_to_this_host_and_to_no_script(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        let citizen = enter(&visitor, &cycle.codes[0]).await;
        let form = visitor.get("/office/enter").await.form("/office/enter");
        let form = form.fill("mail", "camille@laudry.example").fill("password", PASSWORD);
        let officer = visitor.submit(&form).await;
        let citizen_leaves = visitor.post("/leave", &[]).await;
        let officer_leaves = visitor.post("/office/leave", &[]).await;
        let attributes = |seconds| format!("; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax; Secure");
        for (page, name, seconds) in [
            (&citizen, "__Host-citizen", 43_200),
            (&officer, "__Host-officer", 43_200),
            (&citizen_leaves, "__Host-citizen", 0),
            (&officer_leaves, "__Host-officer", 0),
        ] {
            let cookie = page.header("set-cookie");
            let (pair, rest) = cookie.split_at(cookie.find(';').unwrap());
            let (found, token) = pair.split_once('=').unwrap();
            assert_eq!((found, rest), (name, attributes(seconds).as_str()));
            assert_eq!(token.len(), if seconds == 0 { 0 } else { 64 }, "256 bits");
        }
    }

    async fn every_cookie_is_kept_from_scripts_and_from_other_sites(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        let form = citizen.checked(&[("garden", "3")]).await;
        let receipt = citizen.submit(&form).await;
        let language = citizen.post("/language", &[("language", "fr"), ("back", "/")]).await;
        for (page, starts) in [(receipt, "receipt="), (language, "language=fr;")] {
            let cookie = page.header("set-cookie").to_owned();
            assert!(cookie.starts_with(starts), "{cookie}");
            for attribute in ["; Path=/;", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
                assert!(cookie.contains(attribute), "{cookie}");
            }
        }
    }

    async fn a_receipt_that_was_made_up_is_not_believed(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = cycle.citizen(0).await;
        citizen.vote(&[("garden", "3")]).await;
        let true_one = citizen.cookie("receipt").unwrap();
        let parts: Vec<&str> = true_one.split('.').collect();
        let &[version, at, receipt, mark] = parts.as_slice() else { panic!("{true_one}") };
        for made_up in [
            format!("{version}.1751000000000000.{receipt}.{mark}"),
            format!("{version}.{at}..{mark}"),
            format!("{version}.{at}.{receipt}."),
            "1.0.".into(),
            String::new(),
            "1".into(),
        ] {
            citizen.set_cookie("receipt", &made_up);
            citizen.get(cycle.at("/mine")).await.assert_status(200).assert_says("Version 1 is in the ballot box.");
        }
    }

    /// Promise 17.
    async fn what_another_site_sends_is_refused(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let [_, citizen, officer] = everybody(&cycle).await;
        let here = format!("https://{HOST}");
        let cases: [(&[(&str, &str)], bool); 12] = [
            (&[], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", &here)], true),
            (&[("origin", &here)], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")], false),
            (&[("origin", "https://evil.example")], false),
            (&[("origin", "https://ecot.example.evil.example")], false),
            (&[("origin", "null")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "null")], false),
        ];
        for route in routes::all().into_iter().filter(|route| route.answers_post) {
            let path = route.at("laudry", "2026", "garden");
            for (site, _) in cases.iter().filter(|(_, taken)| !taken) {
                for visitor in [&citizen, &officer] {
                    let page = post_from(visitor, &path, "confirm=yes", site).await;
                    page.assert_status(403).assert_says("This was sent from another site");
                    assert_eq!(page.headers.get("set-cookie"), None, "{path}");
                }
            }
        }
        citizen.get(cycle.at("/ballot")).await.assert_status(200);
        officer.get(cycle.office("")).await.assert_says("Voting is open until");
        for (site, taken) in cases {
            let page = post_from(&app.visitor(), "/language", "language=en&back=/laudry", site).await;
            assert_eq!(page.status.as_u16(), if taken { 303 } else { 403 }, "{site:?}");
        }
        // A link from elsewhere is a link like any other.
        let from_elsewhere = Request::get("/laudry").header("sec-fetch-site", "cross-site").body(Body::empty()).unwrap();
        app.visitor().send(from_elsewhere).await.assert_status(200);
    }

    async fn only_the_ballot_has_a_script_and_it_carries_the_nonce(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let mut with_island = 0;
        for page in all_pages(&cycle).await.into_iter().filter(Page::is_html) {
            if page.count(".ballot") == 0 {
                // A block of data is no program, and no browser runs it.
                let data = "<script type=\"application/ld+json\"";
                let scripts = page.body().matches("<script").count() - page.body().matches(data).count();
                assert_eq!(scripts, 0, "{}: {}", page.path, page.body());
            } else {
                with_island += 1;
                assert_eq!(page.attributes("script", "type"), ["module"], "{}", page.body());
                assert_eq!(page.attributes("script", "nonce"), [nonce(&page)]);
                assert_eq!(page.count("leptos-island"), 1);
            }
            let handlers = ["onclick=", "onload=", "onerror=", "javascript:", " style=", "<style"];
            for inline in handlers {
                assert!(!page.body().contains(inline), "{}: {inline}", page.path);
            }
            for address in [("[src]", "src"), ("link", "href"), ("form", "action")] {
                let elsewhere = page.attributes(address.0, address.1);
                assert!(elsewhere.iter().all(|address| address.starts_with('/') || address.starts_with("https://ecot.example/")), "{}: {elsewhere:?}", page.path);
            }
        }
        assert_eq!(with_island, 1, "the citizen's ballot");
    }

    async fn every_page_says_its_language_its_title_and_one_heading(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        for page in all_pages(&cycle).await.into_iter().filter(Page::is_html) {
            let path = &page.path;
            assert!(page.body().starts_with("<!DOCTYPE html>"), "{path}");
            assert_eq!(page.attributes("html", "lang"), ["en"], "{path}");
            assert!(page.text("title").len() > " – Écot".len(), "{path}");
            assert!(!page.text("h1").is_empty(), "{path}");
            assert_eq!(page.count("main"), 1, "{path}");
            assert_eq!(page.text(".site-header__nav").split(' ').next(), Some("Home"), "{path}");
            let ids = page.attributes("[id]", "id");
            let distinct: std::collections::HashSet<_> = ids.iter().collect();
            assert_eq!(distinct.len(), ids.len(), "{path}: an id stands for one thing: {ids:?}");
            for label in page.attributes("label", "for") {
                assert!(ids.contains(&label), "{path}: a label for {label:?}, which is not there");
            }
            let caching = page.header("cache-control");
            let for_all = "public, max-age=0, must-revalidate";
            let may_be_kept = !["/office", "/account", "/enter", "/ballot", "/mine", "/euros", "/claim"].iter().any(|of| path.contains(of));
            assert!(caching == "private, no-store" || (may_be_kept && caching == for_all), "{path}: {caching}");
        }
    }

    async fn the_page_of_an_error_says_so_in_its_title(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        for page in [visitor.get("/nothing").await, visitor.get(cycle.at("/ballot")).await, enter(&visitor, "x").await] {
            assert!(page.text("title").starts_with("Error: "), "{}", page.text("title"));
        }
        // An address that only takes forms is nowhere for a reader, and the other way round.
        visitor.get(cycle.at("/ballot/confirm")).await.assert_status(404);
        visitor.post(cycle.at("/results"), &[]).await.assert_status(404);
    }

    async fn the_language_is_the_browsers_until_it_is_chosen(app: TestApp) {
        app.town().await;
        let language = |page: Page| page.attributes("html", "lang").concat();
        for (accepted, expected) in [("en", "en"), ("fr", "fr"), ("de", "fr"), ("de, en;q=0.5", "en"), ("en;q=0, fr", "fr"), ("ar", "ar"), ("ar-DZ, fr;q=0.9", "ar")] {
            assert_eq!(language(app.visitor().reading(accepted).get("/laudry").await), expected, "{accepted}");
        }
        let visitor = app.visitor();
        let form = visitor.get("/laudry").await.form("/language").press("language", "fr");
        visitor.submit(&form).await.assert_redirect("/laudry");
        assert_eq!(language(visitor.get("/laudry").await), "fr");
    }

    async fn the_language_switch_never_leads_elsewhere(app: TestApp) {
        let visitor = app.visitor();
        for elsewhere in [
            "//evil.example", "https://evil.example", "/\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example",
            "/\r/evil.example", "javascript:alert(1)", "evil.example", " //evil.example", "",
        ] {
            let page = visitor.post("/language", &[("language", "en"), ("back", elsewhere)]).await;
            page.assert_status(303);
            assert_eq!(page.header("location"), "/", "{elsewhere:?}");
        }
        visitor.post("/language", &[("language", "en"), ("back", "/\0/evil.example")]).await.assert_status(400);
        visitor.post("/language", &[("language", "xx"), ("back", "/laudry")]).await.assert_redirect("/laudry");
    }

    async fn what_a_town_writes_is_never_markup(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        let bad = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
        let address = cycle.office("/projects/garden");
        let form = cycle.officer.get(&address).await.form("/projects/garden");
        let texts = ["title.en", "title.fr", "summary.en", "body.en", "holder", "place.en", "category", "district"];
        let form = texts.iter().fold(form, |form, name| form.fill(name, bad));
        cycle.officer.submit(&form).await.assert_redirect(&cycle.office(""));
        let citizen = async |path: &str| cycle.citizen(0).await.get(cycle.at(path)).await;
        let desk = [cycle.officer.get(cycle.office("")).await, cycle.officer.get(&address).await];
        cycle.take_step("open").await;
        for page in desk.into_iter().chain([citizen("").await, citizen("/projects/garden").await, citizen("/ballot").await]) {
            page.assert_status(200);
            assert_eq!(page.count("img[onerror]"), 0, "{}", page.path);
            assert_eq!(page.count("script:not([type=module])"), 0, "{}", page.path);
            assert!(page.words().contains("<script>alert(1)</script>") || page.value_of("holder") == bad, "{}", page.path);
        }
        assert_eq!(citizen("/ballot").await.attributes("script", "type"), ["module"]);
    }

    async fn a_picture_may_run_nothing_and_is_kept_for_good(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        let (_, drafted) = store::cycle::by_slug(&app.house.db, "laudry", "2026", app.house.now()).await.unwrap().unwrap();
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec();
        let drawn = NewProject {
            project_id: app.house.id(),
            slug: "drawn".into(), count_id: "drawn".into(),
            kind: Kind::Grant,
            category: None,
            district: None,
            place_name: Translated::default(),
            point: None,
            holder: String::new(),
            floor: Minor::new(0),
            ceiling: Minor::new(100),
            title: Translated::new("en", "Drawn"),
            summary: Translated::default(),
            body: Translated::default(),
            picture_svg: Some(svg.clone()),
            picture_alt: Translated::new("en", "A drawing"),
            budget: Vec::new(),
            official: None,
        };
        // The office cannot send pictures yet; the demonstration and imports can.
        store::project::add(&app.house.db, &drafted, &drawn, app.house.now()).await.unwrap();
        cycle.take_step("open").await;
        let page = app.visitor().get(cycle.at("/projects/drawn")).await;
        let picture = app.visitor().get(&page.attributes("main img", "src")[0]).await;
        picture.assert_status(200);
        assert_eq!(picture.bytes, svg);
        let policy = picture.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';") && policy.ends_with("; sandbox"), "{policy}");
        assert!(!policy.contains("script-src"), "{policy}");
        assert_eq!(picture.header("content-type"), "image/svg+xml");
        assert_eq!(picture.header("x-content-type-options"), "nosniff");
        assert_eq!(picture.header("cache-control"), "public, max-age=31536000, immutable");
    }

    async fn what_is_too_large_or_no_form_is_refused(app: TestApp) {
        let cycle = app.town().await.plan().people(0).draft().await;
        let large = "x".repeat(3 * 1024 * 1024);
        enter(&app.visitor(), &large).await.assert_status(400);
        let roll = format!("reference;note\nA-1;{large}\n");
        crate::town::codes(&cycle.import_roll(&roll).await);
        let not_a_form = Request::post("/enter").header(header::CONTENT_TYPE, "application/json").body(Body::from("{}"));
        app.visitor().send(not_a_form.unwrap()).await.assert_status(400);
        let bad = Project { slug: "x", floor: "0", ceiling: "1", kind: "no such kind" };
        let form = cycle.officer.get(cycle.office("/projects/new")).await.form("/projects/new");
        let page = cycle.officer.submit(&bad.fill(form)).await;
        assert!([303, 400, 422].contains(&page.status.as_u16()), "{}", page.status);
    }
}
