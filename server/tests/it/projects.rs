//! Projects: found by words and filters, in an order drawn by lot, on a map, with pictures, updates and feeds.

use crate::app::TestApp;
use crate::browser::{Page, Visitor};
use crate::databases::connect;
use crate::town::{Cycle, PASSWORD, Project};
use axum::body::Body;
use axum::http::Request;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use jiff::SignedDuration;
use std::collections::HashSet;
use std::io::Cursor;

/// Writes into the form of a project, and saves it.
async fn edit(cycle: &Cycle<'_>, slug: &str, fields: &[(&str, &str)]) {
    let address = cycle.office(&format!("/projects/{slug}"));
    let form = cycle.officer.get(&address).await.form(&address);
    let form = fields.iter().fold(form, |form, (name, value)| form.fill(name, *value));
    cycle.officer.submit(&form).await.assert_redirect(&cycle.office(""));
}

/// A cycle whose three projects differ in everything that can be asked for.
async fn various<'a>(app: &'a TestApp) -> Cycle<'a> {
    let cycle = app.town().await.plan().draft().await;
    edit(
        &cycle,
        "garden",
        &[
            ("title.fr", "Des œillets à l’école"),
            ("title.ar", "حَديقة الأزهـار"),
            ("summary.ar", "أزهار في المدرسة."),
            ("body.fr", "Trois cents plants."),
            ("category", "Nature"),
            ("district", "La Gare"),
        ],
    )
    .await;
    edit(
        &cycle,
        "kiosk",
        &[
            ("title.fr", "Le kiosque"),
            ("kind", "threshold"),
            ("floor", "1200"),
            ("place.fr", "Quai des Tanneurs"),
            ("category", "Patrimoine"),
            ("district", "Les Tanneries"),
        ],
    )
    .await;
    edit(
        &cycle,
        "lamps",
        &[("title.fr", "Abris à vélos éclairés"), ("category", "Nature"), ("district", "Les Tanneries")],
    )
    .await;
    cycle.take_step("open").await;
    cycle
}

/// The slugs of the projects of a list, in its order.
fn listed(page: &Page) -> Vec<String> {
    let ids = page.attributes(".cards > li", "id");
    ids.iter().map(|id| id.strip_prefix("project-").unwrap().to_owned()).collect()
}

fn sorted(mut slugs: Vec<String>) -> Vec<String> {
    slugs.sort();
    slugs
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A picture as a camera gives it.
fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let shade = |part: u32| u8::try_from(part % 256).unwrap();
    let image = RgbImage::from_fn(width, height, |x, y| Rgb([shade(x), shade(y), 90]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(image).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

const OUTLINE: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[2.0,46.0],[2.1,46.0],[2.1,46.1],[2.0,46.1],[2.0,46.0]]]}},
{"type":"Feature","properties":{"nom":"La <Gare>"},"geometry":{"type":"Polygon","coordinates":[[[2.0,46.0],[2.1,46.0],[2.1,46.05],[2.0,46.05],[2.0,46.0]]]}},
{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[2.05,45.9],[2.06,46.2]]}}]}"#;

async fn draw_town(cycle: &Cycle<'_>, file: &str) -> Page {
    let form = cycle.officer.get("/office/laudry/map").await.form("/office/laudry/map").attach("file", file);
    cycle.officer.submit(&form).await
}

/// Another day; an officer signs in anew.
async fn wait_until(cycle: &Cycle<'_>, moment: &str) {
    cycle.app.clock.set(moment.parse().unwrap());
    let form = cycle.officer.get("/office/enter").await.form("/office/enter");
    let form = form.fill("mail", "camille@laudry.example").fill("password", PASSWORD);
    cycle.officer.submit(&form).await.assert_redirect("/office");
}

/// The address of a page's form for updates, and what is told by it.
async fn tell(cycle: &Cycle<'_>, slug: &str, fields: &[(&str, &str)]) -> Page {
    let address = cycle.office(&format!("/projects/{slug}/updates"));
    let form = cycle.officer.get(&address).await.form(&address);
    let form = fields.iter().fold(form, |form, (name, value)| form.fill(name, *value));
    cycle.officer.submit(&form).await
}

