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
        "Funded" | "Financé" => "funded",
        "Partly funded" | "Financé en partie" => "partial",
        "Dropped" | "Écarté" => "dropped",
        "Not funded" | "Pas financé" => "not_funded",
        other => panic!("{other:?}"),
    }
}

/// The rows of the page's table. A project's slug is the last word of its title in these tests.
fn rows_of_page(page: &Page) -> Vec<Row> {
    let column = |place: usize| page.texts(&format!("tbody tr > :nth-child({place})"));
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

/// Why each project receives nothing, in the order of the bars; an empty text for one that receives something.
fn reasons(page: &Page) -> Vec<String> {
    let bars = page.count(".bars > li");
    (1..=bars)
        .map(|place| page.texts(&format!(".bars > li:nth-child({place}) .bars__why")).concat())
        .collect()
}

/// Publishes, checks that page, table and files agree in both languages, and gives what they say.
async fn agreed(cycle: &Cycle<'_>) -> (Value, Vec<Row>, Page) {
    let json = cycle.publish().await;
    let rows = rows_of_json(&json);
    let csv = cycle.app.visitor().get(cycle.at("/results.csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"laudry-2026-results.csv\"");
    assert_eq!(rows_of_csv(&csv), rows);
    for language in ["fr", "en"] {
        let page = cycle.app.visitor().reading(language).get(cycle.at("/results")).await;
        page.assert_status(200);
        assert_eq!(rows_of_page(&page), rows, "{language}");
        let bars: Vec<_> = page.texts(".bars__amount").iter().map(|written| cents(written)).collect();
        assert_eq!(bars, rows.iter().map(|row| row.5).collect::<Vec<_>>(), "the bars, {language}");
        let explained: Vec<_> = reasons(&page).iter().map(|reason| !reason.is_empty()).collect();
        assert_eq!(
            explained,
            rows.iter().map(|row| row.5 == 0).collect::<Vec<_>>(),
            "who receives nothing learns why"
        );
        let totals: Vec<_> = page.texts("tfoot td.num").iter().map(|written| cents(written)).collect();
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
        page.assert_says("3 of 6 projects are funded with €37, by 4 people.");
        let few = "Too few people chose it.";
        assert_eq!(reasons(&page), ["", "", "", "It needed at least €9.50.", few, few]);
        page.assert_says("The rules of this vote Each person spreads €20, in steps of €0.50.");
        assert_eq!(figures(&page)[0], ("Turnout".into(), "80.0%".into(), "4 of 5 on the roll".into()));
    }

    async fn greedy_funds_the_most_supported_first_and_skips_what_does_not_fit(app: TestApp) {
        let project = |slug, ceiling| Project { slug, floor: "0", ceiling, kind: "grant" };
        let plan = app.town().await.plan().with("rule", "greedy").with("purse", "residents").with("threshold", "3");
        let cycle = plan.people(4).projects(&[
            project("first", "30"),
            project("large", "60"),
            project("third", "45"),
            project("weak", "1"),
        ]);
        let cycle = cycle.open().await;
        // A purse of 80. Given: first 20, large 15, third 11, weak 2.
        cycle.citizen(0).await.vote(&[("first", "12"), ("large", "8")]).await;
        cycle.citizen(1).await.vote(&[("first", "8"), ("third", "11")]).await;
        cycle.citizen(2).await.vote(&[("large", "7"), ("weak", "2")]).await;
        let (json, rows, page) = agreed(&cycle).await;
        assert_eq!(rows, [
            row("third", "funded", 1, [1100, 4500, 4500]),
            row("first", "funded", 2, [2000, 3000, 3000]),
            row("large", "not_funded", 2, [1500, 6000, 0]),
            row("weak", "not_funded", 1, [200, 100, 0]),
        ]);
        let sum = |name: &str| json[name].as_i64().unwrap();
        assert_eq!((sum("purse_minor"), sum("funded_minor"), sum("returned_minor")), (8000, 7500, 500));
        let weak = "Its support does not reach the least that the rules ask.";
        assert_eq!(reasons(&page), ["", "", "When its turn came, €50 was left.", weak]);
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
        let stopped = "The count ended before its turn came.";
        assert_eq!(reasons(&page), ["", "When its turn came, €30 was left.", stopped]);
        let french = app.visitor().reading("fr").get(cycle.at("/results")).await;
        let stopped = "Le comptage s’est arrêté avant son tour.";
        assert_eq!(reasons(&french)[1..].join(" ").replace('\u{a0}', " "), format!("Quand son tour est venu, il restait 30 €. {stopped}"));
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
        assert_eq!(reasons(&page), ["Nobody gave it anything."; 3]);
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
        assert_eq!(page.texts("tbody td:nth-child(4)"), ["20 points", "3 points", "0 points"]);
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
        assert!(links(&page).contains(&"/laudry/2026/projects/garden".into()));
        cycle.publish().await;
        let page = visitor.get("/laudry/2026").await;
        assert!(links(&page).contains(&"/laudry/2026/results".into()));
        assert!(!links(&page).contains(&"/laudry/2026/ballot".into()));
        let broken: Vec<_> = links(&visitor.get("/laudry/2026/results").await);
        for link in broken.into_iter().filter(|link| link.starts_with('/')) {
            visitor.get(&link).await.assert_status(200);
        }
    }
}
