//! What a reader finds after the publication: one set of figures, on the page and in the files.

use crate::app::TestApp;
use crate::browser::Page;
use crate::town::{Cycle, Project};
use serde_json::Value;

/// (slug, status, supporters, given, ceiling, received), amounts in cents.
type Row = (String, String, i64, i64, i64, i64);

fn row(slug: &str, status: &str, supporters: i64, [given, ceiling, received]: [i64; 3]) -> Row {
    (slug.into(), status.into(), supporters, given, ceiling, received)
}

/// `€1,234.50`, `1 234,50 €` or `of €25 in all`, in cents.
fn cents(written: &str) -> i64 {
    assert!(written.contains('€'), "{written}");
    let number: String = written.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
    let digits: i64 = number.replace(['.', ','], "").parse().unwrap();
    let has_cents = number.len() > 3 && matches!(number.as_bytes()[number.len() - 3], b'.' | b',');
    if has_cents { digits } else { digits * 100 }
}

fn status_of(badge: &str) -> &'static str {
    match badge {
        "Funded" | "Financé" | "مموَّل" => "funded",
        "Partly funded" | "Financé en partie" | "مموَّل جزئيًا" => "partial",
        "Dropped" | "Écarté" | "مستبعَد" => "dropped",
        "Not funded" | "Pas financé" | "غير مموَّل" => "not_funded",
        other => panic!("{other:?}"),
    }
}

/// The rows of the page's table. A project's slug is the last word of its title in these tests.
fn rows_of_page(page: &Page) -> Vec<Row> {
    let column = |place: usize| page.texts(&format!("#totals tbody tr > :nth-child({place})"));
    let [titles, badges, supporters, given, asked, received] = [1, 2, 3, 4, 5, 6].map(column);
    (0..titles.len())
        .map(|at| {
            let slug = titles[at].rsplit(' ').next().unwrap();
            let amounts = [&given[at], &asked[at], &received[at]].map(|written| cents(written));
            row(slug, status_of(&badges[at]), supporters[at].parse().unwrap(), amounts)
        })
        .collect()
}

fn rows_of_csv(page: &Page) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(page.bytes.as_slice());
    let header = "project,title,status,supporters,given_minor,support_minor,floor_minor,ceiling_minor,received_minor,currency";
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>().join(","), header);
    let number = |cell: &str| cell.parse::<i64>().unwrap();
    let read = |cells: csv::StringRecord| {
        assert_eq!(&cells[9], "EUR");
        row(&cells[0], &cells[2], number(&cells[3]), [&cells[4], &cells[7], &cells[8]].map(number))
    };
    reader.records().map(|cells| read(cells.unwrap())).collect()
}

fn rows_of_json(json: &Value) -> Vec<Row> {
    let number = |of: &Value, name: &str| of[name].as_i64().unwrap();
    let read = |of: &Value| {
        let amounts = ["given_minor", "ceiling_minor", "received_minor"].map(|name| number(of, name));
        row(
            of["project"].as_str().unwrap(),
            of["status"].as_str().unwrap(),
            number(of, "supporters"),
            amounts,
        )
    };
    json["projects"].as_array().unwrap().iter().map(read).collect()
}

/// The figures on top of the page: (name, value, what it is a part of).
fn figures(page: &Page) -> Vec<(String, String, String)> {
    let column = |selector: &str| page.texts(&format!(".figures > div > {selector}"));
    let (names, values, parts) = (column("dt"), column(".figures__value"), column(".figures__of"));
    names.into_iter().zip(values).zip(parts).map(|((name, value), of)| (name, value, of)).collect()
}

/// Why each project receives what it does, in the order of the bars, spaces of every width written alike.
fn reasons(page: &Page) -> Vec<String> {
    let bars = page.count(".bars > li");
    let why = |place| page.texts(&format!(".bars > li:nth-child({place}) .bars__why")).concat();
    (1..=bars).map(|place| why(place).replace(['\u{a0}', '\u{202f}'], " ")).collect()
}