async fn ask_again(visitor: &Visitor, path: &str, tag: &str) -> Page {
    visitor.send(Request::get(path).header("if-none-match", tag).body(Body::empty()).unwrap()).await
}

on_both! {
    async fn words_find_projects_in_every_language_whatever_accents_and_case(app: TestApp) {
        let cycle = various(&app).await;
        let visitor = app.visitor();
        for (typed, found) in [
            ("ÉCOLE", vec!["garden"]),
            ("ecole", vec!["garden"]),
            ("oeillet", vec!["garden"]),
            ("vélo", vec!["lamps"]),
            ("abri vélos", vec!["lamps"]),
            ("abri kiosque", vec![]),
            ("tanneurs", vec!["kiosk"]),
            ("les tanneries", vec!["kiosk", "lamps"]),
            ("tann", vec!["kiosk", "lamps"]),
            ("the kiosk", vec!["kiosk"]),
            ("plants", vec!["garden"]),
            ("association", vec!["garden", "kiosk", "lamps"]),
            ("lant", vec![]),
            ("حديقه", vec!["garden"]),
            ("الحديقة", vec!["garden"]),
            ("ازهار", vec!["garden"]),
            ("المَدرسة", vec!["garden"]),
            ("   ", vec!["garden", "kiosk", "lamps"]),
        ] {
            let page = visitor.get(cycle.at(&format!("?q={}", percent(typed)))).await;
            page.assert_status(200);
            assert_eq!(sorted(listed(&page)), found, "{typed}");
            assert_eq!(page.value_of("q"), typed.trim());
            let count = match (typed.trim(), found.len()) {
                ("", 3) => "3 projects.".to_owned(),
                (_, 1) => "1 project of 3.".to_owned(),
                (_, many) => format!("{many} projects of 3."),
            };
            page.assert_says(&count);
        }
        let nothing = visitor.get(cycle.at("?q=zzz&order=4821")).await;
        nothing.assert_says("Try a shorter word or another one, or take a filter away.");
        let clear = nothing.attributes(".browse__found a", "href");
        assert_eq!(clear, ["/laudry/2026?order=4821#projects"]);
        assert_eq!(listed(&visitor.get(&clear[0]).await).len(), 3);
        let markup = visitor.get(cycle.at(&format!("?q={}", percent("\"><script>alert(1)</script>")))).await;
        assert_eq!((markup.count("script"), markup.value_of("q").as_str()), (0, "\"><script>alert(1)</script>"));
        visitor.get(cycle.at(&format!("?q={}", "x".repeat(5000)))).await.assert_status(200);
    }

    async fn filters_leave_out_what_is_not_asked_for(app: TestApp) {
        let cycle = various(&app).await;
        let visitor = app.visitor();
        for (query, found) in [
            ("category=nature", vec!["garden", "lamps"]),
            ("category=nature&district=les-tanneries", vec!["lamps"]),
            ("district=la-gare", vec!["garden"]),
            ("kind=threshold", vec!["kiosk"]),
            ("kind=threshold&category=nature", vec![]),
            ("category=nature&q=ecole", vec!["garden"]),
            ("category=elsewhere", vec![]),
            ("kind=nonsense&cost=nonsense&sort=nonsense", vec!["garden", "kiosk", "lamps"]),
        ] {
            let page = visitor.get(cycle.at(&format!("?{query}"))).await;
            assert_eq!(sorted(listed(&page)), found, "{query}");
        }
        let page = visitor.get(cycle.at("?district=la-gare")).await;
        assert_eq!(page.value_of("district"), "la-gare");
        assert_eq!(page.attributes("details", "open").len(), 1, "what is used is shown");
        assert_eq!(page.texts("#district option"), ["All districts", "La Gare", "Les Tanneries"]);
        assert_eq!(page.texts("#kind option"), ["All kinds of funding", "Once, even in part", "All or nothing"]);
        // 80, 300 and 1200: the bands are made from these.
        assert_eq!(page.texts("#cost option"), ["All costs", "Less than €300", "€300 and more"]);
        let band = page.attributes("#cost option", "value").remove(1);
        assert_eq!(listed(&visitor.get(cycle.at(&format!("?cost={band}"))).await), ["lamps"]);
    }

    async fn the_order_is_drawn_by_lot_and_its_number_gives_it_to_everybody(app: TestApp) {
        let project = |slug| Project { slug, floor: "0", ceiling: "10", kind: "grant" };
        let slugs = ["a1", "b2", "c3", "d4", "e5", "f6", "g7", "h8"];
        let cycle = app.town().await.plan().projects(&slugs.map(project)).open().await;
        let order = async |visitor: &Visitor, query: &str| listed(&visitor.get(cycle.at(query)).await);
        let (one, other) = (app.visitor(), app.visitor().reading("fr"));
        assert_eq!(order(&one, "?order=4821").await, order(&other, "?order=4821").await);
        assert_ne!(order(&one, "?order=4821").await, order(&one, "?order=4822").await);
        assert_eq!(sorted(order(&one, "?order=4821").await), slugs);

        let drawn = one.get(cycle.at("")).await;
        let said = drawn.text(".browse__order");
        let number = said.strip_prefix("Order drawn by lot, no. ").unwrap().split('.').next().unwrap().to_owned();
        assert_eq!(number.len(), 4, "{said}");
        assert_eq!(listed(&drawn), order(&other, &format!("?order={number}")).await);
        assert_eq!(one.get(cycle.at("")).await.value_of("order"), number, "who comes back finds the list as it was");
        let mut numbers = HashSet::new();
        for place in 1..40 {
            let visitor = app.visitor().at(&format!("198.51.100.{place}"));
            numbers.insert(visitor.get(cycle.at("")).await.value_of("order"));
        }
        assert!((8..=16).contains(&numbers.len()), "visitors see several orders: {numbers:?}");
        app.clock.advance(SignedDuration::from_hours(1));
        assert_ne!(one.get(cycle.at("")).await.value_of("order"), number, "they are drawn anew each hour");

        // It stays on the way to a project and back.
        let link = drawn.attributes(".card h3 a", "href").remove(3);
        let page = one.get(&link).await;
        let back = page.attributes("a.back-link", "href").remove(0);
        assert_eq!(listed(&one.get(&back).await), listed(&drawn));
        assert!(back.ends_with(&format!("#project-{}", listed(&drawn)[3])), "{back}");
        assert_eq!(one.get(cycle.at("/projects/a1")).await.count("a.back-link"), 0, "who came from elsewhere has no list");
        let again = drawn.attributes(".browse__order a", "href").remove(0);
        assert_ne!(one.get(&again).await.value_of("order"), number);

        assert_eq!(order(&one, "?sort=title").await, slugs);
        one.get(cycle.at("?sort=title")).await.assert_says_not("drawn by lot,");
    }

    async fn a_citizen_keeps_one_order_without_its_number(app: TestApp) {
        let project = |slug| Project { slug, floor: "0", ceiling: "10", kind: "grant" };
        let slugs = ["a1", "b2", "c3", "d4", "e5", "f6", "g7", "h8"];
        let cycle = app.town().await.plan().projects(&slugs.map(project)).open().await;
        let citizen = cycle.citizen(0).await;
        let first = listed(&citizen.get(cycle.at("")).await);
        assert_eq!(listed(&citizen.get(cycle.at("")).await), first);
        let ballot = citizen.get(cycle.at("/ballot")).await;
        let rows = ballot.attributes(".allocator__title a", "href");
        let rows: Vec<_> = rows.iter().map(|href| href.rsplit('/').next().unwrap()).collect();
        assert_eq!(rows, first, "the ballot is in the order of the list");
        assert_ne!(listed(&cycle.citizen(1).await.get(cycle.at("")).await), first);
    }

    async fn the_order_of_a_citizen_leaves_no_trace_in_what_is_stored(app: TestApp) {
        let cycle = app.town().await.plan().people(8).open().await;
        let choice = [("garden", "1"), ("kiosk", "2"), ("lamps", "3")];
        let mut seen = HashSet::new();
        for place in 0..8 {
            let citizen = cycle.citizen(place).await;
            seen.insert(listed(&citizen.get(cycle.at("")).await));
            citizen.vote(&choice).await;
        }
        assert!(seen.len() > 2, "they saw the projects in several orders");
        let as_written = if app.is_sqlite() { "ballot_line.rowid" } else { "ballot_line.ctid" };
        let sql = format!("select project.slug from ballot_line join project on project.project_id = ballot_line.project_id order by {as_written}");
        let written = app.column(&sql).await;
        assert_eq!(written.len(), 24);
        assert!(written.chunks(3).all(|lines| lines == ["garden", "kiosk", "lamps"]), "{written:?}");
    }

    async fn costs_sort_both_ways(app: TestApp) {
        let cycle = various(&app).await;
        let visitor = app.visitor();
        assert_eq!(listed(&visitor.get(cycle.at("?sort=cost")).await), ["lamps", "garden", "kiosk"]);
        assert_eq!(listed(&visitor.get(cycle.at("?sort=cost-desc")).await), ["kiosk", "garden", "lamps"]);
        let french = app.visitor().reading("fr").get(cycle.at("?sort=title")).await;
        assert_eq!(listed(&french), ["lamps", "garden", "kiosk"]);
    }

    async fn a_project_that_is_not_translated_says_so_itself(app: TestApp) {
        let cycle = various(&app).await;
        let page = app.visitor().reading("ar").get(cycle.at("?sort=cost")).await;
        assert_eq!(page.texts(".card .untranslated"), ["غير مترجَم: بالفرنسية"; 2]);
        assert_eq!(page.count("#project-garden .untranslated"), 0);
        assert_eq!(app.visitor().reading("fr").get(cycle.at("")).await.count(".card .untranslated"), 0);
    }

    async fn places_are_on_the_map_with_the_numbers_of_the_list(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        edit(&cycle, "garden", &[("latitude", "46,05"), ("longitude", "2,02")]).await;
        edit(&cycle, "kiosk", &[("latitude", "46.0500"), ("longitude", "2.0200°")]).await;
        let form = cycle.officer.get(cycle.office("/projects/garden")).await;
        assert_eq!((form.value_of("latitude"), form.value_of("longitude")), ("46.050000".into(), "2.020000".into()));
        draw_town(&cycle, OUTLINE).await.assert_redirect("/office/laudry/map");
        cycle.officer.get("/office/laudry/map").await.assert_says("La <Gare>");
        cycle.take_step("open").await;

        let page = app.visitor().get(cycle.at("/map?order=4821")).await;
        page.assert_status(200).assert_says("no particular place");
        let titles = page.texts(".map-list a");
        let marks = page.attributes(".map__mark a", "aria-label");
        let numbered: Vec<_> = titles.iter().zip(1..).map(|(title, number)| format!("{number}. {title}")).collect();
        assert_eq!(titles.len(), 3);
        assert_eq!(marks.len(), 2, "lamps has no place");
        assert!(marks.iter().all(|mark| numbered.contains(mark)), "{marks:?} {numbered:?}");
        let at = page.attributes(".map__mark", "x");
        assert_ne!(at[0], at[1], "two at one place stand beside each other");
        assert_eq!((page.count(".map__district"), page.count(".map__town"), page.count("script")), (1, 1, 0));
        assert_eq!(page.attributes(".map__mark a", "href").len(), 2);
        let filtered = app.visitor().get(cycle.at("/map?q=garden")).await;
        assert_eq!(filtered.attributes(".map__mark a", "aria-label"), ["1. The garden"]);
        assert!(page.attributes("main a", "href").contains(&"/laudry/2026?order=4821#projects".to_owned()));

        let of_one = app.visitor().get(cycle.at("/projects/garden")).await;
        assert_eq!((of_one.count(".map__mark"), of_one.count(".map__mark a")), (1, 0));
        assert_eq!(app.visitor().get(cycle.at("/projects/lamps")).await.count(".map"), 0);

        let remove = cycle.officer.get("/office/laudry/map").await.form("/office/laudry/map/remove");
        cycle.officer.submit(&remove).await.assert_redirect("/office/laudry/map");
        assert_eq!(app.visitor().get(cycle.at("/map")).await.count(".map__town"), 0, "places need no outline");
    }

    async fn a_cycle_without_places_has_no_map(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        app.visitor().get(cycle.at("/map")).await.assert_status(404);
        let links = app.visitor().get(cycle.at("")).await.attributes("main a", "href");
        assert!(links.iter().all(|link| !link.contains("/map")), "{links:?}");
    }

    async fn a_place_that_makes_no_sense_is_refused_with_the_input_kept(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        draw_town(&cycle, OUTLINE).await.assert_redirect("/office/laudry/map");
        let address = cycle.office("/projects/garden");
        let form = cycle.officer.get(&address).await.form(&address);
        for (latitude, longitude, reason) in [
            ("nord", "2", "“nord” does not read as degrees. Enter a number between −90 and 90"),
            ("91", "2", "“91” does not read as degrees."),
            ("46", "181", "Enter a number between −180 and 180"),
            ("46", "", "“” does not read as degrees."),
            ("", "2", "“” does not read as degrees."),
            ("2.02", "46.05", "Have latitude and longitude changed places?"),
        ] {
            let form = form.clone().fill("latitude", latitude).fill("longitude", longitude);
            let page = cycle.officer.submit(&form).await;
            page.assert_refused(reason);
            assert_eq!((page.value_of("latitude").as_str(), page.value_of("longitude").as_str()), (latitude, longitude));
        }
    }

    async fn a_file_that_is_no_map_is_refused_and_the_map_stays(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        draw_town(&cycle, OUTLINE).await.assert_redirect("/office/laudry/map");
        let large = " ".repeat(3 * 1024 * 1024);
        let larger = " ".repeat(5 * 1024 * 1024);
        for (file, reason) in [
            ("", "This file is not GeoJSON: reading stopped at line"),
            ("reference;district\nA-1;Centre\n", "This file is not GeoJSON: reading stopped at line"),
            (r#"{"type":"FeatureCollection","features":[]}"#, "The file holds no area"),
            (r#"{"type":"Polygon","coordinates":[[[652000,6862000],[653000,6863000]]]}"#, "Some coordinates are not in degrees."),
            (r#"{"type":"Polygon","coordinates":[[[-5,42],[8,51],[8,42]]]}"#, "This outline is wider than a town"),
            (large.as_str(), "The file is larger than 2\u{a0}MB."),
            (larger.as_str(), "The file is larger than 2\u{a0}MB."),
        ] {
            draw_town(&cycle, file).await.assert_refused(reason);
        }
        assert_eq!(cycle.officer.get("/office/laudry/map").await.count(".map__district"), 1);
    }

    async fn the_command_draws_a_town_too(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        let file = app.folder.join("outline.geojson");
        std::fs::write(&file, OUTLINE).unwrap();
        let run = app.ecot(&["town", "map", "--town", "laudry", file.to_str().unwrap()]).assert_code(0);
        assert_eq!(run.said, "Town of laudry is drawn. Districts: 1.\n");
        assert_eq!(cycle.officer.get("/office/laudry/map").await.count(".map__district"), 1);
        std::fs::write(&file, "{}").unwrap();
        let run = app.ecot(&["town", "map", "--town", "laudry", file.to_str().unwrap()]).assert_code(2);
        assert!(run.complained.contains("This is not GeoJSON"), "{}", run.complained);
        app.ecot(&["town", "map", "--town", "nowhere", file.to_str().unwrap()]).assert_code(2);
        app.ecot(&["town", "map", "--town", "laudry", "nothing.geojson"]).assert_code(2);
    }

    async fn a_photograph_is_shown_in_the_size_that_the_page_has_room_for(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        let address = cycle.office("/projects/garden/picture");
        let form = cycle.officer.get(&address).await.form(&address);
        let form = form.attach("file", picture(1200, 800, ImageFormat::Png)).fill("alt.fr", "Un jardin").fill("alt.en", "A garden");
        cycle.officer.submit(&form).await.assert_redirect(&address);
        let words = cycle.officer.get(&address).await.form("/picture").fill("alt.en", "A garden in May");
        cycle.officer.submit(&words).await.assert_redirect(&address);
        // The form of the project does not take it away.
        edit(&cycle, "garden", &[("summary.en", "One sentence.")]).await;
        cycle.take_step("open").await;

        let page = app.visitor().get(cycle.at("/projects/garden")).await;
        let of = |name: &str| page.attributes(".project__picture img", name).concat();
        assert_eq!((of("alt"), of("width"), of("height")), ("A garden in May".into(), "1200".into(), "800".into()));
        let srcset = of("srcset");
        let sizes: Vec<_> = srcset.split(", ").map(|size| size.split_once(' ').unwrap()).collect();
        assert_eq!(sizes.iter().map(|(_, width)| *width).collect::<Vec<_>>(), ["480w", "960w", "1200w"]);
        for (path, width) in sizes {
            let file = app.visitor().get(path).await;
            file.assert_status(200);
            assert_eq!(file.header("content-type"), "image/jpeg");
            assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
            assert!(file.header("content-security-policy").starts_with("default-src 'none';"));
            let image = image::load_from_memory_with_format(&file.bytes, ImageFormat::Jpeg).unwrap();
            assert_eq!(format!("{}w", image.width()), width);
        }
        let ballot = cycle.citizen(0).await.get(cycle.at("/ballot")).await;
        assert_eq!(ballot.attributes("#row-garden img", "src"), [of("src")]);
        for nothing in ["/pictures/0000-480.jpg", "/pictures/0000.jpg", "/pictures/0000-x.jpg", "/pictures/-1.jpg", "/pictures/x"] {
            app.visitor().get(nothing).await.assert_status(404);
        }
        assert_eq!(app.visitor().get(of("src").replace("-480", "-481")).await.status.as_u16(), 404);
    }

    async fn a_picture_that_was_taken_away_is_nowhere(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        for slug in ["garden", "kiosk"] {
            let address = cycle.office(&format!("/projects/{slug}/picture"));
            let form = cycle.officer.get(&address).await.form(&address).fill("alt.fr", "Un jardin");
            let form = form.attach("file", picture(300, 200, ImageFormat::WebP));
            cycle.officer.submit(&form).await.assert_redirect(&address);
        }
        let address = cycle.office("/projects/garden/picture");
        let src = cycle.officer.get(&address).await.attributes("main img", "src").remove(0);
        let stays = async || app.visitor().get(&src).await.status.as_u16();
        let remove = async |slug: &str| {
            let form = cycle.officer.get(cycle.office(&format!("/projects/{slug}/picture"))).await.form("/picture/remove");
            cycle.officer.submit(&form).await.assert_redirect("/picture");
        };
        remove("garden").await;
        assert_eq!(stays().await, 200, "another project shows the same");
        assert_eq!(cycle.officer.get(&address).await.count("main img"), 0);
        let project = cycle.officer.get(cycle.office("/projects/kiosk")).await.form("/projects/kiosk/remove");
        cycle.officer.submit(&project).await.assert_redirect(&cycle.office(""));
        assert_eq!(stays().await, 404);
        assert_eq!(app.column("select count(*) from photo_size").await, ["0"]);
    }

    async fn what_is_no_picture_is_refused_with_the_words_kept(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        let address = cycle.office("/projects/garden/picture");
        let form = cycle.officer.get(&address).await.form(&address).fill("alt.fr", "Un jardin");
        for (file, reason) in [
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "This file is not a JPEG, PNG or WebP picture"),
            (picture(300, 100, ImageFormat::Png), "The picture is too small"),
            (vec![0; 11 * 1024 * 1024], "The file is larger than 10\u{a0}MB."),
        ] {
            let page = cycle.officer.submit(&form.clone().attach("file", file)).await;
            page.assert_refused(reason);
            assert_eq!(page.value_of("alt.fr"), "Un jardin");
        }
        cycle.officer.submit(&form.clone().attach("file", vec![0; 31 * 1024 * 1024])).await.assert_refused("The file is larger than");
        cycle.officer.submit(&form).await.assert_refused("Choose a file.");
        let wordless = form.fill("alt.fr", " ").attach("file", picture(300, 300, ImageFormat::Jpeg));
        cycle.officer.submit(&wordless).await.assert_refused("Say what the picture shows.");
        assert_eq!(app.column("select count(*) from photo").await, ["0"]);
    }

    async fn pictures_are_frozen_with_what_they_show(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        let address = cycle.office("/projects/garden/picture");
        let form = cycle.officer.get(&address).await.form(&address).fill("alt.fr", "Un jardin");
        cycle.take_step("open").await;
        let send = form.attach("file", picture(300, 300, ImageFormat::Jpeg));
        cycle.officer.submit(&send).await.assert_status(409);
        cycle.officer.get(&address).await.assert_status(409);
        cycle.officer.post(format!("{address}/remove"), &[]).await.assert_status(409);
    }

    async fn updates_are_told_in_every_phase_and_corrected_in_sight(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let page = app.visitor().get(cycle.at("/projects/garden")).await;
        page.assert_says("The town hall has not announced anything about this project yet.");
        wait_until(&cycle, "2026-03-03T09:00:00Z").await;
        let told = [("title.fr", "On plante"), ("title.en", "Planting"), ("body.fr", "Samedi.\n\nVenez."), ("body.en", "On Saturday.\n\nCome.")];
        tell(&cycle, "garden", &told).await.assert_redirect("/projects/garden/updates");
        wait_until(&cycle, "2026-03-05T09:00:00Z").await;
        tell(&cycle, "garden", &[("title.fr", "Une deuxième"), ("body.fr", "Encore.")]).await.assert_redirect("/updates");

        let page = app.visitor().get(cycle.at("/projects/garden")).await;
        assert_eq!(page.texts(".timeline h3"), ["Une deuxième", "Planting"]);
        assert_eq!(page.texts(".timeline .untranslated"), ["Not translated: in French"]);
        assert_eq!(page.count(".timeline details"), 0);
        let item = page.texts(".timeline > li").remove(1);
        assert_eq!(item, "Tuesday 3 March 2026 Planting On Saturday. Come.");

        let desk = cycle.officer.get(cycle.office("/projects/garden/updates")).await;
        let address = desk.attributes(".cycle-list a", "href").remove(1);
        let form = cycle.officer.get(&address).await.form(&address);
        assert_eq!(form.value("title.en"), "Planting");
        cycle.officer.submit(&form).await.assert_redirect("/updates");
        assert_eq!(app.column("select count(*) from project_update_version").await, ["2"], "the same words are no correction");
        cycle.officer.submit(&form.fill("body.en", "On Sunday.")).await.assert_redirect("/updates");
        let page = app.visitor().get(cycle.at("/projects/garden")).await;
        assert_eq!(page.texts(".timeline h3"), ["Une deuxième", "Planting"], "a correction keeps its place and its date");
        let item = page.texts(".timeline > li").remove(1);
        assert_eq!(item, "Tuesday 3 March 2026 Planting On Sunday. Corrected on Thursday 5 March 2026. What was written before \
                          Written on Tuesday 3 March 2026 Planting On Saturday. Come.");
        assert_eq!(app.visitor().get(cycle.at("/projects/kiosk")).await.count(".timeline"), 0);
    }

    async fn updates_that_say_nothing_are_refused_and_a_form_sent_twice_tells_once(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        tell(&cycle, "garden", &[("body.en", "Text.")]).await.assert_refused("Give it a title.");
        let page = tell(&cycle, "garden", &[("title.en", "Title")]).await;
        page.assert_refused("Write the update.");
        assert_eq!(page.value_of("title.en"), "Title");
        let long = "x".repeat(10_001);
        tell(&cycle, "garden", &[("title.en", "T"), ("body.en", &long)]).await.assert_refused("At most 10,000 characters.");
        let form = page.form("/updates").fill("body.en", "Text.");
        for _ in 0..2 {
            cycle.officer.submit(&form).await.assert_redirect("/updates");
        }
        assert_eq!(app.visitor().get(cycle.at("/projects/garden")).await.count(".timeline > li"), 1);
        // Another project's updates cannot be corrected from here.
        let id = app.column("select update_id from project_update").await.remove(0);
        cycle.officer.get(cycle.office(&format!("/projects/kiosk/updates/{id}"))).await.assert_status(404);
        let smuggled = [("title.en", "Other"), ("body.en", "Other.")];
        cycle.officer.post(cycle.office(&format!("/projects/kiosk/updates/{id}")), &smuggled).await.assert_status(404);
        cycle.officer.post(cycle.office("/projects/garden/updates"), &[("update", "x"), ("title.en", "T"), ("body.en", "B")]).await.assert_status(400);
    }

    async fn an_archive_takes_no_updates(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        tell(&cycle, "garden", &[("title.en", "Title"), ("body.en", "Text.")]).await.assert_redirect("/updates");
        let address = cycle.office("/projects/garden/updates");
        let form = cycle.officer.get(&address).await.form(&address).fill("title.en", "Late").fill("body.en", "Late.");
        // No page archives a cycle yet.
        let mut connection = connect(&app.database_url).await;
        sqlx::query("update cycle set phase = 'archived'").execute(&mut connection).await.unwrap();
        cycle.officer.get(&address).await.assert_status(409);
        cycle.officer.submit(&form).await.assert_status(409);
        let page = app.visitor().get(cycle.at("/projects/garden")).await;
        assert_eq!(page.texts(".timeline h3"), ["Title"]);
    }

    async fn a_project_is_taken_out_with_its_updates(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        tell(&cycle, "garden", &[("title.en", "Title"), ("body.en", "Text.")]).await.assert_redirect("/updates");
        let remove = cycle.officer.get(cycle.office("/projects/garden")).await.form("/remove");
        cycle.officer.submit(&remove).await.assert_redirect(&cycle.office(""));
        assert_eq!(app.column("select count(*) from project_update").await, ["0"]);
    }

    async fn feeds_tell_what_is_new_and_that_nothing_is(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        wait_until(&cycle, "2026-03-03T09:00:00Z").await;
        let told = [("title.fr", "On plante <ici> & là"), ("body.fr", "Samedi.\n\nVenez."), ("title.en", "Planting"), ("body.en", "Come.")];
        tell(&cycle, "garden", &told).await.assert_redirect("/updates");
        for (page, feed) in [("/laudry".to_owned(), "/laudry/feed.xml"), (cycle.at("/projects/garden"), "/laudry/2026/projects/garden/feed.xml")] {
            let page = visitor.get(&page).await;
            let linked = format!("{feed}?language=en");
            let feeds = page.attributes("link[rel=alternate][title=Updates]", "href");
            assert_eq!(feeds, [linked.clone(), linked.replace(".xml", ".json")]);
            let feed = visitor.get(&linked).await;
            feed.assert_status(200);
            assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
            feed.assert_says("<title>The garden: Planting</title>").assert_says("<updated>2026-03-03T09:00:00Z</updated>");
            feed.assert_says("href=\"https://ecot.example/laudry/2026/projects/garden#update-");
            let tag = feed.header("etag").to_owned();
            let again = ask_again(&visitor, &linked, &tag).await;
            again.assert_status(304);
            assert!(again.bytes.is_empty());
            ask_again(&visitor, &linked, "W/\"other\"").await.assert_status(200);
        }
        let french = visitor.get("/laudry/feed.xml?language=fr").await;
        french.assert_says("<title>Le projet garden\u{a0}: On plante &lt;ici&gt; &amp; là</title>");
        french.assert_says("<p>Samedi.</p><p>Venez.</p>").assert_says("le vote est ouvert</title>").assert_says("xml:lang=\"fr\"");
        assert_eq!(french.body().matches("<entry>").count(), 2);
        let ids: HashSet<_> = french.body().split("<id>").skip(1).map(|id| id.split('<').next().unwrap()).collect();
        assert_eq!(ids.len(), 3, "the feed and its entries have names of their own");

        let before = visitor.get("/laudry/feed.xml?language=en").await.header("etag").to_owned();
        cycle.publish().await;
        let after = ask_again(&visitor, "/laudry/feed.xml?language=en", &before).await;
        after.assert_status(200).assert_says("the results are public</title>").assert_says("/laudry/2026/results/v1\"");
        visitor.get("/nowhere/feed.xml").await.assert_status(404);
        visitor.get(cycle.at("/projects/nothing/feed.xml")).await.assert_status(404);
    }

    async fn a_draft_is_in_no_feed(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        tell(&cycle, "garden", &[("title.en", "Secret"), ("body.en", "Text.")]).await.assert_redirect("/updates");
        let feed = app.visitor().get("/laudry/feed.xml").await;
        feed.assert_status(200).assert_says_not("<entry>");
        app.visitor().get(cycle.at("/projects/garden/feed.xml")).await.assert_status(404);
    }

    async fn the_language_changes_and_the_order_stays(app: TestApp) {
        let cycle = various(&app).await;
        let visitor = app.visitor();
        let page = visitor.get(cycle.at("?order=4821&q=e")).await;
        let form = page.form("/language").press("language", "fr");
        visitor.submit(&form).await.assert_redirect("/laudry/2026?order=4821&q=e");
    }
}