/// Publishes, checks that page, table and files agree in all languages, and gives what they say.
async fn agreed(cycle: &Cycle<'_>) -> (Value, Vec<Row>, Page) {
    let json = cycle.publish().await;
    let rows = rows_of_json(&json);
    let csv = cycle.app.visitor().get(cycle.at("/results.csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"laudry-2026-results.csv\"");
    assert_eq!(rows_of_csv(&csv), rows);
    for language in ["fr", "en", "ar"] {
        let page = cycle.app.visitor().reading(language).get(cycle.at("/results")).await;
        page.assert_status(200);
        assert_eq!(rows_of_page(&page), rows, "{language}");
        let bars: Vec<_> = page.texts(".bars__amount").iter().map(|written| cents(written)).collect();
        assert_eq!(bars, rows.iter().map(|row| row.5).collect::<Vec<_>>(), "the bars, {language}");
        assert!(reasons(&page).iter().all(|why| why.ends_with('.')), "every project is told why, {language}");
        let totals: Vec<_> =
            page.texts("#totals tfoot td.num").iter().map(|written| cents(written)).collect();
        let sum = |column: fn(&Row) -> i64| rows.iter().map(column).sum::<i64>();
        assert_eq!(
            totals,
            [sum(|row| row.3), sum(|row| row.4), sum(|row| row.5)],
            "the table's foot, {language}"
        );
        let [_, given, funded, returned] = figures(&page).try_into().unwrap();
        for ((_, value, of), name) in
            [(given, "given_minor"), (funded, "funded_minor"), (returned, "returned_minor")]
        {
            assert_eq!(cents(&value), json[name], "{name}, {language}");
            assert_eq!(cents(&of), json["purse_minor"], "{name} is a part of the purse, {language}");
        }
    }
    let sum = |name: &str| json[name].as_i64().unwrap();
    assert_eq!(sum("funded_minor") + sum("returned_minor"), sum("purse_minor"));
    assert_eq!(rows.iter().map(|row| row.5).sum::<i64>(), sum("funded_minor"));
    assert_eq!(rows.iter().map(|row| row.3).sum::<i64>(), sum("given_minor"));
    let sheet = cycle.app.visitor().get(cycle.at("/rule_sheet.json")).await;
    assert_eq!(json["sheet_hash"], tally::RuleSheet::from_json(sheet.body()).unwrap().hash());
    (json, rows, cycle.app.visitor().get(cycle.at("/results")).await)
}

/// Four neighbours with an envelope of 20 each, all of it spread. Given: park 32, pond and road 18 each, sign 12.
async fn neighbours<'a>(app: &'a TestApp, rule: &'static str) -> Cycle<'a> {
    let project = |slug, floor, ceiling| Project { slug, floor, ceiling, kind: "grant" };
    let plan = app.town().await.plan().with("rule", rule).people(4).projects(&[
        project("park", "20", "50"),
        project("pond", "20", "24"),
        project("road", "15", "30"),
        project("sign", "3", "3"),
    ]);
    let cycle = plan.open().await;
    cycle.citizen(0).await.vote(&[("park", "20")]).await;
    cycle.citizen(1).await.vote(&[("park", "12"), ("pond", "8")]).await;
    cycle.citizen(2).await.vote(&[("road", "10"), ("pond", "10")]).await;
    cycle.citizen(3).await.vote(&[("road", "8"), ("sign", "12")]).await;
    cycle
}

on_both! {
    async fn direct_gives_each_project_what_was_given_to_it_between_its_floor_and_its_cost(app: TestApp) {
        let project = |slug, floor, ceiling| Project { slug, floor, ceiling, kind: "grant" };
        let cycle = app.town().await.plan().with("step", "0.50").with("min_supporters", "2").people(5).projects(&[
            project("full", "5", "15.50"),
            project("part", "5", "1500"),
            project("edge", "9", "20"),
            project("short", "9.50", "20"),
            project("lone", "0", "20"),
            project("idle", "0", "20"),
        ]);
        let cycle = cycle.open().await;
        // Given: full 19, part 12.50, edge 9, short 9, lone 7.
        cycle.citizen(0).await.vote(&[("full", "10"), ("part", "6.50"), ("edge", "3.50")]).await;
        cycle.citizen(1).await.vote(&[("full", "9"), ("part", "6"), ("edge", "5")]).await;
        cycle.citizen(2).await.vote(&[("edge", "0.50"), ("short", "4.50"), ("lone", "7")]).await;
        cycle.citizen(3).await.vote(&[("short", "4.50")]).await;
        let (json, rows, page) = agreed(&cycle).await;
        assert_eq!(rows, [
            row("full", "funded", 2, [1900, 1550, 1550]),
            row("part", "partial", 2, [1250, 150_000, 1250]),
            row("edge", "partial", 3, [900, 2000, 900]),
            row("short", "not_funded", 2, [900, 2000, 0]),
            row("lone", "dropped", 1, [700, 2000, 0]),
            row("idle", "dropped", 0, [0, 2000, 0]),
        ]);
        assert_eq!(json["rule"], "direct");
        let sum = |name: &str| json[name].as_i64().unwrap();
        assert_eq!((sum("purse_minor"), sum("given_minor"), sum("funded_minor")), (8000, 5650, 3700));
        let unspent = [0, 0, 800, 1550];
        assert_eq!(sum("given_minor") + unspent.iter().sum::<i64>(), sum("purse_minor"), "given + unspent = purse");
        assert_eq!((sum("eligible"), sum("voted"), sum("ballots")), (5, 4, 4));
        page.assert_says("3 of 6 projects are funded, 2 of them in part, with €37, by 4 people.");
        assert_eq!(reasons(&page), [
            "Its support, €19, pays its full cost of €15.50.",
            "Its support, €12.50, lets it go ahead without reaching its full cost of €1,500. €1,487.50 more would have paid all of it.",
            "Its support, €9, lets it go ahead without reaching its full cost of €20. €11 more would have paid all of it.",
            "Its support, €9, does not reach the €9.50 that it needs. €0.50 more would have been enough: 1 person giving it everything.",
            "It had 1 supporter, and needed 2.",
            "Nobody gave it anything.",
        ]);
        page.assert_says("The rules of this vote Each person spreads €20, in steps of €0.50.");
        assert_eq!(figures(&page)[0], ("Turnout".into(), "80.0%".into(), "4 of 5 on the roll".into()));
    }

    async fn greedy_funds_the_most_supported_first_and_skips_what_does_not_fit(app: TestApp) {
        let project = |slug, ceiling| Project { slug, floor: "0", ceiling, kind: "grant" };
        let plan = app.town().await.plan().with("rule", "greedy").with("purse", "residents").with("threshold", "3");
        let cycle = plan.people(4).projects(&[
            project("first", "30"),
            project("large", "60"),
            project("third", "25"),
            project("weak", "1"),
        ]);
        let cycle = cycle.open().await;
        // A purse of 80, of which voters bring 60. Given: first 20, large 15, third 11, weak 2.
        cycle.citizen(0).await.vote(&[("first", "12"), ("large", "8")]).await;
        cycle.citizen(1).await.vote(&[("first", "8"), ("third", "11")]).await;
        cycle.citizen(2).await.vote(&[("large", "7"), ("weak", "2")]).await;
        let (json, rows, page) = agreed(&cycle).await;
        assert_eq!(rows, [
            row("first", "funded", 2, [2000, 3000, 3000]),
            row("third", "funded", 1, [1100, 2500, 2500]),
            row("large", "not_funded", 2, [1500, 6000, 0]),
            row("weak", "not_funded", 1, [200, 100, 0]),
        ]);
        let sum = |name: &str| json[name].as_i64().unwrap();
        assert_eq!((sum("purse_minor"), sum("funded_minor"), sum("returned_minor")), (8000, 5500, 2500));
        assert_eq!(reasons(&page), [
            "It came in place 1 with €20; €60 was left, and it costs €30.",
            "It came in place 3 with €11; €30 was left, and it costs €25.",
            "It costs €60, and €30 was left when its turn came. “The first” was funded before it. With €6 more it would have come before that one and been funded.",
            "Its support, €2, does not reach the €3 that the rule asks of every project. It lacked €1.",
        ]);
        page.assert_says("those of people who do not vote go back to the town’s budget.");
        assert_eq!(figures(&page)[0], ("Turnout".into(), "75.0%".into(), "3 of 4 on the roll".into()));
    }

    async fn greedy_may_stop_at_the_first_that_does_not_fit(app: TestApp) {
        let project = |slug, ceiling| Project { slug, floor: "0", ceiling, kind: "grant" };
        let plan = app.town().await.plan().with("rule", "greedy-stop").people(2);
        let cycle = plan.projects(&[project("first", "10"), project("large", "35"), project("third", "5")]).open().await;
        cycle.citizen(0).await.vote(&[("first", "11"), ("large", "8"), ("third", "1")]).await;
        cycle.citizen(1).await.vote(&[("first", "11"), ("large", "8"), ("third", "1")]).await;
        let (_, rows, page) = agreed(&cycle).await;
        let received: Vec<_> = rows.iter().map(|row| (row.0.as_str(), row.5)).collect();
        assert_eq!(received, [("first", 1000), ("large", 0), ("third", 0)]);
        assert_eq!(reasons(&page), [
            "It came in place 1 with €22; €40 was left, and it costs €10.",
            "It costs €35, and €30 was left when its turn came. “The first” was funded before it. With €7 more it would have come before that one and been funded.",
            "The count ended before its turn came, at a project that cost more than was left. This one costs €5, and €30 was left.",
        ]);
        let french = app.visitor().reading("fr").get(cycle.at("/results")).await;
        assert_eq!(reasons(&french), [
            "Il est arrivé en position 1 avec 22 € ; il restait 40 €, et il coûte 10 €.",
            "Il coûte 35 €, et il restait 30 € quand son tour est venu. « Le projet first » a été financé avant lui. Avec 7 € de plus, il serait passé devant et aurait été financé.",
            "Le comptage s’est arrêté avant son tour, à un projet plus cher que ce qui restait. Celui-ci coûte 5 €, et il restait 30 €.",
        ]);
    }

    async fn transfer_moves_what_a_project_cannot_use_to_its_supporters_other_choices(app: TestApp) {
        let (json, rows, page) = agreed(&neighbours(&app, "transfer").await).await;
        assert_eq!(rows, [
            row("park", "partial", 2, [3200, 5000, 4000]),
            row("road", "funded", 2, [1800, 3000, 3000]),
            row("sign", "funded", 1, [1200, 300, 300]),
            row("pond", "dropped", 2, [1800, 2400, 0]),
        ]);
        assert_eq!((&json["rule"], &json["returned_minor"]), (&"transfer".into(), &700.into()));
        assert_eq!(reasons(&page), [
            "Its support, €40, of which €8 came from projects that could not use it, lets it go ahead without reaching its full cost of €50. €10 more would have paid all of it.",
            "Its support, €37, of which €19 came from projects that could not use it, pays its full cost of €30.",
            "Its support, €12, pays its full cost of €3.",
            "It had €18 of the €20 that it needs. No project left had a smaller part of its need, so it was dropped. €18 of its support went on to other projects, most of all to “The road” (€10). €2 more would have been enough: 1 person giving it everything.",
        ]);
        page.assert_says("A project whose support reaches its full cost is funded.");
    }

    async fn transfer_by_the_least_move_lets_supporters_add_what_a_project_lacks(app: TestApp) {
        let (_, rows, page) = agreed(&neighbours(&app, "transfer-minimal").await).await;
        assert_eq!(rows, [
            row("park", "partial", 2, [3200, 5000, 3111]),
            row("road", "partial", 2, [1800, 3000, 2589]),
            row("pond", "partial", 2, [1800, 2400, 2000]),
            row("sign", "funded", 1, [1200, 300, 300]),
        ]);
        assert_eq!(
            reasons(&page)[2],
            "It had €18 of the €20 that it needs; its supporters added the rest from what they had given to other projects."
        );
    }

    async fn equal_shares_are_raised_while_the_money_suffices(app: TestApp) {
        let (json, rows, page) = agreed(&neighbours(&app, "equal-shares").await).await;
        assert_eq!(rows, [
            row("road", "funded", 2, [1800, 3000, 3000]),
            row("pond", "funded", 2, [1800, 2400, 2400]),
            row("sign", "funded", 1, [1200, 300, 300]),
            row("park", "not_funded", 2, [3200, 5000, 0]),
        ]);
        assert_eq!((&json["rule"], &json["returned_minor"]), (&"equal-shares".into(), &2300.into()));
        // Shares of 20 are raised to 30; with 31 all four would be bought, for 107.
        assert_eq!(reasons(&page), [
            "With shares raised as far as the money allows, its 2 supporters held €43.66 in all and bought it for €30.",
            "With shares raised as far as the money allows, its 2 supporters held €60 in all and bought it for €24.",
            "With shares raised as far as the money allows, its 1 supporter held €30 in all and bought it for €3.",
            "Even with shares raised as far as the money allows, its 2 supporters had €49.33 left in all, and it costs €50. It lacked €0.67.",
        ]);
    }

    async fn phragmen_funds_first_what_supporters_have_earned_first(app: TestApp) {
        let (json, rows, page) = agreed(&neighbours(&app, "phragmen").await).await;
        let received: Vec<_> = rows.iter().map(|row| (row.0.as_str(), row.5)).collect();
        assert_eq!(received, [("road", 3000), ("pond", 2400), ("sign", 300), ("park", 0)]);
        assert_eq!((&json["rule"], &json["returned_minor"]), (&"phragmen".into(), &2300.into()));
        assert_eq!(reasons(&page), [
            "Of the projects left, it was the first whose cost, €30, had been earned by its 2 supporters.",
            "Of the projects left, it was the first whose cost, €24, had been earned by its 2 supporters.",
            "Of the projects left, it was the first whose cost, €3, had been earned by its 1 supporter.",
            "It costs €50, and €23 was left when its turn came. “The road” was funded before it.",
        ]);
    }

    async fn cube_roots_share_more_evenly_than_support(app: TestApp) {
        let (json, rows, page) = agreed(&neighbours(&app, "cube-root").await).await;
        assert_eq!((&json["rule"], &json["funded_minor"]), (&"cube-root".into(), &8000.into()));
        // 77 are left beside the sign, and shared as 3.1748 to 2.6207 to 2.6207.
        let received: Vec<_> = rows.iter().map(|row| (row.0.as_str(), row.1.as_str(), row.5)).collect();
        assert_eq!(received, [
            ("park", "partial", 2904),
            ("pond", "partial", 2398),
            ("road", "partial", 2398),
            ("sign", "funded", 300),
        ]);
        let reasons = reasons(&page);
        assert_eq!(
            reasons[0],
            "Its share of the common fund, by the cube root of its support, is €29.04."
        );
        assert_eq!(reasons[3], "Its share of the common fund pays its full cost of €3.");
    }

    async fn a_floor_is_shown_where_the_rule_asks_for_it(app: TestApp) {
        let direct = app.town_called("there").await.with_open_cycle().await;
        let greedy = app.town().await.plan().with("rule", "greedy").open().await;
        for (cycle, floor) in [(&direct, Some("At least €10.00")), (&greedy, None)] {
            let page = app.visitor().get(cycle.at("/projects/garden")).await;
            let facts = page.texts(".facts > div");
            assert!(facts.contains(&"Asks for €300.00".to_owned()), "{facts:?}");
            let shown = facts.iter().find(|fact| fact.starts_with("At least"));
            assert_eq!(shown.map(String::as_str), floor);
        }
    }

    async fn an_empty_urn_returns_everything(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let (json, rows, page) = agreed(&cycle).await;
        assert!(rows.iter().all(|row| row.5 == 0));
        assert_eq!((&json["purse_minor"], &json["voted"], &json["eligible"]), (&0.into(), &0.into(), &3.into()));
        page.assert_says("0 of 3 projects are funded");
        assert_eq!(reasons(&page), [
            "Nobody gave it anything. €10 more would have been enough.",
            "Nobody gave it anything. €50 more would have been enough.",
            "Nobody gave it anything.",
        ]);
    }

    async fn a_fixed_purse_is_shared_by_the_ballots_and_what_was_given_is_shown_as_points(app: TestApp) {
        let cycle = app.town().await.plan().with("purse", "fixed").with("sum", "1000").with("rule", "greedy").open().await;
        cycle.citizen(0).await.vote(&[("garden", "14"), ("lamps", "3")]).await;
        cycle.citizen(1).await.vote(&[("garden", "6")]).await;
        let json = cycle.publish().await;
        let sum = |name: &str| json[name].as_i64().unwrap();
        assert_eq!((sum("purse_minor"), sum("funded_minor"), sum("returned_minor")), (100_000, 38_000, 62_000));
        let page = app.visitor().get(cycle.at("/results")).await;
        assert_eq!(figures(&page)[1], ("Given".into(), "23 points".into(), "on 2 ballots".into()));
        assert_eq!(page.texts("#totals tbody td:nth-child(4)"), ["20 points", "3 points", "0 points"]);
        assert_eq!(reasons(&page), [
            "It came in place 1 with 20 points; €1,000 was left, and it costs €300.",
            "It came in place 2 with 3 points; €700 was left, and it costs €80.",
            "It costs €1,200, and €620 was left when its turn came.",
        ]);
    }

    async fn the_public_finds_a_cycle_from_the_home_page(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let visitor = app.visitor();
        let links = |page: &Page| page.attributes("main a", "href");
        assert!(links(&visitor.get("/").await).contains(&"/laudry/2026".into()));
        assert!(links(&visitor.get("/laudry").await).contains(&"/laudry/2026".into()));
        let page = visitor.get("/laudry/2026").await;
        page.assert_status(200).assert_says("Open until Tuesday 31 March 2026, 20:00.");
        assert!(links(&page).contains(&"/laudry/2026/ballot".into()));
        assert!(links(&page).iter().any(|link| link.starts_with("/laudry/2026/projects/garden?order=")));
        cycle.publish().await;
        let page = visitor.get("/laudry/2026").await;
        assert!(links(&page).contains(&"/laudry/2026/results".into()));
        assert!(!links(&page).contains(&"/laudry/2026/ballot".into()));
        let broken: Vec<_> = links(&visitor.get("/laudry/2026/results").await);
        for link in broken.into_iter().filter(|link| link.starts_with('/')) {
            visitor.get(link.split('#').next().unwrap()).await.assert_status(200);
        }
    }
}
